"""Names and words that were meant: a slug instead of a key, what is like a mistyped one."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NamedTuple

from wparchive.backends.questions import ALL_LACKED, Filter, Group, MovedOut, SlugFound
from wparchive.backends.reader import Reader
from wparchive.errors import InvalidQuery, NotFound
from wparchive.reading.arguments import link_forms, path_forms, short_link_keys
from wparchive.reading.links import post_at
from wparchive.reading.site_summaries import SiteSummary
from wparchive.reading.views import NO_VALUE, minute_text
from wparchive.text.search_query import Choice, Clause, HasName, Part, Query, clauses_of

Sites = Callable[[], list[SiteSummary]]
"""What is held of each site. It is asked for only where a name needs it: it costs a count."""
_NOT_IN_A_SLUG = frozenset("/.:?#")
_ID = re.compile(r"(?:[\w-]+/)?[0-9]{1,18}")
"""An id alone, or with a type before it: `12`, `post/12`."""
_KEY = re.compile(r"(?P<site>.+)/(?P<type>[\w-]+)/(?P<id>[0-9]{1,18})")
_LONGEST_SLUG = 200
"""WordPress cuts slugs there; a longer text is no name, and no pattern for a database."""
_CANDIDATES = 5
"""Candidates that a message names."""
_ALIKE = 0.7
"""How alike a name must be, from 0 to 1."""
# Words are many: one of four letters has a near one by chance.
_WORDS_ALIKE = 0.75
_OFFERED = 3
_SHORTEST_WORD = 4
"""Shorter words are like too many others."""
_SHORTEST_PART = 3
"""Bytes of a name that is looked for as a part of others: a shorter one is a part of nearly all."""
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
            selected = "no option selects them: export that column, and take its empty cells"
            if self.what in ALL_LACKED:
                selected = f"--without {self.what} selects them"
            return f"{NO_VALUE} is how posts with no {self.what} are counted; {selected}"
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


def named_by_slug(reader: Reader, name: str, sites: Sites) -> str | None:
    """Return the key of the post that a slug names; None for no such post.

    It is the one at `SITE/SLUG/`, of whatever site, else the only one with that slug. Raises
    InvalidQuery where there are several.
    """
    if not _may_be_a_slug(name):
        return None
    at_each = [post_at(reader, f"{site.key}/{name}") for site in sites()]
    found = sorted({key for key in at_each if key is not None})
    if not found:
        found = [one.key for one in _slugs_with(reader, name) if one.slug == name.lower()]
    if len(found) > 1:
        raise InvalidQuery(f"{name!r} names several posts: {_listed(found)}; give a key")
    return next(iter(found), None)


def not_named(reader: Reader, name: str, sites: Sites) -> NotFound:
    """Return the error for a name of nothing; it names what may have been meant."""
    names = (name, *short_link_keys(name), *link_forms(name))
    for moved in reader.moved_out(names):
        return NotFound(_moved_text(moved, reader.address))
    message = f"nothing is named {name!r} in {reader.address}: "
    near = [*_with_id(reader, name, sites)]
    if not near and _may_be_a_slug(name):
        near = [one.key for one in _slugs_with(reader, name)]
    if near:
        return NotFound(f"{message}did you mean {_listed(near)}?")
    if (key := _KEY.fullmatch(name)) and any(site.key == key["site"] for site in sites()):
        return NotFound(
            f"{reader.address} holds no {key['type']} with the id {key['id']} of {key['site']}; "
            f"`wparchive search --site {key['site']}` finds posts"
        )
    return NotFound(
        f"{message}use a key (site/type/id) or a post's address; `wparchive search` finds posts"
    )


def _moved_text(moved: MovedOut, address: str) -> str:
    """Return the sentence about a post that was taken out, with what brings it back."""
    why = of = ""
    if moved.copy_of is not None:
        why = f", as a copy ({moved.copy_kind}) of {moved.copy_of}"
        of = f"; `wparchive show {moved.copy_of}` shows what it repeats"
    return (
        f"{moved.key} was moved out of {address} on {minute_text(moved.moved_at)}{why}: "
        f"`wparchive duplicates prune --undo` brings back all that was moved out{of}"
    )


def _may_be_a_slug(name: str) -> bool:
    # A slug has no dot, an address does: most names that are not found cost nothing more.
    return 0 < len(name) <= _LONGEST_SLUG and name.isprintable() and _NOT_IN_A_SLUG.isdisjoint(name)


def _slugs_with(reader: Reader, part: str) -> list[SlugFound]:
    """Return the posts whose slug has a part, one more than a message names."""
    if len(part.encode()) < _SHORTEST_PART:
        return []
    # WordPress makes slugs of small letters.
    return reader.slugs_with(part.lower(), path_forms(part.lower()), _CANDIDATES + 1)


def _with_id(reader: Reader, name: str, sites: Sites) -> Iterator[str]:
    """Yield the keys that end with an id, or with a type and an id."""
    if not _ID.fullmatch(name):
        return
    for site in sites():
        ends = [name]
        if "/" not in name:
            ends = [f"{counts.type}/{name}" for counts in site.held]
        for end in ends:
            if reader.get(f"{site.key}/{end}"):
                yield f"{site.key}/{end}"


def _listed(keys: list[str]) -> str:
    more = " or others" if len(keys) > _CANDIDATES else ""
    return " or ".join(keys[:_CANDIDATES]) + more
