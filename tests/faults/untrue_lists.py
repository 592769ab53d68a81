"""Sites whose lists do not show what the site shows elsewhere."""

from typing import Any

from demo.responses import Response
from tests.faults.answers import Moment, to_list, with_headers
from tests.faults.kind import PARTIAL, FaultKind

Rows = list[Any]
_NOTICE = b"<br />\n<b>Notice</b>: Undefined offset: [1] in <b>/srv/p.php</b> on line [3]<br />\n"


def _is_by_id(moment: Moment) -> bool:
    return moment.query.get("orderby") == "id"


def _none_by_id(moment: Moment, rows: Rows, response: Response) -> Rows:
    if not _is_by_id(moment):
        return rows
    response.headers |= {"X-WP-Total": "0", "X-WP-TotalPages": "0"}
    return []


def _nothing_among_notices(moment: Moment) -> Response:
    """Give a notice and an empty list, and no totals: PHP has ended before the real one."""
    response = moment.answer()
    if moment.is_list:
        response.body = _NOTICE + b"array_map(): [] given"
        response.headers.pop("X-WP-Total", None)
        response.headers.pop("X-WP-TotalPages", None)
    return response


def _notices_around_nothing(moment: Moment) -> Response:
    response = moment.answer()
    if moment.is_list:
        response.body = _NOTICE + response.body
    return response


UNTRUE_LIST_KINDS: tuple[FaultKind, ...] = (
    FaultKind("no post in the order of ids", to_list(_none_by_id)),
    FaultKind("a total that is capped at 100", with_headers(X_WP_Total="100", X_WP_TotalPages="1")),
    FaultKind(
        "an empty list among notices, without totals",
        _nothing_among_notices,
        PARTIAL,
        may_lose=True,
        requests_max=100,
    ),
    FaultKind("an empty list behind a notice", _notices_around_nothing, posts=0),
)
"""In each of these a crawl either has all posts, or says why it cannot prove that."""
