"""What the walks without an id order share.

They make one request at a time, remember every id, and request less after a problem.
"""

from abc import ABC, abstractmethod

from crawler.walk.certificate import CertificateBuilder
from crawler.walk.protocol import Capabilities, Certificate, Page, PageRequest, Problem, ProblemKind
from crawler.walk.windows import lower_page_size


class OneAtATimeWalk(ABC):
    """The base of walks by page number. A subclass says which page comes next, in which order.

    It remembers every id, because nothing else tells which rows were seen. `streak_limit` bounds
    the records in a row that may fail.
    """

    def __init__(
        self, capabilities: Capabilities, *, per_page: int = 100, streak_limit: int = 20
    ) -> None:
        self._builder = CertificateBuilder()
        self._parameters = capabilities.parameters
        self._size_limit = max(1, min(per_page, capabilities.per_page_maximum))
        self._streak_limit = streak_limit
        self._streak = 0
        self._seen: set[int] = set()
        self._previous: tuple[int, ...] = ()
        self._in_flight: PageRequest | None = None
        self._finished = False

    @property
    def finished(self) -> bool:
        """Return whether the walk makes no more requests."""
        return self._finished

    @property
    def certificate(self) -> Certificate:
        """Return what is known so far."""
        return self._builder.certificate(self._finished)

    @property
    def settled_id(self) -> int:
        """Return 0: there is no order of ids here."""
        return 0

    def requests(self) -> list[PageRequest]:
        """Return the next request, unless one is in flight."""
        if self._finished or self._in_flight:
            return []
        if self._builder.is_endless(1, 0):
            self._stop(f"no end after {self._builder.requests} requests")
            return []
        page, size = self._next_page()
        params = [*self._order()]
        # `page=1` is the same as none, and some controllers know no `page`.
        if page > 1:
            params.append(("page", str(page)))
        params.append(("per_page", str(size)))
        number = self._builder.count_request()
        rank = (page - 1) * size
        self._in_flight = PageRequest(tuple(params), "slice", number, rank=rank, size=size)
        return [self._in_flight]

    def feed(self, request: PageRequest, page: Page) -> list[int]:
        """Take an answer. Return the ids to archive: those not seen before."""
        self._in_flight = None
        if self._finished:
            return []
        self._streak = 0
        # A cache that drops the query sends the first page for every number: it has no end.
        if self._repeats(request, page):
            self._builder.note_query_ignored()
            self._stop()
            return []
        new = [id for id in dict.fromkeys(page.ids) if id not in self._seen]
        self._seen.update(new)
        self._builder.count_listed(len(new))
        self._previous = page.ids
        self._take(request, page, bool(new))
        return new

    def fail(self, request: PageRequest, problem: Problem) -> None:
        """Take the news that a request has no usable answer."""
        self._in_flight = None
        if self._finished:
            return
        if problem.kind is ProblemKind.CONTENT:
            self._fail_content(request, problem)
        elif problem.kind is ProblemKind.REJECTED:
            self._fail_rejected(request, problem)
        else:
            self._stop(problem.reason)

    def _fail_content(self, request: PageRequest, problem: Problem) -> None:
        # Only single rows count. A larger page that fails is cut up, and says nothing of each row.
        if request.size == 1:
            self._streak += 1
        if self._streak > self._streak_limit:
            self._stop(f"{self._streak} records in a row could not be had: {problem.reason}")
        else:
            self._shrink(request, problem)

    def _fail_rejected(self, request: PageRequest, problem: Problem) -> None:
        smaller = lower_page_size(request.size)
        if "page" in problem.parameters:
            # Some controllers say so that there is no such page.
            self._take(request, Page(()), new=False)
        elif "per_page" in problem.parameters and smaller:
            self._size_limit = smaller
            self._restart()
        else:
            # `FallbackWalk` goes on with a walk that asks for less.
            if problem.parameters & {"orderby", "order", "before"}:
                self._builder.note_order_ignored()
            self._stop(problem.reason)

    def _repeats(self, request: PageRequest, page: Page) -> bool:
        # In pages of one row, one new row at the top brings the same row again: that is no cache.
        if request.rank == 0 or request.size == 1 or not page.ids:
            return False
        return page.ids == self._previous

    def _stop(self, reason: str = "") -> None:
        if reason:
            self._builder.doubt(reason)
        self._finished = True

    @abstractmethod
    def _next_page(self) -> tuple[int, int]:
        """Return the page number, from 1, and the page size of the next request."""

    @abstractmethod
    def _order(self) -> tuple[tuple[str, str], ...]:
        """Return the parameters that choose and sort the rows."""

    @abstractmethod
    def _take(self, request: PageRequest, page: Page, new: bool) -> None:
        """Decide what comes next after an answer. `new` says whether it brought a new row."""

    @abstractmethod
    def _shrink(self, request: PageRequest, problem: Problem) -> None:
        """Request less after an answer that the site cannot make, or give up a single row."""

    @abstractmethod
    def _restart(self) -> None:
        """Begin again, because the size of pages changed."""
