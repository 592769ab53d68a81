"""The kinds of faults, after public reports of people who read WordPress sites by its API."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from typing import Any

from demo.responses import Response
from tests.faults.answers import (
    Fault,
    Moment,
    always,
    around,
    compressed,
    document,
    every,
    html,
    moved,
    on_turns,
    poisoned,
    to_bytes,
    to_list,
    with_headers,
)
from tests.faults.listings import (
    badly_named_types,
    many_types,
    rows_of_everything,
    tags_of_a_post,
)
from tests.faults.published import Published

COMPLETE = frozenset({"complete"})
PARTIAL = frozenset({"partial"})
FAILED = frozenset({"failed"})
POSTS = 250
_HIDDEN = frozenset(id for id in range(1, POSTS) if id % 3)
_NOTICE = (
    b'<br />\n<b>Warning</b>:  Undefined array key "x" in <b>/srv/p[1].php</b> on line <b>3</b>'
    b"<br />\n"
)
_SCRIPT = b'<!-- Host --><script>var a=[1], b=[{"id":9},{"id":8}];</script><!-- End -->'
_PANEL = (
    b'<div id="query-monitor-main"><script>var qm={"data":[{"queries":[1,2,3]}]};</script>'
    b"<table><tr><td>wp_posts[0]</td></tr></table></div>"
)


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One kind, and what a crawl may make of it."""

    name: str
    fault: Fault = lambda moment: moment.answer()
    verdicts: frozenset[str] = COMPLETE
    """The verdicts that are true."""
    not_sent: frozenset[int] = frozenset()
    """Ids of posts that the site never sends, so that nobody can have them."""
    may_lose: bool = False
    """The site hides posts in a way that a crawl can only report, not overcome."""
    known: bool = False
    """A law is known to be broken here, and this is not mended yet."""
    posts: int = POSTS
    requests_max: int = 3_000
    switches: Mapping[str, Any] = field(default_factory=dict)
    """Switches of the sample server, for faults that it has itself."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    arguments: Mapping[str, str] = field(default_factory=dict)
    """Of the spider."""


def _pause(seconds: str = "", status: int = 429) -> Fault:
    headers = {"Retry_After": seconds} if seconds else {}
    return on_turns((2, 3), lambda moment: html(status, "Slow down", **headers))


def _down(requests: int) -> Fault:
    """Return a fault of the whole site, which begins with the second list of posts."""

    def fault(moment: Moment) -> Response:
        if moment.is_list and moment.number == 2:
            moment.memory.setdefault("left", requests)
        if moment.memory.get("left", 0) > 0:
            moment.memory["left"] -= 1
            return html(503, "Service unavailable")
        return moment.answer()

    return fault


def _challenge(moment: Moment) -> Response:
    return html(403, "Just a moment...", cf_mitigated="challenge")


def _captcha(moment: Moment) -> Response:
    body = b'<html><meta http-equiv="refresh" content="0;/.well-known/sgcaptcha/?r=%2F"></html>'
    return Response(202, {"Content-Type": "text/html", "SG-Captcha": "challenge"}, body)


def _no_database(moment: Moment) -> Response:
    """Answer every route with WordPress's own page, as its database is not there."""
    if moment.is_list and moment.number == 2:
        moment.memory["left"] = 3
    if not moment.memory.get("left"):
        return moment.answer()
    moment.memory["left"] -= 1
    message = "<h1>Fehler beim Aufbau einer Datenbankverbindung</h1>"
    return document({"code": "wp_die", "message": message, "data": {"status": 500}}, 500)


def _coming_soon(moment: Moment) -> Response:
    body = b'<!DOCTYPE html><html><body class="elementor-maintenance-mode">Bald!</body></html>'
    return Response(200, {"Content-Type": "text/html"}, body)


def _pause_until(moment: Moment) -> Response:
    if moment.is_list and moment.number == 2:
        date = formatdate(time.time() + 2, usegmt=True)
        return html(503, "Slow down", Retry_After=date)
    return moment.answer()


def _slow_rows(seconds: float) -> Fault:
    """Return a fault that makes each row of a whole record take so long."""

    def fault(moment: Moment) -> Response:
        response = moment.answer()
        if moment.is_list and "_fields" not in moment.query:
            response.delay_s = seconds * int(moment.query.get("per_page", "10"))
        return response

    return fault


def _error(status: int, code: str) -> Response:
    return document({"code": code, "message": "No.", "data": {"status": status}}, status)


def _slash(moment: Moment) -> str | None:
    path, _, query = moment.request.target.partition("?")
    return None if path.endswith("/") else f"{path}/?{query}"


def _no_slash(moment: Moment) -> str | None:
    path, _, query = moment.request.target.partition("?")
    return f"{path.rstrip('/')}?{query}" if path.endswith("/") and moment.number > 1 else None


def _elsewhere(moment: Moment) -> str | None:
    return f"http://localhost:9/{moment.path}" if moment.is_list else None


def _other_name(moment: Moment) -> str | None:
    """Send lists to another name of the same machine, as to `www.`."""
    host = moment.request.headers.get("host", "")
    if not moment.is_list or host.startswith("localhost"):
        return None
    return f"http://localhost:{host.rpartition(':')[2]}{moment.request.target}"


def _loses_parameters(moment: Moment) -> str | None:
    return moment.path if moment.is_list and "?" in moment.request.target else None


def _pinned(place: str) -> Fault:
    """Return a fault that shows the newest post in every answer."""

    def change(moment: Moment, records: list[Any], response: Response) -> list[Any]:
        if not records:
            return records
        pinned = records[0] | {"id": POSTS}
        if "_fields" not in moment.query:
            pinned |= {"slug": f"post-{POSTS}", "link": f"http://example.org/post-{POSTS}/"}
        if place == "beside":
            return [*records, pinned]
        if place == "first":
            return [pinned, *records]
        return [*records[:-1], pinned]

    return to_list(change)


def _pinned_among_hidden(moment: Moment) -> Response:
    """Hide two posts of three, though they are counted, and show the newest in place of others."""

    def hide(_: Moment, records: list[Any], response: Response) -> list[Any]:
        return [record for record in records if record["id"] not in _HIDDEN]

    def hidden() -> Response:
        return to_list(hide)(moment)

    return _pinned("instead")(replace(moment, answer=hidden))


def _total(value: str) -> Fault:
    return with_headers(X_WP_Total=value, X_WP_TotalPages=value)


def _endless(moment: Moment, records: list[Any], response: Response) -> list[Any]:
    """Give every post a new id at every request."""
    first = 1000 * moment.number
    return [record | {"id": first + n} for n, record in enumerate(records)]


def _one_page(moment: Moment) -> Response:
    """Give the first answer for everything, whatever the query says."""
    if not moment.is_list or "rest_route" in moment.query:
        return moment.answer()
    if "page" not in moment.memory:
        moment.memory["page"] = moment.answer()
    first: Response = moment.memory["page"]
    return Response(first.status, dict(first.headers), first.body)


def _unnamed_refusal(moment: Moment) -> Response:
    """Refuse more than 20 rows, and do not say which parameter is wrong."""
    if moment.is_list and int(moment.query.get("per_page", "10")) > 20:
        return _error(400, "rest_invalid_request")
    return moment.answer()


def _two_ids(body: bytes) -> bytes:
    return body.replace(b'{"id":7,', b'{"id":7,"id":7,')


def _other_id(body: bytes) -> bytes:
    return body.replace(b'{"id":7,', b'{"id":7,"id":8,')


def _long_number(body: bytes) -> bytes:
    return body.replace(b'"featured_media":0', b'"featured_media":' + b"9" * 5000, 1)


def _twice(moment: Moment, records: list[Any], response: Response) -> list[Any]:
    return [record for record in records for _ in range(2)]


def _reversed(moment: Moment, records: list[Any], response: Response) -> list[Any]:
    return records[::-1]


def _deep(body: bytes) -> bytes:
    return body.replace(b'"meta":[]', b'"meta":' + b"[" * 60 + b"]" * 60)


def _surrogate(body: bytes) -> bytes:
    return body.replace(b"Excerpt 9<", b"Excerpt \\ud800<")


def _author_object(moment: Moment, records: list[Any], response: Response) -> list[Any]:
    return [
        record | ({"author": {"id": 1, "name": "Ann"}} if "author" in record else {})
        for record in records
    ]


def _many_links(moment: Moment) -> Response:
    response = moment.answer()
    if moment.is_api:
        response.headers["Link"] = ", ".join(f"<http://x.org/{n}>; rel=x" for n in range(500))
    return response


def _mislabelled(moment: Moment) -> Response:
    response = moment.answer()
    if moment.is_list and "identity" not in moment.request.headers.get("accept-encoding", ""):
        response.headers["Content-Encoding"] = "gzip"
    return response


def _large_when_compressed(moment: Moment) -> Response:
    """Pad each record, and compress the answer: small on the wire, too large when unpacked."""
    response = moment.answer()
    if not moment.is_list or "_fields" in moment.query or response.status != 200:
        return response
    records = [record | {"padding": "x" * 20_000} for record in json.loads(response.body)]
    response.body = json.dumps(records).encode()
    return compressed(response)


def _firewall(moment: Moment) -> Response:
    if moment.is_list:
        return document({"error": "blocked", "ray": "7f"}, 403)
    return moment.answer()


def _hidden_total(moment: Moment) -> Response:
    response = moment.answer()
    if moment.is_api:
        response.headers.pop("X-WP-Total", None)
        response.headers.pop("X-WP-TotalPages", None)
    return response


def _refusal(name: str, **switches: int) -> FaultKind:
    """Return the kind of a site that says no."""
    return FaultKind(name, verdicts=FAILED, may_lose=True, switches=switches)


def _closed(name: str, published: Fault, verdicts: frozenset[str] = PARTIAL) -> FaultKind:
    """Return a kind whose API is closed, crawled by what is published besides."""
    return FaultKind(
        name,
        published,
        verdicts=verdicts,
        may_lose=verdicts is FAILED,
        posts=60,
        switches={"rest_blocked": 1},
        arguments={"fallback": "feed,sitemap,html"},
    )


KINDS: tuple[FaultKind, ...] = (
    FaultKind("no fault at all"),
    # What stands around the JSON
    FaultKind("a notice before the JSON", around(before=_NOTICE)),
    FaultKind("a notice after the JSON", around(after=_NOTICE)),
    FaultKind("notices on both sides", around(_NOTICE, _NOTICE)),
    FaultKind("a script after the JSON", around(after=_SCRIPT)),
    FaultKind("a debugger's panel after the JSON", around(after=_PANEL)),
    FaultKind("a comment with brackets after the JSON", around(after=b"\n<!-- a ] } -->\n")),
    FaultKind("thousands of comments after the JSON", around(after=b"<!-- c -->" * 20_000)),
    FaultKind("stray bytes after the JSON", around(after=b"\x000\r\n")),
    FaultKind("a byte-order mark", around(before=b"\xef\xbb\xbf")),
    # Bad moments
    FaultKind("429 without Retry-After, twice", _pause()),
    FaultKind("503 without Retry-After, twice", _pause(status=503)),
    FaultKind("429 with Retry-After", _pause("1")),
    FaultKind("503 with Retry-After", _pause("1", 503)),
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
    FaultKind("every fifth answer is a 429", every(5, always(429, "Slow down"))),
    FaultKind("a 403 in the middle", on_turns((2,), always(403))),
    FaultKind("a 404 in the middle", on_turns((3,), always(404, "Not found"))),
    FaultKind(
        "a 302 to the login in the middle",
        on_turns((2,), lambda moment: Response(302, {"Location": "/wp-login.php"}, b"")),
    ),
    FaultKind("a 401 of WordPress in the middle", on_turns((2,), lambda m: _error(401, "rest_no"))),
    FaultKind("a maintenance page, twice", on_turns((2, 3), always(503, "Maintenance"))),
    FaultKind("a database error, once", on_turns((2,), always(500, "Error establishing a ..."))),
    FaultKind("a database error in another language, three times", _no_database),
    FaultKind("the page of a maintenance plugin with 200, twice", on_turns((2, 3), _coming_soon)),
    FaultKind("521 of Cloudflare, three times", on_turns((2, 3, 4), always(521, "Down"))),
    FaultKind("the limit of a shared host, twice", on_turns((2, 3), always(508, "Resource"))),
    FaultKind("every seventh answer is a 504", every(7, always(504, "Gateway Timeout"))),
    FaultKind("a Retry-After with a date", _pause_until),
    FaultKind("every fourth answer is a 500", every(4, always(500, "Fatal error"))),
    FaultKind("every fourth answer is a 502", every(4, always(502, "Bad gateway"))),
    FaultKind("an empty answer in the middle", on_turns((2,), lambda m: Response(200, {}, b""))),
    FaultKind("a front page in the middle", on_turns((2,), always(200, "Welcome"))),
    FaultKind("every fourth answer is cut", switches={"truncate": 4}),
    FaultKind("503 for some seconds", _down(6)),
    FaultKind("503 for ever, after a while", _down(10**9), PARTIAL, may_lose=True),
    FaultKind("slow answers", switches={"slow": 0.2}, posts=120),
    FaultKind("20 ms for each row", _slow_rows(0.02), posts=150),
    # Redirects of routes
    FaultKind("301 adds a slash", moved(_slash)),
    FaultKind("308 adds a slash", moved(_slash, 308)),
    FaultKind("301 takes the slash off again", moved(_no_slash)),
    FaultKind("302 to another host", moved(_elsewhere, 302), PARTIAL, may_lose=True),
    FaultKind("301 to another name of the host", moved(_other_name)),
    FaultKind("301 that loses the parameters", moved(_loses_parameters), PARTIAL, may_lose=True),
    FaultKind(
        "301 to the front page", verdicts=FAILED, may_lose=True, switches={"redirect_home": 1}
    ),
    # Lists that are not what they say
    FaultKind("the newest post at the end of every answer", _pinned("beside")),
    FaultKind("the newest post in place of the last", _pinned("instead")),
    FaultKind(
        "the newest post in place of the last, among hidden ones",
        _pinned_among_hidden,
        not_sent=_HIDDEN,
    ),
    FaultKind("the newest post at the top of every answer", _pinned("first")),
    FaultKind("a total of ten million", _total("10000000"), COMPLETE | PARTIAL),
    FaultKind("a total of ten thousand million", _total("10000000000"), COMPLETE | PARTIAL),
    FaultKind("a total of 10", _total("10"), COMPLETE | PARTIAL),
    FaultKind("a negative total", _total("-1")),
    FaultKind("a total with thousands of digits", _total("9" * 4000)),
    FaultKind("no totals", _hidden_total),
    FaultKind("no totals, and an empty site", _hidden_total, posts=0),
    FaultKind("new ids at every request", to_list(_endless), PARTIAL, may_lose=True),
    FaultKind("a cache that gives one page for everything", _one_page, COMPLETE | PARTIAL),
    FaultKind("every record twice", to_list(_twice)),
    FaultKind("every page in reverse", to_list(_reversed), COMPLETE | PARTIAL),
    FaultKind("fewer rows than asked for", switches={"cap_silent": 10}),
    FaultKind("a large per_page is refused", switches={"cap_reject": 20}),
    FaultKind("a large per_page is refused without a name", _unnamed_refusal),
    FaultKind("no offset", switches={"offset_off": 1}),
    FaultKind("no include", switches={"include_off": 1}),
    FaultKind("no order by id", switches={"orderby_off": 1}),
    FaultKind("plain permalinks", switches={"plain": 1}),
    # Records
    FaultKind("a record with two ids", to_bytes(_two_ids)),
    FaultKind(
        "a record with another id than it is listed under",
        to_bytes(_other_id),
        PARTIAL,
        not_sent=frozenset({7}),
    ),
    FaultKind("a number with thousands of digits", to_bytes(_long_number)),
    FaultKind("a record that is nested deeply", to_bytes(_deep)),
    FaultKind("half a surrogate pair", to_bytes(_surrogate)),
    FaultKind("authors as objects", to_list(_author_object)),
    FaultKind(
        "a record that PHP cannot send",
        verdicts=PARTIAL,
        not_sent=frozenset({120}),
        switches={"unreadable": {120}},
    ),
    FaultKind("a content that PHP cannot render", poisoned("content", 120), PARTIAL),
    FaultKind("a field of a plugin that PHP cannot encode", poisoned("meta", 120), PARTIAL),
    # Below and beside the JSON
    FaultKind("plain text that is called gzip", _mislabelled),
    FaultKind(
        "compressed pages above the limit of size",
        _large_when_compressed,
        settings={"DOWNLOAD_MAXSIZE": 500_000},
    ),
    FaultKind("hundreds of links in a header", _many_links),
    # Longer than anything needs
    FaultKind("2,000 types", many_types(2_000), PARTIAL, requests_max=700),
    FaultKind("50,000 badly named types", badly_named_types(50_000), requests_max=50),
    FaultKind("100,000 tags on a post", tags_of_a_post(100_000), requests_max=50),
    FaultKind(
        "20,000 rows in every answer",
        rows_of_everything(20_000),
        PARTIAL,
        may_lose=True,
        requests_max=300,
    ),
    # Closed
    FaultKind("the API is closed", verdicts=FAILED, may_lose=True, switches={"rest_blocked": 1}),
    _closed("a closed API, with whole feeds", Published()),
    _closed("a closed API, with a feed of excerpts", Published(feed="excerpts")),
    _closed("a closed API, with an index of indexes alone", Published(feed="", sitemap="plugin")),
    _closed("a closed API, with a short feed and pages", Published(in_feed_max=20)),
    replace(
        _closed("a closed API, whose pages move away", Published(in_feed_max=30, pages_move=True)),
        not_sent=frozenset(range(2, 31, 2)),
    ),
    _closed("a closed API, with nothing else", Published(feed="", sitemap=""), FAILED),
    FaultKind("a challenge in the middle, once", on_turns((3,), _challenge)),
    FaultKind(
        "challenges from the middle on",
        on_turns(range(2, 10**6), _challenge),
        PARTIAL,
        may_lose=True,
    ),
    FaultKind("a page with 202 in the middle, once", on_turns((2,), always(202, "Wait"))),
    FaultKind("a captcha of the host in the middle, once", on_turns((2,), _captcha)),
    FaultKind("a challenge page", verdicts=FAILED, may_lose=True, switches={"challenge": 1}),
    FaultKind(
        "robots.txt forbids", verdicts=FAILED, may_lose=True, switches={"robots_disallow": 1}
    ),
    FaultKind("a firewall with a JSON body", _firewall, PARTIAL | FAILED, may_lose=True),
    FaultKind("tags are closed", switches={"closed": {"tags": 401}}),
)
"""All kinds, those that a crawl gets over first in each part."""
