"""How one text runs along another: what they share, what was edited, and what kind of words differ.

Numbers and names tell two filled-in copies of one template from two versions of one article. A
weather report, a share price or a draw of numbers keeps its sentences from day to day and changes
only its numbers and names; an editor changes words of all sorts. So where the places that differ
are mostly numbers and names, and most numbers and names differ, it is another article.
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

import regex

from wparchive.text.normalise import normalise
from wparchive.text.words import words

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
