"""Fetch files through Scrapy's FilesPipeline, and keep them by the hash of their bytes.

The archive's store takes the bytes: a folder, or a bucket. This pipeline adds a record of each
address in the archive, requests that ask only for what changed, and a name for each failure.
"""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured, StopDownload
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK
from scrapy.pipelines.files import FilesPipeline
from scrapy.pipelines.media import FileInfo, MediaPipeline
from scrapy.utils.defer import ensure_awaitable
from twisted.python.failure import Failure

from crawler.errors import AskedToWait, CrawlError, KeepsFailing, RunEnds, TooLarge
from crawler.files.answers import kept_type, may_be_cut_off, problem_with
from crawler.files.limits import file_limits
from crawler.files.place import ScrapyFilesStore, lose_place, name_of_place, options_of_place
from crawler.files.planning import MEDIA_FILE, MediaFile, file_failure, leave_out_large
from crawler.rest.client import download_error, is_badly_compressed, words_of
from crawler.rest.redirects import STATUSES, words_of_redirect
from crawler.run.files_count import FilesCount
from crawler.run.lifecycle import is_closing, run_of
from crawler.run.run_state import RunState
from crawler.run.verdict import ExitStatus
from wparchive.backends.address import redacted
from wparchive.errors import ArchiveError
from wparchive.file_stores import FolderStore, file_store
from wparchive.model.file_records import (
    GONE_CAUSES,
    FileRecord,
    stored_path,
    superseded,
    without_users,
)

EPOCH = datetime.fromtimestamp(0, UTC)
_TIMES_AS_PATIENT = 5  # as with a page: a large file takes longer
_ACCEPT = "*/*"
_GONE = frozenset({404, 410})
_TRANSFORMED = 203
"""Status of a whole file that a proxy has changed on its way (RFC 9110, 15.3.4)."""
_DONE = FileInfo(url="", path="", checksum=None, status="")
"""What Scrapy's pipeline keeps for each address: one shared value, because it never forgets."""
Info = MediaPipeline.SpiderInfo


class _ByAddress:
    """Names requests for files by the records that they are for.

    Scrapy takes addresses for the same that differ in the order of a query, or in how they are
    escaped, and would answer for the second one without a request.
    """

    def fingerprint(self, request: Request) -> bytes:
        """Return what a request is known by."""
        item: MediaFile = request.meta[MEDIA_FILE]
        return item.key.encode()


class KeepFilesPipeline(FilesPipeline):
    """The stage that fetches files. It is there only in runs with `-a media`."""

    def __init__(self, store_uri: str, run: RunState, *, crawler: Crawler) -> None:
        self._bucket_options = options_of_place(crawler.settings)
        super().__init__(store_uri, crawler=crawler)
        self._fingerprinter = _ByAddress()
        self._handle_statuses(allow_redirects=True)
        self._run = run
        self._place = store_uri
        self._limits = file_limits(run.report.arguments, crawler.settings)
        self._timeout_s = crawler.settings.getfloat("DOWNLOAD_TIMEOUT") * _TIMES_AS_PATIENT
        self._given_up: dict[str, CrawlError] = {}
        """Hosts that are not asked any more, with the reason."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the stage from the settings. Raises NotConfigured without `-a media`."""
        settings = crawler.settings
        run = run_of(crawler)
        if "media" not in run.report.arguments:
            raise NotConfigured
        place = name_of_place(settings)
        try:
            return cls(place, run, crawler=crawler)
        except (ArchiveError, OSError) as error:
            run.stop(
                ExitStatus.PARTIAL,
                f"files cannot be kept in {redacted(place)} ({error}): set ARCHIVE_FILES to a "
                "folder or a bucket that can be used",
            )
            raise NotConfigured from error

    def _get_store(self, uri: str) -> Any:
        """Return the store at a place. Raises ArchiveError, OSError."""
        store = file_store(uri, self._bucket_options)
        if isinstance(store, FolderStore):
            store.folder.mkdir(parents=True, exist_ok=True)
        return ScrapyFilesStore(store)

    @property
    def _count(self) -> FilesCount:
        count = self._run.report.files
        assert count is not None, "the phase of files has not begun"
        return count

    def get_media_requests(self, item: Any, info: Info) -> list[Request]:
        """Return the request for a file; none for anything else, or once a limit is reached."""
        if not isinstance(item, MediaFile) or is_closing(self.crawler) or self._run.stopping:
            return []
        limit = self._limits.total_bytes
        if limit and self._count.bytes + (item.size_bytes or 0) > limit:
            self._leave_out_rest(item)
            return []
        meta = {
            MEDIA_FILE: item,
            "download_timeout": self._timeout_s,
            "download_maxsize": self._limits.file_bytes,
            "dont_merge_cookies": True,
        }
        # Not compressed: hashes, lengths and ranges are those of the file itself.
        headers = {"Accept": _ACCEPT, "Accept-Encoding": "identity"}
        try:
            request = Request(item.url, NO_CALLBACK, headers=headers, meta=meta, dont_filter=True)
        except ValueError as error:
            self._fail(item, "address", f"not an address that can be asked: {error}")
            return []
        return [request]

    def _leave_out_rest(self, item: MediaFile) -> None:
        """Count a file that is left for the next run."""
        self._count.leave_out(item.url, "CRAWL_FILES_TOTAL_MAX_BYTES is reached")
        self._count.finish(item.expected_bytes)

    async def media_to_download(  # type: ignore[override]
        self, request: Request, info: Info, *, item: Any = None
    ) -> FileInfo | None:
        """Make the request conditional where the bytes of the last run are still in their place.

        Returns what Scrapy takes for a finished file where a host has been given up.
        """
        # The host with its port.
        host = request.url.split("/", 3)[2]
        if host in self._given_up:
            self._fail_by(item, self._given_up[host])
            return _DONE
        held = item.held
        if held is not None and item.is_in_place:
            if held["etag"]:
                # As it came: as a text, Scrapy would send it in UTF-8.
                request.headers["If-None-Match"] = held["etag"].encode("latin-1", "replace")
            if held["last_modified"]:
                request.headers["If-Modified-Since"] = held["last_modified"]
        return None

    async def media_downloaded(
        self, response: Response, request: Request, info: Info, *, item: Any = None
    ) -> FileInfo:
        """Keep the bytes of an answer, and say what became of the file."""
        try:
            await self._received(response, info, item)
        except ArchiveError as error:
            self._run.lose_archive(error)
        except OSError as error:
            lose_place(self._run, self._place, error)
        return _DONE

    async def _received(self, response: Response, info: Info, item: MediaFile) -> None:
        status = response.status
        # A server that says so of bytes which nobody named has not given the file.
        if status == 304 and item.held is not None and item.is_in_place:
            await self._keep({**item.held, **self._checked(response, item)})
            self._count.unchanged += 1
            self._count.finish(item.expected_bytes)
        elif status in _GONE:
            await self._note_gone(item, status)
        elif status not in (200, _TRANSFORMED):
            await self._fail_held(item, f"http_{status}", _words_of_status(response))
        else:
            problem = await asyncio.to_thread(problem_with, response, item)
            if problem is None:
                await self._take(response, info, item)
            else:
                await self._fail_held(item, problem.cause, problem.message)

    async def _take(self, response: Response, info: Info, item: MediaFile) -> None:
        """Store the bytes, and write the record. Raises OSError, ArchiveError."""
        body = response.body
        digest = await asyncio.to_thread(lambda: sha256(body).hexdigest())
        path = stored_path(digest)
        # Bytes that are held already are written again: this mends a damaged file.
        written: Awaitable[Any] = ensure_awaitable(
            self.store.persist_file(path, BytesIO(body), info)
        )
        await written
        now = self._run.clock()
        held = item.held or _nothing_of(item)
        record: FileRecord = {
            **held,
            "named_by": item.named_by,
            "sha256": digest,
            "path": path,
            "size_bytes": len(body),
            "mime_type": kept_type(response, item),
            "fetched_at": now,
            "checked_at": now,
            "etag": _header(response, "ETag"),
            "last_modified": _header(response, "Last-Modified"),
            "problem": None,
        }
        if held["sha256"] not in (None, digest):
            record["earlier"] = superseded(held, now)
        # The bytes are in their place before the record that names them.
        await self._keep(record)
        if may_be_cut_off(response, item):
            self._count.doubt(item.url)
        if response.status == _TRANSFORMED:
            self._count.note_transformed(item.url)
        self._note_taken(item, held, record)

    def _note_taken(self, item: MediaFile, held: FileRecord, record: FileRecord) -> None:
        count = self._count
        count.finish(item.expected_bytes)
        count.held += not item.is_in_place
        if item.loss:
            count.note_restored(item.url, item.loss)
        if held["sha256"] is None:
            count.new += 1
        elif held["sha256"] != record["sha256"]:
            count.changed += 1
        else:
            count.unchanged += 1

    def _checked(self, response: Response, item: MediaFile) -> dict[str, Any]:
        assert item.held is not None
        return {
            "checked_at": self._run.clock(),
            # The one that was asked with: were another taken, a file that did change, and of which
            # a server says otherwise once, would never be asked for again.
            "etag": item.held["etag"] or _header(response, "ETag"),
            "problem": None,
        }

    async def _keep(self, record: Any) -> None:
        await self._run.store.save_files([record])

    async def _note_gone(self, item: MediaFile, status: int) -> None:
        """Note that the site has no such file. What the archive holds of it stays."""
        cause = f"http_{status}"
        record = item.held or _nothing_of(item)
        if item.is_in_place and record.get("problem") not in GONE_CAUSES:
            self._count.newly_gone += 1
        await self._keep({**record, "checked_at": self._run.clock(), "problem": cause})
        message = item.with_loss("the server has no such file")
        await self._run.failures.keep_gone(file_failure(item, cause, message))
        self._count.lose(item.url, item.with_loss(f"gone: status {status}"))
        self._count.finish(item.expected_bytes)

    async def _fail_held(self, item: MediaFile, cause: str, message: str) -> None:
        """Count a file that an answer did not bring, and keep the failure."""
        message = item.with_loss(message)
        await self._note_problem(item, cause)
        await self._run.failures.keep(file_failure(item, cause, message))
        self._count.fail(item.url, message)
        self._count.finish(item.expected_bytes)

    async def _note_problem(self, item: MediaFile, cause: str) -> None:
        """Note in the record that the file is not there any more; its bytes stay."""
        if item.held is not None:
            await self._keep({**item.held, "problem": cause})

    def _fail(self, item: MediaFile, cause: str, message: str) -> None:
        """Count a file for which no answer came, and note the failure."""
        message = item.with_loss(message)
        self._count.fail(item.url, message)
        self._count.finish(item.expected_bytes)
        self._run.failures.note(file_failure(item, cause, message))

    def media_failed(self, failure: Failure, request: Request, info: Info) -> Any:
        """Note why a file did not come. Returns None, so that Scrapy raises and logs nothing."""
        item: MediaFile = request.meta[MEDIA_FILE]
        error = failure.value
        if isinstance(error, StopDownload):
            self._leave_out_rest(item)
            return None
        if not isinstance(error, CrawlError):
            assert isinstance(error, Exception)
            if is_badly_compressed(error):
                message = f"its bytes are not compressed as its server says: {words_of(error)}"
                self._fail(item, "compression", message)
                return None
            if isinstance(error, ValueError):  # of a redirect: its own address was looked at
                words = without_users(words_of(error))
                self._fail(item, "address", f"led to what is no address of the web: {words}")
                return None
            error = download_error(error, item.url)
        # It was not asked for, so it is neither done nor failed: the next run will ask.
        if isinstance(error, RunEnds):
            return None
        if isinstance(error, TooLarge):
            lost = leave_out_large(self._count, self._limits, item, "its bytes")
            self._count.finish(item.expected_bytes)
            if lost is not None:
                self._run.failures.note(lost)
            return None
        if isinstance(error, AskedToWait | KeepsFailing):
            self._given_up[request.url.split("/", 3)[2]] = error
        self._fail_by(item, error)
        return None

    def _fail_by(self, item: MediaFile, error: CrawlError) -> None:
        cause = getattr(error, "cause", type(error).__name__)
        self._fail(item, cause, str(error))

    def item_completed(self, results: list[Any], item: Any, info: Info) -> Any:
        """Return the item as it is: the record in the archive says what became of the file."""
        return item


def _nothing_of(item: MediaFile) -> FileRecord:
    """Return the record of a file that the archive does not hold yet."""
    return FileRecord(
        _id=item.key,
        site=item.site,
        url=item.url,
        named_by=item.named_by,
        sha256=None,
        path=None,
        size_bytes=None,
        mime_type=item.mime_type,
        fetched_at=None,
        checked_at=EPOCH,
        etag=None,
        last_modified=None,
        problem=None,
        earlier=[],
    )


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    if not value:
        return None
    return str(value.decode("latin-1"))[:1000]


def _words_of_status(response: Response) -> str:
    """Return what an answer without a file says: its status, and where it leads."""
    location = _header(response, "Location")
    if response.status in STATUSES and location:
        return f"status {response.status}: {words_of_redirect(location)}"
    return f"status {response.status}"
