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
            if path != "/robots.txt":
                server.asked.append((path, status))
            self._answer(file, status)

        def _answer(self, file: File, status: int) -> None:
            self.send_response(status)
            if file.location:
                self.send_header("Location", file.location)
            if file.has_etag and status in (200, 304):
                self.send_header("ETag", file.etag)
            if status == 304:
                self.end_headers()
                return
            self.send_header("Content-Type", file.type)
            self.send_header("Content-Length", str(len(file.data)))
            self.end_headers()
            if file.cut_times:
                file.cut_times -= 1
                self.wfile.write(file.data[: len(file.data) // 2])
                self.close_connection = True
                return
            self.wfile.write(file.data)

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
            http.shutdown()
            thread.join()
