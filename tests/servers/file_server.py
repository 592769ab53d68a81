"""A server of files, as the uploads of a site: with ETags, and with whatever goes wrong.

with file_server({"/uploads/a.jpg": File(b"...")}) as server:
    ...    # server.home, server.files, server.asked
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote


@dataclass
class File:
    """A file, or what is answered instead of it."""

    data: bytes = b""
    type: str = "image/jpeg"
    status: int = 200
    location: str = ""
    """Where a redirect leads."""
    cut_times: int = 0
    """So many times, the connection ends in the middle."""
    has_etag: bool = True
    sends_etag: str = ""
    """The ETag of its answers, where that is not the one of the file."""
    ranges: str = ""
    """How it answers a request for a range: empty for whole files always, `good` as RFC 9110 says,
    or else a lie: `from_start` (other bytes than it says), `other_range` (another range than asked
    for), `unchecked` (of a changed file, too), `unnamed` (the same, and it names no version),
    `unsaid` (it does not say which range it sends)."""
    changes_to: bytes | None = None
    """After the connection was cut, the file is this one."""
    encoding: str = ""
    """The Content-Encoding that is named."""
    framing: str = ""
    """How the length is stated: empty for Content-Length, `close` for not at all (the connection
    closes behind the last byte), `chunked` for chunks with their end. What is cut ends likewise,
    and without its last chunk."""
    stalls: bool = False
    """When it is cut, the connection stays open, and nothing comes any more."""

    @property
    def etag(self) -> str:
        """Return what names this version."""
        return f'"{md5(self.data).hexdigest()}"'


@dataclass
class FileServer:
    """The running server."""

    home: str
    files: dict[str, File]
    """By path, decoded; can be changed meanwhile."""
    asked: list[tuple[str, int]] = field(default_factory=list)
    """Path and status of each answer, in order; robots.txt is left out."""
    ranges: list[tuple[str, str, int]] = field(default_factory=list)
    """Path, range and status of each answer to a request for a range."""
    stalled: threading.Event = field(default_factory=threading.Event)
    """A file stalls now."""


@contextmanager
def file_server(files: Mapping[str, File]) -> Iterator[FileServer]:
    """Serve these files."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            path = unquote(self.path.partition("?")[0])
            file = server.files.get(path, File(b"none", "text/html", 404))
            status = file.status
            if status == 200 and file.has_etag and self.headers.get("If-None-Match") == file.etag:
                status = 304
            first = self._first_byte(file)
            if status == 200 and first:
                status = 206
            if path != "/robots.txt":
                server.asked.append((path, status))
            if self.headers.get("Range"):
                server.ranges.append((path, self.headers["Range"], status))
            self._answer(file, status, first)

        def _first_byte(self, file: File) -> int:
            """Return the first byte of the range that is answered; 0 for the whole file."""
            asked = self.headers.get("Range", "")
            if not asked or not file.ranges:
                return 0
            is_checked = file.ranges in ("unchecked", "unnamed")
            if not is_checked and self.headers.get("If-Range") != file.etag:
                return 0
            return int(asked.removeprefix("bytes=").partition("-")[0])

        def _answer(self, file: File, status: int, first: int) -> None:
            self.send_response(status)
            if file.location:
                self.send_header("Location", file.location)
            if file.encoding:
                self.send_header("Content-Encoding", file.encoding)
            if file.has_etag and status in (200, 206, 304):
                if status != 206 or file.ranges != "unnamed":
                    self.send_header("ETag", file.sends_etag or file.etag)
            if status == 304:
                self.end_headers()
                return
            size = len(file.data)
            data = file.data[first:]
            if status == 206:
                if file.ranges == "other_range":
                    first += 1_000
                    data = file.data[first:]
                if file.ranges != "unsaid":
                    self.send_header("Content-Range", f"bytes {first}-{size - 1}/{size}")
                if file.ranges == "from_start":
                    data = file.data[: len(data)]
            self.send_header("Content-Type", file.type)
            if file.framing == "chunked":
                self.send_header("Transfer-Encoding", "chunked")
            elif not file.framing:
                self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.close_connection = bool(file.framing)
            if not file.cut_times:
                self._write(file, data)
                if file.framing == "chunked":
                    self.wfile.write(b"0\r\n\r\n")
                return
            file.cut_times -= 1
            self._write(file, data[: len(data) // 2])
            if file.changes_to is not None:
                file.data = file.changes_to
            self.close_connection = True
            if file.stalls:
                server.stalled.set()
                released.wait(60)

        def _write(self, file: File, data: bytes) -> None:
            if file.framing == "chunked":
                data = b"%x\r\n%b\r\n" % (len(data), data)
            self.wfile.write(data)

    released = threading.Event()

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing: a client that had enough resets its connection."""

    with Server(("127.0.0.1", 0), Handler) as http:
        server = FileServer(f"http://127.0.0.1:{http.server_address[1]}", dict(files))
        thread = threading.Thread(
            target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        thread.start()
        try:
            yield server
        finally:
            released.set()
            http.shutdown()
            thread.join()
