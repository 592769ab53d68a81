"""Cleaning for tests: every input goes through both feeds, and they must agree."""

from pipelines.cleaning import CleanContent, clean_html
from pipelines.cleaning.parse.events import feed_tree

BASE = "https://example.com/blog/post/"


def clean(html: str, base: str | None = BASE) -> CleanContent:
    """`clean_html`, held against the same pass over a finished Beautiful Soup tree."""
    content = clean_html(html, base)
    assert content == clean_html(html, base, feed=feed_tree)
    return content
