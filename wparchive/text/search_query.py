"""Searches as small trees, and the parser that makes one of what somebody typed. Pure.

    query    = choice
    choice   = all { "OR" all }
    all      = part { ["AND"] part }
    part     = ["-" | "NOT"] [field ":"] ( word | "phrase" | "(" choice ")" )

Words side by side must all occur, in any order, in the title, the text or the names of terms;
`OR` binds less than that. `"new york"` is a phrase, `-word` excludes, `climat*` is the beginning of
a word. `title:` and `text:` say where a word stands, `tag:`, `category:`, `author:` and `type:`
name what a post has. Another name before a colon is an error; `https://…`, `12:30`, `Note: x` and
all that stands in quotation marks are words. Operators are capitals: `or` is a word.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Literal, NamedTuple, cast, get_args

from wparchive.errors import InvalidQuery
from wparchive.text.search_tokens import tokens

TextField = Literal["title", "text"]
NameField = Literal["tag", "category", "author", "type"]
WORD_FIELDS: tuple[TextField, ...] = get_args(TextField)
NAMED_FIELDS: tuple[NameField, ...] = get_args(NameField)
_FIELDS = (*WORD_FIELDS, *NAMED_FIELDS)
_OPTIONS = (
    *("site", "term", "language", "state", "has", "embeds"),
    *("since", "until", "matching", "unique"),
)
"""Filters that people may take for fields."""
_MEANT_FIELDS = {
    "body": "text",
    "content": "text",
    "headline": "title",
    "heading": "title",
    "subject": "title",
    "user": "author",
    "writer": "author",
    "by": "author",
    "cat": "category",
    "keyword": "tag",
    "label": "tag",
}
"""Names that other search engines have for our fields."""
_LIKE_A_FIELD = 0.75
"""How alike a name before a colon must be to a field's, to be taken for a misspelt one."""
_DEEPEST = 20
"""Parentheses within parentheses; more are no question of anybody's."""

_SIGNS = str.maketrans("“”„‟«»＂（）", '"' * 7 + "()")
# Blanks, parentheses, phrases, words. The marks of a quotation have become plain ones before.
_LEXEME = re.compile(r'(?P<blank>\s+)|(?P<sign>[()])|"(?P<phrase>[^"]*)"\*?|(?P<word>[^\s"()]+)')
_BEFORE = re.compile(
    r"(?P<minus>-?)(?:(?P<field>[A-Za-z]+)(?P<colon>[:：]))?(?P<rest>.*)", re.DOTALL
)
# `https://…`, `std::vector`, `C:\Temp`.
_NOT_AFTER_A_FIELD = ("/", ":", "\\")


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


def parse_query(expression: str) -> Query:
    """Parse a search expression.

    Raises InvalidQuery, which says what is not understood and what to write.
    """
    text = expression.translate(_SIGNS)
    if text.count('"') % 2:
        raise InvalidQuery(
            f"a quotation mark is never closed in {expression!r}: close it, or leave it out"
        )
    parser = _Parser(expression, list(_lexemes(text)))
    found = parser.choice(0)
    parser.require_end()
    if found is None:
        raise InvalidQuery(
            f"nothing to search for in {expression!r}: "
            "give at least one word, not only exclusions or signs"
        )
    if isinstance(found, Query):
        return found
    return Query((found,))


class _Lexeme(NamedTuple):
    """A piece of an expression."""

    what: Literal["(", ")", "OR", "AND", "NOT", "field", "words"]
    text: str
    is_quoted: bool = False


def _lexemes(text: str) -> Iterator[_Lexeme]:
    """Yield the pieces of an expression whose quotation marks are all closed."""
    for match in _LEXEME.finditer(text):
        if match["sign"]:
            yield _Lexeme("(" if match["sign"] == "(" else ")", match["sign"])
        elif match["phrase"] is not None:
            star = "*" if match[0].endswith("*") else ""
            yield _Lexeme("words", match["phrase"] + star, is_quoted=True)
        elif match["word"]:
            is_joined = text[match.end() : match.end() + 1] in ('"', "(")
            yield from _pieces_of(match["word"], is_joined)


def _pieces_of(word: str, is_joined: bool) -> Iterator[_Lexeme]:
    """Yield the pieces of a word; `is_joined` where a phrase or group follows without a blank."""
    if word in ("OR", "|"):
        yield _Lexeme("OR", word)
    elif word == "AND":
        yield _Lexeme("AND", word)
    elif word == "NOT":
        yield _Lexeme("NOT", word)
    else:
        yield from _signs_and_word(word, is_joined)


def _signs_and_word(word: str, is_joined: bool) -> Iterator[_Lexeme]:
    match = _BEFORE.fullmatch(word)
    assert match
    rest = match["rest"]
    if match["minus"] and (match["field"] or rest or is_joined):
        yield _Lexeme("NOT", "-")
    field = match["field"]
    if field and _is_field(field):
        yield _Lexeme("field", field)
    elif field:
        # The wide colon is one of texts in Chinese and Japanese, where no blank follows it.
        if match["colon"] == ":" and (rest or is_joined):
            _refuse_unknown_field(field, rest)
        rest = f"{field}:{rest}"
    if rest:
        yield _Lexeme("words", rest)


def _is_field(name: str) -> bool:
    """Tell whether a name before a colon is a field's.

    Raises InvalidQuery for the name of a filter, and for one that is like a field's.
    """
    if name in _FIELDS:
        return True
    if name in _OPTIONS:
        raise InvalidQuery(
            f"{name}: is no field of a search, but a filter beside it: --{name} on the command"
            f" line, {name}= in Python; for the words, write {name} without the colon"
        )
    near = get_close_matches(name.lower(), _FIELDS, n=1, cutoff=_LIKE_A_FIELD)
    if meant := _MEANT_FIELDS.get(name.lower()) or "".join(near):
        raise InvalidQuery(
            f"{name}: is no field of a search: did you mean {meant}: ? There are"
            f" {', '.join(_FIELDS)}; for the word, write it without the colon"
        )
    return False


def _refuse_unknown_field(name: str, rest: str) -> None:
    """Raise InvalidQuery where a name before a colon can only be meant for a field."""
    if rest.startswith(_NOT_AFTER_A_FIELD):
        return
    message = f"{name}: is no field of a search; there are {', '.join(_FIELDS)}"
    if near := get_close_matches(name.lower(), _OPTIONS, n=1):
        message += f", and the filter --{near[0]} beside a search"
    if not rest:
        raise InvalidQuery(f"{message}; for the word, write it without the colon")
    raise InvalidQuery(f'{message}; for the words, put them in quotation marks: "{name}:{rest}"')


class _Parser:
    """A parser of lexemes, from the first to the last; it has a method for each rule."""

    def __init__(self, expression: str, lexemes: list[_Lexeme]) -> None:
        self._expression = expression
        self._lexemes = lexemes
        self._at = 0

    def choice(self, depth: int, field: str | None = None) -> Part | None:
        """Return what stands between `OR`s; None where nothing can be searched for."""
        if depth > _DEEPEST:
            raise self._not_understood("too many parentheses are within one another")
        parts = [self._all(depth, field)]
        while self._next_is("OR"):
            self._at += 1
            parts.append(self._all(depth, field))
        if len(parts) == 1:
            return parts[0]
        kept = tuple(dict.fromkeys(part for part in parts if part is not None))
        if any(part is None for part in parts):
            raise self._not_understood(
                "OR stands between two things to search for, not beside an exclusion"
            )
        if len(kept) == 1:
            return kept[0]
        return Choice(kept)

    def require_end(self) -> None:
        """Raise InvalidQuery where something is left."""
        if self._at < len(self._lexemes):
            raise self._not_understood("a parenthesis is closed that was never opened")

    def _all(self, depth: int, field: str | None) -> Part | None:
        """Return what stands side by side; None where nothing of it is to be found."""
        required: list[Part] = []
        excluded: list[Part] = []
        while self._at < len(self._lexemes) and not self._next_is(")", "OR"):
            if self._next_is("AND"):
                self._at += 1
                continue
            is_excluded = self._next_is("NOT")
            if is_excluded:
                self._at += 1
            part = self._part(depth, field)
            if part is None:
                continue
            if is_excluded:
                excluded.append(part)
            else:
                required.append(part)
        if not required and excluded and depth:
            raise self._not_understood("an exclusion stands alone in its parentheses")
        if not required:
            return None
        # A part that is written twice means no more than once, and would cost a second look-up.
        kept = tuple(dict.fromkeys(required))
        if len(kept) == 1 and not excluded:
            return kept[0]
        return Query(kept, tuple(dict.fromkeys(excluded)))

    def _part(self, depth: int, field: str | None) -> Part | None:
        lexeme = self._taken()
        if lexeme.what == "field":
            if field is not None:
                raise self._not_understood("a field stands within another one's parentheses")
            field = lexeme.text
            if not self._next_is("(", "words"):
                raise self._not_understood(f"nothing stands after {field}:")
            lexeme = self._taken()
        if lexeme.what == "(":
            found = self.choice(depth + 1, field)
            if not self._next_is(")"):
                raise self._not_understood("a parenthesis is never closed")
            self._at += 1
            return found
        if lexeme.what != "words":
            raise self._not_understood(f"{lexeme.text} stands before nothing to search for")
        if field in NAMED_FIELDS:
            return _named(field, lexeme)
        return _clause(lexeme, field)

    def _next_is(self, *kinds: str) -> bool:
        return self._at < len(self._lexemes) and self._lexemes[self._at].what in kinds

    def _taken(self) -> _Lexeme:
        if self._at == len(self._lexemes):
            raise self._not_understood("NOT stands before nothing to search for")
        self._at += 1
        return self._lexemes[self._at - 1]

    def _not_understood(self, why: str) -> InvalidQuery:
        return InvalidQuery(
            f"{self._expression[:200]!r} is not understood: {why}."
            " In quotation marks, signs and OR are words"
        )


def _named(field: str, lexeme: _Lexeme) -> HasName | None:
    name = lexeme.text.strip()
    if not name:
        return None
    return HasName(cast(NameField, field), name)


def _clause(lexeme: _Lexeme, field: str | None) -> Clause | None:
    """Return the clause of a word or phrase; None when it has no letter and no digit."""
    found = tuple(tokens(lexeme.text))
    if not found:
        return None
    prefix = lexeme.text.endswith("*") or _is_half_of_a_pair(found)
    return Clause(found, prefix, cast(TextField | None, field))


def _is_half_of_a_pair(found: tuple[str, ...]) -> bool:
    """Return True for a single character of a script whose tokens are pairs of characters.

    Such a character is the beginning of a pair, so it is searched for as a prefix.
    """
    if len(found) != 1 or len(found[0]) != 1:
        return False
    return len(tokens(found[0] * 3)) == 2
