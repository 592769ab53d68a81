"""Requests, answers, and the pages of a site that are not its API: front page, robots.txt, RSD, error pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from demo.collection import ApiError, encode

JSON = "application/json; charset=UTF-8"
HTML = "text/html; charset=UTF-8"


@dataclass(slots=True)
class Request:
    """What was asked."""

    target: str
    """Path and query, as sent."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    method: str = "GET"
    at: float = 0.0
    """`time.monotonic` of its arrival."""

    @property
    def wants_json(self) -> bool:
        """Whether WordPress would explain a crash in JSON (`wp_is_json_request`)."""
        return "application/json" in self.headers.get("accept", "")


@dataclass(slots=True)
class Answer:
    """What is sent back."""

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
) -> Answer:
    """A short HTML page."""
    html = f'<!DOCTYPE html><html lang="{language}"><head><title>{title}</title>{head}</head><body><h1>{title}</h1></body></html>\n'
    return Answer(status, {"Content-Type": HTML, **(headers or {})}, html.encode())


def error(problem: ApiError) -> Answer:
    """An error of the API."""
    return Answer(problem.status, {"Content-Type": JSON}, encode(problem.document))


def critical(request: Request) -> Answer:
    """PHP died."""
    message = "There has been a critical error on this website."
    return (
        error(ApiError(500, "internal_server_error", f"<p>{message}</p>"))
        if request.wants_json
        else page(500, message)
    )


def robots(path: str, forbid_api: bool) -> Answer:
    """robots.txt as WordPress writes it, with the API forbidden on demand."""
    lines = ["User-agent: *", f"Disallow: {path}/wp-admin/"]
    if forbid_api:
        lines += [
            f"Disallow: {path}/wp-json/",
            f"Disallow: {path}/?rest_route=",
            "Disallow: /*rest_route=",
        ]
    return Answer(
        200, {"Content-Type": "text/plain; charset=UTF-8"}, "\n".join(lines).encode() + b"\n"
    )


def front(status: int, name: str, home: str, root: str, hints: bool, language: str) -> Answer:
    """The front page, with what leads to the API unless `hints` is off."""
    if not hints:
        return page(status, name, language=language)
    links = (
        f'<link rel="https://api.w.org/" href="{root}" />'
        f'<link rel="EditURI" type="application/rsd+xml" title="RSD" href="{home}/xmlrpc.php?rsd" />'
    )
    return page(status, name, {"Link": f'<{root}>; rel="https://api.w.org/"'}, links, language)


def rsd(root: str) -> Answer:
    """Really Simple Discovery: the API among the ways to write to the site."""
    api = f'<api name="WP-API" blogID="1" preferred="false" apiLink="{root}" />'
    text = f'<?xml version="1.0" encoding="UTF-8"?><rsd version="1.0"><service><apis>{api}</apis></service></rsd>'
    return Answer(200, {"Content-Type": "text/xml; charset=UTF-8"}, text.encode())
