"""What changed between two texts, readably: sentences are matched first, then the words of sentences that were rewritten."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

import regex

SENTENCE = regex.compile(r".+?(?:[.!?]+[\"”’)\]]*\s+|[。！？｡]+[」』”]*\s*|\n+|$)", regex.DOTALL)
WORD = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]\p{M}*|[\p{L}\p{M}\p{N}]+|\s+|.",
    regex.DOTALL,
)
WORDS_MAX = 4000
"""Rewritten passages longer than this are shown whole: matching words is quadratic."""
MANY = 1000
"""Beyond so many sentences, those that recur all over the text no longer serve to match it: they too would make it quadratic."""


class Piece(NamedTuple):
    """A stretch of text: kept, taken out or put in."""

    what: Literal["=", "-", "+"]
    text: str


def diff(old: str, new: str) -> list[Piece]:
    """Pieces of which `=` and `-` join to the old text and `=` and `+` to the new one."""
    return list(_merged(_sentences(SENTENCE.findall(old), SENTENCE.findall(new))))


def _sentences(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    for same, a, b in _aligned(old, new):
        yield from [Piece("=", a)] if same else _words(WORD.findall(a), WORD.findall(b))


def _words(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    pairs = (
        _aligned(old, new)
        if max(len(old), len(new)) <= WORDS_MAX
        else [(False, "".join(old), "".join(new))]
    )
    for same, a, b in pairs:
        yield from [Piece("=", a)] if same else [Piece("-", a), Piece("+", b)]


def _aligned(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[bool, str, str]]:
    matcher = SequenceMatcher(None, old, new, autojunk=len(new) > MANY)
    for tag, a, b, c, d in matcher.get_opcodes():
        yield tag == "equal", "".join(old[a:b]), "".join(new[c:d])


def _merged(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Join neighbours of one sort; a single blank between two changes belongs to them, so that they read as one."""
    removed = added = kept = ""
    for what, text in pieces:
        if what == "=" and (removed or added) and not text.isspace():
            yield from _flush(removed, added)
            removed = added = ""
        if what == "=" and not (removed or added):
            kept += text
            continue
        if kept:
            yield Piece("=", kept)
            kept = ""
        removed += text if what in "=-" else ""
        added += text if what in "=+" else ""
    yield from [Piece("=", kept)] if kept else _flush(removed, added)


def _flush(removed: str, added: str) -> Iterator[Piece]:
    if removed:
        yield Piece("-", removed)
    if added:
        yield Piece("+", added)


def shortened(pieces: Iterable[Piece], context: int = 80) -> Iterator[Piece]:
    """The changes with up to `context` characters of unchanged text on each side; what is left out becomes ` … `."""
    items = list(pieces)
    for at, piece in enumerate(items):
        head, tail = (context if at else 0), (context if at + 1 < len(items) else 0)
        if piece.what != "=" or len(piece.text) <= head + tail + context:
            yield piece
        else:
            yield Piece("=", piece.text[:head] + " … " + piece.text[len(piece.text) - tail :])
