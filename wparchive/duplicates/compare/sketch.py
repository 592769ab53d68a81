"""The sketch of a text: a small sample of its shingles that finds near copies and parts.

A shingle belongs to the sample when its hash is divisible by a power of two (FracMinHash: Irber et
al. 2022, Broder's "mod p"). That depends on the shingle alone, so the sample of a part is in the
sample of the whole text. The signatures of min-hash cannot do this.
"""

from wparchive.duplicates.compare.shingles import hash_words
from wparchive.text.normalise import normalise

SKETCH_VERSION = 3
"""Raised whenever the same text may give other keys; keys of different versions are not compared.

Version 1 hashed words by BLAKE2. Version 2 had no sketch for texts under 50 words.
"""

SKETCHED_WORDS = 5
"""Words of a shingle. Five words that meet by chance in two texts are rare."""
SHORTEST_WORDS = 40
"""Below this a text has no sketch: only equal texts count as duplicates.

On real sites, a floor of 50 words loses reruns of short posts.
"""

# A hash that the divisor divides is a key (Manber 1994, "0 mod p"): no need to compare all hashes.
_DIVISOR = 16
_FEW_SHINGLES = 512
"""A text with fewer shingles gets a smaller divisor, so that it keeps enough keys.

The divisor is halved until about `_FEW_SHINGLES / _DIVISOR` keys remain.
"""
_MOST_KEYS = 2048
"""Above this the divisor is doubled: a post as long as a book must not fill the index."""


def sketch(text: str) -> list[int]:
    """Return the keys of a text: distinct signed 64-bit integers, ascending.

    There is about one for 16 words, and none for texts under 40 words.
    """
    return sketch_normalised(normalise(text))


def sketch_normalised(normalised: str) -> list[int]:
    """Return the `sketch` of a text that is in normal form already."""
    hashes = hash_words(normalised)
    if hashes.count < SHORTEST_WORDS:
        return []
    divisor = _divisor(hashes.count - SKETCHED_WORDS + 1)
    keys = hashes.sampled(SKETCHED_WORDS, divisor)
    while len(keys) > _MOST_KEYS:
        divisor *= 2
        keys = {key for key in keys if key % divisor == 0}
    return sorted(keys)


def shared_part(a: list[int], b: list[int]) -> float:
    """Estimate how much of one text's shingles are in the other, from two sketches that hold keys.

    Returns the share of the text that has fewer, 0..1. A longer text is sampled more thinly, so
    that only the keys divisible by both divisors can be in both sketches.
    """
    divisor = max(_common_divisor(a), _common_divisor(b))
    keys_a = {key for key in a if key % divisor == 0}
    keys_b = {key for key in b if key % divisor == 0}
    return len(keys_a & keys_b) / max(1, min(len(keys_a), len(keys_b)))


def _common_divisor(keys: list[int]) -> int:
    """Return the largest power of two that divides all keys."""
    bits = 0
    for key in keys:
        bits |= key
    return bits & -bits


def _divisor(shingles: int) -> int:
    divisor = _DIVISOR
    while divisor > 1 and shingles * _DIVISOR < _FEW_SHINGLES * divisor:
        divisor //= 2
    return divisor
