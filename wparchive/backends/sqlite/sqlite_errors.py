"""SQLite's errors, said as the archive's, with what to do."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wparchive.errors import ArchiveError, ArchiveReadOnly, ArchiveUnreachable

REFUSALS = (
    sqlite3.IntegrityError,
    sqlite3.DataError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    ArithmeticError,
    LookupError,
    TypeError,
    ValueError,
)
"""What one document can cause; anything else concerns the archive."""


def from_sqlite(error: sqlite3.Error, path: Path) -> ArchiveError:
    """The archive's error for one of SQLite's; source of the codes: sqlite.org/rescode.html."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return ArchiveReadOnly(
            f"no space left for {path}: free some, then start the crawl again; what was written is kept"
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return ArchiveReadOnly(
            f"{path} may not be written to ({error}): check the owner and rights of the file and its folder"
        )
    if code == sqlite3.SQLITE_CANTOPEN:
        return ArchiveReadOnly(
            f"{path} cannot be opened or made ({error}): check the path and the rights of its folder"
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return ArchiveUnreachable(
            f"{path} is locked by another process ({error}): let it finish, then start again"
        )
    if code == sqlite3.SQLITE_NOTADB:
        return ArchiveUnreachable(f"{path} is not an SQLite database: choose another path")
    if code == sqlite3.SQLITE_CORRUPT:
        return ArchiveUnreachable(
            f"{path} is damaged ({error}): restore a copy, or save what is there with sqlite3's .recover"
        )
    return ArchiveUnreachable(f"{path} cannot be used ({error}): check the disk and the folder")


@contextmanager
def sqlite_errors(path: Path) -> Iterator[None]:
    """Raise the archive's errors instead of SQLite's."""
    try:
        yield
    except sqlite3.Error as error:
        raise from_sqlite(error, path) from error


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing. The write lock is taken at once, so that what is read first still holds when it is written."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk has rolled back already
            connection.execute("ROLLBACK")
        raise
