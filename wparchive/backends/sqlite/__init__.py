"""The embedded archive: one SQLite file, standard library only."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from wparchive.backends.address import ArchiveAddress, redacted
from wparchive.errors import InvalidURI

if TYPE_CHECKING:
    from wparchive.backends.sqlite.sqlite_duplicates import SQLiteDuplicates
    from wparchive.backends.sqlite.sqlite_reader import SQLiteReader
    from wparchive.backends.sqlite.sqlite_store import SQLiteStore

_PREFIX = "sqlite:///"


class SQLiteBackend:
    """Implements `wparchive.backends.opening.Backend`; the place of an address is a path."""

    examples = ("sqlite:///relative/path.db", "sqlite:////absolute/path.db")

    def parse(self, uri: str, base: Path) -> ArchiveAddress:
        path = uri.removeprefix(_PREFIX)
        if path == uri or not path or path.endswith("/") or ":memory:" in path or "\x00" in path:
            raise InvalidURI(f"{redacted(uri)!r} names no file")
        absolute = str((base / path).absolute())
        return ArchiveAddress("sqlite", _PREFIX + absolute, absolute, _PREFIX + absolute)

    def store(self, address: ArchiveAddress, use_process: Callable[[], bool]) -> "SQLiteStore":
        from wparchive.backends.sqlite.sqlite_store import SQLiteStore

        return SQLiteStore(Path(address.place), use_process=use_process)

    def reader(self, address: ArchiveAddress) -> "SQLiteReader":
        from wparchive.backends.sqlite.sqlite_reader import SQLiteReader

        return SQLiteReader(Path(address.place), str(address))

    def duplicate_index(self, address: ArchiveAddress, read_only: bool) -> "SQLiteDuplicates":
        from wparchive.backends.sqlite.sqlite_duplicates import SQLiteDuplicates

        return SQLiteDuplicates(Path(address.place), str(address), read_only=read_only)
