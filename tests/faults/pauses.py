"""Pauses that a site asks for, in every way in which real ones do, as kinds of faults."""

import time
from email.utils import formatdate

from demo.responses import Response
from tests.faults.answers import Fault, Moment, every, html, on_turns
from tests.faults.kind import FAILED, PARTIAL, FaultKind


def _pause(seconds: str = "", status: int = 429) -> Fault:
    headers = {"Retry_After": seconds} if seconds else {}
    return on_turns((2, 3), lambda moment: html(status, "Slow down", **headers))


def _pause_until(moment: Moment) -> Response:
    if moment.is_list and moment.number == 2:
        date = formatdate(time.time() + 2, usegmt=True)
        return html(503, "Slow down", Retry_After=date)
    return moment.answer()


def _slash_after_a_pause(moment: Moment) -> Response:
    """Send lists to their address with a slash, and ask to wait before that."""
    path, _, query = moment.request.target.partition("?")
    if not moment.is_list or path.endswith("/"):
        return moment.answer()
    return Response(302, {"Location": f"{path}/?{query}", "Retry-After": "1"}, b"")


def _api_that_moved_for_a_moment(moment: Moment) -> Response:
    """Send the first requests for the index of the API to themselves, after a pause."""
    if moment.path.rstrip("/") == "/wp-json" and moment.number <= 2:
        return Response(302, {"Location": moment.request.target, "Retry-After": "1"}, b"")
    return moment.answer()


def _refuses_the_index(moment: Moment) -> Response:
    """Refuse the first requests for the index of the API, as a firewall that counts them."""
    if moment.path.rstrip("/") == "/wp-json" and moment.number <= 2:
        return html(403, "Too many requests", Retry_After="1")
    return moment.answer()


def _refuses_after_every_pause(moment: Moment) -> Response:
    return html(403, "Forbidden", Retry_After="1")


def _refuses_from_the_middle_on(moment: Moment) -> Response:
    """Answer everything with a 403 and a pause, once the second list of posts is asked for."""
    if moment.is_list and moment.number == 2:
        moment.memory["refuses"] = True
    if moment.memory.get("refuses"):
        return _refuses_after_every_pause(moment)
    return moment.answer()


_EACH = (302, 403, 500, 502, 504)

PAUSE_KINDS: tuple[FaultKind, ...] = (
    FaultKind("429 without Retry-After, twice", _pause()),
    FaultKind("503 without Retry-After, twice", _pause(status=503)),
    FaultKind("429 with Retry-After", _pause("1")),
    FaultKind("503 with Retry-After", _pause("1", 503)),
    *(FaultKind(f"{status} with Retry-After, twice", _pause("1", status)) for status in _EACH),
    FaultKind("a redirect with Retry-After before every list", _slash_after_a_pause),
    FaultKind("a redirect of the index with Retry-After", _api_that_moved_for_a_moment),
    FaultKind("a 403 of the index with Retry-After", _refuses_the_index),
    FaultKind("a Retry-After with a date", _pause_until),
    FaultKind("a Retry-After of thousands of digits", _pause("9" * 4_000)),
    FaultKind("a Retry-After that is a time since 1970", _pause("1764357000", 503)),
    FaultKind("a 403 with a Retry-After of a year", _pause("31536000", 403)),
    FaultKind(
        "429 with Retry-After, and four requests at once",
        every(4, lambda moment: html(429, "Slow down", Retry_After="1")),
        posts=60,
        settings={
            "CONCURRENT_REQUESTS_PER_DOMAIN": 4,
            "DOWNLOAD_DELAY": 0.2,
            "CRAWL_PER_PAGE": 10,
        },
    ),
    FaultKind(
        "a pause of an hour",
        every(3, lambda moment: html(429, "Slow down", Retry_After="3600")),
        PARTIAL,
        may_lose=True,
        settings={"CONCURRENT_REQUESTS_PER_DOMAIN": 4, "CRAWL_PER_PAGE": 10},
    ),
    FaultKind(
        "a pause of an hour with a 403",
        every(3, lambda moment: html(403, "Slow down", Retry_After="3600")),
        PARTIAL,
        may_lose=True,
        settings={"CRAWL_PER_PAGE": 10},
    ),
    FaultKind(
        "403 with Retry-After for everything",
        _refuses_after_every_pause,
        FAILED,
        may_lose=True,
        requests_max=8,
    ),
    FaultKind(
        "403 with Retry-After for everything, from the middle on",
        _refuses_from_the_middle_on,
        PARTIAL,
        may_lose=True,
        requests_max=25,
    ),
)
"""Kinds for `kinds.py`."""
