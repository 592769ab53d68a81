"""Candidate pairs from all sketches of an archive, sorted on disk: memory does not grow with it.

Keys are spread over files by value. The keys of each file are counted in memory, and the pairs of
posts that share a key are spread over files by post, where they are counted in turn. A file holds
about 1/128 of everything: for a million posts (50 million keys) some 6 MB of keys, which take about
60 MB while they are counted. 16 bytes are written for a key and 8 for a pair.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from wparchive.duplicates.pairing import BOILERPLATE_KEY, LEAST_SHARED, pairs_of_key

_FILES = 128
_BUFFERED = 8192
_PAIRS_AT_ONCE = 2_000_000
"""Pairs that are counted in memory together, some 250 MB at worst."""


class _Spread:
    """Numbered files of 64-bit integers, to which small buffers are appended."""

    def __init__(self, folder: Path, name: str, typecode: str) -> None:
        self._paths = [folder / f"{name}-{number:03}" for number in range(_FILES)]
        self._typecode = typecode
        self.buffers = [array(typecode) for _ in range(_FILES)]

    def flush(self, number: int) -> None:
        with self._paths[number].open("ab") as file:
            self.buffers[number].tofile(file)
        del self.buffers[number][:]

    def drain(self, number: int) -> "array[int]":
        """Return all integers of one file and remove the file."""
        self.flush(number)
        values = array(self._typecode, self._paths[number].read_bytes())
        self._paths[number].unlink()
        return values


class CandidatePairs:
    """A collector of sketches that gives the pairs of posts which share enough of their keys.

    Its files go to `folder`, which the caller removes.
    """

    def __init__(self, folder: Path) -> None:
        self._keys = _Spread(folder, "keys", "q")
        self._pairs = _Spread(folder, "pairs", "Q")
        self._posts = 0
        self.boilerplate_keys = 0
        """Keys that pair nothing because too many posts have them; known once `pairs` has begun."""

    def add(self, post: int, sketch: Iterable[int]) -> None:
        """Take the sketch of a post, given as a number under 2**32.

        The numbers must ascend from call to call.
        """
        self._posts = post + 1
        for key in sketch:
            # The lowest bits of the keys are equal: sketches are made of numbers divisible by 16.
            number = (key >> 16) % _FILES
            buffer = self._keys.buffers[number]
            buffer.append(key)
            buffer.append(post)
            if len(buffer) >= _BUFFERED:
                self._keys.flush(number)

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Yield pairs of post numbers, the smaller first, each pair once.

        Their order depends on the sketches alone.
        """
        for number in range(_FILES):
            self._pair_up(self._keys.drain(number))
        for number in range(_FILES):
            yield from _sharing_enough(self._pairs.drain(number))

    def _pair_up(self, values: "array[int]") -> None:
        keys, posts = values[0::2], values[1::2]
        holders: dict[int, list[int]] = {
            key: [] for key, count in Counter(keys).items() if count > 1
        }
        for key, post in zip(keys, posts, strict=True):
            if key in holders:
                holders[key].append(post)
        for sharing in holders.values():
            self.boilerplate_keys += len(sharing) > BOILERPLATE_KEY
            for a, b in pairs_of_key(sharing):
                self._add_pair(a, b)

    def _add_pair(self, a: int, b: int) -> None:
        number = a * _FILES // self._posts
        buffer = self._pairs.buffers[number]
        buffer.append(a << 32 | b)
        if len(buffer) >= _BUFFERED:
            self._pairs.flush(number)


def _sharing_enough(pairs: "array[int]") -> Iterator[tuple[int, int]]:
    """Yield the packed pairs that occur often enough.

    They are counted in rounds of bounded size.
    """
    rounds = len(pairs) // _PAIRS_AT_ONCE + 1
    for turn in range(rounds):
        if rounds == 1:
            counted = Counter(pairs)
        else:
            counted = Counter(pair for pair in pairs if (pair >> 32) % rounds == turn)
        for pair in sorted(pair for pair, shared in counted.items() if shared >= LEAST_SHARED):
            yield pair >> 32, pair & 0xFFFFFFFF
