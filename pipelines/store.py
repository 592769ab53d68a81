"""The store stage: items become documents in the archive, in batches.

An item counts as scraped only once it is written. A document that the database refuses fails alone.
"""

from collections.abc import Collection, Mapping
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider

from crawler.item_view import view_of
from crawler.items import FinishedDocument, Item
from crawler.run.lifecycle import run_of
from crawler.run.run_state import RunState
from pipelines.cleaner_facts import CLEANER_VERSION
from pipelines.errors import StageFailed
from pipelines.helpers.document import document_of, document_with_names
from wparchive.backends.batch_writer import BatchWriter
from wparchive.errors import ArchiveError
from wparchive.furniture.keys import keys_of_blocks
from wparchive.model.outcome import Outcome, Written
from wparchive.model.sealed import SealedDocument


class StorePipeline:
    """A stage that opens the archive before the crawl, and empties its last batch after it."""

    def __init__(self, run: RunState, *, batch_size: int, batch_wait_s: float) -> None:
        self._run = run
        self._writer = BatchWriter(run.store, max_size=batch_size, max_wait_s=batch_wait_s)
        run.in_flight.end_in(self._writer)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the stage from the settings of a crawl."""
        settings = crawler.settings
        run = run_of(crawler)
        # Documents of one run come from one cleaner.
        run.checkpoints.conditions["cleaner"] = str(CLEANER_VERSION)
        return cls(
            run,
            batch_size=settings.getint("ARCHIVE_BATCH_SIZE"),
            batch_wait_s=settings.getfloat("ARCHIVE_BATCH_WAIT_S"),
        )

    async def open_spider(self) -> None:
        """Open the archive. Raises CloseSpider where that fails."""
        try:
            await self._run.store.open()
        except ArchiveError as error:
            self._run.lose_archive(error)
            raise CloseSpider("archive") from error

    async def close_spider(self) -> None:
        """Write the last batch."""
        await self._writer.close()

    async def process_item(self, item: Any) -> Any:
        """Return once the item's batch is written; raise StageFailed for this item alone."""
        view = view_of(item)
        if view is not None:
            await self._store(item, view)
        self._run.in_flight.arrived(item)
        return item

    async def _store(self, item: Any, view: Any) -> None:
        try:
            written = await self._writer.add(view.kind, _document(view))
        except ArchiveError as error:
            # It is the error of the whole batch: the archive is lost, and with it the run.
            self._run.lose_archive(error)
            raise StageFailed("store", item, error) from error
        if written.error is not None:
            raise StageFailed("store", item, written.error) from written.error
        # Only items of ours have a place for it. The duplicate stage reads it.
        if isinstance(item, Item):
            item.written = written
        self._run.report.count(view.kind, view.type).note(view.id, written)
        self._learn(view, written)

    def _learn(self, view: Any, written: Written) -> None:
        """Count the blocks of a post that the site's memory has not counted yet."""
        is_new = written.outcome is Outcome.NEW
        if view.kind != "posts" or not (is_new or written.outcome is Outcome.CHANGED):
            return
        if self._run.learner is not None:
            self._run.learner.note(view.key, view.type, _block_keys(view), is_new)


def _block_keys(view: Any) -> Collection[int]:
    if isinstance(view.prepared, FinishedDocument):
        return view.prepared.block_keys
    return keys_of_blocks(view.blocks)


def _document(view: Any) -> SealedDocument | Mapping[str, Any]:
    if isinstance(view.prepared, FinishedDocument):
        return document_with_names(view, view.prepared)
    return document_of(view)
