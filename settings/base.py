"""Settings of every crawl. Each can be overridden with `-s NAME=VALUE`; production.py and test.py build on these.

Names without prefix are Scrapy's own; the project's begin with ARCHIVE_, CRAWL_ or CLEAN_.
"""

import os

BOT_NAME = "wparchive"
SPIDER_MODULES = ["crawler.spiders"]
COMMANDS_MODULE = "crawler.commands"
LOG_FORMATTER = "crawler.logformatter.LogFormatter"

# --- Where results land -------------------------------------------------------------------------------------------------------
ARCHIVE_URI = os.environ.get(
    "ARCHIVE_URI", ""
)  # "" = sqlite:///archive-data/archive.db; mongodb://... for MongoDB
ARCHIVE_BATCH_SIZE = (
    200  # documents a write; must stay well below CONCURRENT_ITEMS, or batches end by time only
)
ARCHIVE_BATCH_WAIT_S = 0.4  # seconds after which a smaller batch is written
ARCHIVE_PROCESS = "auto"  # an SQLite archive is written by a process of its own: 1, 0, or auto: in large crawls without DOWNLOAD_DELAY
ARCHIVE_MARK_DUPLICATES = True  # compare new and changed posts with the archive while crawling
ARCHIVE_PATIENCE_S = 60.0  # seconds that a lost database is waited for before the run ends

# --- Courtesy -----------------------------------------------------------------------------------------------------------------
CRAWL_CONTACT = os.environ.get(
    "CRAWL_CONTACT", ""
)  # address or URL that a site's owner can complain to; part of the User-Agent
USER_AGENT = (
    "wparchive/0.1"  # the spider appends the contact: wparchive/0.1 (+https://example.org/bot)
)
ROBOTSTXT_OBEY = True  # default False in Scrapy; False only for sites of your own
ROBOTSTXT_USER_AGENT = "wparchive"
CRAWL_DELAY_MAX_S = 60.0  # a longer Crawl-delay of robots.txt counts as this
DOWNLOAD_DELAY = 1.0  # seconds between two requests to a host; 0 for a site of one's own
DOWNLOAD_DELAY_JITTER = 0.0  # the delay is a minimum
CONCURRENT_REQUESTS_PER_DOMAIN = (
    1  # requests of one site in flight; with more, slices of a walk overlap
)
CONCURRENT_REQUESTS = 8
COOKIES_ENABLED = False  # a stray cookie makes WordPress treat a visitor as somebody

# --- Patience -----------------------------------------------------------------------------------------------------------------
DOWNLOAD_TIMEOUT = 120  # seconds for one request
RETRY_TIMES = 3  # times a failed request is sent again
CRAWL_BACKOFF_S = 2.0  # seconds before the first retry, doubled for each further one, with jitter
CRAWL_RETRY_AFTER_MAX_S = 900.0  # a site that asks to wait longer ends the run as partial
CRAWL_WAIT_TOTAL_MAX_S = 3600.0  # seconds that a run may spend on such waits altogether

# --- Limits -------------------------------------------------------------------------------------------------------------------
DOWNLOAD_MAXSIZE = 32 * 1024 * 1024  # bytes of one answer, before and after decompression
DOWNLOAD_WARNSIZE = 0
REDIRECT_MAX_TIMES = 5
CRAWL_PER_PAGE = 99  # rows a request; one of them overlaps with the page before
CRAWL_PROBE_MAX = 1000  # requests that one walk may spend on gaps
CRAWL_PRIVATE_ADDRESSES = "auto"  # may private and loopback addresses be asked? auto: only when the given site itself is one
CRAWL_WORDPRESS_COM = "https://public-api.wordpress.com/"  # API of sites hosted on WordPress.com
CLEAN_PROCESSES = "auto"  # processes that clean beside the crawl; auto: for large crawls without DOWNLOAD_DELAY, a core left for the crawl
CLEAN_MAX_BYTES = 5_000_000  # longer content is cut before cleaning (the raw record stays whole)

# --- What is seen while it runs -----------------------------------------------------------------------------------------------
CRAWL_PROGRESS = "auto"  # auto: one live line on a terminal, a plain line every CRAWL_PROGRESS_EVERY_S otherwise; off
CRAWL_PROGRESS_EVERY_S = 30.0
LOG_LEVEL = "WARNING"  # events that an operator acts on; INFO or DEBUG for more
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
LOGSTATS_INTERVAL = 0.0

# --- How the parts are put together -------------------------------------------------------------------------------------------
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"  # PyMongo's asynchronous client needs asyncio
TWISTED_DNS_RESOLVER = "crawler.middlewares.addresses.PublicAddressResolver"
CONCURRENT_ITEMS = 700  # default 100; several batches may be on their way through the pipelines
DEFAULT_REQUEST_HEADERS = {"Accept": "application/json, */*;q=0.5"}
EXTENSIONS = {
    "crawler.run.lifecycle.RunLifecycle": 100,
    "crawler.extensions.failure_recorder.FailureRecorder": 200,
    "crawler.extensions.progress.ProgressLine": 300,
    "scrapy.extensions.corestats.CoreStats": None,  # the run's report counts what it counts, without a task for each item
    "scrapy.extensions.logstats.LogStats": None,
    "scrapy.extensions.memusage.MemoryUsage": None,
}
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.middlewares.robots.RobotsMiddleware": 100,
    "crawler.middlewares.addresses.PrivateAddressMiddleware": 200,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "crawler.middlewares.retry_after.RetryAfterMiddleware": 550,
}
ITEM_PIPELINES = {
    "pipelines.helpers.parallel.ParallelCleaning": 50,
    "pipelines.clean.CleanPipeline": 100,
    "pipelines.resolve.ResolvePipeline": 200,
    "pipelines.fingerprint.FingerprintPipeline": 300,
    "pipelines.store.StorePipeline": 400,
    "pipelines.mark_duplicates.DuplicatePipeline": 500,
}
