"""Searches as small trees, and what they mean to a list of tokens. Pure.

`query_parser.py` makes such a tree of what somebody typed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, get_args

TextField = Literal["title", "text"]
NameField = Literal["tag", "category", "author", "type"]
WORD_FIELDS: tuple[TextField, ...] = get_args(TextField)
NAMED_FIELDS: tuple[NameField, ...] = get_args(NameField)


@dataclass(frozen=True, slots=True)
class Clause:
    """Adjacent tokens of one field: a word, a phrase, or the pieces of a word in some scripts."""

    tokens: tuple[str, ...]
    """At least one."""
    prefix: bool = False
    """True when the last token is only the beginning of a word."""
    field: TextField | None = None
    """Where they stand; None for title, text or names of terms."""


@dataclass(frozen=True, slots=True)
class HasName:
    """A name that a post has: a tag, category or author by name or slug, or its type."""

    field: NameField
    name: str


@dataclass(frozen=True, slots=True)
class Query:
    """A search, or a part of one: every required part holds, and no excluded one does."""

    required: tuple["Part", ...]
    """At least one in what is parsed."""
    excluded: tuple["Part", ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """Parts on both sides of `OR`. At least one must hold."""

    parts: tuple["Part", ...]
    """At least two."""


Part = Clause | HasName | Query | Choice


def clauses_of(part: Part) -> list[Clause]:
    """Return the words and phrases that a match may have, in their order: what is marked in it."""
    match part:
        case Clause():
            return [part]
        case HasName():
            return []
        case Query(required=parts) | Choice(parts=parts):
            return [clause for one in parts for clause in clauses_of(one)]


def is_of_words(part: Part) -> bool:
    """Tell whether a part asks for words alone, and for no name."""
    match part:
        case Clause():
            return True
        case HasName():
            return False
        case Query():
            return all(map(is_of_words, part.required + part.excluded))
        case Choice():
            return all(map(is_of_words, part.parts))


def split_by_words(query: Query) -> tuple[Query | None, Query | None]:
    """Return the part of a search that asks for words, and the rest; None where there is none.

    Both parts together mean the search. The first one has a word that every match must have: by it
    matches are ranked.
    """
    words = Query(
        tuple(part for part in query.required if is_of_words(part)),
        tuple(part for part in query.excluded if is_of_words(part)),
    )
    if not words.required:
        return None, query
    rest = Query(
        tuple(part for part in query.required if not is_of_words(part)),
        tuple(part for part in query.excluded if not is_of_words(part)),
    )
    if rest == Query(()):
        return words, None
    return words, rest


def both(query: Query | None, other: Query | None) -> Query | None:
    """Return the search for what two searches find; None asks for nothing."""
    if query is None or other is None:
        return query or other
    return replace(
        query,
        required=query.required + other.required,
        excluded=query.excluded + other.excluded,
    )


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
