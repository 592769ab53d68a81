"""From an address to what is behind it: the store that a crawl writes to, the reader, the index of duplicates.

Backends are imported only when an address names them: a laptop's archive needs no MongoDB driver in memory.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from wparchive.backends.address import DEFAULT_URI, SQLiteAddress, parse_uri

if TYPE_CHECKING:
    from wparchive.backends.reader import Reader
    from wparchive.backends.store import Store
    from wparchive.duplicates.index import DuplicateIndex


def open_store(uri: str = DEFAULT_URI, apart: Callable[[], bool] = lambda: False) -> "Store":
    """The store behind an address, not yet opened. Raises InvalidURI; `Store.open` raises the rest.

    An SQLite file is written by a process of its own once `apart` says so; a server is another process anyway.
    """
    address = parse_uri(uri)
    if isinstance(address, SQLiteAddress):
        from wparchive.backends.sqlite.sqlite_store import SQLiteStore

        return SQLiteStore(address.path, apart=apart)
    from wparchive.backends.mongo.mongo_store import MongoStore

    return MongoStore(address.uri, address.database)


def open_reader(uri: str) -> "Reader":
    """An open reader; nothing is created. Raises InvalidURI, ArchiveMissing, ArchiveUnreachable, ArchiveTooNew."""
    address = parse_uri(uri)
    if isinstance(address, SQLiteAddress):
        from wparchive.backends.sqlite.sqlite_reader import SQLiteReader

        return SQLiteReader(address.path, str(address))
    from wparchive.backends.mongo.mongo_reader import MongoReader

    return MongoReader(address)


def open_index(uri: str, read_only: bool = False) -> "DuplicateIndex":
    """Open the index of duplicates of an existing archive; `read_only` never opens a file for writing.

    Raises InvalidURI, ArchiveMissing, ArchiveUnreachable, ArchiveTooNew."""
    address = parse_uri(uri)
    if isinstance(address, SQLiteAddress):
        from wparchive.backends.sqlite.sqlite_duplicates import SQLiteDuplicates

        return SQLiteDuplicates(address, read_only=read_only)
    from wparchive.backends.mongo.mongo_duplicates import MongoDuplicates

    return MongoDuplicates(address)
