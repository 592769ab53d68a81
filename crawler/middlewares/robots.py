"""robots.txt as RFC 9309 reads it, for the real request path, with Crawl-delay: Scrapy's middleware knows neither statuses nor delays."""

from typing import Self

from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import NotConfigured
from scrapy.http import Request, Response
from scrapy.robotstxt import RobotParser

from crawler.errors import RobotsForbid

_DENY_ALL = b"User-agent: *\nDisallow: /\n"


def effective_rules(status: int, body: bytes) -> bytes:
    """The rules that an answer for /robots.txt means (RFC 9309 2.3.1): refused or broken means no, absent means yes."""
    if status in (401, 403) or status >= 500:
        return _DENY_ALL
    if status >= 400 or body.lstrip()[:1] == b"<":  # an HTML page instead of rules is no rules
        return b""
    return body


class RobotsMiddleware(RobotsTxtMiddleware):
    """Raises RobotsForbid, which names the path, for what robots.txt forbids."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._delay_max_s = crawler.settings.getfloat("CRAWL_DELAY_MAX_S")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured("ROBOTSTXT_OBEY is off")
        return cls(crawler)

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Refuse what the rules refuse, and slow down as they ask."""
        agent = self._robotstxt_useragent or self._default_useragent
        if rp is not None and not rp.allowed(request.url, agent):
            raise RobotsForbid(f"robots.txt forbids {request.url}")
        delay_s = getattr(rp, "rp", None) and rp.rp.crawl_delay(str(agent))  # type: ignore[union-attr]
        if delay_s:
            self._slow_down(request, min(float(delay_s), self._delay_max_s))

    def _slow_down(self, request: Request, delay_s: float) -> None:
        assert self.crawler.engine is not None
        downloader = self.crawler.engine.downloader
        slot = downloader.slots.get(downloader.get_slot_key(request))
        if slot is not None:
            slot.delay = max(slot.delay, delay_s)

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        await super()._parse_robots(response.replace(body=effective_rules(response.status, response.body)), netloc, request)
