"""Pages that the site has sent, and whose records are being made into items."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass

from crawler.items import Item
from crawler.rest.collections import Collection

MOST_PAGES = 4
"""Pages at work for which a further one is requested; every helper process then has one to do."""
MOST_BYTES = 5_000_000
"""The same for the raw records of these pages: their memory is bounded too."""

Records = tuple[tuple[int, bytes], ...]
"""Id and raw JSON of each record."""
ItemTask = asyncio.Task[list[Item]]


@dataclass(frozen=True, slots=True)
class AcceptedPage:
    """The records of one answer that the walk accepted, each id once."""

    collection: Collection
    records: Records
    repaired: bool = False
    settled_id: int = 0
    """The id up to which everything was accepted, with this page."""
    warc: str | None = None
    """The WARC record of the answer; None where none was written."""

    @property
    def size_bytes(self) -> int:
        """Return the length of all records."""
        return sum(len(raw) for _, raw in self.records)


class PagesAhead:
    """The items of several pages, made at a time and given in the order of the pages."""

    def __init__(self, items_of: Callable[[AcceptedPage], Awaitable[list[Item]]]) -> None:
        self._items_of = items_of
        self._work: deque[tuple[ItemTask, AcceptedPage]] = deque()
        self.settled_id = 0
        """That of the last page whose items were all given."""

    @property
    def has_room(self) -> bool:
        """Tell whether the site may be asked for a further page."""
        if len(self._work) >= MOST_PAGES:
            return False
        return sum(page.size_bytes for _, page in self._work) < MOST_BYTES

    @property
    def tasks(self) -> list[ItemTask]:
        """Return the tasks whose items were not given yet, the oldest first."""
        return [task for task, _ in self._work]

    def add(self, page: AcceptedPage) -> None:
        """Begin to make the items of a page."""
        if page.records:
            task = asyncio.ensure_future(self._items_of(page))
            self._work.append((task, page))
        elif not self._work:
            self.settled_id = page.settled_id

    def ready_items(self) -> Iterator[Item]:
        """Yield the items that are made, up to the first page that is not finished.

        Raises what making them raised.
        """
        while self._work and self._work[0][0].done():
            task, page = self._work.popleft()
            yield from task.result()
            self.settled_id = page.settled_id

    async def other_items(self) -> AsyncIterator[Item]:
        """Yield all other items, as they are made."""
        while self._work:
            await asyncio.wait([self._work[0][0]])
            for item in self.ready_items():
                yield item
