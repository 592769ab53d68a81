"""`scrapy crawl`, with an exit status that follows the verdict of the run.

Scrapy's own exit status is 0 even where every item failed.
"""

import argparse
import ctypes
import logging
import os
import signal
import sys
from contextlib import suppress
from importlib import import_module
from types import FrameType

from scrapy import signals
from scrapy.commands.crawl import Command as CrawlCommand
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError

from crawler.arguments import SPIDER_ARGUMENTS, check_arguments, wants_unpublished
from crawler.credentials import FILE_SETTING, LINES_VARIABLE, credentials_for
from crawler.errors import BadArguments
from crawler.run.lifecycle import finished_run
from crawler.run.verdict import EXIT_STATUSES, ExitStatus
from crawler.settings_check import check_settings, known_log_level
from crawler.site.start_address import normalise_address
from crawler.spiders.wordpress import WordPressSpider
from wparchive.backends.address import default_uri
from wparchive.backends.helper_process import kill_helper_processes, wake_helper_processes
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


def _is_warning(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING


INTERRUPTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""The signals of which the first ends a crawl in order, with a verdict, and the second at once."""


def end_at_second_interrupt() -> None:
    """Let the first interrupt do what it does now, and the second one end the process.

    Python's own handlers wait for the end of a call into C, such as a long regular expression. So
    the second interrupt is left to the system. What was acknowledged is in the archive, helper
    processes end with their pipes, and the next run goes on.
    """
    in_order = signal.getsignal(signal.SIGINT)

    def first(number: int, frame: FrameType | None) -> None:
        wake_helper_processes()
        if callable(in_order):
            in_order(number, frame)
        for one in INTERRUPTS:
            signal.signal(one, _at_once())

    for one in INTERRUPTS:
        if signal.getsignal(one) == signal.SIG_IGN:  # nohup
            continue
        signal.signal(one, first)
        _let_the_system_take_the_next(one)


def _at_once() -> "signal._HANDLER":
    """Return what ends the process; nothing that is left to the system ends a container's first."""
    if os.getpid() == 1:
        return lambda number, frame: os._exit(128 + number)
    return signal.SIG_DFL


def _let_the_system_take_the_next(number: int) -> None:
    """Put the system's own handler back as soon as Python's is called, in C."""
    libc = ctypes.CDLL(None)
    with suppress(AttributeError):  # another system than Linux: then Python does it, when it can
        again = libc.sysv_signal
        for function in (libc.signal, again):
            function.restype = ctypes.c_void_p
            function.argtypes = (ctypes.c_int, ctypes.c_void_p)
        again(number, libc.signal(number, None))


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
        # Scrapy has put its own handlers in place by then.
        crawler.signals.connect(end_at_second_interrupt, signals.spider_opened, weak=False)
        self.crawler_process.crawl(crawler, **opts.spargs)
        self.crawler_process.start()
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
                f"only a user of {site} may have what is not published: put the user's credentials "
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
        print("the crawl was cut off before its end; the next run goes on", file=sys.stderr)
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
        if args and args[0] not in there:
            example = f"scrapy crawl {WordPressSpider.name} -a site=https://example.com/blog"
            raise UsageError(
                f"no spider {args[0]!r}; there is: {', '.join(there)} ({example})", print_help=False
            )
        super().run(args, opts)

    def _archive_uri(self) -> str:
        assert self.settings is not None
        uri = self.settings.get("ARCHIVE_URI") or default_uri()
        self.settings.set("ARCHIVE_URI", uri, priority="cmdline")
        return str(uri)
