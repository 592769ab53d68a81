"""The fingerprint stage: what a cleaned text is compared by."""

from hashlib import blake2b
from typing import Any

from crawler.items import Comment, Post
from pipelines.errors import StageFailed
from wparchive.duplicates import SKETCH_VERSION, sketch_normalised
from wparchive.text.normalise import normalise

EMPTY = "empty"
"""The fingerprint of a text without any character that counts; equal to itself, and no sign of duplication."""


def content_fingerprint(text: str) -> str:
    """Hash of the normalised text: 32 hexadecimal digits (BLAKE2b, 128 bits), or `EMPTY`."""
    return _hash(normalise(text))


def _hash(normalised: str) -> str:
    return (
        blake2b(normalised.encode(errors="surrogatepass"), digest_size=16).hexdigest()
        if normalised
        else EMPTY
    )


class FingerprintPipeline:
    """Sets `content_fingerprint` of posts and comments, and `sketch` and `sketch_version` of posts. Raises StageFailed."""

    def process_item(self, item: Any) -> Any:
        try:
            if (
                isinstance(item, Post | Comment) and not item.content_fingerprint
            ):  # it has one: done in another process
                fingerprint_item(item)
        except Exception as cause:
            raise StageFailed("fingerprint", item, cause) from cause
        return item


def fingerprint_item(item: Post | Comment) -> None:
    """Fill one item in place."""
    normalised = normalise(item.text)
    item.content_fingerprint = _hash(normalised)
    if isinstance(item, Post):
        item.sketch, item.sketch_version = sketch_normalised(normalised), SKETCH_VERSION
