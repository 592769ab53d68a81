"""Opening what is behind an address: a store, a reader, an index of duplicates.

`SCHEMES` says which backend an address belongs to.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from wparchive.backends.address import FALLBACK_URI, ArchiveAddress, redacted
from wparchive.backends.mongo import MongoBackend
from wparchive.backends.sqlite import SQLiteBackend
from wparchive.errors import InvalidURI

if TYPE_CHECKING:
    from wparchive.backends.reader import Reader
    from wparchive.backends.store import Store
    from wparchive.duplicates.index import DuplicateIndex


class Backend(Protocol):
    """The code for one kind of database.

    Its methods import what they open when they are called: a laptop's archive must not need the
    driver of a server's in memory, nor even have it installed.
    """

    @property
    def examples(self) -> tuple[str, ...]:
        """Addresses as they may look, for messages."""

    def parse(self, uri: str, base: Path) -> ArchiveAddress:
        """Return what an address of this backend's scheme means; relative paths start at `base`.

        Raises InvalidURI, without a password in its message.
        """

    def store(self, address: ArchiveAddress, use_process: Callable[[], bool]) -> "Store":
        """Return the store at an address, not opened yet.

        A store that works inside this process asks `use_process` from time to time whether it
        should go on in a process of its own.
        """

    def reader(self, address: ArchiveAddress) -> "Reader":
        """Return an open reader. Raises ArchiveMissing, ArchiveUnreachable, ArchiveTooNew."""

    def duplicate_index(self, address: ArchiveAddress, read_only: bool) -> "DuplicateIndex":
        """Return the open index of duplicates. Raises as `reader` does.

        With `read_only`, no file is ever opened for writing.
        """


SCHEMES: dict[str, Backend] = {
    "sqlite": SQLiteBackend(),
    "mongodb": MongoBackend(),
    "mongodb+srv": MongoBackend(),
}
"""The backend of each URI scheme. Another backend is a folder beside `sqlite/` and a line here."""

_SQLITE_FILE = re.compile(r"[^:]+\.(db|sqlite|sqlite3)")
"""A plain path of this form is the address of an SQLite file."""


def parse_uri(uri: str, base: Path | None = None) -> ArchiveAddress:
    """Return what an address means; relative paths start at `base` (the working directory).

    Raises InvalidURI.
    """
    # Users type paths; no other backend has addresses without a scheme.
    if _SQLITE_FILE.fullmatch(uri):
        uri = f"sqlite:///{uri}"
    scheme, separator, _ = uri.partition("://")
    try:
        if not separator or scheme not in SCHEMES:
            raise InvalidURI(f"{redacted(uri)!r} is not an archive's address")
        return SCHEMES[scheme].parse(uri, base or Path.cwd())
    except InvalidURI as error:
        raise InvalidURI(f"{error}: an archive is {_examples()}") from None


def open_store(uri: str = FALLBACK_URI, use_process: Callable[[], bool] = lambda: False) -> "Store":
    """Return the store behind an address, not yet opened.

    Raises InvalidURI; `Store.open` raises the rest. An SQLite file is written by a process of its
    own once `use_process` says so; a server is another process anyway.
    """
    address = parse_uri(uri)
    return SCHEMES[address.scheme].store(address, use_process)


def files_place(uri: str, given: str = "") -> str:
    """Return where the files of an archive are: a folder, or the address of a bucket.

    Without a place that was given, it is a folder beside the archive: `archive.files` beside
    `archive.db`, and `archive-data/NAME.files` for the database NAME of a server. Raises
    InvalidURI.
    """
    if given:
        return given
    address = parse_uri(uri)
    if address.file:
        return str(address.file.with_suffix(".files"))
    return str(Path.cwd() / "archive-data" / f"{address.place}.files")


def warc_place(uri: str) -> str:
    """Return the folder beside an archive where `wparchive import` puts WARC files.

    Raises InvalidURI.
    """
    return str(Path(files_place(uri)).with_suffix(".warc"))


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
