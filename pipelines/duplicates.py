"""New and changed posts are compared with the archive while the crawl goes on: one look-up for many posts, in a thread of its own.

What it marks is a hint, there at once; `wparchive duplicates find` settles it.
"""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from archive.backend import Outcome
from archive.duplicates.index import DuplicateIndex
from archive.duplicates.marking import mark_posts
from archive.opening import open_index
from crawler.items import Item, Post
from crawler.run import CrawlRun

logger = logging.getLogger(__name__)

BATCH = 200  # posts of one look-up
BACKLOG = 1000  # posts that may wait; the crawl waits beyond that


class DuplicatePipeline:
    """Marks what repeats other posts; never removes anything. ARCHIVE_MARK_DUPLICATES=0 leaves it to the batch."""

    def __init__(self, run: CrawlRun, archive: str) -> None:
        self._run = run
        self._archive = archive
        self._index: DuplicateIndex | None = None
        self._thread = ThreadPoolExecutor(1, "duplicates")
        self._waiting: list[str] = []
        self._work: asyncio.Task[None] | None = None
        self._broken = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if not crawler.settings.getbool("ARCHIVE_MARK_DUPLICATES"):
            raise NotConfigured
        return cls(CrawlRun.of(crawler), crawler.settings["ARCHIVE_URI"])

    async def process_item(self, item: Item) -> Item:
        """Note a written post; returns at once unless too many wait."""
        if isinstance(item, Post) and item.outcome in (Outcome.NEW, Outcome.CHANGED) and not self._broken:
            self._waiting.append(item.key)
            if self._work is None and len(self._waiting) >= BATCH:
                self._work = asyncio.ensure_future(self._mark_all())
            elif self._work is not None and len(self._waiting) > BACKLOG:
                await self._work
        return item

    async def close_spider(self) -> None:
        """Compare what still waits."""
        if self._work:
            await self._work
        await self._mark_all()
        if self._index:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._index.close)
        self._thread.shutdown()

    async def _mark_all(self) -> None:
        try:
            while self._waiting and not self._broken:
                keys, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
                await asyncio.get_running_loop().run_in_executor(self._thread, self._mark, keys)
        except Exception as error:  # a hint is not worth a crawl, whatever went wrong
            self._broken = True
            logger.warning("duplicates are not marked in this run (`wparchive duplicates find` will): %s", error)
        finally:
            self._work = None

    def _mark(self, keys: list[str]) -> None:
        if self._index is None:
            self._index = open_index(self._archive)
        mark_posts(self._index, keys, self._run.clock())
