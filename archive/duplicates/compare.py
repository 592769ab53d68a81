"""Two texts compared in full: how much they share, who holds whom, and what that makes of the pair."""

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Literal

from archive.duplicates.facts import facts, facts_differ
from archive.duplicates.shingles import shingle_hashes
from archive.duplicates.sketch import SHORTEST_WORDS
from archive.duplicates.tokens import words
from archive.normalise import normalise

Kind = Literal["exact", "near", "contained", "related"]

SHINGLE_WORDS = 3
"""Shorter than the sketch's: an edited word breaks three shingles instead of five, and the whole text is at hand here."""

_GAP_SHINGLES = 12
"""Up to so many shingles in a row may be broken and count as edited rather than as new text: about ten words."""
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
    """Shared 3-word shingles over all shingles of both, 0..1."""
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
    """A text made ready to be compared many times; what a comparison does not need is never computed."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def normalised(self) -> str:
        return normalise(self.text)

    @cached_property
    def words(self) -> list[str]:
        return words(self.normalised)

    @cached_property
    def shingles(self) -> tuple[int, ...]:
        return shingle_hashes(self.words, SHINGLE_WORDS)

    @cached_property
    def shingle_set(self) -> frozenset[int]:
        return frozenset(self.shingles)

    @cached_property
    def facts(self) -> frozenset[str]:
        return facts(self.text)

    @cached_property
    def size(self) -> tuple[int, int, str]:
        """Sorts texts from the shorter to the longer, never leaving the order open unless they are equal."""
        return len(self.shingle_set), len(self.words), self.normalised


def compare(text_a: str, text_b: str) -> Comparison:
    """Compare two texts; under 50 words only equal ones are duplicates, and empty texts are duplicates of nothing."""
    return compare_prepared(Prepared(text_a), Prepared(text_b))


def compare_prepared(a: Prepared, b: Prepared) -> Comparison:
    """`compare` for texts that take part in several comparisons."""
    a_is_shorter = a.size <= b.size
    shorter, longer = (a, b) if a_is_shorter else (b, a)
    name: Literal["a", "b"] = "a" if a_is_shorter else "b"
    if a.normalised == b.normalised:
        return Comparison(1.0, 1.0, 1.0, 1.0, name, "exact" if a.normalised else None)
    shared = len(shorter.shingle_set & longer.shingle_set)
    containment = shared / len(shorter.shingle_set) if shared else 0.0
    jaccard = shared / (len(shorter.shingle_set) + len(longer.shingle_set) - shared) if shared else 0.0
    if containment < _LEAST or len(shorter.words) < SHORTEST_WORDS:
        return Comparison(jaccard, containment, 0.0, 0.0, name, None)
    coverage, of_longer = _coverage(shorter.shingles, longer.shingle_set), _coverage(longer.shingles, shorter.shingle_set)
    kind = classify(containment, coverage, of_longer)
    if kind and facts_differ(shorter.facts, frozenset(shorter.words), longer.facts.union(longer.words)):
        kind = None
    return Comparison(jaccard, containment, coverage, of_longer, name, kind)


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


def _coverage(shingles: tuple[int, ...], others: frozenset[int]) -> float:
    runs = [(shared, sum(1 for _ in run)) for shared, run in groupby(shingle in others for shingle in shingles)]
    last = len(runs) - 1
    covered = sum(length for place, (shared, length) in enumerate(runs) if shared or (0 < place < last and length <= _GAP_SHINGLES))
    return covered / len(shingles)
