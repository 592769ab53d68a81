"""Obey robots.txt as RFC 9309 reads it.

Scrapy's own middleware takes any answer for rules, whatever its status, and ignores Crawl-delay.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Self

from protego import Protego
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest, NotConfigured
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from crawler.errors import RobotsForbid
from crawler.pace import CRAWL_DELAY
from crawler.robots_rules import ROBOTS_MAX_BYTES, UNREAD, forbids_everything_for_now, robots_rules
from crawler.run.lifecycle import run_of

_HANDED_ON = ("download_timeout", "max_retry_times")
"""Keys of `Request.meta` that hold for the request of robots.txt, too."""


class RobotsMiddleware:
    """A downloader middleware that asks each host once for its rules, and keeps them."""

    def __init__(
        self,
        agent: str,
        delay_max_s: float,
        *,
        download: Callable[[Request], Awaitable[Response]],
        slow_down: Callable[[Request, float], None],
        cut_short: Callable[[str], None] = lambda url: None,
    ) -> None:
        """`slow_down` sees to it that the request's host is asked at most every so many seconds.

        `cut_short` is told the address of rules that are longer than is read.
        """
        self._cut_short = cut_short
        self._agent = agent
        self._delay_max_s = delay_max_s
        self._download = download
        self._slow_down = slow_down
        self._rules: dict[str, asyncio.Task[Protego]] = {}
        """By host; requests that come while the rules are on their way wait for the same task."""
        self._unread: dict[str, str] = {}
        """By host, what is wrong with an answer that holds no rules and forbids everything."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read ROBOTSTXT_OBEY, the user agent and CRAWL_DELAY_MAX_S."""
        settings = crawler.settings
        if not settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        return cls(
            settings["ROBOTSTXT_USER_AGENT"] or settings["USER_AGENT"],
            settings.getfloat("CRAWL_DELAY_MAX_S"),
            download=partial(_download, crawler),
            slow_down=_slow_down,
            cut_short=partial(_cut_short, crawler),
        )

    async def process_request(self, request: Request) -> None:
        """Raise RobotsForbid for a path that the rules forbid.

        What kept the rules from being read is raised, too.
        """
        parts = urlparse_cached(request)
        if request.meta.get("robots") or parts.scheme not in ("http", "https"):
            return
        rules = await self._rules_of(parts.scheme, parts.netloc, request)
        if not rules.can_fetch(request.url, self._agent):
            raise RobotsForbid(self._words_of(parts.netloc, request.url))
        delay_s = rules.crawl_delay(self._agent)
        if delay_s:
            self._slow_down(request, min(float(delay_s), self._delay_max_s))

    def _words_of(self, host: str, url: str) -> str:
        """Return why an address is not asked for."""
        wrong = self._unread.get(host)
        if wrong is None:
            return f"robots.txt forbids {url}"
        return f"robots.txt of {host} {UNREAD} ({wrong}; RFC 9309), {url} too"

    async def _rules_of(self, scheme: str, host: str, request: Request) -> Protego:
        if host not in self._rules:
            url = f"{scheme}://{host}/robots.txt"
            self._rules[host] = asyncio.ensure_future(self._fetch(url, request))
        try:
            # The shield keeps the task alive for the others if this request is cancelled.
            return await asyncio.shield(self._rules[host])
        except Exception:
            # Without an answer nothing is allowed (RFC 9309 2.3.1.4); the next request asks again.
            self._rules.pop(host, None)
            raise

    async def _fetch(self, url: str, asked_for: Request) -> Protego:
        """Return the rules, waited for as patiently as the request that they are for."""
        meta: dict[str, object] = {"max_retry_times": 1, "robots": True}
        meta |= {name: asked_for.meta[name] for name in _HANDED_ON if name in asked_for.meta}
        request = Request(url, NO_CALLBACK, meta=meta, dont_filter=True)
        host = urlparse_cached(asked_for).netloc
        try:
            response = await self._download(request)
        except (IgnoreRequest, DownloadCancelledError) as error:
            if "max redirections" in str(error):
                return Protego.parse("")  # redirected in a circle: there is no such file
            if "MAXSIZE" not in str(error) and isinstance(error, IgnoreRequest):
                raise
            self._unread[host] = "larger than DOWNLOAD_MAXSIZE allows"
            return robots_rules(503, b"", self._agent)
        if len(response.body) > ROBOTS_MAX_BYTES:
            self._cut_short(url)
        if forbids_everything_for_now(response.status):
            self._unread[host] = f"status {response.status}"
        return robots_rules(response.status, response.body, self._agent)


async def _download(crawler: Crawler, request: Request) -> Response:
    assert crawler.engine is not None
    return await crawler.engine.download_async(request)


def _cut_short(crawler: Crawler, url: str) -> None:
    run_of(crawler).report.cut_short("rules", url)


def _slow_down(request: Request, delay_s: float) -> None:
    """Leave the delay with the request, for the middleware that keeps the pace of its host."""
    request.meta[CRAWL_DELAY] = delay_s
