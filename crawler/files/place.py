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
from wparchive.file_stores import FileStore, file_store, is_bucket

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


class FilePlace:
    """A folder or bucket in which a crawl keeps files."""

    def __init__(self, place: str, options: dict[str, Any]) -> None:
        """`options` are those of the client of S3. Raises ArchiveError."""
        self.place = place
        self.store: FileStore = file_store(place, options)

    async def has(self, file: MediaFile) -> bool:
        """Tell whether the bytes of a record are there, by their number. Raises OSError."""
        held = file.held
        if held is None or held["path"] is None:
            return False
        return await asyncio.to_thread(self.store.size, held["path"]) == held["size_bytes"]

    async def mark(self, files: Iterable[MediaFile]) -> None:
        """Note of each file whether its bytes are there. Raises OSError."""
        # One after the other, a bucket would take minutes for what a large site has.
        await asyncio.gather(*(self._mark(file) for file in files))

    async def _mark(self, file: MediaFile) -> None:
        file.is_in_place = await self.has(file)


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
