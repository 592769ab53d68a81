"""An item that a pipeline could not finish becomes a failure, with its record and its cause."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler

from crawler.item_view import received_record, view_of
from crawler.run.failures import NotArchived
from crawler.run.lifecycle import run_of
from crawler.run.run_state import RunState
from crawler.run.verdict import archive_is_lost
from wparchive.errors import ArchiveError


class FailureRecorder:
    """A listener to `item_error`, which Scrapy itself only logs."""

    def __init__(self, find_run: Callable[[], RunState]) -> None:
        # Extensions cannot find each other before all of them are built.
        self._find_run = find_run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Listen to a crawler's signals."""
        recorder = cls(partial(run_of, crawler))
        crawler.signals.connect(recorder.item_error, signals.item_error)
        if crawler.settings["LOG_LEVEL"] != "DEBUG":
            logging.getLogger("scrapy.core.scraper").addFilter(WithoutTraceback())
        return recorder

    async def item_error(self, item: Any, failure: Any) -> None:
        """Keep the failure of one item.

        Items that a lost archive did not take are no failures of their own: the next run brings
        them again. Neither are objects of a user's own that are not to be archived.
        """
        run = self._find_run()
        view = view_of(item)
        if archive_is_lost(run.report) or view is None:
            return
        error = failure.value
        cause = getattr(error, "cause", None) or error
        lost = NotArchived(
            kind=view.kind,
            type=view.type,
            id=view.id,
            stage=getattr(error, "stage", "pipeline"),
            cause=type(cause).__name__,
            message=str(cause),
            url=view.link,
            raw=received_record(view),
        )
        try:
            await run.failures.add(lost)
        except ArchiveError as archive_error:
            run.lose_archive(archive_error)


class WithoutTraceback(logging.Filter):
    """A filter that takes the traceback off records of failed items; it is always the same."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record; return True, because it is to be shown."""
        if str(record.msg).startswith("not archived"):
            record.exc_info = None
            record.exc_text = None
        return True
