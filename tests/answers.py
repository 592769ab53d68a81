"""A site as a dictionary, for `crawler.rest.client.RestClient`: no network, reactor or server."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scrapy.http import Request, Response

from crawler.rest.client import RestClient

JSON_HEADERS = {"Content-Type": "application/json"}


@dataclass
class Site:
    """A site that answers from a dictionary.

    The keys are addresses, or addresses without their query. The values are JSON values,
    `(status, headers, body)`, or an exception to raise.
    """

    answers: Mapping[str, Any]
    asked: list[str] = field(default_factory=list)

    async def download(self, request: Request) -> Response:
        """Return a response, as Scrapy's engine does; a plain 404 for an unknown address."""
        self.asked.append(request.url)
        answer = self._canned(request.url)
        if isinstance(answer, Exception):
            raise answer
        if not isinstance(answer, tuple):
            answer = (200, JSON_HEADERS, answer)
        status, headers, body = answer
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        url = headers.get("Moved", request.url)  # a header of ours, for a redirect that was made
        return Response(url, status=status, headers=headers, body=body)

    def _canned(self, url: str) -> Any:
        for known in (url, url.partition("?")[0]):
            if known in self.answers:
                return self.answers[known]
        return (404, {}, b"<h1>Not Found</h1>")

    @property
    def fetcher(self) -> RestClient:
        """Return a client of this site."""
        return RestClient(self.download)


def error(
    status: int, code: str, message: str = "Sorry.", **data: Any
) -> tuple[int, dict[str, str], dict[str, Any]]:
    """Return an error in WordPress's own form."""
    return (
        status,
        JSON_HEADERS,
        {"code": code, "message": message, "data": {"status": status, **data}},
    )


def page(head: str = "", status: int = 200, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Return an HTML page."""
    return (
        status,
        {"Content-Type": "text/html", **headers},
        f"<!DOCTYPE html><html lang='en-GB'><head>{head}</head><body></body></html>".encode(),
    )
