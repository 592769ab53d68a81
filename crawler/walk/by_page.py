"""Page numbers in passes of opposite order, until a pass brings nothing new. It proves nothing, and says so."""

from collections import deque

from crawler.walk.one_at_a_time import OneAtATimeWalk
from crawler.walk.protocol import Capabilities, Page, PageRequest, Problem

PASSES = 6


class PagesWalk(OneAtATimeWalk):
    """For routes that sort neither by id nor by date. Proved only where one page held the whole collection."""

    def __init__(
        self, capabilities: Capabilities, *, per_page: int = 100, streak_limit: int = 20
    ) -> None:
        super().__init__(capabilities, per_page=per_page, streak_limit=streak_limit)
        self._pass = 1
        self._page = 1
        self._parts: deque[tuple[int, int]] = deque([(1, self._size_limit)])
        self._new = False
        self._any = False

    def _position(self) -> tuple[int, int]:
        return self._parts[0]

    def _order(self) -> tuple[tuple[str, str], ...]:
        return (
            (("order", "asc" if self._pass % 2 else "desc"),) if "order" in self._parameters else ()
        )

    def _take(self, ask: PageRequest, page: Page, new: bool) -> None:
        self._parts.popleft()
        self._new, self._any = self._new or new, self._any or bool(page.ids)
        if page.total:
            self._ledger.note_total(page.total)
        if (
            ask.rank == 0
            and page.total is not None
            and page.total <= len(page.ids)
            and self._pass == 1
        ):
            self._ledger.note_total(page.total)
            self._stop()
        elif "page" not in self._parameters:
            self._stop("the route has no pages, and its total tells no end")
        elif not self._parts:
            self._next_page(more=self._any or (page.total or 0) > self._page * self._size_limit)

    def _next_page(self, more: bool) -> None:
        self._any = False
        if more:
            self._page += 1
        elif self._pass >= 2 and not self._new:
            self._stop("sorted neither by id nor by date: page numbers prove nothing")
        elif self._pass == PASSES:
            self._stop(
                f"sorted neither by id nor by date, and still changing after {PASSES} passes"
            )
        else:
            self._pass, self._page, self._new, self._previous = self._pass + 1, 1, False, ()
        self._parts.append((self._page, self._size_limit))

    def _shrink(self, ask: PageRequest, trouble: Problem) -> None:
        """The same rows as so many smaller pages."""
        page, size = self._parts.popleft()
        if size == 1:
            if self._pass == 1:
                self._ledger.lose(
                    None, None, trouble, "a record whose id is not known cannot be had"
                )
            self._any = True
            if not self._parts:
                self._next_page(more=True)
            return
        parts = next(divisor for divisor in range(2, size + 1) if size % divisor == 0)
        self._parts.extendleft(
            (number, size // parts) for number in range(page * parts, (page - 1) * parts, -1)
        )

    def _restart(self) -> None:
        self._page, self._any = 1, False
        self._parts = deque([(1, self._size_limit)])
