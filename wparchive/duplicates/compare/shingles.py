"""Hashes of all runs of k words of a text (shingles, Broder 1997), computed over the whole text at once.

A loop in Python over the shingles costs more than everything else together. Here the words' 32-bit hashes become 64-bit lanes of
one long integer, and multiplying and shifting that integer works on all lanes in C: three times as fast, without numpy.
"""

import struct
from hashlib import blake2b
from itertools import compress

_LANE = 64
_CACHED_WORDS = 1 << 17
# Odd, and below 2**29: five products with a 32-bit hash add up to less than a lane, so that no lane overflows into the next.
_MULTIPLIERS = (0x1B873593, 0x165667B1, 0x1E35A7BD, 0x19D699A5, 0x1F83D9AB)
_FACTORS = [
    sum(factor << _LANE * (size - 1 - place) for place, factor in enumerate(_MULTIPLIERS[:size]))
    for size in range(6)
]
"""By size of a shingle: its multipliers, the last one in the lowest lane."""
_DIVIDED = {1 << bit: bytes(low % (1 << bit) == 0 for low in range(256)) for bit in range(9)}
"""By divisor: for each lowest byte of a hash 1 where it is divided, else 0."""


class _Lanes(dict[str, bytes]):
    """Word → its 32-bit hash as a little-endian lane; bounded, about 20 MB when full."""

    def __missing__(self, word: str) -> bytes:
        if len(self) >= _CACHED_WORDS:
            self.clear()
        digest = blake2b(word.encode("utf-8", "surrogatepass"), digest_size=4).digest()
        lane = self[word] = digest + bytes(4)
        return lane


_lane_of = _Lanes().__getitem__


def shingle_hashes(words: list[str], size: int) -> tuple[int, ...]:
    """One unsigned 64-bit hash for every run of `size` (at most 5) words, in order; the same on every machine and in every run."""
    hashes = _hashes(words, size)
    return struct.unpack(f"<{len(hashes) // 8}Q", hashes)


def sampled_hashes(words: list[str], size: int, divisor: int) -> set[int]:
    """Those of `shingle_hashes` that `divisor` divides, a power of two up to 256; as signed numbers."""
    hashes = _hashes(words, size)
    chosen = hashes[::8].translate(_DIVIDED[divisor])
    return set(compress(struct.unpack(f"<{len(hashes) // 8}q", hashes), chosen))


def _hashes(words: list[str], size: int) -> bytes:
    """The hashes of all shingles, 8 little-endian bytes each."""
    count = len(words) - size + 1
    if count < 1:
        return b""
    lanes = int.from_bytes(b"".join(map(_lane_of, words)), "little")
    # One product has in each lane what five would add up to; the lanes below have only parts of sums.
    sums = lanes * _FACTORS[size] >> _LANE * (size - 1)
    return sums.to_bytes(8 * (len(words) + 1), "little")[: 8 * count]
