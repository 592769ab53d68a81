"""Settings of the test suite (`SCRAPY_PROJECT=test`): no courtesy, because its servers are ours."""

from settings.base import *  # noqa: F403

DOWNLOAD_DELAY = 0.0
CRAWL_BACKOFF_S = 0.05
CRAWL_THROTTLED_S = 0.1
CRAWL_LOCKOUT_S = 0.3
DOWNLOAD_TIMEOUT = 20
CRAWL_BREAKER_PAUSE_S = 0.2
