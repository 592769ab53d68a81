"""Two texts compared in full: how much they share, which holds the other, what that makes them.

Numbers and names tell two filled-in copies of one template from two versions of one article. A
weather report, a share price or a draw of numbers keeps its sentences from day to day and changes
only its numbers and names; an editor changes words of all sorts. So where the places that differ
are mostly numbers and names, and most numbers and names differ, it is another article.
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import regex

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
MUCH_SPACELESS = 0.2

_LEAST_CONTAINMENT = 0.25
_RELATED_CONTAINMENT = 0.5
_RELATED_COVERAGE = 0.7
_NEAR_COVERAGE = 0.9
_NEAR_COVERAGE_OF_LONGER = 0.8
_CONTAINED_COVERAGE = 0.8
_GAP_WORDS = 10
"""Up to so many words in a row count as edited when the text on both sides of them is shared.

More is text of its own.
"""

# A number, or a capitalised word within a sentence; scripts without case have their numbers and
# foreign names.
_NAME_OR_NUMBER = regex.compile(
    r"\p{N}+|(?:(?<=[\p{L}\p{N},]\s)|(?<=\p{Lo}))\p{Lu}[\p{Lu}\p{Ll}\p{M}]*"
)
_FEWEST_CHANGED = 3
_SHARE_CHANGED = 0.5
_OUT_OF_PROPORTION = 3.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two texts have in common. `compare(b, a)` says the same with `a` and `b` exchanged."""

    jaccard: float
    """Shared shingles (of 3 words, or 5 characters) over all shingles of both, 0..1."""
    containment: float
    """Shared shingles over those of the text that has fewer, 0..1."""
    coverage: float
    """Part of the shorter text that runs along the longer one, edited words included, 0..1.

    It is 0 when containment is under 0.25.
    """
    coverage_of_longer: float
    """The same of the longer text."""
    shorter: Literal["a", "b"]
    """The text that has fewer shingles: of a `contained` pair the part."""
    kind: TextKind | None
    """None when the texts are not duplicates in any sense."""


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

    Under 50 words only equal ones are duplicates, and empty texts are duplicates of nothing.
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
        if a.normalised:
            return Comparison(1.0, 1.0, 1.0, 1.0, name, "exact")
        return Comparison(1.0, 1.0, 1.0, 1.0, name, None)
    of_shorter = shorter.shingle_set(size)
    of_longer = longer.shingle_set(size)
    shared = len(of_shorter & of_longer)
    containment = shared / max(1, len(of_shorter))
    jaccard = shared / max(1, len(of_shorter) + len(of_longer) - shared)
    if containment < _LEAST_CONTAINMENT or shorter.word_count < SHORTEST_WORDS:
        return Comparison(jaccard, containment, 0.0, 0.0, name, None)
    along = align(shorter.words, shorter.shingles(size), size, of_longer, longer.word_set)
    back = align(longer.words, longer.shingles(size), size, of_shorter, shorter.word_set)
    kind = classify(containment, along.coverage, back.coverage)
    if (
        kind
        and has_other_names_and_numbers(shorter.names_and_numbers, along)
        and has_other_names_and_numbers(longer.names_and_numbers, back)
    ):
        kind = None
    return Comparison(jaccard, containment, along.coverage, back.coverage, name, kind)


def classify(containment: float, coverage: float, coverage_of_longer: float) -> TextKind | None:
    """Return the kind that the figures of two different texts make of them.

    `near`: one is an edited version of the other, from end to end. `contained`: the shorter is a
    part of the longer, edited or not. `related`: half of the shorter text is in the longer one.

    Coverage is needed beside containment: where words were edited all over, few shingles remain
    whole, but those lie close together; where a text quotes, they lie in one place and the rest has
    none.
    """
    if containment < _RELATED_CONTAINMENT:
        if containment >= _LEAST_CONTAINMENT and coverage >= _RELATED_COVERAGE:
            return "related"
        return None
    if coverage >= _NEAR_COVERAGE and coverage_of_longer >= _NEAR_COVERAGE_OF_LONGER:
        return "near"
    if coverage >= _CONTAINED_COVERAGE:
        return "contained"
    return "related"


def _length(text: Prepared, size: int) -> tuple[int, int, str]:
    """Return a sort key that puts the shorter text first; only equal texts have equal keys."""
    return len(text.shingle_set(size)), text.word_count, text.normalised


@dataclass(frozen=True, slots=True)
class Alignment:
    """One text seen along another."""

    coverage: float
    """Part of the text that is shared or edited, 0..1."""
    kept: frozenset[str]
    """Words of the shared parts."""
    changed: frozenset[str]
    """Words of the edited places that the other text does not have at all."""


def align(
    found: Sequence[str],
    shingles: Sequence[int],
    size: int,
    other_shingles: Set[int],
    other_words: Set[str],
) -> Alignment:
    """Align a text, given as words and its shingles of `size` words, with another text."""
    covered = 0
    kept: set[str] = set()
    edited: set[str] = set()
    for start, end, shared in _runs(shingles, other_shingles):
        # A run of shingles covers some words of its neighbours too: a shared one reaches over its
        # last shingle, an edited one begins and ends within the words that are shared.
        if shared:
            kept.update(found[start : end + size - 1])
        elif start > 0 and end < len(shingles) and end - start < _GAP_WORDS + size:
            edited.update(found[start + size - 1 : end])
        else:
            continue
        covered += end - start
    coverage = covered / max(1, len(shingles))
    return Alignment(coverage, frozenset(kept), frozenset(edited - other_words))


def _runs(shingles: Sequence[int], others: Set[int]) -> Iterator[tuple[int, int, bool]]:
    """Yield first place, end and whether they are shared of the longest runs of either kind."""
    shared = bytes(map(others.__contains__, shingles))
    start = 0
    while start < len(shared):
        end = shared.find(not shared[start], start)
        if end < 0:
            end = len(shared)
        yield start, end, bool(shared[start])
        start = end


def names_and_numbers(text: str) -> frozenset[str]:
    """Return the numbers and names of a text as it was written (case matters), in normal form."""
    return frozenset(words(normalise("\n".join(set(_NAME_OR_NUMBER.findall(text))))))


def has_other_names_and_numbers(of_text: frozenset[str], seen: Alignment) -> bool:
    """Return whether a text differs from another mainly in its names and numbers, `of_text`.

    `seen` is the text along the other.
    """
    changed = len(seen.changed & of_text)
    kept = len(seen.kept & of_text)
    share = changed / max(1, changed + kept)
    if changed < _FEWEST_CHANGED or share < _SHARE_CHANGED:
        return False
    others_changed = len(seen.changed - of_text)
    others_kept = len(seen.kept - of_text)
    return share >= _OUT_OF_PROPORTION * others_changed / max(1, others_changed + others_kept)
