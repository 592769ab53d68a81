"""What is on its way through the pipelines: bounded, and waited for before vanished objects are looked for."""

import asyncio
from contextlib import suppress

from crawler.items import Item
from wparchive.backends.batch_writer import BatchWriter

MOST_BYTES = 10_000_000
"""Of raw records on their way together; each becomes ten to twenty times as much memory, in all forms and processes it goes through.
CONCURRENT_ITEMS alone would let sites with long posts take gigabytes."""
LOOK_EVERY_S = 0.01  # while the last items of a collection are waited for


class ItemsInFlight:
    """Counts items in and out."""

    def __init__(self) -> None:
        self.writer: BatchWriter | None = None
        """Set by the store stage."""
        self._items = 0
        self._bytes = 0
        self._arrival = asyncio.Event()

    async def sent(self, item: Item) -> None:
        """An item is given to the pipelines, once there is room for it; one alone always has."""
        while self._items and self._bytes + len(item.raw) > MOST_BYTES:
            self._arrival.clear()
            await self._arrival.wait()
        self._items += 1
        self._bytes += len(item.raw)

    def arrived(self, item: Item) -> None:
        """It was written, or will not be. (Listening to Scrapy's `item_scraped` instead costs a task for each item.)"""
        self._items -= 1
        self._bytes -= len(item.raw)
        self._arrival.set()

    async def drained(self) -> None:
        """Wait until every item that was sent has been written or refused. A last batch does not wait for its time."""
        while self._items > 0:
            if self.writer and self.writer.pending >= self._items:
                self.writer.end_batches()
            self._arrival.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._arrival.wait(), LOOK_EVERY_S)
