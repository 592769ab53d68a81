"""Clean HTML as WordPress renders it: pure functions, without Scrapy and without a network.

    content = clean_html(record["content"]["rendered"], record["link"])
    content.text, content.blocks, content.html, content.links, content.images, content.embeds

`parse/` turns HTML into events, `rules/` says what tags and classes mean, `write/` holds a writer
for each part of the result. `dispatcher.py` gives each tag to its handler; `builder.py` feeds the
writers. `docs/adding-a-cleaning-rule.md` says where a rule belongs and how to try it.
"""

from pipelines.cleaner_facts import CLEANER_VERSION, MAX_CONTENT_BYTES
from pipelines.cleaning.cleaner import clean_html, clean_text
from pipelines.cleaning.content import CleanContent
from wparchive.text.word_count import count_words

__all__ = [
    "CLEANER_VERSION",
    "MAX_CONTENT_BYTES",
    "CleanContent",
    "clean_html",
    "clean_text",
    "count_words",
]
