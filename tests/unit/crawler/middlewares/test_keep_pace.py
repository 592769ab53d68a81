from types import SimpleNamespace

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
        self.slot = SimpleNamespace(delay=floor_s)
        self.middleware = PaceMiddleware(
            Pace(floor_s=floor_s),
            lambda request: self.slot,
            exceptions=(DownloadTimeoutError,),
            clock=lambda: self.now,
        )

    def ask(self, status=200, latency_s=0.1, delay_s=None):
        request = Request("https://h.org/wp-json/")
        if delay_s is not None:
            request.meta[CRAWL_DELAY] = delay_s
        self.middleware.process_request(request)
        request.meta["download_latency"] = latency_s
        self.now += latency_s
        self.middleware.response_downloaded(Response(request.url, status=status), request)
        return request


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


def test_an_error_that_comes_as_a_good_answer_gets_its_own_status_and_slows_down():
    slotted = Slotted(1.0)
    body = b'{"code":"wp_die","message":"Wartung","data":{"status":503}}'
    request = Request("https://h.org/wp-json/", headers={"Accept": "application/json, */*"})
    seen = slotted.middleware.process_response(request, Response(request.url, body=body))
    assert (seen.status, seen.body, slotted.slot.delay) == (503, body, 2.0)


def test_words_of_json_are_no_error_where_no_json_was_asked_for():
    slotted = Slotted(1.0)
    request = Request("https://h.org/a.json", headers={"Accept": "*/*"})
    answer = Response(request.url, body=b'{"code":503,"message":"a file"}')
    assert slotted.middleware.process_response(request, answer) is answer


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
