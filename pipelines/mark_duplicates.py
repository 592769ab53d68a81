"""New and changed posts are compared with the archive while the crawl goes on, many at a time.

What is marked is a hint, there at once; `wparchive duplicates find` settles it.
"""

import asyncio
import logging
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawler.items import Item, Post
from crawler.run.lifecycle import run_of
from crawler.run.state import RunState
from wparchive.model.outcome import Outcome

logger = logging.getLogger(__name__)

BATCH = 400  # posts of one look-up
BACKLOG = 1000  # posts that may wait; the crawl waits beyond that


class DuplicatePipeline:
    """Marks what repeats other posts; never removes anything. ARCHIVE_MARK_DUPLICATES=0 leaves it to the batch."""

    def __init__(self, run: RunState) -> None:
        self._run = run
        self._waiting: list[str] = []
        self._work: asyncio.Task[None] | None = None
        self._broken = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if not crawler.settings.getbool("ARCHIVE_MARK_DUPLICATES"):
            raise NotConfigured
        return cls(run_of(crawler))

    async def process_item(self, item: Item) -> Item:
        """Note a written post; returns at once unless too many wait."""
        if (
            isinstance(item, Post)
            and item.outcome in (Outcome.NEW, Outcome.CHANGED)
            and not self._broken
        ):
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

    async def _mark_all(self) -> None:
        try:
            while self._waiting and not self._broken:
                keys, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
                await self._run.store.mark_duplicates(keys, self._run.clock())
        except Exception as error:  # a hint is not worth a crawl, whatever went wrong
            self._broken = True
            logger.warning(
                "duplicates are not marked in this run (`wparchive duplicates find` will): %s",
                error,
            )
        finally:
            self._work = None
