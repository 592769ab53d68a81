"""What the walks without an id order share: one request at a time, ids remembered, trouble answered by asking for less."""

from abc import ABC, abstractmethod

from crawler.walk.certificate import CertificateBuilder
from crawler.walk.protocol import Capabilities, Certificate, Page, PageRequest, Problem, ProblemKind
from crawler.walk.windows import lower_page_size


class OneAtATimeWalk(ABC):
    """Remembers every id, since nothing else tells which rows were seen."""

    def __init__(
        self, capabilities: Capabilities, *, per_page: int = 100, streak_limit: int = 20
    ) -> None:
        self._ledger = CertificateBuilder()
        self._parameters = capabilities.parameters
        self._size_limit = max(1, min(per_page, capabilities.per_page_maximum))
        self._streak_limit = streak_limit
        self._streak = 0
        self._seen: set[int] = set()
        self._previous: tuple[int, ...] = ()
        self._under_way: PageRequest | None = None
        self._finished = False

    @property
    def finished(self) -> bool:
        return self._finished

    @property
    def certificate(self) -> Certificate:
        return self._ledger.certificate(self._finished)

    def asks(self) -> list[PageRequest]:
        if self._finished or self._under_way:
            return []
        if self._ledger.endless(1, 0):
            self._stop(f"no end after {self._ledger.asks} requests")
            return []
        page, size = self._position()
        params = (
            *self._order(),
            *((("page", str(page)),) if page > 1 else ()),
            ("per_page", str(size)),
        )
        self._ledger.asks += 1
        self._under_way = PageRequest(
            params, "slice", self._ledger.asks, rank=(page - 1) * size, size=size
        )
        return [self._under_way]

    def feed(self, ask: PageRequest, page: Page) -> list[int]:
        self._under_way = None
        if self._finished:
            return []
        self._streak = 0
        if self._repeats(ask, page):
            self._ledger.query_ignored = True
            self._stop("the same page came for every query")
            return []
        new = [id for id in dict.fromkeys(page.ids) if id not in self._seen]
        self._seen.update(new)
        self._ledger.listed += len(new)
        self._previous = page.ids
        self._take(ask, page, bool(new))
        return new

    def fail(self, ask: PageRequest, trouble: Problem) -> None:
        self._under_way = None
        if self._finished:
            return
        smaller = lower_page_size(ask.size)
        if trouble.kind is ProblemKind.CONTENT:
            if ask.size == 1:
                self._streak += 1
            if self._streak > self._streak_limit:
                self._stop(
                    f"{self._streak} records in a row could not be had: {trouble.message or trouble.cause}"
                )
            else:
                self._shrink(ask, trouble)
        elif trouble.kind is ProblemKind.REJECTED and "page" in trouble.parameters:
            self._take(ask, Page(()), False)
        elif trouble.kind is ProblemKind.REJECTED and "per_page" in trouble.parameters and smaller:
            self._size_limit = smaller
            self._restart()
        else:
            self._ledger.order_ignored = bool(trouble.parameters & {"orderby", "order", "before"})
            self._stop(trouble.message or trouble.cause)

    def _repeats(self, ask: PageRequest, page: Page) -> bool:
        return ask.rank > 0 and ask.size > 1 and bool(page.ids) and page.ids == self._previous

    def _stop(self, reason: str = "") -> None:
        if reason:
            self._ledger.doubt(reason)
        self._finished = True

    @abstractmethod
    def _position(self) -> tuple[int, int]:
        """Page number, from 1, and page size to ask next."""

    @abstractmethod
    def _order(self) -> tuple[tuple[str, str], ...]:
        """The parameters that choose and sort the rows."""

    @abstractmethod
    def _take(self, ask: PageRequest, page: Page, new: bool) -> None:
        """Decide what comes next after an answer, and whether it brought anything new."""

    @abstractmethod
    def _shrink(self, ask: PageRequest, trouble: Problem) -> None:
        """An answer cannot be made: ask for less, or at one row give that row up."""

    @abstractmethod
    def _restart(self) -> None:
        """The page size changed."""
