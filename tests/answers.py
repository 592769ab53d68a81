"""A site as a dictionary: what `crawler.rest.client.RestClient` gets to see, without network, reactor or server."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scrapy.http import Request, Response

from crawler.rest.client import RestClient


@dataclass
class Site:
    """Answers by address, or by address without its query: JSON values, `(status, headers, body)`, or an exception to raise."""

    answers: Mapping[str, Any]
    asked: list[str] = field(default_factory=list)

    async def download(self, request: Request) -> Response:
        """What Scrapy's engine does for the crawl. Anything unknown is a plain 404."""
        self.asked.append(request.url)
        answer = self.answers.get(
            request.url,
            self.answers.get(request.url.partition("?")[0], (404, {}, b"<h1>Not Found</h1>")),
        )
        if isinstance(answer, Exception):
            raise answer
        status, headers, body = (
            answer
            if isinstance(answer, tuple)
            else (200, {"Content-Type": "application/json"}, answer)
        )
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return Response(
            headers.get("Moved", request.url), status=status, headers=headers, body=content
        )

    @property
    def fetcher(self) -> RestClient:
        """The crawl's way in."""
        return RestClient(self.download)


def error(
    status: int, code: str, message: str = "Sorry.", **data: Any
) -> tuple[int, dict[str, str], dict[str, Any]]:
    """WordPress's error form."""
    return (
        status,
        {"Content-Type": "application/json"},
        {"code": code, "message": message, "data": {"status": status, **data}},
    )


def page(head: str = "", status: int = 200, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """An HTML page."""
    return (
        status,
        {"Content-Type": "text/html", **headers},
        f"<!DOCTYPE html><html lang='en-GB'><head>{head}</head><body></body></html>".encode(),
    )
