"""The walk by page number, in passes of opposite order, until a pass brings nothing new.

It proves nothing, and says so; but see `Capabilities.count_proves`.
"""

from collections import deque

from crawler.walk.one_at_a_time import OneAtATimeWalk
from crawler.walk.protocol import Capabilities, Page, PageRequest, Problem

# Each pass reads the whole list. A list that still changes after so many does not settle.
MAX_PASSES = 6


class WalkByPage(OneAtATimeWalk):
    """The walk for routes that sort neither by id nor by date.

    It is proved where one page held the whole collection. Where the count proves, it is also proved
    by two passes, one after the other, that showed the same rows in the same order, as many as the
    site counts. A single pass is no proof: a row moves to a page that was read before, when one
    goes away there, and another one that comes keeps the count. The next pass then differs.
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
        # The page is requested in these parts, as page number and page size: one, until it fails.
        self._parts: deque[tuple[int, int]] = deque([(1, self._size_limit)])
        self._pass_has_new = False
        self._page_has_rows = False

    def _next_page(self) -> tuple[int, int]:
        return self._parts[0]

    def _order(self) -> tuple[tuple[str, str], ...]:
        # Two passes can be compared only in one order. Where nothing is compared, each pass turns
        # the list round: a row that moved past one pass comes towards the next one.
        if self._count_proves or "order" not in self._parameters:
            return ()
        return (("order", "asc" if self._pass % 2 else "desc"),)

    def _take(self, request: PageRequest, page: Page, new: bool) -> None:
        self._parts.popleft()
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
        elif not self._parts:
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
        self._parts.append((self._page, self._size_limit))

    def _end_pass(self) -> None:
        is_same = self._rows == self._rows_before
        if self._count_proves and is_same and self._builder.total:
            self._judge_count(self._builder.total)
        elif self._pass > 1 and not self._pass_has_new and (is_same or not self._count_proves):
            self._stop("sorted neither by id nor by date: page numbers prove nothing")
        elif self._pass == MAX_PASSES:
            self._stop(
                f"sorted neither by id nor by date, and still changing after {MAX_PASSES} passes"
            )
        else:
            self._pass += 1
            self._page = 1
            self._pass_has_new = False
            self._previous = ()
            self._rows_before = self._rows
            self._rows = []

    def _judge_count(self, total: int) -> None:
        """End the walk after two passes that are alike."""
        shown = len(set(self._rows))
        if shown == total:
            self._stop()
        else:
            self._stop(f"the list shows {shown} rows, and counts {total}")

    def _shrink(self, request: PageRequest, problem: Problem) -> None:
        """Request the same rows as several smaller pages."""
        page, size = self._parts.popleft()
        if size == 1:
            self._give_up_row(problem)
            return
        # Page numbers know only windows that begin at a multiple of their size. So a page can only
        # be cut into equal parts.
        parts = next(divisor for divisor in range(2, size + 1) if size % divisor == 0)
        last = page * parts
        numbers = range(last, last - parts, -1)
        # `extendleft` turns the order round, so the lowest number comes to stand first.
        self._parts.extendleft((number, size // parts) for number in numbers)

    def _give_up_row(self, problem: Problem) -> None:
        # Later passes meet the same row again. It is one loss.
        if self._pass == 1:
            reason = "a record whose id is not known cannot be had"
            self._builder.add_lost_stretch(None, None, problem, reason)
        # There is a row, although nobody can read it: the list does not end here.
        self._page_has_rows = True
        if not self._parts:
            self._end_page(more=True)

    def _restart(self) -> None:
        self._page = 1
        self._page_has_rows = False
        self._rows = []
        self._parts = deque([(1, self._size_limit)])
