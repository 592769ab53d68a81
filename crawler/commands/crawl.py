"""`scrapy crawl`, with an exit status that follows the verdict of the run.

Scrapy's own exit status is 0 even where every item failed.
"""

import argparse
import logging
import os
import sys
from contextlib import suppress
from importlib import import_module

from scrapy.commands.crawl import Command as CrawlCommand
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.exceptions import UsageError

from crawler.arguments import SPIDER_ARGUMENTS, check_arguments, wants_unpublished
from crawler.credentials import FILE_SETTING, LINES_VARIABLE, credentials_for
from crawler.errors import BadArguments
from crawler.interrupts import end_in_order
from crawler.middlewares.cut_off import CUT_OFF_WORDS, OrderlyEnd
from crawler.run.lifecycle import finished_run
from crawler.run.verdict import EXIT_STATUSES, ExitStatus
from crawler.settings_check import check_settings, known_log_level
from crawler.site.start_address import normalise_address
from crawler.spiders.wordpress import WordPressSpider
from wparchive.backends.address import default_uri
from wparchive.backends.helper_process import kill_helper_processes
from wparchive.backends.opening import parse_uri
from wparchive.errors import InvalidURI

_TELL_ABOUT_SCRAPY = (
    "scrapy.utils.log",
    "scrapy.addons",
    "scrapy.middleware",
    "scrapy.crawler",
    "scrapy.core.engine",
    "scrapy.statscollectors",
)
"""Loggers whose news is the same in every run: versions, lists of components, settings, counts that
the report has too. DEBUG shows it; it would be three quarters of a scheduled run's log."""


_TELLS_ABOUT_DOWNLOADS = "scrapy.core.downloader.handlers.http11"
_SAID_BY_RUNS = ("larger than download max size", "Got data loss")
"""Words of warnings about what is a failure with a name, or a limit that the operator chose. They
show whole addresses, and advise to keep what was cut off."""


def _is_warning(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING


def _is_said_by_no_run(record: logging.LogRecord) -> bool:
    return not any(words in str(record.msg) for words in _SAID_BY_RUNS)


HELP = """\
Archive a WordPress site.

  scrapy crawl wordpress -a site=https://example.com/blog \
-s ARCHIVE_URI=mongodb://localhost/wparchive

Arguments of `wordpress`:
{arguments}

Exit status:
{statuses}
"""


class CheckedCrawl(CrawlCommand):
    """The command of the same name, with checked arguments and a status that can be believed."""

    def long_desc(self) -> str:
        """Return the help: what it does, an example, the arguments, the exit statuses."""
        arguments = "\n".join(
            f"  -a {name}=...  {meaning}" for name, meaning in SPIDER_ARGUMENTS.items()
        )
        statuses = "\n".join(f"  {code:>3}  {text}" for code, text in EXIT_STATUSES.items())
        return HELP.format(arguments=arguments, statuses=statuses)

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add Scrapy's own options, and show our help with them."""
        super().add_options(parser)
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.description = self.long_desc()

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Take the options; refuse an unknown level of the log, which is read before `run`."""
        super().process_options(args, opts)
        assert self.settings is not None
        try:
            level = known_log_level(self.settings["LOG_LEVEL"])
        except BadArguments as error:
            raise UsageError(str(error), print_help=False) from None
        self.settings.set("LOG_LEVEL", level, priority="cmdline")
        if level != "DEBUG":
            logging.getLogger(_TELLS_ABOUT_DOWNLOADS).addFilter(_is_said_by_no_run)
        if level == "INFO":
            for name in _TELL_ABOUT_SCRAPY:
                # Scrapy sets up logging later, which takes levels of its loggers back, not filters.
                logging.getLogger(name).addFilter(_is_warning)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check, crawl, and turn the verdict into the exit status."""
        if not self._is_ours(args):
            self._run_another(args, opts)
            return
        try:
            arguments = check_arguments(dict(opts.spargs))
            address = parse_uri(self._archive_uri())
            assert self.settings is not None
            check_settings(self.settings, vars(import_module(os.environ["SCRAPY_SETTINGS_MODULE"])))
            self._check_credentials(arguments)
        except (BadArguments, InvalidURI) as error:
            raise UsageError(str(error), print_help=False) from None
        assert self.crawler_process
        crawler = self._create_crawler(args[0])
        assert isinstance(self.crawler_process, AsyncCrawlerProcess)
        end_in_order(OrderlyEnd(self.crawler_process, crawler).begin)
        self.crawler_process.crawl(crawler, **opts.spargs)
        self.crawler_process.start(install_signal_handlers=False)
        self.exitcode = self._exit_status(crawler, str(address))

    def _check_credentials(self, arguments: dict[str, str]) -> None:
        """Raise BadArguments for credentials that cannot be used, or that are lacking."""
        assert self.settings is not None
        if self.settings["HTTPAUTH_USER"] or self.settings["HTTPAUTH_PASS"]:
            raise BadArguments(
                f"Scrapy's HTTPAUTH_USER and HTTPAUTH_PASS are not used here: use {LINES_VARIABLE} "
                f"or {FILE_SETTING} (docs/credentials.md)"
            )
        site = normalise_address(arguments["site"])
        found = credentials_for(site, self.settings[FILE_SETTING], os.environ)
        if found is None and wants_unpublished(arguments):
            raise BadArguments(
                f"only a user of {site} can read what is not published: put the user's credentials "
                f"into {LINES_VARIABLE} or {FILE_SETTING} (docs/credentials.md)"
            )

    def _exit_status(self, crawler: Crawler, archive: str) -> int:
        """Return the exit status of a crawl; say where the archive is, or that it was cut off."""
        assert self.crawler_process
        finished = finished_run(crawler)
        if finished is not None:
            with suppress(OSError):  # the terminal may be gone
                print(f"archive: {archive}", file=sys.stderr)
            return finished["exit_status"] or int(ExitStatus.COMPLETE)
        # Scrapy did not get to its own end, so nobody has told them.
        kill_helper_processes()
        print(CUT_OFF_WORDS, file=sys.stderr)
        if self.crawler_process.bootstrap_failed:
            return int(ExitStatus.ERROR)
        return int(ExitStatus.INTERRUPTED)

    def _is_ours(self, args: list[str]) -> bool:
        """Tell whether the spider is `wordpress`, or one that somebody derived from it."""
        assert self.crawler_process
        loader = self.crawler_process.spider_loader
        if len(args) != 1 or args[0] not in loader.list():
            return False
        return issubclass(loader.load(args[0]), WordPressSpider)

    def _run_another(self, args: list[str], opts: argparse.Namespace) -> None:
        """Run a spider of another kind that somebody added. Raises UsageError for a wrong name."""
        assert self.crawler_process
        there = self.crawler_process.spider_loader.list()
        example = f"scrapy crawl {WordPressSpider.name} -a site=https://example.com/blog"
        words = None
        if not args or args[0] not in there:
            named = f"no spider {args[0]!r}" if args else "no spider is named"
            words = f"{named}; there is: {', '.join(there)} ({example})"
        elif len(args) > 1:
            words = f"{args[1]!r} stands alone: each argument comes after an -a ({example})"
        if words is not None:
            raise UsageError(words, print_help=False)
        super().run(args, opts)

    def _archive_uri(self) -> str:
        assert self.settings is not None
        uri = self.settings.get("ARCHIVE_URI") or default_uri()
        self.settings.set("ARCHIVE_URI", uri, priority="cmdline")
        return str(uri)
