"""Find where the words and phrases of a search stand in a list of tokens. Pure."""

from collections.abc import Iterator

from wparchive.text.search_query import Clause


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
