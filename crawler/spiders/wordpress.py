"""The spider: it strings the phases of a run together."""

import os
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any, ClassVar
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.settings import BaseSettings

from crawler.arguments import check_arguments, fallback_sources, wants_rendering
from crawler.credentials import credentials_for
from crawler.errors import (
    ApiClosed,
    BadArguments,
    CrawlError,
    NotWordPress,
    RobotsForbid,
    RunEnds,
    SiteError,
)
from crawler.fallback.rendering import PageContents
from crawler.fallback.sitemap_reading import ReadingLimits, look_at_sitemaps
from crawler.files.limits import file_limits
from crawler.files.phase import keep_files
from crawler.files.place import FilePlace, name_of_place, options_of_place
from crawler.files.planning import MediaFile
from crawler.items import Item
from crawler.phases.collect import Collector
from crawler.phases.fallback_run import PublishedReader
from crawler.phases.find_site import find_site, log_in
from crawler.phases.full import FullStrategy
from crawler.phases.measure import MeasuredCollection, measure
from crawler.phases.plan import plan
from crawler.phases.strategy import Strategy
from crawler.phases.update import ReconcileStrategy, UpdateStrategy
from crawler.phases.vanished import VanishedObjects
from crawler.phases.watermarks import choose_mode, move_watermark
from crawler.rest.classify import ends_the_run
from crawler.rest.client import RestClient
from crawler.routes.plugin_lists import WholeRecords
from crawler.run.lifecycle import is_closing, run_of
from crawler.run.proof import Proof
from crawler.run.run_state import RunState
from crawler.run.verdict import ExitStatus
from crawler.settings_check import set_for_sites
from crawler.site.start_address import normalise_address
from wparchive.errors import ArchiveBusy, ArchiveError
from wparchive.model.run_arguments import routes_of
from wparchive.model.site_records import Site

STRATEGIES: dict[str, Callable[[RunState, Collector], Strategy]] = {
    "full": FullStrategy,
    "update": UpdateStrategy,
    "reconcile": ReconcileStrategy,
}
"""How a run can go about the collections of a site, by name."""


class WordPressSpider(Spider):
    """The spider that archives everything that one WordPress site publishes."""

    name = "wordpress"
    strategy: ClassVar[str] = "auto"
    """How the run goes about the collections: a name in `STRATEGIES`, or `auto`: as the argument
    `mode` says, or as what the archive knows of the site suggests."""

    def __init__(self, **arguments: str) -> None:
        super().__init__()
        self.arguments = check_arguments(arguments)
        self._is_read = False  # everything is: what is asked now cannot make the run partial
        self.address = normalise_address(self.arguments["site"])
        self.host = urlsplit(self.address).hostname or ""

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Set what every request to a site needs."""
        super().update_settings(settings)
        set_for_sites(settings)

    @property
    def run(self) -> RunState:
        """Return the run that all parts of the crawl share."""
        return run_of(self.crawler)

    async def start(self) -> AsyncIterator[Any]:
        """Yield one request that needs no network; its callback is the whole crawl.

        Scrapy holds a callback back while many of its items are in the pipelines. It does not do
        that for items of `start()`.
        """
        yield Request("data:,", callback=self.crawl, dont_filter=True)

    async def crawl(self, seed: Response) -> AsyncIterator[Item | MediaFile]:
        """Yield every item of the site: find it, plan, measure, read, look for vanished objects."""
        run = self.run
        try:
            # Read here and not in `__init__`: a file that cannot be read ends the run with its exit
            # status.
            setting = self.settings["CRAWL_CREDENTIALS_FILE"]
            run.credentials = credentials_for(self.address, setting, os.environ)
            if run.credentials is not None:
                run.report.credentials = "unconfirmed"
            async for item in self._items(RestClient(self._download)):
                await run.in_flight.sent(item)
                yield item
            await run.in_flight.drained()
            await run.settle_learning()
            # Only a run that was not cut short may say that it finished.
            if not run.stopping and run.site is not None:
                await run.store.save_site(run.site)  # with the brakes of this run
                run.report.finished = True
        except RunEnds:
            pass  # whoever ended the run has already recorded the reason
        except (CrawlError, ArchiveError) as error:
            self._end(error)
        await run.in_flight.drained()

    async def _items(self, client: RestClient) -> AsyncIterator[Item | MediaFile]:
        """Yield the items of the site: those of its API, or of what it publishes besides.

        Raises CrawlError, ArchiveError.
        """
        try:
            strategy, measured = await self._prepare(client)
        except (ApiClosed, NotWordPress, RobotsForbid) as refusal:
            sources = fallback_sources(self.arguments)
            if not sources:
                raise
            async for item in self._published(client, sources, str(refusal)):
                yield item
            async for file in self._files():
                yield file
            return
        async for item in self._read(strategy, measured):
            yield item
        async for file in self._files():
            yield file
        if self._looks_at_sitemaps():
            self._is_read = True
            await look_at_sitemaps(self.run, client, self._limits())

    async def _prepare(self, client: RestClient) -> tuple[Strategy, list[MeasuredCollection]]:
        """Find the site, plan and measure. Raises CrawlError, ArchiveError."""
        run = self.run
        found = await find_site(
            run,
            client,
            self.settings["CRAWL_WORDPRESS_COM"],
            may_recall=self._may_recall,
        )
        await log_in(run)
        await run.store.begin_run(run.report.run_id)
        await run.begin_learning(self._stopped)
        collections = await plan(run, found)
        contents = PageContents(run, ask=wants_rendering(self.arguments))
        run.complete_page = WholeRecords(run, contents.completed).completed
        strategy = await self._make_strategy()
        return strategy, await measure(run, collections, partial(strategy.measure, run))

    def _may_recall(self, known: Site) -> bool:
        """Tell whether a site may be asked where its API was.

        Its document does not describe the lists that no entry of the table does.
        """
        return self._mode_for(known) == "update" and routes_of(self.arguments) != "all"

    async def _published(
        self, client: RestClient, sources: tuple[str, ...], refusal: str
    ) -> AsyncIterator[Item]:
        """Yield the posts that the site publishes for everyone. Raises CrawlError, ArchiveError."""
        run = self.run
        reader = PublishedReader(run, client, sources, self._limits(), self._stopped)
        await reader.begin(refusal)
        # `_prepare` has begun it where the site refused no earlier than at its collections.
        if run.learner is None:
            await run.begin_learning(self._stopped)
        async for item in reader.items():
            yield item

    async def _files(self) -> AsyncIterator[MediaFile]:
        """Yield the files of the site, where the run was asked for them. Raises ArchiveError."""
        if "media" not in self.arguments or self._stopped():
            return
        await self.run.in_flight.drained()
        limits = file_limits(self.arguments, self.settings)
        place = FilePlace(name_of_place(self.settings), options_of_place(self.settings))
        async for file in keep_files(self.run, limits, place, self._stopped):
            yield file

    def _limits(self) -> ReadingLimits:
        settings = self.settings
        return ReadingLimits(
            requests=settings.getint("CRAWL_FALLBACK_REQUESTS_MAX"),
            sitemap_requests=settings.getint("CRAWL_SITEMAP_REQUESTS_MAX"),
            response_bytes=settings.getint("DOWNLOAD_MAXSIZE"),
        )

    def _looks_at_sitemaps(self) -> bool:
        """Tell whether the run read everything, so that the sitemaps can bear witness."""
        report = self.run.report
        everything = report.mode == "full" and report.scope == "everything"
        return everything and not self._stopped() and self._limits().sitemap_requests > 0

    async def _read(
        self, strategy: Strategy, measured: list[MeasuredCollection]
    ) -> AsyncIterator[Item]:
        """Yield the items of all collections, one collection after the other."""
        for part in measured:
            count = self.run.count_of(part.collection)
            count.expected = strategy.expected(part)
            count.held_before = await self.run.store.held(count.kind, self.run.site_key, count.type)
        for part in measured:
            if self._stopped():
                return
            async for item in strategy.collect(part):
                yield item
            # What was read must be in the archive before anything counts as vanished.
            await self.run.in_flight.drained()
            async for item in self._look_for_vanished(strategy, part):
                yield item
            await self.run.failures.save()
            await move_watermark(self.run, part.collection)
        if not self._stopped():
            async for item in strategy.afterwards():
                yield item
            await self.run.failures.save()

    async def _look_for_vanished(
        self, strategy: Strategy, part: MeasuredCollection
    ) -> AsyncIterator[Item]:
        """Look for vanished objects of a collection, as far as the run has proved something."""
        run = self.run
        collection = part.collection
        count = run.count_of(collection)
        proof = count.proof
        if proof is None or proof.scope is None:
            return
        if not run.stopping:
            ids = await strategy.vanished(collection)
            async for item in VanishedObjects(run).look(collection, ids):
                yield item
        if run.stopping:
            count.proof = Proof.unproven("the run ended before it knew what has vanished")
            return
        if proof.scope.whole:
            # Failures of earlier runs that this one did not meet again are mended.
            await run.store.clear_failures(run.site_key, collection.type, run.report.started_at)

    async def _make_strategy(self) -> Strategy:
        settings = self.settings
        collector = Collector(
            self.run,
            per_page=settings.getint("CRAWL_PER_PAGE"),
            width=settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"),
            probe_max=settings.getint("CRAWL_PROBE_MAX"),
            answer_max_s=settings.getfloat("CRAWL_ANSWER_MAX_S"),
        )
        run = self.run
        assert run.site is not None
        run.report.mode = self._mode_for(run.site)
        chosen = self.strategy == "auto" and self.arguments.get("mode", "auto") == "auto"
        if chosen and await run.checkpoints.has_full_run():
            run.report.mode = "full"  # it was not complete, and is gone on with
        return STRATEGIES[run.report.mode](run, collector)

    def _mode_for(self, site: Site) -> str:
        """Return the name of the strategy for a site, as the archive knows it."""
        if self.strategy != "auto":
            return self.strategy
        reconcile_days = self.settings.getfloat("CRAWL_RECONCILE_DAYS")
        return choose_mode(site, self.arguments, self.run.clock(), reconcile_days)

    async def _download(self, request: Request) -> Response:
        """Send a request through Scrapy. Raises CrawlError, and what Scrapy raises."""
        engine = self.crawler.engine
        assert engine is not None
        # Once there are collections, items in flight may still need names from the site.
        if self._stopped() and not self.run.collections:
            raise RunEnds(f"not asked: {request.url}")
        try:
            return await engine.download_async(request)
        except CrawlError as error:
            if ends_the_run(error) and not self._is_read:
                self.run.stop(ExitStatus.PARTIAL, str(error))
            raise

    def _end(self, error: Exception) -> None:
        """End the run with the exit status that the error stands for."""
        for class_, status in _STATUS_OF_ERROR.items():
            if isinstance(error, class_):
                self.run.stop(status, str(error))
                return

    def _stopped(self) -> bool:
        """Tell whether the run is to end, by its own trouble or because Scrapy is closing."""
        run = self.run
        # Ctrl-C and Scrapy's CLOSESPIDER settings close the spider without telling the run.
        run.stopping = run.stopping or is_closing(self.crawler)
        return run.stopping


# The first class that fits counts.
_STATUS_OF_ERROR: dict[type[Exception], ExitStatus] = {
    ArchiveBusy: ExitStatus.BUSY,
    ArchiveError: ExitStatus.ARCHIVE,
    BadArguments: ExitStatus.USAGE,
    SiteError: ExitStatus.FAILED,
    CrawlError: ExitStatus.PARTIAL,
}
