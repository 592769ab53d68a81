"""The hashes of a text, by which texts are compared."""

from hashlib import blake2b
from typing import Any

from wparchive.duplicates.compare.sketch import SKETCH_VERSION, sketch_normalised
from wparchive.text.normalise import normalise

EMPTY = "empty"
"""The fingerprint of a text without any character that counts.

It equals itself, and is no sign of duplication.
"""


def content_fingerprint(text: str) -> str:
    """Return the hash of the normalised text: 32 hexadecimal digits (BLAKE2b), or `EMPTY`."""
    return _hash(normalise(text))


def text_hashes(text: str) -> dict[str, Any]:
    """Return the fields of a post that follow from its text alone: fingerprint and sketch."""
    normalised = normalise(text)
    return {
        "content_fingerprint": _hash(normalised),
        "sketch": sketch_normalised(normalised),
        "sketch_version": SKETCH_VERSION,
    }


def _hash(normalised: str) -> str:
    if not normalised:
        return EMPTY
    data = normalised.encode(errors="surrogatepass")  # a lone surrogate is text as well
    return blake2b(data, digest_size=16).hexdigest()
