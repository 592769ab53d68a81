"""A whole site: its pages and the REST API over its collections. No network."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

from demo import describe, responses
from demo.collection import Collection, Limits, Page
from demo.faults import Faults
from demo.parameters import ApiError, Query
from demo.php_json import encode, select
from demo.responses import JSON, Request, Response
from demo.switches import Switches

_ONLY_USERS = "Only authenticated users can access the REST API."
_PRETTY = re.compile(r"(?:/index\.php)?/wp-json(/.*)?")


@dataclass(slots=True)
class Site:
    """A WordPress site below `path` (`""` or `/blog`)."""

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
    """Scheme, host and port; set once the server knows its port."""
    requests: list[Request] = field(default_factory=list)
    """All requests so far, in order."""
    _faults: Faults = field(init=False)

    def __post_init__(self) -> None:
        self._faults = Faults(self.switches)

    @property
    def home(self) -> str:
        """Return the address of the front page, without a slash at the end."""
        return self.origin + self.path

    @property
    def root(self) -> str:
        """Return the address of the API's root."""
        if self.switches.plain:
            return f"{self.home}/index.php?rest_route=/"
        return f"{self.home}/wp-json/"

    def __getitem__(self, name: str) -> Collection:
        """Return the collection of a rest_base or of a type."""
        for collection in self.collections:
            if name in (collection.base, collection.type):
                return collection
        raise KeyError(name)

    def switch(self, **names: Any) -> None:
        """Turn these behaviours on, and all others off."""
        self.switches = Switches(**names)
        self._faults = Faults(self.switches)

    def respond(self, request: Request) -> Response:
        """Return the response to any request of this origin."""
        self.requests.append(request)
        quoted_path, _, query_string = request.target.partition("?")
        path = unquote(quoted_path)
        query = _query(query_string)
        own_host = self.origin.partition("//")[2]
        if self.switches.canonical and request.headers.get("host") != own_host:
            return Response(301, {"Location": self.origin + request.target}, b"")
        if path == "/robots.txt":
            return responses.robots(self.path, self.switches.robots_disallow)
        if path != self.path and not path.startswith(f"{self.path}/"):
            return responses.not_found()
        inside = path.removeprefix(self.path) or "/"
        if "rest_route" in query:
            return self._rest(query.pop("rest_route"), query, request)
        pretty = _PRETTY.fullmatch(inside)
        if pretty and self.switches.plain:
            return responses.not_found()
        if pretty:
            return self._rest(pretty[1] or "/", query, request)
        return self._page(inside, query)

    def _page(self, path: str, query: Query) -> Response:
        """Return a page of the site that is not its API."""
        hints = not self.switches.no_hints
        if path == "/xmlrpc.php" and "rsd" in query and hints:
            return responses.rsd(self.root)
        status = 200 if path in ("/", "/index.php") else 404
        return responses.front(status, self.name, self.home, self.root, hints, self.language)

    def _rest(self, route: str, query: dict[str, str], request: Request) -> Response:
        response = self._faults.instead(query, request, self.home)
        if response is None:
            response = self._dispatch(route.rstrip("/") or "/", query, request)
            self._link(response)
            response = self._faults.spoil(self._enveloped(response, query))
        response.delay_s = self.switches.slow
        return response

    def _link(self, response: Response) -> None:
        """Add the link to the API's root to the Link header, or take the header away."""
        links = response.headers.pop("Link", "")
        if not self.switches.no_link:
            root = f'<{self.root}>; rel="https://api.w.org/"'
            response.headers["Link"] = f"{root}, {links}" if links else root

    def _dispatch(self, route: str, query: Query, request: Request) -> Response:
        try:
            if self.switches.rest_blocked:
                raise ApiError(401, "rest_not_logged_in", "You are not currently logged in.")
            return self._route(route, query, request)
        except ApiError as problem:
            return responses.error(problem)

    def _route(self, route: str, query: Query, request: Request) -> Response:
        if route == "/":
            return _json(self._index(), query)
        if route == "/wp/v2":
            return _json({"namespace": "wp/v2", "routes": self._routes()}, query)
        base, _, rest = route.removeprefix("/wp/v2/").partition("/")
        if base in ("types", "taxonomies"):
            return self._catalogue(base, rest, query)
        collection = self._collection(route, base)
        if collection is None or not re.fullmatch(r"\d*", rest):
            message = "No route was found matching the URL and request method."
            raise ApiError(404, "rest_no_route", message)
        if self.switches.closed.get(base):
            raise ApiError(401, "rest_cannot_access", _ONLY_USERS)
        if request.method == "OPTIONS":
            return _json(describe.route(collection, self._limits(), self.root), query)
        if rest:
            row = collection.single(int(rest))
            return self._rows(Page([row], 1, 1, 1), query, request, single=True)
        listed: Query = {} if self.switches.same_page else query
        return self._rows(collection.page(listed, self._limits()), query, request)

    def _collection(self, route: str, base: str) -> Collection | None:
        if not route.startswith("/wp/v2/"):
            return None
        for collection in self._open():
            if collection.base == base:
                return collection
        return None

    def _rows(self, page: Page, query: Query, request: Request, single: bool = False) -> Response:
        if any(row.id in self.switches.unreadable for row in page.rows):
            return responses.critical(request)
        bodies = [row.body for row in page.rows]
        if "_fields" in query:
            fields = query["_fields"].split(",")
            bodies = [encode(select(json.loads(body), fields)) for body in bodies]
        if single:
            return Response(200, {"Content-Type": JSON}, bodies[0])
        headers = {
            "Content-Type": JSON,
            "X-WP-Total": str(page.total),
            "X-WP-TotalPages": str(page.pages),
        }
        links = self._neighbours(page, query, request)
        if links:
            headers["Link"] = links
        return Response(200, headers, b"[" + b",".join(bodies) + b"]")

    def _neighbours(self, page: Page, query: Query, request: Request) -> str:
        """Return the links to the pages before and after."""
        base = self.origin + request.target.partition("?")[0]
        links = []
        if page.page > 1:
            links.append(_page_link(base, query, min(page.page - 1, page.pages), "prev"))
        if page.page < page.pages:
            links.append(_page_link(base, query, page.page + 1, "next"))
        return ", ".join(links)

    def _enveloped(self, response: Response, query: Query) -> Response:
        """Return the response with its headers in the body, where `_envelope` asks for that."""
        if "_envelope" in query:
            return _envelope(response)
        if self.switches.no_totals:
            for name in ("X-WP-Total", "X-WP-TotalPages"):
                response.headers.pop(name, None)
        return response

    def _limits(self) -> Limits:
        on = self.switches
        return Limits(on.cap_reject or 100, on.cap_silent, not on.offset_off, not on.orderby_off)

    def _open(self) -> list[Collection]:
        return [each for each in self.collections if self.switches.closed.get(each.base) != 404]

    def _routes(self) -> dict[str, Any]:
        return describe.routes(self._open(), self._limits(), self.root)

    def _index(self) -> dict[str, Any]:
        identity = {
            "name": self.name,
            "description": self.description,
            "url": self.home,
            "home": self.home,
            "gmt_offset": self.gmt_offset,
            "timezone_string": self.timezone,
        }
        return describe.index(identity, self._routes())

    def _catalogue(self, which: str, one: str, query: Query) -> Response:
        """Return /types or /taxonomies, or one entry of it."""
        if self.switches.types_off:
            raise ApiError(401, "rest_cannot_access", _ONLY_USERS)
        if which == "types":
            entries = describe.types(self.collections, self.root) | self.extra_types
            unknown = "rest_type_invalid"
        else:
            entries = describe.taxonomies(self.collections, self.root)
            unknown = "rest_taxonomy_invalid"
        if one and one not in entries:
            raise ApiError(404, unknown, "Invalid type.")
        if one:
            return _json(entries[one], query)
        if "_fields" in query:
            # WordPress applies them to every entry first, then to the map of all.
            fields = query["_fields"].split(",")
            entries = {slug: select(entry, fields) for slug, entry in entries.items()}
        return _json(entries, query)


def _query(text: str) -> dict[str, str]:
    """Return the parameters by name; a list, `include[]=1&include[]=2`, as `1,2`."""
    query: dict[str, str] = {}
    for key, value in parse_qsl(text, keep_blank_values=True):
        name = re.sub(r"\[\d*\]$", "", key)
        if name != key and name in query:
            query[name] = f"{query[name]},{value}"
        else:
            query[name] = value
    return query


def _page_link(base: str, query: Query, number: int, relation: str) -> str:
    return f'<{base}?{urlencode({**query, "page": number})}>; rel="{relation}"'


def _envelope(response: Response) -> Response:
    headers = {
        name: int(value) if value.isdigit() else value
        for name, value in response.headers.items()
        if name != "Content-Type"
    }
    rest = b',"status":%d,"headers":%b}' % (response.status, encode(headers))
    return Response(200, {"Content-Type": JSON}, b'{"body":' + response.body + rest)


def _json(document: Mapping[str, Any], query: Query) -> Response:
    if "_fields" in query:
        document = select(document, query["_fields"].split(","))
    return Response(200, {"Content-Type": JSON}, encode(document))
