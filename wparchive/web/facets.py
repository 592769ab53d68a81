"""Counts beside a list of posts, each with the address that narrows the list. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from wparchive.backends.reader import Group
from wparchive.web.question import Question

SHOWN = 8
"""Values of a facet that a page shows; `more` shows the others."""
_NEAR = 0.6  # how alike a name must be that is offered for one that is not there


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet."""

    name: str
    count: int
    is_chosen: bool
    address: str
    """The list with this value chosen, or without it where it is chosen."""


@dataclass(frozen=True, slots=True)
class Facet:
    """The values that posts have in one respect, the most frequent first."""

    title: str
    values: list[FacetValue]


@dataclass(frozen=True, slots=True)
class _FacetKind:
    title: str
    group: Group
    """What `Posts.by` counts."""
    filter: str
    """The filter that chooses a value."""


FACETS = (
    _FacetKind("Site", "site", "site"),
    _FacetKind("Type", "type", "type"),
    _FacetKind("Category", "category", "category"),
    _FacetKind("Tag", "tag", "tag"),
    _FacetKind("Author", "author", "author"),
    _FacetKind("Language", "language", "language"),
    _FacetKind("Year", "year", "since"),
    _FacetKind("Contains", "has", "has"),
    _FacetKind("Embeds", "provider", "embeds"),
    _FacetKind("Links to", "domain", "links_to"),
    _FacetKind("State", "state", "state"),
)
_Counts = Mapping[str | None, int]


def facets(question: Question, total: int, count: Callable[[Group], _Counts]) -> list[Facet]:
    """Return the facets of a question's `total` posts; `count` counts them by a group.

    A facet that would narrow nothing is left out, unless a value of it is chosen.
    """
    found = [_facet(kind, question, count(kind.group)) for kind in FACETS]
    return [
        facet
        for facet in found
        if any(value.is_chosen or value.count < total for value in facet.values)
    ]


def near_names(question: Question, all_counts: Callable[[Group], _Counts]) -> dict[str, list[str]]:
    """Return, for each term or author asked for that no post has, names that are like it."""
    near: dict[str, list[str]] = {}
    for kind in FACETS:
        if kind.filter not in ("tag", "category", "author"):
            continue
        known = {name.casefold(): name for name in all_counts(kind.group) if name}
        for value in question.values(kind.filter):
            if value.casefold() not in known:
                alike = get_close_matches(value.casefold(), known, cutoff=_NEAR)
                near[value] = [known[name] for name in alike]
    return near


def _facet(kind: _FacetKind, question: Question, counts: _Counts) -> Facet:
    most_first = sorted(counts.items(), key=lambda item: (-item[1], item[0] or ""))
    if kind.group == "year":
        most_first = sorted(counts.items(), key=lambda item: item[0] or "", reverse=True)
    values = [_value(kind, question, name, count) for name, count in most_first if name]
    return Facet(kind.title, values)


def _value(kind: _FacetKind, question: Question, name: str, count: int) -> FacetValue:
    if kind.group == "year":
        is_chosen = question.values("since") == question.values("until") == (name,)
        other = question.with_only(since=name, until=name)
        if is_chosen:
            other = question.without_value("since", name).without_value("until", name)
        return FacetValue(name, count, is_chosen, other.address())
    is_chosen = name in question.values(kind.filter)
    other = question.with_value(kind.filter, name)
    if is_chosen:
        other = question.without_value(kind.filter, name)
    return FacetValue(name, count, is_chosen, other.address())
