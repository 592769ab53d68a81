"""Options of PyMongo's clients, and PyMongo's errors as the archive's."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bson.codec_options import TypeDecoder, TypeRegistry
from bson.int64 import Int64
from pymongo.errors import (
    AutoReconnect,
    ConfigurationError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WTimeoutError,
)
from pymongo.errors import (
    InvalidURI as PyMongoInvalidURI,
)

from wparchive.backends.address import redacted
from wparchive.errors import ArchiveError, ArchiveReadOnly, ArchiveUnreachable, InvalidURI

DEFAULTS: dict[str, Any] = {
    "appname": "wparchive",
    "w": "majority",
    "wtimeoutms": 30_000,
    "serverselectiontimeoutms": 30_000,
    "connecttimeoutms": 10_000,
}
"""Used where the address does not say otherwise. The election of another primary may take 12 s and
more. Retryable writes are PyMongo's own default, where the server has them."""
WRITER_DEFAULTS: dict[str, Any] = {"sockettimeoutms": 120_000}
"""More for those who write. Readers wait for an answer as long as it takes."""

REFUSALS_TO_WRITE = {
    13: "its user lacks the right",
    14031: "its disk is full",
    20: "it is read-only",
}
# Codes of MongoDB's `error_codes.yml`: AuthenticationFailed, Unauthorized, MaxTimeMSExpired.
_WRONG_PASSWORD = 18
_NO_RIGHT = 13
_TOOK_TOO_LONG = 50
_ATLAS_ERROR = 8000
"""The one code of Atlas for refusals of several kinds: only the message tells them apart."""


class PlainIntegers(TypeDecoder):
    """A decoder of large integers to Python's own type: encoders to JSON know no `Int64`."""

    bson_type = Int64

    def transform_bson(self, value: Int64) -> int:
        return int(value)


_TYPES = TypeRegistry([PlainIntegers()])


def writer_options(uri: str) -> dict[str, Any]:
    """Return keyword arguments for a client that writes.

    What it reads decides what it writes. So it reads from the primary, even where the address sends
    readers elsewhere.
    """
    given = {name.lower() for name, _ in parse_qsl(urlsplit(uri).query, keep_blank_values=True)}
    more = {name: value for name, value in WRITER_DEFAULTS.items() if name not in given}
    return client_options(uri) | more | {"readpreference": "primary"}


def client_options(uri: str) -> dict[str, Any]:
    """Return keyword arguments for a client. An option that the address sets is not changed."""
    given = {name.lower() for name, _ in parse_qsl(urlsplit(uri).query, keep_blank_values=True)}
    if "w" in given:
        given.add("wtimeoutms")  # a time limit makes no sense for w=0
    return {"tz_aware": True, "type_registry": _TYPES} | {
        name: value for name, value in DEFAULTS.items() if name not in given
    }


def from_pymongo(error: PyMongoError, uri: str, reading: bool = False) -> ArchiveError:
    """Return the archive's error for one of PyMongo's; to a reader it says what a reader can do."""
    where = redacted(uri)
    because = f"({brief(error)})"
    if isinstance(error, (PyMongoInvalidURI, ConfigurationError)):
        return InvalidURI(f"{where} cannot be used: {_without_secrets(error, uri)}")
    if isinstance(error, ServerSelectionTimeoutError):
        return ArchiveUnreachable(
            f"no server answers at {where}: is it running, and may this machine connect? {because}"
        )
    if isinstance(error, (AutoReconnect, WTimeoutError)):
        return ArchiveUnreachable(
            f"the connection to {where} was lost {because}: try again when it is back"
        )
    if isinstance(error, OperationFailure) and reading:
        return _refusal_to_read(error, where)
    if isinstance(error, OperationFailure):
        return _refusal(error, where)
    return ArchiveUnreachable(f"{where} cannot be used {because}")


def _refusal(error: OperationFailure, where: str) -> ArchiveError:
    message = str(error).lower()
    is_of_atlas = error.code == _ATLAS_ERROR
    # "bad auth" is about the password, "not authorized" about a right.
    if error.code == _WRONG_PASSWORD or (is_of_atlas and "auth" in message.split("not auth")[0]):
        return ArchiveUnreachable(
            f"{where} does not accept the user or password: check them, and authSource"
        )
    if is_of_atlas and ("quota" in message or "space" in message):
        return ArchiveReadOnly(f"{where} refuses to write, its quota is full ({brief(error)})")
    reason = REFUSALS_TO_WRITE.get(error.code or 0)
    if is_of_atlas:
        reason = REFUSALS_TO_WRITE[13]
    if reason:
        return ArchiveReadOnly(f"{where} refuses to write, {reason} ({brief(error)})")
    return ArchiveUnreachable(f"{where} cannot be used ({brief(error)})")


def _refusal_to_read(error: OperationFailure, where: str) -> ArchiveError:
    """Return the error of a reader, in words that say what a reader can do."""
    if error.code == _TOOK_TOO_LONG:
        return ArchiveUnreachable(
            f"{where} needs too long for this question: narrow it to a site, a time, "
            f"or rarer words ({brief(error)})"
        )
    refused = _refusal(error, where)
    if error.code == _NO_RIGHT or isinstance(refused, ArchiveReadOnly):
        return ArchiveUnreachable(
            f"{where} does not let its user read: give it the right `read` on the database "
            f"({brief(error)})"
        )
    return refused


def _without_secrets(error: PyMongoError, uri: str) -> str:
    """Return the error's message; PyMongo quotes what it cannot read, perhaps a password."""
    secrets = re.split("[:/@?&]", uri.rpartition("@")[0].partition("://")[2])
    # Whole words only: a user named `u` is in every message.
    words = [rf"(?<!\w){re.escape(secret)}(?!\w)" for secret in secrets if secret]
    if any(re.search(word, str(error)) for word in words):
        return "percent-encode / : @ ? in the user and password"
    return str(error)


def brief(error: Exception) -> str:
    """Return the beginning of an error's message, which may go on for pages of topology."""
    return str(error).partition(", full error")[0].partition(", Timeout:")[0][:300]


@contextmanager
def mongo_errors(uri: str, reading: bool = False) -> Iterator[None]:
    """Raise the archive's errors instead of PyMongo's."""
    try:
        yield
    except PyMongoError as error:
        raise from_pymongo(error, uri, reading) from error
