"""`scrapy doctor SITE`: what a site offers, what is wrong with it, and what to do.

Nothing is archived. `crawler/site/examination.py` does the work.
"""

import argparse
import os
import sys
from dataclasses import asdict
from importlib import import_module
from typing import Any, ClassVar

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings

from crawler.errors import BadArguments
from crawler.interrupts import end_at_first_interrupt
from crawler.run.output import printable
from crawler.run.verdict import ExitStatus
from crawler.settings_check import check_settings
from crawler.site.diagnosis import DOCTOR_STATUSES, REQUESTS_MAX, SECONDS_MAX, diagnosis_lines
from crawler.site.examination import DoctorSpider
from crawler.site.start_address import normalise_address
from wparchive.commands.output import print_json


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
            print(f"doctor: {printable(words)}", file=sys.stderr)
            self.exitcode = int(ExitStatus.ERROR)
            return
        self.exitcode = diagnosis.exit_status
        diagnosis.address = shown
        if as_json:
            print_json({**asdict(diagnosis), "exit_status": diagnosis.exit_status})
            return
        print("\n".join(map(printable, diagnosis_lines(diagnosis))))


def set_for_a_look(settings: BaseSettings) -> None:
    """Set what a look needs differently from a crawl: it archives nothing, and waits for little."""
    for name, value in _SETTINGS.items():
        settings.set(name, value, priority="cmdline")
    timeout_s = min(settings.getfloat("DOWNLOAD_TIMEOUT"), TIMEOUT_MAX_S)
    settings.set("DOWNLOAD_TIMEOUT", timeout_s, priority="cmdline")
    middlewares = dict(settings.getdict("DOWNLOADER_MIDDLEWARES"))
    middlewares["crawler.site.examination.RequestBudget"] = 950
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
