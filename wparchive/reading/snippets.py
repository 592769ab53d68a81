"""The passage of a text that shows why a search found it, with the places of its hits."""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import regex

from wparchive.text.search_query import Query, occurrences
from wparchive.text.search_tokens import tokens

RUN = regex.compile(r"[\p{L}\p{M}\p{N}]+", regex.VERSION1)
SCANNED_CHARACTERS = 200_000
"""Longer texts are searched for a passage up to here."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A passage and its hits."""

    text: str
    """On one line; begins or ends with `…` where the text goes on."""
    hits: tuple[tuple[int, int], ...]
    """Start and end of each hit in `text`, ascending, not overlapping."""

    def marked(self, mark: Callable[[str], str]) -> str:
        """The passage with each hit replaced by what `mark` makes of it."""
        parts, at = [], 0
        for start, end in self.hits:
            parts += [self.text[at:start], mark(self.text[start:end])]
            at = end
        return "".join(parts) + self.text[at:]


def snippet(text: str, query: Query, width: int | None = 240) -> Snippet:
    """The passage of about `width` characters with most different hits (the earliest of the best); None for the whole text."""
    hits = _hits(text[:SCANNED_CHARACTERS], query)
    start, end = (0, len(text)) if width is None else _window(text, hits, width)
    head, tail = ("… " if start else ""), (" …" if end < len(text) else "")
    inside = [
        (max(a, start) - start + len(head), min(b, end) - start + len(head))
        for a, b, _ in hits
        if a >= start and b <= end
    ]
    return Snippet(
        head + "".join(" " if c.isspace() else c for c in text[start:end]) + tail,
        tuple(_joined(inside)),
    )


def _hits(text: str, query: Query) -> list[tuple[int, int, int]]:
    """Start, end and number of the clause of each hit, ascending."""
    placed = list(_placed(text))
    words = [token for token, _, _ in placed]
    return sorted(
        (placed[at][1], placed[at + len(clause.tokens) - 1][2], number)
        for number, clause in enumerate(query.required)
        for at in occurrences(clause, words)
    )


def _placed(text: str) -> Iterator[tuple[str, int, int]]:
    """The analyser's tokens with where they stand. Inside a run that normalisation lengthens, each stands for the whole run."""
    for run in RUN.finditer(text):
        start, end = run.span()
        found = tokens(run[0])
        if len(found) == 1:
            yield found[0], start, end
        elif found:
            yield from _within(found, run[0], start, end)


def _within(found: list[str], run: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    folded, at = run.casefold(), 0
    exact = len(folded) == len(run)
    for token in found:
        place = folded.find(token, at) if exact else -1
        at = max(place, at)
        yield (
            (token, start + place, start + place + len(token))
            if place >= 0
            else (token, start, end)
        )


def _window(text: str, hits: list[tuple[int, int, int]], width: int) -> tuple[int, int]:
    starts = [start for start, _, _ in hits]
    best = max(range(len(hits)), key=lambda i: (_worth(hits, starts, i, width), -i), default=None)
    if best is None:
        return 0, _word_end(text, width)
    start = max(0, hits[best][0] - width // 4)
    return _word_start(text, start), _word_end(text, max(start + width, hits[best][1]))


def _worth(
    hits: list[tuple[int, int, int]], starts: list[int], first: int, width: int
) -> tuple[int, int]:
    """Different clauses, then hits, of a window that begins shortly before a hit. Looks at some tens of hits at most."""
    last = min(bisect_left(starts, starts[first] + width * 3 // 4), first + 40)
    return len({number for _, _, number in hits[first:last]}), last - first


def _word_start(text: str, at: int) -> int:
    blank = text.rfind(" ", max(0, at - 20), at + 1)
    return blank + 1 if blank >= 0 else at


def _word_end(text: str, at: int) -> int:
    if at >= len(text):
        return len(text)
    blank = text.find(" ", at, at + 20)
    return blank if blank >= 0 else at


def _joined(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Overlapping spans as one; adjacent pairs of characters overlap by nature."""
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
