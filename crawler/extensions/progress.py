"""The progress line: live on a terminal, a plain line now and then where output is piped."""

import asyncio
import contextlib
import shutil
import sys
import time
from collections.abc import Callable
from typing import Self, TextIO

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawler.run.files_count import FilesCount
from crawler.run.lifecycle import is_closing, run_of
from crawler.run.report import RunReport
from crawler.settings_check import OFF

LIVE_EVERY_S = 0.5
ENDING = "  ending with what is in flight; Ctrl-C again ends at once"
CLEAR_LINE = "\r\x1b[K"


def progress_line(report: RunReport, elapsed_s: float) -> str:
    """Return how far a run is, all types together.

    `example.com  1,234/5,678 (21 %)  103/s  ETA 0:43  post`: objects archived of those expected,
    objects a second, the time that is left, and the type that is read now.
    """
    if report.files is not None and report.files.asked:
        return f"{report.site}  {_files_part(report.files, time.monotonic())}"
    done = sum(count.written for count in report.types.values())
    total = report.expected
    if not total and not done:
        return f"{report.site}  {_beginning(report)}"
    rate = 0.0
    if elapsed_s > 0:
        rate = done / elapsed_s
    parts = [report.site, f"{done:,}/{total:,}{_share(done, total)}", f"{rate:,.0f}/s"]
    if rate and total > done:
        parts.append(f"ETA {_clock((total - done) / rate)}")
    parts.append(_current_type(report))
    if report.reread:
        parts.append(f"learning what recurs: {report.reread:,} posts read again")
    return "  ".join(parts).rstrip()


def _beginning(report: RunReport) -> str:
    """Return what a run does before it knows how much there is."""
    if report.types:
        return "asking how much there is of each type"
    return "looking for the site's API"


def _files_part(files: FilesCount, now_s: float) -> str:
    """Return how far the files are: `files 12/40 (30 %)  3.4/20.1 MB  ETA 1:10`."""
    done_bytes = files.bytes
    total_bytes = files.expected_bytes
    parts = [
        f"files {files.done:,}/{files.asked:,}{_share(files.done, files.asked)}",
        f"{done_bytes / 1e6:,.1f}/{total_bytes / 1e6:,.1f} MB",
    ]
    share = _share_done(files)
    if 0 < share < 1:
        parts.append(f"ETA {_clock((now_s - files.began_s) * (1 - share) / share)}")
    return "  ".join(parts)


def _share_done(files: FilesCount) -> float:
    """Return how much of the time for the files is over.

    Most of it is spent between requests, unless files are very large: the smaller share is right.
    """
    by_files = files.done / files.asked
    expected = files.expected_bytes
    if not expected:
        return by_files
    by_bytes = files.bytes / expected
    # The first file may be the only one.
    return min(by_files, by_bytes) if files.done else by_bytes


def _share(done: int, total: int) -> str:
    if not total:
        return ""
    return f" ({100 * done // total} %)"


def _current_type(report: RunReport) -> str:
    """Return the name of the type that is read now; empty between two types."""
    # All types are in the report from the start. Only those that were begun have made requests.
    for name, count in reversed([*report.named_types()]):
        if count.requests and count.proof is None:
            return name
    return ""


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}:{minutes:02}:{rest:02}"
    return f"{minutes}:{rest:02}"


class ProgressLine:
    """The printer of the progress to standard error. CRAWL_PROGRESS=off turns it off.

    `find_report` and `is_ending` are asked for every line: an extension cannot find the run before
    all extensions are built.
    """

    def __init__(
        self,
        find_report: Callable[[], RunReport],
        is_ending: Callable[[], bool],
        *,
        out: TextIO,
        every_s: float,
        live: bool,
    ) -> None:
        self._find_report = find_report
        self._is_ending = is_ending
        self._out = out
        self._every_s = every_s
        self._live = live
        self._task: asyncio.Task[None] | None = None
        self._began = time.monotonic()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Listen to a crawler's signals. Raises NotConfigured where the line is turned off."""
        settings = crawler.settings
        if str(settings["CRAWL_PROGRESS"]).lower() in OFF:
            raise NotConfigured
        live = sys.stderr.isatty()
        every_s = LIVE_EVERY_S
        if not live:
            every_s = settings.getfloat("CRAWL_PROGRESS_EVERY_S")
        progress = cls(
            lambda: run_of(crawler).report,
            lambda: is_closing(crawler),
            out=sys.stderr,
            every_s=every_s,
            live=live,
        )
        crawler.signals.connect(progress.start, signals.spider_opened)
        crawler.signals.connect(progress.stop, signals.spider_closed)
        return progress

    def start(self) -> None:
        """Begin to print."""
        self._task = asyncio.ensure_future(self._tick())

    async def stop(self) -> None:
        """End printing, and take the live line away."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._live:
            self._write(CLEAR_LINE)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(self._every_s)
            self._print()

    def _print(self) -> None:
        """Print the line once."""
        line = progress_line(self._find_report(), time.monotonic() - self._began)
        if self._is_ending():
            line += ENDING
        if self._live:
            # A line that the terminal breaks could not be taken away.
            line = line[: shutil.get_terminal_size().columns - 1]
            self._write(f"{CLEAR_LINE}{line}")
        else:
            self._write(f"{line}\n")

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()
