"""The differences of two texts, made to be read.

Sentences are matched first, then the words of sentences that were rewritten.
"""

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

import regex

from wparchive.text.scripts import SPACELESS

_SENTENCE = regex.compile(r".+?(?:[.!?]+[\"”’)\]]*\s+|[。！？｡]+[」』”]*\s*|\n+|$)", regex.DOTALL)
_WORD_OR_SIGN = regex.compile(
    rf"[{SPACELESS}]\p{{M}}*|[\p{{L}}\p{{M}}\p{{N}}]+|\s+|.", regex.DOTALL
)
_MOST_WORDS = 4000
"""Rewritten passages longer than this are shown whole, because matching words is quadratic."""
_MANY_SENTENCES = 1000
"""In a text of more sentences, those that recur all over it no longer serve to match it.

They too would make the matching quadratic.
"""


class Piece(NamedTuple):
    """A stretch of text: kept (`=`), taken out (`-`) or put in (`+`)."""

    what: Literal["=", "-", "+"]
    text: str


def diff(old: str, new: str) -> list[Piece]:
    """Return the differences: `=` and `-` join to the old text, `=` and `+` to the new one."""
    return list(_merged(_by_sentences(_SENTENCE.findall(old), _SENTENCE.findall(new))))


def _by_sentences(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    for is_equal, before, after in _aligned(old, new):
        if is_equal:
            yield Piece("=", before)
        else:
            yield from _by_words(_WORD_OR_SIGN.findall(before), _WORD_OR_SIGN.findall(after))


def _by_words(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    if max(len(old), len(new)) > _MOST_WORDS:
        yield Piece("-", "".join(old))
        yield Piece("+", "".join(new))
        return
    for is_equal, before, after in _aligned(old, new):
        if is_equal:
            yield Piece("=", before)
        else:
            yield Piece("-", before)
            yield Piece("+", after)


def _aligned(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[bool, str, str]]:
    matcher = SequenceMatcher(None, old, new, autojunk=len(new) > _MANY_SENTENCES)
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        before = "".join(old[old_start:old_end])
        yield tag == "equal", before, "".join(new[new_start:new_end])


def _merged(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Join neighbours of one sort.

    White space between two changes belongs to them, so that they read as one.
    """
    kept = ""
    removed = ""
    added = ""
    for what, text in pieces:
        is_changing = bool(removed or added)
        # A word that stayed ends the change before it. White space does not.
        if what == "=" and is_changing and not text.isspace():
            yield from _change(removed, added)
            removed = ""
            added = ""
            is_changing = False
        if what == "=" and not is_changing:
            kept += text
            continue
        if kept:
            yield Piece("=", kept)
            kept = ""
        # White space within a change is neither `+` nor `-`, so it goes to both sides.
        if what != "+":
            removed += text
        if what != "-":
            added += text
    if kept:
        yield Piece("=", kept)
    else:
        yield from _change(removed, added)


def _change(removed: str, added: str) -> Iterator[Piece]:
    if removed:
        yield Piece("-", removed)
    if added:
        yield Piece("+", added)


def shortened(pieces: Iterable[Piece], context: int = 80) -> Iterator[Piece]:
    """Yield the changes with up to `context` characters of unchanged text on each side.

    The text that is left out becomes ` … `.
    """
    items = list(pieces)
    last = len(items) - 1
    for place, piece in enumerate(items):
        head = context
        tail = context
        if place == 0:
            head = 0
        if place == last:
            tail = 0
        if piece.what != "=" or len(piece.text) <= head + tail + context:
            yield piece
        else:
            end = len(piece.text) - tail
            yield Piece("=", f"{piece.text[:head]} … {piece.text[end:]}")
