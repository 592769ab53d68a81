"""Sites whose lists do not show what the site shows elsewhere."""

from collections.abc import Callable
from typing import Any

from demo.responses import Response
from tests.faults.answers import Fault, Moment, document, on_turns, to_list, with_headers
from tests.faults.faulty_site import FaultySite
from tests.faults.kind import PARTIAL, FaultKind

Rows = list[Any]
_COPIED_FROM = 150
_NOT_LISTED = frozenset({60, 77, 141, 142, 143, 220})
_NOTICE = b"<br />\n<b>Notice</b>: Undefined offset: [1] in <b>/srv/p.php</b> on line [3]<br />\n"


def _is_by_id(moment: Moment) -> bool:
    return moment.query.get("orderby") == "id"


def _without(ids: frozenset[int], *, counted: bool = True, by_id_alone: bool = False) -> Fault:
    """Return a fault of lists without some posts, which the totals may count."""

    def change(moment: Moment, rows: Rows, response: Response) -> Rows:
        if by_id_alone and not _is_by_id(moment):
            return rows
        return [row for row in rows if row["id"] not in ids]

    return to_list(change)


def _none_by_id(moment: Moment, rows: Rows, response: Response) -> Rows:
    if not _is_by_id(moment):
        return rows
    response.headers |= {"X-WP-Total": "0", "X-WP-TotalPages": "0"}
    return []


def _copies(copied: Callable[[Moment, dict[str, Any]], dict[str, Any]]) -> Fault:
    """Return a fault of lists that show copies of one row in place of all above an id."""

    def change(moment: Moment, rows: Rows, response: Response) -> Rows:
        if "include" in moment.query:
            return rows
        return [copied(moment, row) if row["id"] > _COPIED_FROM else row for row in rows]

    return to_list(change)


def _numbered(id_: int) -> Callable[[Moment, dict[str, Any]], dict[str, Any]]:
    def copied(moment: Moment, row: dict[str, Any]) -> dict[str, Any]:
        copy = {"id": id_}
        if "_fields" not in moment.query:
            copy |= {"slug": f"post-{id_}", "link": f"http://example.org/post-{id_}/"}
        return {name: copy.get(name, value) for name, value in row.items()} | {"id": id_}

    return copied


def _one_id_for_two(moment: Moment, rows: Rows, response: Response) -> Rows:
    return [row | {"id": 120} if row["id"] == 121 else row for row in rows]


def _no_id_but_0(moment: Moment, rows: Rows, response: Response) -> Rows:
    return [row | {"id": 0} if row["id"] == 30 else row for row in rows]


def _next_id(moment: Moment, rows: Rows, response: Response) -> Rows:
    return [row | {"id": row["id"] + 1} for row in rows]


def _next_id_by_include(moment: Moment, rows: Rows, response: Response) -> Rows:
    if "include" in moment.query:
        return _next_id(moment, rows, response)
    return [row for row in rows if row["id"] not in _NOT_LISTED]


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


def _nothing(moment: Moment) -> Response:
    response = document([])
    response.headers |= {"X-WP-Total": "0", "X-WP-TotalPages": "0"}
    return response


def _nothing_at_last(moment: Moment) -> Response:
    """Answer everything with an empty list after a dozen requests, as a firewall that lies."""
    site: FaultySite = moment.memory["site"]
    return _nothing(moment) if len(site.targets) > 12 else moment.answer()


def _older(moment: Moment) -> Response:
    """Give the list of some time ago, as a cache does that keeps each address by itself."""
    site: FaultySite = moment.memory["site"]
    posts = site["posts"]
    newest = [posts.rows[id_] for id_ in sorted(posts.rows)[-10:]]
    for row in newest:
        posts.delete(row.id)
    response = site.plain_answer(moment.request)
    for row in newest:
        posts.put(row.body)
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
    FaultKind("copies of the last post that is shown, in place of others", _copies(_numbered(150))),
    FaultKind("copies of the newest post, in place of others", _copies(_numbered(250))),
    FaultKind(
        "two posts under one id",
        to_list(_one_id_for_two),
        PARTIAL,
        may_lose=True,
    ),
    FaultKind(
        "a post whose id is 0 in every list",
        to_list(_no_id_but_0),
        PARTIAL,
        may_lose=True,
    ),
    FaultKind(
        "lists that are empty and count nothing, from the middle on",
        on_turns(range(3, 10**6), _nothing),
        PARTIAL,
        may_lose=True,
        requests_max=60,
    ),
    FaultKind(
        "an empty list in place of everything, from the middle on",
        _nothing_at_last,
        PARTIAL,
        may_lose=True,
        requests_max=80,
    ),
    FaultKind(
        "lists of some time ago, all but the first one",
        on_turns(range(2, 10**6), _older),
        PARTIAL,
        may_lose=True,
        requests_max=60,
    ),
    FaultKind("posts that no list shows", _without(_NOT_LISTED)),
    FaultKind("posts that the order of ids does not show", _without(_NOT_LISTED, by_id_alone=True)),
    FaultKind("records by id that are of the next post", to_list(_next_id_by_include)),
)
"""In each of these a crawl either has all posts, or says why it cannot prove that."""
