"""From an address to what is behind it: the store that a crawl writes to, the reader, the index of duplicates.

Backends are imported only when an address names them: a laptop's archive needs no MongoDB driver in memory.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from archive.uri import DEFAULT_URI, SQLiteAddress, parse_uri

if TYPE_CHECKING:
    from archive.backend import Store
    from archive.duplicates.index import DuplicateIndex
    from archive.reader import Reader


def open_store(uri: str = DEFAULT_URI, apart: Callable[[], bool] = lambda: False) -> "Store":
    """The store behind an address, not yet opened. Raises InvalidURI; `Store.open` raises the rest.

    An SQLite file is written by a process of its own once `apart` says so; a server is another process anyway.
    """
    address = parse_uri(uri)
    if isinstance(address, SQLiteAddress):
        from archive.sqlite.store import SQLiteStore

        return SQLiteStore(address.path, apart=apart)
    from archive.mongo.store import MongoStore

    return MongoStore(address.uri, address.database)


def open_reader(uri: str) -> "Reader":
    """An open reader; nothing is created. Raises InvalidURI, ArchiveMissing, ArchiveUnreachable, ArchiveTooNew."""
    address = parse_uri(uri)
    if isinstance(address, SQLiteAddress):
        from archive.sqlite.reader import SQLiteReader

        return SQLiteReader(address.path, str(address))
    from archive.mongo.reader import MongoReader

    return MongoReader(address)


def open_index(uri: str) -> "DuplicateIndex":
    """The index of duplicates of an existing archive. Raises InvalidURI, ArchiveMissing, ArchiveUnreachable, ArchiveTooNew."""
    address = parse_uri(uri)
    if isinstance(address, SQLiteAddress):
        from archive.sqlite.duplicates import SQLiteDuplicates

        return SQLiteDuplicates(address)
    from archive.mongo.duplicates import MongoDuplicates

    return MongoDuplicates(address)
