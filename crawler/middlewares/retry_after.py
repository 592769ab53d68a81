"""Sends failed requests again, patiently: Retry-After in both its forms is never undercut, otherwise waits double, with jitter."""

import asyncio
import random
import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Self

from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.http import Request, Response
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import load_object

from crawler.errors import AskedToWait, RunEnds
from crawler.run.scrapy_state import is_closing

WAITING = frozenset({429, 503, 508, 509})  # the site asks for a pause
CLOSING_SEEN_S = 0.5  # how soon a wait notices that the crawl is to end
BROKEN = frozenset(
    {408, 500, 502, 504, 520, 521, 522, 523, 524, 525, 526}
)  # the answer went wrong; the same question may succeed


def retry_after_s(value: str, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for: a number, or an HTTP date (RFC 9110 10.2.3). None when it says nothing usable."""
    value = value.strip()
    if re.fullmatch(r"[0-9]+(\.[0-9]*)?", value):
        return float(value)
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return max(0.0, ((date if date.tzinfo else date.replace(tzinfo=UTC)) - now).total_seconds())


def _server_time(response: Response) -> datetime:
    """The time by the server's own clock, which a date of its own is to be held against; ours where it does not say."""
    try:
        date = parsedate_to_datetime((response.headers.get("Date") or b"").decode("latin-1"))
        return date if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return datetime.now(UTC)


class RetryAfterMiddleware:
    """Retries below the spider, and holds back every request to a host that has asked for a pause."""

    def __init__(
        self, crawler: Crawler, *, tries: int, backoff_s: float, longest_s: float, total_s: float
    ) -> None:
        self._crawler = crawler
        self._tries = tries
        self._backoff_s = backoff_s
        self._longest_s = longest_s
        self._left_s = total_s
        self._resume_at: dict[str, float] = {}
        self._exceptions = tuple(
            load_object(name) for name in crawler.settings.getlist("RETRY_EXCEPTIONS")
        )
        self._time: Callable[[], float] = lambda: asyncio.get_running_loop().time()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        settings = crawler.settings
        return cls(
            crawler,
            tries=settings.getint("RETRY_TIMES"),
            backoff_s=settings.getfloat("CRAWL_BACKOFF_S"),
            longest_s=settings.getfloat("CRAWL_RETRY_AFTER_MAX_S"),
            total_s=settings.getfloat("CRAWL_WAIT_TOTAL_MAX_S"),
        )

    async def process_request(self, request: Request) -> None:
        """Wait while the host has asked for a pause. Raises RunEnds when the crawl is told to end meanwhile."""
        host = urlparse_cached(request).netloc
        while (
            wait_s := self._resume_at.get(host, 0.0) - self._time()
        ) > 0:  # the moment may move meanwhile
            if is_closing(self._crawler):
                raise RunEnds(f"not asked, since the site had asked for a pause: {request.url}")
            await asyncio.sleep(min(wait_s, CLOSING_SEEN_S))

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Answers that ask for a pause or went wrong are asked for again."""
        if response.status in WAITING:
            header = response.headers.get("Retry-After", b"") or b""
            asked_s = retry_after_s(header.decode("latin-1"), _server_time(response))
            return await self._again(request, f"{response.status}", asked_s) or response
        if response.status in BROKEN:
            return await self._again(request, f"{response.status}", None) or response
        return response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Broken connections are tried again."""
        if isinstance(exception, self._exceptions):
            return await self._again(request, exception, None)
        return None

    async def _again(
        self, request: Request, reason: str | Exception, asked_s: float | None
    ) -> Request | None:
        spider = self._crawler.spider
        assert spider is not None
        if is_closing(self._crawler):
            return None
        tried = request.meta.get("retry_times", 0)
        most = request.meta.get("max_retry_times", self._tries)
        # A site that names its pause is waited for beyond the usual number of tries: the total of all waits is what ends it.
        retry = get_retry_request(
            request,
            spider=spider,
            reason=reason,
            max_retry_times=most + 20 if asked_s is not None else most,
            give_up_log_level="DEBUG",
        )
        if retry is None:
            return None
        wait_s = (
            asked_s
            if asked_s is not None
            else min(self._backoff_s * 2**tried * (0.5 + random.random()), self._longest_s)
        )
        if wait_s > self._longest_s or wait_s > self._left_s:
            if asked_s is None:
                return None
            limit = (
                "CRAWL_RETRY_AFTER_MAX_S" if wait_s > self._longest_s else "CRAWL_WAIT_TOTAL_MAX_S"
            )
            raise AskedToWait(
                f"{urlparse_cached(request).netloc} asks to wait {wait_s:.0f} s; run again later, or raise {limit}"
            )
        self._left_s -= wait_s
        if self._crawler.stats:
            self._crawler.stats.inc_value("patience/waits")
        host = urlparse_cached(request).netloc
        self._resume_at[host] = max(self._resume_at.get(host, 0.0), self._time() + wait_s)
        return retry
