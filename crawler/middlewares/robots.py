"""robots.txt as RFC 9309 reads it, for the real request path, with Crawl-delay: Scrapy's middleware knows neither statuses nor delays."""

import asyncio
from typing import Self

from protego import Protego
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Request
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from crawler.errors import RobotsForbid

_DENY_ALL = "User-agent: *\nDisallow: /\n"


def effective_rules(status: int, body: bytes) -> str:
    """The rules that an answer for /robots.txt means (RFC 9309 2.3.1): refused or broken means no, absent means yes."""
    if status in (401, 403, 429) or status >= 500:
        return _DENY_ALL
    if status >= 400 or body.lstrip()[:1] == b"<":  # an HTML page instead of rules is no rules
        return ""
    return body.decode("utf-8-sig", "replace")


class RobotsMiddleware:
    """Asks each host for its rules once, raises RobotsForbid for what they forbid, and slows down as they ask."""

    def __init__(self, crawler: Crawler, agent: str, delay_max_s: float) -> None:
        self._crawler = crawler
        self._agent = agent
        self._delay_max_s = delay_max_s
        self._rules: dict[str, asyncio.Task[Protego]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        settings = crawler.settings
        if not settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        return cls(
            crawler,
            settings["ROBOTSTXT_USER_AGENT"] or settings["USER_AGENT"],
            settings.getfloat("CRAWL_DELAY_MAX_S"),
        )

    async def process_request(self, request: Request) -> None:
        """Raises RobotsForbid, which names the path, or what kept robots.txt from being read."""
        parts = urlparse_cached(request)
        if request.meta.get("robots") or parts.scheme not in ("http", "https"):
            return
        if parts.netloc not in self._rules:
            self._rules[parts.netloc] = asyncio.ensure_future(
                self._fetch(f"{parts.scheme}://{parts.netloc}/robots.txt", request)
            )
        try:
            rules = await asyncio.shield(self._rules[parts.netloc])
        except (
            Exception
        ):  # without an answer nothing is allowed (RFC 9309 2.3.1.4); the next request asks again
            self._rules.pop(parts.netloc, None)
            raise
        if not rules.can_fetch(request.url, self._agent):
            raise RobotsForbid(f"robots.txt forbids {request.url}")
        if delay_s := rules.crawl_delay(self._agent):
            self._slow_down(request, min(float(delay_s), self._delay_max_s))

    async def _fetch(self, url: str, asked_for: Request) -> Protego:
        assert self._crawler.engine is not None
        patience: dict[str, object] = {
            name: asked_for.meta[name]
            for name in ("download_timeout", "max_retry_times")
            if name in asked_for.meta
        }
        meta = {"max_retry_times": 1, **patience, "robots": True}
        try:
            response = await self._crawler.engine.download_async(
                Request(url, NO_CALLBACK, meta=meta, dont_filter=True)
            )
        except IgnoreRequest:  # redirected in a circle: there is no such file
            return Protego.parse("")
        return Protego.parse(effective_rules(response.status, response.body))

    def _slow_down(self, request: Request, delay_s: float) -> None:
        assert self._crawler.engine is not None
        downloader = self._crawler.engine.downloader
        slot = downloader.slots.get(downloader.get_slot_key(request))
        if slot is not None:
            slot.delay = max(slot.delay, delay_s)
