"""Serve a site over HTTP/1.1 on 127.0.0.1.

It keeps connections alive and uses one thread, and is fast enough not to be what a benchmark
measures.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.client import responses as PHRASES

from demo.api import Site
from demo.responses import Request, Response

Handler = Callable[[Request], Response]
_END_OF_HEAD = b"\r\n\r\n"


class _Connection(asyncio.Protocol):
    """One client. Requests are answered in order; a delayed response holds back the next ones."""

    def __init__(self, handler: Handler, connections: set["_Connection"]) -> None:
        self._handler = handler
        self._connections = connections
        self._received = b""
        self._waiting = False
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.discard(self)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._received[:1].isalpha():
            # TLS, most likely: its client would wait for an answer.
            self.transport.close()
            return
        self._next()

    def _next(self) -> None:
        while not self._waiting and _END_OF_HEAD in self._received:
            head, self._received = self._received.split(_END_OF_HEAD, 1)
            request = _parse(head)
            response = self._handler(request)
            if response.delay_s:
                self._waiting = True
                loop = asyncio.get_running_loop()
                loop.call_later(response.delay_s, self._late, request, response)
            else:
                self._send(request, response)

    def _late(self, request: Request, response: Response) -> None:
        self._waiting = False
        self._send(request, response)
        self._next()

    def _send(self, request: Request, response: Response) -> None:
        close = request.headers.get("connection", "").lower() == "close"
        headers = {
            **response.headers,
            "Content-Length": str(len(response.body)),
            "Connection": "close" if close else "keep-alive",
        }
        lines = [f"HTTP/1.1 {response.status} {PHRASES.get(response.status, '')}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.transport.write("\r\n".join(lines).encode("latin-1") + _END_OF_HEAD)
        if request.method != "HEAD":
            self.transport.write(response.body)
        if close:
            self.transport.close()


def _parse(head: bytes) -> Request:
    first, *lines = head.decode("latin-1").split("\r\n")
    method, _, rest = first.partition(" ")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return Request(rest.partition(" ")[0], headers, method, time.monotonic())


async def listen(handler: Handler, port: int = 0) -> tuple[asyncio.Server, set[_Connection]]:
    """Start serving, and return the server with the set of its open connections.

    The port is in `server.sockets[0].getsockname()[1]`.
    """
    connections: set[_Connection] = set()
    server = await asyncio.get_running_loop().create_server(
        lambda: _Connection(handler, connections), "127.0.0.1", port
    )
    return server, connections


@contextmanager
def serve(site: Site, port: int = 0, neighbours: Sequence[Site] = ()) -> Iterator[Site]:
    """Serve a site from a thread of this process; `site.home` is its address.

    The site can be switched and changed meanwhile. `neighbours` are further sites of the same
    host, each below a path of its own.
    """
    # The longest path is tried first, because every path begins with that of a site at the root.
    sites = sorted([site, *neighbours], key=lambda each: -len(each.path))
    server = _ServerThread(sites, port)
    server.start()
    try:
        yield site
    finally:
        server.stop()


class _ServerThread:
    """A thread with an event loop that serves some sites."""

    def __init__(self, sites: Sequence[Site], port: int) -> None:
        self._sites = sites
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._stopped = asyncio.Event()
        self._started = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._main, name="sample site", daemon=True)

    def start(self) -> None:
        """Return once the server listens. Raises what kept it from listening."""
        self._thread.start()
        self._started.wait()
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """Close all connections, and end the thread."""
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join()

    def _main(self) -> None:
        try:
            self._loop.run_until_complete(self._run())
        except BaseException as error:
            self._failure = error  # for the thread that waits for the start
            self._started.set()
        finally:
            self._loop.close()

    async def _run(self) -> None:
        server, connections = await listen(self._respond, self._port)
        port = server.sockets[0].getsockname()[1]
        for site in self._sites:
            site.origin = f"http://127.0.0.1:{port}"
        self._started.set()
        try:
            await self._stopped.wait()
        finally:
            server.close()
            await asyncio.sleep(0.01)  # connections accepted a moment ago announce themselves
            await _abort(connections)
            await server.wait_closed()

    def _respond(self, request: Request) -> Response:
        return _responsible(request, self._sites).respond(request)


async def _abort(connections: set[_Connection]) -> None:
    """Abort all connections; each leaves the set in a later step of the loop."""
    while connections:
        for connection in list(connections):
            connection.transport.abort()
        await asyncio.sleep(0)


def _responsible(request: Request, sites: Sequence[Site]) -> Site:
    """Return the site with the longest matching path; the last one for what is nobody's."""
    path = request.target.partition("?")[0]
    for site in sites:
        if path == site.path or path.startswith(f"{site.path}/"):
            return site
    return sites[-1]
