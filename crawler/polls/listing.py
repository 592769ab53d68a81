"""The words of a poll: what it requests, and what it is fed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from crawler.walk import PageRequest, Problem
from crawler.walk.by_date import read_date


@dataclass(frozen=True, slots=True)
class LightRow:
    """An object of a collection with few of its fields."""

    id: int
    fields: Mapping[str, Any] = field(default_factory=dict)
    """The fields that were asked for, as received."""

    @property
    def is_bare(self) -> bool:
        """Tell whether nothing but its id is known."""
        return self.fields.keys() <= {"id"}

    @property
    def date(self) -> str:
        """Return the site-local date of publication; empty where there is none."""
        return _text(self.fields.get("date"))

    @property
    def modified(self) -> str:
        """Return the site-local date of the last change; empty where there is none."""
        return _text(self.fields.get("modified"))


@dataclass(frozen=True, slots=True)
class Listing:
    """A usable answer to the request of a poll."""

    rows: tuple[LightRow, ...]
    """Rows in the order received."""
    total: int | None = None
    """X-WP-Total of this same answer; None when absent."""

    @property
    def ids(self) -> list[int]:
        """Return the ids in the order received."""
        return [row.id for row in self.rows]


@dataclass(frozen=True, slots=True)
class Milestone:
    """A row and its rank in the order of ids.

    As long as the row keeps that rank, no row before it vanished: new rows have higher ids, so that
    none comes before it. This is also true of a list that counts rows which it does not show.
    """

    id: int
    rank: int
    """How many rows are before it, those that are not shown included."""


class Poll(Protocol):
    """A question about a collection that takes one request after the other."""

    rows: dict[int, LightRow]
    """What was seen, by id."""
    total: int | None
    """The total of the whole collection, where an answer of the poll has it."""
    trouble: str
    """Why the poll found no answer; empty while it goes on, and when it found one."""

    def next_request(self) -> PageRequest | None:
        """Return the next request; None at the end, and after trouble."""

    def feed(self, listing: Listing) -> None:
        """Take the answer to the last request."""

    def fail(self, problem: Problem) -> None:
        """Take the news that the last request has no usable answer."""


def moment(local: str) -> datetime | None:
    """Return a site-local text as naive time; None for a zero date or anything else."""
    found = read_date(local)
    if found is None or found.year == 1:
        return None  # nothing that was shifted to before it can be expressed
    return found


def shifted(local: str, by: timedelta) -> str:
    """Return a site-local time moved by some time; a text that is no date comes back unchanged."""
    found = moment(local)
    if found is None:
        return local
    try:
        return (found + by).isoformat()
    except OverflowError:  # the first or the last day of the calendar
        return local


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
