"""A strategy of its own needs one file and one line in a table; this is such a file.

The example of `docs/adding-a-strategy.md`: a run that reads the objects with low ids only.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import ClassVar

from crawler.items import Item
from crawler.phases.collect import Collector
from crawler.phases.measure import MeasuredCollection
from crawler.phases.strategy import Strategy
from crawler.rest.collections import Collection
from crawler.run.proof import Scope
from crawler.run.run_state import RunState
from crawler.spiders.wordpress import STRATEGIES, WordPressSpider
from crawler.walk import Certificate, Page, PageRequest, Problem
from demo.api import Site
from tests.integration.crawling import Crawl, crawl, documents

LAST_ID = 21_000
PER_PAGE = 20


class LowIdsWalk:
    """Reads pages in id order until a page reaches beyond `LAST_ID`."""

    settled_id = 0

    def __init__(self) -> None:
        self.finished = False
        self._page = 0
        self._waits = False
        self._listed = 0
        self._reason = ""

    def requests(self) -> list[PageRequest]:
        if self.finished or self._waits:
            return []
        self._page += 1
        self._waits = True
        order = (("orderby", "id"), ("order", "asc"))
        window = (("per_page", str(PER_PAGE)), ("page", str(self._page)))
        return [PageRequest(order + window, "slice", self._page)]

    def feed(self, request: PageRequest, page: Page) -> list[int]:
        low = [id_ for id_ in page.ids if id_ <= LAST_ID]
        self._listed += len(low)
        self._waits = False
        self.finished = len(low) < PER_PAGE
        return low

    def fail(self, request: PageRequest, problem: Problem) -> None:
        self._reason = problem.message
        self.finished = True

    @property
    def certificate(self) -> Certificate:
        return Certificate(
            proved=self.finished and not self._reason,
            reason=self._reason,
            site_total=None,
            listed=self._listed,
            hidden=None,
            unreadable=(),
            requests=self._page,
        )


class LowIds(Strategy):
    """Reads the objects with ids up to `LAST_ID`, and proves that it has seen all of them."""

    def __init__(self, run: RunState, collector: Collector) -> None:
        self._run = run
        self._collector = collector
        self._seen: set[int] = set()

    def expected(self, measured: MeasuredCollection) -> int | None:
        return None

    async def collect(self, measured: MeasuredCollection) -> AsyncIterator[Item]:
        part = MeasuredCollection(measured.collection)  # its size is not known
        reader = self._collector.read(part, LowIdsWalk)
        async for item in reader.items():
            yield item
        self._seen = set(reader.seen)
        scope = Scope(f"ids up to {LAST_ID}", up_to_id=LAST_ID)
        self._run.count_of(part.collection).proof = reader.proof(scope)

    async def vanished(self, collection: Collection) -> list[int]:
        run = self._run
        held = await run.store.live_ids(collection.kind, run.site_key, collection.type)
        return [id_ for id_ in held if id_ <= LAST_ID and id_ not in self._seen]


STRATEGIES["low ids"] = LowIds


class LowIdsSpider(WordPressSpider):
    """`scrapy crawl low-ids`"""

    name = "low-ids"
    strategy: ClassVar[str] = "low ids"


def crawl_low_ids(site: Site, archive: Path) -> Crawl:
    """Crawl with the spider of this file."""
    settings = {"SPIDER_MODULES": __name__}
    return crawl(site.home, archive, settings=settings, spider=LowIdsSpider.name)


def ids_of(archive: Path, kind: str, **where: str) -> set[int]:
    """Ids of the documents of a kind."""
    return {document["id"] for document in documents(archive, kind, **where)}


def test_it_reads_its_part_and_proves_that_part(sample: Site, tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    run = crawl_low_ids(sample, archive)
    assert (run.verdict, run.exit_status) == ("complete", 0), run.output
    posts = {id_ for id_ in sample["posts"].rows if id_ <= LAST_ID}
    assert 0 < len(posts) < len(sample["posts"].rows)
    assert ids_of(archive, "posts", type="post") == posts
    part = run.type("post")
    assert (part["proof"], part["scope"]) == ("proved", f"ids up to {LAST_ID}")
    assert (part["listed"], part["new"]) == (len(posts), len(posts))
    assert part["site_total"] == len(sample["posts"].rows)


def test_only_objects_of_its_part_can_be_found_vanished(sample: Site, tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    assert crawl(sample.home, archive).verdict == "complete"
    ids = sorted(sample["posts"].rows)
    low, high = ids[0], ids[-1]
    assert low <= LAST_ID < high
    for id_ in (low, high):
        sample["posts"].delete(id_)
    run = crawl_low_ids(sample, archive)
    assert run.verdict == "complete", run.output
    assert ids_of(archive, "posts", state="deleted") == {low}
    assert crawl(sample.home, archive).verdict == "complete"
    assert ids_of(archive, "posts", state="deleted") == {low, high}


def test_names_beyond_its_part_are_asked_for(sample: Site, tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    crawl_low_ids(sample, archive)
    tags = [tag for post in documents(archive, "posts") for tag in post["tags"]]
    assert any(tag["id"] > LAST_ID for tag in tags)
    assert not any("unresolved" in tag for tag in tags)
