"""The fingerprint stage: hashes of a cleaned text, by which texts are compared."""

from collections.abc import Mapping
from typing import Any

from crawler.item_view import view_of
from crawler.items import FinishedDocument, StageResults
from pipelines.errors import StageFailed
from wparchive.duplicates.text_hashes import EMPTY, content_fingerprint, text_hashes
from wparchive.model.documents import Kind

__all__ = [
    "EMPTY",
    "WITH_TEXT",
    "FingerprintPipeline",
    "content_fingerprint",
    "fingerprint_fields",
    "fingerprint_item",
    "set_fingerprint",
]

WITH_TEXT: frozenset[Kind] = frozenset({"posts", "comments"})
"""The kinds whose texts are compared."""


class FingerprintPipeline:
    """A stage that sets the fingerprint of posts and comments, and the sketch of posts.

    Raises StageFailed."""

    def process_item(self, item: Any) -> Any:
        """Fingerprint one item; items without a text pass untouched."""
        view = view_of(item)
        if view is None or view.kind not in WITH_TEXT:
            return item
        if isinstance(view.prepared, FinishedDocument):
            return item
        try:
            set_fingerprint(view, self._fingerprinted(view))
        except Exception as cause:
            raise StageFailed("fingerprint", item, cause) from cause
        return item

    def _fingerprinted(self, view: Any) -> Mapping[str, Any]:
        ahead = view.prepared
        if isinstance(ahead, StageResults) and ahead.fingerprinted_from == view.text:
            return ahead.fingerprinted
        return fingerprint_fields(view.kind, view.text)


def fingerprint_item(item: Any) -> None:
    """Fill one post or comment in place."""
    set_fingerprint(item, fingerprint_fields(item.kind, item.text))


def fingerprint_fields(kind: Kind, text: str) -> dict[str, Any]:
    """Return the fields that the stage sets."""
    if kind == "posts":
        return text_hashes(text)
    return {"content_fingerprint": content_fingerprint(text)}


def set_fingerprint(item: Any, fields: Mapping[str, Any]) -> None:
    """Set the fields."""
    for name, value in fields.items():
        setattr(item, name, value)
