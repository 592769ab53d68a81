"""Settings of the test suite (`SCRAPY_PROJECT=test`): loopback servers, so no courtesy, and short waits."""

from settings.base import *  # noqa: F403

DOWNLOAD_DELAY = 0.0
CRAWL_BACKOFF_S = 0.05
DOWNLOAD_TIMEOUT = 20
