"""Errors that come with status 200: their JSON or their page says what they are."""

from collections.abc import Callable
from typing import Any

from demo.responses import Response
from tests.faults.answers import Fault, Moment, document, on_turns
from tests.faults.kind import FAILED, PARTIAL, FaultKind


def _error(status: int, code: str = "wp_die") -> dict[str, Any]:
    return {"code": code, "message": "<p>Wartungsarbeiten</p>", "data": {"status": status}}


def _told(turns: range | tuple[int, ...], error: dict[str, Any]) -> Fault:
    return on_turns(turns, lambda moment: document(error))


def _page(head: str, body: str) -> Callable[[Moment], Response]:
    text = f"<!DOCTYPE html><html lang='de'><head>{head}</head><body>{body}</body></html>"
    page = {"Content-Type": "text/html; charset=UTF-8"}
    return lambda moment: Response(200, page, text.encode())


_KURZ = _page(
    "<title>Wir sind bald zurück</title><meta name='robots' content='noindex'>",
    "<h1>Wartungsarbeiten</h1><p>Bitte kommen Sie später wieder.</p>",
)
_WIEDER = _page(
    "<title>しばらくお待ちください</title><meta http-equiv='refresh' content='30'>", "<p>。</p>"
)
_KEKS = _page("<script>document.cookie = 'v=' + f(7); location.reload()</script>", "<p>Moment…</p>")


def _at_index(turns: range, page: Callable[[Moment], Response]) -> Fault:
    """Return a fault of the n-th requests for the index of the API, in both forms."""

    def fault(moment: Moment) -> Response:
        is_root = moment.path.rstrip("/") == "/wp-json" or "rest_route" in moment.query
        if is_root and moment.number in turns:
            return page(moment)
        return moment.answer()

    return fault


def _index(moment: Moment) -> Any:
    """Answer the first requests for the index of the API with an error of a maintenance."""
    if moment.path.rstrip("/") == "/wp-json" and moment.number <= 2:
        return document(_error(503))
    return moment.answer()


WORDS_OF_ERRORS_KINDS: tuple[FaultKind, ...] = (
    FaultKind("200 whose JSON says 503, twice", _told((2, 3), _error(503))),
    FaultKind("200 whose JSON says 429, twice", _told((2, 3), _error(429, "too_many"))),
    FaultKind("200 whose JSON says 403, once", _told((2,), _error(403, "rest_forbidden"))),
    FaultKind("200 whose JSON says 500, once", _told((2,), _error(500, "critical"))),
    FaultKind("200 whose JSON says 503 for the index, twice", _index),
    FaultKind(
        "200 with the JSON of a gateway's 429, twice",
        _told((2, 3), {"status": "429", "title": "Too Many Requests"}),
    ),
    FaultKind("a short page for no search engine, twice", on_turns((2, 3), _KURZ)),
    FaultKind("a short page for no search engine, of the index", _at_index(range(1, 3), _KURZ)),
    FaultKind("a page that loads itself again, of the index", _at_index(range(1, 3), _WIEDER)),
    FaultKind("a check by a cookie in the middle, once", on_turns((2,), _KEKS)),
    FaultKind(
        "a check by a cookie for everything",
        lambda moment: _KEKS(moment),
        FAILED,
        may_lose=True,
        requests_max=15,
    ),
    FaultKind(
        "200 whose JSON says 503, for ever",
        _told(range(2, 10**6), _error(503)),
        PARTIAL,
        may_lose=True,
        requests_max=80,
    ),
)
"""Kinds for `kinds.py`."""
