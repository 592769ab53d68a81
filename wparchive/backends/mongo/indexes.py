"""Every index of a MongoDB archive, with what it serves. The writing side creates them when it opens.

There is no text index: it knows no words of Chinese, Japanese or Thai and no prefixes, it would read `language` as an instruction
and refuse posts in languages it does not know, and not every server has one. `search` holds the tokens of `wparchive/text/search_tokens.py`
instead, the same that the SQLite backend indexes.
"""

from pymongo import ASCENDING as UP
from pymongo import DESCENDING as DOWN
from pymongo import IndexModel

from wparchive.model.documents import KINDS

IDENTITY = IndexModel([("site", UP), ("type", UP), ("id", UP)], name="identity", unique=True)
STATE = IndexModel([("site", UP), ("type", UP), ("state", UP), ("last_seen_at", UP)], name="state")

INDEXES: dict[str, list[IndexModel]] = {
    **{kind: [IDENTITY, STATE] for kind in KINDS},
    "posts": [
        IDENTITY,
        STATE,
        IndexModel(
            [("site", UP), ("type", UP), ("published_at", DOWN)], name="site_published"
        ),  # newest of a site, by month
        IndexModel([("published_at", DOWN)], name="published"),
        IndexModel([("changed_at", DOWN)], name="changed"),  # what was edited since
        IndexModel(
            [("state", UP), ("state_since", DOWN)], name="vanished"
        ),  # what was withdrawn or deleted since
        IndexModel([("tags.name", UP)], name="tag_name"),
        IndexModel([("tags.slug", UP)], name="tag_slug"),
        IndexModel([("categories.name", UP)], name="category_name"),
        IndexModel([("categories.slug", UP)], name="category_slug"),
        IndexModel([("author.name", UP)], name="author_name"),
        IndexModel([("author.slug", UP)], name="author_slug"),
        IndexModel([("link", UP)], name="link"),  # a post by its address
        IndexModel([("content_fingerprint", UP)], name="fingerprint"),  # exact copies
        IndexModel([("sketch", UP)], name="sketch"),  # near copies
        IndexModel([("duplicate.of", UP)], name="duplicate", sparse=True),
        IndexModel([("search", UP)], name="search"),
    ],
    "comments": [IDENTITY, STATE, IndexModel([("site", UP), ("post", UP)], name="post")],
    "revisions": [
        IndexModel([("key", UP), ("revision", UP)], name="document"),
        IndexModel([("site", UP), ("until_at", DOWN)], name="replaced"),
    ],
    "runs": [IndexModel([("site", UP), ("started_at", DOWN)], name="site_started")],
    "failures": [IndexModel([("site", UP), ("type", UP), ("last_at", UP)], name="site_type")],
}
