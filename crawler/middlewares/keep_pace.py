"""Ask each host at its own pace: slower where it struggles, faster again where it recovers.

`crawler.pace` decides; this sets the delay of Scrapy's downloader, where requests wait their turn.
"""

import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Protocol, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import load_object

from crawler.middlewares.pauses import asked_by
from crawler.pace import CRAWL_DELAY, Observation, Pace
from crawler.rest.responses import status_in_body

logger = logging.getLogger(__name__)

_SENT_AT = "pace_sent_at"
_NEWS_S = 1.0  # a change of the interval that is worth a line in the log


class DownloadSlot(Protocol):
    """The parts used of the slot that the downloader keeps for a host."""

    delay: float


class PaceMiddleware:
    """A downloader middleware that learns how fast each host may be asked."""

    def __init__(
        self,
        first: Pace,
        slot_of: Callable[[Request], DownloadSlot | None],
        *,
        exceptions: tuple[type[Exception], ...],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`first` is the pace of a host that nothing is known about.

        `exceptions` are those of a host that does not answer.
        """
        self._exceptions = exceptions
        self._first = first
        self._slot_of = slot_of
        self._clock = clock
        self._paces: dict[str, Pace] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read DOWNLOAD_DELAY, CRAWL_BACKOFF_S, CRAWL_PACE_MAX_S and RETRY_EXCEPTIONS."""
        settings = crawler.settings
        first = Pace(
            floor_s=settings.getfloat("DOWNLOAD_DELAY"),
            step_s=settings.getfloat("CRAWL_BACKOFF_S") / 4,
            longest_s=settings.getfloat("CRAWL_PACE_MAX_S"),
        )
        exceptions = tuple(load_object(name) for name in settings.getlist("RETRY_EXCEPTIONS"))
        pace = cls(first, partial(_slot_of, crawler), exceptions=exceptions)
        # It comes before the downloader sends the next request; an answer reaches the middlewares
        # after that.
        crawler.signals.connect(pace.response_downloaded, signals.response_downloaded)
        return pace

    def pace_of(self, request: Request) -> Pace:
        """Return the pace of the request's host."""
        return self._paces.get(_host(request), self._first)

    def process_request(self, request: Request) -> None:
        """Note when the request is sent, and the crawl-delay of its host."""
        request.meta[_SENT_AT] = self._clock()
        delay_s = float(request.meta.get(CRAWL_DELAY, 0.0))
        self._keep(request, self.pace_of(request).with_floor(delay_s))

    def response_downloaded(self, response: Response, request: Request) -> None:
        """Learn from an answer; where its body names another status, `process_response` does so."""
        latency_s = request.meta.get("download_latency")
        asks = asked_by(response) is not None
        self._learn(request, response.status, latency_s, asks_for_pause=asks)

    def process_response(self, request: Request, response: Response) -> Response:
        """Give a good answer whose body is an error the status that the error names.

        Caches send errors on in this way. Whoever comes after this sees them as what they are.
        """
        told = _told_status(request, response)
        if told is None:
            return response
        response = response.replace(status=told)
        self._learn(request, told, None, asks_for_pause=asked_by(response) is not None)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Learn from a connection that broke, or an answer that did not come."""
        if isinstance(exception, self._exceptions):
            self._learn(request, None, None)

    def _learn(
        self,
        request: Request,
        status: int | None,
        latency_s: float | None,
        *,
        asks_for_pause: bool = False,
    ) -> None:
        now = self._clock()
        sent_at = float(request.meta.get(_SENT_AT, now))
        before = self.pace_of(request)
        after = before.after(Observation(sent_at, now, latency_s, status, asks_for_pause))
        self._keep(request, after)
        if abs(after.interval_s - before.interval_s) >= _NEWS_S:
            logger.info("%s: a request every %.1f s", _host(request), after.interval_s)

    def _keep(self, request: Request, pace: Pace) -> None:
        self._paces[_host(request)] = pace
        slot = self._slot_of(request)
        if slot is not None:
            slot.delay = pace.interval_s


def _told_status(request: Request, response: Response) -> int | None:
    """Return the status that the JSON of a good answer names; None where it is what it says.

    Where no JSON was asked for, words of JSON are content.
    """
    accepted = request.headers.get("Accept") or b""
    if response.status >= 300 or not accepted.startswith(b"application/json"):
        return None
    content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
    return status_in_body(response.body, content_type)


def _host(request: Request) -> str:
    return urlparse_cached(request).hostname or ""


def _slot_of(crawler: Crawler, request: Request) -> DownloadSlot | None:
    """Return the downloader's slot for the request's host; None before its first request."""
    engine = crawler.engine
    if engine is None or engine.downloader is None:
        return None
    downloader = engine.downloader
    slot: DownloadSlot | None = downloader.slots.get(downloader.get_slot_key(request))
    return slot
