"""`scrapy doctor SITE`: what a site offers, what is wrong with it, and what to do.

Nothing is archived. `crawler/doctor/examination.py` looks at the site.
"""

import argparse
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from importlib import import_module
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.commands import ScrapyCommand
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.statscollectors import StatsCollector

from crawler.doctor.diagnosis import (
    DOCTOR_STATUSES,
    REQUESTS_MAX,
    SECONDS_MAX,
    Diagnosis,
    diagnosis_lines,
)
from crawler.doctor.examination import Examination
from crawler.errors import BadArguments, CrawlError, RunEnds
from crawler.interrupts import end_at_first_interrupt
from crawler.rest.client import RestClient
from crawler.run.output import printable
from crawler.run.verdict import ExitStatus
from crawler.settings_check import check_settings, set_for_sites
from crawler.site.start_address import normalise_address
from wparchive.commands.output import print_json, say, tell, wrapped


class Doctor(ScrapyCommand):
    """The command."""

    requires_project = True
    default_settings: ClassVar[dict[str, Any]] = {}

    def syntax(self) -> str:
        """Return what follows the name of the command."""
        return "[options] SITE"

    def short_desc(self) -> str:
        """Return what the command does, in a line."""
        return "Say what a WordPress site offers, what is wrong with it, and what to do"

    def long_desc(self) -> str:
        """Return the help: what it does, an example, the exit statuses."""
        statuses = "\n".join(f"  {code:>3}  {text}" for code, text in DOCTOR_STATUSES.items())
        return (
            f"{self.short_desc()}, with {REQUESTS_MAX} requests at most. Nothing is archived.\n"
            f"A look asks nothing more after {SECONDS_MAX} s, and waits for no long pause.\n\n"
            f"  scrapy doctor https://example.com/blog\n\nExit status:\n{statuses}\n"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the options."""
        super().add_options(parser)
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.description = self.long_desc()
        parser.add_argument("--json", action="store_true", help="print the diagnosis as JSON")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Examine, print, and set the exit status."""
        if len(args) != 1:
            raise UsageError("give the address of one site: scrapy doctor https://example.com")
        assert self.settings is not None
        try:
            shown = normalise_address(args[0])  # without parameters, which may be secrets
            check_settings(self.settings, vars(import_module(os.environ["SCRAPY_SETTINGS_MODULE"])))
        except BadArguments as error:
            raise UsageError(str(error), print_help=False) from None
        assert self.crawler_process
        set_for_a_look(self.settings)
        if not opts.json:
            print(f"looking at {shown} ...", file=sys.stderr)
        crawler = self.crawler_process.create_crawler(DoctorSpider)
        self.crawler_process.crawl(crawler, site=args[0])
        end_at_first_interrupt("doctor: interrupted; nothing was archived")
        self.crawler_process.start(install_signal_handlers=False)
        self._answer(crawler.spider, shown, as_json=opts.json)

    def _answer(self, spider: Any, shown: str, *, as_json: bool) -> None:
        diagnosis = getattr(spider, "diagnosis", None)
        if diagnosis is None:
            words = getattr(spider, "error", None) or "the look was cut off; see the log"
            tell(f"doctor: {printable(words)}")
            self.exitcode = int(ExitStatus.ERROR)
            return
        self.exitcode = diagnosis.exit_status
        diagnosis.address = shown
        if as_json:
            print_json({**asdict(diagnosis), "exit_status": diagnosis.exit_status})
            return
        text = "\n".join(map(printable, diagnosis_lines(diagnosis)))
        say(wrapped(text, hanging=2))


def set_for_a_look(settings: BaseSettings) -> None:
    """Set what a look needs differently from a crawl: it archives nothing, and waits for little."""
    for name, value in _SETTINGS.items():
        settings.set(name, value, priority="cmdline")
    timeout_s = min(settings.getfloat("DOWNLOAD_TIMEOUT"), TIMEOUT_MAX_S)
    settings.set("DOWNLOAD_TIMEOUT", timeout_s, priority="cmdline")
    middlewares = dict(settings.getdict("DOWNLOADER_MIDDLEWARES"))
    middlewares["crawler.commands.doctor.RequestBudget"] = 950
    # These belong to a run.
    middlewares["crawler.middlewares.warc.WarcMiddleware"] = None
    middlewares["crawler.files.resuming.ResumeFilesMiddleware"] = None
    settings.set("DOWNLOADER_MIDDLEWARES", middlewares, priority="cmdline")


TIMEOUT_MAX_S = 30.0
"""Seconds for one answer, where DOWNLOAD_TIMEOUT is longer."""
_SETTINGS: dict[str, Any] = {
    "EXTENSIONS": {},
    "ITEM_PIPELINES": {},
    "RETRY_TIMES": 0,
    "REDIRECT_MAX_TIMES": 3,
    # A pause that a site asks for is kept where it is short; a longer one ends the look.
    "CRAWL_RETRY_AFTER_MAX_S": 10.0,
    "CRAWL_WAIT_TOTAL_MAX_S": 20.0,
    "CRAWL_PACE_MAX_S": 10.0,
    "CRAWL_BREAKER_AFTER": 0,
    "CRAWL_BREAKER_PAUSE_S": 0.0,
    "CRAWL_LOCKOUT_S": 0.0,
}


class RequestBudget:
    """A downloader middleware that lets `REQUESTS_MAX` requests pass, and none too late."""

    def __init__(
        self, stats: StatsCollector | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stats = stats
        self._clock = clock
        self._began_at = clock()
        self._sent = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it with the statistics of a crawler, where the number is read."""
        return cls(crawler.stats)

    def process_request(self, request: Request) -> None:
        """Count a request. Raises RunEnds for one that is too many, or too late."""
        if urlsplit(request.url).scheme == "data":
            return
        if self._sent >= REQUESTS_MAX:
            raise RunEnds(f"a look takes {REQUESTS_MAX} requests at most")
        if self._clock() - self._began_at >= SECONDS_MAX:
            raise RunEnds(f"a look takes {SECONDS_MAX} s at most, and this site takes long")
        self._sent += 1
        if self._stats:
            self._stats.inc_value("doctor/requests")


class DoctorSpider(Spider):
    """The spider of one examination."""

    name = "doctor"
    diagnosis: Diagnosis | None = None
    error: str | None = None

    def __init__(self, site: str) -> None:
        super().__init__()
        self.site = site
        self.address = normalise_address(site)  # credentials go there
        self.host = urlsplit(self.address).hostname or ""

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Set what every request to a site needs, as for a crawl."""
        super().update_settings(settings)
        set_for_sites(settings)

    async def start(self) -> AsyncIterator[Any]:
        """Yield one request that needs no network; its callback is the whole examination."""
        yield Request("data:,", callback=self.examine, dont_filter=True)

    async def examine(self, seed: Response) -> None:
        """Look at the site, and keep the diagnosis."""
        engine = self.crawler.engine
        assert engine is not None
        settings = self.settings
        examination = Examination(
            RestClient(engine.download_async),
            self.site,
            settings["CRAWL_WORDPRESS_COM"],
            settings.getfloat("DOWNLOAD_DELAY"),
        )
        try:
            await examination.run()
        except CrawlError as error:
            self.error = str(error)
            return
        assert self.crawler.stats is not None
        examination.diagnosis.requests = self.crawler.stats.get_value("doctor/requests", 0)
        self.diagnosis = examination.diagnosis
