from types import SimpleNamespace

import pytest
from scrapy import Spider
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import Request, Response
from scrapy.utils.test import get_crawler

from crawler.middlewares.keep_pace import PaceMiddleware
from crawler.pace import CRAWL_DELAY, Pace


class Slotted:
    """The middleware with one slot, and a clock that a test moves."""

    def __init__(self, floor_s=0.0):
        self.now = 1000.0
        self.slot = SimpleNamespace(delay=floor_s, lastseen=999.0)
        self.middleware = PaceMiddleware(
            Pace(floor_s=floor_s),
            lambda request: self.slot,
            exceptions=(DownloadTimeoutError,),
            clock=lambda: self.now,
        )

    def ask(self, status=200, latency_s=0.1, delay_s=None, **headers):
        request = Request("https://h.org/wp-json/")
        if delay_s is not None:
            request.meta[CRAWL_DELAY] = delay_s
        self.middleware.process_request(request)
        request.meta["download_latency"] = latency_s
        self.now += latency_s
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        response = Response(request.url, status=status, headers=named)
        self.middleware.response_downloaded(response, request)
        return request

    @property
    def next_at(self):
        """The time at which the downloader sends the next request, as it reckons."""
        if not self.slot.delay:
            return self.now
        return max(self.now, self.slot.lastseen + self.slot.delay)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("floor_s", [0.0, 1.0, 40.0])
def test_what_waits_in_the_downloader_waits_for_the_end_of_a_pause(status, floor_s):
    slotted = Slotted(floor_s)
    slotted.ask(status, Retry_After="20")
    assert slotted.next_at >= slotted.now + 20
    ends_at = slotted.now + 20
    slotted.ask()  # an answer to a request that was on its way
    assert slotted.next_at >= ends_at


def test_a_host_that_is_quick_is_not_held_back():
    slotted = Slotted()
    for _ in range(20):
        slotted.ask()
    assert slotted.slot.delay == 0


def test_the_crawl_delay_is_kept():
    slotted = Slotted(1.0)
    slotted.ask(delay_s=7.5)
    assert slotted.slot.delay == 7.5
    slotted.ask()
    assert slotted.slot.delay == 7.5


def test_no_answer_in_time_slows_down_and_other_trouble_does_not():
    slotted = Slotted(1.0)
    request = slotted.ask()
    slotted.middleware.process_exception(request, ValueError())
    assert slotted.slot.delay == 1.0
    slotted.middleware.process_exception(request, DownloadTimeoutError())
    assert slotted.slot.delay == 1.5


def test_it_is_built_from_settings():
    settings = {
        "TWISTED_REACTOR_ENABLED": False,
        "DOWNLOAD_DELAY": 3.0,
        "CRAWL_BACKOFF_S": 2.0,
        "CRAWL_PACE_MAX_S": 30.0,
    }
    middleware = PaceMiddleware.from_crawler(get_crawler(Spider, settings_dict=settings))
    pace = middleware.pace_of(Request("https://h.org/"))
    assert (pace.floor_s, pace.step_s, pace.longest_s) == (3.0, 0.5, 30.0)
