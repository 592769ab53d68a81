"""Settings of every crawl. Each can be overridden with `-s NAME=VALUE`.

Names that begin with ARCHIVE_, CRAWL_ or CLEAN_ are this project's, the others are Scrapy's own.
`crawler/settings_check.py` says what each may be; `docs/settings.md` explains each to operators.
production.py and test.py build on this module.
"""

import os

from scrapy.settings import default_settings

BOT_NAME = "wparchive"
SPIDER_MODULES = ["crawler.spiders"]
COMMANDS_MODULE = "crawler.commands"
LOG_FORMATTER = "crawler.logformatter.LogFormatter"


# Where results land

# The address may hold a password: then it belongs in the environment.
# Empty means sqlite:///archive-data/archive.db; mongodb://... is MongoDB.
ARCHIVE_URI = os.environ.get("ARCHIVE_URI", "")
# Documents of one write. It must stay well below CONCURRENT_ITEMS, or batches end by time only.
ARCHIVE_BATCH_SIZE = 200
# Seconds after which a batch is written that is not full.
ARCHIVE_BATCH_WAIT_S = 0.4
# A process of its own writes an SQLite archive: 1, 0, or auto. A crawl with DOWNLOAD_DELAY, or of
# a small site, does not need it.
ARCHIVE_PROCESS = "auto"
# Compare new and changed posts with the archive while crawling.
ARCHIVE_MARK_DUPLICATES = True
# Learn what a site repeats in its posts, and leave it out of their texts.
ARCHIVE_SITE_MEMORY = True
# Seconds that the crawl waits for a lost database before the run ends.
ARCHIVE_PATIENCE_S = 60.0
# Seconds after which a run that gives no sign of life counts as dead, so that another run may crawl
# its site. It must be longer than the database may be busy with one batch.
ARCHIVE_LEASE_S = 60
# Where files are kept (-a media): a folder, s3://bucket/path or gs://bucket/path. Empty: a folder
# beside the archive.
ARCHIVE_FILES = os.environ.get("ARCHIVE_FILES", "")


# Courtesy

# A file with user and password of sites that are yours, one a line; nobody else may read it. The
# environment may hold such lines, too (CRAWL_CREDENTIALS); settings never do.
CRAWL_CREDENTIALS_FILE = os.environ.get("CRAWL_CREDENTIALS_FILE", "")
# Address or URL that a site's owner can complain to; it becomes part of the User-Agent.
CRAWL_CONTACT = os.environ.get("CRAWL_CONTACT", "")
# The spider adds the contact: wparchive/0.2 (+https://example.org/bot)
USER_AGENT = "wparchive/0.2"
# Scrapy's default is False. Set it to False only for sites of your own.
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "wparchive"
# Seconds. A longer Crawl-delay in robots.txt counts as this.
CRAWL_DELAY_MAX_S = 60.0
# Seconds between two requests to a host; 0 for a site of your own.
DOWNLOAD_DELAY = 1.0
# The delay is a minimum, not an average.
DOWNLOAD_DELAY_JITTER = 0.0
# Seconds. A site that is slow, or refuses, is asked more slowly, up to this time between requests.
CRAWL_PACE_MAX_S = 30.0
# Seconds that an answer should take at most: a slow site is asked for fewer rows at once. 0: never.
CRAWL_ANSWER_MAX_S = 2.0
# Requests of one site in flight. With more than one, slices of a walk are requested at once.
CONCURRENT_REQUESTS_PER_DOMAIN = 1
# Requests in flight altogether.
CONCURRENT_REQUESTS = 8
# A stray cookie makes WordPress treat a visitor as somebody it knows.
COOKIES_ENABLED = False


# Patience

# Seconds for one request.
DOWNLOAD_TIMEOUT = 120
# Times that a failed request is sent again.
RETRY_TIMES = 3
# Seconds before the first retry. The wait doubles with each further retry, with jitter.
CRAWL_BACKOFF_S = 2.0
# Seconds before the first retry where a site says that too much was asked (429), and not for how
# long. It doubles likewise.
CRAWL_THROTTLED_S = 60.0
# Seconds for which a site is left alone whose firewall has locked the crawl out (Wordfence).
CRAWL_LOCKOUT_S = 1800.0
# Seconds. A site that asks to wait longer ends the run as partial.
CRAWL_RETRY_AFTER_MAX_S = 900.0
# Failures of a host in a row, after which it is left alone for a while; 0: never.
CRAWL_BREAKER_AFTER = 5
# Seconds of that pause. The run ends when the third one did not help.
CRAWL_BREAKER_PAUSE_S = 600.0
# Seconds that a run may spend on such waits altogether.
CRAWL_WAIT_TOTAL_MAX_S = 3600.0


# Limits

# Bytes of one response, before and after decompression.
DOWNLOAD_MAXSIZE = 32 * 1024 * 1024
# Bytes at which Scrapy warns; 0 means never. The limit above is warning enough.
DOWNLOAD_WARNSIZE = 0
# Times that a redirect is followed while a site is being found.
REDIRECT_MAX_TIMES = 5
# Rows of one request. WordPress allows 100; one row overlaps with the request before.
CRAWL_PER_PAGE = 99
# Requests that one walk may spend on gaps.
CRAWL_PROBE_MAX = 1000
# Days after which a run compares every object again (`-a mode=auto`).
CRAWL_RECONCILE_DAYS = 7.0
# Bytes of one file (-a media), which is in memory while it comes. Larger ones are named and left:
# a failure, unless the operator has set the limit.
CRAWL_FILE_MAX_BYTES = 100 * 1024 * 1024
# Bytes of all files that one run receives, kept or not; 0: no limit.
CRAWL_FILES_TOTAL_MAX_BYTES = 0
# Beginnings of media types, separated by commas (image/,application/pdf); empty: all.
CRAWL_FILES_TYPES = ""
# Bytes of a WARC file (-a warc) at which the next one begins.
CRAWL_WARC_MAX_BYTES = 1_000_000_000
# Certificates of https are checked, as browsers do. Scrapy's default is False.
DOWNLOAD_VERIFY_CERTIFICATES = True
# A PEM file with the authorities to trust; empty: those of the system.
CRAWL_CA_FILE = ""
# Seconds since the start of a run that was cut off, within which the next one goes on where it
# stopped. 0: every run reads everything from the beginning.
CRAWL_RESUME_WITHIN_S = 604800
# Requests of a full run for the site's sitemaps, whose addresses are compared with the archive; 0
# switches it off.
CRAWL_SITEMAP_REQUESTS_MAX = 20
# Requests of a run that reads feeds, sitemaps and pages because the API is closed (-a fallback).
CRAWL_FALLBACK_REQUESTS_MAX = 20000
# May private and loopback addresses be asked? auto: only when the given site is at one.
CRAWL_PRIVATE_ADDRESSES = "auto"
# The API of sites that are hosted on WordPress.com.
CRAWL_WORDPRESS_COM = "https://public-api.wordpress.com/"
# Processes that clean beside the crawl. auto: for large crawls without DOWNLOAD_DELAY, and so that
# a core is left for the crawl.
CLEAN_PROCESSES = "auto"
# Bytes. Longer content is cut before cleaning; the raw record stays whole.
CLEAN_MAX_BYTES = 5_000_000


# What is seen while it runs

# auto: one live line on a terminal, otherwise a plain line now and then. off: nothing.
CRAWL_PROGRESS = "auto"
# Seconds between two plain lines.
CRAWL_PROGRESS_EVERY_S = 30.0
# WARNING shows what an operator acts on. INFO adds news of the run, but not Scrapy's lists of
# components and settings, which are the same every night. DEBUG shows everything.
LOG_LEVEL = "WARNING"
# No open ports.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
# Seconds between two lines of Scrapy's own; 0 means none. The progress line replaces them.
LOGSTATS_INTERVAL = 0.0


# How the parts are put together

# PyMongo's asynchronous client needs asyncio.
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
TWISTED_DNS_RESOLVER = "crawler.middlewares.addresses.PublicAddressResolver"
# Items of one response in the pipelines (Scrapy's default: 100). Several batches must fit into it.
CONCURRENT_ITEMS = 700
# A run that is interrupted does not wait for answers that do not come.
DOWNLOAD_HANDLERS = {
    "http": "crawler.middlewares.cut_off.CutOffHandler",
    "https": "crawler.middlewares.cut_off.CutOffHandler",
}
DEFAULT_REQUEST_HEADERS = {"Accept": "application/json, */*;q=0.5"}
# Scrapy's own list without what is switched off above: Scrapy loads whatever stands in a list of
# components, also with None, and with this one comes a web server (0.15 s, 10 MiB).
EXTENSIONS_BASE = {
    name: place
    for name, place in default_settings.EXTENSIONS_BASE.items()
    if not name.endswith(".RemoteControl")
}
EXTENSIONS = {
    "crawler.run.lifecycle.RunLifecycle": 100,
    "crawler.extensions.failure_recorder.FailureRecorder": 200,
    "crawler.extensions.progress.ProgressLine": 300,
    # It counts what the run's report counts, and costs a task for each item.
    "scrapy.extensions.corestats.CoreStats": None,
    "scrapy.extensions.logstats.LogStats": None,
    "scrapy.extensions.memusage.MemoryUsage": None,
}
# They look at what a spider yields, one by one. This one yields items, and a single request.
# (RefererMiddleware stays: the redirect middleware warns where it is missing.)
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
}
DOWNLOADER_MIDDLEWARES = {
    "crawler.middlewares.cut_off.CutOffMiddleware": 50,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.middlewares.robots.RobotsMiddleware": 100,
    "crawler.middlewares.addresses.PrivateAddressMiddleware": 200,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "crawler.middlewares.owner_login.OwnerLoginMiddleware": 300,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "crawler.middlewares.retry_after.RetryAfterMiddleware": 550,
    "crawler.middlewares.keep_pace.PaceMiddleware": 560,
    # Nearer to the network than redirects and retries: each of these requests goes on, too.
    "crawler.files.resuming.ResumeFilesMiddleware": 700,
    # It comes after the decompression: what it writes is as it came.
    "crawler.middlewares.warc.WarcMiddleware": 900,
}
ITEM_PIPELINES = {
    "crawler.files.pipeline.KeepFilesPipeline": 40,
    "pipelines.finish_ahead.FinishAheadPipeline": 50,
    "pipelines.clean.CleanPipeline": 100,
    "pipelines.language.LanguagePipeline": 170,
    # It comes after the language, which must not depend on what is known of a site.
    "pipelines.furniture.FurniturePipeline": 180,
    "pipelines.resolve.ResolvePipeline": 200,
    "pipelines.fingerprint.FingerprintPipeline": 300,
    "pipelines.store.StorePipeline": 400,
    "pipelines.mark_duplicates.DuplicatePipeline": 500,
}
