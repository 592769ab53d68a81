"""Requests and responses, and the pages of a site that are not its API.

These are the front page, robots.txt, the RSD document and error pages.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from demo.parameters import ApiError
from demo.php_json import encode

JSON = "application/json; charset=UTF-8"
HTML = "text/html; charset=UTF-8"
_TEXT = "text/plain; charset=UTF-8"
_XML = "text/xml; charset=UTF-8"


@dataclass(slots=True)
class Request:
    """A request as it arrived."""

    target: str
    """Path and query, as sent."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    method: str = "GET"
    at: float = 0.0
    """`time.monotonic` of its arrival."""

    @property
    def wants_json(self) -> bool:
        """Return True if WordPress would explain a crash in JSON (`wp_is_json_request`)."""
        return "application/json" in self.headers.get("accept", "")


@dataclass(slots=True)
class Response:
    """A response to send."""

    status: int
    headers: dict[str, str]
    body: bytes
    delay_s: float = 0.0


def page(
    status: int,
    title: str,
    headers: Mapping[str, str] | None = None,
    head: str = "",
    language: str = "en-US",
) -> Response:
    """Return a short HTML page."""
    html = (
        f'<!DOCTYPE html><html lang="{language}"><head><title>{title}</title>{head}</head>'
        f"<body><h1>{title}</h1></body></html>\n"
    )
    return Response(status, {"Content-Type": HTML, **(headers or {})}, html.encode())


def not_found() -> Response:
    """Return the page of an address that is nobody's."""
    return page(404, "404 Not Found")


def error(problem: ApiError) -> Response:
    """Return an error of the API."""
    return Response(problem.status, {"Content-Type": JSON}, encode(problem.document))


def critical(request: Request) -> Response:
    """Return what WordPress sends when PHP died."""
    message = "There has been a critical error on this website."
    if request.wants_json:
        return error(ApiError(500, "internal_server_error", f"<p>{message}</p>"))
    return page(500, message)


def robots(path: str, forbid_api: bool) -> Response:
    """Return robots.txt as WordPress writes it, with the API forbidden on demand."""
    lines = ["User-agent: *", f"Disallow: {path}/wp-admin/"]
    if forbid_api:
        lines += [
            f"Disallow: {path}/wp-json/",
            f"Disallow: {path}/?rest_route=",
            "Disallow: /*rest_route=",
        ]
    return Response(200, {"Content-Type": _TEXT}, "\n".join(lines).encode() + b"\n")


def front(status: int, name: str, home: str, root: str, hints: bool, language: str) -> Response:
    """Return the front page, which names the API unless `hints` is off."""
    if not hints:
        return page(status, name, language=language)
    links = (
        f'<link rel="https://api.w.org/" href="{root}" />'
        '<link rel="EditURI" type="application/rsd+xml" title="RSD" '
        f'href="{home}/xmlrpc.php?rsd" />'
    )
    return page(status, name, {"Link": f'<{root}>; rel="https://api.w.org/"'}, links, language)


def rsd(root: str) -> Response:
    """Return the document of Really Simple Discovery, which names the API among others."""
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><rsd version="1.0"><service><apis>'
        f'<api name="WP-API" blogID="1" preferred="false" apiLink="{root}" />'
        "</apis></service></rsd>"
    )
    return Response(200, {"Content-Type": _XML}, text.encode())
