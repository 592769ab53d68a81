"""The walk by date: always the newest rows before a moment, which removals cannot shift."""

from datetime import datetime, timedelta
from itertools import pairwise

from crawler.walk.one_at_a_time import OneAtATimeWalk
from crawler.walk.protocol import Capabilities, Page, PageRequest, Problem


class DateWalk(OneAtATimeWalk):
    """For routes without `orderby=id` that have `orderby=date` and `before`. Dates are site-local, as received, to the second.

    It rests on dates that stay as they are: a row that is dated anew during the walk may be missed, as may rows that share one second
    with more than a page of others. Proved only where no fewer rows came than the site counted at the start.
    """

    def __init__(
        self, capabilities: Capabilities, *, per_page: int = 100, streak_limit: int = 20
    ) -> None:
        super().__init__(capabilities, per_page=per_page, streak_limit=streak_limit)
        self._before: datetime | None = None
        self._page, self._size = 1, self._size_limit
        self._last_id: int | None = None

    def _position(self) -> tuple[int, int]:
        return self._page, self._size

    def _order(self) -> tuple[tuple[str, str], ...]:
        before = (("before", self._before.isoformat()),) if self._before else ()
        return ("orderby", "date"), ("order", "desc"), *before

    def _take(self, ask: PageRequest, page: Page, new: bool) -> None:
        dates = [parsed for parsed in map(_moment, page.dates) if parsed]
        if any(later < earlier for later, earlier in pairwise(dates)):
            self._ledger.order_ignored = True
            self._stop("the site does not keep to the order of dates")
            return
        if page.total is not None and self._before is None:
            self._ledger.note_total(page.total)
        if new and ask.rank > 0:
            self._ledger.doubt(
                "more rows of one second than fit on a page, or rows without a date: page numbers prove nothing"
            )
        self._last_id = page.ids[-1] if page.ids else self._last_id
        # A page further on may begin behind rows that moved up, so that its total tells no end.
        if page.total is not None and ask.rank == 0 and page.total <= len(page.ids):
            self._end()
        elif not page.ids and not (page.total or 0) > ask.rank + ask.size:
            if ask.rank == 0 or page.total is None:
                self._ledger.doubt("the end cannot be told: unreadable rows, or no totals")
            self._end()
        else:
            self._move(ask, dates)

    def _move(self, ask: PageRequest, dates: list[datetime]) -> None:
        before = dates[-1] + timedelta(seconds=1) if dates else None
        if before and (self._before is None or before < self._before):
            self._before, self._page, self._size = before, 1, self._size_limit
        else:
            self._page += 1

    def _end(self) -> None:
        first = self._ledger.first_total
        if first is not None and self._ledger.listed < first:
            self._ledger.doubt(
                f"{self._ledger.listed} rows of {first} that the site counted at the start"
            )
        self._stop()

    def _shrink(self, ask: PageRequest, trouble: Problem) -> None:
        if ask.size == 1:
            self._ledger.lose(
                None, self._last_id, trouble, "a record whose id is not known cannot be had"
            )
            self._page += 1
            return
        self._size = ask.size // 2 if ask.rank == 0 else 1
        self._page = ask.rank // self._size + 1

    def _restart(self) -> None:
        self._page, self._size = 1, self._size_limit


def _moment(date: str | None) -> datetime | None:
    """A site-local date; None for zero dates (`-0001-11-30T00:00:00`) and whatever else cannot be compared."""
    try:
        moment = datetime.fromisoformat(date or "").replace(tzinfo=None, microsecond=0)
    except ValueError:
        return None
    return moment if moment.year < 9999 else None  # no second comes after the last
