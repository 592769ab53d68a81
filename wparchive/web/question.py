"""The question of a visitor about posts, and the facets of what is found. Pure.

A question has an address of its own, and can be said as a command and as Python.
"""

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast, get_args
from urllib.parse import urlencode

from wparchive.backends.questions import ALL_LACKED, Group, Order, SearchOrder
from wparchive.errors import InvalidQuery
from wparchive.model.documents import term_parts
from wparchive.reading.library import Archive
from wparchive.reading.posts import Posts
from wparchive.reading.suggestions import Unknown

LIST_FILTERS = (
    *("site", "type", "category", "tag", "term", "author", "language"),
    *("has", "embeds", "links_to", "without", "translation_of", "state"),
)
"""Filters that may have several values; named as arguments of `Archive.posts`."""
PERIOD = ("since", "until")
PostOrder = Literal["relevance", "newest", "oldest"]
_FLAG_ON = "1"
_FILTER_OF_GROUP = {"provider": "embeds", "domain": "links_to"}
"""Names of filters, where posts are counted by another name."""


@dataclass(frozen=True, slots=True)
class PostQuestion:
    """A search for words, or a list of posts where there are none."""

    words: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Values by name of the filter: those of `LIST_FILTERS`, `since` and `until`."""
    unique: bool = False
    """Leave out copies."""
    order: PostOrder | None = None
    """None is by relevance where there are words, else the newest first."""

    def values(self, name: str) -> tuple[str, ...]:
        """Return the values of a filter; empty where it is not set."""
        return self.filters.get(name, ())

    def with_value(self, name: str, value: str) -> "PostQuestion":
        """Return the question with one more value of a filter."""
        return self._changed(name, (*self.values(name), value))

    def with_only(self, **values: str) -> "PostQuestion":
        """Return the question with one value for each of these filters."""
        changed = {name: (value,) for name, value in values.items()}
        return replace(self, filters={**self.filters, **changed})

    def without_value(self, name: str, value: str) -> "PostQuestion":
        """Return the question without a value of a filter."""
        return self._changed(name, tuple(kept for kept in self.values(name) if kept != value))

    def _changed(self, name: str, values: tuple[str, ...]) -> "PostQuestion":
        filters = {**self.filters, name: values}
        return replace(self, filters={name: kept for name, kept in filters.items() if kept})

    def parameters(self) -> list[tuple[str, str]]:
        """Return names and values as they stand in an address; `question_of` reads them back."""
        pairs = [(name, value) for name, values in self.filters.items() for value in values]
        if self.words:
            pairs.insert(0, ("q", self.words))
        if self.unique:
            pairs.append(("unique", _FLAG_ON))
        if self.order:
            pairs.append(("order", self.order))
        return pairs

    def address(self, path: str = "/", **more: str) -> str:
        """Return the address of the question on a page, with more parameters."""
        query = urlencode([*self.parameters(), *more.items()])
        if query:
            return f"{path}?{query}"
        return path

    def arguments(self) -> dict[str, Any]:
        """Return the filters as arguments of `Archive.posts`."""
        chosen: dict[str, Any] = {
            name: list(self.values(name)) for name in LIST_FILTERS if self.values(name)
        }
        chosen.update({name: self.values(name)[-1] for name in PERIOD if self.values(name)})
        if self.unique:
            chosen["unique"] = True
        return chosen

    def posts(self, archive: Archive) -> Posts:
        """Return the posts that the filters select, in the order of the list.

        Raises InvalidQuery.
        """
        order: Order = "newest"
        if self.order == "oldest":
            order = "oldest"
        return archive.posts(**self.arguments(), order=order)

    def meant(self, archive: Archive) -> Posts:
        """Return the posts that words and filters select, by no rank. Raises InvalidQuery."""
        posts = self.posts(archive)
        if self.words:
            return posts.matching(self.words)
        return posts

    def instead(self, unknown: Unknown, near: str) -> "PostQuestion":
        """Return the question with a near name or word in the place of an unknown one."""
        if unknown.what == "word":
            mended = re.sub(
                rf"\b{re.escape(unknown.name)}\b", near, self.words, flags=re.IGNORECASE
            )
            return replace(self, words=mended)
        filter_ = _FILTER_OF_GROUP.get(unknown.what, unknown.what)
        without = self.without_value(filter_, unknown.name)
        if without == self:
            return replace(self, words=self.words.replace(unknown.name, near))
        return without.with_value(filter_, near)

    def search_order(self) -> SearchOrder:
        """Return the order of a search; one by relevance or by date, the newest first."""
        if self.order is None:
            return "relevance"
        if self.order == "oldest":
            raise InvalidQuery("a search is by relevance or the newest first: order=newest")
        return self.order

    def as_command(self) -> str:
        """Return the command that gives the same posts."""
        options = [
            f"--{name.replace('_', '-')}={value}"
            for name, values in self.filters.items()
            for value in values
        ]
        if self.unique:
            options.append("--unique")
        if not self.words:
            return shlex.join(["wparchive", "export", "-o", "posts.csv", *options])
        if self.order:
            options.append(f"--order={self.order}")
        return shlex.join(["wparchive", "search", self.words, *options])

    def as_python(self, address: str) -> str:
        """Return lines of Python that give the same posts from the archive at an address."""
        arguments = ", ".join(f"{name}={value!r}" for name, value in self.arguments().items())
        lines = ["from wparchive import open_archive", "", f"archive = open_archive({address!r})"]
        if self.words:
            lines.append(f"hits = archive.posts({arguments}).search({self.words!r})")
        else:
            lines.append(f"posts = archive.posts({arguments})")
        return "\n".join(lines)


def question_of(parameters: Iterable[tuple[str, str]]) -> PostQuestion:
    """Return the question that the parameters of an address ask; unknown ones are passed over.

    Raises InvalidQuery.
    """
    filters: dict[str, tuple[str, ...]] = {}
    words = ""
    order = None
    unique = False
    for name, value in parameters:
        value = value.strip()
        if not value:
            continue
        if name == "q":
            words = value
        elif name == "order":
            order = _order(value)
        elif name == "unique":
            unique = value == _FLAG_ON
        elif name in PERIOD:
            filters[name] = (value,)
        # The same value twice would show the same filter twice.
        elif name in LIST_FILTERS and value not in filters.get(name, ()):
            filters[name] = (*filters.get(name, ()), value)
    return PostQuestion(words, filters, unique, order)


def _order(value: str) -> PostOrder:
    if value not in get_args(PostOrder):
        raise InvalidQuery(f"no order {value!r}: one of {', '.join(get_args(PostOrder))}")
    return cast(PostOrder, value)


MOST_VALUES = 50
"""Values of a facet that are listed; `wparchive stats` counts all."""
SHOWN = 8
"""Values of a facet that a page shows; `more` shows the others."""


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet."""

    name: str
    count: int | None
    """Posts that have it; None where they are not counted."""
    is_chosen: bool
    address: str
    """The list with this value chosen, or without it where it is chosen."""


@dataclass(frozen=True, slots=True)
class Facet:
    """The values that posts have in one respect, the most frequent first."""

    title: str
    values: list[FacetValue]
    """Those that are chosen, and `MOST_VALUES` others at most."""
    left_out: int = 0
    """How many more there are."""


@dataclass(frozen=True, slots=True)
class _FacetKind:
    title: str
    group: Group
    """What `Posts.by` counts."""
    filter: str
    """The filter that chooses a value."""


FACET_KINDS = (
    _FacetKind("Site", "site", "site"),
    _FacetKind("Type", "type", "type"),
    _FacetKind("Category", "category", "category"),
    _FacetKind("Tag", "tag", "tag"),
    _FacetKind("Term", "term", "term"),
    _FacetKind("Author", "author", "author"),
    _FacetKind("Language", "language", "language"),
    _FacetKind("Year", "year", "since"),
    _FacetKind("Contains", "has", "has"),
    _FacetKind("Embeds", "provider", "embeds"),
    _FacetKind("Links to", "domain", "links_to"),
    _FacetKind("State", "state", "state"),
)
FACET_GROUPS: tuple[Group, ...] = tuple(kind.group for kind in FACET_KINDS)
_Counts = Mapping[str | None, int]


def facets_of(question: PostQuestion, total: int, counts: Mapping[Group, _Counts]) -> list[Facet]:
    """Return the facets of a question's `total` posts from their counts by `FACET_GROUPS`.

    A facet that would narrow nothing is left out, unless a value of it is chosen. The last one
    chooses what posts are without.
    """
    found = [facet for kind in FACET_KINDS for facet in _facets(kind, question, counts[kind.group])]
    narrowing = [
        facet
        for facet in found
        if any(value.is_chosen or value.count != total for value in facet.values)
    ]
    if total or question.values("without"):
        narrowing.append(_lacking(question))
    return narrowing


def _lacking(question: PostQuestion) -> Facet:
    """Return the facet of what posts are without. Its posts are not counted."""
    chosen = question.values("without")
    values = [
        FacetValue(name, None, name in chosen, _switched(question, "without", name).address())
        for name in ALL_LACKED
    ]
    return Facet("Without any", values)


def _switched(question: PostQuestion, filter_: str, name: str) -> PostQuestion:
    """Return the question with a value of a filter, or without it where it is chosen."""
    if name in question.values(filter_):
        return question.without_value(filter_, name)
    return question.with_value(filter_, name)


def _facets(kind: _FacetKind, question: PostQuestion, counts: _Counts) -> Iterator[Facet]:
    """Yield the facet of a kind; of custom terms, one for each taxonomy."""
    if kind.group != "term":
        yield _facet(kind, question, counts)
        return
    taxonomies = sorted({term_parts(label)[0] for label in counts if label})
    for taxonomy in taxonomies:
        own: dict[str | None, int] = {
            label: count
            for label, count in counts.items()
            if label and term_parts(label)[0] == taxonomy
        }
        yield _facet(replace(kind, title=taxonomy.replace("_", " ").capitalize()), question, own)


def _facet(kind: _FacetKind, question: PostQuestion, counts: _Counts) -> Facet:
    most_first = sorted(counts.items(), key=lambda item: (-item[1], item[0] or ""))
    if kind.group == "year":
        most_first = sorted(counts.items(), key=lambda item: item[0] or "", reverse=True)
    named = [(name, count) for name, count in most_first if name]
    chosen = question.values(kind.filter)
    listed = [
        (name, count)
        for number, (name, count) in enumerate(named)
        if number < MOST_VALUES or name in chosen
    ]
    values = [_value(kind, question, name, count) for name, count in listed]
    return Facet(kind.title, values, len(named) - len(listed))


def _value(kind: _FacetKind, question: PostQuestion, name: str, count: int) -> FacetValue:
    if kind.group == "year":
        is_chosen = question.values("since") == question.values("until") == (name,)
        other = question.with_only(since=name, until=name)
        if is_chosen:
            other = question.without_value("since", name).without_value("until", name)
        return FacetValue(name, count, is_chosen, other.address())
    is_chosen = name in question.values(kind.filter)
    other = _switched(question, kind.filter, name)
    shown = name
    if kind.group == "term":
        shown = term_parts(name)[1]
    return FacetValue(shown, count, is_chosen, other.address())
