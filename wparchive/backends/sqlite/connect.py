"""Open the file of an SQLite archive, and keep a pool of connections that only read."""

import sqlite3
from collections.abc import Callable, Hashable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from typing import Any, TypeVar, cast
from urllib.parse import quote

from wparchive.backends.sqlite.schema import check, has_table
from wparchive.backends.sqlite.sqlite_errors import from_sqlite, is_damage
from wparchive.errors import ArchiveError, ArchiveUnreachable, missing

WRITE_MODE = "mode=rw"
READ_MODE = "mode=ro"
UNSHARED_MODE = "mode=ro&immutable=1"
"""The log is not shared with anybody who writes, so that no file has to be made beside this one."""
DAMAGE = (sqlite3.Error, UnicodeDecodeError)
"""Exceptions of a file that cannot be read; the message of one about a damaged schema may quote
bytes of it that are no text."""
BUSY_TIMEOUT_S = 5.0
"""How long a question waits for another process that locks the file."""
_Answer = TypeVar("_Answer")
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
    # A `?` or `#` in the name of a file would end the path.
    return f"file:{quote(str(path.resolve()))}?{mode}"


def file_state(path: Path, mode: str) -> tuple[int, ...]:
    """Return what stays the same for as long as a connection in a mode answers from the path.

    It is empty where there is no file, or none that may be looked at.
    """
    try:
        status = path.stat()
    except OSError:
        return ()
    state = (status.st_dev, status.st_ino)
    if mode != UNSHARED_MODE:
        return state
    # Such a connection is blind to changes: it takes a page from before and one from after.
    return (*state, status.st_mtime_ns, status.st_size, len(read_modes(path)))


class ReadConnection(sqlite3.Connection):
    """A connection that knows which file it answers from, and how it was opened."""

    mode: str
    state: tuple[int, ...]


def open_connection(
    path: Path, mode: str, address: str, busy_timeout_s: float = BUSY_TIMEOUT_S
) -> ReadConnection:
    """Open a file that is an archive, in a mode. The caller keeps threads apart.

    SQLite itself is built to be used by any thread, one at a time. Raises ArchiveMissing,
    ArchiveTooNew, and SQLite's own errors.
    """
    state = file_state(path, mode)
    connection = sqlite3.connect(
        file_uri(path, mode),
        uri=True,
        timeout=busy_timeout_s,
        isolation_level=None,
        check_same_thread=False,
        factory=ReadConnection,
    )
    connection.mode = mode
    connection.state = state
    try:
        if not check(connection, address):
            raise missing(address, "the file is empty")
    except BaseException:
        connection.close()
        raise
    connection.row_factory = sqlite3.Row
    return connection


def use_wal(connection: sqlite3.Connection, timeout_s: float) -> None:
    """Set the journal mode, and wait for others meanwhile, which SQLite does not do here."""
    deadline = monotonic() + timeout_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > deadline:
                raise
            sleep(0.01)
        else:
            return


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
        self._watching = Lock()
        self._watch: ReadConnection | None = None
        self._watches = 0

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection in a read transaction: all its statements see one moment.

        Raises ArchiveUnreachable, also in place of SQLite's own errors.
        """
        connection = self._taken()
        try:
            # It reads nothing yet: the moment that all statements see is that of the first one.
            connection.execute("BEGIN")
            yield connection
        except DAMAGE as error:
            raise self._unreadable(error) from error
        finally:
            self._give_back(connection)

    def rows(self, sql: str, *parameters: object) -> list[sqlite3.Row]:
        """Return all rows of a question whose answer is small. Raises ArchiveUnreachable."""
        with self.connection() as connection:
            return connection.execute(sql, parameters).fetchall()

    def stream(self, sql: str, *parameters: object) -> Iterator[sqlite3.Row]:
        """Yield the rows of a question whose answer may be long. Raises ArchiveUnreachable."""
        with self.connection() as connection, closing(connection.execute(sql, parameters)) as rows:
            yield from rows

    def version(self) -> tuple[int, int]:
        """Return a value that changes whenever somebody writes to the file.

        Raises ArchiveUnreachable.
        """
        with self._watching:
            watch = self._watch
            try:
                if watch is None or watch.state != file_state(self._path, watch.mode):
                    watch = self._watch_anew()
                # What SQLite counts for one connection says nothing to another one.
                return self._watches, watch.execute("PRAGMA data_version").fetchone()[0]
            except DAMAGE as error:
                raise self._unreadable(error) from error

    def _watch_anew(self) -> ReadConnection:
        if self._watch is not None:
            self._watch.close()
            self._watch = None
        self._watch = self._taken()
        self._watches += 1
        return self._watch

    def close(self) -> None:
        """Close the idle connections; those that are lent are closed when they come back."""
        with self._lock:
            self._closed = True
            idle = self._idle
            self._idle = []
        with self._watching:
            if self._watch is not None:
                idle.append(self._watch)
                self._watch = None
        for connection in idle:
            connection.close()

    def _taken(self) -> ReadConnection:
        while connection := self._idle_one():
            if connection.state == file_state(self._path, connection.mode):
                return connection
            # Another file was put in the place of this one, or it was removed.
            connection.close()
        return self._connected()

    def _idle_one(self) -> ReadConnection | None:
        """Return an idle connection, None when there is none. Raises ArchiveUnreachable."""
        with self._lock:
            if self._closed:
                raise ArchiveUnreachable(f"{self._address} was closed: open it again to read it")
            if self._idle:
                return self._idle.pop()
        return None

    def _give_back(self, connection: ReadConnection) -> None:
        with suppress(sqlite3.Error):
            connection.rollback()
        with self._lock:
            # Where the rollback failed, the connection would hold the old state for ever.
            keep = not self._closed and not connection.in_transaction
            if keep and len(self._idle) < MAX_IDLE:
                self._idle.append(connection)
                return
        connection.close()

    def _connected(self) -> ReadConnection:
        """Return a new connection, in the first mode that can be read in."""
        if not self._path.is_file():
            raise missing(self._address, "there is nothing there")
        *first, last = read_modes(self._path)
        for mode in first:
            with suppress(*DAMAGE):
                return self._connected_as(mode)
        try:
            return self._connected_as(last)
        except DAMAGE as error:
            raise self._unreadable(error) from error

    def _connected_as(self, mode: str) -> ReadConnection:
        # The pool lends a connection to one thread at a time.
        connection = open_connection(self._path, mode, self._address)
        if not has_table(connection, "post_features"):
            # An archive of an earlier version: nothing is known of its posts until it is written.
            connection.execute("CREATE TEMP TABLE post_features (post, field, value)")
        if not has_table(connection, "post_facets"):
            connection.execute("CREATE TEMP TABLE post_facets (post INTEGER PRIMARY KEY, facets)")
        return connection

    def _unreadable(self, error: Exception) -> ArchiveError:
        if isinstance(error, sqlite3.Error) and is_damage(error):
            return from_sqlite(error, self._path)
        return ArchiveUnreachable(
            f"{self._address} cannot be read: {error}; "
            "check that it is a wparchive database, whole and readable by you"
        )


class KeptAnswer:
    """The answer to the last question of a kind, kept until somebody writes to the file."""

    def __init__(self, version: Callable[[], Hashable]) -> None:
        """Take what returns the version of the file, as `ReadPool.version` does."""
        self._version = version
        self._lock = Lock()
        self._kept: tuple[Hashable, Any] | None = None

    def answer(self, question: Hashable, asked: Callable[[], _Answer]) -> _Answer:
        """Return what was answered before, else ask; others who ask meanwhile wait for it.

        Nobody may change the answer.
        """
        with self._lock:
            # Before the question: what is written while it is answered makes the next one ask.
            key = (self._version(), question)
            if self._kept is None or self._kept[0] != key:
                self._kept = (key, asked())
            return cast(_Answer, self._kept[1])
