"""The spider: discovers a site, plans its collections, walks them one after the other, and settles what vanished."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from scrapy.settings import BaseSettings

from crawler.errors import BadArguments, CrawlError, RunEnds, SiteError
from crawler.items import Item
from crawler.phases.collect import Collector
from crawler.phases.plan import census, plan
from crawler.phases.vanished import VanishedObjects
from crawler.rest.classify import ends_the_run
from crawler.rest.client import RestClient
from crawler.rest.collections import Collection
from crawler.run import report as reports
from crawler.run.lifecycle import CrawlRun
from crawler.run.scrapy_state import is_closing
from crawler.site.discovery import Discovered, discover
from crawler.site.start_address import normalise_address

ARGUMENTS = {
    "site": "address of the site, or of any page of it (https://example.com/blog)",
    "types": "only these types, by name or by the end of their API path: post,page,tags (default: everything public)",
    "comments": "1 archives comments too (default: 0; they are personal data)",
    "report": "file for the run's report as JSON; - for standard output",
}


def check_arguments(arguments: dict[str, str]) -> dict[str, str]:
    """The spider's arguments, checked. Raises BadArguments with what is wrong and what would be right."""
    unknown = [name for name in arguments if name not in ARGUMENTS]
    if unknown:
        raise BadArguments(
            f"unknown argument {unknown[0]!r}; there are: "
            + ", ".join(f"-a {name}=..." for name in ARGUMENTS)
        )
    if not arguments.get("site", "").strip():
        raise BadArguments("no site given: scrapy crawl wordpress -a site=https://example.com/blog")
    normalise_address(arguments["site"])
    report = Path(arguments.get("report", ""))
    if arguments.get("report") and (report.is_dir() or not report.parent.is_dir()):
        raise BadArguments(
            f"the report cannot be written to {report}: its folder must exist, and it must be a file"
        )
    if arguments.get("comments", "0").lower() not in ("0", "1", "true", "false", "yes", "no"):
        raise BadArguments(f"comments is 1 or 0, not {arguments['comments']!r}")
    if arguments.get("types") and not arguments["types"].strip(" ,"):
        raise BadArguments(
            f"types names no type: {arguments['types']!r}; leave it out for everything public"
        )
    return arguments


class WordPressSpider(Spider):
    """Archives everything that one WordPress site publishes."""

    name = "wordpress"

    def __init__(self, **arguments: str) -> None:
        super().__init__()
        self.arguments = check_arguments(arguments)
        self.host = urlsplit(normalise_address(self.arguments["site"])).hostname or ""

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """The User-Agent names whom a site's owner can turn to."""
        super().update_settings(settings)
        if contact := str(settings["CRAWL_CONTACT"]).strip():
            settings.set("USER_AGENT", f"{settings['USER_AGENT']} (+{contact})", priority="spider")

    @property
    def run(self) -> CrawlRun:
        """The shared run."""
        return CrawlRun.of(self.crawler)

    async def start(self) -> AsyncIterator[Any]:
        """One request without network, whose callback is the whole crawl: its items have back-pressure, those of start() have none."""
        yield Request("data:,", callback=self.crawl, dont_filter=True)

    async def crawl(self, seed: Response) -> AsyncIterator[Item]:
        """Every item of the site, in the order of the plan."""
        run = self.run
        fetcher = RestClient(self._download)
        try:
            found = await self._discover(fetcher)
            run.api, run.fetcher = found.api, fetcher
            collections = await plan(fetcher, found, run, self.arguments)
            async for item in self._collect(fetcher, found, collections):
                await run.underway.sent(item)
                yield item
            run.report.finished = not run.stopping
        except RunEnds:
            pass  # why is known to who ended it
        except BadArguments as error:
            run.stop(reports.USAGE, str(error))
        except SiteError as error:
            run.stop(reports.FAILED, str(error))
        except CrawlError as error:
            run.stop(
                reports.PARTIAL if run.report.archived_anything else reports.FAILED, str(error)
            )
        except CloseSpider:
            pass  # the archive was lost, and the run has noted it
        await run.underway.drained()

    async def _discover(self, fetcher: RestClient) -> Discovered:
        found = await discover(
            partial(fetcher.get, tries=2),
            self.arguments["site"],
            self.run.clock(),
            self.settings["CRAWL_WORDPRESS_COM"],
        )
        await self.run.found(found.site)
        return found

    async def _collect(
        self, fetcher: RestClient, found: Discovered, collections: list[Collection]
    ) -> AsyncIterator[Item]:
        run, settings = self.run, self.settings
        collector = Collector(
            fetcher,
            run,
            found.api,
            per_page=settings.getint("CRAWL_PER_PAGE"),
            width=settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"),
            probe_max=settings.getint("CRAWL_PROBE_MAX"),
        )
        settler = VanishedObjects(fetcher, run, found.api)
        for collection in await census(fetcher, found.api, run, collections, self.arguments):
            if self._stopped():
                return
            async for item in collector.collect(collection):
                yield item
            await run.underway.drained()
            count = run.report.count(collection.kind, collection.type)
            if count.proof == "proved" and not run.stopping:
                async for item in settler.settle(collection, count):
                    yield item
                await run.guard(
                    run.store.clear_failures(run.site_key, collection.type, run.started_at)
                )
            await run.save_failures()
        await run.guard(run.store.save_site(found.site))

    async def _download(self, request: Request) -> Response:
        engine = self.crawler.engine
        assert engine is not None
        if self._stopped() and not self.run.collections:  # later, what is in flight may need names
            raise RunEnds(f"not asked: {request.url}")
        try:
            return await engine.download_async(request)
        except CrawlError as error:
            if ends_the_run(error):
                self.run.stop(
                    reports.PARTIAL if self.run.report.archived_anything else reports.FAILED,
                    str(error),
                )
            raise

    def _stopped(self) -> bool:
        """Whether the run is to end: by its own trouble, or because Scrapy is closing (Ctrl-C, CLOSESPIDER_*)."""
        self.run.stopping = self.run.stopping or is_closing(self.crawler)
        return self.run.stopping
