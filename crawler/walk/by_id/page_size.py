"""What answers tell about the site's own page size, which may be less than what was asked for."""

from dataclasses import dataclass

from crawler.walk.protocol import Page, PageRequest


@dataclass(slots=True)
class PageSize:
    """Rows ever received at once prove that much; counts of pages only suggest, for a plugin may limit the rows behind their back."""

    largest: int = 0
    """Most rows ever received in one answer: the site's page size is no less."""
    middle: int = 0
    """An id in the midst of the first slice."""

    def note(self, ask: PageRequest, page: Page) -> None:
        self.largest = max(self.largest, min(len(page.ids), ask.size))
        if ask.purpose == "slice" and ask.rank == 0 and page.ids:
            self.middle = page.ids[len(page.ids) // 2]

    def exact(self, ask: PageRequest, page: Page, by_page: bool) -> bool:
        """Whether the slice began at the rank asked for: not where `offset` does nothing and the first rows come again, and a page
        number means what the site's own page size makes of it."""
        if ask.rank == 0:
            return True
        return (
            bool(page.ids)
            and page.ids[0] >= self.middle
            and (not by_page or ask.size <= self.largest)
        )

    def believed(self, ask: PageRequest, page: Page, by_page: bool) -> int | None:
        """The answer's total, unless it counts fewer rows than were seen."""
        seen = len(page.ids) + (ask.rank if self.exact(ask, page, by_page) else 0)
        return None if page.total is None or (page.ids and page.total < seen) else page.total

    def reaches_end(self, ask: PageRequest, page: Page, total: int | None, by_page: bool) -> bool:
        """Whether no row of this snapshot lies behind the slice."""
        return (
            total is not None
            and self.exact(ask, page, by_page)
            and total <= ask.rank + min(self.largest, ask.size)
        )

    def saw_all(self, ask: PageRequest, page: Page) -> bool:
        """Whether an answer without a row looked at every row there is. Where none was ever received, the count of pages must do."""
        looked_at = (
            ask.size if not self.largest and page.total_pages == 1 else min(self.largest, ask.size)
        )
        return page.total is not None and page.total <= looked_at

    def looked_at(self, ask: PageRequest, page: Page) -> int:
        """How many rows the site probably looked at, the unreadable ones among them."""
        counted = -(-page.total // page.total_pages) if page.total and page.total_pages else 0
        return min(ask.size, max(self.largest, counted) or ask.size)

    def seems_capped(self, ask: PageRequest, page: Page) -> bool:
        """Whether fewer rows came than were asked for, and the count of pages is not that of the size asked for."""
        agrees = page.total is not None and page.total_pages == -(-page.total // ask.size)
        return 0 < len(page.ids) < ask.size and not agrees
