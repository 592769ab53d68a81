"""The life of a run inside Scrapy: it is built with the crawler and saved at its end."""

import asyncio
import logging
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import timedelta
from functools import partial
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.statscollectors import StatsCollector

from crawler.items import Item
from crawler.run.helper_processes import HelperProcessChoice
from crawler.run.output import (
    Traffic,
    ended_run,
    report_json,
    report_table,
    write_json,
)
from crawler.run.report import RunReport, StopReason
from crawler.run.run_state import RunState, utc_now
from crawler.run.verdict import ExitStatus, archive_is_lost, is_kept_out, is_read
from wparchive.alarms.judging import raised
from wparchive.alarms.sending import addresses_to_alarm, send_alarms
from wparchive.alarms.watching import watch_run
from wparchive.backends.leases import SiteLease, Watch, fenced_store
from wparchive.backends.opening import open_reader, open_store
from wparchive.backends.retrying import retrying_store
from wparchive.errors import ArchiveError
from wparchive.model.run_records import Alarm, Run, RunProfile
from wparchive.reading.checking import check_ended_run
from wparchive.tuning import tune_process

logger = logging.getLogger(__name__)

Watched = tuple[RunProfile | None, list[Alarm] | None]
"""The profile of a run, and its alarms; None where nobody has looked."""


def run_of(crawler: Crawler) -> RunState:
    """Return the run of a crawler.

    Scrapy lets nobody ask for an extension before all of them are built. So pipelines, middlewares
    and the spider may call this at any time, and other extensions from a signal handler.
    """
    return lifecycle_of(crawler).run


def lifecycle_of(crawler: Crawler) -> "RunLifecycle":
    """Return the extension that owns the run of a crawler; see `run_of`."""
    lifecycle = crawler.get_extension(RunLifecycle)
    if lifecycle is None:
        raise RuntimeError(f"EXTENSIONS must hold {RunLifecycle.__module__}.RunLifecycle")
    return lifecycle


def finished_run(crawler: Crawler) -> Run | None:
    """Return the document of a crawler's run; None where the crawl was cut off before its end."""
    try:
        return lifecycle_of(crawler).finished
    except RuntimeError:  # Scrapy failed before it had built the extensions
        return None


def is_closing(crawler: Crawler) -> bool:
    """Tell whether Scrapy was told to end the crawl (Ctrl-C, CLOSESPIDER_*)."""
    engine = crawler.engine
    assert engine is not None
    # Scrapy's own signal for it comes only after everything in flight is finished.
    return not engine.running or (engine._slot is not None and engine._slot.closing is not None)


class RunLifecycle:
    """The extension that owns the run: it begins with the crawler, and its end is the report."""

    def __init__(
        self,
        run: RunState,
        report_path: str = "",
        *,
        log_file: bool = False,
        look_again: Callable[[Run], None] = lambda run: None,
        watch: Callable[[Run, str | None], Watched] = lambda run, theme: (None, None),
    ) -> None:
        """`look_again` raises ArchiveError where a run that has ended is not in the archive.

        `watch` returns the profile and the alarms of a run, by the theme of its site.
        """
        self.run = run
        self.finished: Run | None = None
        """The document of the run, once it has ended."""
        self._report_path = report_path
        self._log_file = log_file
        self._look_again = look_again
        self._watch = watch

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the run from settings and arguments. Raises InvalidURI."""
        settings = crawler.settings
        arguments = dict(getattr(crawler.spider, "arguments", {}))
        report = RunReport(arguments.get("site", ""), utc_now(), arguments)
        writer = HelperProcessChoice.from_settings(
            settings, "ARCHIVE_PROCESS", lambda: report.expected
        )
        patient = retrying_store(
            open_store(settings["ARCHIVE_URI"], writer.should_start),
            settings.getfloat("ARCHIVE_PATIENCE_S"),
        )
        lease = SiteLease(patient, utc_now, Watch(settings.getfloat("ARCHIVE_LEASE_S")))
        store = fenced_store(patient, lease)
        run = RunState(
            store,
            report,
            traffic=lambda: traffic_of(crawler.stats),
            lease=lease,
            resume_within=timedelta(seconds=settings.getfloat("CRAWL_RESUME_WITHIN_S")),
        )
        log_file = bool(settings["LOG_FILE"])
        lifecycle = cls(
            run,
            arguments.get("report", ""),
            log_file=log_file,
            look_again=partial(_check_ended_run, settings["ARCHIVE_URI"]),
            watch=partial(_watch_run, settings["ARCHIVE_URI"]),
        )
        lifecycle.connect(crawler)
        return lifecycle

    def connect(self, crawler: Crawler) -> None:
        """Listen to the signals of a crawler."""
        connect = crawler.signals.connect
        connect(self.spider_opened, signals.spider_opened)
        connect(self.item_lost, signals.item_dropped)
        connect(self.item_lost, signals.item_error)
        connect(self.spider_error, signals.spider_error)
        connect(self.spider_closed, signals.spider_closed)

    def spider_opened(self) -> None:
        """Prepare the process for making many objects."""
        tune_process()

    def item_lost(self, item: Any) -> None:
        """Take an item that a stage dropped, or failed on, off the items in flight."""
        # An item that was written, and failed in a later stage, has arrived already.
        if not isinstance(item, Item) or item.written is None:
            self.run.in_flight.arrived(item)

    def spider_error(self, failure: Any) -> None:
        """End the run after an exception that nobody expected."""
        error = f"{failure.type.__name__}: {failure.getErrorMessage()}"
        self.run.stop(ExitStatus.ERROR, f"an error in the program: {error} (see the log)")

    async def spider_closed(self, reason: str) -> None:
        """Save the run, close the archive, and print the report."""
        self._note_end(reason)
        self.finished = await self._save()
        await self._release()
        await self.run.store.close()
        self._publish(self.finished)
        await self._send_alarms(self.finished)

    def _note_end(self, reason: str) -> None:
        """Note why Scrapy closed the spider, where nobody has noted a reason before."""
        report = self.run.report
        if reason == "shutdown":
            words = "interrupted before anything was archived; run it again"
            if report.archived_anything:
                words = "interrupted; what had arrived is archived, and the next run goes on there"
            report.stop(ExitStatus.INTERRUPTED, words)
        # `archive` is a `CloseSpider` of our own, whose reason is noted already.
        elif reason not in ("finished", "archive"):
            report.stop(ExitStatus.PARTIAL, f"closed: {reason}")

    async def _save(self) -> Run:
        """Save failures and report. A lost archive changes the verdict, and is not asked again."""
        # A run that another one kept out, or has taken over from, leaves no word in the archive.
        if archive_is_lost(self.run.report) or is_kept_out(self.run.report):
            return self._document()
        try:
            await self._count_held()
            await self.run.failures.save()
            document = self._document()
            await self._look_for_alarms(document)
            if self.run.site is not None:
                # Once nothing more is written: the digest is of what the archive holds at the end.
                document["digest"] = await self.run.store.take_stock(
                    self.run.site_key, document["_id"]
                )
            await self.run.store.save_run(document)
            if self.run.site is not None:
                await asyncio.to_thread(self._look_again, document)
            # Only now: until the report is saved, a run that follows must be able to go on.
            if is_read(self.run.report):
                await self.run.checkpoints.clear()
        except ArchiveError as error:
            self.run.report.stopped = StopReason(ExitStatus.ARCHIVE, str(error))
            return await self._lost(self._document())
        return document

    async def _look_for_alarms(self, document: Run) -> None:
        """Compare a run with the past of its site; its report gets a profile and alarms."""
        theme = None
        if self.run.site is not None:
            theme = self.run.site.get("theme")
        try:
            # In a thread: a reader waits for its database, and the writer's process is fed from
            # here.
            profile, alarms = await asyncio.to_thread(self._watch, document, theme)
        except ArchiveError:
            raise  # the archive is lost, and whoever ends the run says so
        except Exception:  # a defect in the rules must not spoil what the run has archived
            logger.exception("nobody has looked for alarms")
            return
        document["profile"] = profile
        document["alarms"] = alarms

    async def _send_alarms(self, document: Run) -> None:
        """Send the alarms that this run has raised, where somebody asked for that."""
        addresses = addresses_to_alarm()
        new = raised(document)
        if not (addresses and new):
            return
        try:
            await asyncio.to_thread(send_alarms, document["site"], new, addresses)
        except ArchiveError as error:
            logger.error("%s", error)

    async def _lost(self, document: Run) -> Run:
        """Leave the word in the archive that it is not whole, where there still is one."""
        with suppress(ArchiveError):
            await self.run.store.save_run(document)
        return document

    async def _release(self) -> None:
        """Give the lease of the site back."""
        with suppress(ArchiveError):  # without it the next run only waits a little longer
            await self.run.release()

    async def _count_held(self) -> None:
        """Ask the archive how many live objects of each type it holds now."""
        for count in self.run.report.types.values():
            collection = self.run.collections.get((count.kind, count.type))
            statuses = collection.statuses if collection else ()
            count.held = await self.run.store.held(
                count.kind, self.run.site_key, count.type, statuses
            )

    def _document(self) -> Run:
        run = self.run
        return ended_run(run.report, run.traffic(), run.clock())

    def _publish(self, document: Run) -> None:
        """Print the table for people, and write the report file where one was asked for."""
        from wparchive.commands.output import wrapped  # here, because a crawl is to start soon

        table = report_table(document)
        with suppress(OSError):  # the terminal may be gone: then this run ends by SIGHUP
            print(wrapped(table, hanging=2, error=True), file=sys.stderr)
        if self._log_file:  # Scrapyd keeps this file, and nothing else that a crawl says
            logger.info("the run has ended\n%s", table)
        if self._report_path:
            write_json(self._report_path, report_json(document))


def _check_ended_run(uri: str, run: Run) -> None:
    """Check with new eyes that an archive holds what a run has left. Raises ArchiveError."""
    with closing(open_reader(uri)) as reader:
        check_ended_run(reader, run)


def _watch_run(uri: str, run: Run, theme: str | None) -> Watched:
    """Return the profile and the alarms of a run. Raises ArchiveError."""
    with closing(open_reader(uri)) as reader:
        return watch_run(reader, run, theme)


def traffic_of(stats: StatsCollector | None) -> Traffic:
    """Return what Scrapy has counted of requests and answers."""
    if stats is None:
        return Traffic()
    return Traffic(
        requests=int(stats.get_value("downloader/request_count", 0)),
        retries=int(stats.get_value("retry/count", 0)),
        bytes=int(stats.get_value("downloader/response_bytes", 0)),
    )
