"""Helper processes that finish whole pages, for crawls that need more than one core.

They do ahead what the stages `clean` and `fingerprint` would do for one item after the other. Those
stages then have nothing left to do. A crawl may have a stage that is not ours. Then `clean` and
`fingerprint` use a result of a helper process only if what it was made from has not changed.

Whatever goes wrong with a helper process, its page is parsed here and goes through the stages: a
lost process costs speed and nothing else.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from queue import SimpleQueue
from typing import Self

from pydispatch.dispatcher import getAllReceivers  # type: ignore[import-untyped]
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.utils.conf import build_component_list
from scrapy.utils.misc import load_object

from crawler.items import Item
from crawler.parsing import RecordSource
from crawler.run.helper_processes import (
    FINISHING_PROCESS,
    HelperProcessChoice,
    wanted_finishing_processes,
)
from crawler.run.lifecycle import run_of
from pipelines.cleaner_facts import MAX_CONTENT_BYTES
from pipelines.helpers.finish import FinishedRecord, PageAnswer, PageQuestion, item_of
from wparchive.backends.helper_process import PROCESS_TROUBLE, HelperProcess
from wparchive.furniture.remove import NO_FURNITURE, Furniture

logger = logging.getLogger(__name__)

OWN_STAGES = [
    "pipelines.finish_ahead.FinishAheadPipeline",
    "pipelines.clean.CleanPipeline",
    "pipelines.language.LanguagePipeline",
    "pipelines.furniture.FurniturePipeline",
    "pipelines.resolve.ResolvePipeline",
    "pipelines.fingerprint.FingerprintPipeline",
    "pipelines.store.StorePipeline",
]
"""All stages of ours that work on items, in their order."""
READ_NO_FIELDS = frozenset(
    {"crawler.files.pipeline.KeepFilesPipeline", "pipelines.mark_duplicates.DuplicatePipeline"}
)
"""Stages of ours that need no field of an item: files are items of their own, and duplicates need
only a key. They may be left out."""

PAGES_OF_PROCESS = 2
"""Pages that a process has: one to work on, and the next one, which it begins with at once."""


class FinishAheadPipeline:
    """The stage that finishes pages in helper processes: `CLEAN_PROCESSES`, `CLEAN_MAX_BYTES`.

    No item passes through it: the run asks it for the items of whole pages. `is_worth_it` is asked
    for each page. `is_sealed` is asked once: it tells whether only our own stages see the items.
    `furniture` returns what is left out of texts.
    """

    def __init__(
        self,
        processes: int,
        *,
        max_bytes: int = MAX_CONTENT_BYTES,
        is_worth_it: Callable[[], bool] = lambda: True,
        is_sealed: Callable[[], bool] = lambda: True,
        furniture: Callable[[], Furniture] = lambda: NO_FURNITURE,
    ) -> None:
        self._max_bytes = max_bytes
        self._is_worth_it = is_worth_it
        self._furniture = furniture
        self._is_sealed = cache(is_sealed)
        self.processes = [HelperProcess(FINISHING_PROCESS) for _ in range(processes)]
        # As many threads as places: a thread that has work always finds a process with a place.
        self._threads = ThreadPoolExecutor(processes * PAGES_OF_PROCESS, "finishing")
        self._places: SimpleQueue[HelperProcess] = SimpleQueue()
        for process in self.processes * PAGES_OF_PROCESS:
            self._places.put(process)
        self._broken = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Raise NotConfigured where no helper process can be wanted."""
        settings = crawler.settings
        processes = wanted_finishing_processes(settings)
        if processes < 1:
            raise NotConfigured
        run = run_of(crawler)
        choice = HelperProcessChoice.from_settings(
            settings, "CLEAN_PROCESSES", lambda: run.report.expected
        )
        stage = cls(
            processes,
            max_bytes=settings.getint("CLEAN_MAX_BYTES", MAX_CONTENT_BYTES),
            is_worth_it=choice.should_start,
            is_sealed=partial(only_own_stages, crawler),
            furniture=lambda: run.furniture,
        )
        run.finish_page = stage.finish
        return stage

    async def finish(self, records: Sequence[bytes], source: RecordSource) -> list[Item | None]:
        """Return the items of a page; None for each record that is to go the obvious way."""
        if self._broken or not records or not self._is_worth_it():
            return [None] * len(records)
        question = PageQuestion(
            records, source, self._max_bytes, self._is_sealed(), self._furniture()
        )
        try:
            loop = asyncio.get_running_loop()
            answers = await loop.run_in_executor(self._threads, self._ask, question)
        except PROCESS_TROUBLE as error:
            self._note_trouble(error)
            return [None] * len(records)
        return [
            _item_of(found, source, len(raw)) for raw, found in zip(records, answers, strict=True)
        ]

    def close_spider(self) -> None:
        """End the processes."""
        self._threads.shutdown()
        for process in self.processes:
            process.close()

    def _ask(self, question: PageQuestion) -> PageAnswer:
        """Ask a process that has a place for a page. Runs in a thread."""
        process = self._places.get()
        try:
            answers: PageAnswer = process.ask(question)
            return answers
        finally:
            self._places.put(process)

    def _note_trouble(self, error: BaseException) -> None:
        if not self._broken:
            logger.warning(
                "a process that finishes pages ended (%s: %s); the crawl goes on without it",
                type(error).__name__,
                error,
            )
        self._broken = True


def only_own_stages(crawler: Crawler) -> bool:
    """Tell whether only the stages of this project look at the items of a crawl.

    Others are further pipelines, and whoever listens to `item_scraped`, as feed exports do.
    """
    settings = crawler.settings
    components = build_component_list(
        settings.get_component_priority_dict_with_base("ITEM_PIPELINES")
    )
    stages = [load_object(component) for component in components]
    names = [f"{stage.__module__}.{stage.__qualname__}" for stage in stages]
    listeners = getAllReceivers(crawler.signals.sender, signals.item_scraped)
    readers = [name for name in names if name not in READ_NO_FIELDS]
    return readers == OWN_STAGES and not any(listeners)


def _item_of(
    found: FinishedRecord | Item | None, source: RecordSource, received_bytes: int
) -> Item | None:
    if isinstance(found, FinishedRecord):
        return item_of(found, source, received_bytes)
    return found
