"""The fingerprint stage: hashes of a cleaned text, by which texts are compared."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from crawler.item_view import view_of
from crawler.items import FinishedDocument, StageResults
from pipelines.errors import StageFailed
from wparchive.duplicates import SKETCH_VERSION, sketch_normalised
from wparchive.model.documents import Kind
from wparchive.text.normalise import normalise

WITH_TEXT: frozenset[Kind] = frozenset({"posts", "comments"})
"""The kinds whose texts are compared."""
EMPTY = "empty"
"""The fingerprint of a text without any character that counts.

It equals itself, and is no sign of duplication.
"""


class FingerprintPipeline:
    """Sets the fingerprint of posts and comments, and the sketch of posts. Raises StageFailed."""

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


def content_fingerprint(text: str) -> str:
    """Return the hash of the normalised text: 32 hexadecimal digits (BLAKE2b), or `EMPTY`."""
    return _hash(normalise(text))


def fingerprint_item(item: Any) -> None:
    """Fill one post or comment in place."""
    set_fingerprint(item, fingerprint_fields(item.kind, item.text))


def fingerprint_fields(kind: Kind, text: str) -> dict[str, Any]:
    """Return the fields that the stage sets."""
    normalised = normalise(text)
    fields: dict[str, Any] = {"content_fingerprint": _hash(normalised)}
    if kind == "posts":
        fields["sketch"] = sketch_normalised(normalised)
        fields["sketch_version"] = SKETCH_VERSION
    return fields


def set_fingerprint(item: Any, fields: Mapping[str, Any]) -> None:
    """Set the fields."""
    for name, value in fields.items():
        setattr(item, name, value)


def _hash(normalised: str) -> str:
    if not normalised:
        return EMPTY
    data = normalised.encode(errors="surrogatepass")  # a lone surrogate is text as well
    return blake2b(data, digest_size=16).hexdigest()
