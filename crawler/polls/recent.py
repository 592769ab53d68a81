"""The polls of recent rows: the newest first, or everything modified since a moment."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Literal

from crawler.polls.listing import LightRow, Listing, moment, shifted
from crawler.walk import PageRequest, Problem

SortedBy = Literal["id", "date", "modified"]
MAX_RESTARTS = 3
"""Times that a list may shift under the poll before it gives up."""
_SECOND = timedelta(seconds=1)
_BEFORE: dict[SortedBy, str] = {"date": "before", "modified": "modified_before"}
"""Parameters that leave the rows before a moment."""


class NewestFirst:
    """A poll of a list in falling order, until a row for which `is_old` is true.

    The first request names no moment, so that its total is that of the whole collection. A further
    page begins at the last row received: where it is named by its date, rows cannot shift
    it. Where it is named by its rank, the page must begin with a row that was seen, or the list has
    shifted and the poll begins anew. `parameters` are those that the route knows.
    """

    def __init__(
        self,
        order: SortedBy,
        is_old: Callable[[LightRow], bool],
        parameters: frozenset[str],
        size: int,
        first: Listing | None = None,
    ) -> None:
        self.rows: dict[int, LightRow] = {}
        self.total: int | None = None
        self.trouble = ""
        self._order = order
        self._is_old = is_old
        self._before_name = _BEFORE.get(order, "")
        self._by_date = self._before_name in parameters
        self._may_offset = "offset" in parameters
        self._size = size
        self._before = ""
        self._offset = 0
        self._restarts = 0
        self._requests = 0
        self._finished = False
        if first is not None:
            self.feed(first)

    def next_request(self) -> PageRequest | None:
        if self._finished or self.trouble:
            return None
        self._requests += 1
        params = tuple(self._params())
        return PageRequest(params, "slice", self._requests, rank=self._offset, size=self._size)

    def _params(self) -> Iterator[tuple[str, str]]:
        yield "orderby", self._order
        yield "order", "desc"
        yield "per_page", str(self._size)
        if self._before:
            yield self._before_name, self._before
        if self._offset:
            yield "offset", str(self._offset)

    def feed(self, listing: Listing) -> None:
        is_first = not self._before and not self._offset
        if is_first:
            self.total = listing.total
        if not self._is_in_order(listing):
            self.trouble = f"the site does not keep to the order by {self._order}"
            return
        if self._offset and not self._has_anchor(listing):
            self._restart()
            return
        known_before = len(self.rows)
        self.rows.update((row.id, row) for row in listing.rows)
        if self._is_last(listing):
            self._finished = True
            return
        self._move(listing, brought_news=len(self.rows) > known_before)

    def fail(self, problem: Problem) -> None:
        self.trouble = problem.reason or "no answer"

    def _is_in_order(self, listing: Listing) -> bool:
        if self._order == "id":
            return all(a > b for a, b in pairwise(listing.ids))
        values = [getattr(row, self._order) for row in listing.rows]
        return all(a >= b for a, b in pairwise(values))

    def _has_anchor(self, listing: Listing) -> bool:
        return bool(listing.rows) and listing.rows[0].id in self.rows

    def _is_last(self, listing: Listing) -> bool:
        if listing.rows and self._is_old(listing.rows[-1]):
            return True
        if listing.total is None:
            return not listing.rows
        return listing.total <= self._offset + len(listing.rows)

    def _move(self, listing: Listing, brought_news: bool) -> None:
        """Go on behind the last row received."""
        if self._by_date and listing.rows and not self._offset:
            # By date, the next window ends a second after the last row: rows of one second may be
            # parted by the end of a page.
            last = getattr(listing.rows[-1], self._order)
            before = shifted(last, _SECOND)
            if moment(last) and before != self._before:
                self._before = before
                return
        if not self._may_offset or not (listing.rows or self._offset == 0):
            self.trouble = f"the list by {self._order} cannot be read on"
            return
        if not brought_news and self._offset:
            self.trouble = f"the list by {self._order} does not go on"
            return
        # One row overlaps. It shows that no row vanished before it meanwhile.
        self._offset += max(1, len(listing.rows) - 1)

    def _restart(self) -> None:
        self._restarts += 1
        self._before = ""
        self._offset = 0
        if self._restarts > MAX_RESTARTS:
            self.trouble = f"the list by {self._order} shifts all the time"


class ModifiedSince:
    """A poll that goes forward by `modified_after`, and never by page number.

    An object that is edited meanwhile goes to the end of the list, and all rows behind it move up
    by one. A request that names the last `modified` seen, less a second, is not moved by that.
    """

    def __init__(self, since: str, size: int, limit: int = 10_000) -> None:
        self.rows: dict[int, LightRow] = {}
        self.total: int | None = None  # the answers count only what was modified
        self.trouble = ""
        self._after = since
        self._offset = 0
        self._size = size
        self._limit = limit
        self._requests = 0
        self._finished = False

    def next_request(self) -> PageRequest | None:
        if self._finished or self.trouble:
            return None
        self._requests += 1
        if self._requests > self._limit:
            self.trouble = f"the list of what was modified has no end after {self._limit} requests"
            return None
        params = [
            ("modified_after", self._after),
            ("orderby", "modified"),
            ("order", "asc"),
            ("per_page", str(self._size)),
        ]
        if self._offset:
            params.append(("offset", str(self._offset)))
        return PageRequest(
            tuple(params), "slice", self._requests, rank=self._offset, size=self._size
        )

    def feed(self, listing: Listing) -> None:
        if any(row.modified <= self._after for row in listing.rows):
            self.trouble = "the site does not filter by date of change"
            return
        self.rows.update((row.id, row) for row in listing.rows)
        if listing.total is None:
            self._finished = not listing.rows or len(listing.rows) < self._size
        else:
            self._finished = listing.total <= self._offset + len(listing.rows)
        if not self._finished:
            self._move(listing)

    def fail(self, problem: Problem) -> None:
        self.trouble = problem.reason or "no answer"

    def _move(self, listing: Listing) -> None:
        """Go on a second before the last row; behind it where all rows share that second."""
        last = listing.rows[-1].modified if listing.rows else ""
        after = shifted(last, -_SECOND)
        if moment(last) and after > self._after:
            self._after = after
            self._offset = 0
        else:
            self._offset += self._size - 1


def first_by_id(size: int) -> PageRequest:
    """Return the request for the newest rows by id, with which the polls begin."""
    params = (("orderby", "id"), ("order", "desc"), ("per_page", str(size)))
    return PageRequest(params, "slice", 1, size=size)
