"""The items that are in the pipelines: their number is counted, and their memory is bounded."""

import asyncio
from contextlib import suppress
from typing import Any

from crawler.items import Item
from wparchive.backends.batch_writer import BatchWriter

BYTES_IN_FLIGHT_MAX = 10_000_000
"""Limit on the raw bytes of all items in the pipelines.

Each byte costs 10 to 20 bytes of memory, in all the forms and processes that an item goes through.
CONCURRENT_ITEMS alone would let a site with long posts take gigabytes.
"""
LOOK_EVERY_S = 0.01  # while the last items of a collection are waited for


class ItemsInFlight:
    """Counts items in and out of the pipelines."""

    def __init__(self) -> None:
        self._writer: BatchWriter | None = None
        self._items = 0
        self._bytes = 0
        self._arrival = asyncio.Event()

    def end_in(self, writer: BatchWriter) -> None:
        """Note the writer in whose batches the items end; the store stage has it."""
        self._writer = writer

    async def sent(self, item: Item) -> None:
        """Count an item in, once there is room for it. A single item always has room."""
        while self._items and self._bytes + item.received_bytes > BYTES_IN_FLIGHT_MAX:
            self._arrival.clear()
            await self._arrival.wait()
        self._items += 1
        self._bytes += item.received_bytes

    def arrived(self, item: Any) -> None:
        """Count an item out: it was written, or it will not be.

        A stage that is not ours may have put an object of another class in the place of the item.
        """
        # Scrapy's `item_scraped` signal would do as well, at the cost of a task for each item.
        if not self._items:
            return
        if isinstance(item, Item):
            self._bytes -= item.received_bytes
        else:
            self._bytes -= self._bytes // self._items
        self._items -= 1
        self._arrival.set()

    async def drained(self) -> None:
        """Wait until every item has been written or refused."""
        while self._items > 0:
            # The last items of a collection do not fill a batch: write it before its time.
            if self._writer and self._writer.pending >= self._items:
                self._writer.end_batches()
            self._arrival.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._arrival.wait(), LOOK_EVERY_S)
