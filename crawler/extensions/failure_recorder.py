"""An item that a pipeline could not finish becomes a failure document, with its record and its cause."""

import logging
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler

from crawler.logformatter import WithoutTraceback
from crawler.run.lifecycle import CrawlRun
from crawler.run.report import ARCHIVE


class FailureRecorder:
    """Listens to `item_error`, which Scrapy itself only logs."""

    def __init__(self, run: CrawlRun) -> None:
        self._run = run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        recorder = cls(CrawlRun.of(crawler))
        crawler.signals.connect(recorder.item_error, signals.item_error)
        if crawler.settings["LOG_LEVEL"] != "DEBUG":
            logging.getLogger("scrapy.core.scraper").addFilter(WithoutTraceback())
        return recorder

    async def item_error(self, item: Any, failure: Any) -> None:
        """Keep the failure; items that a lost archive did not take are not failures of their own, the next run brings them."""
        if self._run.report.trouble and self._run.report.trouble[0] == ARCHIVE:
            return
        error = failure.value
        stage = getattr(error, "stage", "pipeline")
        cause = getattr(error, "cause", None) or error
        await self._run.fail(
            item.kind,
            item.type,
            item.id,
            stage,
            type(cause).__name__,
            str(cause),
            url=item.link,
            raw=item.raw,
        )
