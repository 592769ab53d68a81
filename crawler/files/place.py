"""The place in which a crawl keeps files, and the store there as Scrapy's pipeline uses one."""

import asyncio
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

from scrapy.pipelines.media import MediaPipeline
from scrapy.settings import BaseSettings
from scrapy.utils.defer import deferred_from_coro
from twisted.internet.defer import Deferred

from crawler.files.parts import PARTS_FOLDER
from crawler.files.planning import MediaFile
from crawler.run.run_state import RunState
from crawler.run.verdict import ExitStatus
from wparchive.backends.address import redacted
from wparchive.backends.opening import files_place
from wparchive.buckets import Bucket, BucketFailed
from wparchive.file_stores import FileStore, file_store, is_bucket
from wparchive.model.file_records import is_digest

_OPTIONS_OF_BUCKETS = {
    "AWS_ACCESS_KEY_ID": "aws_access_key_id",
    "AWS_SECRET_ACCESS_KEY": "aws_secret_access_key",
    "AWS_SESSION_TOKEN": "aws_session_token",
    "AWS_ENDPOINT_URL": "endpoint_url",
    "AWS_REGION_NAME": "region_name",
    "AWS_USE_SSL": "use_ssl",
    "AWS_VERIFY": "verify",
}
"""Settings of Scrapy, and what they are to the client of S3. Without them, the environment says the
same."""
_PAGES_MAX = 1_000
"""The most pages of a bucket's list, of a thousand files each: the memory for them is 150 MB."""


class _Listing:
    """The files of a bucket, which are listed as far as that costs no more than asking for each.

    A bucket may hold very many files of other sites. So for each file that is looked for, one page
    of the list is read at most.
    """

    def __init__(self, bucket: Bucket) -> None:
        self._pages = bucket.listed()
        self._pages_left = _PAGES_MAX
        self._pages_due = 0
        self._sizes: dict[int, int] = {}
        """By the end of the hash, which takes a quarter of the memory."""
        self.is_whole = False
        """All files are known. Until then, each one must be asked for."""

    def read_on(self, wanted: int) -> None:
        """Read on, because so many more files are looked for. Raises BucketFailed."""
        self._pages_due += wanted
        while not self.is_whole and min(self._pages_due, self._pages_left) > 0:
            self._pages_due -= 1
            self._pages_left -= 1
            page = next(self._pages, None)
            self.is_whole = page is None
            named = [(path.rpartition("/")[2], size) for path, size in page or ()]
            self._sizes |= {_short(name): size for name, size in named if is_digest(name)}

    def size(self, path: str) -> int | None:
        """Return the size of a file; None where there is none."""
        return self._sizes.get(_short(path))


def _short(path: str) -> int:
    """Return a part of a hash that is long enough to tell a million files apart."""
    return int(path[-16:], 16)


class FilePlace:
    """A folder or bucket in which a crawl keeps files."""

    def __init__(self, place: str, options: dict[str, Any]) -> None:
        """`options` are those of the client of S3. Raises ArchiveError."""
        self.place = place
        self.store: FileStore = file_store(place, options)
        self._listing: _Listing | None = None
        if isinstance(self.store, Bucket):
            self._listing = _Listing(self.store)

    async def mark(self, files: Iterable[MediaFile]) -> None:
        """Note of each file how many of its bytes are there. Raises OSError."""
        looked_for = [file for file in files if file.held and file.held["path"]]
        if self._listing is not None:
            try:
                await asyncio.to_thread(self._listing.read_on, len(looked_for))
            except BucketFailed:
                # The account may not list. To ask for each file says what else is wrong.
                self._listing = None
        # One after the other, a bucket would take minutes for what a large site has.
        await asyncio.gather(*(self._mark(file) for file in looked_for))

    async def _mark(self, file: MediaFile) -> None:
        assert file.held is not None
        path = file.held["path"]
        assert path is not None
        if self._listing is not None and self._listing.is_whole:
            file.found_bytes = self._listing.size(path)
        else:
            file.found_bytes = await asyncio.to_thread(self.store.size, path)


def name_of_place(settings: BaseSettings) -> str:
    """Return the folder or address at which a crawl keeps files. Raises InvalidURI."""
    return files_place(settings["ARCHIVE_URI"], settings["ARCHIVE_FILES"])


def folder_of_parts(settings: BaseSettings) -> Path:
    """Return the folder of unfinished downloads.

    Where files go to a bucket, it is in the folder that would be theirs without one.
    """
    place = name_of_place(settings).removeprefix("file://")
    if is_bucket(place):
        place = files_place(settings["ARCHIVE_URI"])
    return Path(place) / PARTS_FOLDER


def options_of_place(settings: BaseSettings) -> dict[str, Any]:
    """Return the options of the client of S3 that the settings name."""
    return {
        option: settings[name]
        for name, option in _OPTIONS_OF_BUCKETS.items()
        if settings[name] is not None
    }


def lose_place(run: RunState, place: str, error: OSError) -> None:
    """End a run because files cannot be written to their place, or read from it."""
    run.stop(
        ExitStatus.PARTIAL,
        f"files cannot be kept in {redacted(place)} ({error.strerror or error}): make "
        "room, or set ARCHIVE_FILES to another place; the next run goes on",
    )


class ScrapyFilesStore:
    """The archive's own store of files, as Scrapy's pipeline uses a store."""

    def __init__(self, store: FileStore) -> None:
        self._store = store

    def persist_file(
        self,
        path: str,
        buf: BytesIO,
        info: MediaPipeline.SpiderInfo,
        meta: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> "Deferred[None]":
        """Keep a file under a path, whole or not at all. Fails with OSError."""
        buf.seek(0)
        return deferred_from_coro(asyncio.to_thread(self._store.put, path, buf))

    def stat_file(self, path: str, info: MediaPipeline.SpiderInfo) -> "Deferred[Any]":
        """Give the size of a file, without reading it; an empty mapping where there is none."""
        return deferred_from_coro(self._found(path))

    async def _found(self, path: str) -> dict[str, int]:
        size = await asyncio.to_thread(self._store.size, path)
        return {} if size is None else {"size": size}
