"""The vocabulary of a walk: what it asks, what it is fed, what it certifies at the end.

A walk is a state machine without I/O. The driver takes `asks()`, makes each request, and gives the answer back with `feed` or `fail`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Literal, Protocol

Purpose = Literal["slice", "probe", "top", "single"]


@dataclass(frozen=True, slots=True)
class PageRequest:
    """One request to make; the driver adds the route and the parameters that all requests share."""

    params: tuple[tuple[str, str], ...]
    """Query parameters; empty for "single", which is asked as `GET /{base}/{id}`."""
    purpose: Purpose
    number: int
    """Counts the asks of this walk from 1, and tells two asks with equal parameters apart."""
    ids: tuple[int, ...] = ()
    """The ids named by a "probe" or, one, by a "single"; an id that is not there is an ordinary answer, not trouble."""
    light: bool = False
    """Only ids are wanted: `_fields=id` will do, and the answer's records are not to be emitted."""
    rank: int = 0
    """Position of the first row asked for, from 0."""
    size: int = 0
    """Rows asked for."""


@dataclass(frozen=True, slots=True)
class Page:
    """An answer. A page past the end (posts: 400 `rest_post_invalid_page_number`) and a single that is not there are `Page(())`."""

    ids: tuple[int, ...]
    """In received order; a record that could not be parsed counts when its id is known."""
    total: int | None = None
    """X-WP-Total of this same answer; None when absent."""
    total_pages: int | None = None
    """X-WP-TotalPages of this same answer; None when absent."""
    dates: tuple[str | None, ...] = ()
    """Site-local `date` of each record, for walks by date; may be empty for others."""


class ProblemKind(Enum):
    """What an unsuccessful answer means for the walk, after the driver's own retries."""

    CONTENT = "content"
    """500, 502, 504, truncated or polluted JSON, a timeout: this very answer cannot be made, a smaller one perhaps."""
    REJECTED = "rejected"
    """400 `rest_invalid_param`: the site refuses the parameters named."""
    CLOSED = "closed"
    """401, 403, 404 on the route."""
    FATAL = "fatal"
    """Site unreachable, retries exhausted, interrupted."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an ask has no answer."""

    kind: ProblemKind
    message: str = ""
    cause: str = ""
    """Short and stable, for counting: `http_500`, `bad_json`, `timeout`, ..."""
    parameters: frozenset[str] = frozenset()
    """REJECTED: the keys of `data.params`."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record, or a stretch of records, that the site could not deliver."""

    id: int | None
    """None when only its neighbours are known."""
    after_id: int | None
    """Next lower id known to be settled; None at the start or when `id` says it all."""
    before_id: int | None
    cause: str
    message: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a walk can vouch for. Final once the walk is finished."""

    proved: bool
    """Every record visible during the whole walk was accepted or is named in `poisoned`."""
    reason: str
    """Why it is not proved; empty when it is."""
    site_total: int | None
    """The last believable X-WP-Total of the collection."""
    listed: int
    """Distinct ids accepted."""
    hidden: int | None
    """Rows that the site counts and does not show; approximate when the collection changed meanwhile; None when not known."""
    poisoned: tuple[Unreadable, ...]
    asks: int
    """Requests asked for."""
    query_ignored: bool = False
    """The site, or a cache before it, gave the same page whatever was asked; another form of URL may help."""
    order_ignored: bool = False
    """Rows did not come in the order asked for, or the site refused the order: another walk is needed."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a route's own description says it takes (`routes[...].endpoints[GET].args`)."""

    parameters: frozenset[str]
    orderby: frozenset[str]
    per_page_maximum: int = 100

    @classmethod
    def of(
        cls, parameters: Iterable[str], orderby: Iterable[str], per_page_maximum: int = 100
    ) -> "Capabilities":
        return cls(frozenset(parameters), frozenset(orderby), per_page_maximum)


class Walk(Protocol):
    """A walk over one collection."""

    def asks(self) -> list[PageRequest]:
        """What to ask now; [] while waiting for answers, or when finished. Every ask must get exactly one `feed` or `fail`."""

    def feed(self, ask: PageRequest, page: Page) -> list[int]:
        """Take an answer; returns the ids whose records, all in this answer, are to be emitted."""

    def fail(self, ask: PageRequest, trouble: Problem) -> None:
        """Take the news that an ask has no answer."""

    @property
    def finished(self) -> bool:
        """Nothing more will be asked; answers still under way may be dropped."""

    @property
    def certificate(self) -> Certificate:
        """What can be vouched for so far."""
