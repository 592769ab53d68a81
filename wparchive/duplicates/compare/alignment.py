"""How one text runs along another: which parts they share word for word, and which are the same with words edited."""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from itertools import groupby

_GAP_WORDS = 10
"""Up to so many words in a row count as edited when the text on both sides of them is shared; more is text of its own."""


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
    words: list[str],
    shingles: tuple[int, ...],
    size: int,
    other_shingles: Set[int],
    other_words: Set[str],
) -> Alignment:
    """Align a text, given as words and its shingles of `size` words, with another text's shingles."""
    covered = 0
    kept: set[str] = set()
    edited: set[str] = set()
    for start, end, shared in _runs(shingles, other_shingles):
        if shared:
            kept.update(words[start : end + size - 1])
        elif start > 0 and end < len(shingles) and end - start < _GAP_WORDS + size:
            edited.update(words[start + size - 1 : end])
        else:
            continue
        covered += end - start
    return Alignment(
        covered / max(1, len(shingles)), frozenset(kept), frozenset(edited - other_words)
    )


def _runs(shingles: tuple[int, ...], others: Set[int]) -> Iterator[tuple[int, int, bool]]:
    start = 0
    for shared, run in groupby(map(others.__contains__, shingles)):
        end = start + sum(1 for _ in run)
        yield start, end, shared
        start = end
