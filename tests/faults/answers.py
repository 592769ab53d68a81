"""Answers that real sites give, made from the right answer of the stand-in site."""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from demo.responses import JSON, Request, Response

POSTS = "/wp-json/wp/v2/posts"
Answer = Callable[[], Response]
"""Return the right answer."""


@dataclass
class Moment:
    """One request, the right answer to it, and how many requests came before."""

    request: Request
    answer: Answer
    number: int
    """Number of the request among those of the same route, from 1."""
    memory: dict[str, Any] = field(default_factory=dict)
    """What a kind wants to remember from one request to the next."""

    @property
    def path(self) -> str:
        """Return the path that is asked for."""
        return urlsplit(self.request.target).path

    @property
    def query(self) -> dict[str, str]:
        """Return the parameters, each with its last value."""
        asked = parse_qs(urlsplit(self.request.target).query, keep_blank_values=True)
        return {name: values[-1] for name, values in asked.items()}

    @property
    def is_api(self) -> bool:
        """Tell whether the API is asked."""
        return self.path.startswith("/wp-json") or "rest_route" in self.query

    @property
    def is_list(self) -> bool:
        """Tell whether the list of posts is asked for."""
        route = self.query.get("rest_route", "").rstrip("/")
        return self.path.rstrip("/") == POSTS or route == "/wp/v2/posts"


Fault = Callable[[Moment], Response]
"""Give the answer that a faulty site gives."""


def html(status: int, text: str, **headers: str) -> Response:
    """Return a page; underscores in the names of headers are dashes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = f"<!DOCTYPE html><html><head><title>{text}</title></head><body>{text}</body></html>"
    return Response(status, {"Content-Type": "text/html; charset=UTF-8", **named}, body.encode())


def document(value: Any, status: int = 200) -> Response:
    """Return JSON."""
    return Response(status, {"Content-Type": JSON}, json.dumps(value).encode())


def around(before: bytes = b"", after: bytes = b"") -> Fault:
    """Return a fault that puts bytes around every answer of the API."""

    def fault(moment: Moment) -> Response:
        response = moment.answer()
        if moment.is_api:
            response.body = before + response.body + after
        return response

    return fault


def on_turns(turns: range | tuple[int, ...], wrong: Callable[[Moment], Response]) -> Fault:
    """Return a fault of the n-th requests for the list of posts."""

    def fault(moment: Moment) -> Response:
        if moment.is_list and moment.number in turns:
            return wrong(moment)
        return moment.answer()

    return fault


def every(step: int, wrong: Callable[[Moment], Response]) -> Fault:
    """Return a fault of every n-th request for the list of posts."""

    def fault(moment: Moment) -> Response:
        if moment.is_list and moment.number % step == 0:
            return wrong(moment)
        return moment.answer()

    return fault


def always(status: int, text: str = "Forbidden") -> Callable[[Moment], Response]:
    """Return a function that gives one page, whatever was asked."""
    return lambda moment: html(status, text)


def to_list(change: Callable[[Moment, list[Any], Response], list[Any]]) -> Fault:
    """Return a fault that changes the records of every answer with a list of posts."""

    def fault(moment: Moment) -> Response:
        response = moment.answer()
        if moment.is_list and response.status == 200:
            records = change(moment, json.loads(response.body), response)
            response.body = json.dumps(records).encode()
        return response

    return fault


def to_bytes(change: Callable[[bytes], bytes]) -> Fault:
    """Return a fault that changes the bytes of every answer of the API."""

    def fault(moment: Moment) -> Response:
        response = moment.answer()
        if moment.is_api:
            response.body = change(response.body)
        return response

    return fault


def poisoned(
    name: str, id_: int, code: str = "internal_server_error", gateway: int | None = None
) -> Fault:
    """Return a fault that a field of one post brings upon each answer that holds it.

    `gateway` is the status of a page that stands in place of the error.
    """

    def fault(moment: Moment) -> Response:
        response = moment.answer()
        if not moment.path.startswith(POSTS):
            return response
        found = json.loads(response.body)
        records = found if isinstance(found, list) else [found]
        if any(record.get("id") == id_ and name in record for record in records):
            if gateway is not None:
                return html(gateway, "Gateway")
            return document({"code": code, "message": "No.", "data": {"status": 500}}, 500)
        return response

    return fault


def with_headers(**headers: str) -> Fault:
    """Return a fault that sets headers of every list; underscores in their names are dashes."""

    def fault(moment: Moment) -> Response:
        response = moment.answer()
        if moment.is_list:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            response.headers.update(named)
        return response

    return fault


def moved(target: Callable[[Moment], str | None], status: int = 301) -> Fault:
    """Return a fault that redirects requests to the API; None: the request is answered."""

    def fault(moment: Moment) -> Response:
        if moment.is_api and (location := target(moment)):
            return Response(status, {"Location": location}, b"")
        return moment.answer()

    return fault


def compressed(response: Response) -> Response:
    """Return the response compressed with gzip, as a server sends it."""
    response.body = gzip.compress(response.body)
    response.headers["Content-Encoding"] = "gzip"
    return response
