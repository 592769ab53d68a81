"""Stores of files: the folder or the bucket in which an archive keeps the files of sites.

Crawls write into a store, and everything else reads it. A file in it is whole or not there at all,
and never changes under its path.
"""

import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import AbstractContextManager, closing
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from wparchive.errors import ExtraMissing, InvalidURI

_BUCKET = "s3://"
_AT_ONCE = 1 << 20  # bytes of one read


class BucketFailed(OSError):
    """A bucket that cannot be asked, or that refuses; a missing file is a FileNotFoundError."""


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
        descriptor, name = tempfile.mkstemp(prefix=".", suffix=".partial", dir=target.parent)
        try:
            with os.fdopen(descriptor, "wb") as out:
                shutil.copyfileobj(source, out)
                out.flush()
                # Else a crash soon after could leave an empty file there.
                os.fsync(out.fileno())
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


class BucketStore:
    """A bucket of S3, or of a server that speaks its protocol.

    Keys, region and address of the server are those that the tools of AWS use, too:
    `AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT_URL`, `~/.aws/config` and so on.
    """

    def __init__(self, address: str, options: Mapping[str, Any] | None = None) -> None:
        """Take an address `s3://bucket/path`; `options` are those of botocore's `create_client`.

        Nothing is asked yet. Raises ExtraMissing, InvalidURI.
        """
        self._errors, self._client = _client(address, options or {})
        self.bucket, _, path = address.removeprefix(_BUCKET).rstrip("/").partition("/")
        self._prefix = f"{path}/" if path else ""
        if not self.bucket:
            raise InvalidURI(f"{address!r} names no bucket: write s3://bucket/path")

    def put(self, path: str, source: BinaryIO) -> None:
        """Upload a file; a bucket shows it only when it is whole."""
        if source.seekable():
            self._ask("put_object", path, Body=source)
            return
        # The client reads a file twice: it sends a checksum ahead.
        with tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(source, copy)
            copy.seek(0)
            self._ask("put_object", path, Body=copy)

    def size(self, path: str) -> int | None:
        """Return the size of a file, without reading it."""
        try:
            return cast(int, self._ask("head_object", path)["ContentLength"])
        except FileNotFoundError:
            return None

    def open(self, path: str) -> AbstractContextManager[BinaryIO]:
        """Return the answer of the bucket, which is read as it comes."""
        body = self._ask("get_object", path)["Body"]
        return closing(cast(BinaryIO, _Answer(body, self._errors, self.where(path))))

    def where(self, path: str) -> str:
        """Return the address of a file."""
        return f"{_BUCKET}{self.bucket}/{self._prefix}{path}"

    def _ask(self, operation: str, path: str, **values: Any) -> Any:
        """Return the answer to a question about a file. Raises FileNotFoundError, BucketFailed."""
        ask = getattr(self._client, operation)
        try:
            return ask(Bucket=self.bucket, Key=f"{self._prefix}{path}", **values)
        except self._errors as error:
            code = getattr(error, "response", {}).get("Error", {}).get("Code")
            if code in ("404", "NoSuchKey"):
                raise FileNotFoundError(2, "no such file", self.where(path)) from error
            raise BucketFailed(5, str(error), self.where(path)) from error


class _Answer:
    """The bytes of a file while a bucket sends them."""

    def __init__(self, body: Any, errors: tuple[type[Exception], ...], where: str) -> None:
        self._body = body
        self._errors = errors
        self._where = where

    def read(self, size: int | None = None) -> bytes:
        """Return up to `size` bytes; none at the end. Raises BucketFailed."""
        try:
            return cast(bytes, self._body.read(size))
        except self._errors as error:  # the connection broke, or the file is not whole
            raise BucketFailed(5, str(error), self._where) from error

    def seekable(self) -> bool:
        """Tell that it is read once."""
        return False

    def close(self) -> None:
        """Give the connection back."""
        self._body.close()


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
    """Return the store at a place: a folder, or `s3://bucket/path` with options of its client.

    Raises ExtraMissing, and InvalidURI for an address of another kind.
    """
    if place.startswith(_BUCKET):
        return BucketStore(place, options)
    place = place.removeprefix("file://")
    if is_bucket(place):
        scheme = place.partition("://")[0]
        raise InvalidURI(
            f"files cannot be in {scheme}://: ARCHIVE_FILES takes a folder, or s3://bucket/path "
            "for S3 and servers that speak its protocol (AWS_ENDPOINT_URL names them)"
        )
    return FolderStore(Path(place))


def _client(address: str, options: Mapping[str, Any]) -> tuple[tuple[type[Exception], ...], Any]:
    """Return the errors of a client of S3, and the client."""
    try:
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.session import get_session
    except ImportError:
        advice = "pip install 'wparchive[bucket]'"
        raise ExtraMissing(f"{address} needs the package botocore: {advice}") from None
    config = Config(connect_timeout=10, read_timeout=60, retries={"mode": "standard"})
    try:
        client = get_session().create_client("s3", config=config, **options)
    except (BotoCoreError, ValueError) as error:
        raise InvalidURI(f"{address} cannot be used: {error}") from error
    return (BotoCoreError, ClientError), client
