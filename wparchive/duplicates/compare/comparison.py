"""Two texts compared in full: how much they share, who holds whom, and what that makes of the pair."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from wparchive.duplicates.compare.alignment import align
from wparchive.duplicates.compare.names_and_numbers import facts, states_other_facts
from wparchive.duplicates.compare.shingles import shingle_hashes
from wparchive.duplicates.compare.sketch import SHORTEST_WORDS
from wparchive.text.normalise import normalise
from wparchive.text.words import unspaced, words

Kind = Literal["exact", "near", "contained", "related"]

SHINGLE_WORDS = 3
"""Shorter than the sketch's: an edited word breaks three shingles instead of five, and the whole text is at hand here."""
SHINGLE_CHARACTERS = 5
"""For texts of which more than `MUCH_UNSPACED` is in scripts without spaces: three characters meet by chance too often."""
MUCH_UNSPACED = 0.2

_LEAST = 0.25
_RELATED = 0.5
_RELATED_COVERAGE = 0.7
_NEAR_SHORTER = 0.9
_NEAR_LONGER = 0.8
_CONTAINED = 0.8


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two texts have in common. `compare(b, a)` says the same with the letters changed over."""

    jaccard: float
    """Shared shingles (of 3 words, or 5 characters) over all shingles of both, 0..1."""
    containment: float
    """Shared shingles over those of the text that has fewer, 0..1."""
    coverage: float
    """Part of the shorter text that runs along the longer one, edited words included, 0..1; 0 when containment is under .25."""
    coverage_of_longer: float
    """The same of the longer text."""
    shorter: Literal["a", "b"]
    """Which has fewer shingles: of a `contained` pair the excerpt."""
    kind: Kind | None
    """None when the texts are not duplicates in any sense."""


class Prepared:
    """A text made ready to be compared many times; what no comparison needs is never computed."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._shingles: dict[int, tuple[int, ...]] = {}
        self._shingle_sets: dict[int, frozenset[int]] = {}

    @cached_property
    def normalised(self) -> str:
        return normalise(self.text)

    @cached_property
    def words(self) -> list[str]:
        return words(self.normalised)

    @cached_property
    def word_set(self) -> frozenset[str]:
        return frozenset(self.words)

    @cached_property
    def facts(self) -> frozenset[str]:
        return facts(self.text)

    @cached_property
    def size(self) -> int:
        """Words in a shingle, as suits the text's script."""
        found = 0 if self.normalised.isascii() else unspaced(self.words)
        return SHINGLE_CHARACTERS if found > MUCH_UNSPACED * len(self.words) else SHINGLE_WORDS

    def shingles(self, size: int) -> tuple[int, ...]:
        if size not in self._shingles:
            self._shingles[size] = shingle_hashes(self.words, size)
        return self._shingles[size]

    def shingle_set(self, size: int) -> frozenset[int]:
        if size not in self._shingle_sets:
            self._shingle_sets[size] = frozenset(self.shingles(size))
        return self._shingle_sets[size]


def compare(text_a: str, text_b: str) -> Comparison:
    """Compare two texts; under 50 words only equal ones are duplicates, and empty texts are duplicates of nothing."""
    return compare_prepared(Prepared(text_a), Prepared(text_b))


def compare_prepared(a: Prepared, b: Prepared) -> Comparison:
    """`compare` for texts that take part in several comparisons."""
    size = max(a.size, b.size)
    name: Literal["a", "b"] = "a" if _rank(a, size) <= _rank(b, size) else "b"
    if a.normalised == b.normalised:
        return Comparison(1.0, 1.0, 1.0, 1.0, name, "exact" if a.normalised else None)
    shorter, longer = (a, b) if name == "a" else (b, a)
    of_shorter, of_longer = shorter.shingle_set(size), longer.shingle_set(size)
    shared = len(of_shorter & of_longer)
    containment = shared / max(1, len(of_shorter))
    jaccard = shared / max(1, len(of_shorter) + len(of_longer) - shared)
    if containment < _LEAST or len(shorter.words) < SHORTEST_WORDS:
        return Comparison(jaccard, containment, 0.0, 0.0, name, None)
    along = align(shorter.words, shorter.shingles(size), size, of_longer, longer.word_set)
    back = align(longer.words, longer.shingles(size), size, of_shorter, shorter.word_set)
    kind = classify(containment, along.coverage, back.coverage)
    pair = ((shorter, along), (longer, back))
    if kind and all(states_other_facts(text.facts, seen.kept, seen.changed) for text, seen in pair):
        kind = None
    return Comparison(jaccard, containment, along.coverage, back.coverage, name, kind)


def classify(containment: float, coverage: float, coverage_of_longer: float) -> Kind | None:
    """What the figures of two different texts make of them.

    `near`: one is an edited version of the other, from end to end. `contained`: the shorter is a part of the longer, edited or not.
    `related`: half of the shorter text is in the longer one. Where words were edited all over, few shingles remain whole, but those
    lie close together; where a text quotes, they lie in one place and the rest is bare. Hence coverage beside containment.
    """
    if containment < _RELATED:
        return "related" if containment >= _LEAST and coverage >= _RELATED_COVERAGE else None
    if coverage >= _NEAR_SHORTER and coverage_of_longer >= _NEAR_LONGER:
        return "near"
    return "contained" if coverage >= _CONTAINED else "related"


def _rank(text: Prepared, size: int) -> tuple[int, int, str]:
    """Sorts the shorter text first, and never leaves the order open unless the texts are equal."""
    return len(text.shingle_set(size)), len(text.words), text.normalised
