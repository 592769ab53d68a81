"""Clean HTML as WordPress renders it: pure functions, without Scrapy and without a network.

    content = clean_html(record["content"]["rendered"], record["link"])
    content.text, content.blocks, content.html, content.links, content.images, content.embeds

`parse/` turns HTML into events, `rules/` says what tags and classes mean, `write/` holds a writer
for each part of the result. `dispatcher.py` gives each tag to its handler; `builder.py` feeds the
writers. `docs/adding-a-cleaning-rule.md` says where a rule belongs and how to try it.
"""

from pipelines.cleaning.cleaner import MAX_CONTENT_BYTES, clean_html, clean_text
from pipelines.cleaning.content import CleanContent
from wparchive.text.word_count import count_words

CLEANER_VERSION = 4
"""The version of what the cleaner makes of a given HTML, stored in every cleaned document.

Raise it by one in the commit that changes any output of `clean_html` or `clean_text`. A document
of an older version that only differs because of the cleaner is then no edit of the site. A change
that only makes the cleaner faster, or the code plainer, leaves the version as it is.
"""

__all__ = [
    "CLEANER_VERSION",
    "MAX_CONTENT_BYTES",
    "CleanContent",
    "clean_html",
    "clean_text",
    "count_words",
]
