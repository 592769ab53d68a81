"""The address of an archive: what it may look like and what it means."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from wparchive.errors import ArchiveMissing, InvalidURI

DEFAULT_URI = "sqlite:///archive-data/archive.db"
"""Relative to the working directory."""
DEFAULT_DATABASE = "wparchive"
FORMS = "an archive is sqlite:///relative/path.db, sqlite:////absolute/path.db or mongodb://host:27017/database"

TO_DO = "name yours with --archive or ARCHIVE_URI, or make one: scrapy crawl wordpress -a site=https://example.com"

_SQLITE_FILE = re.compile(r"[^:]+\.(db|sqlite|sqlite3)")
_SECRET_OPTIONS = re.compile(
    r"(?i)\b(authMechanismProperties|tlsCertificateKeyFilePassword|proxyPassword)=[^&]*"
)
_FORBIDDEN_IN_DATABASE = re.compile(r'[/\\. "$*<>:|?\x00]')


def default_uri() -> str:
    """Return the address of the archive that nobody named: `ARCHIVE_URI`, else `DEFAULT_URI`."""
    return os.environ.get("ARCHIVE_URI") or DEFAULT_URI


@dataclass(frozen=True, slots=True)
class SQLiteAddress:
    """A file."""

    path: Path
    """Absolute."""

    def __str__(self) -> str:
        return f"sqlite:///{self.path}"


@dataclass(frozen=True, slots=True)
class MongoAddress:
    """A server, replica set or cluster, and a database on it."""

    uri: str
    """As given, with its password."""
    database: str

    def __str__(self) -> str:
        return redacted(self.uri)


def parse_uri(uri: str, base: Path | None = None) -> SQLiteAddress | MongoAddress:
    """What an address means; relative paths start at `base` (the working directory). Raises InvalidURI."""
    if uri.startswith(("mongodb://", "mongodb+srv://")):
        return _mongo(uri)
    if uri.startswith("sqlite:///"):
        path = uri.removeprefix("sqlite:///")
    elif _SQLITE_FILE.fullmatch(uri):
        path = uri
    else:
        raise InvalidURI(f"{redacted(uri)!r} is not an archive's address: {FORMS}")
    if not path or path.endswith("/") or ":memory:" in path or "\x00" in path:
        raise InvalidURI(f"{uri!r} names no file: {FORMS}")
    return SQLiteAddress(((base or Path.cwd()) / path).absolute())


def _mongo(uri: str) -> MongoAddress:
    try:
        parts = urlsplit(uri)
    except ValueError as error:
        raise InvalidURI(f"{redacted(uri)!r} cannot be read ({error}): {FORMS}") from None
    if not parts.netloc.rpartition("@")[2]:
        raise InvalidURI(f"{redacted(uri)!r} names no host: {FORMS}")
    database = parts.path.removeprefix("/") or DEFAULT_DATABASE
    if _FORBIDDEN_IN_DATABASE.search(database) or len(database.encode()) > 63:
        hint = "percent-encode / : @ in the password, and name the database in letters, digits, - and _"
        raise InvalidURI(f"{redacted(uri)!r} names an impossible database: {hint}")
    return MongoAddress(uri, database)


def redacted(uri: str) -> str:
    """The address without its secrets, for logs and messages. Whatever stands before the last @ goes: the address may be malformed."""
    hidden = re.sub(r"(?s)^(\w[\w+.-]*://)?.*@", r"\1***@", uri)
    return _SECRET_OPTIONS.sub(r"\1=***", hidden)


def missing(address: str, found: str) -> ArchiveMissing:
    """The error of an address at which there is no archive."""
    return ArchiveMissing(f"no archive at {address}: {found}; {TO_DO}")
