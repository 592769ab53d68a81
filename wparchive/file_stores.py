"""Stores of files: the folder or the bucket in which an archive keeps the files of sites.

Crawls write into a store, and everything else reads it. A file in it is whole or not there at all,
and never changes under its path.
"""

import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import AbstractContextManager
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from wparchive.buckets import GOOGLE, S3, GoogleStore, S3Store
from wparchive.errors import InvalidURI

_AT_ONCE = 1 << 20  # bytes of one read


class FileStore(Protocol):
    """A store of files, by path; paths have `/` between their parts."""

    def put(self, path: str, source: BinaryIO) -> None:
        """Keep the bytes of an open file under a path, in place of others. Raises OSError."""

    def size(self, path: str) -> int | None:
        """Return how many bytes a file has; None where there is none. Raises OSError."""

    def open(self, path: str) -> AbstractContextManager[BinaryIO]:
        """Return a file, open for one reading from its beginning. Raises OSError."""

    def where(self, path: str) -> str:
        """Return the whole path or address of a file, whether it is there or not."""


class FolderStore:
    """A folder of files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, path: str, source: BinaryIO) -> None:
        """Write a file beside its place, then move it there, so that it is whole there."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        # In the same folder: a move from another disk is a copy, which can be seen half done.
        descriptor, name = tempfile.mkstemp(prefix=".", suffix=".partial", dir=target.parent)
        try:
            with os.fdopen(descriptor, "wb") as out:
                shutil.copyfileobj(source, out)
                out.flush()
                # Else a crash soon after could leave an empty file there.
                os.fsync(out.fileno())
            # `mkstemp` makes files that nobody but their owner can read.
            Path(name).chmod(0o644)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def size(self, path: str) -> int | None:
        """Return the size of a file, without reading it."""
        target = self.folder / path
        return target.stat().st_size if target.is_file() else None

    def open(self, path: str) -> AbstractContextManager[BinaryIO]:
        """Return the file, open."""
        return (self.folder / path).open("rb")

    def where(self, path: str) -> str:
        """Return the path of a file."""
        return str(self.folder / path)


def stored_digest(store: FileStore, path: str) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits. Raises OSError."""
    hashed = sha256()
    with store.open(path) as file:
        while chunk := file.read(_AT_ONCE):
            hashed.update(chunk)
    return hashed.hexdigest()


def is_bucket(place: str) -> bool:
    """Tell whether a place of files is no folder but an address."""
    return "://" in place


def file_store(place: str, options: Mapping[str, Any] | None = None) -> FileStore:
    """Return the store at a place: a folder, or a bucket; `options` are those of S3Store.

    Raises ExtraMissing, and InvalidURI for an address of another kind.
    """
    if place.startswith(S3):
        return S3Store(place, options)
    if place.startswith(GOOGLE):
        return GoogleStore(place)
    place = place.removeprefix("file://")
    if is_bucket(place):
        scheme = place.partition("://")[0]
        raise InvalidURI(
            f"files cannot be in {scheme}://: ARCHIVE_FILES takes a folder, or s3://bucket/path "
            "for S3 and servers that speak its protocol (AWS_ENDPOINT_URL names them), or "
            "gs://bucket/path for Google Cloud Storage"
        )
    return FolderStore(Path(place))
