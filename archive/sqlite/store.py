"""The writing side of an SQLite archive. All of SQLite's work is done in one thread of its own, so that nothing blocks the event loop."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any, TypeVar, cast

from archive.backend import Written
from archive.batch import batch_of
from archive.documents import Failure, Kind, MediaRef, Run, Site, State
from archive.errors import ArchiveReadOnly, ArchiveUnreachable
from archive.lifecycle import media_ref, merged_failures, merged_site, moment
from archive.raw import plain
from archive.sqlite import saving, schema
from archive.sqlite.errors import transaction, translating
from archive.sqlite.index import index_texts_again
from archive.sqlite.rows import from_row, iso_millis, to_json

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]
UNSEEN_PAGE = 1000
PRAGMAS = ("synchronous = NORMAL", "foreign_keys = ON", "cache_size = -65536", "wal_autocheckpoint = 4000")
"""A kill loses nothing that was acknowledged; a power cut may lose the last transactions, never the file. The cache is 64 MiB."""
OF_TYPE = "site = ? AND type = ? AND id IN (SELECT value FROM json_each(?))"

log = logging.getLogger(__name__)


class SQLiteStore:
    """Implements `archive.backend.Store` on one file."""

    def __init__(self, path: Path, busy_timeout_s: float = 10.0) -> None:
        self._path = path
        self._busy_timeout_s = busy_timeout_s
        self._connection: sqlite3.Connection | None = None
        self._thread: ThreadPoolExecutor | None = None

    async def open(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite")
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._connect)
        except BaseException:
            await self.close()
            raise

    def _connect(self) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ArchiveReadOnly(f"the folder {self._path.parent} cannot be made ({error.strerror}): choose another path") from error
        with translating(self._path):
            self._connection = sqlite3.connect(self._path, timeout=self._busy_timeout_s, isolation_level=None, check_same_thread=True)
            _prepare(self._connection, self._path, self._busy_timeout_s)

    async def close(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await asyncio.get_running_loop().run_in_executor(self._thread, connection.close)
        if self._thread is not None:
            self._thread.shutdown(wait=False)

    async def _run(self, work: Work[T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._translated, work)

    def _translated(self, work: Work[T]) -> T:
        if self._connection is None:
            raise ArchiveUnreachable(f"{self._path} is not open")
        with translating(self._path):
            return work(self._connection)

    async def save(self, kind: Kind, documents: Sequence[Mapping[str, Any]], at: datetime) -> list[Written]:
        def work(connection: sqlite3.Connection) -> list[Written]:
            batch = batch_of(kind, documents)
            return batch.written(saving.save(connection, kind, batch.documents, moment(at)))

        return await self._run(work)

    async def known(self, kind: Kind, site: str, type_: str, ids: Iterable[int]) -> dict[int, MediaRef]:
        named = "title AS name, slug, url, alt" if kind == "media" else "name, slug"
        sql = f"SELECT id, {named} FROM {kind} WHERE {OF_TYPE} AND state = 'live'"
        rows = await self._rows(sql, (site, type_, to_json(list(ids))))
        return {row["id"]: media_ref(dict(row)) for row in rows}

    async def unseen(self, kind: Kind, site: str, type_: str, before: datetime) -> AsyncIterator[int]:
        sql = f"SELECT id FROM {kind} WHERE site = ? AND type = ? AND id > ? AND state = 'live' AND last_seen_at < ? ORDER BY id LIMIT ?"
        last = -(2**63)
        while rows := await self._rows(sql, (site, type_, last, iso_millis(moment(before)), UNSEEN_PAGE)):
            for row in rows:
                yield row["id"]
            last = rows[-1]["id"]

    async def mark(self, kind: Kind, site: str, type_: str, ids: Sequence[int], state: State, at: datetime) -> int:
        sql = f"UPDATE {kind} SET state = ?, state_since = ? WHERE {OF_TYPE} AND state <> ?"
        return await self._change(sql, (state, iso_millis(moment(at)), site, type_, to_json(list(ids)), state))

    async def touch(self, kind: Kind, site: str, type_: str, ids: Sequence[int], at: datetime) -> None:
        sql = f"UPDATE {kind} SET last_seen_at = ? WHERE {OF_TYPE}"
        await self._change(sql, (iso_millis(moment(at)), site, type_, to_json(list(ids))))

    async def held(self, kind: Kind, site: str, type_: str) -> int:
        sql = f"SELECT count(*) AS n FROM {kind} WHERE site = ? AND type = ? AND state = 'live'"
        return int((await self._rows(sql, (site, type_)))[0]["n"])

    async def save_failures(self, failures: Sequence[Failure]) -> None:
        def work(connection: sqlite3.Connection) -> None:
            with transaction(connection):
                sql = "SELECT * FROM failures WHERE key IN (SELECT value FROM json_each(?))"
                clean = [cast(Failure, plain(failure)) for failure in failures]
                rows = connection.execute(sql, (to_json([failure["_id"] for failure in clean]),))
                stored = {row["key"]: from_row("failures", row) for row in rows}
                saving.put(connection, "failures", merged_failures(stored, clean))

        await self._run(work)

    async def clear_failures(self, site: str, type_: str, before: datetime) -> int:
        sql = "DELETE FROM failures WHERE site = ? AND type = ? AND last_at < ?"
        return await self._change(sql, (site, type_, iso_millis(moment(before))))

    async def save_site(self, site: Site) -> None:
        stored = await self.load_site(site["_id"])
        await self._put("sites", plain(merged_site(stored, site)))

    async def load_site(self, site: str) -> Site | None:
        rows = await self._rows("SELECT * FROM sites WHERE key = ?", (site,))
        return cast(Site, from_row("sites", rows[0])) if rows else None

    async def save_run(self, run: Run) -> None:
        await self._put("runs", plain(run))

    async def last_run(self, site: str, verdict: str | None = None) -> Run | None:
        of = "site = ? AND finished_at IS NOT NULL AND verdict = coalesce(?, verdict)"
        sql = f"SELECT * FROM runs WHERE {of} ORDER BY started_at DESC LIMIT 1"
        rows = await self._rows(sql, (site, verdict))
        return cast(Run, from_row("runs", rows[0])) if rows else None

    async def _rows(self, sql: str, values: Sequence[Any]) -> list[sqlite3.Row]:
        return await self._run(lambda connection: connection.execute(sql, values).fetchall())

    async def _change(self, sql: str, values: Sequence[Any]) -> int:
        return await self._run(lambda connection: connection.execute(sql, values).rowcount)

    async def _put(self, table: str, record: Mapping[str, Any]) -> None:
        await self._run(lambda connection: saving.put(connection, table, [record]))


def _use_wal(connection: sqlite3.Connection, timeout_s: float) -> None:
    """SQLite does not wait for others by itself when the journal mode of a file changes."""
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


def _prepare(connection: sqlite3.Connection, path: Path, timeout_s: float) -> None:
    """Set the connection up and create what is missing."""
    connection.row_factory = sqlite3.Row
    schema.check(connection, str(path))
    _use_wal(connection, timeout_s)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    with transaction(connection):
        if not schema.check(connection, str(path)):  # asked again under the lock: another process may have made it meanwhile
            schema.create(connection)
        again = index_texts_again(connection)
    if again:
        log.info("The full text index of %s was made again for %d posts: another version had made it", path, again)
