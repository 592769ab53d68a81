"""Ends requests that are in flight: a run that was told to end does not wait for them for long."""

import asyncio
from typing import Self

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Request, Response

from crawler.errors import RunEnds
from crawler.middlewares.waiting import take_back

CUT_OFF = object()
"""The signal (of Scrapy) that nothing is waited for any more."""


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

        crawler.signals.connect(cut_off, CUT_OFF, weak=False)
        return middleware

    def cut_off(self) -> None:
        """Let nothing pass from now on."""
        self._is_cut_off = True

    def process_request(self, request: Request) -> None:
        """Raise RunEnds where nothing may pass any more."""
        if self._is_cut_off:
            raise _not_asked(request)


class CutOffHandler(HTTP11DownloadHandler):
    """Scrapy's handler of http and https, whose downloads can be ended together."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._downloads: set[asyncio.Task[Response]] = set()
        self._is_cut_off = False
        crawler.signals.connect(self.cut_off, CUT_OFF)

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
