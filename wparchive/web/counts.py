"""Counts of posts as a page shows them: facets that narrow a list, and bars of a chart. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from wparchive.backends.reader import Group
from wparchive.reading.views import without_gaps
from wparchive.web.question import PostQuestion

WIDTH = 720
HEIGHT = 180
_MARGIN = 24  # below the bars, for the names
_NAME_WIDTH = 56
_GAP = 0.15  # of a bar's width
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


FACET_KINDS = (
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


def facets_of(question: PostQuestion, total: int, count: Callable[[Group], _Counts]) -> list[Facet]:
    """Return the facets of a question's `total` posts; `count` counts them by a group.

    A facet that would narrow nothing is left out, unless a value of it is chosen.
    """
    found = [_facet(kind, question, count(kind.group)) for kind in FACET_KINDS]
    return [
        facet
        for facet in found
        if any(value.is_chosen or value.count < total for value in facet.values)
    ]


def near_names(
    question: PostQuestion, all_counts: Callable[[Group], _Counts]
) -> dict[str, list[str]]:
    """Return, for each term or author asked for that no post has, names that are like it."""
    near: dict[str, list[str]] = {}
    for kind in FACET_KINDS:
        if kind.filter not in ("tag", "category", "author"):
            continue
        known = {name.casefold(): name for name in all_counts(kind.group) if name}
        for value in question.values(kind.filter):
            if value.casefold() not in known:
                alike = get_close_matches(value.casefold(), known, cutoff=_NEAR)
                near[value] = [known[name] for name in alike]
    return near


def _facet(kind: _FacetKind, question: PostQuestion, counts: _Counts) -> Facet:
    most_first = sorted(counts.items(), key=lambda item: (-item[1], item[0] or ""))
    if kind.group == "year":
        most_first = sorted(counts.items(), key=lambda item: item[0] or "", reverse=True)
    values = [_value(kind, question, name, count) for name, count in most_first if name]
    return Facet(kind.title, values)


def _value(kind: _FacetKind, question: PostQuestion, name: str, count: int) -> FacetValue:
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


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, in units of the picture."""

    name: str
    count: int
    x: float
    y: float
    width: float
    height: float
    is_named: bool
    """True where there is room for its name below it."""


def bars(counts: Mapping[str, int]) -> list[Bar]:
    """Return the bars of counts, from left to right in their order."""
    if not counts:
        return []
    most = max(*counts.values(), 1)
    step = WIDTH / len(counts)
    room = HEIGHT - _MARGIN
    every = max(1, round(_NAME_WIDTH / step))
    return [
        Bar(
            name=name,
            count=count,
            x=round(number * step, 2),
            y=round(room - room * count / most, 2),
            width=round(step * (1 - _GAP), 2),
            height=round(room * count / most, 2),
            is_named=number % every == 0 and number * step + _NAME_WIDTH <= WIDTH,
        )
        for number, (name, count) in enumerate(counts.items())
    ]


def months_of(counts: Mapping[str | None, int]) -> dict[str, int]:
    """Return counts by month in order, with every month from the first to the last.

    Posts without a date are left out.
    """
    filled = without_gaps(counts)
    return {month: filled[month] for month in sorted(name for name in filled if name)}
