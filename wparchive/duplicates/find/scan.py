"""One pass over all posts: which there are, which are exact copies, which are worth comparing.

The candidate pairs are found by sorting all sketches on disk, so that memory does not grow with
them. Keys are spread over files by value. The keys of each file are counted in memory, and the
pairs of posts that share a key are spread over files by post, where they are counted in turn. A
file holds about 1/128 of everything: for a million posts (50 million keys) some 6 MB of keys, which
take about 60 MB while they are counted. 16 bytes are written for a key and 8 for a pair.

Kept in memory for each post: its key (about 100 bytes), 9 bytes of flags and numbers, and about 110
bytes by which an equal text is recognised.
"""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from itertools import chain, islice
from pathlib import Path

from wparchive.duplicates.compare.sketch import SKETCH_VERSION
from wparchive.duplicates.compare.standing import (
    STANDS_IN,
    line_hashes,
    title_hash,
)
from wparchive.duplicates.evidence import ComparablePost, equal_posts, text_decides
from wparchive.duplicates.find.cluster import components
from wparchive.duplicates.index import DuplicateIndex
from wparchive.duplicates.original import declared_links
from wparchive.duplicates.pair import VERSION_KINDS
from wparchive.duplicates.pairing import BOILERPLATE_KEY, LEAST_SHARED, pairs_of_key
from wparchive.duplicates.summary import PostSummary

_COUNTED_EVERY = 1000
_POSTS_AT_ONCE = 500
# Keys and pairs are sorted in parts that fit into memory: each part has a file, and a buffer.
_FILES = 128
_BUFFERED = 8192
_PAIRS_AT_ONCE = 2_000_000
"""Pairs that are counted in memory together, some 250 MB at worst."""


class Scan:
    """The posts of an archive, numbered in ascending order of their keys.

    `selected` says which posts may get another mark, `counted` is told how many posts were read.
    Sketches are sorted in files in `folder`, 16 bytes a key; the folder must live until `pairs`
    has ended.
    """

    def __init__(
        self,
        index: DuplicateIndex,
        selected: Callable[[PostSummary], bool],
        counted: Callable[[int], None],
        folder: Path,
    ) -> None:
        self.keys: list[str] = []
        self.first = array("L")
        """For each post the number of the first post that it is an equal copy of: maybe its own."""
        self.selected = bytearray()
        self.marked = bytearray()
        """Whether the post has a mark now."""
        self.versions: list[tuple[str, str, float]] = []
        """Of posts that are not selected: key, what it is a version of, Jaccard similarity."""
        self.boilerplate_keys = 0
        self.paired = bytearray()
        """Whether the post is in a candidate pair; known when `pairs` has ended."""
        self._equal: dict[int, list[int]] = {}
        """Of texts under which posts may differ: the first post with it, and all posts with it."""
        self._declared: dict[int, frozenset[str]] = {}
        self._first_of_text: dict[int, int] = {}
        self._identity = blake2b(str(SKETCH_VERSION).encode(), digest_size=16)
        self._index = index
        self._candidates = CandidatePairs(folder)
        for number, post in enumerate(index.summaries()):
            self._take(number, post, selected(post))
            if number % _COUNTED_EVERY == 0:
                counted(number)
        self.paired = bytearray(len(self.keys))
        self._settle_equal_texts()

    @property
    def identity(self) -> str:
        """Return a string that is equal for equal posts and an equal selection."""
        return self._identity.hexdigest()

    def number(self, key: str) -> int | None:
        """Return the number of a post; None when there is none of that key."""
        place = bisect_left(self.keys, key)
        if place < len(self.keys) and self.keys[place] == key:
            return place
        return None

    def is_selected(self, key: str) -> bool:
        """Return whether the post may get another mark."""
        number = self.number(key)
        return number is not None and bool(self.selected[number])

    def exact(self) -> list[tuple[str, str]]:
        """Return for each exact copy the first post with its text, and the copy."""
        return [
            (self.keys[first], self.keys[number])
            for number, first in enumerate(self.first)
            if first != number
        ]

    def known_versions(self) -> list[tuple[str, str, float]]:
        """Return those of `versions` whose original is still there."""
        return [version for version in self.versions if self.number(version[1]) is not None]

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Yield the pairs of different texts to compare. At least one of the two is selected."""
        wanted = bytearray(self.selected)
        # The first post with a text stands for all that have it.
        for number, first in enumerate(self.first):
            wanted[first] |= wanted[number]
        for a, b in chain(self._declared_pairs(), self._candidates.pairs()):
            self.paired[a] = self.paired[b] = 1
            if wanted[a] or wanted[b]:
                yield a, b
        self.boilerplate_keys = self._candidates.boilerplate_keys

    def _take(self, number: int, post: PostSummary, selected: bool) -> None:
        first = self._first_with_text(number, post)
        self.keys.append(post.key)
        self.first.append(first)
        self.selected.append(selected)
        self.marked.append(post.duplicate is not None)
        mark = post.duplicate
        if mark and mark["kind"] in VERSION_KINDS and not selected:
            self.versions.append((post.key, mark["of"], mark["jaccard"]))
        if declared := declared_links(post.candidate):
            self._declared[number] = declared
        # The mark is left out: a search that is killed while it sets marks goes on where it was.
        state = (post.candidate, post.title, post.fingerprint, int(selected))
        self._identity.update(repr(state).encode("utf-8", "replace"))
        # Equal texts have equal sketches: the first post stands for all of them.
        if first == number:
            self._candidates.add(number, post.sketch)

    def standing_lines(self, folder: Path) -> set[int]:
        """Return the standing lines among the posts of candidate pairs, after `pairs`.

        They do not depend on what is selected. Files go to `folder`.
        """
        counter = LineCounter(folder)
        paired = iter([key for key, there in zip(self.keys, self.paired, strict=True) if there])
        while keys := list(islice(paired, _POSTS_AT_ONCE)):
            posts = self._index.find(keys)
            for key, content in self._index.contents(keys).items():
                if key in posts:
                    lines = line_hashes(posts[key].site, content.text)
                    counter.add(title_hash(posts[key].title, key), lines)
        return counter.standing_lines()

    def _first_with_text(self, number: int, post: PostSummary) -> int:
        if not post.has_text:
            return number
        first = self._first_of_text.setdefault(_short_hash(post.fingerprint), number)
        if first != number and not text_decides(post):
            self._equal.setdefault(first, [first]).append(number)
        return first

    def _settle_equal_texts(self) -> None:
        """Tell the posts apart that have an equal text, and that other media or titles."""
        for numbers in self._equal.values():
            for number in numbers:
                # Until they are compared, each of them stands for itself.
                self.first[number] = number
            keys = [self.keys[number] for number in numbers]
            for copies in components(equal_posts(self._comparable(keys))):
                first, *others = (self.number(key) for key in copies)
                for other in others:
                    if first is not None and other is not None:
                        self.first[other] = first
        self._equal.clear()

    def _comparable(self, keys: list[str]) -> list[ComparablePost]:
        """Return the posts that could be read."""
        found = []
        for start in range(0, len(keys), _POSTS_AT_ONCE):
            chunk = keys[start : start + _POSTS_AT_ONCE]
            posts = self._index.find(chunk)
            contents = self._index.contents(chunk)
            found += [
                ComparablePost(posts[key], contents[key])
                for key in chunk
                if key in posts and key in contents
            ]
        return found

    def _declared_pairs(self) -> Iterator[tuple[int, int]]:
        for number, links in self._declared.items():
            for key in sorted(key for keys in self._index.linked(links).values() for key in keys):
                other = self.number(key)
                if other is not None and other != number:
                    yield min(number, other), max(number, other)


def _short_hash(identity: str) -> int:
    # Eight bytes save memory. By chance, two of a million texts are alike in one of some 40 million
    # archives.
    digest = blake2b(identity.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


class _Spread:
    """Numbered files of 64-bit integers, to which small buffers are appended."""

    def __init__(self, folder: Path, name: str, typecode: str) -> None:
        self._paths = [folder / f"{name}-{number:03}" for number in range(_FILES)]
        self._typecode = typecode
        self.buffers = [array(typecode) for _ in range(_FILES)]

    def flush(self, number: int) -> None:
        # Not kept open: some systems allow a process 256 files, and there are 128 of each sort.
        with self._paths[number].open("ab") as file:
            self.buffers[number].tofile(file)
        del self.buffers[number][:]

    def drain(self, number: int) -> "array[int]":
        """Return all integers of one file and remove the file."""
        self.flush(number)
        values = array(self._typecode, self._paths[number].read_bytes())
        self._paths[number].unlink()
        return values


class LineCounter:
    """A counter of the titles under which each line stands, on disk as sketches are."""

    def __init__(self, folder: Path) -> None:
        self._lines = _Spread(folder, "lines", "q")

    def add(self, title: int, lines: Iterable[int]) -> None:
        """Take the lines of a post, and its title, as hashes."""
        for line in lines:
            number = line % _FILES
            buffer = self._lines.buffers[number]
            buffer.append(line)
            buffer.append(title)
            if len(buffer) >= _BUFFERED:
                self._lines.flush(number)

    def standing_lines(self) -> set[int]:
        """Return the lines that stand under `STANDS_IN` different titles."""
        found: set[int] = set()
        for number in range(_FILES):
            values = self._lines.drain(number)
            # A title counts once, in however many posts it stands.
            different = set(zip(values[0::2], values[1::2], strict=True))
            titles = Counter(line for line, _ in different)
            found |= {line for line, count in titles.items() if count >= STANDS_IN}
        return found


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
        # Most keys are those of one post alone. A list for each would take most of the memory.
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
        # By ranges of posts, not by remainders: read one after the other, the files give the pairs
        # in the order of posts.
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
            # Chosen by post, so that a pair is counted in one round, wherever it stands.
            counted = Counter(pair for pair in pairs if (pair >> 32) % rounds == turn)
        for pair in sorted(pair for pair, shared in counted.items() if shared >= LEAST_SHARED):
            yield pair >> 32, pair & 0xFFFFFFFF
