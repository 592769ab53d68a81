"""Tell whether a site changed a post, or only a new version of the cleaner made a difference.

A new version of the cleaner makes other texts of the same HTML. To tell such a difference from one
that the site made, the raw records of both versions are compared in a simple form that no cleaner
has a part in: the texts without tags, with entities decoded and white space folded. The other
fields that make a version (see `pipelines/helpers/document.py`) are compared as they are.
"""

import html
import json
import re
import zlib
from collections.abc import Mapping
from typing import Any

from wparchive.model.documents import Kind

_TEXTS: Mapping[Kind, tuple[str, ...]] = {
    "posts": ("title", "content", "excerpt"),
    "terms": ("name", "description"),
    "authors": ("name", "description"),
    "media": ("title", "caption"),
    "comments": ("content",),
}
"""Fields of the raw record that the cleaner makes a version's texts of."""
_VALUES: Mapping[Kind, tuple[str, ...]] = {
    "posts": ("slug", "status", "protected", "published_at", "parent", "format"),
    "terms": ("slug", "parent"),
    "authors": ("slug",),
    "media": ("slug", "alt", "mime_type", "url", "post", "published_at"),
    "comments": ("post", "parent", "author_name", "author_url", "published_at"),
}
"""Fields of the document that make a version and that no cleaner touches."""
_REFERENCES = ("author", "featured_media", "tags", "categories", "terms")
"""Fields with references. Only the ids make a version: the names come from elsewhere."""

# An element that shows no text goes with all that is in it; of the others only the tags go.
_HIDDEN = re.compile(r"<(script|style|template)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
# Comments hold the attributes of blocks, which change without a change for readers.
_TAG = re.compile(r"<!--.*?(?:-->|\Z)|</?[a-zA-Z][^>]*(?:>|\Z)", re.DOTALL)


def made_by_cleaner(kind: Kind, stored: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    """Return whether only another cleaner made the difference between two versions.

    Both are whole documents. If the same cleaner made them, they are not compared, so that this
    costs time only in the first crawl after an upgrade.
    """
    return is_of_another_cleaner(stored, document) and same_source(kind, stored, document)


def is_of_another_cleaner(head: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    """Return whether two versions of the cleaner made a stored document and one just seen.

    Documents that were archived before cleaners had versions count as of version 0.
    """
    stored_version = head.get("cleaner_version") or 0
    return bool(stored_version != document["cleaner_version"])


def same_source(kind: Kind, stored: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    """Return whether two documents of one object were made from the same content.

    Both are whole documents, with `raw` compressed. Where a record cannot be read, equal bytes
    count as equal content and nothing else does: it is better to keep a revision too many.
    """
    if _values(kind, stored) != _values(kind, document):
        return False
    if stored["raw"] == document["raw"]:
        return True
    before = _record(stored["raw"])
    after = _record(document["raw"])
    if before is None or after is None:
        return False
    return source_texts(kind, before) == source_texts(kind, after)


def source_texts(kind: Kind, record: Mapping[str, Any]) -> list[str]:
    """Return the texts of a record in the form in which sources are compared."""
    return [bare_text(_rendered(record.get(name))) for name in _TEXTS[kind]]


def bare_text(markup: str) -> str:
    """Return the text of HTML: tags removed, entities decoded, white space folded."""
    shown = _TAG.sub("", _HIDDEN.sub("", markup))
    return " ".join(html.unescape(shown).split())


def _values(kind: Kind, document: Mapping[str, Any]) -> list[Any]:
    values = [document[name] for name in _VALUES[kind]]
    references = [_ids(document.get(name)) for name in _REFERENCES]
    return [*values, *references]


def _ids(value: Any) -> list[tuple[str, int]]:
    """Return the ids of a reference or of a list of them, in an order of their own."""
    if value is None:
        return []
    if isinstance(value, dict):
        value = [value]
    return sorted((ref.get("taxonomy", ""), ref["id"]) for ref in value)


def _record(raw: bytes) -> Mapping[str, Any] | None:
    # Not the crawler's decoder, which repairs records: the library must work without the crawler.
    try:
        record = json.loads(zlib.decompress(raw))
    except (zlib.error, ValueError, RecursionError):
        return None
    if isinstance(record, dict):
        return record
    return None


def _rendered(value: Any) -> str:
    """Return the HTML of a field: `{"rendered": html}`, or a string where a plugin made it one."""
    if isinstance(value, dict):
        value = value.get("rendered")
    if value is None or isinstance(value, (dict, list)):
        return ""
    return str(value)
