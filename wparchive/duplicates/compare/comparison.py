"""Two texts compared in full: how much they share, which holds the other, what that makes them.

Where what differs are mostly numbers and names, and most of them differ, it is another article: see
`facts.py`.
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from wparchive.duplicates.compare.facts import are_mostly_facts, names_and_numbers
from wparchive.duplicates.compare.shingles import WordHashes, hash_words
from wparchive.duplicates.compare.sketch import SHORTEST_WORDS
from wparchive.text.normalise import normalise
from wparchive.text.words import words

TextKind = Literal["exact", "near", "contained", "related"]

COMPARED_WORDS = 3
"""Words of a shingle, fewer than the sketch has: an edited word breaks three shingles, not five."""
COMPARED_CHARACTERS = 5
"""The same for texts of which more than `MUCH_SPACELESS` is in scripts without spaces.

Three characters meet by chance too often.
"""
# A text in English with a quotation in Chinese stays below it.
MUCH_SPACELESS = 0.2

_MUCH_KEPT = 0.79
_LITTLE_KEPT = 0.63
"""Shares of the words that an edited text keeps, each edited word by itself.

Of its shingles of n words it then keeps the n-th power: a half and a quarter of those of three
words, a third and a tenth of those of five characters.
"""
# These were set on the parts for tuning; docs/duplicates.md says how they do on those held out.
_RELATED_CONTAINMENT = 0.5
_RELATED_COVERAGE = 0.7
_NEAR_COVERAGE = 0.9
_NEAR_COVERAGE_OF_LONGER = 0.8
_CONTAINED_COVERAGE = 0.8
GAP_WORDS = 10
"""Up to so many words in a row count as edited when the text on both sides of them is shared.

More is text of its own.
"""
_PASSAGE_SHINGLES = 6
"""A shared run of so many shingles is a passage: a sentence or more, and no stock phrase."""
# Passages are all over a text when no single one is most of what is shared.
_FEWEST_PASSAGES = 2
_LONGEST_SHARE = 0.7
_SPREAD = 0.5
_LEFT_CONTAINMENT = {COMPARED_WORDS: 0.3, COMPARED_CHARACTERS: 0.25}
"""What is left of a text where most of its sentences were replaced is less than half, but stands in
several passages all over both texts. A quotation stands in one place.
"""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The common parts of two texts. `compare(b, a)` says the same with `a` and `b` exchanged."""

    jaccard: float
    """Shared shingles (of 3 words, or 5 characters) over all shingles of both, 0..1."""
    containment: float
    """Shared shingles over those of the text that has fewer, 0..1."""
    coverage: float
    """Part of the shorter text that runs along the longer one, edited words included, 0..1.

    It is 0 when containment is under the least that makes a kind.
    """
    coverage_of_longer: float
    """The same of the longer text."""
    shorter: Literal["a", "b"]
    """The text that has fewer shingles: of a `contained` pair the part."""
    kind: TextKind | None
    """None when the texts are not duplicates in any sense."""
    shared_words: int = 0
    """Words of the shorter text that stand in those parts."""
    replaced_words: int = 0
    """Each text has so many words in a row that the other one lacks."""


class Prepared:
    """A text made ready to be compared many times; what no comparison needs is not computed."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._shingles: dict[int, list[int]] = {}
        self._shingle_sets: dict[int, frozenset[int]] = {}

    @cached_property
    def normalised(self) -> str:
        """Return the normal form."""
        return normalise(self.text)

    @cached_property
    def words(self) -> list[str]:
        """Return the words in their order."""
        return words(self.normalised)

    @cached_property
    def word_set(self) -> frozenset[str]:
        """Return the different words."""
        return frozenset(self.words)

    @property
    def word_count(self) -> int:
        """Return how many words there are, without making strings of them."""
        return self._hashes.count

    @property
    def length(self) -> float:
        """Return the length in words; two characters of scripts without spaces count as one."""
        return self._hashes.count - self._hashes.spaceless / 2

    @cached_property
    def names_and_numbers(self) -> frozenset[str]:
        """Return what a filled-in template would change."""
        return names_and_numbers(self.text)

    @property
    def shingle_size(self) -> int:
        """Return the number of words in a shingle that suits the text's script."""
        if self._hashes.spaceless > MUCH_SPACELESS * self._hashes.count:
            return COMPARED_CHARACTERS
        return COMPARED_WORDS

    def shingles(self, size: int) -> list[int]:
        """Return the hash of every run of `size` words, in order."""
        if size not in self._shingles:
            self._shingles[size] = self._hashes.shingles(size)
        return self._shingles[size]

    def shingle_set(self, size: int) -> frozenset[int]:
        """Return the different hashes among `shingles`."""
        if size not in self._shingle_sets:
            self._shingle_sets[size] = frozenset(self.shingles(size))
        return self._shingle_sets[size]

    @cached_property
    def _hashes(self) -> WordHashes:
        return hash_words(self.normalised)


def compare(text_a: str, text_b: str) -> Comparison:
    """Compare two texts.

    Under 40 words only equal ones are duplicates, and empty texts are duplicates of nothing.
    """
    return compare_prepared(Prepared(text_a), Prepared(text_b))


def compare_prepared(a: Prepared, b: Prepared) -> Comparison:
    """Compare two texts that take part in several comparisons."""
    size = max(a.shingle_size, b.shingle_size)
    shorter, longer = a, b
    name: Literal["a", "b"] = "a"
    if _length(b, size) < _length(a, size):
        shorter, longer, name = b, a, "b"
    if a.normalised == b.normalised:
        return _equal(shorter, name)
    of_shorter = shorter.shingle_set(size)
    of_longer = longer.shingle_set(size)
    shared = len(of_shorter & of_longer)
    containment = shared / max(1, len(of_shorter))
    jaccard = shared / max(1, len(of_shorter) + len(of_longer) - shared)
    if containment < least_containment(size) or shorter.word_count < SHORTEST_WORDS:
        return Comparison(jaccard, containment, 0.0, 0.0, name, None)
    along = align(shorter.words, shorter.shingles(size), size, of_longer, longer.word_set)
    back = align(longer.words, longer.shingles(size), size, of_shorter, shorter.word_set)
    spread = min(along.spread, back.spread)
    kind = classify(containment, along.coverage, back.coverage, size, spread)
    if kind and _differ_in_facts(shorter, along) and _differ_in_facts(longer, back):
        kind = None
    return Comparison(
        jaccard,
        containment,
        along.coverage,
        back.coverage,
        name,
        kind,
        along.kept_words,
        min(along.longest_gap, back.longest_gap),
    )


def _differ_in_facts(text: Prepared, alignment: "Alignment") -> bool:
    """Tell whether what a text has otherwise than another one are mostly names and numbers."""
    return are_mostly_facts(text.names_and_numbers, alignment.changed, alignment.kept)


def _equal(text: Prepared, name: Literal["a", "b"]) -> Comparison:
    kind: TextKind | None = None
    if text.normalised:
        kind = "exact"
    return Comparison(1.0, 1.0, 1.0, 1.0, name, kind, text.word_count)


def least_containment(size: int) -> float:
    """Return the containment by shingles of so many words under which nothing is a duplicate."""
    return float(_LITTLE_KEPT**size)


def classify(
    containment: float,
    coverage: float,
    coverage_of_longer: float,
    size: int = COMPARED_WORDS,
    spread: float = 0.0,
) -> TextKind | None:
    """Return the kind that the figures of two different texts make of them.

    `near`: one is an edited version of the other, from end to end. `contained`: the shorter is a
    part of the longer, edited or not. `related`: half of the shorter text is in the longer one, or
    less, but all over both.

    Coverage is needed beside containment: where words were edited all over, few shingles remain
    whole, but those lie close together; where a text quotes, they lie in one place and the rest has
    none. `size` is that of the shingles.
    """
    if containment >= _MUCH_KEPT**size:
        if coverage >= _NEAR_COVERAGE and coverage_of_longer >= _NEAR_COVERAGE_OF_LONGER:
            return "near"
        if coverage >= _CONTAINED_COVERAGE:
            return "contained"
    edited_all_over = containment >= least_containment(size) and coverage >= _RELATED_COVERAGE
    left_all_over = containment >= _LEFT_CONTAINMENT[size] and spread >= _SPREAD
    if containment >= _RELATED_CONTAINMENT or edited_all_over or left_all_over:
        return "related"
    return None


def _length(text: Prepared, size: int) -> tuple[int, int, str]:
    """Return a sort key that puts the shorter text first; only equal texts have equal keys."""
    return len(text.shingle_set(size)), text.word_count, text.normalised


@dataclass(frozen=True, slots=True)
class Alignment:
    """One text seen along another."""

    coverage: float
    """Part of the text that is shared or edited, 0..1."""
    spread: float
    """How far apart the first and the last shared passage are, 0..1.

    It is 0 where one passage is nearly all that is shared.
    """
    kept: frozenset[str]
    """Words of the shared parts."""
    kept_words: int
    """How many words stand in the shared parts."""
    changed: frozenset[str]
    """Words of the edited places that the other text does not have at all."""
    longest_gap: int
    """The most words in a row that are in no shared part."""


def align(
    found: Sequence[str],
    shingles: Sequence[int],
    size: int,
    other_shingles: Set[int],
    other_words: Set[str],
) -> Alignment:
    """Align a text, given as words and its shingles of `size` words, with another text."""
    is_shared = bytes(map(other_shingles.__contains__, shingles))
    covered = 0
    longest_gap = 0
    places: list[tuple[int, int]] = []
    edited: set[str] = set()
    for start, end, shared in _runs(is_shared):
        if shared:
            places.append((start, end))
            covered += end - start
            continue
        gap = _between(found, start, end, size)
        longest_gap = max(longest_gap, len(gap))
        if end - start < GAP_WORDS + size:
            edited.update(gap)
            if start > 0 and end < len(shingles):
                covered += end - start
    kept = _shared_words(found, places, size)
    return Alignment(
        coverage=covered / max(1, len(shingles)),
        spread=_spread(places, len(shingles)),
        kept=frozenset(kept),
        kept_words=len(kept),
        changed=frozenset(edited - other_words),
        longest_gap=longest_gap,
    )


def _shared_words(found: Sequence[str], places: Sequence[tuple[int, int]], size: int) -> list[str]:
    """Return the words of shared runs of shingles; a run reaches over its last shingle."""
    kept: list[str] = []
    until = 0
    for start, end in places:
        kept += found[max(start, until) : end + size - 1]
        until = end + size - 1
    return kept


def _between(found: Sequence[str], start: int, end: int, size: int) -> Sequence[str]:
    """Return the words of a run of shingles that are in no shared shingle beside it."""
    first = start
    if start > 0:
        first += size - 1
    last = end
    if end == len(found) - size + 1:
        last = len(found)
    return found[first:last]


def _spread(places: Sequence[tuple[int, int]], shingles: int) -> float:
    passages = [(start, end) for start, end in places if end - start >= _PASSAGE_SHINGLES]
    lengths = [end - start for start, end in passages]
    # Beside one long quotation there may be a short one, or a stock phrase.
    if len(passages) < _FEWEST_PASSAGES or max(lengths) > _LONGEST_SHARE * sum(lengths):
        return 0.0
    return (passages[-1][1] - passages[0][0]) / shingles


def _runs(is_shared: bytes) -> Iterator[tuple[int, int, bool]]:
    """Yield first place, end and whether they are shared of the longest runs of either kind."""
    start = 0
    while start < len(is_shared):
        end = is_shared.find(not is_shared[start], start)
        if end < 0:
            end = len(is_shared)
        yield start, end, bool(is_shared[start])
        start = end
