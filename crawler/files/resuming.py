"""Downloads of large files that go on where they were cut off, by HTTP ranges (RFC 9110).

What arrives of a file is written beside the kept files at once, with what the server named this
version by. The next request, of this run or a later one, asks for the rest, and only if the file is
still that version (`If-Range`). The rest begins with bytes that are held already. Where these
differ, or the answer is not exactly the rest that was asked for, everything is thrown away, and the
whole file is asked for.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, NotConfigured
from scrapy.http import Request, Response
from scrapy.http.headers import Headers

from crawler.files.answers import with_known_end
from crawler.files.ends import ends_early, is_stream
from crawler.files.limits import BytesBudget
from crawler.files.parts import FilePart, FileVersion, version_begun
from crawler.files.place import folder_of_parts
from crawler.files.planning import MEDIA_FILE, MediaFile
from crawler.run.lifecycle import run_of

OVERLAP_BYTES = 65_536
"""The rest of a file begins with so many bytes that are held already, to be compared."""
_FORGOTTEN_AFTER = timedelta(days=7)
_FINAL = frozenset({200, 203, 304, 404, 410})
"""Statuses after which nothing is left to be resumed."""
_START = "file_part_start"
_WHOLE = "file_whole"
_ARRIVING = "file_arriving"


class ResumeFilesMiddleware:
    """Requests for files go on where an earlier one was cut off (`-a media`)."""

    def __init__(self, folder: Path, take: Callable[[int], None] = lambda size: None) -> None:
        """`folder` is that of parts.

        `take` is told the number of bytes of all that comes, whatever becomes of it. It may raise
        StopDownload.
        """
        self._folder = folder
        self._take = take

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read where files are kept. Raises NotConfigured without files."""
        settings = crawler.settings
        if "media" not in run_of(crawler).report.arguments:
            raise NotConfigured
        made = cls(folder_of_parts(settings), BytesBudget(run_of(crawler), settings).take)
        made.forget_old()
        crawler.signals.connect(made.headers_received, signals.headers_received)
        crawler.signals.connect(made.bytes_received, signals.bytes_received)
        return made

    def forget_old(self) -> None:
        """Delete parts of files that nobody has asked for in a week."""
        before = time.time() - _FORGOTTEN_AFTER.total_seconds()
        with suppress(OSError):
            for path in self._folder.glob("*"):
                if path.stat().st_mtime < before:
                    path.unlink(missing_ok=True)

    async def process_request(self, request: Request) -> None:
        """Ask for the rest of a file that is held in part."""
        part = self._part_of(request)
        if part is None:
            return
        request.meta.pop(_ARRIVING, None)  # of the try before
        request.meta.pop(_START, None)
        for name in ("Range", "If-Range"):
            request.headers.pop(name, None)
        version = part.version()
        if version is None or version.url != request.url or request.meta.get(_WHOLE):
            return
        size = await asyncio.to_thread(part.good_size)
        limit = request.meta.get("download_maxsize")
        if not OVERLAP_BYTES < size <= version.total or (limit and version.total > limit):
            return
        start = size - OVERLAP_BYTES
        request.meta[_START] = start
        request.headers["Range"] = f"bytes={start}-"
        request.headers["If-Range"] = version.validator.encode("latin-1", "replace")

    def headers_received(self, headers: Headers, request: Request) -> None:
        """Open the part to which an answer belongs."""
        part = self._part_of(request)
        if part is None:
            return
        given = _plain(headers)
        start = request.meta.get(_START)
        with suppress(OSError):
            if start is not None and "content-range" in given:
                version = part.version()
                if version is not None and version.is_rest(given, start):
                    request.meta[_ARRIVING] = part.go_on(start, start + OVERLAP_BYTES)
                return
            begun = version_begun(given, request.url)
            limit = request.meta.get("download_maxsize")
            if begun is not None and not (limit and begun.total > limit):
                request.meta[_ARRIVING] = part.begin(begun)

    def bytes_received(self, data: bytes, request: Request) -> None:
        """Write what has come. Raises StopDownload where the run has had enough."""
        if MEDIA_FILE not in request.meta:
            return
        arriving = request.meta.get(_ARRIVING)
        if arriving is not None:
            arriving.add(data)
        self._take(len(data))

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Return the whole file where its rest has come; any other answer as it is."""
        part = self._part_of(request)
        if part is None:
            return response
        # It was asked for as it is; some servers compress nevertheless.
        limit = request.meta.get("download_maxsize") or 0
        for coding in response.headers.getlist("Content-Encoding"):
            if await asyncio.to_thread(ends_early, coding, response.body, limit):
                raise EOFError("its compressed bytes end too early")
            if is_stream(coding):
                response = with_known_end(response)
        arriving = request.meta.pop(_ARRIVING, None)
        is_good = arriving is not None and arriving.close()
        if request.meta.get(_START) is not None and response.status in (206, 416):
            version = part.version()
            # An answer that does not say which bytes it has may be the rest alone.
            is_rest = is_good and arriving.is_rest
            body = b""
            if version is not None and is_rest and response.status == 206:
                body = await asyncio.to_thread(part.whole, version)
            part.drop()
            if version is not None and body:
                return _whole(response, version, body)
            meta = {**request.meta, _WHOLE: True}
            return request.replace(meta=meta, dont_filter=True)
        if response.status in _FINAL or (arriving is not None and not is_good):
            part.drop()
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Keep the bytes of an answer that was cut off."""
        part = self._part_of(request)
        if part is None:
            return
        arriving = request.meta.pop(_ARRIVING, None)
        if arriving is None:
            return
        arriving.close()
        if not arriving.is_good or isinstance(exception, DownloadCancelledError):
            part.drop()

    def _part_of(self, request: Request) -> FilePart | None:
        item: MediaFile | None = request.meta.get(MEDIA_FILE)
        return None if item is None else FilePart(self._folder, item.key)


def _whole(response: Response, version: FileVersion, body: bytes) -> Response:
    """Return the answer that the server would have given to a request for the whole file."""
    headers = response.headers.copy()
    headers.pop("Content-Range", None)
    named: dict[str, Any] = {
        "ETag": version.etag,
        "Last-Modified": version.last_modified,
        "Content-Type": version.content_type,
    }
    for name, value in named.items():
        if value:
            headers[name] = value
    headers["Content-Length"] = str(len(body))
    return with_known_end(response.replace(status=200, headers=headers, body=body))


def _plain(headers: Headers) -> dict[str, str]:
    """Return the headers with names in lower case."""
    return {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1").strip()
        for name, values in headers.items()
    }
