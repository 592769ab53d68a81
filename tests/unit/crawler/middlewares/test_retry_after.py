import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Spider
from scrapy.exceptions import DownloadConnectionRefusedError
from scrapy.http import Request, Response
from scrapy.utils.test import get_crawler

from crawler.errors import AskedToWait, KeepsFailing, RunEnds
from crawler.middlewares.retry_after import (
    RETRY_STATUSES,
    HeldBack,
    RetryAfterMiddleware,
    WaitLimits,
)
from crawler.pace import OVERLOAD, Breaker, retry_after_s
from crawler.rest.client import RETRY_REFUSALS

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@given(st.integers(0, 10**9))
def test_seconds_are_never_shortened(seconds):
    assert retry_after_s(f" {seconds} ", NOW) >= seconds
    assert retry_after_s(f"{seconds}.7", NOW) >= seconds


@given(st.integers(-(10**8), 10**8), st.integers(-12, 14))
def test_dates_are_never_shortened(seconds, offset):
    date = (NOW + timedelta(seconds=seconds)).astimezone(timezone(timedelta(hours=offset)))
    assert retry_after_s(format_datetime(date), NOW) >= max(0, seconds)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        ("Tue, 10 Mar 2026 12:02:00 GMT", 120),
        ("Tuesday, 10-Mar-26 12:02:00 GMT", 120),
        ("Tue Mar 10 12:02:00 2026", 120),
        ("Tue, 10 Mar 2020 12:02:00 GMT", 0),
    ],
)
def test_both_forms(value, seconds):
    assert retry_after_s(value, NOW) == seconds


@pytest.mark.parametrize(
    "value",
    [
        "",
        "soon",
        "-5",
        "\xb2",
        "12 minutes",
        "Tue, 99 Mar 2026 12:02:00 GMT",
        "Tue, 10 Mar 2026 12:02:00 +" + "9" * 30,
    ],
)
def test_other_values_say_nothing(value):
    assert retry_after_s(value, NOW) is None


@given(st.text(st.characters(max_codepoint=255)))
def test_any_header_is_read(value):
    seconds = retry_after_s(value, NOW)
    assert seconds is None or seconds >= 0


SETTINGS = {
    "RETRY_TIMES": 1,
    "CRAWL_BACKOFF_S": 2.0,
    "CRAWL_RETRY_AFTER_MAX_S": 900.0,
    "CRAWL_WAIT_TOTAL_MAX_S": 3600.0,
}
LIMITS = WaitLimits(tries=3, backoff_s=2.0, longest_s=900.0, total_s=3600.0)


class Patient:
    """The middleware with a clock that stands still, and what it would wait."""

    def __init__(self, limits=LIMITS):
        crawler = get_crawler(Spider, settings_dict={"TWISTED_REACTOR_ENABLED": False})
        self.stats = crawler.stats
        self.closing = False
        self.middleware = RetryAfterMiddleware(
            Spider.from_crawler(crawler, "s"),
            limits,
            exceptions=(DownloadConnectionRefusedError,),
            is_closing=lambda: self.closing,
            clock=lambda: 1000.0,
        )
        self.request = Request("https://h.org/wp-json/")

    def answer(self, status, **headers):
        response = Response(
            "https://h.org/wp-json/",
            status=status,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )
        return self.middleware.process_response(self.request, response)

    @property
    def waits_s(self):
        return self.middleware._resume_at.get("h.org", 1000.0) - 1000.0


@pytest.mark.parametrize("status", sorted(OVERLOAD))
def test_a_pause_that_is_asked_for_is_kept(status):
    patient = Patient()
    again = patient.answer(status, Retry_After="120")
    assert isinstance(again, Request)
    assert patient.waits_s == 120
    assert patient.stats.get_value("retry_after/waits") == 1


@pytest.mark.parametrize("status", sorted(RETRY_STATUSES | OVERLOAD))
def test_without_a_pause_waits_double_with_jitter(status):
    patient = Patient()
    for tried in range(3):
        patient.request = patient.answer(status)
        assert 0.5 * 2 * 2**tried <= patient.waits_s
        assert patient.waits_s <= 1.5 * 2 * 2**tried
    assert patient.answer(status).status == status


@pytest.mark.parametrize("status", [200, 301, 400, 401, 403, 404, 501])
def test_other_answers_pass(status):
    assert Patient().answer(status).status == status


def test_a_pause_that_is_too_long_ends_the_run():
    with pytest.raises(AskedToWait, match=r"h\.org asks to wait 901 s; .* CRAWL_RETRY_AFTER_MAX_S"):
        Patient().answer(429, Retry_After="901")


def test_all_pauses_together_have_a_limit():
    patient = Patient(replace(LIMITS, total_s=200))
    patient.request = patient.answer(503, Retry_After="150")
    with pytest.raises(AskedToWait, match="CRAWL_WAIT_TOTAL_MAX_S"):
        patient.answer(503, Retry_After="150")


def test_own_waits_beyond_the_limit_give_up_without_blaming_the_site():
    assert Patient(replace(LIMITS, total_s=0)).answer(502).status == 502


def test_a_site_that_names_its_pauses_is_waited_for_beyond_the_usual_tries():
    patient = Patient()
    for _ in range(10):
        patient.request = patient.answer(429, Retry_After="1")
    assert isinstance(patient.request, Request)


def test_a_shorter_pause_does_not_cut_a_longer_one():
    patient = Patient()
    patient.answer(429, Retry_After="100")
    patient.answer(429, Retry_After="5")
    assert patient.waits_s == 100


def test_broken_connections_are_tried_again_and_other_exceptions_are_not():
    patient = Patient()
    fail = patient.middleware.process_exception
    assert isinstance(fail(patient.request, DownloadConnectionRefusedError()), Request)
    assert fail(patient.request, KeyError("x")) is None


@pytest.mark.parametrize("headers", [{}, {"Retry_After": "120"}])
def test_a_run_that_ends_tries_nothing_again(headers):
    patient = Patient()
    patient.closing = True
    assert patient.answer(503, **headers).status == 503


def test_a_run_that_ends_does_not_sit_out_a_pause():
    patient = Patient()
    patient.answer(503, Retry_After="120")
    patient.closing = True
    with pytest.raises(RunEnds):
        asyncio.run(patient.middleware.process_request(patient.request))


def test_a_request_says_how_often_it_may_be_tried():
    patient = Patient()
    patient.request = Request("https://h.org/wp-json/", meta={"max_retry_times": 0})
    assert patient.answer(500).status == 500


def in_the_middle_of_a_list(tries=2):
    """The meta of a request for a page of a list that was open before."""
    return Request(
        "https://h.org/wp-json/wp/v2/posts?page=2",
        meta={"max_retry_times": tries - 1, RETRY_REFUSALS: True},
    )


@pytest.mark.parametrize("status", [302, 401, 403, 404, 429, 503])
def test_a_bad_moment_of_the_site_is_waited_for_as_long_as_the_settings_say(status):
    patient = Patient()
    patient.request = in_the_middle_of_a_list()
    for _ in range(LIMITS.tries):
        patient.request = patient.answer(status)
        assert isinstance(patient.request, Request)
    assert patient.answer(status).status == status


def test_a_connection_that_breaks_is_waited_for_only_where_the_site_has_answered():
    patient = Patient()
    fail = patient.middleware.process_exception
    request = in_the_middle_of_a_list()
    for _ in range(LIMITS.tries):
        request = fail(request, DownloadConnectionRefusedError())
        assert isinstance(request, Request)
    request = Request("https://h.org/", meta={"max_retry_times": 1})
    request = fail(request, DownloadConnectionRefusedError())
    assert fail(request, DownloadConnectionRefusedError()) is None


def test_an_answer_that_a_smaller_request_may_mend_is_tried_as_the_request_says():
    patient = Patient()
    patient.request = in_the_middle_of_a_list()
    patient.request = patient.answer(500)
    assert patient.answer(500).status == 500


def test_a_redirect_within_the_site_is_not_waited_for():
    patient = Patient()
    patient.request = in_the_middle_of_a_list()
    moved = "https://h.org/wp-json/wp/v2/posts/?page=2"
    assert patient.answer(301, Location=moved).status == 301


@pytest.mark.parametrize("status", [403, 429, 503])
def test_a_guess_is_never_tried_again(status):
    patient = Patient()
    patient.request = in_the_middle_of_a_list(tries=1)
    assert patient.answer(status).status == status


def test_the_settings_say_what_is_tried_again():
    crawler = get_crawler(Spider, settings_dict={"TWISTED_REACTOR_ENABLED": False, **SETTINGS})
    crawler.spider = Spider.from_crawler(crawler, "s")
    crawler.engine = SimpleNamespace(running=True, _slot=None)
    middleware = RetryAfterMiddleware.from_crawler(crawler)
    request = Request("https://h.org/wp-json/")
    again = middleware.process_exception(request, DownloadConnectionRefusedError())
    assert isinstance(again, Request)
    assert middleware.process_exception(again, DownloadConnectionRefusedError()) is None


BREAKING = WaitLimits(
    tries=3, backoff_s=2.0, longest_s=900.0, total_s=3600.0, breaker=Breaker(4), breaker_pause_s=300
)


def test_a_host_that_keeps_failing_is_left_alone_and_then_given_up():
    patient = Patient(BREAKING)
    assert patient.answer(200).status == 200
    for _ in range(3):
        patient.request = patient.answer(503)
    assert patient.waits_s < 30
    for _ in range(3):  # three pauses, each of which begins after one more failure
        patient.request = patient.answer(503)
        assert isinstance(patient.request, Request)
        assert patient.waits_s == 300
    with pytest.raises(KeepsFailing, match="also after 3 pauses of 300 s"):
        patient.answer(502)


def test_any_answer_ends_the_count_of_failures():
    patient = Patient(BREAKING)
    patient.answer(404)
    for _ in range(5):
        for _ in range(3):
            patient.answer(502)
        patient.answer(500)
    assert patient.waits_s < 100


def test_a_host_that_never_answered_gets_no_pause():
    patient = Patient(BREAKING)
    for _ in range(9):
        patient.middleware.process_exception(patient.request, DownloadConnectionRefusedError())
    assert patient.waits_s < 100


def test_a_pause_that_is_asked_for_is_no_failure():
    patient = Patient(BREAKING)
    patient.answer(200)
    for _ in range(9):
        patient.answer(503, Retry_After="5")
    assert patient.waits_s == 5


def test_a_list_that_was_open_gets_a_pause_as_soon_as_its_tries_are_used_up():
    patient = Patient(replace(BREAKING, breaker=Breaker(100)))
    patient.answer(200)
    patient.request.meta[RETRY_REFUSALS] = True
    for _ in range(3):
        patient.request = patient.answer(503)
    assert patient.waits_s < 30
    patient.request = patient.answer(503)
    assert patient.waits_s == 300


@pytest.mark.parametrize("status", sorted(OVERLOAD))
def test_what_waits_in_the_downloader_is_taken_back_for_a_pause(status):
    taken_back = []
    patient = Patient()
    patient.middleware._take_back = taken_back.append
    answer = Response("https://h.org/", status=status, headers={"Retry-After": "20"})
    patient.middleware.response_downloaded(answer, patient.request)
    assert taken_back == ["h.org"]
    assert patient.waits_s == 20
    again = patient.middleware.process_exception(patient.request, HeldBack())
    assert again.url == patient.request.url
    assert again.meta.get("retry_times") is None
    assert again.dont_filter


def test_nothing_waits_for_a_pause_that_is_too_long():
    patient = Patient()
    answer = Response("https://h.org/", status=429, headers={"Retry-After": "5000"})
    patient.middleware.response_downloaded(answer, patient.request)
    with pytest.raises(AskedToWait, match="5000 s"):
        asyncio.run(patient.middleware.process_request(patient.request))
