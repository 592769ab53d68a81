"""Settings of scheduled crawls (`SCRAPY_PROJECT=production`): MongoDB, and plain logs.

The address of the database comes from the environment.
"""

import os

from settings.base import *  # noqa: F403

ARCHIVE_URI = os.environ.get("ARCHIVE_URI", "mongodb://localhost:27017/wparchive")
CRAWL_PROGRESS_EVERY_S = 300.0
LOG_LEVEL = "INFO"
