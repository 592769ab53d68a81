"""Items -> archive, in batches. An item counts as scraped only when it is written; a document that is refused fails alone."""

from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider

from crawler.items import Item
from crawler.run.lifecycle import run_of
from crawler.run.state import RunState
from pipelines.errors import StageFailed
from pipelines.helpers.document import document_of
from wparchive.backends.batch_writer import BatchWriter
from wparchive.errors import ArchiveError


class StorePipeline:
    """Opens the archive before the crawl and empties its last batch after it."""

    def __init__(self, run: RunState, *, batch_size: int, batch_wait_s: float) -> None:
        self._run = run
        self._writer = run.in_flight.writer = BatchWriter(
            run.store, max_size=batch_size, max_wait_s=batch_wait_s
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        settings = crawler.settings
        return cls(
            run_of(crawler),
            batch_size=settings.getint("ARCHIVE_BATCH_SIZE"),
            batch_wait_s=settings.getfloat("ARCHIVE_BATCH_WAIT_S"),
        )

    async def open_spider(self) -> None:
        """Raises CloseSpider where the archive cannot be opened."""
        try:
            await self._run.store.open()
        except ArchiveError as error:
            self._run.lose_archive(error)
            raise CloseSpider("archive") from error

    async def close_spider(self) -> None:
        """Write what is left."""
        await self._writer.close()

    async def process_item(self, item: Item) -> Item:
        """Return once the item's batch is written; raises StageFailed for this item alone."""
        try:
            written = await self._writer.add(item.kind, document_of(item))
        except ArchiveError as error:  # the whole batch: the archive is lost, and with it the run
            self._run.lose_archive(error)
            raise StageFailed("store", item, error) from error
        if written.error is not None:
            raise StageFailed("store", item, written.error) from written.error
        item.outcome = written.outcome
        self._run.report.count(item.kind, item.type).note(written)
        self._run.in_flight.arrived(item)
        return item
