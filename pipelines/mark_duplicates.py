"""New and changed posts are compared with the archive while the crawl goes on, many at a time.

The marks are hints that are there at once; `wparchive duplicates find` settles them.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawler.items import Post
from crawler.run.lifecycle import run_of
from crawler.run.run_state import RunState
from wparchive.model.outcome import Outcome

logger = logging.getLogger(__name__)

MARKED_AT_ONCE = 400  # posts of one search
BACKLOG = 1000  # posts that may wait; the crawl waits beyond that


class DuplicatePipeline:
    """A stage that marks posts which repeat others, and never removes anything.

    `ARCHIVE_MARK_DUPLICATES=0` leaves it to `wparchive duplicates find`.
    """

    def __init__(self, run: RunState) -> None:
        self._run = run
        self._waiting: list[str] = []
        self._work: asyncio.Task[None] | None = None
        self._broken = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the stage from the settings of a crawl."""
        if not crawler.settings.getbool("ARCHIVE_MARK_DUPLICATES"):
            raise NotConfigured
        run = run_of(crawler)
        stage = cls(run)
        run.compare_again = stage.add
        return stage

    def add(self, keys: Sequence[str]) -> None:
        """Note posts that a run before has written: it may have ended before they were compared."""
        self._waiting += keys
        self._begin()

    def _begin(self) -> None:
        if self._work is None and len(self._waiting) >= MARKED_AT_ONCE:
            self._work = asyncio.ensure_future(self._mark_all())

    async def process_item(self, item: Any) -> Any:
        """Note a written post; returns at once unless too many wait."""
        if self._broken or not isinstance(item, Post) or item.written is None:
            return item
        if item.written.outcome in (Outcome.NEW, Outcome.CHANGED):
            self._waiting.append(item.key)
            self._begin()
            if self._work is not None and len(self._waiting) > BACKLOG:
                await self._work
        return item

    async def close_spider(self) -> None:
        """Compare the posts that still wait."""
        if self._work:
            await self._work
        await self._mark_all()

    async def _mark_all(self) -> None:
        try:
            while self._waiting and not self._broken:
                keys = self._waiting[:MARKED_AT_ONCE]
                # Taken off before the wait, in which further posts are noted.
                self._waiting = self._waiting[MARKED_AT_ONCE:]
                await self._run.store.mark_duplicates(keys, self._run.clock())
        except Exception as error:  # a hint is not worth a crawl, whatever went wrong
            self._broken = True
            logger.warning(
                "duplicates are not marked in this run (`wparchive duplicates find` will): %s",
                error,
            )
        finally:
            self._work = None
