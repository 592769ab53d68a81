"""Pairs of posts worth comparing, from all sketches of an archive, by distribution sort on disk: memory does not grow with the archive.

Keys are spread over files by value, each file's keys are counted in memory, and the pairs of posts that share a key are spread over
files by post, where they are counted in turn. A file holds about 1/128 of everything: for a million posts (50 million keys) some
6 MB of keys, which take about 60 MB while they are counted. What is written is 16 bytes a key and 8 bytes a pair.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise
from pathlib import Path

LEAST_SHARED = 2
"""Keys that two posts must share to be compared."""
COMMON_KEY = 50
"""A key in more posts than this no longer pairs all of them, only each with the next: boilerplate must not flood the comparison, and
a text copied more often than this is still found, as a chain of neighbours."""
BOILERPLATE_KEY = 5000
"""A key in more posts than this pairs nothing."""

_FILES = 128
_BUFFERED = 8192
_PAIRS_AT_ONCE = 2_000_000
"""Pairs counted in memory together, some 250 MB at worst."""


class _Spread:
    """Numbered files of 64-bit integers, appended to through small buffers."""

    def __init__(self, folder: Path, name: str, typecode: str) -> None:
        self._paths = [folder / f"{name}-{number:03}" for number in range(_FILES)]
        self._typecode = typecode
        self.buffers = [array(typecode) for _ in range(_FILES)]

    def flush(self, number: int) -> None:
        with self._paths[number].open("ab") as file:
            self.buffers[number].tofile(file)
        del self.buffers[number][:]

    def drain(self, number: int) -> "array[int]":
        """All integers of one file; the file is removed."""
        self.flush(number)
        values = array(self._typecode, self._paths[number].read_bytes())
        self._paths[number].unlink()
        return values


class CandidatePairs:
    """Takes sketches, then gives the pairs that share at least `LEAST_SHARED` keys. Files go to `folder`, which the caller removes."""

    def __init__(self, folder: Path) -> None:
        self._keys = _Spread(folder, "keys", "q")
        self._pairs = _Spread(folder, "pairs", "Q")
        self._posts = 0
        self.boilerplate_keys = 0
        """Keys passed over because they are in more than `BOILERPLATE_KEY` posts; known once `pairs` has begun."""

    def add(self, post: int, sketch: Iterable[int]) -> None:
        """Note the keys of a post, given as a number under 2**32; numbers must ascend from call to call."""
        self._posts = post + 1
        for key in sketch:
            number = (key >> 16) % _FILES
            buffer = self._keys.buffers[number]
            buffer.append(key)
            buffer.append(post)
            if len(buffer) >= _BUFFERED:
                self._keys.flush(number)

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Pairs of post numbers, the smaller first, each pair once, in an order that depends on the sketches alone."""
        for number in range(_FILES):
            self._pair_up(self._keys.drain(number))
        for number in range(_FILES):
            yield from self._counted(self._pairs.drain(number))

    def _pair_up(self, values: "array[int]") -> None:
        keys, posts = values[0::2], values[1::2]
        repeated: dict[int, list[int]] = {
            key: [] for key, count in Counter(keys).items() if count > 1
        }
        for key, post in zip(keys, posts, strict=True):
            if key in repeated:
                repeated[key].append(post)
        for sharing in repeated.values():
            for a, b in self._of_key(sharing):
                number = a * _FILES // self._posts
                buffer = self._pairs.buffers[number]
                buffer.append(a << 32 | b)
                if len(buffer) >= _BUFFERED:
                    self._pairs.flush(number)

    def _of_key(self, posts: Sequence[int]) -> Iterable[tuple[int, int]]:
        if len(posts) > BOILERPLATE_KEY:
            self.boilerplate_keys += 1
            return ()
        return combinations(posts, 2) if len(posts) <= COMMON_KEY else pairwise(posts)

    @staticmethod
    def _counted(pairs: "array[int]") -> Iterator[tuple[int, int]]:
        rounds = len(pairs) // _PAIRS_AT_ONCE + 1
        for turn in range(rounds):
            counted = Counter(
                pairs if rounds == 1 else (pair for pair in pairs if (pair >> 32) % rounds == turn)
            )
            for pair in sorted(pair for pair, shared in counted.items() if shared >= LEAST_SHARED):
                yield pair >> 32, pair & 0xFFFFFFFF
