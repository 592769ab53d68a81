"""The words of a walk: what it requests, what it is fed, what it certifies at the end.

A walk is a state machine without I/O. Whoever drives it makes the requests and feeds the answers.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Literal, Protocol

Purpose = Literal["slice", "probe", "top", "single"]
"""What a request is for: a window of rows, records by `include`, the highest ids, one record."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """One request to make. The driver adds the route and the parameters that all requests share."""

    params: tuple[tuple[str, str], ...]
    """Query parameters. Empty for "single", which is requested as `GET /{base}/{id}`."""
    purpose: Purpose
    number: int
    """Counts the requests of this walk from 1, and tells two with equal parameters apart."""
    ids: tuple[int, ...] = ()
    """The ids of a "probe", or the one id of a "single". An absent id is no problem."""
    ids_only: bool = False
    """Only ids are wanted: `_fields=id` is enough, and no record of the answer is accepted."""
    light: bool = False
    """Wanted are the ids, and the few fields that show whether the archive holds a row as it is now
    (`Page.current`). What is accepted of the answer is held already."""
    rank: int = 0
    """Position of the first row requested, from 0."""
    size: int = 0
    """Number of rows requested."""


@dataclass(frozen=True, slots=True)
class Page:
    """A usable answer.

    A page past the end (posts: 400 `rest_post_invalid_page_number`) is `Page(())`,
    and so is a single record that does not exist.
    """

    ids: tuple[int, ...]
    """Ids in the order received. A record that could not be parsed counts if its id is known."""
    total: int | None = None
    """X-WP-Total of this same answer; None when absent."""
    total_pages: int | None = None
    """X-WP-TotalPages of this same answer; None when absent."""
    dates: tuple[str | None, ...] = ()
    """Site-local `date` of each record, for the walk by date; other walks need none."""
    copies: int = 0
    """Rows that had the id of an earlier row of this answer. `ids` has each id once."""
    clashing: frozenset[int] = frozenset()
    """The ids under which this answer has two records that differ."""
    current: frozenset[int] = frozenset()
    """The ids of rows that the archive holds as they are now, for a request that is `light`."""


class ProblemKind(Enum):
    """The meaning of an unusable answer for the walk, after the driver's own retries."""

    CONTENT = "content"
    """500, 502, 504, broken JSON, a timeout: the site cannot make this answer, but perhaps a
    smaller one."""
    REJECTED = "rejected"
    """400 `rest_invalid_param`: the site refuses the parameters named."""
    CLOSED = "closed"
    """401, 403, 404 on the route."""
    FATAL = "fatal"
    """The site cannot be reached, all retries failed, or the run was interrupted."""


@dataclass(frozen=True, slots=True)
class Problem:
    """The reason why a request has no usable answer."""

    kind: ProblemKind
    message: str = ""
    cause: str = ""
    """Short and stable, for counting: `http_500`, `bad_json`, `timeout`, ..."""
    parameters: frozenset[str] = frozenset()
    """REJECTED: the keys of `data.params`."""

    @property
    def reason(self) -> str:
        """Return the message, or the cause of a problem without a message."""
        return self.message or self.cause


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record, or a stretch of records, that the site could not deliver."""

    id: int | None
    """None when only the neighbours are known."""
    after_id: int | None
    """The next lower id that is settled; None at the start, or when `id` is known."""
    before_id: int | None
    """The next higher id that is settled; None at the end, or when `id` is known."""
    cause: str
    message: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """The facts that a walk has established. It is final once the walk is finished."""

    proved: bool
    """Every record visible during the whole walk was accepted, or is named in `unreadable`."""
    reason: str
    """Why it is not proved; empty when it is."""
    site_total: int | None
    """The last believable X-WP-Total of the collection."""
    listed: int
    """Number of distinct ids accepted."""
    hidden: int | None
    """Rows that the site counts but does not show. It is approximate when the collection changed
    during the walk, and None when not known."""
    unreadable: tuple[Unreadable, ...]
    requests: int
    """Number of requests made."""
    query_ignored: bool = False
    """The site, or a cache in front of it, answered every query with the same page. Another form
    of URL may help."""
    order_ignored: bool = False
    """The site refused the order requested, or did not keep to it. Another walk is needed."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The abilities of a route, by its own description (`routes[...].endpoints[GET].args`)."""

    parameters: frozenset[str]
    orderby: frozenset[str]
    per_page_maximum: int = 100
    count_proves: bool = False
    """Where the route cannot sort, two equal passes with as many rows as it counts are a proof."""


class Walk(Protocol):
    """A walk over one collection.

    This loop drives a walk, one request after the other:

        while not walk.finished:
            for request in walk.requests():
                answer = fetch(request)
                if isinstance(answer, Problem):
                    walk.fail(request, answer)
                else:
                    archive(walk.feed(request, answer))
        print(walk.certificate)

    A driver may also make all requests of a list at once and give the answers in any order, as
    `tests/simulation/driver.py` and `crawler/phases/collect.py` do.
    """

    def requests(self) -> list[PageRequest]:
        """Return the requests to make now; [] while the walk waits for answers, or at its end.

        Each request must get exactly one `feed` or `fail`.
        """

    def feed(self, request: PageRequest, page: Page) -> list[int]:
        """Take an answer. Return the ids to archive; their records are all in this answer."""

    def fail(self, request: PageRequest, problem: Problem) -> None:
        """Take the news that a request has no usable answer."""

    @property
    def finished(self) -> bool:
        """Tell whether the walk needs no more answers. Those still in flight may be dropped."""

    @property
    def certificate(self) -> Certificate:
        """Return what is known so far. It is final once the walk is finished."""

    @property
    def settled_id(self) -> int:
        """Return the id up to which every row was accepted, or waits to be requested by id.

        It is 0 in a walk that does not read in the order of ids.
        """
