"""The run that all parts of a crawl share: its archive, its site, its report, and what is still on its way through the pipelines."""

import json
import sys
import zlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self
from weakref import WeakKeyDictionary

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider

from crawler.items import Item
from crawler.rest.api import Api
from crawler.rest.client import RestClient
from crawler.rest.collections import Collection
from crawler.run import report as reports
from crawler.run.items_in_flight import ItemsInFlight
from crawler.run.report import RunReport
from crawler.run.spare_cores import apart
from wparchive.backends.opening import open_store
from wparchive.backends.retrying import RetryingStore
from wparchive.backends.store import Store
from wparchive.errors import ArchiveError
from wparchive.model.documents import Failure, Kind, Run, Site, document_key
from wparchive.tuning import look_seldom_for_cycles


def utc_now() -> datetime:
    """Now, to the millisecond: the precision that both backends keep."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


class CrawlRun:
    """One crawl of one site. Reached from everywhere by `CrawlRun.of(crawler)`."""

    def __init__(
        self,
        store: Store,
        address: str,
        arguments: dict[str, str],
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.store = store
        self.clock = clock
        self.started_at = clock()
        self.report = RunReport(address, self.started_at, arguments)
        self.site: Site | None = None
        self.api: Api | None = None
        self.fetcher: RestClient | None = None
        self.collections: dict[tuple[Kind, str], Collection] = {}
        """All that the site has, walked in this run or not; a taxonomy may have the name of a post type."""
        self.closed: dict[tuple[Kind, str], str] = {}
        """What the site keeps closed, with the reason."""
        self.finished: Run | None = None
        self.stopping = False
        self.underway = ItemsInFlight()
        self._failures: list[Failure] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Raises InvalidURI."""
        arguments = dict(getattr(crawler.spider, "arguments", {}))
        settings = crawler.settings
        store = open_store(
            settings["ARCHIVE_URI"], apart(settings, "ARCHIVE_PROCESS", lambda: run.report)
        )
        run = cls(
            RetryingStore(store, settings.getfloat("ARCHIVE_PATIENCE_S")),
            arguments.get("site", ""),
            arguments,
        )
        run._crawler = crawler
        _RUNS[crawler] = run
        for signal in (signals.item_dropped, signals.item_error):
            crawler.signals.connect(run._item_lost, signal)
        crawler.signals.connect(run._spider_error, signals.spider_error)
        crawler.signals.connect(run._spider_closed, signals.spider_closed)
        return run

    _crawler: Crawler

    @staticmethod
    def of(crawler: Crawler) -> "CrawlRun":
        """The run of a crawler: extensions and pipelines are built before Scrapy lets one ask for another."""
        return _RUNS.get(crawler) or CrawlRun.from_crawler(crawler)

    @property
    def site_key(self) -> str:
        """The site's key, or the address as given before the site was found."""
        return self.site["_id"] if self.site else self.report.site

    async def open(self) -> None:
        """Open the archive. Raises CloseSpider after noting why."""
        look_seldom_for_cycles()
        await self.guard(self.store.open())

    async def guard(self, work: Awaitable[Any]) -> Any:
        """Await something of the archive; when the archive is lost, the run ends, with its reason."""
        try:
            return await work
        except ArchiveError as error:
            self.stop(reports.ARCHIVE, str(error))
            raise CloseSpider("archive") from error

    async def found(self, site: Site) -> None:
        """Note the site and that a run of it goes on."""
        known = await self.guard(self.store.load_site(site["_id"]))
        if known:
            site["brakes"], site["first_seen_at"] = known["brakes"], known["first_seen_at"]
        self.site = site
        self.report.site = site["_id"]
        await self.guard(self.store.save_site(site))
        await self.guard(self.store.save_run(self.report.document(None, self._traffic())))

    def stop(self, exit_status: int, reason: str) -> None:
        """End the run early, once what is in flight has been finished."""
        self.report.stop(exit_status, reason)
        self.stopping = True

    def _item_lost(self, item: Item) -> None:
        if item.outcome is None:  # otherwise it was written, and failed in a later stage
            self.underway.arrived(item)

    # What could not be archived

    async def fail(
        self,
        kind: Kind,
        type_: str,
        id_: int | None,
        stage: str,
        cause: str,
        message: str,
        *,
        url: str | None = None,
        raw: bytes = b"",
    ) -> None:
        """Keep a failure with its cause, and count it in the verdict; an object that failed before in this run is missing only once."""
        count = self.report.count(kind, type_)
        if id_ is None or id_ not in count.failed:
            count.missing += 1
        count.failed.add(id_)
        count.because(f"{type_} {id_ if id_ is not None else '?'}: {stage}: {message[:200]}")
        self.report.failures += 1
        at = self.clock()
        self._failures.append(
            Failure(
                _id=f"{document_key(self.site_key, type_, id_)}#{stage}" if id_ is not None else f"{self.site_key}/{type_}/{url}#{stage}",
                site=self.site_key, type=type_, id=id_, stage=stage, cause=cause, message=message[:2000], url=url,
                raw=zlib.compress(raw) if raw else None, run=self.report.document(None, self._traffic())["_id"],
                first_at=at, last_at=at, attempts=1,
            )
        )  # fmt: skip
        if len(self._failures) >= 100:
            await self.save_failures()

    async def save_failures(self) -> None:
        """Write the failures that were collected; they stay in memory where the archive does not take them."""
        if self._failures and not (
            self.report.trouble and self.report.trouble[0] == reports.ARCHIVE
        ):
            batch, self._failures = self._failures, []  # others may come while these are written
            try:
                await self.guard(self.store.save_failures(batch))
            except BaseException:
                self._failures = batch + self._failures
                raise

    # The end

    def _spider_error(self, failure: Any) -> None:
        self.stop(
            reports.ERROR,
            f"an error in the program: {failure.type.__name__}: {failure.getErrorMessage()} (see the log)",
        )

    async def _spider_closed(self, reason: str) -> None:
        if reason == "shutdown":
            self.report.stop(
                reports.INTERRUPTED,
                "interrupted; what had arrived is archived, and the next run goes on",
            )
        elif reason not in ("finished", "archive"):
            self.report.stop(reports.PARTIAL, f"closed: {reason}")
        self.finished = await self._save()
        await self.store.close()
        self._publish(self.finished)

    async def _save(self) -> Run:
        if self.report.trouble and self.report.trouble[0] == reports.ARCHIVE:
            return self.report.document(self.clock(), self._traffic())
        try:
            for name, count in self.report.types.items():
                count.held = await self.store.held(
                    count.kind, self.site_key, name.partition(" ")[0]
                )
            await self.save_failures()
            run = self.report.document(self.clock(), self._traffic())
            await self.store.save_run(run)
            return run
        except (ArchiveError, CloseSpider) as error:
            self.report.trouble = (reports.ARCHIVE, str(error.__cause__ or error))
            return self.report.document(self.clock(), self._traffic())

    def _traffic(self) -> dict[str, int]:
        stats = self._crawler.stats
        names = {
            "requests": "downloader/request_count",
            "retries": "retry/count",
            "bytes": "downloader/response_bytes",
        }
        return {name: int(stats.get_value(key, 0)) if stats else 0 for name, key in names.items()}

    def _publish(self, run: Run) -> None:
        """The table for people, and the report file where one was asked for."""
        print(reports.table(run), file=sys.stderr)
        if path := self.report.arguments.get("report"):
            write_json(path, reports.report_json(run))


_RUNS: WeakKeyDictionary[Crawler, CrawlRun] = WeakKeyDictionary()


def write_json(path: str, value: Any) -> None:
    """Write a report file in one step, so that a reader never sees half of it; `-` is standard output."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n"
    if path == "-":
        sys.stdout.write(text)
        return
    target = Path(path)
    try:
        temporary = target.with_name(f".{target.name}.part")
        temporary.write_text(text, encoding="utf-8", errors="replace")
        temporary.replace(target)
    except OSError as error:
        print(f"the report could not be written to {path}: {error.strerror}", file=sys.stderr)
