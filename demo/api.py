"""A whole site: its pages and the REST API over its collections. Requests in, answers out, no network."""

import json
import re
import time
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

from demo import answers, describe
from demo.answers import JSON, Answer, Request
from demo.collection import ApiError, Collection, Limits, Page, Query, encode, select
from demo.switches import Switches

NOTICE = b"<br />\n<b>Notice</b>:  Undefined variable: related in <b>/plugins/related/related.php</b> on line <b>42</b><br />\n"


@dataclass(slots=True)
class Site:
    """A WordPress site below `path` (`""` or `/blog`). `origin` is set once the server knows its port."""

    collections: list[Collection]
    path: str = ""
    name: str = "Sample site"
    description: str = "Recorded posts on loopback"
    timezone: str = ""
    gmt_offset: float | str = 0
    language: str = "en-US"
    switches: Switches = field(default_factory=Switches)
    extra_types: dict[str, Any] = field(default_factory=dict)
    """Further entries of /types, as they are."""
    origin: str = ""
    requests: list[Request] = field(default_factory=list)
    """Everything that was asked, in order."""
    _rest_requests: int = 0

    @property
    def home(self) -> str:
        """Address of the front page, without a slash at the end."""
        return self.origin + self.path

    @property
    def root(self) -> str:
        """Address of the API's root."""
        return (
            f"{self.home}/index.php?rest_route=/"
            if self.switches.plain
            else f"{self.home}/wp-json/"
        )

    def __getitem__(self, base: str) -> Collection:
        """The collection of a rest_base (or of a type)."""
        return next(
            collection
            for collection in self.collections
            if base in (collection.base, collection.type)
        )

    def switch(self, **names: Any) -> None:
        """Turn these behaviours on and all others off."""
        self.switches = Switches(**names)
        self._rest_requests = 0

    def answer(self, request: Request) -> Answer:
        """The answer to any request of this origin."""
        self.requests.append(request)
        path, _, query_string = request.target.partition("?")
        path, query = unquote(path), _query(query_string)
        if (
            self.switches.canonical
            and request.headers.get("host") != self.origin.partition("//")[2]
        ):
            return Answer(301, {"Location": self.origin + request.target}, b"")
        if path == "/robots.txt":
            return answers.robots(self.path, self.switches.robots_disallow)
        if path != self.path and not path.startswith(f"{self.path}/"):
            return answers.page(404, "404 Not Found")
        inside = path.removeprefix(self.path) or "/"
        if "rest_route" in query:
            return self._rest(query.pop("rest_route"), query, request)
        if match := re.fullmatch(r"(?:/index\.php)?/wp-json(/.*)?", inside):
            return (
                answers.page(404, "404 Not Found")
                if self.switches.plain
                else self._rest(match[1] or "/", query, request)
            )
        hints = not self.switches.no_hints
        if inside == "/xmlrpc.php" and "rsd" in query and hints:
            return answers.rsd(self.root)
        return answers.front(
            200 if inside in ("/", "/index.php") else 404,
            self.name,
            self.home,
            self.root,
            hints,
            self.language,
        )

    def _rest(self, route: str, query: dict[str, str], request: Request) -> Answer:
        self._rest_requests += 1
        answer = self._trouble(query, request)
        if not answer:
            answer = self._dispatch(route.rstrip("/") or "/", query, request)
            if self.switches.no_link:
                answer.headers.pop("Link", None)
            else:
                links = [f'<{self.root}>; rel="https://api.w.org/"', answer.headers.get("Link", "")]
                answer.headers["Link"] = ", ".join(filter(None, links))
            answer = self._polluted(self._enveloped(answer, query))
        answer.delay_s = self.switches.slow
        return answer

    def _every(self, n: int) -> bool:
        return bool(n) and self._rest_requests % n == 0

    def _trouble(self, query: Query, request: Request) -> Answer | None:
        """What answers before WordPress's REST server is reached."""
        on = self.switches
        if on.redirect_home:
            return Answer(301, {"Location": f"{self.home}/"}, b"")
        if on.challenge:
            return answers.page(200, "Just a moment...")
        if self._every(on.limit_every):
            wait = (
                formatdate(time.time() + on.retry_after, usegmt=True)
                if on.retry_date
                else f"{on.retry_after:g}"
            )
            return answers.page(503 if on.retry_503 else 429, "Slow down", {"Retry-After": wait})
        if self._every(on.flaky):
            return answers.critical(request)
        if on.include_off and "include" in query:
            return answers.page(403, "403 Forbidden")
        return None

    def _dispatch(self, route: str, query: dict[str, str], request: Request) -> Answer:
        try:
            if self.switches.rest_blocked:
                raise ApiError(401, "rest_not_logged_in", "You are not currently logged in.")
            return self._route(route, query, request)
        except ApiError as problem:
            return answers.error(problem)

    def _route(self, route: str, query: dict[str, str], request: Request) -> Answer:
        base, _, rest = route.removeprefix("/wp/v2/").partition("/")
        if route in ("/", "/wp/v2"):
            return _json(
                self._index() if route == "/" else {"namespace": "wp/v2", "routes": self._routes()},
                query,
            )
        if base in ("types", "taxonomies"):
            return self._catalogue(base, rest, query)
        collection = next(
            (each for each in self._open() if route.startswith("/wp/v2/") and each.base == base),
            None,
        )
        if not collection or not re.fullmatch(r"\d*", rest):
            raise ApiError(
                404, "rest_no_route", "No route was found matching the URL and request method."
            )
        if self.switches.closed.get(base):
            raise ApiError(
                401, "rest_cannot_access", "Only authenticated users can access the REST API."
            )
        if request.method == "OPTIONS":
            return _json(describe.route(collection, self._limits(), self.root), query)
        if rest:
            row = collection.single(int(rest))
            return self._rows(Page([row], 1, 1, 1), query, request, single=True)
        return self._rows(
            collection.page({} if self.switches.same_page else query, self._limits()),
            query,
            request,
        )

    def _rows(self, page: Page, query: Query, request: Request, single: bool = False) -> Answer:
        if any(row.id in self.switches.poison for row in page.rows):
            return answers.critical(request)
        bodies = [row.body for row in page.rows]
        if "_fields" in query:
            bodies = [
                encode(select(json.loads(body), query["_fields"].split(","))) for body in bodies
            ]
        if single:
            return Answer(200, {"Content-Type": JSON}, bodies[0])
        headers = {
            "Content-Type": JSON,
            "X-WP-Total": str(page.total),
            "X-WP-TotalPages": str(page.pages),
        }
        if links := self._links(page, query, request):
            headers["Link"] = links
        return Answer(200, headers, b"[" + b",".join(bodies) + b"]")

    def _links(self, page: Page, query: Query, request: Request) -> str:
        neighbours = [("prev", min(page.page - 1, page.pages))] if page.page > 1 else []
        neighbours += [("next", page.page + 1)] if page.page < page.pages else []
        base = self.origin + request.target.partition("?")[0]
        return ", ".join(
            f'<{base}?{urlencode({**query, "page": number})}>; rel="{rel}"'
            for rel, number in neighbours
        )

    def _enveloped(self, answer: Answer, query: Query) -> Answer:
        if "_envelope" in query:
            inner = {
                name: int(value) if value.isdigit() else value
                for name, value in answer.headers.items()
                if name != "Content-Type"
            }
            head, tail = (
                b'{"body":',
                b',"status":' + str(answer.status).encode() + b',"headers":' + encode(inner) + b"}",
            )
            return Answer(200, {"Content-Type": JSON}, head + answer.body + tail)
        if self.switches.no_totals:
            answer.headers = {
                name: value
                for name, value in answer.headers.items()
                if not name.startswith("X-WP-")
            }
        return answer

    def _polluted(self, answer: Answer) -> Answer:
        answer.body = (
            (NOTICE if self.switches.notices else b"")
            + (b"\xef\xbb\xbf" if self.switches.bom else b"")
            + answer.body
        )
        if self._every(self.switches.truncate):
            answer.body = answer.body[: len(answer.body) // 2]
        return answer

    def _limits(self) -> Limits:
        on = self.switches
        return Limits(on.cap_reject or 100, on.cap_silent, not on.offset_off, not on.orderby_off)

    def _open(self) -> list[Collection]:
        return [each for each in self.collections if self.switches.closed.get(each.base) != 404]

    def _routes(self) -> dict[str, Any]:
        return describe.routes(self._open(), self._limits(), self.root)

    def _index(self) -> dict[str, Any]:
        where = {
            "url": self.home,
            "home": self.home,
            "gmt_offset": self.gmt_offset,
            "timezone_string": self.timezone,
        }
        return describe.index(
            {"name": self.name, "description": self.description, **where}, self._routes()
        )

    def _catalogue(self, which: str, one: str, query: Query) -> Answer:
        if self.switches.types_off:
            raise ApiError(
                401, "rest_cannot_access", "Only authenticated users can access the REST API."
            )
        types = which == "types"
        entries = (
            describe.types(self.collections, self.root) | self.extra_types
            if types
            else describe.taxonomies(self.collections, self.root)
        )
        if one and one not in entries:
            raise ApiError(
                404, "rest_type_invalid" if types else "rest_taxonomy_invalid", "Invalid type."
            )
        if one or "_fields" not in query:
            return _json(entries[one] if one else entries, query)
        fields = query["_fields"].split(
            ","
        )  # WordPress applies them to every entry first, then to the map of all
        return _json({slug: select(entry, fields) for slug, entry in entries.items()}, query)


def _query(text: str) -> dict[str, str]:
    query: dict[str, str] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        name, listed = re.subn(r"\[\d*\]$", "", name)  # include[]=1&include[]=2
        query[name] = f"{query[name]},{value}" if listed and name in query else value
    return query


def _json(document: dict[str, Any], query: Query) -> Answer:
    fields = query.get("_fields")
    return Answer(
        200,
        {"Content-Type": JSON},
        encode(select(document, fields.split(",")) if fields else document),
    )
