"""How this project connects: options of PyMongo's clients, and PyMongo's errors said as the archive's."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

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
    "serverselectiontimeoutms": 10_000,
    "connecttimeoutms": 10_000,
    "sockettimeoutms": 120_000,
}
"""Used where the address does not say otherwise. Retryable writes are PyMongo's own default, where the server has them."""

FORBIDDEN = {
    13: "its user lacks the right",
    8000: "its user lacks the right",
    14031: "its disk is full",
    20: "it is read-only",
}


def client_options(uri: str) -> dict[str, Any]:
    """Keyword arguments for a client; what the address sets stays as it is set."""
    given = {name.lower() for name, _ in parse_qsl(urlsplit(uri).query, keep_blank_values=True)}
    if "w" in given:
        given.add("wtimeoutms")  # a time limit makes no sense for w=0
    return {"tz_aware": True} | {
        name: value for name, value in DEFAULTS.items() if name not in given
    }


def translated(error: PyMongoError, uri: str) -> ArchiveError:
    """The archive's error for one of PyMongo's."""
    where = redacted(uri)
    if isinstance(error, (PyMongoInvalidURI, ConfigurationError)):
        return InvalidURI(f"{where} cannot be used: {_without_secrets(error, uri)}")
    if isinstance(error, ServerSelectionTimeoutError):
        return ArchiveUnreachable(
            f"no server answers at {where}: is it running, and may this machine connect? ({brief(error)})"
        )
    if isinstance(error, (AutoReconnect, WTimeoutError)):
        return ArchiveUnreachable(
            f"the connection to {where} was lost ({brief(error)}): start the crawl again when it is back"
        )
    if isinstance(error, OperationFailure):
        return _refusal(error, where)
    return ArchiveUnreachable(f"{where} cannot be used ({brief(error)})")


def _refusal(error: OperationFailure, where: str) -> ArchiveError:
    if error.code == 18:
        return ArchiveUnreachable(
            f"{where} does not accept the user or password: check them, and authSource"
        )
    if error.code in FORBIDDEN:
        return ArchiveReadOnly(
            f"{where} refuses to write, {FORBIDDEN[error.code]} ({brief(error)})"
        )
    return ArchiveUnreachable(f"{where} cannot be used ({brief(error)})")


def _without_secrets(error: PyMongoError, uri: str) -> str:
    """PyMongo quotes what it cannot read, which may be a part of a password."""
    secrets = re.split("[:/@?&]", uri.rpartition("@")[0].partition("://")[2])
    if any(secret in str(error) for secret in secrets if secret):
        return "percent-encode / : @ ? in the user and password"
    return str(error)


def brief(error: Exception) -> str:
    """The beginning of an error's message, which may go on for pages (topology, full error)."""
    return str(error).partition(", full error")[0].partition(", Timeout:")[0][:300]


@contextmanager
def translating(uri: str) -> Iterator[None]:
    """Raise the archive's errors instead of PyMongo's."""
    try:
        yield
    except PyMongoError as error:
        raise translated(error, uri) from error
