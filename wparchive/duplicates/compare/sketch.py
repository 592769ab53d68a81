"""The sketch of a text: a sample of its shingles, small enough to index, that finds near copies, excerpts and extended versions.

A shingle belongs to the sample when its hash is divisible by a power of two (FracMinHash: Irber et al. 2022, Broder's "mod p").
Whether it does depends on the shingle alone, so an excerpt's sample is part of the whole text's, which min-hash signatures cannot do.
"""

from wparchive.duplicates.compare.shingles import sampled_hashes
from wparchive.text.normalise import normalise
from wparchive.text.words import words

SKETCH_VERSION = 1
"""Raised whenever the same text may give other keys; keys of different versions are never compared."""

SHINGLE_WORDS = 5
SHORTEST_WORDS = 50
"""Below this a text has no sketch: only equal texts count as duplicates."""

_DIVISOR = 16
_FEW_SHINGLES = 512
"""Below this the divisor is halved until about `_FEW_SHINGLES / _DIVISOR` keys remain: a short text keeps enough of them."""
_MOST_KEYS = 2048
"""Above this the divisor is doubled: a book of a post must not fill the index."""


def sketch(text: str) -> list[int]:
    """Keys of a text: distinct signed 64-bit integers, ascending; about one for 16 words, [] for texts under 50 words."""
    return sketch_normalised(normalise(text))


def sketch_normalised(normalised: str) -> list[int]:
    """`sketch` of a text that is in normal form already."""
    found = words(normalised)
    if len(found) < SHORTEST_WORDS:
        return []
    divisor = _divisor(len(found) - SHINGLE_WORDS + 1)
    keys = sampled_hashes(found, SHINGLE_WORDS, divisor)
    while len(keys) > _MOST_KEYS:
        divisor *= 2
        keys = {key for key in keys if not key % divisor}
    return sorted(keys)


def _divisor(shingles: int) -> int:
    divisor = _DIVISOR
    while divisor > 1 and shingles * _DIVISOR < _FEW_SHINGLES * divisor:
        divisor //= 2
    return divisor
