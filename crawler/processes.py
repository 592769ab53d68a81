"""When a crawl is worth more processes than one: when nothing but the processor holds it back, and it is large enough."""

import os

from scrapy.settings import BaseSettings

WORTH_IT = 300
"""Posts after which a crawl is large enough for processes to be started."""


def spare_cores(settings: BaseSettings) -> int:
    """Cores that a crawl may use besides its own; none where it waits for the site (`DOWNLOAD_DELAY`), not for the processor."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return 0 if settings.getfloat("DOWNLOAD_DELAY") else cores - 1
