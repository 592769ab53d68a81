"""The passage of a text that shows why a search found it, with the places of its hits."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import regex

from wparchive.text.occurrences import occurrences
from wparchive.text.search_query import Query, clauses_of
from wparchive.text.search_tokens import tokens, with_one_kana

_LETTERS = regex.compile(r"[\p{L}\p{M}\p{N}]+", regex.VERSION1)
_SCANNED_CHARACTERS = 200_000
"""Longer texts are searched for a passage up to here."""
_HITS_WEIGHED = 40
"""Hits looked at to weigh one passage."""
_WORD_CHARACTERS = 20
"""A passage begins and ends at a blank, if there is one so near."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A passage and its hits."""

    text: str
    """On one line; begins or ends with `…` where the text goes on."""
    hits: tuple[tuple[int, int], ...]
    """Start and end of each hit in `text`, ascending, not overlapping."""

    def marked(self, mark: Callable[[str], str], plain: Callable[[str], str] = str) -> str:
        """Return the passage with its hits as `mark` writes them, all else as `plain` does.

        For HTML, both must escape.
        """
        parts: list[str] = []
        at = 0
        for start, end in self.hits:
            parts += [plain(self.text[at:start]), mark(self.text[start:end])]
            at = end
        return "".join(parts) + plain(self.text[at:])


class _Hit(NamedTuple):
    """A place in a text where a clause of the search occurs."""

    start: int
    end: int
    clause: int


def snippet_of(text: str, query: Query, width: int | None = 240) -> Snippet:
    """Return the passage of about `width` characters that shows most different hits.

    It is the earliest of the best; `width` None takes the whole text.
    """
    hits = _hits(text[:_SCANNED_CHARACTERS], query)
    start = 0
    end = len(text)
    if width is not None:
        start, end = _passage(text, hits, width)
    head = ""
    if start:
        head = "… "
    tail = ""
    if end < len(text):
        tail = " …"
    shift = len(head) - start
    inside = [
        (max(hit.start, start) + shift, min(hit.end, end) + shift)
        for hit in hits
        if hit.start >= start and hit.end <= end
    ]
    return Snippet(head + _on_one_line(text[start:end]) + tail, tuple(_joined(inside)))


def _on_one_line(text: str) -> str:
    """Return a text of the same length in which all white space is blanks."""
    # Not `split` and `join`: the places of the hits must stay where they are.
    return re.sub(r"\s", " ", text)


def _hits(text: str, query: Query) -> list[_Hit]:
    """Return the hits of all clauses, ascending."""
    placed = list(_placed(text))
    words = [token for token, _, _ in placed]
    return sorted(
        _Hit(placed[at][1], placed[at + len(clause.tokens) - 1][2], number)
        for number, clause in enumerate(clauses_of(query))
        for at in occurrences(clause, words)
    )


def _placed(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the search tokens of a text with where they start and end."""
    for run in _LETTERS.finditer(text):
        start, end = run.span()
        found = tokens(run[0])
        # Most runs are one word, which is one token.
        if len(found) == 1:
            yield found[0], start, end
        elif found:
            yield from _placed_within(found, run[0], start, end)


def _placed_within(
    found: list[str], run: str, start: int, end: int
) -> Iterator[tuple[str, int, int]]:
    """Yield the tokens of one run of letters with their places.

    Where folding changes the run's length, places cannot be told: each token stands for the run.
    """
    # `ß` folds to `ss`, for instance: then a place in the folded run is none in the text.
    folded = with_one_kana(run.casefold())
    if len(folded) != len(run):
        yield from ((token, start, end) for token in found)
        return
    at = 0
    for token in found:
        # Pairs of characters overlap, so the next token may begin inside of this one.
        place = folded.find(token, at)
        if place < 0:
            yield token, start, end
        else:
            at = place
            yield token, start + place, start + place + len(token)


def _passage(text: str, hits: list[_Hit], width: int) -> tuple[int, int]:
    """Return start and end of the best passage; of the beginning, where nothing was hit."""
    if not hits:
        return 0, _word_end(text, width)
    starts = [hit.start for hit in hits]
    # A window is tried from each hit. `-first` makes the earliest of equally good ones win.
    best = max(range(len(hits)), key=lambda first: (_worth(hits, starts, first, width), -first))
    # A quarter of the width stands before the first hit, so that it is read in its sentence.
    start = max(0, hits[best].start - width // 4)
    return _word_start(text, start), _word_end(text, max(start + width, hits[best].end))


def _worth(hits: list[_Hit], starts: list[int], first: int, width: int) -> tuple[int, int]:
    """Return how many different clauses, then hits, a passage shows that begins before a hit."""
    # Three quarters of the width are left after the first hit.
    last = min(bisect_left(starts, starts[first] + width * 3 // 4), first + _HITS_WEIGHED)
    return len({hit.clause for hit in hits[first:last]}), last - first


def _word_start(text: str, at: int) -> int:
    blank = text.rfind(" ", max(0, at - _WORD_CHARACTERS), at + 1)
    if blank < 0:
        return at
    return blank + 1


def _word_end(text: str, at: int) -> int:
    if at >= len(text):
        return len(text)
    blank = text.find(" ", at, at + _WORD_CHARACTERS)
    if blank < 0:
        return at
    return blank


def _joined(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield overlapping spans as one; pairs of characters overlap by nature."""
    at: tuple[int, int] | None = None
    for start, end in spans:
        if at and start < at[1]:
            at = at[0], max(at[1], end)
            continue
        if at:
            yield at
        at = start, end
    if at:
        yield at
