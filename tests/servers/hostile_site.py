"""A server that answers with whatever bytes a test wants: broken HTTP, resets, silence, and sites that are not WordPress.

    with hostile_site({"/": html("Hello"), "/wp-json/": hang()}) as site:    # site.home, site.asked

Paths are matched without their query; what is not named gets a plain 404. `https://` at its address fails in the TLS handshake.
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
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """Bytes to send, and what to do then: `close`, `reset` (RST), or `hang` (silence until the test is over)."""

    data: bytes = b""
    then: str = "close"
    repeat: int = 1
    """How often `data` after its head is sent."""
    head: bytes = b""


Replies = Mapping[str, Reply | Callable[[str], Reply]]


def reply(status: str, body: bytes = b"", length: int | None = None, **headers: str) -> Reply:
    """A response; `length` is what Content-Length claims. Underscores in header names are dashes."""
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Length: {len(body) if length is None else length}",
        "Connection: close",
    ]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return Reply(head="\r\n".join([*lines, "", ""]).encode("latin-1"), data=body)


def html(title: str, status: str = "200 OK", head: str = "", **headers: str) -> Reply:
    """A page."""
    text = f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body><h1>{title}</h1></body></html>"
    return reply(status, text.encode(), None, Content_Type="text/html; charset=UTF-8", **headers)


def document(value: Any, status: str = "200 OK", **headers: str) -> Reply:
    """JSON."""
    return reply(
        status,
        json.dumps(value).encode(),
        None,
        Content_Type="application/json; charset=UTF-8",
        **headers,
    )


def redirect(to: str, status: str = "302 Found") -> Reply:
    """A redirect."""
    return reply(status, Location=to)


def short(body: bytes, length: int) -> Reply:
    """Promises `length` bytes and closes earlier."""
    return reply("200 OK", body, length, Content_Type="application/json")


def reset() -> Reply:
    """Ends the connection without an answer."""
    return Reply(then="reset")


def hang(data: bytes = b"") -> Reply:
    """Sends this, then nothing more."""
    return Reply(data, then="hang")


def endless(megabytes: int) -> Reply:
    """A body without a declared length."""
    return Reply(
        b" " * 1_000_000,
        repeat=megabytes,
        head=b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n",
    )


def bomb(megabytes: int) -> Reply:
    """Few bytes that unpack to many."""
    return reply(
        "200 OK",
        gzip.compress(b" " * 1_000_000 * megabytes),
        Content_Type="application/json",
        Content_Encoding="gzip",
    )


@dataclass
class HostileSite:
    """The running server."""

    home: str
    replies: dict[str, Reply | Callable[[str], Reply]]
    asked: list[str] = field(default_factory=list)
    """Targets, in order."""


@contextmanager
def hostile_site(replies: Replies) -> Iterator[HostileSite]:
    """Serve these replies; `site.replies` can be changed meanwhile (redirects to the site itself need its address)."""
    over = threading.Event()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            target = _target(self.request)
            if target is not None:
                site.asked.append(target)
                chosen = site.replies.get(
                    target.partition("?")[0], html("404 Not Found", "404 Not Found")
                )
                _send(self.request, chosen(target) if callable(chosen) else chosen, over)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        site = HostileSite(f"http://127.0.0.1:{server.server_address[1]}", dict(replies))
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
    """The request's target; None when the client went away or does not speak HTTP."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more or not (data or more[:1].isalpha()):
            return None
        data += more
    return data.split(b" ", 2)[1].decode("latin-1")


def _send(connection: socket.socket, answer: Reply, over: threading.Event) -> None:
    try:
        connection.sendall(answer.head)
        for _ in range(answer.repeat):
            connection.sendall(answer.data)
    except OSError:  # the client had enough, as it should
        return
    if answer.then == "hang":
        over.wait(120)
    if answer.then == "reset":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
