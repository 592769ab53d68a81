"""Decide how many rows to request at once, by the time that answers take."""

from dataclasses import dataclass, replace

from crawler.rest.responses import RestResponse
from crawler.walk import PageRequest


@dataclass(frozen=True, slots=True)
class BatchSize:
    """The number of rows requested at once, by the time that answers take.

    A site whose answers take longer however few rows are asked for is slow as a whole: then fewer
    rows would only mean more requests, and `is_stubborn` keeps the size.
    """

    limit: int
    target_s: float = 2.0
    """An answer should not take longer; 0: the size never changes."""
    size: int = 0
    """0 at the beginning: the limit."""
    before: tuple[int, float] = (0, 0.0)
    """The rows and the seconds of the answer for which the size was lowered last."""
    is_stubborn: bool = False

    @property
    def rows(self) -> int:
        """Return the rows to request now."""
        return self.size or self.limit

    def after(self, rows: int, latency_s: float) -> "BatchSize":
        """Return the size after an answer with so many rows that took so long."""
        if not self.target_s or rows < 1:
            return self
        if latency_s > self.target_s:
            return self._after_slow(rows, latency_s)
        # Between half the target and the whole of it nothing changes: the size must not swing.
        if latency_s < self.target_s / 2 and self.size:
            return replace(self, size=min(self.limit, self.size + 10), is_stubborn=False)
        return self

    def _after_slow(self, rows: int, latency_s: float) -> "BatchSize":
        rows_before, latency_before_s = self.before
        # Fewer rows that took nearly as long: the rows are not what takes the time.
        shrunk = 0 < rows <= rows_before * 3 // 4
        if shrunk and latency_s > 0.8 * latency_before_s:
            return replace(self, size=rows_before, is_stubborn=True, before=(0, 0.0))
        if self.is_stubborn or rows < self.rows:
            return self  # an answer for another size, or nothing to win
        # Three quarters of the target, so that it stays between the two bounds from then on. A
        # single slow answer halves the size at most.
        wanted = int(rows * 0.75 * self.target_s / latency_s)
        size = max(1, min(rows, max(rows // 2, wanted)))
        return replace(self, size=size, before=(rows, latency_s))


class BatchTimes:
    """The number of rows of a collection to request at once, by the time that answers take."""

    def __init__(self, size: BatchSize) -> None:
        self._size = size

    def rows(self) -> int:
        """Return the rows to request now."""
        return self._size.rows

    def note(self, request: PageRequest, response: RestResponse) -> None:
        """Learn from the time that an answer with whole records took."""
        rows = request.size or len(request.ids)
        if request.ids_only or response.latency_s is None:
            return
        self._size = self._size.after(rows, response.latency_s)
