"""How the file of an SQLite archive is opened, and a pool of connections that only read."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from urllib.parse import quote

from wparchive.backends.sqlite.schema import check
from wparchive.errors import ArchiveUnreachable, missing

WRITE_MODE = "mode=rw"
READ_MODE = "mode=ro"
UNSHARED_MODE = "mode=ro&immutable=1"
"""The log is not shared with anybody who writes, so that no file has to be made beside this one."""
MAX_IDLE = 8
"""Connections kept open between questions; more are opened while more threads ask at once."""


def read_modes(path: Path) -> list[str]:
    """Return the modes in which to try to read a file, the best first.

    In a read-only folder the log cannot be shared. A file without a log can be read as it is.
    """
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:
        return [READ_MODE]
    return [READ_MODE, UNSHARED_MODE]


def file_uri(path: Path, mode: str) -> str:
    """Return an address for `sqlite3.connect(..., uri=True)`."""
    return f"file:{quote(str(path.resolve()))}?{mode}"


class ReadPool:
    """Connections to one file, each lent to one question at a time, in any thread.

    A connection for each thread would outlive threads that nobody tells us the end of. Here the
    number of open connections is bounded by the questions that are being answered.
    """

    def __init__(self, path: Path, address: str) -> None:
        """Open the first connection.

        Raises ArchiveMissing, ArchiveUnreachable, ArchiveTooNew.
        """
        self._path = path
        self._address = address
        self._lock = Lock()
        self._closed = False
        self._idle = [self._connected()]

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection in a read transaction: all its statements see one moment.

        Raises ArchiveUnreachable, also in place of SQLite's own errors.
        """
        connection = self._taken()
        try:
            connection.execute("BEGIN")
            yield connection
        except sqlite3.Error as error:
            raise self._unreadable(error) from error
        finally:
            self._give_back(connection)

    def close(self) -> None:
        """Close the idle connections; those that are lent are closed when they come back."""
        with self._lock:
            self._closed = True
            idle = self._idle
            self._idle = []
        for connection in idle:
            connection.close()

    def _taken(self) -> sqlite3.Connection:
        with self._lock:
            if self._closed:
                raise ArchiveUnreachable(f"{self._address} was closed: open it again to read it")
            if self._idle:
                return self._idle.pop()
        return self._connected()

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with suppress(sqlite3.Error):
            connection.rollback()
        with self._lock:
            keep = not self._closed and not connection.in_transaction
            if keep and len(self._idle) < MAX_IDLE:
                self._idle.append(connection)
                return
        connection.close()

    def _connected(self) -> sqlite3.Connection:
        """Return a new connection, in the first mode that can be read in."""
        if not self._path.is_file():
            raise missing(self._address, "there is nothing there")
        *first, last = read_modes(self._path)
        for mode in first:
            with suppress(sqlite3.Error):
                return self._connected_as(mode)
        try:
            return self._connected_as(last)
        except sqlite3.Error as error:
            raise self._unreadable(error) from error

    def _connected_as(self, mode: str) -> sqlite3.Connection:
        # SQLite itself is built to be used by any thread, one at a time, and the pool sees to that.
        connection = sqlite3.connect(
            file_uri(self._path, mode), uri=True, isolation_level=None, check_same_thread=False
        )
        try:
            if not check(connection, self._address):
                raise missing(self._address, "the file is empty")
        except BaseException:
            connection.close()
            raise
        connection.row_factory = sqlite3.Row
        return connection

    def _unreadable(self, error: sqlite3.Error) -> ArchiveUnreachable:
        return ArchiveUnreachable(
            f"{self._address} cannot be read: {error}; "
            "check that it is a wparchive database, whole and readable by you"
        )
