"""Log lines of one line each: an item that failed is named with its cause, and its traceback is kept for DEBUG."""

import logging
from typing import Any

from scrapy import logformatter
from scrapy.spiders import Spider

from crawler.run.report import printable
from wparchive.errors import ArchiveError, DocumentRejected


class LogFormatter(logformatter.LogFormatter):
    """Names items by their key instead of printing them whole."""

    def scraped(self, item: Any, response: Any, spider: Spider) -> Any:
        """Nothing: one line for each archived object is no event."""
        return None

    def item_error(self, item: Any, exception: BaseException, response: Any, spider: Spider) -> Any:
        """One warning that names the object; the failure document has the rest. A lost archive is said once, by the verdict."""
        lost = isinstance(exception.__cause__, ArchiveError) and not isinstance(
            exception.__cause__, DocumentRejected
        )
        return {
            "level": logging.DEBUG if lost else logging.WARNING,
            "msg": "not archived: %(key)s: %(cause)s",
            "args": {
                "key": f"{getattr(item, 'site', '?')}/{getattr(item, 'type', '?')}/{getattr(item, 'id', '?')}",
                "cause": printable(str(exception)),
            },
        }


class WithoutTraceback(logging.Filter):
    """Takes the traceback off records of failed items, where it would be repeated for each of them."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true; changes the record."""
        if str(record.msg).startswith("not archived"):
            record.exc_info = None
            record.exc_text = None
        return True
