"""Opening what is behind an address: the store for a crawl, the reader, the index of duplicates."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from wparchive.backends.address import DEFAULT_URI, Address, redacted
from wparchive.backends.backend import Backend
from wparchive.backends.mongo import MongoBackend
from wparchive.backends.sqlite import SQLiteBackend
from wparchive.errors import InvalidURI

if TYPE_CHECKING:
    from wparchive.backends.reader import Reader
    from wparchive.backends.store import Store
    from wparchive.duplicates.index import DuplicateIndex

SCHEMES: dict[str, Backend] = {
    "sqlite": SQLiteBackend(),
    "mongodb": MongoBackend(),
    "mongodb+srv": MongoBackend(),
}
"""The backend of each URI scheme. Another backend is a folder beside `sqlite/` and a line here."""

_SQLITE_FILE = re.compile(r"[^:]+\.(db|sqlite|sqlite3)")
"""A plain path of this form is the address of an SQLite file."""


def parse_uri(uri: str, base: Path | None = None) -> Address:
    """Return what an address means; relative paths start at `base` (the working directory).

    Raises InvalidURI.
    """
    if _SQLITE_FILE.fullmatch(uri):
        uri = f"sqlite:///{uri}"
    scheme, separator, _ = uri.partition("://")
    try:
        if not separator or scheme not in SCHEMES:
            raise InvalidURI(f"{redacted(uri)!r} is not an archive's address")
        return SCHEMES[scheme].parse(uri, base or Path.cwd())
    except InvalidURI as error:
        raise InvalidURI(f"{error}: an archive is {_examples()}") from None


def open_store(uri: str = DEFAULT_URI, use_process: Callable[[], bool] = lambda: False) -> "Store":
    """Return the store behind an address, not yet opened.

    Raises InvalidURI; `Store.open` raises the rest. An SQLite file is written by a process of its
    own once `use_process` says so; a server is another process anyway.
    """
    address = parse_uri(uri)
    return SCHEMES[address.scheme].store(address, use_process)


def open_reader(uri: str) -> "Reader":
    """Return an open reader; nothing is created.

    Raises InvalidURI, ArchiveMissing, ArchiveUnreachable, ArchiveTooNew.
    """
    address = parse_uri(uri)
    return SCHEMES[address.scheme].reader(address)


def open_index(uri: str, read_only: bool = False) -> "DuplicateIndex":
    """Return the index of duplicates of an existing archive. Raises as `open_reader` does.

    With `read_only`, no file is ever opened for writing.
    """
    address = parse_uri(uri)
    return SCHEMES[address.scheme].duplicate_index(address, read_only)


def _examples() -> str:
    examples = [example for backend in SCHEMES.values() for example in backend.examples]
    *first, last = dict.fromkeys(examples)
    return f"{', '.join(first)} or {last}"
