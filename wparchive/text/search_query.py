"""Search expressions, parsed.

Grammar: words separated by white space. All of them must occur, in any order, in the title, the
text or the names of terms. `"new york"` is a phrase, `-word` and `-"a phrase"` exclude, `climat*`
is the beginning of a word.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from wparchive.errors import InvalidQuery
from wparchive.text.search_tokens import tokens

_QUOTES = str.maketrans("“”„‟«»＂", '"' * 7)
_TERM = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"(?P<star>\*?)|(?P<word>[^\s"]+))')


@dataclass(frozen=True, slots=True)
class Clause:
    """Adjacent tokens of one field: a word, a phrase, or the pieces of a word in some scripts."""

    tokens: tuple[str, ...]
    """At least one."""
    prefix: bool = False
    """True when the last token is only the beginning of a word."""


@dataclass(frozen=True, slots=True)
class Query:
    """A search: every required clause occurs, and no excluded one does."""

    required: tuple[Clause, ...]
    """At least one."""
    excluded: tuple[Clause, ...] = ()


def parse_query(expression: str) -> Query:
    """Parse a search expression.

    Raises InvalidQuery when a quotation mark is left open, and when no word is left to look for.
    """
    text = expression.translate(_QUOTES)
    if text.count('"') % 2:
        raise InvalidQuery(
            f"a quotation mark is never closed in {expression!r}: close it, or leave it out"
        )
    required: list[Clause] = []
    excluded: list[Clause] = []
    for match in _TERM.finditer(text):
        clause = _clause(match)
        if clause is None:
            continue
        if match["minus"]:
            excluded.append(clause)
        else:
            required.append(clause)
    if not required:
        raise InvalidQuery(
            f"nothing to search for in {expression!r}: "
            "give at least one word, not only exclusions or signs"
        )
    # A clause that is written twice means no more than once, and would cost a second look-up.
    return Query(tuple(dict.fromkeys(required)), tuple(dict.fromkeys(excluded)))


def _clause(match: re.Match[str]) -> Clause | None:
    """Return the clause of one term; None when it has no letter and no digit."""
    words = match["phrase"]
    if words is None:
        words = match["word"]
    found = tuple(tokens(words))
    if not found:
        return None
    prefix = bool(match["star"]) or words.endswith("*") or _is_half_of_a_pair(found)
    return Clause(found, prefix)


def _is_half_of_a_pair(found: tuple[str, ...]) -> bool:
    """Return True for a single character of a script whose tokens are pairs of characters.

    Such a character is the beginning of a pair, so it is searched for as a prefix.
    """
    if len(found) != 1 or len(found[0]) != 1:
        return False
    return len(tokens(found[0] * 3)) == 2


def occurs(clause: Clause, found: list[str]) -> bool:
    """Return True when the clause's tokens stand side by side in a field's token list."""
    return next(occurrences(clause, found), None) is not None


def occurrences(clause: Clause, found: list[str]) -> Iterator[int]:
    """Yield the positions in a field's token list at which the clause begins, ascending."""
    head = clause.tokens[0]
    size = len(clause.tokens)
    if size == 1 and clause.prefix:
        return (at for at, token in enumerate(found) if token.startswith(head))
    return (
        at
        for at, token in enumerate(found)
        if token == head and _fits(clause, found[at : at + size])
    )


def _fits(clause: Clause, window: list[str]) -> bool:
    """Return True when the window holds exactly the clause's tokens."""
    if len(window) < len(clause.tokens):
        return False
    *whole, last = clause.tokens
    if window[:-1] != whole:
        return False
    if clause.prefix:
        return window[-1].startswith(last)
    return window[-1] == last
