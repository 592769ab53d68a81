"""A server that answers with whatever bytes a test wants.

That is broken HTTP, resets, silence, and sites that are not WordPress.

    with hostile_site({"/": html("Hello"), "/wp-json/": hang()}) as site:
        ...    # site.home, site.requested

Paths are matched without their query; any other path gets a plain 404. `https://` at its address
fails in the TLS handshake.
"""

import gzip
import json
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

JSON = "application/json; charset=UTF-8"
HTML = "text/html; charset=UTF-8"
_MEGABYTE = b" " * 1_000_000


@dataclass(frozen=True, slots=True)
class CannedResponse:
    """Bytes to send, and what to do then."""

    data: bytes = b""
    then: Literal["close", "reset", "hang"] = "close"
    """`reset` sends RST; `hang` is silent until the test is over."""
    repeat: int = 1
    """How often `data` is sent after the head."""
    head: bytes = b""


Response = CannedResponse | Callable[[str], CannedResponse]
"""A response, or a function that makes one for the target of a request."""


def response(
    status: str, body: bytes = b"", length: int | None = None, **headers: str
) -> CannedResponse:
    """Return a response; `length` is what Content-Length claims.

    Underscores in the names of headers are dashes.
    """
    claimed = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {claimed}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    head = "\r\n".join([*lines, "", ""])
    return CannedResponse(head=head.encode("latin-1"), data=body)


def html(title: str, status: str = "200 OK", head: str = "", **headers: str) -> CannedResponse:
    """Return a page."""
    text = (
        f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head>"
        f"<body><h1>{title}</h1></body></html>"
    )
    return response(status, text.encode(), None, Content_Type=HTML, **headers)


def document(value: Any, status: str = "200 OK", **headers: str) -> CannedResponse:
    """Return JSON."""
    return response(status, json.dumps(value).encode(), None, Content_Type=JSON, **headers)


def redirect(to: str, status: str = "302 Found") -> CannedResponse:
    """Return a redirect."""
    return response(status, Location=to)


def short(body: bytes, length: int) -> CannedResponse:
    """Return a response that promises `length` bytes and closes earlier."""
    return response("200 OK", body, length, Content_Type="application/json")


def reset() -> CannedResponse:
    """Return a response that ends the connection without a byte."""
    return CannedResponse(then="reset")


def hang(data: bytes = b"") -> CannedResponse:
    """Return a response that sends this, then nothing more."""
    return CannedResponse(data, then="hang")


def endless(megabytes: int) -> CannedResponse:
    """Return a response whose body has no declared length."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
    return CannedResponse(_MEGABYTE, repeat=megabytes, head=head)


def bomb(megabytes: int) -> CannedResponse:
    """Return a response of few bytes that unpack to many."""
    packed = gzip.compress(_MEGABYTE * megabytes)
    return response("200 OK", packed, Content_Type="application/json", Content_Encoding="gzip")


@dataclass
class HostileSite:
    """The running server."""

    home: str
    responses: dict[str, Response]
    """By path; can be changed meanwhile, as a redirect to the site itself needs its address."""
    requested: list[str] = field(default_factory=list)
    """Targets, in order."""

    def response_to(self, target: str) -> CannedResponse:
        """Return the response to a target: path and query."""
        path = target.partition("?")[0]
        chosen = self.responses.get(path, html("404 Not Found", "404 Not Found"))
        return chosen(target) if callable(chosen) else chosen


@contextmanager
def hostile_site(responses: Mapping[str, Response]) -> Iterator[HostileSite]:
    """Serve these responses."""
    over = threading.Event()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            target = _target(self.request)
            if target is not None:
                site.requested.append(target)
                _send(self.request, site.response_to(target), over)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        port = server.server_address[1]
        site = HostileSite(f"http://127.0.0.1:{port}", dict(responses))
        thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        thread.start()
        try:
            yield site
        finally:
            over.set()
            server.shutdown()
            thread.join()


def _target(connection: socket.socket) -> str | None:
    """Return the request's target; None when the client went away or does not speak HTTP."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more or not (data or more[:1].isalpha()):
            return None
        data += more
    return data.split(b" ", 2)[1].decode("latin-1")


def _send(connection: socket.socket, canned: CannedResponse, over: threading.Event) -> None:
    try:
        connection.sendall(canned.head)
        for _ in range(canned.repeat):
            connection.sendall(canned.data)
    except OSError:  # the client had enough, as it should
        return
    if canned.then == "hang":
        over.wait(120)
    if canned.then == "reset":
        # With a linger time of 0 the socket is closed by RST.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
