"""The end of a run that is interrupted, in order and within seconds.

What is in flight is not waited for for long: then its requests are cut off.
"""

import asyncio
import logging
import os
import sys
from contextlib import suppress
from typing import Self

from scrapy import signals
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.http import Request, Response

from crawler.errors import RunEnds
from crawler.middlewares.waiting import take_back
from crawler.run.verdict import ExitStatus
from crawler.tls_flaws import name_flaws
from wparchive.backends.helper_process import kill_helper_processes, wake_helper_processes

GRACE_S = 5.0
"""For how long what is in flight is waited for."""
CUT_OFF_WORDS = "the crawl was cut off before its end; the next run goes on"
_CUT_OFF = object()  # the signal (of Scrapy) that nothing is waited for any more

logger = logging.getLogger(__name__)


class CutOffMiddleware:
    """A downloader middleware that lets no request pass any more, once they are cut off."""

    def __init__(self) -> None:
        self._is_cut_off = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Listen to the signal."""
        middleware = cls()

        def cut_off() -> None:
            middleware.cut_off()
            take_back(crawler, lambda request: True, _not_asked)

        crawler.signals.connect(cut_off, _CUT_OFF, weak=False)
        return middleware

    def cut_off(self) -> None:
        """Let nothing pass from now on."""
        self._is_cut_off = True

    def process_request(self, request: Request) -> None:
        """Raise RunEnds where nothing may pass any more."""
        if self._is_cut_off:
            raise _not_asked(request)


class CutOffHandler(HTTP11DownloadHandler):
    """Scrapy's handler of http and https, whose downloads can be ended together.

    It also says what is wrong with a certificate.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        if crawler.settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES"):
            name_flaws(self._contextFactory)
        self._downloads: set[asyncio.Task[Response]] = set()
        self._is_cut_off = False
        crawler.signals.connect(self.cut_off, _CUT_OFF)

    async def download_request(self, request: Request) -> Response:
        """Return the response. Raises RunEnds where it is cut off, and what Scrapy raises."""
        download = asyncio.ensure_future(super().download_request(request))
        self._downloads.add(download)
        try:
            return await download
        except asyncio.CancelledError:
            if self._is_cut_off:
                raise RunEnds(
                    f"interrupted while the site had not answered: {request.url}"
                ) from None
            raise
        finally:
            self._downloads.discard(download)

    def cut_off(self) -> None:
        """End all downloads."""
        self._is_cut_off = True
        for download in self._downloads:
            download.cancel()


def _not_asked(request: Request) -> RunEnds:
    return RunEnds(f"not asked: {request.url}")


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
        logger.info("interrupted: the run ends; interrupt it again to end it at once")
        try:  # Scrapy has no verdict for a crawl that is being opened
            await asyncio.wait_for(self._goes_on.wait(), GRACE_S)
        except TimeoutError:
            _leave()
        stopped = asyncio.create_task(self._process.stop())
        await asyncio.wait([stopped], timeout=GRACE_S)
        if not stopped.done():
            logger.info("what is in flight has not ended in %.0f s, and is cut off", GRACE_S)
            self._crawler.signals.send_catch_log(_CUT_OFF)
            await stopped


def _leave() -> None:
    """End the process: its archive has not been opened, so that there is nothing to write to."""
    kill_helper_processes()
    with suppress(OSError):
        print(CUT_OFF_WORDS, file=sys.stderr, flush=True)
    os._exit(ExitStatus.INTERRUPTED)
