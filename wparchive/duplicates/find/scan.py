"""One pass over all posts of an archive: which there are, which are exact copies, and which others are worth comparing.

Kept in memory for each post: its key (about 100 bytes), 9 bytes of flags and numbers, and about 110 bytes to recognise an equal text.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from hashlib import blake2b
from itertools import chain
from pathlib import Path

from wparchive.duplicates.compare.sketch import SKETCH_VERSION
from wparchive.duplicates.find.candidate_pairs import CandidatePairs
from wparchive.duplicates.index import DuplicateIndex
from wparchive.duplicates.original import declared_links
from wparchive.duplicates.pair import VERSION_KINDS, PostSummary

Counted = Callable[[int], None]


class Census:
    """The posts of an archive, numbered by key, ascending. `selected` says which are to be settled.

    Sketches are sorted in files in `folder`, 16 bytes a key; the folder must live until `pairs` has ended.
    """

    def __init__(
        self,
        index: DuplicateIndex,
        selected: Callable[[PostSummary], bool],
        counted: Counted,
        folder: Path,
    ) -> None:
        self.keys: list[str] = []
        self.first = array("L")
        """For each post the number of the first one with an equal text: its own, where there is none before."""
        self.selected = bytearray()
        self.marked = bytearray()
        """Whether it is marked as a duplicate now."""
        self.versions: list[tuple[str, str, float]] = []
        """Of posts that are not selected: key, what it is known to be a version of, Jaccard similarity."""
        self.boilerplate_keys = 0
        self._declared: dict[int, frozenset[str]] = {}
        self._identity = blake2b(str(SKETCH_VERSION).encode(), digest_size=16)
        self._index = index
        self._candidates = CandidatePairs(folder)
        self._count(index, selected, counted)

    @property
    def identity(self) -> str:
        """Equal for equal posts and an equal selection."""
        return self._identity.hexdigest()

    def number(self, key: str) -> int | None:
        """The number of a post; None when there is none of that key."""
        place = bisect_left(self.keys, key)
        return place if place < len(self.keys) and self.keys[place] == key else None

    def is_selected(self, key: str) -> bool:
        """Whether the post is to be settled."""
        number = self.number(key)
        return number is not None and bool(self.selected[number])

    def exact(self) -> list[tuple[str, str]]:
        """Each post that repeats another exactly: the first of its kind, and the post."""
        return [
            (self.keys[first], self.keys[number])
            for number, first in enumerate(self.first)
            if first != number
        ]

    def known(self) -> list[tuple[str, str, float]]:
        """`versions` of which the original is still there."""
        return [version for version in self.versions if self.number(version[1]) is not None]

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Pairs of different texts to be compared, of which at least one is selected."""
        wanted = bytearray(self.selected)
        for number, first in enumerate(self.first):
            wanted[first] |= wanted[number]
        for a, b in chain(self._declared_pairs(), self._candidates.pairs()):
            if wanted[a] or wanted[b]:
                yield a, b
        self.boilerplate_keys = self._candidates.boilerplate_keys

    def _count(
        self, index: DuplicateIndex, selected: Callable[[PostSummary], bool], counted: Counted
    ) -> None:
        firsts: dict[int, int] = {}
        for number, entry in enumerate(index.entries()):
            self.keys.append(entry.key)
            self.first.append(
                firsts.setdefault(_short(entry.text_identity), number)
                if entry.text_identity
                else number
            )
            self.selected.append(selected(entry))
            self.marked.append(entry.duplicate is not None)
            if (
                entry.duplicate
                and entry.duplicate["kind"] in VERSION_KINDS
                and not self.selected[number]
            ):
                self.versions.append((entry.key, entry.duplicate["of"], entry.duplicate["jaccard"]))
            if declared := declared_links(entry.member):
                self._declared[number] = declared
            state = (entry.member, entry.title, entry.fingerprint, self.selected[number])
            self._identity.update(repr(state).encode("utf-8", "replace"))
            if self.first[number] == number:
                self._candidates.add(number, entry.sketch)
            if number % 1000 == 0:
                counted(number)

    def _declared_pairs(self) -> Iterator[tuple[int, int]]:
        for number, links in self._declared.items():
            for key in sorted(key for keys in self._index.linked(links).values() for key in keys):
                other = self.number(key)
                if other is not None and other != number:
                    yield min(number, other), max(number, other)


def _short(identity: str) -> int:
    return int.from_bytes(
        blake2b(identity.encode("utf-8", "replace"), digest_size=8).digest(), "little"
    )
