"""Clean HTML as WordPress renders it: pure functions, without Scrapy and without a network.

    content = clean_html(record["content"]["rendered"], record["link"])
    content.text, content.blocks, content.html, content.links, content.images, content.embeds

`parse/` turns HTML into events, `rules/` says what tags and classes mean, `write/` holds a writer
for each part of the result. `dispatcher.py` gives each tag to its handler; `builder.py` feeds the
writers. `docs/adding-a-cleaning-rule.md` says where a rule belongs and how to try it.

The functions are loaded when they are first used: that takes 0.2 s, and a crawl whose helper
processes clean needs none of them itself.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pipelines.cleaner_facts import CLEANER_VERSION, MAX_CONTENT_BYTES

if TYPE_CHECKING:
    from pipelines.cleaning.cleaner import clean_html, clean_text
    from pipelines.cleaning.content import CleanContent
    from wparchive.text.word_count import count_words

_LAZY = {
    "CleanContent": "pipelines.cleaning.content",
    "clean_html": "pipelines.cleaning.cleaner",
    "clean_text": "pipelines.cleaning.cleaner",
    "count_words": "wparchive.text.word_count",
}
"""Name, and the module that defines it."""

__all__ = [
    "CLEANER_VERSION",
    "MAX_CONTENT_BYTES",
    "CleanContent",
    "clean_html",
    "clean_text",
    "count_words",
]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LAZY[name]), name)
