"""The walks without an id order: what they share, and the one by page number.

They make one request at a time, remember every id, and request less after a problem.
"""

from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import replace
from itertools import takewhile

from crawler.walk.certificate import CertificateBuilder
from crawler.walk.learnt_size import LearntSize
from crawler.walk.protocol import Capabilities, Certificate, Page, PageRequest, Problem, ProblemKind
from crawler.walk.windows import lower_page_size

# Each pass reads the whole list. A list that still changes after so many does not settle.
MAX_PASSES = 6


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
        self._at_once = LearntSize(max(1, min(per_page, capabilities.per_page_maximum)))
        self._before_failures = self._at_once
        self._failed_last = False
        self._streak_limit = streak_limit
        self._streak = 0
        self._seen: set[int] = set()
        self._new: frozenset[int] = frozenset()  # rows of the last answer, not seen before
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
        self._failed_last = False
        # A cache that drops the query sends the first page for every number: it has no end.
        if self._repeats(request, page):
            self._builder.note_query_ignored()
            self._stop()
            return []
        self._builder.note_clashes(page)
        new = [id for id in dict.fromkeys(page.ids) if id not in self._seen]
        self._new = frozenset(new)
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
        if not self._failed_last:
            self._before_failures = self._at_once
        self._failed_last = True
        # Only single rows count. A larger page that fails is cut up, and says nothing of each row.
        if request.size == 1:
            self._streak += 1
            # The row was to blame, and not how many were asked for.
            self._at_once = self._before_failures
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
            self._at_once = self._at_once.lowered(smaller)
            self._restart()
        else:
            # `WalksInTurn` goes on with a walk that asks for less.
            if problem.parameters & {"orderby", "order", "before"}:
                self._builder.note_order_ignored()
            self._stop(problem.reason)

    @property
    def _size_limit(self) -> int:
        """Return the most rows of a page."""
        return self._at_once.limit

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


class WalkByPage(OneAtATimeWalk):
    """The walk for routes that sort neither by id nor by date.

    It reads the list in passes of opposite order, until a pass brings nothing new.

    It is proved where one page held the whole collection. It is also proved by two passes, one
    after the other, that showed the same rows in the order asked for, if the site counted as many
    at the end of both. A single pass is no proof: a row moves to a page that was read before, when
    one goes away there, and another one that comes keeps the count. The next pass then differs.
    Rows that a site puts first, or repeats, in both passes have no place in their order.

    Where the count proves (`Capabilities.count_proves`), passes have one order, and end by it.
    """

    def __init__(
        self, capabilities: Capabilities, *, per_page: int = 100, streak_limit: int = 20
    ) -> None:
        super().__init__(capabilities, per_page=per_page, streak_limit=streak_limit)
        self._pass = 1
        self._page = 1
        self._count_proves = capabilities.count_proves
        self._rows: list[int] = []  # of this pass, in the order received
        self._rows_before: list[int] = []
        self._total_before: int | None = None
        self._rank = 0  # of the first row that is requested next
        self._pass_has_new = False
        self._page_has_rows = False

    def _next_page(self) -> tuple[int, int]:
        size = self._next_size()
        return self._rank // size + 1, size

    def _next_size(self) -> int:
        """Return how many rows come next.

        Page numbers know only windows that begin at a multiple of their size. So a page can only
        be cut into parts that divide it.
        """
        return max(
            rows
            for rows in self._part_sizes()
            if rows <= self._at_once.rows and self._rank % rows == 0
        )

    def _part_sizes(self) -> list[int]:
        limit = self._size_limit
        return [rows for rows in range(1, limit + 1) if limit % rows == 0]

    def _note_size(self, rows: int) -> None:
        """Learn that so many rows went through at once."""
        at_once = self._at_once.passed(rows)
        if at_once.rows > self._at_once.rows:
            larger = next(size for size in self._part_sizes() if size >= at_once.rows)
            at_once = replace(at_once, rows=larger)
        self._at_once = at_once

    def _order(self) -> tuple[tuple[str, str], ...]:
        # Two passes can be compared only in one order. Where nothing is compared, each pass turns
        # the list round: a row that moved past one pass comes towards the next one.
        if self._count_proves or "order" not in self._parameters:
            return ()
        return (("order", "asc" if self._pass % 2 else "desc"),)

    def _take(self, request: PageRequest, page: Page, new: bool) -> None:
        self._rank = request.rank + request.size
        if page.ids:
            self._note_size(request.size)
        self._pass_has_new = self._pass_has_new or new
        self._page_has_rows = self._page_has_rows or bool(page.ids)
        self._rows.extend(page.ids)
        # `WP_Query` counts 0 rows for a page past the end, and not every controller counts again.
        if page.total:
            self._builder.note_total(page.total)
        if self._holds_all(request, page):
            self._builder.note_total(page.total or 0)
            self._stop()
        elif "page" not in self._parameters:
            self._stop("the route has no pages, and its total tells no end")
        elif self._is_page_read:
            counted_more = (page.total or 0) > self._page * self._size_limit
            more = self._page_has_rows or counted_more
            self._end_page(more=more and not self._is_last(request, page))

    def _is_last(self, request: PageRequest, page: Page) -> bool:
        """Tell whether a pass ends here, as the site counts; a page past the end may be an error.

        Only passes that are compared end by the count.
        """
        if not self._count_proves or not page.total:
            return False
        pages = page.total_pages or 0
        is_last_page = request.size == self._size_limit and 0 < pages <= self._page
        return is_last_page or len(set(self._rows)) >= page.total

    def _holds_all(self, request: PageRequest, page: Page) -> bool:
        if self._pass > 1 or request.rank > 0 or page.total is None:
            return False
        return page.total <= len(page.ids)

    def _end_page(self, more: bool) -> None:
        self._page_has_rows = False
        if more:
            self._page += 1
        else:
            self._end_pass()

    def _end_pass(self) -> None:
        is_same = self._rows == self._rows_before
        total = self._builder.total
        if total and self._count_proves and is_same:
            self._judge_count(total)
        elif total and total == self._total_before and self._shows_all_twice(total):
            self._stop()
        elif self._pass > 1 and not self._pass_has_new and (is_same or not self._count_proves):
            self._stop("sorted neither by id nor by date: page numbers prove nothing")
        elif self._pass == MAX_PASSES:
            self._stop(
                f"sorted neither by id nor by date, and still changing after {MAX_PASSES} passes"
            )
        else:
            self._pass += 1
            self._page = 1
            self._rank = 0
            self._pass_has_new = False
            self._previous = ()
            # The next pass is compared with this one.
            self._rows_before = self._rows
            self._total_before = total
            self._rows = []

    def _shows_all_twice(self, total: int) -> bool:
        """Tell whether this pass and the one before showed all rows in matching orders."""
        if len(set(self._rows)) != total:
            return False
        has_turned = bool(self._order())
        before, now = self._rows_before, self._rows
        sticky = _sticky(before, now, has_turned)
        ordered_before = [id for id in before if id not in sticky]
        ordered = [id for id in now if id not in sticky]
        return ordered == (ordered_before[::-1] if has_turned else ordered_before)

    def _judge_count(self, total: int) -> None:
        """End the walk after two passes that are alike."""
        shown = len(set(self._rows))
        if shown == total:
            self._stop()
        else:
            self._stop(f"the list shows {shown} rows, and counts {total}")

    def _shrink(self, request: PageRequest, problem: Problem) -> None:
        """Request the same rows as several smaller pages."""
        if request.size == 1:
            self._give_up_row(problem)
        elif self._at_once.is_trial(request.size):
            self._at_once = self._at_once.failed()
        else:
            smaller = max(rows for rows in self._part_sizes() if rows < request.size)
            self._at_once = self._at_once.shrunk(smaller)

    @property
    def _is_page_read(self) -> bool:
        return self._rank == self._page * self._size_limit

    def _give_up_row(self, problem: Problem) -> None:
        # Later passes meet the same row again. It is one loss.
        if self._pass == 1:
            reason = "a record whose id is not known cannot be had"
            self._builder.add_lost_stretch(None, None, problem, reason)
        # There is a row, although nobody can read it: the list does not end here.
        self._page_has_rows = True
        self._rank += 1
        if self._is_page_read:
            self._end_page(more=True)

    def _restart(self) -> None:
        self._page = 1
        self._page_has_rows = False
        self._rows = []
        self._rank = 0


def _sticky(before: list[int], now: list[int], has_turned: bool) -> set[int]:
    """Return the rows of two passes that a site shows beside their places.

    Both passes repeat them, or begin with them although the second one has the opposite order.
    """
    first: set[int] = set()
    if has_turned:
        pairs = takewhile(lambda pair: pair[0] == pair[1], zip(before, now, strict=False))
        first = {id for id, _ in pairs}
    return first | (_repeated(before) & _repeated(now))


def _repeated(rows: list[int]) -> set[int]:
    return {id for id, times in Counter(rows).items() if times > 1}
