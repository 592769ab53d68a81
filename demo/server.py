"""Serves a site over HTTP/1.1 on 127.0.0.1: keep-alive, one thread, fast enough not to be what a benchmark measures."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus

from demo.answers import Answer, Request
from demo.api import Site

Handler = Callable[[Request], Answer]


class _Connection(asyncio.Protocol):
    """One client. Requests are answered in order, a delayed one holding back those behind it."""

    def __init__(self, handler: Handler, open_: set["_Connection"]) -> None:
        self.handler, self.buffer, self.waiting, self.open = handler, b"", False, open_

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.open.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.open.discard(self)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.buffer[:1].isalpha():  # TLS, most likely: whoever speaks it waits for an answer
            self.transport.close()
            return
        self._next()

    def _next(self) -> None:
        while not self.waiting and b"\r\n\r\n" in self.buffer:
            head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
            request = _parse(head)
            answer = self.handler(request)
            if answer.delay_s:
                self.waiting = True
                asyncio.get_running_loop().call_later(answer.delay_s, self._late, request, answer)
            else:
                self._send(request, answer)

    def _late(self, request: Request, answer: Answer) -> None:
        self.waiting = False
        self._send(request, answer)
        self._next()

    def _send(self, request: Request, answer: Answer) -> None:
        close = request.headers.get("connection", "").lower() == "close"
        headers = {
            **answer.headers,
            "Content-Length": str(len(answer.body)),
            "Connection": "close" if close else "keep-alive",
        }
        head = [
            f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}",
            *(f"{name}: {value}" for name, value in headers.items()),
            "",
            "",
        ]
        self.transport.write("\r\n".join(head).encode("latin-1"))
        if request.method != "HEAD":
            self.transport.write(answer.body)
        if close:
            self.transport.close()


def _parse(head: bytes) -> Request:
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = (*first.split(" "), "", "")[:3]
    headers = {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(":") for line in lines)
    }
    return Request(target, headers, method, time.monotonic())


async def listen(handler: Handler, port: int = 0) -> tuple[asyncio.Server, set[_Connection]]:
    """Start serving; the port is in `server.sockets[0].getsockname()[1]`."""
    connections: set[_Connection] = set()
    server = await asyncio.get_running_loop().create_server(
        lambda: _Connection(handler, connections), "127.0.0.1", port
    )
    return server, connections


@contextmanager
def serve(site: Site, port: int = 0, neighbours: Sequence[Site] = ()) -> Iterator[Site]:
    """Serve a site from a thread of this process; it can be switched and changed meanwhile. `site.home` is its address.

    `neighbours` are further sites of the same host, each below a path of its own.
    """
    sites = sorted([site, *neighbours], key=lambda each: -len(each.path))
    started, failure = threading.Event(), []
    loop = asyncio.new_event_loop()

    async def run() -> None:
        server, connections = await listen(
            lambda request: _responsible(request, sites).answer(request), port
        )
        for each in sites:
            each.origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        started.set()
        try:
            await stop.wait()
        finally:
            server.close()
            await asyncio.sleep(
                0.01
            )  # connections that were accepted a moment ago announce themselves
            while connections:  # an aborted one closes its socket in a later step of the loop, and then leaves the set
                for connection in list(connections):
                    connection.transport.abort()
                await asyncio.sleep(0)
            await server.wait_closed()

    def main() -> None:
        try:
            loop.run_until_complete(run())
        except BaseException as error:  # told to the thread that waits for the start
            failure.append(error)
            started.set()
        finally:
            loop.close()

    stop = asyncio.Event()
    thread = threading.Thread(target=main, name="sample site", daemon=True)
    thread.start()
    started.wait()
    if failure:
        raise failure[0]
    try:
        yield site
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


def _responsible(request: Request, sites: Sequence[Site]) -> Site:
    """The site with the longest matching path; the last one answers for what is nobody's."""
    path = request.target.partition("?")[0]
    return next(
        (site for site in sites if path == site.path or path.startswith(f"{site.path}/")), sites[-1]
    )
