"""Firewalls, servers in between, and other rows of the error catalogue, as kinds of faults."""

import gzip
from collections.abc import Callable

from demo.responses import Response
from tests.faults.answers import (
    Fault,
    Moment,
    always,
    document,
    every,
    html,
    on_turns,
    poisoned,
)
from tests.faults.kind import PARTIAL, FaultKind

_FOR_EVER = range(2, 10**6)


def _rule(moment: Moment, status: int = 406) -> Response:
    return html(status, "Not Acceptable!")


def _rule_against_long_addresses(moment: Moment) -> Response:
    """Refuse many rows and many ids, as rules about the length of arguments do."""
    is_long = int(moment.query.get("per_page", "10")) > 50 or len(moment.request.target) > 200
    if moment.is_list and is_long:
        return _rule(moment, 403)
    return moment.answer()


def _check(moment: Moment) -> Response:
    return html(403, "One moment, please...")


def _sucuri(moment: Moment) -> Response:
    return html(403, "Sucuri WebSite Firewall - Access Denied", X_Sucuri_Block="GEO02")


def _gzipped(times: int, *, named: bool) -> Fault:
    """Return a fault of lists that are compressed so often, and said to be so or not."""

    def fault(moment: Moment) -> Response:
        response = moment.answer()
        accepted = moment.request.headers.get("accept-encoding", "")
        if not moment.is_list or "identity" in accepted:
            return response
        for _ in range(times):
            response.body = gzip.compress(response.body)
        if named:
            response.headers["Content-Encoding"] = "gzip"
        return response

    return fault


def _no_such_route(moment: Moment) -> Response:
    if moment.path.rstrip("/").endswith("/wp/v2/tags"):
        found = {"code": "rest_no_route", "message": "No.", "data": {"status": 404}}
        return document(found, 404)
    return moment.answer()


def _bomb(moment: Moment) -> Response:
    """Send 100 MB of blanks, compressed to 100 kB, in place of each list but the first."""
    response = moment.answer()
    if moment.is_list and moment.number > 1:
        if "bomb" not in moment.memory:
            moment.memory["bomb"] = gzip.compress(b"[" + b" " * (100 << 20) + b"]")
        response.body = moment.memory["bomb"]
        response.headers["Content-Encoding"] = "gzip"
    return response


def _cookies(moment: Moment) -> Response:
    """Set a cookie in every answer, and refuse whoever sends one back, as WordPress does."""
    if "cookie" in moment.request.headers:
        found = {"code": "rest_cookie_invalid_nonce", "message": "No.", "data": {"status": 403}}
        return document(found, 403)
    response = moment.answer()
    response.headers["Set-Cookie"] = f"wordpress_logged_in_{moment.number}=a; path=/"
    return response


def _between(status: int) -> Callable[[Moment], Response]:
    """Return a function that fails as Cloudflare does where the site behind it does."""
    return lambda moment: html(status, f"{status}: origin", Server="cloudflare", CF_RAY="7f-FRA")


FIREWALL_KINDS: tuple[FaultKind, ...] = (
    FaultKind("a rule of ModSecurity in the middle, once", on_turns((3,), _rule)),
    FaultKind("a rule of ModSecurity against long addresses", _rule_against_long_addresses),
    FaultKind(
        "a rule of ModSecurity from the middle on",
        on_turns(_FOR_EVER, _rule),
        PARTIAL,
        may_lose=True,
        requests_max=35,
    ),
    FaultKind(
        "a check of Imunify360 from the middle on",
        on_turns(_FOR_EVER, _check),
        PARTIAL,
        may_lose=True,
        requests_max=30,
    ),
    FaultKind("a block of Sucuri in the middle, once", on_turns((2,), _sucuri)),
    FaultKind(
        "a block of Sucuri from the middle on",
        on_turns(_FOR_EVER, _sucuri),
        PARTIAL,
        may_lose=True,
        requests_max=30,
    ),
    FaultKind("a bomb in every answer", _bomb, PARTIAL, may_lose=True, requests_max=80),
    FaultKind("gzip that is not called so", _gzipped(1, named=False)),
    FaultKind("gzip in gzip", _gzipped(2, named=True)),
    FaultKind("null in place of every third list", every(3, lambda moment: document(None))),
    FaultKind("an object in place of every third list", every(3, lambda moment: document({}))),
    FaultKind("the route of tags is gone", _no_such_route),
    FaultKind("false in place of every third list", every(3, lambda moment: document(False))),
    FaultKind("a cookie in every answer, and a 403 for whoever sends it back", _cookies),
    FaultKind(
        "rest_encode_error for a record, whatever is asked of it",
        poisoned("id", 120, "rest_encode_error"),
        PARTIAL,
        not_sent=frozenset({120}),
    ),
    FaultKind("509 of a shared host, twice", on_turns((2, 3), always(509, "Bandwidth"))),
    *(
        FaultKind(f"{status} of Cloudflare, twice", on_turns((2, 3), _between(status)))
        for status in (520, 522, 523, 524, 526)
    ),
    FaultKind("525 of Cloudflare, once", on_turns((2,), always(525, "SSL handshake failed"))),
)
"""Kinds for `kinds.py`."""
