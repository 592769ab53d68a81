"""Write every request and its answer to WARC files (`-a warc=DIR`), as web archives keep them.

The format is WARC 1.1, ISO 28500:2017. Each record is compressed by itself, so that a file that was
cut off is good up to its last whole record. An answer is written as it came: before decompression,
with its Content-Encoding. Only headers of the connection (Transfer-Encoding) are left out, because
the parts of the body have been joined.
"""

import asyncio
import zlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Self
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Request, Response
from scrapy.utils.response import response_status_message

from crawler.credentials import Credentials
from crawler.rest.client import UNRECORDED, WARC_RECORD
from crawler.rest.responses import UNPACKED_MAX_BYTES
from crawler.run.lifecycle import run_of
from crawler.run.run_state import RunState
from crawler.run.verdict import ExitStatus

# WARC files are given to others: the owner's password must not be in them.
_SECRET = frozenset({"authorization", "proxy-authorization", "cookie"})
# Scrapy has joined the chunks. With these headers a replay would wait for chunks (RFC 9112).
_OF_THE_CONNECTION = frozenset({"transfer-encoding", "connection", "keep-alive"})
Headers = list[tuple[str, str]]


class WarcFiles:
    """The WARC files of one run; a new one begins where the last has `max_bytes`."""

    def __init__(
        self,
        folder: Path,
        name: str,
        max_bytes: int,
        about: dict[str, str],
        note: Callable[[str], None],
    ) -> None:
        """`about` goes into each file's first record; `note` is told each file's name."""
        self._folder = folder
        self._name = name
        self._max_bytes = max_bytes
        self._about = about
        self._note = note
        self._out: BinaryIO | None = None
        self._writer: Any = None
        self._number = 0
        self._file_name = ""
        self._hosts: set[tuple[str, str]] = set()

    def write(self, request: Request, response: Response) -> str:
        """Write a request and its answer, and the certificate of a host that is new.

        Return the file and the id of the answer's record, as documents name them. Raises OSError.
        """
        writer = self._open()
        self._write_certificate(writer, response)
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        named = {"WARC-Date": at}
        address = getattr(response, "ip_address", None)
        if address is not None:
            named["WARC-IP-Address"] = str(address)
        answer = _answer_record(writer, response, named)
        question = _question_record(writer, request, response.url, named)
        writer.write_request_response_pair(question, answer)
        assert self._out is not None
        # A run that is killed leaves whole records.
        self._out.flush()
        id_ = answer.rec_headers.get_header("WARC-Record-ID").strip("<>")
        return f"{self._file_name}#{id_}"

    def close(self) -> None:
        """Close the file that is open; safe to call twice."""
        out, self._out = self._out, None
        if out is not None:
            out.close()

    def _open(self) -> Any:
        """Return the writer of the open file, or of a new one where that is full."""
        # Imported here, because the settings name this module for crawls without the package, too.
        from warcio.warcwriter import WARCWriter

        if self._out is not None and self._out.tell() >= self._max_bytes:
            self.close()
        if self._out is None:
            self._number += 1
            name = f"{self._name}-{self._number:05}.warc.gz"
            self._folder.mkdir(parents=True, exist_ok=True)
            # `x`: a file that is there already is another run's, and is never written over.
            self._out = (self._folder / name).open("xb")
            self._writer = WARCWriter(self._out, gzip=True, warc_version="1.1")
            self._writer.write_record(self._writer.create_warcinfo_record(name, self._about))
            self._hosts.clear()
            self._file_name = name
            self._note(name)
        return self._writer

    def _write_certificate(self, writer: Any, response: Response) -> None:
        """Write the fingerprint of a host's certificate, once in each file."""
        certificate = getattr(response, "certificate", None)
        host = urlsplit(response.url).netloc
        if certificate is None:
            return
        fingerprint = certificate.digest("sha256").decode("ascii")
        if (host, fingerprint) in self._hosts:
            return
        self._hosts.add((host, fingerprint))
        body = f"certificate-sha256: {fingerprint}\r\n".encode("ascii")
        record = writer.create_warc_record(
            f"https://{host}/",
            "metadata",
            payload=BytesIO(body),
            warc_content_type="application/warc-fields",
        )
        writer.write_record(record)


def _answer_record(writer: Any, response: Response, named: dict[str, str]) -> Any:
    """Return the record of an answer."""
    from warcio.statusandheaders import StatusAndHeaders

    headers = _headers(response.headers.items(), _OF_THE_CONNECTION)
    status = response_status_message(response.status)
    return writer.create_warc_record(
        response.url,
        "response",
        payload=BytesIO(response.body),
        http_headers=StatusAndHeaders(status, headers, "HTTP/1.1"),
        warc_headers_dict=dict(named),
    )


def _question_record(writer: Any, request: Request, url: str, named: dict[str, str]) -> Any:
    """Return the record of a request, under the address that answered."""
    from warcio.statusandheaders import StatusAndHeaders

    parts = urlsplit(request.url)
    target = f"{request.method} {parts.path or '/'}{'?' * bool(parts.query)}{parts.query}"
    headers = [("Host", parts.netloc), *_headers(request.headers.items(), _SECRET)]
    return writer.create_warc_record(
        url,
        "request",
        payload=BytesIO(request.body),
        http_headers=StatusAndHeaders(f"{target} HTTP/1.1", headers, is_http_request=True),
        warc_headers_dict=dict(named),
    )


class WarcMiddleware:
    """A downloader middleware that writes what was asked and answered.

    It stands next to the downloader, so that redirects, retries, robots.txt and files are there.
    """

    def __init__(self, run: RunState, files: WarcFiles) -> None:
        self._run = run
        self._files = files
        self._one_by_one = asyncio.Lock()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the middleware from the settings. Raises NotConfigured without `-a warc`."""
        run = run_of(crawler)
        folder = run.report.arguments.get("warc")
        if not folder:
            raise NotConfigured
        settings = crawler.settings
        started = run.report.started_at.strftime("%Y%m%dT%H%M%S%f")[:-3]
        host = (getattr(crawler.spider, "host", "") or "site").replace(":", "-")
        about = {
            "software": settings["USER_AGENT"],
            "format": "WARC File Format 1.1",
            "description": f"crawl of {run.report.arguments['site']}",
            "robots": "obey" if settings.getbool("ROBOTSTXT_OBEY") else "ignore",
        }
        files = WarcFiles(
            Path(folder),
            f"{host}-{started}",
            settings.getint("CRAWL_WARC_MAX_BYTES"),
            about,
            run.report.warc.append,
        )
        middleware = cls(run, files)
        crawler.signals.connect(middleware.spider_closed, signals.spider_closed)
        return middleware

    def process_request(self, request: Request) -> None:
        """Ask for uncompressed answers where credentials are sent, so that they can be hidden."""
        if self._run.credentials is not None:
            request.headers["Accept-Encoding"] = "identity"

    async def process_response(self, request: Request, response: Response) -> Response:
        """Write a request and its answer; a file that cannot be written ends the run."""
        if request.meta.get(UNRECORDED) or not request.url.startswith(("http://", "https://")):
            return response
        written = response
        if self._run.credentials is not None:
            written = without_secrets(response, self._run.credentials)
        # Threads write, and the records of one file must not mix.
        async with self._one_by_one:
            try:
                record = await asyncio.to_thread(self._files.write, request, written)
                request.meta[WARC_RECORD] = record
            except OSError as error:
                self._run.stop(
                    ExitStatus.PARTIAL,
                    f"WARC files cannot be written ({error.strerror or error}): make room, or name "
                    "another folder with -a warc",
                )
        return response

    def spider_closed(self) -> None:
        """Close the last file."""
        self._files.close()


def without_secrets(response: Response, credentials: Credentials) -> Response:
    """Return an answer as it may be given to others: a debugging page may repeat credentials.

    Where the server has compressed it although nobody asked for that, it is written unpacked, and
    without its body where that cannot be done. A cookie may be the session of the owner.
    """
    body = response.body
    headers = credentials.hidden_in_headers(response.headers)
    headers.pop("Set-Cookie", None)
    if headers.pop("Content-Encoding", None):
        body = _unpacked(body)
    return response.replace(body=credentials.hidden_in(body), headers=headers)


def _unpacked(body: bytes) -> bytes:
    """Return what gzip or zlib has compressed; empty for anything else, and for too much."""
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        unpacked = unpacker.decompress(body, UNPACKED_MAX_BYTES)
    except zlib.error:
        return b""
    return unpacked * (not unpacker.unconsumed_tail)


def _headers(found: Iterable[Any], without: frozenset[str]) -> Headers:
    """Return headers in their order as pairs of text, without some."""
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in found
        for value in values
        if name.decode("latin-1").lower() not in without
    ]
