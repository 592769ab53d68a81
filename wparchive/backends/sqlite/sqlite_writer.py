"""Writing to an SQLite archive: what `store.py` promises, done at once in the thread or process that calls."""

import logging
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any, cast

from wparchive.backends.address import SQLiteAddress
from wparchive.backends.sqlite import postings, schema
from wparchive.backends.sqlite import sqlite_saving as saving
from wparchive.backends.sqlite.rows import from_row, iso_millis, to_json
from wparchive.backends.sqlite.search_index import index_texts_again
from wparchive.backends.sqlite.sqlite_duplicates import SQLiteDuplicates
from wparchive.backends.sqlite.sqlite_errors import transaction, translating
from wparchive.backends.store import Written
from wparchive.duplicates.mark_new import mark_posts
from wparchive.errors import ArchiveReadOnly
from wparchive.model.documents import Failure, Kind, MediaRef, Run, Site, State
from wparchive.model.lifecycle import media_ref, merged_failures, merged_site, moment
from wparchive.model.storable import plain

PRAGMAS = (
    "synchronous = NORMAL",
    "foreign_keys = ON",
    "cache_size = -65536",
    "wal_autocheckpoint = 4000",
    "secure_delete = FAST",
)
"""A kill loses nothing that was acknowledged; a power cut may lose the last transactions, never the file. The cache is 64 MiB.
Some systems' SQLite overwrites with zeros what is deleted; the full text index deletes all the time while it merges its segments."""
OF_TYPE = "site = ? AND type = ? AND id IN (SELECT value FROM json_each(?))"

log = logging.getLogger(__name__)


class SQLiteWriter:
    """One connection. Methods are those of `wparchive.backends.store.Store`; `do` calls them by name."""

    def __init__(self, path: Path, busy_timeout_s: float) -> None:
        """Opens the file, and creates what is missing. Raises as `Store.open`."""
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ArchiveReadOnly(
                f"the folder {path.parent} cannot be made ({error.strerror}): choose another path"
            ) from error
        with translating(path):
            self._connection = sqlite3.connect(path, timeout=busy_timeout_s, isolation_level=None)
            try:
                _prepare(self._connection, path, busy_timeout_s)
            except BaseException:
                self._connection.close()
                raise
        self._duplicates = SQLiteDuplicates(SQLiteAddress(path), self._connection)

    def do(self, name: str, *arguments: Any) -> Any:
        """Call a method. Raises the archive's errors."""
        with translating(self._path):
            return getattr(self, name)(*arguments)

    def close(self) -> None:
        """Safe to call twice."""
        self._connection.close()

    def save(self, kind: Kind, documents: saving.Documents, at: datetime) -> dict[str, Written]:
        """Storable documents by key (see wparchive/backends/saving.py), and what became of each."""
        return saving.save(self._connection, kind, documents, moment(at))

    def mark_duplicates(self, keys: Sequence[str], at: datetime) -> int:
        return mark_posts(self._duplicates, keys, at)

    def known(self, kind: Kind, site: str, type_: str, ids: Sequence[int]) -> dict[int, MediaRef]:
        named = "title AS name, slug, url, alt" if kind == "media" else "name, slug"
        rows = self._rows(
            f"SELECT id, {named} FROM {kind} WHERE {OF_TYPE} AND state = 'live'",
            site,
            type_,
            to_json(ids),
        )
        return {row["id"]: media_ref(dict(row)) for row in rows}

    def unseen(
        self, kind: Kind, site: str, type_: str, before: datetime, after: int, most: int
    ) -> list[int]:
        """At most so many of the ids after `after`."""
        sql = f"SELECT id FROM {kind} WHERE site = ? AND type = ? AND id > ? AND state = 'live' AND last_seen_at < ? ORDER BY id LIMIT ?"
        return [
            row["id"]
            for row in self._rows(sql, site, type_, after, iso_millis(moment(before)), most)
        ]

    def mark(
        self, kind: Kind, site: str, type_: str, ids: Sequence[int], state: State, at: datetime
    ) -> int:
        sql = f"UPDATE {kind} SET state = ?, state_since = ? WHERE {OF_TYPE} AND state <> ?"
        return self._change(sql, state, iso_millis(moment(at)), site, type_, to_json(ids), state)

    def touch(self, kind: Kind, site: str, type_: str, ids: Sequence[int], at: datetime) -> None:
        self._change(
            f"UPDATE {kind} SET last_seen_at = ? WHERE {OF_TYPE}",
            iso_millis(moment(at)),
            site,
            type_,
            to_json(ids),
        )

    def held(self, kind: Kind, site: str, type_: str) -> int:
        sql = f"SELECT count(*) AS n FROM {kind} WHERE site = ? AND type = ? AND state = 'live'"
        return int(self._rows(sql, site, type_)[0]["n"])

    def save_failures(self, failures: Sequence[Failure]) -> None:
        with transaction(self._connection):
            clean = [cast(Failure, plain(failure)) for failure in failures]
            sql = "SELECT * FROM failures WHERE key IN (SELECT value FROM json_each(?))"
            rows = self._rows(sql, to_json([failure["_id"] for failure in clean]))
            stored = {row["key"]: from_row("failures", row) for row in rows}
            saving.put(self._connection, "failures", merged_failures(stored, clean))

    def clear_failures(self, site: str, type_: str, before: datetime) -> int:
        sql = "DELETE FROM failures WHERE site = ? AND type = ? AND last_at < ?"
        return self._change(sql, site, type_, iso_millis(moment(before)))

    def save_site(self, site: Site) -> None:
        saving.put(
            self._connection, "sites", [plain(merged_site(self.load_site(site["_id"]), site))]
        )

    def load_site(self, site: str) -> Site | None:
        rows = self._rows("SELECT * FROM sites WHERE key = ?", site)
        return cast(Site, from_row("sites", rows[0])) if rows else None

    def save_run(self, run: Run) -> None:
        saving.put(self._connection, "runs", [plain(run)])

    def last_run(self, site: str, verdict: str | None) -> Run | None:
        of = "site = ? AND finished_at IS NOT NULL AND verdict = coalesce(?, verdict)"
        rows = self._rows(
            f"SELECT * FROM runs WHERE {of} ORDER BY started_at DESC LIMIT 1", site, verdict
        )
        return cast(Run, from_row("runs", rows[0])) if rows else None

    def _rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        return self._connection.execute(sql, values).fetchall()

    def _change(self, sql: str, *values: Any) -> int:
        return self._connection.execute(sql, values).rowcount


def _prepare(connection: sqlite3.Connection, path: Path, timeout_s: float) -> None:
    """Set the connection up and create what is missing."""
    connection.row_factory = sqlite3.Row
    schema.check(connection, str(path))
    _use_wal(connection, timeout_s)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    with transaction(connection):
        if not schema.check(
            connection, str(path)
        ):  # asked again under the lock: another process may have made it meanwhile
            schema.create(connection)
        connection.execute(postings.table_sql(postings.SMALL))  # archives made before it was there
        again = index_texts_again(connection)
    if again:
        log.info(
            "The full text index of %s was made again for %d posts: another version had made it",
            path,
            again,
        )


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
