"""SQLite's errors as the archive's, with what to do."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wparchive.errors import (
    ArchiveDamaged,
    ArchiveError,
    ArchiveReadOnly,
    ArchiveUnreachable,
)

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
"""Errors that one document can cause; any other concerns the archive."""


# Primary result codes of SQLite (sqlite.org/rescode.html), with the error and the message of each.
_READ_ONLY_MESSAGES = {
    sqlite3.SQLITE_FULL: (
        "no space left for {path}: free some, then start again; what was written is kept"
    ),
    sqlite3.SQLITE_READONLY: (
        "{path} may not be written to ({error}): check the owner and rights of the file and its "
        "folder"
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "{path} cannot be opened or made ({error}): check the path and the rights of its folder"
    ),
}
_UNREACHABLE_MESSAGES = {
    sqlite3.SQLITE_BUSY: (
        "{path} is locked by another process ({error}): let it finish, then start again"
    ),
}
_DAMAGED_MESSAGES = {
    sqlite3.SQLITE_NOTADB: "{path} is not an SQLite database: choose another path",
    sqlite3.SQLITE_CORRUPT: (
        "{path} is damaged ({error}): restore a copy, or save what is there with sqlite3's .recover"
    ),
}
_SAME_AS = {
    sqlite3.SQLITE_PERM: sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_LOCKED: sqlite3.SQLITE_BUSY,
}
_OTHER_MESSAGE = "{path} cannot be used ({error}): check the disk and the folder"


def from_sqlite(error: sqlite3.Error, path: Path) -> ArchiveError:
    """Return the archive's error for one of SQLite's."""
    code = _code_of(error)
    if code in _READ_ONLY_MESSAGES:
        return ArchiveReadOnly(_READ_ONLY_MESSAGES[code].format(path=path, error=error))
    if code in _DAMAGED_MESSAGES:
        return ArchiveDamaged(_DAMAGED_MESSAGES[code].format(path=path, error=error))
    message = _UNREACHABLE_MESSAGES.get(code, _OTHER_MESSAGE)
    return ArchiveUnreachable(message.format(path=path, error=error))


def is_damage(error: Exception) -> bool:
    """Tell whether an error means that the bytes of the file are no sound database."""
    return isinstance(error, sqlite3.Error) and _code_of(error) in _DAMAGED_MESSAGES


def _code_of(error: sqlite3.Error) -> int:
    # The lowest byte is the error. The others only say more about it.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    return _SAME_AS.get(code, code)


@contextmanager
def sqlite_errors(path: Path) -> Iterator[None]:
    """Raise the archive's errors instead of SQLite's."""
    try:
        yield
    except sqlite3.Error as error:
        raise from_sqlite(error, path) from error


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Do all that follows or nothing.

    The write lock is taken at once, so that what is read first still holds when it is written.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk has rolled back already
            connection.execute("ROLLBACK")
        raise
