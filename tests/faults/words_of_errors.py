"""Errors that come with status 200, and name their own status in the JSON, as kinds of faults."""

from typing import Any

from tests.faults.answers import Fault, Moment, document, on_turns
from tests.faults.kind import PARTIAL, FaultKind


def _error(status: int, code: str = "wp_die") -> dict[str, Any]:
    return {"code": code, "message": "<p>Wartungsarbeiten</p>", "data": {"status": status}}


def _told(turns: range | tuple[int, ...], error: dict[str, Any]) -> Fault:
    return on_turns(turns, lambda moment: document(error))


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
    FaultKind(
        "200 whose JSON says 503, for ever",
        _told(range(2, 10**6), _error(503)),
        PARTIAL,
        may_lose=True,
        requests_max=80,
    ),
)
"""Kinds for `kinds.py`."""
