"""Settings that would stop a crawl with a traceback, or hang it, are refused before it begins."""

import re
from collections.abc import Container, Iterator

from scrapy.settings import BaseSettings

from crawler.errors import BadArguments

PREFIXES = ("ARCHIVE_", "CRAWL_", "CLEAN_")
WHOLE = {  # name -> least value
    "ARCHIVE_BATCH_SIZE": 1, "CLEAN_MAX_BYTES": 1, "CONCURRENT_ITEMS": 1, "CONCURRENT_REQUESTS": 1, "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "CRAWL_PER_PAGE": 1, "CRAWL_PROBE_MAX": 0, "DOWNLOAD_MAXSIZE": 0, "REDIRECT_MAX_TIMES": 0, "RETRY_TIMES": 0,
}  # fmt: skip
REAL = (
    "ARCHIVE_BATCH_WAIT_S", "ARCHIVE_PATIENCE_S", "CRAWL_BACKOFF_S", "CRAWL_DELAY_MAX_S", "CRAWL_PROGRESS_EVERY_S",
    "CRAWL_RETRY_AFTER_MAX_S", "CRAWL_WAIT_TOTAL_MAX_S", "DOWNLOAD_DELAY", "DOWNLOAD_TIMEOUT",
)  # fmt: skip
AUTOMATIC = ("ARCHIVE_PROCESS", "CLEAN_PROCESSES")
SWITCHES = ("ARCHIVE_MARK_DUPLICATES", "ROBOTSTXT_OBEY")


def check_settings(settings: BaseSettings, known: Container[str]) -> None:
    """Raises BadArguments, which names every setting that cannot be used and what it may be. `known` are the names that there are."""
    if wrong := list(_wrong(settings, known)):
        raise BadArguments("; ".join(wrong))


def _wrong(settings: BaseSettings, known: Container[str]) -> Iterator[str]:
    for name in settings:
        if str(name).startswith(PREFIXES) and name not in known:
            yield f"there is no setting {name}; docs/settings.md lists them"
    for name, least in WHOLE.items():
        try:
            fits = settings.getint(name) >= least
        except (TypeError, ValueError):
            fits = False
        if not fits:
            yield f"{name} is a whole number of {least} or more, not {settings[name]!r}"
    for name in REAL:
        try:
            fits = settings.getfloat(name) >= 0
        except (TypeError, ValueError):
            fits = False
        if not fits:
            yield f"{name} is a number of 0 or more, not {settings[name]!r}"
    for name in AUTOMATIC:
        if not re.fullmatch("auto|[0-9]+", str(settings[name])):
            yield f"{name} is a whole number or auto, not {settings[name]!r}"
    for name in SWITCHES:
        try:
            settings.getbool(name)
        except ValueError:
            yield f"{name} is 1 or 0, not {settings[name]!r}"
