"""Pages that the site has sent, and whose records are being made into items."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass

from crawler.items import Item
from crawler.parsing import RecordSource, parse_from
from crawler.rest.collections import Collection
from crawler.run.failures import NotArchived
from crawler.run.run_state import RunState

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


MakeItems = Callable[[AcceptedPage], Awaitable[list[Item]]]
"""Makes the items of an accepted page."""


class PagesAhead:
    """The items of several pages, made at a time and given in the order of the pages."""

    def __init__(self, make_items: MakeItems) -> None:
        self._make_items = make_items
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
            task = asyncio.ensure_future(self._make_items(page))
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


async def items_of(page: AcceptedPage, run: RunState) -> list[Item]:
    """Return the items of an accepted page. A record that cannot be parsed is a failure."""
    source = RecordSource(page.collection, run.site_key, run.home, page.repaired, run.language)
    records = page.records
    if run.complete_page is not None:
        records = await run.complete_page(page.collection, records)
    found: list[Item | None] = [None] * len(records)
    if run.finish_page is not None:
        found = await run.finish_page([raw for _, raw in records], source)
    items = []
    for (id_, raw), item in zip(records, found, strict=True):
        try:
            # No helper process took it, or one failed at it. Then the stages do the work.
            if item is None:
                item = parse_from(raw, source)
            # A cache may send the right page with the wrong records.
            if item.id != id_:
                raise ValueError(f"the record that is listed as {id_} says that it is {item.id}")
        # A plugin can put any shape under any name, and nest it deeper than Python's stack.
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            await run.failures.add(_unparsed(page.collection, id_, raw, error))
            continue
        item.warc = page.warc
        items.append(item)
    return items


def _unparsed(collection: Collection, id_: int, raw: bytes, error: Exception) -> NotArchived:
    return NotArchived(
        kind=collection.kind,
        type=collection.type,
        id=id_,
        stage="parse",
        cause=type(error).__name__,
        message=str(error),
        raw=raw,
    )
