"""Buckets that keep files as the stores of `file_stores` do: S3, and Google Cloud Storage.

Each needs the client of its provider, which is loaded when an address names such a bucket. The
client finds keys as all tools of that provider do.
"""

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from typing import IO, Any, BinaryIO, cast

from wparchive.backends.address import redacted
from wparchive.errors import InvalidURI, extra_missing

S3 = "s3://"
GOOGLE = "gs://"
_IN_MEMORY = 8 << 20  # bytes of a file that need no place on the disk while they are sent
_READ_AHEAD = 8 << 20  # bytes of one request while a file is read from Google
_LISTED_AT_ONCE = 1_000  # names in one answer: no bucket gives more
_PATIENCE_S = 60.0
_PASSWORD = re.compile(r"://[^/\s]*@")

_Errors = tuple[type[Exception], ...]
_ODD = (AttributeError, TypeError, ValueError)
"""The errors of clients where a key has a line break, or a file of keys holds something else."""
_ODD_KEYS = (
    "the keys for S3 (AWS_ACCESS_KEY_ID and so on) have line breaks or other odd signs in them"
)
_WITH_A_KEY = re.compile("Invalid header value.*", re.DOTALL)
_HINTS: Mapping[str, str] = {
    r"\b403\b|AccessDenied|Forbidden": "the account may not do this; or there is no such file, and "
    "the account may not list the bucket (it needs s3:ListBucket, or storage.objects.list)",
    r"Unable to locate credentials": "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write "
    "them to ~/.aws/credentials",
    r"InvalidAccessKeyId|SignatureDoesNotMatch": "AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is "
    "wrong",
    r"NoSuchBucket|bucket does not exist": "make the bucket, or correct ARCHIVE_FILES",
    r"credentials were not found|was not found\.|Google's tools|load .* credentials|valid "
    "(json file|type)": "set "
    "GOOGLE_APPLICATION_CREDENTIALS to the JSON file of an account, or run gcloud auth "
    "application-default login",
}
"""What to do about what clients say."""


class BucketFailed(OSError):
    """A bucket that cannot be asked, or that refuses; a missing file is a FileNotFoundError."""


class S3Store:
    """A bucket of S3, or of a server that speaks its protocol.

    Keys, region and address of the server are those that the tools of AWS use, too:
    `AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT_URL`, `~/.aws/config` and so on.
    """

    def __init__(self, address: str, options: Mapping[str, Any] | None = None) -> None:
        """Take an address `s3://bucket/path`; `options` are those of botocore's `create_client`.

        Nothing is asked yet. Raises ExtraMissing, InvalidURI.
        """
        self._bucket, self._prefix = _named(address, S3)
        self._errors, self._client = _s3_client(address, options or {})

    def put(self, path: str, source: BinaryIO) -> None:
        """Upload a file; a bucket shows it only when it is whole."""
        if source.seekable():
            self._ask("put_object", path, Body=source)
            return
        # The client reads a file twice: it sends a checksum ahead.
        with _copy_of(source) as copy:
            self._ask("put_object", path, Body=copy)

    def size(self, path: str) -> int | None:
        """Return the size of a file, without reading it."""
        try:
            return cast(int, self._ask("head_object", path)["ContentLength"])
        except FileNotFoundError:
            return None

    def listed(self) -> Iterator[list[tuple[str, int]]]:
        """Yield path and size of all files, as many at a time as one request brings.

        They come in the order of their paths. Raises BucketFailed.
        """
        values = {"Prefix": self._prefix, "MaxKeys": _LISTED_AT_ONCE}
        more: dict[str, str] = {}
        while True:
            answer = self._called("list_objects_v2", self.where(""), **values, **more)
            found = answer.get("Contents", ())
            yield [(one["Key"].removeprefix(self._prefix), one["Size"]) for one in found]
            if not answer.get("IsTruncated"):
                return
            more = {"ContinuationToken": answer["NextContinuationToken"]}

    def open(self, path: str) -> AbstractContextManager[BinaryIO]:
        """Return the answer of the bucket, which is read as it comes."""
        body = self._ask("get_object", path)["Body"]
        return closing(cast(BinaryIO, _Answer(body, self._errors, self.where(path))))

    def where(self, path: str) -> str:
        """Return the address of a file."""
        return f"{S3}{self._bucket}/{self._prefix}{path}"

    def _ask(self, operation: str, path: str, **values: Any) -> Any:
        """Return the answer to a question about a file. Raises FileNotFoundError, BucketFailed."""
        where = self.where(path)
        try:
            return self._called(operation, where, Key=f"{self._prefix}{path}", **values)
        except BucketFailed as error:
            code = _code_of(error.__cause__)
            if code == "NoSuchKey":
                raise FileNotFoundError(2, "no such file", where) from error
            if code == "404":
                # An answer without a body. Another question tells whether the bucket is there.
                self._ask("get_object", path, Range="bytes=0-0")["Body"].close()
                raise FileNotFoundError(2, "it has just come", where) from error
            raise

    def _called(self, operation: str, where: str, **values: Any) -> Any:
        """Return the answer to a question. Raises BucketFailed."""
        ask = getattr(self._client, operation)
        try:
            return ask(Bucket=self._bucket, **values)
        except self._errors as error:
            raise BucketFailed(5, _reason(error), where) from error
        except _ODD as error:
            # The message could show the keys.
            why = f"{_ODD_KEYS} ({type(error).__name__})"
            raise BucketFailed(5, why, where) from error


class GoogleStore:
    """A bucket of Google Cloud Storage.

    The account is the one that Google's tools use, too (`GOOGLE_APPLICATION_CREDENTIALS`, `gcloud
    auth application-default login`, or that of the machine). `STORAGE_EMULATOR_HOST` names another
    server.
    """

    def __init__(self, address: str) -> None:
        """Take an address `gs://bucket/path`.

        Nothing is asked of the bucket yet. Raises ExtraMissing, InvalidURI.
        """
        self._name, self._prefix = _named(address, GOOGLE)
        self._errors, client, retry = _google_client(address)
        try:
            self._bucket = client.bucket(self._name)
        except ValueError as error:
            raise InvalidURI(f"{address} cannot be used: {error}") from error
        self._patience = {"retry": retry, "timeout": _PATIENCE_S}

    def put(self, path: str, source: BinaryIO) -> None:
        """Upload a file with its checksum; a bucket shows it only when it is whole."""
        # The client must know the size, and sends a file again where a connection breaks.
        with _copy_of(source) as copy, self._explained(path):
            size = copy.seek(0, 2)
            self._bucket.blob(f"{self._prefix}{path}").upload_from_file(
                *(copy, True, size), checksum="crc32c", **self._patience
            )

    def size(self, path: str) -> int | None:
        """Return the size of a file, without reading it."""
        found = self._found(path)
        return None if found is None else cast(int, found.size)

    def listed(self) -> Iterator[list[tuple[str, int]]]:
        """Yield path and size of all files, as many at a time as one request brings.

        They come in the order of their paths. Raises BucketFailed.
        """
        blobs = self._bucket.list_blobs(
            prefix=self._prefix,
            page_size=_LISTED_AT_ONCE,
            fields="items(name,size),nextPageToken",
            **self._patience,
        )
        with self._explained(""):
            for page in blobs.pages:
                yield [(one.name.removeprefix(self._prefix), one.size) for one in page]

    def open(self, path: str) -> AbstractContextManager[BinaryIO]:
        """Return a file that is read some megabytes at a time."""
        found = self._found(path)
        if found is None:
            raise FileNotFoundError(2, "no such file", self.where(path))
        body = found.open("rb", chunk_size=_READ_AHEAD, **self._patience)
        return closing(cast(BinaryIO, _Answer(body, self._errors, self.where(path))))

    def where(self, path: str) -> str:
        """Return the address of a file."""
        return f"{GOOGLE}{self._name}/{self._prefix}{path}"

    def _found(self, path: str) -> Any:
        """Return what the bucket knows of a file; None where it has none."""
        from google.api_core.exceptions import NotFound

        blob = self._bucket.blob(f"{self._prefix}{path}")
        with self._explained(path):
            try:
                blob.reload(**self._patience)
            except NotFound as error:
                if "bucket does not exist" in str(error):
                    raise
                return None
        return blob

    @contextmanager
    def _explained(self, path: str) -> Iterator[None]:
        """Raise BucketFailed where the client fails."""
        try:
            yield
        except self._errors + _ODD as error:
            raise BucketFailed(5, _reason(error), self.where(path)) from error


Bucket = S3Store | GoogleStore


class _Answer:
    """The bytes of a file while a bucket sends them."""

    def __init__(self, body: Any, errors: _Errors, where: str) -> None:
        self._body = body
        self._errors = errors
        self._where = where

    def read(self, size: int | None = None) -> bytes:
        """Return up to `size` bytes; none at the end. Raises BucketFailed."""
        try:
            return cast(bytes, self._body.read() if size is None else self._body.read(size))
        except self._errors as error:  # the connection broke, or the file is not whole
            raise BucketFailed(5, _reason(error), self._where) from error

    def seekable(self) -> bool:
        """Tell that it is read once."""
        return False

    def close(self) -> None:
        """Give the connection back."""
        self._body.close()


@contextmanager
def _copy_of(source: BinaryIO) -> Iterator[IO[bytes]]:
    """Give all bytes of a file in one that can be read again from its beginning."""
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as copy:
        shutil.copyfileobj(source, copy)
        copy.seek(0)
        yield copy


def _code_of(error: object) -> str | None:
    """Return the code of S3 in an error of its client."""
    answer = getattr(error, "response", None) or {}
    code: str | None = answer.get("Error", {}).get("Code")
    return code


def _reason(error: Exception) -> str:
    """Return what a client says, without a password in an address, and what to do about it."""
    said = _WITH_A_KEY.sub(_ODD_KEYS, _PASSWORD.sub("://***@", str(error)))
    hints = [hint for words, hint in _HINTS.items() if re.search(words, said)]
    return ": ".join((said, *hints[:1]))


def _named(address: str, scheme: str) -> tuple[str, str]:
    """Return the bucket that an address names, and what stands before each path in it."""
    bucket, _, path = address.removeprefix(scheme).rstrip("/").partition("/")
    if not bucket:
        raise InvalidURI(f"{address!r} names no bucket: write {scheme}bucket/path")
    if "@" in bucket or (":" in bucket and not bucket.startswith("arn:")):
        raise InvalidURI(
            f"{redacted(address)} names no bucket: write {scheme}bucket/path, and give keys as the "
            "tools of the provider take them, not in the address"
        )
    return bucket, f"{path}/" if path else ""


def _s3_client(address: str, options: Mapping[str, Any]) -> tuple[_Errors, Any]:
    """Return the errors of a client of S3, and the client."""
    try:
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.session import get_session
    except ImportError:
        raise extra_missing(f"{address} needs the package botocore", "bucket", "botocore") from None
    config = Config(connect_timeout=10, read_timeout=_PATIENCE_S, retries={"mode": "standard"})
    try:
        client = get_session().create_client("s3", config=config, **options)
    except (BotoCoreError, ValueError) as error:
        raise InvalidURI(f"{address} cannot be used: {_reason(error)}") from error
    return (BotoCoreError, ClientError), client


def _google_client(address: str) -> tuple[_Errors, Any, Any]:
    """Return the errors of a client of Google's storage, the client, and how it tries again."""
    try:
        from google.api_core.exceptions import GoogleAPIError
        from google.auth.exceptions import GoogleAuthError
        from google.cloud.storage import Client
        from google.cloud.storage.exceptions import DataCorruption, InvalidResponse
        from google.cloud.storage.retry import DEFAULT_RETRY
        from requests import RequestException
    except ImportError:
        package = "google-cloud-storage"
        raise extra_missing(f"{address} needs the package {package}", "gcs", package) from None
    errors = (GoogleAPIError, GoogleAuthError, InvalidResponse, DataCorruption, RequestException)
    try:
        # No project is needed to read and write what is in a bucket.
        client = Client(project=None)
    except GoogleAuthError as error:
        raise InvalidURI(f"{address} cannot be used: {_reason(error)}") from error
    except (OSError, *_ODD) as error:
        odd = ValueError(f"the file of the account is none of Google's tools ({error})")
        raise InvalidURI(f"{address} cannot be used: {_reason(odd)}") from error
    return errors, client, DEFAULT_RETRY.with_timeout(_PATIENCE_S)
