"""Cleaning HTML as WordPress renders it: pure functions, without Scrapy and without a network."""

from pipelines.cleaning.cleaner import MAX_BYTES, clean_html, clean_text
from pipelines.cleaning.content import CleanContent
from pipelines.cleaning.words import count_words

CLEANER_VERSION = 1
"""To be counted up by every change after which the cleaner makes another text or HTML of a record.

Documents carry it, so that no such change looks like an edit at the site (docs/operations.md).
"""

__all__ = [
    "CLEANER_VERSION",
    "MAX_BYTES",
    "CleanContent",
    "clean_html",
    "clean_text",
    "count_words",
]
