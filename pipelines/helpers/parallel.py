"""Posts cleaned and fingerprinted by processes of their own, many at a time, where a crawl is faster than one core can clean.

Whatever goes wrong with one, the posts come back untouched, and the stages `clean` and `fingerprint` do them as ever, with their own
errors.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from operator import attrgetter
from queue import SimpleQueue
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawler.items import Item, Post
from crawler.run.helper_processes import HelperProcessChoice, spare_cores
from crawler.run.lifecycle import run_of
from pipelines.cleaning import MAX_CONTENT_BYTES
from pipelines.helpers.cleaning_worker import GIVEN, TAKEN
from wparchive.backends.helper_process import PROCESS_TROUBLE, HelperProcess

logger = logging.getLogger(__name__)

BATCH = 33  # a third of a page: the first third is back before the last one is parsed
GATHER_S = 0.005  # how long posts are gathered for a batch
MOST_PROCESSES = 3  # what one crawling process can keep busy
_given = attrgetter(*GIVEN)


class ParallelCleaning:
    """Fills what `clean` and `fingerprint` would fill. Settings: `CLEAN_PROCESSES`, `CLEAN_MAX_BYTES`."""

    def __init__(
        self, processes: int, max_bytes: int = MAX_CONTENT_BYTES, apart: Callable[[], bool] = lambda: True
    ) -> None:
        self._max_bytes = max_bytes
        self._apart = apart
        self._threads = ThreadPoolExecutor(processes, "cleaning")
        self._workers = [
            HelperProcess("pipelines.helpers.cleaning_worker") for _ in range(processes)
        ]
        self._idle: SimpleQueue[HelperProcess] = SimpleQueue()
        for worker in self._workers:
            self._idle.put(worker)
        self._waiting: list[tuple[Post, asyncio.Future[None]]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._batches: set[asyncio.Task[None]] = set()
        self._broken = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        settings = crawler.settings
        automatic = settings.get("CLEAN_PROCESSES", "auto") == "auto"
        wanted = (
            min(spare_cores(settings), MOST_PROCESSES)
            if automatic
            else settings.getint("CLEAN_PROCESSES")
        )
        if wanted < 1:
            raise NotConfigured
        run = run_of(crawler)
        choice = HelperProcessChoice.from_settings(
            settings, "CLEAN_PROCESSES", lambda: run.report.expected
        )
        max_bytes = settings.getint("CLEAN_MAX_BYTES", MAX_CONTENT_BYTES)
        return cls(wanted, max_bytes, choice.should_start)

    async def process_item(self, item: Item) -> Item:
        """Returns when a process has done the post, or at once where none is to."""
        if isinstance(item, Post) and not self._broken and self._apart():
            await self._done(item)
        return item

    async def close_spider(self) -> None:
        """End the processes."""
        if self._batches:
            await asyncio.gather(*self._batches)
        for worker in self._workers:
            worker.close()
        self._threads.shutdown()

    def _done(self, post: Post) -> "asyncio.Future[None]":
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self._waiting.append((post, future))
        if len(self._waiting) >= BATCH:
            self._send()
        elif self._timer is None:
            self._timer = loop.call_later(GATHER_S, self._send)
        return future

    def _send(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        batch, self._waiting = self._waiting, []
        task = asyncio.ensure_future(self._clean(batch))
        self._batches.add(task)
        task.add_done_callback(self._batches.discard)

    async def _clean(self, batch: Sequence[tuple[Post, "asyncio.Future[None]"]]) -> None:
        try:
            given = [_given(post) for post, _ in batch]
            answers = await asyncio.get_running_loop().run_in_executor(
                self._threads, self._exchange, given
            )
            for (post, _), values in zip(batch, answers, strict=True):
                for name, value in zip(
                    TAKEN, values, strict=False
                ):  # no values: it failed, and will again where that is told
                    setattr(post, name, getattr(post, name) + value if name == "flags" else value)
        except PROCESS_TROUBLE as error:
            if not self._broken:
                logger.warning(
                    "a process that cleans posts ended (%s: %s); the crawl goes on without",
                    type(error).__name__,
                    error,
                )
            self._broken = True
        finally:
            for _, future in batch:
                if not future.done():  # done: its item was cancelled
                    future.set_result(None)

    def _exchange(self, given: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Runs in a thread; there are as many as workers, so that one is always idle."""
        worker = self._idle.get()
        try:
            answers: list[tuple[Any, ...]] = worker.ask((self._max_bytes, given))
            return answers
        finally:
            self._idle.put(worker)
