"""Filters and searches as SQL: `WHERE` clauses over `posts` and FTS5 expressions, always with parameters."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wparchive.backends.reader import COPY_KINDS, Filter, Group, Order
from wparchive.backends.sqlite.rows import iso_seconds
from wparchive.text.search_query import Clause, Query

ORDER_BY: dict[Order, str] = {
    "newest": "published_at DESC, key",  # NULL is the smallest value, so undated posts come last
    "oldest": "published_at NULLS LAST, key",
    "key": "site, type, id",
}
GROUP_SQL: dict[Group, str] = {
    "site": "posts.site",
    "type": "posts.type",
    "state": "posts.state",
    "year": "substr(published_at, 1, 4)",
    "month": "substr(published_at, 1, 7)",
    "author": "+author_name",  # not by its own index, which has no state
    "language": "language",
}
TAXONOMY: dict[Group, str] = {"tag": "post_tag", "category": "category"}


@dataclass(slots=True)
class Where:
    """Conditions that must all hold, with their parameters."""

    conditions: list[str] = field(default_factory=list)
    parameters: list[object] = field(default_factory=list)

    def add(self, condition: str, *parameters: object) -> None:
        self.conditions.append(condition)
        self.parameters += parameters

    def among(self, column: str, values: Iterable[str]) -> None:
        """The column has one of the values; no value means any."""
        if chosen := list(values):
            self.add(f"{column} IN ({marks(chosen)})", *chosen)

    def sql(self) -> str:
        return " AND ".join(self.conditions) or "1"


def marks(values: Iterable[object]) -> str:
    """A question mark for each value."""
    return ", ".join("?" for _ in values)


def where(filter_: Filter) -> Where:
    """The conditions that a filter puts on rows of `posts`."""
    found = Where()
    found.among("posts.site", filter_.sites)
    found.among("posts.type", filter_.types)
    found.among(_state(filter_), filter_.states)
    _authored(found, filter_.authors)
    _tagged(found, "post_tag", filter_.tags)
    _tagged(found, "category", filter_.categories)
    if filter_.since:
        found.add("published_at >= ?", _ceiling(filter_.since))
    if filter_.until:
        found.add("published_at < ?", _ceiling(filter_.until))
    if filter_.unique:  # copies are few and have their own index; the condition costs no look at the rows of the others
        copies = f"SELECT pk FROM posts WHERE duplicate_of IS NOT NULL AND duplicate_kind IN ({marks(COPY_KINDS)})"
        found.add(f"posts.pk NOT IN ({copies})", *COPY_KINDS)
    return found


def _state(filter_: Filter) -> str:
    """Nearly all posts are live, so the index by state would only get in the way: `+` keeps SQLite from choosing it."""
    return "+posts.state" if "live" in filter_.states else "posts.state"


def _authored(found: Where, values: tuple[str, ...]) -> None:
    if values:
        found.add(
            f"(author_name IN ({marks(values)}) OR author_slug IN ({marks(values)}))",
            *values,
            *(value.lower() for value in values),
        )


def _tagged(found: Where, taxonomy: str, values: tuple[str, ...]) -> None:
    """Two look-ups, each by its index; one with OR would read the terms of all posts."""
    if values:
        looks = " UNION ALL ".join(
            f"SELECT post FROM post_terms WHERE taxonomy = ? AND {c} IN ({marks(values)})"
            for c in ("name", "slug")
        )
        found.add(
            f"posts.pk IN ({looks})",
            taxonomy,
            *values,
            taxonomy,
            *(value.lower() for value in values),
        )


def _ceiling(moment: datetime) -> str:
    """The first whole second at or after a moment, as the archive writes times of sites."""
    return iso_seconds(
        moment if not moment.microsecond else moment.replace(microsecond=0) + timedelta(seconds=1)
    )


def fts(query: Query) -> str:
    """A search as an FTS5 expression. Tokens are letters, marks and digits, so nothing in them needs escaping."""
    wanted = " AND ".join(_phrase(clause) for clause in query.required)
    unwanted = " OR ".join(_phrase(clause) for clause in query.excluded)
    return f"({wanted}) NOT ({unwanted})" if unwanted else wanted


def _phrase(clause: Clause) -> str:
    return f'"{" ".join(clause.tokens)}"' + (" *" if clause.prefix else "")
