"""Log lines of one line each: an item that failed is named with its cause."""

import logging
from typing import Any

from scrapy import logformatter
from scrapy.spiders import Spider

from crawler.run.output import printable
from wparchive.errors import ArchiveError, DocumentRejected


class LogFormatter(logformatter.LogFormatter):
    """A formatter that names items by their key instead of printing them whole."""

    def scraped(self, item: Any, response: Any, spider: Spider) -> Any:
        """Return None, so that no line is logged for each archived object."""
        return None

    def item_error(self, item: Any, exception: BaseException, response: Any, spider: Spider) -> Any:
        """Return one warning that names the object; the failure document has the rest."""
        parts = [str(getattr(item, name, "?")) for name in ("site", "type", "id")]
        level = logging.WARNING
        if _lost_the_archive(exception):
            level = logging.DEBUG  # the verdict says it once; each item need not say it again
        return {
            "level": level,
            "msg": "not archived: %(key)s: %(cause)s",
            "args": {"key": "/".join(parts), "cause": printable(str(exception))},
        }


def _lost_the_archive(exception: BaseException) -> bool:
    """Tell whether an item failed because the archive was lost, not because of itself."""
    cause = exception.__cause__
    return isinstance(cause, ArchiveError) and not isinstance(cause, DocumentRejected)
