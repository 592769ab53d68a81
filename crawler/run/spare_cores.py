"""When a crawl is worth more processes than one: when nothing but the processor holds it back, and it is large enough."""

import os
from collections.abc import Callable

from scrapy.settings import BaseSettings

from crawler.run.report import RunReport

WORTH_IT = 2000
"""Objects of a site for which further processes are started."""


def spare_cores(settings: BaseSettings) -> int:
    """Cores that a crawl may use besides its own; none where it waits for the site (`DOWNLOAD_DELAY`), not for the processor."""
    cores = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    return 0 if settings.getfloat("DOWNLOAD_DELAY") else cores - 1


def apart(settings: BaseSettings, name: str, report: Callable[[], RunReport]) -> Callable[[], bool]:
    """Whether a setting, or for `auto` the machine and the size of the site, asks for a process, now; a site's size shows after a while."""
    if settings.get(name, "auto") != "auto":
        wanted = settings.getint(name) > 0
        return lambda: wanted
    possible, large = spare_cores(settings) > 0, False

    def decided() -> bool:
        nonlocal large
        large = large or (possible and report().expected >= WORTH_IT)
        return large

    return decided
