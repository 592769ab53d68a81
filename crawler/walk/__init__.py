"""The walk over one collection: it is fed pages, and says what to request next. It does no I/O.

`choose_walk` says which walk suits a route, and which comes next when the site does not do what its
route says.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from crawler.walk.by_date import WalkByDate
from crawler.walk.by_id.walk import WalkById
from crawler.walk.by_page import WalkByPage
from crawler.walk.protocol import (
    Capabilities,
    Certificate,
    Page,
    PageRequest,
    Problem,
    ProblemKind,
    Purpose,
    Unreadable,
    Walk,
)

__all__ = [
    "Capabilities",
    "Certificate",
    "Page",
    "PageRequest",
    "Problem",
    "ProblemKind",
    "Purpose",
    "Unreadable",
    "Walk",
    "choose_walk",
    "sorts_by_id",
]


def choose_walk(
    capabilities: Capabilities,
    *,
    per_page: int = 100,
    width: int = 1,
    probe_budget: int = 1000,
    held_rows: int = 0,
    rows_now: Callable[[], int] | None = None,
) -> Walk:
    """Return the best walk that the route allows. It falls back to the next best one.

    It requests at most `per_page` rows at once, and has at most `width` requests in flight.
    `probe_budget` bounds the requests that gaps may take. Of the first `held_rows` rows in id
    order, the walk in that order reads only what the archive lacks; the others read everything.
    `rows_now` says how many rows the site can answer for quickly now; the other walks need pages of
    one size.
    """

    def by_id() -> Walk:
        return WalkById(
            capabilities,
            per_page=per_page,
            width=width,
            probe_budget=probe_budget,
            held_rows=held_rows,
            rows_now=rows_now,
        )

    # The best walk comes first. The last one is possible on every route.
    walks: list[tuple[bool, Callable[[], Walk]]] = [
        (sorts_by_id(capabilities), by_id),
        (_sorts_by_date(capabilities), partial(WalkByDate, capabilities, per_page=per_page)),
        (True, partial(WalkByPage, capabilities, per_page=per_page)),
    ]
    return FallbackWalk([walk for possible, walk in walks if possible])


def sorts_by_id(capabilities: Capabilities) -> bool:
    """Return whether a route can be walked in the order of ids."""
    has_windows = not capabilities.parameters.isdisjoint({"offset", "page"})
    return "id" in capabilities.orderby and has_windows


def _sorts_by_date(capabilities: Capabilities) -> bool:
    return "date" in capabilities.orderby and "before" in capabilities.parameters


class FallbackWalk:
    """Several walks. The next one begins where the site ignores or refuses the order of one.

    Each walk begins anew, so that an id may be accepted once by each.
    """

    def __init__(self, walks: list[Callable[[], Walk]]) -> None:
        self._next_walks = walks[1:]
        self._walk = walks[0]()
        # An answer in flight belongs to the walk that asked for it, also when another one goes on.
        self._owners: dict[PageRequest, Walk] = {}
        self._earlier_requests = 0
        self._reasons: list[str] = []

    def requests(self) -> list[PageRequest]:
        """Return the requests that the current walk makes now."""
        requests = self._walk.requests()
        self._owners.update(dict.fromkeys(requests, self._walk))
        return requests

    def feed(self, request: PageRequest, page: Page) -> list[int]:
        """Give an answer to the walk that made the request. Return the ids to archive."""
        accepted = self._owners.pop(request).feed(request, page)
        self._fall_back()
        return accepted

    def fail(self, request: PageRequest, problem: Problem) -> None:
        """Give a problem to the walk that made the request."""
        self._owners.pop(request).fail(request, problem)
        self._fall_back()

    def _fall_back(self) -> None:
        certificate = self._walk.certificate
        if self._next_walks and self._walk.finished and certificate.order_ignored:
            self._earlier_requests += certificate.requests
            self._reasons.append(certificate.reason)
            self._walk = self._next_walks.pop(0)()

    @property
    def finished(self) -> bool:
        """Return whether the current walk is finished."""
        return self._walk.finished

    @property
    def settled_id(self) -> int:
        """Return the settled id of the current walk."""
        return self._walk.settled_id

    @property
    def certificate(self) -> Certificate:
        """Return the certificate of the current walk, with the doubts of the walks before it."""
        own = self._walk.certificate
        reason = "" if own.proved else "; ".join([*self._reasons, own.reason])
        return replace(own, reason=reason, requests=own.requests + self._earlier_requests)
