"""`scrapy crawl`, whose exit status follows the verdict of the run (Scrapy's own is 0 even where every item failed)."""

import argparse
import os
import sys
from importlib import import_module

from scrapy.commands.crawl import Command as CrawlCommand
from scrapy.exceptions import UsageError

from crawler.errors import BadArguments
from crawler.run import report as reports
from crawler.run.lifecycle import CrawlRun
from crawler.settings_check import check_settings
from crawler.spiders.wordpress import ARGUMENTS, WordPressSpider, check_arguments
from wparchive.backends.address import DEFAULT_URI, parse_uri
from wparchive.errors import InvalidURI


class Command(CrawlCommand):
    """The command of the same name, with checked arguments and a status that can be believed."""

    def long_desc(self) -> str:
        """Help that teaches."""
        arguments = "\n".join(f"  -a {name}=...  {meaning}" for name, meaning in ARGUMENTS.items())
        statuses = "\n".join(
            f"  {status:>3}  {meaning}" for status, meaning in reports.EXIT_STATUSES.items()
        )
        example = "scrapy crawl wordpress -a site=https://example.com/blog -s ARCHIVE_URI=mongodb://localhost/wparchive"
        return f"Archive a WordPress site.\n\n  {example}\n\nArguments of `wordpress`:\n{arguments}\n\nExit status:\n{statuses}\n"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Scrapy's own options, with our help after them."""
        super().add_options(parser)
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.description = self.long_desc()

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check, crawl, and turn the verdict into the exit status."""
        if args != [WordPressSpider.name]:
            self._run_another(args, opts)
            return
        try:
            check_arguments(dict(opts.spargs))
            address = parse_uri(self._archive_uri())
            assert self.settings is not None
            check_settings(self.settings, vars(import_module(os.environ["SCRAPY_SETTINGS_MODULE"])))
        except (BadArguments, InvalidURI) as error:
            raise UsageError(str(error), print_help=False) from None
        assert self.crawler_process
        crawler = self._create_crawler(WordPressSpider.name)
        self.crawler_process.crawl(crawler, **opts.spargs)
        self.crawler_process.start()
        run = CrawlRun.of(crawler)
        if run.finished is None:
            self.exitcode = (
                reports.ERROR if self.crawler_process.bootstrap_failed else reports.INTERRUPTED
            )
            print("the crawl was cut off before its end; the next run goes on", file=sys.stderr)
            return
        print(f"archive: {address}", file=sys.stderr)
        self.exitcode = run.finished["exit_status"] or reports.COMPLETE

    def _run_another(self, args: list[str], opts: argparse.Namespace) -> None:
        """A spider that somebody added, or a misspelt name."""
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
        uri = self.settings.get("ARCHIVE_URI") or DEFAULT_URI
        self.settings.set("ARCHIVE_URI", uri, priority="cmdline")
        return str(uri)
