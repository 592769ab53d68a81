"""Learn the site's own page size from the answers to slices.

A site may give fewer rows at once than were requested. Rows received at once prove a page size.
Counts of pages only suggest one, because a plugin may limit the rows without changing the counts.
"""

from dataclasses import dataclass, replace

from crawler.walk.protocol import Page, PageRequest


@dataclass(frozen=True, slots=True)
class PageSize:
    """The evidence so far. `by_page` below says whether windows are requested by page number."""

    largest: int = 0
    """Most rows received in one answer: the site's page size is at least this."""
    middle: int = 0
    """An id in the middle of the first slice."""

    def noted(self, request: PageRequest, page: Page) -> "PageSize":
        """Return the evidence with one more answer."""
        evidence = replace(self, largest=max(self.largest, min(len(page.ids), request.size)))
        if request.purpose == "slice" and request.rank == 0 and page.ids:
            return replace(evidence, middle=page.ids[len(page.ids) // 2])
        return evidence

    def begins_at_rank(self, request: PageRequest, page: Page, by_page: bool) -> bool:
        """Return whether the slice surely began at the rank requested.

        Where `offset` does nothing, the first rows come again. A page number means what the site's
        own page size makes of it.
        """
        if request.rank == 0:
            return True
        if not page.ids or page.ids[0] < self.middle:
            return False
        return not by_page or request.size <= self.largest

    def believed_total(self, request: PageRequest, page: Page, by_page: bool) -> int | None:
        """Return the answer's total, or None if it counts fewer rows than were seen."""
        if page.total is None or not page.ids:
            return page.total
        seen = len(page.ids)
        if self.begins_at_rank(request, page, by_page):
            seen += request.rank
        return page.total if page.total >= seen else None

    def reaches_end(
        self, request: PageRequest, page: Page, total: int | None, by_page: bool
    ) -> bool:
        """Return whether no row of this snapshot lies behind the slice."""
        if total is None or not self.begins_at_rank(request, page, by_page):
            return False
        return total <= request.rank + min(self.largest, request.size)

    def saw_all(self, request: PageRequest, page: Page) -> bool:
        """Return whether an answer without a row looked at every row that the site has."""
        looked_at = min(self.largest, request.size)
        if not self.largest and page.total_pages == 1:
            # No row was ever received, so the count of pages is all there is to go by.
            looked_at = request.size
        return page.total is not None and page.total <= looked_at

    def rows_looked_at(self, request: PageRequest, page: Page) -> int:
        """Return how many rows the site probably looked at, the unreadable ones among them."""
        counted = 0
        if page.total and page.total_pages:
            counted = -(-page.total // page.total_pages)
        return min(request.size, max(self.largest, counted) or request.size)

    def seems_capped(self, request: PageRequest, page: Page) -> bool:
        """Return whether the site seems to give fewer rows at once than were requested.

        Fewer rows came, and the count of pages does not fit the size requested.
        """
        if not 0 < len(page.ids) < request.size:
            return False
        return page.total is None or page.total_pages != -(-page.total // request.size)
