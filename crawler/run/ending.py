"""The end of a run that was interrupted: in order, and within seconds."""

import asyncio
import logging
import os
import sys
from contextlib import suppress

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler

from crawler.middlewares.cut_off import CUT_OFF
from crawler.run.verdict import ExitStatus
from wparchive.backends.helper_process import kill_helper_processes, wake_helper_processes

GRACE_S = 5.0
"""For how long what is in flight is waited for."""
CUT_OFF_WORDS = "the crawl was cut off before its end; the next run goes on"

logger = logging.getLogger(__name__)


class OrderlyEnd:
    """The end of a crawl, which an interrupt begins."""

    def __init__(self, process: AsyncCrawlerProcess, crawler: Crawler) -> None:
        self._process = process
        self._crawler = crawler
        self._loop = asyncio.get_event_loop()
        self._end: asyncio.Task[None] | None = None
        self._goes_on = asyncio.Event()
        # The first request needs no network (`WordPressSpider.start`).
        crawler.signals.connect(self._goes_on.set, signals.request_reached_downloader)

    def begin(self) -> None:
        """Begin; may be called by the handler of a signal, also before the loop runs."""
        wake_helper_processes()
        self._loop.call_soon_threadsafe(self._begin)

    def _begin(self) -> None:
        self._end = self._loop.create_task(self._ended())

    async def _ended(self) -> None:
        """End the run. What does not answer in time is cut off."""
        logger.info("interrupted: the run ends; once more ends it at once")
        try:  # Scrapy has no verdict for a crawl that is being opened
            await asyncio.wait_for(self._goes_on.wait(), GRACE_S)
        except TimeoutError:
            _leave()
        stopped = asyncio.create_task(self._process.stop())
        await asyncio.wait([stopped], timeout=GRACE_S)
        if not stopped.done():
            logger.info("what is in flight has not ended in %.0f s, and is cut off", GRACE_S)
            self._crawler.signals.send_catch_log(CUT_OFF)
            await stopped


def _leave() -> None:
    """End the process: its archive has not been opened, so that there is nothing to write to."""
    kill_helper_processes()
    with suppress(OSError):
        print(CUT_OFF_WORDS, file=sys.stderr, flush=True)
    os._exit(ExitStatus.INTERRUPTED)
