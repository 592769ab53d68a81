"""Send failed requests again, and keep the pauses that a site asks for.

Scrapy's own RetryMiddleware sends at once and does not read `Retry-After`.
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable
from functools import partial
from typing import Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import Request, Response
from scrapy.settings import BaseSettings
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import load_object

from crawler.errors import KeepsFailing, RunEnds
from crawler.middlewares.pauses import HostPauses, asked_by, keeps_refusing, locked_out, too_long
from crawler.middlewares.waiting import take_back
from crawler.pace import UNREACHED
from crawler.rest.catalogue import Reaction, Symptom, is_whole_page, recognise
from crawler.rest.client import EXPECTS_JSON, RETRY_REFUSALS, SITE_HOMES
from crawler.rest.redirects import target_within_site
from crawler.run.lifecycle import is_closing
from crawler.waits import Breaker, Wait, WaitLimits

RETRY_STATUSES = frozenset({408, 500, 502, 504, 520, 524})
"""Statuses of a response that went wrong; the same request may succeed."""
REFUSAL_STATUSES = frozenset({*range(300, 400), 401, 403, 404, 410, 451})
"""Statuses of a refusal. In the middle of a list that was open they may pass: a plugin that is
being updated, a firewall that takes fright for a moment."""

_CLOSING_SEEN_S = 0.5  # how soon a wait notices that the crawl is to end
# A site that names its pause is waited for beyond the usual number of tries: the total of all
# waits is what ends it.
_MORE_TRIES = 20
_FRIGHTENED = "asked_again_after_a_challenge"

logger = logging.getLogger(__name__)


class HeldBack(Exception):
    """A request was not sent, because its host has asked for a pause meanwhile."""


class RetryAfterMiddleware:
    """A downloader middleware that retries, and holds back requests to a host that asks to wait."""

    def __init__(
        self,
        spider: Spider,
        limits: WaitLimits,
        *,
        exceptions: tuple[type[Exception], ...],
        is_closing: Callable[[], bool],
        take_back: Callable[[str], None] = lambda host: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`take_back` ends the requests to a host that wait in the downloader, with `HeldBack`."""
        self._spider = spider
        self._limits = limits
        self._exceptions = exceptions
        self._is_closing = is_closing
        self._take_back = take_back
        self.pauses = HostPauses(limits.longest_s, limits.total_s, clock)
        self._breakers: dict[str, Breaker] = {}
        """By host; one that is not here has not answered yet."""
        self._refuses: set[str] = set()
        """Hosts that refused a request after each pause that they had asked for."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read RETRY_TIMES, RETRY_EXCEPTIONS and the limits of waiting."""
        assert crawler.spider is not None
        exceptions = crawler.settings.getlist("RETRY_EXCEPTIONS")
        middleware = cls(
            crawler.spider,
            _wait_limits(crawler.settings),
            exceptions=tuple(load_object(name) for name in exceptions),
            is_closing=partial(is_closing, crawler),
            take_back=partial(_take_back, crawler),
        )
        # It comes before the downloader sends the next request; an answer reaches the middlewares
        # after that.
        crawler.signals.connect(middleware.response_downloaded, signals.response_downloaded)
        return middleware

    def response_downloaded(self, response: Response, request: Request) -> None:
        """Begin a pause that an answer asks for, for the requests that wait in the downloader.

        A redirect that is followed gets no further up than this.
        """
        pause_s = asked_by(response)
        if pause_s:
            host = urlparse_cached(request).netloc
            self._keep(host, pause_s)
            self._take_back(host)

    async def process_request(self, request: Request) -> None:
        """Wait while the host has asked for a pause.

        Raises RunEnds when the crawl is told to end meanwhile, AskedToWait for a pause that is too
        long.
        """
        host = urlparse_cached(request).netloc
        while True:
            # Another response may have moved the time.
            asked_s = self.pauses.asked_s(host)
            if broken := self.pauses.broken_limit(asked_s):
                raise too_long(host, asked_s, broken)
            wait_s = self.pauses.wait_s(host)
            if wait_s <= 0:
                return
            if self._is_closing():
                raise RunEnds(f"not asked, since the site had asked for a pause: {request.url}")
            await asyncio.sleep(min(wait_s, _CLOSING_SEEN_S))

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Return the request again for a response that asks for a pause or went wrong.

        Raises AskedToWait, KeepsFailing.
        """
        status = response.status
        symptom = _symptom(request, response)
        pause_s = asked_by(response)
        is_down = symptom is not None and symptom.is_down
        if pause_s is not None:
            self._keep(urlparse_cached(request).netloc, pause_s)
        # An answer that asks for a pause speaks neither for the host nor against it.
        elif is_down or status in UNREACHED:
            self._count_failure(request)
        else:
            self._count_answer(request)
        if symptom is not None and symptom.reaction is Reaction.HOSTILE:
            return self._again_after_fright(request, symptom, str(status)) or response
        if pause_s is not None:
            return self._again_after_pause(request, response, symptom, pause_s) or response
        if symptom is not None and is_down:
            return self._again_when_up(request, symptom, str(status)) or response
        if symptom is not None and symptom.wait is Wait.SMALLER:
            return response
        if status in REFUSAL_STATUSES and _refusal_may_pass(request, response):
            return self._again(request, str(status), self._all_tries(request)) or response
        if status in RETRY_STATUSES:
            return self._again(request, str(status), self._own_tries(request)) or response
        return response

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Return the request again where it was held back, or the connection broke.

        Raises KeepsFailing.
        """
        if isinstance(exception, HeldBack):
            return request.replace(dont_filter=True)
        if isinstance(exception, self._exceptions):
            self._count_failure(request)
            tries = self._own_tries(request)
            if request.meta.get(RETRY_REFUSALS):  # it was up a moment ago
                tries = self._all_tries(request)
            # A timeout may be due to what was asked: fewer rows may come in time.
            of_host = not isinstance(exception, DownloadTimeoutError)
            return self._again(request, exception, tries, of_host=of_host)
        return None

    def _own_tries(self, request: Request) -> int:
        """Return how often it is sent again after an answer that may be its own fault."""
        return min(int(request.meta.get("max_retry_times", 10**6)), self._limits.tries)

    def _all_tries(self, request: Request) -> int:
        """Return how often a request is sent again in a bad moment of the site.

        A smaller request would not help there, so it is RETRY_TIMES, unless nothing is to be tried
        again at all.
        """
        return min(1, self._own_tries(request)) * self._limits.tries

    def _again_after_pause(
        self, request: Request, response: Response, symptom: Symptom | None, pause_s: float
    ) -> Request | None:
        """Return the request for another try after the pause that the site names, if there is one.

        Raises AskedToWait where the pause is too long, or pauses have not helped.
        """
        if self._is_closing():
            return None
        host = urlparse_cached(request).netloc
        if broken := self.pauses.broken_limit(pause_s):
            raise too_long(host, pause_s, broken)
        if host in self._refuses and response.status == 403:
            raise keeps_refusing(host, pause_s)
        tries = self._tries_after_pause(request, response, symptom)
        retry = self._retry_of(request, str(response.status), tries)
        if retry is None and tries and response.status == 403:
            self._refuses.add(host)
        return retry

    def _tries_after_pause(
        self, request: Request, response: Response, symptom: Symptom | None
    ) -> int:
        """Return how often a request is sent again after an answer that names a pause."""
        status = response.status
        if symptom is not None and symptom.is_down:
            return self._all_tries(request) + _MORE_TRIES
        if symptom is not None and symptom.wait is Wait.SMALLER:
            return 0
        if status in RETRY_STATUSES:
            return self._own_tries(request)
        # A firewall that says how long it refuses will not refuse then.
        if status == 403 or (status in REFUSAL_STATUSES and _refusal_may_pass(request, response)):
            return self._all_tries(request)
        return 0

    def _again_when_up(self, request: Request, symptom: Symptom, reason: str) -> Request | None:
        """Return the request for another try when the site is up again; None where there is none.

        Raises AskedToWait.
        """
        tries = self._all_tries(request)
        if symptom.wait is Wait.LOCKOUT and tries:
            again = self._again_after_fright(request, symptom, reason)
            if again is None and not self._is_closing():
                host = urlparse_cached(request).netloc
                raise locked_out(host, symptom.name, self._limits.lockout_s)
            return again
        return self._again(request, reason, tries, of_host=True, wait=symptom.wait)

    def _again(
        self,
        request: Request,
        reason: str | Exception,
        tries: int,
        *,
        of_host: bool = False,
        wait: Wait = Wait.SHORT,
    ) -> Request | None:
        """Return the request for another try, after a wait of our own; None where there is none.

        `of_host` says that the failure is the host's, whatever is asked: fewer rows would not help.
        """
        if self._is_closing():
            return None
        at_once = wait is Wait.PAUSE and tries > 0
        if self._trips(request, of_host, tries, at_once=at_once):
            tries += _MORE_TRIES
        retry = self._retry_of(request, reason, tries)
        if retry is None:
            return None
        retried = request.meta.get("retry_times", 0)
        own_s = self._limits.own_wait_s(wait, retried, random.random())
        if own_s > min(self._limits.longest_s, self.pauses.left_s):
            return None  # our own wait, for which the site is not to blame
        self._hold_back(urlparse_cached(request).netloc, own_s)
        return retry

    def _retry_of(self, request: Request, reason: str | Exception, tries: int) -> Request | None:
        """Return the request for another try; None where it was tried so often already."""
        return get_retry_request(
            request,
            spider=self._spider,
            reason=reason,
            max_retry_times=tries,
            give_up_log_level="DEBUG",
        )

    def _count_failure(self, request: Request) -> None:
        """Count a failure of a host. Raises KeepsFailing when no pause has helped."""
        host = urlparse_cached(request).netloc
        breaker = self._breakers.get(host, self._limits.breaker).after_failure()
        self._breakers[host] = breaker
        if breaker.is_spent:
            raise KeepsFailing(
                f"{host} answered only with errors, or not at all, also after {breaker.pauses} "
                f"pauses of {self._limits.breaker_pause_s:.0f} s; "
                "what was archived stays, run again later"
            )

    def _count_answer(self, request: Request) -> None:
        host = urlparse_cached(request).netloc
        self._breakers[host] = self._limits.breaker.after_answer()
        self._refuses.discard(host)

    def _trips(self, request: Request, of_host: bool, tries: int, *, at_once: bool) -> bool:
        """Begin a pause for a host that keeps failing; tell whether one has begun.

        A list that was open gets one as soon as its tries are used up, so that a bad moment does
        not end it. It gets one `at_once` where the answer says so. Other requests may be for a
        route that never answers.
        """
        host = urlparse_cached(request).netloc
        breaker = self._breakers.get(host, self._limits.breaker)
        was_open = bool(request.meta.get(RETRY_REFUSALS))
        used_up = was_open and of_host and request.meta.get("retry_times", 0) >= tries
        if used_up or at_once:
            breaker = breaker.opened()
        wait_s = self._limits.breaker_pause_s
        if not breaker.is_open or wait_s > self.pauses.left_s:
            return False
        logger.warning("%s keeps failing, and is left alone for %.0f s", host, wait_s)
        self._breakers[host] = breaker.after_pause()
        self._hold_back(host, wait_s)
        return True

    def _again_after_fright(
        self, request: Request, symptom: Symptom, reason: str
    ) -> Request | None:
        """Return the request once more, after a long pause; None where it was asked again before.

        A firewall that took fright in the middle of a list may let a slow crawl pass.
        """
        wait_s = self._limits.breaker_pause_s
        if symptom.wait is Wait.LOCKOUT:
            wait_s = self._limits.lockout_s
        if not request.meta.get(RETRY_REFUSALS) or request.meta.get(_FRIGHTENED):
            return None
        if symptom.wait is Wait.NEVER:
            return None
        if self._is_closing() or wait_s > self.pauses.left_s:
            return None
        retry = self._retry_of(request, reason, _MORE_TRIES)
        if retry is not None:
            host = urlparse_cached(request).netloc
            logger.warning("%s: %s; it is left alone for %.0f s", host, symptom.name, wait_s)
            retry.meta[_FRIGHTENED] = True
            self._hold_back(host, wait_s)
        return retry

    def _keep(self, host: str, pause_s: float) -> None:
        """Keep a pause that a host asks for."""
        self._count_wait(self.pauses.keep(host, pause_s))

    def _hold_back(self, host: str, wait_s: float) -> None:
        """Let no request to a host pass for a while."""
        self._count_wait(self.pauses.hold_back(host, wait_s))

    def _count_wait(self, is_longer: bool) -> None:
        stats = self._spider.crawler.stats
        if stats and is_longer:
            stats.inc_value("retry_after/waits")


def _wait_limits(settings: BaseSettings) -> WaitLimits:
    return WaitLimits(
        tries=settings.getint("RETRY_TIMES"),
        backoff_s=settings.getfloat("CRAWL_BACKOFF_S"),
        throttled_s=settings.getfloat("CRAWL_THROTTLED_S"),
        lockout_s=settings.getfloat("CRAWL_LOCKOUT_S"),
        longest_s=settings.getfloat("CRAWL_RETRY_AFTER_MAX_S"),
        total_s=settings.getfloat("CRAWL_WAIT_TOTAL_MAX_S"),
        breaker=Breaker(settings.getint("CRAWL_BREAKER_AFTER")),
        breaker_pause_s=settings.getfloat("CRAWL_BREAKER_PAUSE_S"),
    )


def _symptom(request: Request, response: Response) -> Symptom | None:
    """Return what the catalogue says of an error, or of a page in place of JSON.

    Where a list was open, any page is odd; elsewhere, only one that says that the site is down.
    """
    in_list = bool(request.meta.get(RETRY_REFUSALS))
    is_odd = (in_list or request.meta.get(EXPECTS_JSON)) and is_whole_page(response.body)
    if response.status == 200 and not is_odd:
        return None
    headers = {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
    }
    symptom = recognise(response.status, headers, response.body)
    if response.status == 200 and not in_list and symptom is not None and not symptom.is_down:
        return None
    return symptom


def _refusal_may_pass(request: Request, response: Response) -> bool:
    """Tell whether a refusal is to be asked again.

    Redirects that write the same address in another way are followed instead.
    """
    location = (response.headers.get("Location") or b"").decode("latin-1")
    is_odd = bool(request.meta.get(RETRY_REFUSALS))
    homes = request.meta.get(SITE_HOMES, ())
    return is_odd and target_within_site(request.url, location, homes) is None


def _take_back(crawler: Crawler, host: str) -> None:
    """Let the requests to a host that wait in the downloader wait in `process_request` instead.

    In the downloader, nothing would hear of the end of the crawl.
    """
    take_back(
        crawler,
        lambda request: urlparse_cached(request).netloc == host,
        lambda request: HeldBack(),
    )
