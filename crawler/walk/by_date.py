"""The walk by date: always the newest rows before a moment, which removals cannot shift."""

from datetime import datetime, timedelta
from itertools import pairwise
from math import gcd

from crawler.walk.by_page import OneAtATimeWalk
from crawler.walk.protocol import Capabilities, Page, PageRequest, Problem


class WalkByDate(OneAtATimeWalk):
    """The walk for routes without `orderby=id` that have `orderby=date` and `before`.

    Dates are site-local, as received, to the second. The walk relies on dates that do not change:
    it may miss a row that gets another date meanwhile, and rows that share one second with more
    rows than fit on a page. It is proved only if at least as many rows came as the site counted
    at the start. A site that puts rows of its own into its answers leads the walk astray: then the
    walk by page number is needed.
    """

    def __init__(
        self, capabilities: Capabilities, *, per_page: int = 100, streak_limit: int = 20
    ) -> None:
        super().__init__(capabilities, per_page=per_page, streak_limit=streak_limit)
        self._before: datetime | None = None
        self._page = 1
        self._size = self._at_once.rows
        self._last_id: int | None = None
        self._newer = 0  # rows that came although they were to be older: they may be of today
        self._adds_rows = False
        self._was_full = False

    def _next_page(self) -> tuple[int, int]:
        return self._page, self._size

    def _order(self) -> tuple[tuple[str, str], ...]:
        newest_first = (("orderby", "date"), ("order", "desc"))
        if self._before is None:
            return newest_first
        return (*newest_first, ("before", self._before.isoformat()))

    def _take(self, request: PageRequest, page: Page, new: bool) -> None:
        dates = [date for date in map(read_date, page.dates) if date]
        if any(later < earlier for later, earlier in pairwise(dates)):
            self._builder.note_order_ignored()
            self._stop("the site does not keep to the order of dates")
            return
        # With `before`, the site counts the older rows alone.
        if page.total is not None and self._before is None:
            self._builder.note_total(page.total)
        if new and request.rank > 0:
            self._builder.doubt(
                "more rows of one second than fit on a page, or rows without a date:"
                " page numbers prove nothing"
            )
        if page.ids:
            self._last_id = page.ids[-1]
            self._at_once = self._at_once.passed(request.size)
        self._look_for_added_rows(request, page, new)
        if self._is_last(request, page):
            self._end()
        else:
            self._move(dates)

    def _is_last(self, request: PageRequest, page: Page) -> bool:
        # Only the total of a first page tells the end. Rows may have moved up meanwhile, so that a
        # later page begins behind some of them.
        if request.rank == 0 and page.total is not None and page.total <= len(page.ids):
            return True
        if page.ids or (page.total or 0) > request.rank + request.size:
            return False
        if request.rank == 0 or page.total is None:
            self._builder.doubt("the end cannot be told: unreadable rows, or no totals")
        return True

    def _move(self, dates: list[datetime]) -> None:
        """Go on before the oldest date of a page, or where all rows share it, to the next page."""
        # One second later, because a row of the same second may be on the next page.
        before = dates[-1] + timedelta(seconds=1) if dates else None
        if before and (self._before is None or before < self._before):
            self._before = before
            self._restart()
        else:
            self._page += 1

    def _end(self) -> None:
        first = self._builder.first_total
        listed = self._builder.listed - self._newer
        if first is not None and listed < first:
            self._builder.doubt(f"{listed} rows of {first} that the site counted at the start")
            if self._adds_rows:
                self._builder.note_order_ignored()
        if not self._builder.listed:  # an order may show nothing where another one shows all
            self._builder.doubt("the order of dates shows no row")
            self._builder.note_order_ignored()
        self._stop()

    def _look_for_added_rows(self, request: PageRequest, page: Page, new: bool) -> None:
        """Note the signs that a site puts rows of its own into its answers."""
        if self._before is not None:
            newer = [
                id
                for id, date in zip(page.ids, map(read_date, page.dates), strict=False)
                if date and date >= self._before
            ]
            self._adds_rows = self._adds_rows or bool(newer)
            self._newer += sum(id in self._new for id in newer)
            # The last row of a full page leads to the end, where nothing stands that is new.
            self._adds_rows = self._adds_rows or (self._was_full and not new)
        self._was_full = len(page.ids) >= request.size

    def _shrink(self, request: PageRequest, problem: Problem) -> None:
        if request.size == 1:
            reason = "a record whose id is not known cannot be had"
            self._builder.add_lost_stretch(None, self._last_id, problem, reason)
            # Nobody knows the date of the row, so only the next page number leads on.
            self._page += 1
            return
        if self._at_once.is_trial(request.size):
            self._at_once = self._at_once.failed()
        else:
            self._at_once = self._at_once.shrunk(request.size // 2)
        # Page numbers know only windows that begin at a multiple of their size.
        self._size = gcd(request.rank, self._at_once.rows)
        self._page = request.rank // self._size + 1

    def _restart(self) -> None:
        self._page = 1
        self._size = self._at_once.rows


def read_date(date: str | None) -> datetime | None:
    """Return a site-local date as naive time; None for a zero date (`-0001-11-30T00:00:00`)."""
    try:
        moment = datetime.fromisoformat(date or "").replace(tzinfo=None, microsecond=0)
    except ValueError:
        return None
    # A second after the last one of the year 9999 cannot be expressed.
    return moment if moment.year < 9999 else None
