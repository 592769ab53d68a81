"""Names and words that are like one that is not there: what a mistyped search may have meant."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NamedTuple

from wparchive.backends.questions import Filter, Group
from wparchive.backends.reader import Reader
from wparchive.reading.views import NO_VALUE
from wparchive.text.search_query import Choice, Clause, HasName, Part, Query, clauses_of

_ALIKE = 0.7
"""How alike a name must be, from 0 to 1."""
# Words are many: one of four letters has a near one by chance.
_WORDS_ALIKE = 0.75
_OFFERED = 3
_SHORTEST_WORD = 4
"""Shorter words are like too many others."""
_SHORTEST_PART = 3
"""Bytes of a name that is looked for as a part of others."""
_NAMED: Mapping[Group, Callable[[str], Filter]] = {
    "tag": lambda name: Filter(states=(), tags=(name,)),
    "category": lambda name: Filter(states=(), categories=(name,)),
    "author": lambda name: Filter(states=(), authors=(name,)),
    "type": lambda name: Filter(states=(), types=(name,)),
    "term": lambda name: Filter(states=(), terms=(name,)),
    "language": lambda name: Filter(states=(), languages=(name,)),
    "provider": lambda name: Filter(states=(), embeds=(name,)),
    "domain": lambda name: Filter(states=(), links_to=(name,)),
}
"""By group, the filter for the posts that have a name, whatever their state."""
_NAMES_ASKED: Mapping[Group, Callable[[Filter], tuple[str, ...]]] = {
    "tag": lambda filter_: filter_.tags,
    "category": lambda filter_: filter_.categories,
    "author": lambda filter_: filter_.authors,
    "type": lambda filter_: filter_.types,
    "term": lambda filter_: filter_.terms,
    "language": lambda filter_: filter_.languages,
    "provider": lambda filter_: filter_.embeds,
    "domain": lambda filter_: filter_.links_to,
}
_SAID = {"provider": "no post has embeds of {!r}", "domain": "no post links to {!r}"}
"""What is said of what is not there, where it is not `no post has the tag 'x'`."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name or word that was asked for and that no post of the archive has."""

    what: str
    """`word`, or what `Posts.by` calls it: `tag`, `category`, `author`, `domain`, ..."""
    name: str
    near: list[str]
    """Names or words of the archive that are like it, the most alike first."""

    def statement(self) -> str:
        """Return what is not there: `no post has the tag 'x'`."""
        if self.name == NO_VALUE:
            return (
                f"{NO_VALUE} is how posts with no {self.what} are counted; they cannot be"
                " selected: export that column, and take its empty cells"
            )
        return _SAID.get(self.what, f"no post has the {self.what} {{!r}}").format(self.name)

    def text(self) -> str:
        """Return the sentence that says it."""
        told = self.statement()
        if not self.near:
            return told
        return f"{told}: did you mean {' or '.join(map(repr, self.near))}?"


class _Asked(NamedTuple):
    group: Group
    name: str


def unknown_of(reader: Reader, filter_: Filter, query: Query | None = None) -> list[Unknown]:
    """Return the names and words of a question that no post of the archive has, each once."""
    found = [
        Unknown(group, name, near_names(name, reader.tally(Filter(states=()), group)))
        for group, name in dict.fromkeys(_asked_names(filter_, query))
        if not reader.count(_NAMED[group](name))
    ]
    for one in (query, filter_.matching):
        if one is not None:
            found += _unknown_words(reader, one)
    return found


def near_names(name: str, known: Iterable[str | None]) -> list[str]:
    """Return the known names that are like a name, the most alike first, or have it as a part."""
    by_form = {one.casefold(): one for one in known if one}
    sought = name.casefold()
    alike = get_close_matches(sought, by_form, n=_OFFERED, cutoff=_ALIKE)
    # `drama` was perhaps meant as a part of `K Drama`; a letter or two are a part of too much.
    if len(sought.encode()) >= _SHORTEST_PART:
        alike += [form for form in by_form if sought in form]
    return [by_form[form] for form in dict.fromkeys(alike)][:_OFFERED]


def _asked_names(filter_: Filter, query: Query | None) -> Iterator[_Asked]:
    for group, names_asked in _NAMES_ASKED.items():
        for name in names_asked(filter_):
            yield _Asked(group, name)
    for part in (query, filter_.matching):
        if part is not None:
            yield from _names_of(part)


def _names_of(part: Part) -> Iterator[_Asked]:
    match part:
        case HasName(field, name):
            yield _Asked(field, name)
        case Query(required=parts) | Choice(parts=parts):
            for one in parts:
                yield from _names_of(one)
        case Clause():
            return


def _unknown_words(reader: Reader, query: Query) -> Iterator[Unknown]:
    for clause in clauses_of(query):
        for word in clause.tokens:
            if len(word) >= _SHORTEST_WORD and not clause.prefix:
                known = reader.indexed_words(word[0], len(word) - 2, len(word) + 2)
                if word not in known:
                    near = get_close_matches(word, known, n=_OFFERED * 3, cutoff=_WORDS_ALIKE)
                    # The most frequent of these words was probably meant.
                    near.sort(key=lambda one: -known[one])
                    yield Unknown("word", word, near[:_OFFERED])
