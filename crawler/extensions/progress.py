"""How far the crawl is: one live line on a terminal, a plain line now and then where output is piped."""

import asyncio
import contextlib
import sys
import time
from typing import Self, TextIO

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawler.run.lifecycle import CrawlRun
from crawler.run.report import RunReport
from crawler.run.scrapy_state import is_closing

LIVE_EVERY_S = 0.5
ENDING = "  ending with what is in flight; Ctrl-C again ends at once"


def progress_line(report: RunReport, elapsed_s: float) -> str:
    """`example.com  1,234/5,678 (21 %)  103/s  ETA 0:43  post`: done over the site's own totals, all types together."""
    done = sum(count.written for count in report.types.values())
    total = report.expected
    current = next(
        (
            name
            for name, count in reversed(report.types.items())
            if count.requests and not count.proof
        ),
        "",
    )
    rate = done / elapsed_s if elapsed_s > 0 else 0.0
    share = f" ({100 * done // total} %)" if total else ""
    eta = f"  ETA {_clock((total - done) / rate)}" if rate and total > done else ""
    return f"{report.site}  {done:,}/{total:,}{share}  {rate:,.0f}/s{eta}  {current}".rstrip()


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class Progress:
    """Prints to standard error; CRAWL_PROGRESS=off turns it off."""

    def __init__(self, crawler: Crawler, out: TextIO, every_s: float, live: bool) -> None:
        self._crawler = crawler
        self._run = CrawlRun.of(crawler)
        self._out = out
        self._every_s = every_s
        self._live = live
        self._task: asyncio.Task[None] | None = None
        self._began = time.monotonic()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        mode = str(crawler.settings.get("CRAWL_PROGRESS", "auto")).lower()
        if mode in ("off", "0", "false", "no"):
            raise NotConfigured
        live = sys.stderr.isatty()
        every_s = LIVE_EVERY_S if live else crawler.settings.getfloat("CRAWL_PROGRESS_EVERY_S")
        progress = cls(crawler, sys.stderr, every_s, live)
        crawler.signals.connect(progress.start, signals.spider_opened)
        crawler.signals.connect(progress.stop, signals.spider_closed)
        return progress

    def start(self) -> None:
        """Begin to print."""
        self._task = asyncio.ensure_future(self._tick())

    async def stop(self) -> None:
        """Take the live line away."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._live:
            self._out.write("\r\x1b[K")
            self._out.flush()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(self._every_s)
            line = progress_line(self._run.report, time.monotonic() - self._began)
            if is_closing(self._crawler):
                line += ENDING
            self._out.write(f"\r\x1b[K{line}" if self._live else f"{line}\n")
            self._out.flush()
