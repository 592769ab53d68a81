"""Every index of a MongoDB archive. The writing side creates them when it opens.

There is no text index: it knows no words of Chinese, Japanese or Thai and no prefixes, it would
read `language` as an instruction and refuse posts in languages it does not know, and not every
server has one. Instead, `search` holds the tokens of `wparchive/text/search_tokens.py`, the same
that the SQLite backend indexes.
"""

from pymongo import ASCENDING as UP
from pymongo import DESCENDING as DOWN
from pymongo import IndexModel

from wparchive.model.documents import KINDS

IDENTITY_INDEX = IndexModel([("site", UP), ("type", UP), ("id", UP)], name="identity", unique=True)
STATE_INDEX = IndexModel(
    [("site", UP), ("type", UP), ("state", UP), ("last_seen_at", UP)], name="state"
)

COLLECTION_INDEXES: dict[str, list[IndexModel]] = {
    **{kind: [IDENTITY_INDEX, STATE_INDEX] for kind in KINDS},
    "posts": [
        IDENTITY_INDEX,
        STATE_INDEX,
        # The newest posts of a site, and its posts by month.
        IndexModel([("site", UP), ("type", UP), ("published_at", DOWN)], name="site_published"),
        IndexModel([("published_at", DOWN)], name="published"),
        IndexModel([("changed_at", DOWN)], name="changed"),  # what was edited since
        # Posts that were withdrawn or deleted since.
        IndexModel([("state", UP), ("state_since", DOWN)], name="vanished"),
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
    "comments": [
        IDENTITY_INDEX,
        STATE_INDEX,
        IndexModel([("site", UP), ("post", UP)], name="post"),
    ],
    "revisions": [
        IndexModel([("key", UP), ("revision", UP)], name="document"),
        IndexModel([("site", UP), ("until_at", DOWN)], name="replaced"),
    ],
    "runs": [IndexModel([("site", UP), ("started_at", DOWN)], name="site_started")],
    "failures": [IndexModel([("site", UP), ("type", UP), ("last_at", UP)], name="site_type")],
}
