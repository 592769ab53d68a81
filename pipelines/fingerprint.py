"""The fingerprint stage: what a cleaned text is compared by."""

from hashlib import blake2b
from typing import Any

from archive.normalise import normalise
from crawler.items import Comment, Post
from pipelines.errors import StageFailed

EMPTY = "empty"
"""The fingerprint of a text without any character that counts; equal to itself, and no sign of duplication."""


def content_fingerprint(text: str) -> str:
    """Hash of the normalised text: 32 hexadecimal digits (BLAKE2b, 128 bits), or `EMPTY`."""
    key = normalise(text)
    return blake2b(key.encode(errors="surrogatepass"), digest_size=16).hexdigest() if key else EMPTY


class FingerprintPipeline:
    """Sets `content_fingerprint` of posts and comments. Raises StageFailed."""

    def process_item(self, item: Any) -> Any:
        try:
            if isinstance(item, Post | Comment):
                item.content_fingerprint = content_fingerprint(item.text)
        except Exception as cause:
            raise StageFailed("fingerprint", item, cause) from cause
        return item
