"""Cleaning HTML as WordPress renders it: pure functions, without Scrapy and without a network."""

from pipelines.cleaning.cleaner import MAX_BYTES, clean_html, clean_text
from pipelines.cleaning.content import CleanContent
from pipelines.cleaning.words import count_words

__all__ = ["MAX_BYTES", "CleanContent", "clean_html", "clean_text", "count_words"]
