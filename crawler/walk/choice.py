"""Several walks over one collection: the next one begins where a list fails one of them.

`choose_walk` says which walk suits a route, and which comes next when the site does not do what its
route says.

A list that answers with nothing but errors is looked at in a few other places first, before it is
read row by row. A record that cannot be sent fails at its own place. A list that is broken fails
everywhere, and one whose order is broken fails wherever this order is asked for. A few requests for
one row each tell which.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from enum import Enum
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
    Walk,
)

FIRST_FAILURES = 2
"""Failures from the start after which a list is looked at in other places: a single one is most
often that of one record."""
LATER_FAILURES = 12
"""The same, for a list that has answered. To find one bad record takes fewer."""


class WalksInTurn:
    """Several walks. The next one begins where the site ignores or refuses the order of one.

    Each walk begins anew, so that an id may be accepted once by each.
    """

    def __init__(self, walks: list[Callable[[], Walk]], capabilities: Capabilities) -> None:
        self._next_walks = walks[1:]
        self._walk = walks[0]()
        self._capabilities = capabilities
        # An answer in flight belongs to the walk that asked for it, also when another one goes on.
        self._owners: dict[PageRequest, Walk] = {}
        self._earlier_requests = 0
        self._reasons: list[str] = []
        self._look: LookAround | None = None
        self._looks = 0  # requests for one
        self._has_answered = False
        self._failures = 0  # in a row
        self._broken = ""  # why the list is given up

    def requests(self) -> list[PageRequest]:
        """Return the requests that the current walk makes now, or one for a look around."""
        if self._look is None and not self._broken:
            requests = self._walk.requests()
            self._owners.update(dict.fromkeys(requests, self._walk))
            return requests
        # What is in flight may be answered, and then nothing is to be looked for.
        if self._look is None or self._owners:
            return []
        requests = self._look.requests()
        self._looks += len(requests)
        return requests

    def feed(self, request: PageRequest, page: Page) -> list[int]:
        """Give an answer to the walk that made the request. Return the ids to archive."""
        if request not in self._owners:
            self._give_to_look(page)
            return []
        self._note_answer()
        accepted = self._owners.pop(request).feed(request, page)
        self._go_on()
        return accepted

    def fail(self, request: PageRequest, problem: Problem) -> None:
        """Give a problem to the walk that made the request."""
        if request not in self._owners:
            self._give_to_look(problem)
            return
        self._owners.pop(request).fail(request, problem)
        self._go_on()
        if problem.kind is ProblemKind.CONTENT and not self._walk.finished:
            self._count_failure(request, problem)

    def _note_answer(self) -> None:
        self._has_answered = True
        self._failures = 0
        self._look = None

    def _count_failure(self, request: PageRequest, problem: Problem) -> None:
        self._failures += 1
        limit = LATER_FAILURES if self._has_answered else FIRST_FAILURES
        if self._failures >= limit and request.purpose == "slice":
            self._look = LookAround(self._capabilities, request, problem, -1 - self._looks)

    def _give_to_look(self, answer: Page | Problem) -> None:
        """Give an answer to the look around, and go on as it tells."""
        assert self._look is not None
        self._look.take(answer)
        finding, problem = self._look.finding, self._look.problem
        if isinstance(answer, Problem) and answer.kind is ProblemKind.FATAL:
            self._broken = problem.reason
        elif finding is None:
            return
        elif finding is LookFinding.NOTHING:
            self._broken = f"no row came, from wherever it was asked for: {problem.reason}"
        elif finding is LookFinding.OTHER_ORDER:
            self._next_walk(f"the list cannot be read in the order asked for: {problem.reason}")
        self._note_answer()

    def _go_on(self) -> None:
        certificate = self._walk.certificate
        if self._walk.finished and certificate.order_ignored:
            self._next_walk(certificate.reason)

    def _next_walk(self, reason: str) -> None:
        """Go on with the next walk, if there is one."""
        if not self._next_walks:
            return
        self._earlier_requests += self._walk.certificate.requests
        self._reasons.append(reason)
        self._walk = self._next_walks.pop(0)()

    @property
    def finished(self) -> bool:
        """Return whether the current walk is finished, or the list was given up."""
        return bool(self._broken) or self._walk.finished

    @property
    def settled_id(self) -> int:
        """Return the settled id of the current walk."""
        return self._walk.settled_id

    @property
    def certificate(self) -> Certificate:
        """Return the certificate of the current walk, with the doubts of the walks before it."""
        own = self._walk.certificate
        requests = own.requests + self._earlier_requests + self._looks
        if self._broken:
            reason = "; ".join([*self._reasons, self._broken])
            return replace(own, proved=False, reason=reason, requests=requests)
        reason = "" if own.proved else "; ".join([*self._reasons, own.reason])
        return replace(own, reason=reason, requests=requests)


RowOrder = tuple[tuple[str, str], ...]
"""The parameters that choose and sort the rows."""

FAR_RANK = 1_000_000
"""A rank behind the end of nearly every list: an order that can be read answers there, and has no
row that could fail."""
_WINDOW = frozenset({"offset", "page", "per_page"})


class LookFinding(Enum):
    """The meaning of the answers from other places."""

    GOES_ON = "the order of the walk has answered: single rows fail, or so many at once"
    OTHER_ORDER = "only another order has answered"
    NOTHING = "no row came from any place, in any order"


class LookAround:
    """Requests for one row each, one after the other: in the order that failed, then in others."""

    def __init__(
        self, capabilities: Capabilities, failed: PageRequest, problem: Problem, number: int
    ) -> None:
        """`failed` is the request that failed last. The requests are numbered down from `number`.

        So none of them equals a request of a walk, which counts up from 1.
        """
        self.problem = problem
        """Why a request failed, the last one of all."""
        self._by_offset = "offset" in capabilities.parameters
        self._has_windows = self._by_offset or "page" in capabilities.parameters
        self._own: RowOrder = tuple(pair for pair in failed.params if pair[0] not in _WINDOW)
        self._number = number
        self._in_flight: PageRequest | None = None
        # The first two rows, one in the middle of a page, and the first one of the next page.
        ranks = sorted({0, 1, failed.size // 2, max(1, failed.size)}) if self._has_windows else [0]
        self._places = deque((self._own, rank) for rank in ranks)
        self._places.extend((order, 0) for order in _other_orders(capabilities, self._own))
        self._own_answers = False  # the order that failed has answered, if only with no row
        self.finding: LookFinding | None = None
        """What the answers tell; None until they do."""

    def requests(self) -> list[PageRequest]:
        """Return the next request; none while one is in flight."""
        if self._in_flight:
            return []
        order, rank = self._places[0]
        params = [*order]
        if rank and self._by_offset:
            params.append(("offset", str(rank)))
        elif rank:
            params.append(("page", str(rank + 1)))
        params.append(("per_page", "1"))
        self._in_flight = PageRequest(
            tuple(params), "top", self._number, ids_only=True, rank=rank, size=1
        )
        self._number -= 1
        return [self._in_flight]

    def take(self, answer: Page | Problem) -> None:
        """Take the answer to the request in flight."""
        self._in_flight = None
        if isinstance(answer, Problem):
            self.problem = answer
        order, rank = self._places.popleft()
        is_own = order == self._own
        has_rows = isinstance(answer, Page) and bool(answer.ids)
        self._own_answers |= is_own and _is_answer(answer, rank)
        if is_own and (has_rows or rank == FAR_RANK):
            self.finding = LookFinding.GOES_ON if self._own_answers else LookFinding.OTHER_ORDER
        elif has_rows:
            self._found_elsewhere()
        elif not self._places:
            self.finding = LookFinding.NOTHING

    def _found_elsewhere(self) -> None:
        """Decide whether the order has failed, or only its rows at these places."""
        if self._own_answers:
            self.finding = LookFinding.GOES_ON
        elif self._has_windows:
            self._places = deque([(self._own, FAR_RANK)])
        else:
            self.finding = LookFinding.OTHER_ORDER


def _is_answer(answer: Page | Problem, rank: int) -> bool:
    # Some controllers refuse a page past the end.
    is_refusal = isinstance(answer, Problem) and answer.kind is ProblemKind.REJECTED
    return isinstance(answer, Page) or (is_refusal and rank == FAR_RANK)


def _other_orders(capabilities: Capabilities, own: RowOrder) -> list[RowOrder]:
    """Return the orders in which another walk may read the list, that by default among them."""
    orders: list[RowOrder] = [()]
    if "date" in capabilities.orderby:
        orders.insert(0, (("orderby", "date"), ("order", "desc")))
    return [order for order in orders if order != own]


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
    by_id = partial(
        WalkById,
        capabilities,
        per_page=per_page,
        width=width,
        probe_budget=probe_budget,
        held_rows=held_rows,
        rows_now=rows_now,
    )
    return WalksInTurn(_possible_walks(capabilities, by_id, per_page), capabilities)


def _possible_walks(
    capabilities: Capabilities, by_id: Callable[[], Walk], per_page: int
) -> list[Callable[[], Walk]]:
    """Return what makes the walks that a route allows, the best one first."""
    # No order at all: that of the site may be the only one that it can send.
    unordered = replace(capabilities, parameters=capabilities.parameters - {"order"})
    walks: list[tuple[bool, Callable[[], Walk]]] = [
        (sorts_by_id(capabilities), by_id),
        (_sorts_by_date(capabilities), partial(WalkByDate, capabilities, per_page=per_page)),
        # This one is possible on every route.
        (True, partial(WalkByPage, capabilities, per_page=per_page)),
        (unordered != capabilities, partial(WalkByPage, unordered, per_page=per_page)),
    ]
    return [walk for possible, walk in walks if possible]


def sorts_by_id(capabilities: Capabilities) -> bool:
    """Return whether a route can be walked in the order of ids."""
    has_windows = not capabilities.parameters.isdisjoint({"offset", "page"})
    return "id" in capabilities.orderby and has_windows


def _sorts_by_date(capabilities: Capabilities) -> bool:
    return "date" in capabilities.orderby and "before" in capabilities.parameters
