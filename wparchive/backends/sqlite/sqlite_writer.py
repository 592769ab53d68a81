"""Writing to an SQLite archive: what `store.py` promises, done at once by whoever calls."""

import logging
import sqlite3
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from wparchive.backends.saving import note_merged_terms, rewrite_batch, save_batch, set_states
from wparchive.backends.session import Session, run_at_once
from wparchive.backends.sqlite import schema
from wparchive.backends.sqlite.condition import Condition, all_of, placeholders
from wparchive.backends.sqlite.connect import WRITE_MODE, file_state, use_wal
from wparchive.backends.sqlite.rows import RowDocument, from_row, iso_millis, to_json
from wparchive.backends.sqlite.search_index import index_texts_again
from wparchive.backends.sqlite.sqlite_copies import put_copies, remove_records
from wparchive.backends.sqlite.sqlite_duplicates import SQLiteDuplicates
from wparchive.backends.sqlite.sqlite_errors import sqlite_errors, transaction
from wparchive.backends.sqlite.sqlite_events import begin_sqlite_history, events_of_version_1
from wparchive.backends.sqlite.sqlite_leases import SQLiteLeases
from wparchive.backends.sqlite.sqlite_memory import SQLiteSiteMemory
from wparchive.backends.sqlite.sqlite_saving import Batch, SQLiteSession, put_records, run_step
from wparchive.backends.sqlite.sqlite_stock import take_sqlite_stock
from wparchive.backends.sqlite.sqlite_tallies import count_rows
from wparchive.backends.store import CleaningSelection, HeldAddress, Reference
from wparchive.duplicates.mark_new import mark_posts
from wparchive.errors import ArchiveReadOnly, ArchiveUnreachable
from wparchive.model.document_parts import MediaRef
from wparchive.model.documents import (
    UNPUBLISHED_STATUSES,
    Kind,
    State,
    StoredDocument,
    document_key,
)
from wparchive.model.file_records import FileRecord
from wparchive.model.lifecycle import (
    REFERENCE_FIELDS,
    media_ref,
    merged_failures,
    merged_site,
    newest_fields,
    stored_time,
)
from wparchive.model.outcome import Written
from wparchive.model.run_records import Failure, HeldDigest, Run
from wparchive.model.site_records import Lease, RecurringBlock, Site, SiteMemory, WalkCheckpoint
from wparchive.model.storable import storable_record

PRAGMAS = (
    # A kill loses nothing that was acknowledged. A power cut may lose the last transactions, never
    # the file.
    "synchronous = NORMAL",
    "foreign_keys = ON",
    # 8 MiB. With 64 MiB a crawl writes no faster: the system keeps the pages that are read again.
    "cache_size = -8192",
    "wal_autocheckpoint = 4000",
    # The SQLite of some systems overwrites with zeros what is deleted; the full text index deletes
    # all the time while it merges its segments.
    "secure_delete = FAST",
)
# All ids are one parameter: SQLite takes 32,766 of them at most, and before 3.32 only 999.
OF_TYPE = "site = ? AND type = ? AND id IN (SELECT value FROM json_each(?))"

log = logging.getLogger(__name__)
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class WriterCall(Generic[_Result]):
    """A call of a method of `SQLiteWriter`, which can be sent to another process."""

    method: Callable[..., _Result]
    """The function as the class has it, without an instance."""
    arguments: tuple[Any, ...]

    def run(self, writer: "SQLiteWriter") -> _Result:
        """Call the method. Raises the archive's errors."""
        writer.check_place()
        with sqlite_errors(writer.path):
            return self.method(writer, *self.arguments)


class SQLiteWriter:
    """One connection, with the methods of `wparchive.backends.store.Store` as plain functions.

    They raise SQLite's errors; `WriterCall.run` turns these into the archive's.
    """

    def __init__(self, path: Path, busy_timeout_s: float) -> None:
        """Open the file, and create what is missing. Raises as `Store.open`."""
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ArchiveReadOnly(
                f"the folder {path.parent} cannot be made ({error.strerror}): choose another path"
            ) from error
        with sqlite_errors(path):
            # `None`: Python would begin transactions by itself, and not where a batch begins.
            self._connection = sqlite3.connect(path, timeout=busy_timeout_s, isolation_level=None)
            try:
                _prepare(self._connection, path, busy_timeout_s)
            except BaseException:
                self._connection.close()
                raise
        self._file = file_state(path, WRITE_MODE)
        self._duplicates = SQLiteDuplicates(path, f"sqlite:///{path}", self._connection)
        self._leases = SQLiteLeases(self._connection)
        self._memory = SQLiteSiteMemory(self._connection)

    def check_place(self) -> None:
        """Raise ArchiveUnreachable where the path is no longer that of the file that is open.

        SQLite would go on in a file that was removed, and nobody would ever see it again.
        """
        if file_state(self.path, WRITE_MODE) != self._file:
            raise ArchiveUnreachable(
                f"{self.path} was removed, moved or replaced while it was written: put the file "
                "back, or start again"
            )

    def close(self) -> None:
        """Close the connection; safe to call twice."""
        self._connection.close()

    def save(
        self,
        kind: Kind,
        documents: Batch,
        at: datetime,
        run: str | None = None,
        again: bool = False,
    ) -> dict[str, Written]:
        """Save storable documents, by key (see `wparchive/backends/saving.py`)."""
        seen_at = stored_time(at)

        async def step(session: Session, some: Batch) -> dict[str, Written]:
            return await save_batch(session, kind, some, seen_at, run, again)

        return run_step(self._connection, kind, documents, step)

    def rewrite(self, kind: Kind, documents: Batch) -> dict[str, Written]:
        """Rewrite storable documents, by key."""
        return run_step(self._connection, kind, documents, rewrite_batch)

    def mark_duplicates(self, keys: Sequence[str], at: datetime) -> int:
        return mark_posts(self._duplicates, keys, at)

    def known(self, kind: Kind, site: str, type_: str, ids: Sequence[int]) -> dict[int, MediaRef]:
        named = "name, slug"
        if kind == "media":
            named = "title AS name, slug, url, alt"
        sql = f"SELECT id, {named} FROM {kind} WHERE {OF_TYPE} AND state = 'live'"
        rows = self._rows(sql, site, type_, to_json(list(ids)))
        return {row["id"]: media_ref(dict(row)) for row in rows}

    def live_ids(
        self, kind: Kind, site: str, type_: str, statuses: Sequence[str] = ()
    ) -> list[int]:
        of = all_of([Condition("site = ? AND type = ?", (site, type_)), _shown(statuses)])
        sql = f"SELECT id FROM {kind} WHERE {of.sql} ORDER BY id"
        return [row["id"] for row in self._rows(sql, *of.parameters)]

    def addresses(self, kind: Kind, site: str) -> list[HeldAddress]:
        of = "site = ? AND state = 'live' AND link IS NOT NULL"
        rows = self._rows(f"SELECT type, id, link FROM {kind} WHERE {of}", site)
        return [HeldAddress(row["type"], row["id"], row["link"]) for row in rows]

    def raw_records(
        self,
        kind: Kind,
        site: str,
        type_: str,
        ids: Sequence[int],
        statuses: Sequence[str] = (),
    ) -> dict[int, bytes]:
        shown = _shown(statuses)
        sql = f"SELECT id, raw FROM {kind} WHERE {OF_TYPE} AND {shown.sql}"
        rows = self._rows(sql, site, type_, to_json(list(ids)), *shown.parameters)
        return {row["id"]: zlib.decompress(row["raw"]) for row in rows}

    def newest(self, kind: Kind, site: str, type_: str, until: str) -> tuple[str, str]:
        latest = {"published_local": "", "modified_local": ""}
        for name in newest_fields(kind):
            of = f"site = ? AND type = ? AND state = 'live' AND {name} <= ?"
            sql = f"SELECT max({name}) AS latest FROM {kind} WHERE {of}"
            latest[name] = self._rows(sql, site, type_, until)[0]["latest"] or ""
        return latest["published_local"], latest["modified_local"]

    def referring_posts(
        self, site: str, kind: Kind, type_: str, ids: Sequence[int]
    ) -> list[Reference]:
        wanted = "IN (SELECT value FROM json_each(?))"
        column = REFERENCE_FIELDS.get(kind, "")
        values = [site, to_json(list(ids))]
        sql = f"""
            SELECT type, id, {column}_id AS target FROM posts
            WHERE site = ? AND state = 'live' AND {column}_id {wanted}"""
        if kind == "terms":
            sql = f"""
                SELECT posts.type, posts.id, term_id AS target
                FROM post_terms JOIN posts ON posts.pk = post_terms.post
                WHERE posts.site = ? AND posts.state = 'live' AND term_id {wanted}
                    AND taxonomy = ?"""
            values.append(type_)
        rows = self._rows(sql, *values)
        return sorted(Reference(row["type"], row["id"], row["target"]) for row in rows)

    def set_state(
        self,
        kind: Kind,
        site: str,
        type_: str,
        ids: Sequence[int],
        state: State,
        at: datetime,
        run: str | None,
        again: bool = False,
    ) -> int:
        keys = [document_key(site, type_, id_) for id_ in ids]
        with transaction(self._connection):
            session = SQLiteSession(self._connection, kind)
            changed = set_states(session, kind, keys, state, stored_time(at), run, again)
            return run_at_once(changed)

    def held(self, kind: Kind, site: str, type_: str, statuses: Sequence[str] = ()) -> int:
        of = all_of([Condition("site = ? AND type = ?", (site, type_)), _shown(statuses)])
        return count_rows(self._connection, kind, of)

    def held_types(self, kind: Kind, site: str, prefix: str) -> list[str]:
        sql = f"SELECT DISTINCT type FROM {kind} WHERE site = ? AND type >= ? AND state = 'live'"
        types = [row["type"] for row in self._rows(sql, site, prefix)]
        return sorted(type_ for type_ in types if type_.startswith(prefix))

    def save_failures(self, failures: Sequence[Failure]) -> None:
        with transaction(self._connection):
            storable = [cast(Failure, storable_record(failure)) for failure in failures]
            sql = "SELECT * FROM failures WHERE key IN (SELECT value FROM json_each(?))"
            rows = self._rows(sql, to_json([failure["_id"] for failure in storable]))
            stored = {row["key"]: from_row("failures", row) for row in rows}
            put_records(self._connection, "failures", merged_failures(stored, storable))

    def clear_failures(self, site: str, type_: str, before: datetime) -> int:
        sql = "DELETE FROM failures WHERE site = ? AND type = ? AND last_at < ?"
        return self._change(sql, site, type_, iso_millis(stored_time(before)))

    def save_site(self, site: Site) -> None:
        merged = merged_site(self.load_site(site["_id"]), site)
        put_records(self._connection, "sites", [storable_record(merged)])

    def load_site(self, site: str) -> Site | None:
        for row in self._rows("SELECT * FROM sites WHERE key = ?", site):
            return cast(Site, from_row("sites", row))
        return None

    def save_run(self, run: Run) -> None:
        put_records(self._connection, "runs", [storable_record(run)])

    def lease(self, site: str) -> Lease | None:
        return self._leases.lease_of(site)

    def swap_lease(self, site: str, before: Lease | None, after: Lease | None) -> bool:
        return self._leases.swap_lease(site, before, after)

    def end_killed_runs(self, site: str, run: str) -> int:
        return self._leases.end_killed_runs(site, run)

    def save_checkpoint(self, checkpoint: WalkCheckpoint) -> None:
        self._leases.save_checkpoint(checkpoint)

    def checkpoints(self, site: str) -> list[WalkCheckpoint]:
        return self._leases.checkpoints(site)

    def count_read(self, checkpoint: WalkCheckpoint) -> int:
        return self._leases.count_read(checkpoint)

    def clear_checkpoints(self, site: str, keys: Sequence[str]) -> None:
        self._leases.clear_checkpoints(site, keys)

    def take_stock(self, site: str, run: str) -> HeldDigest:
        with transaction(self._connection):
            session = SQLiteSession(self._connection, "terms")
            run_at_once(note_merged_terms(session, site, run))
            return take_sqlite_stock(self._connection, site, run)

    def count_to_clean(self, selection: CleaningSelection) -> int:
        return count_rows(self._connection, selection.kind, _to_clean(selection))

    def next_to_clean(
        self, selection: CleaningSelection, after: str, limit: int
    ) -> Sequence[Mapping[str, Any]]:
        kind = selection.kind
        # By key, not by `OFFSET`: what was cleaned leaves the selection while it is read.
        chosen = all_of([_to_clean(selection), Condition("key > ?", (after,))])
        sql = f"SELECT * FROM {kind} WHERE {chosen.sql} ORDER BY key LIMIT ?"
        rows = self._rows(sql, *chosen.parameters, limit)
        if not rows:
            return []
        names = tuple(rows[0].keys())
        return [RowDocument(kind, names, tuple(row)) for row in rows]

    def put_copies(self, collection: str, records: Sequence[StoredDocument]) -> list[Written]:
        return put_copies(self._connection, collection, records)

    def remove_records(self, collection: str, keys: Sequence[str]) -> None:
        remove_records(self._connection, collection, keys)

    def begin_history(self, at: datetime) -> None:
        begin_sqlite_history(self._connection, at)

    def load_memory(self, site: str) -> SiteMemory | None:
        return self._memory.load(site)

    def save_memory(self, memory: SiteMemory) -> None:
        self._memory.save(memory)

    def recurring_blocks(self, site: str) -> list[RecurringBlock]:
        return self._memory.recurring_blocks(site)

    def save_recurring_blocks(self, site: str, blocks: Sequence[RecurringBlock]) -> None:
        self._memory.save_recurring_blocks(site, blocks)

    def next_named(self, kind: Kind, site: str, after: str, limit: int) -> list[StoredDocument]:
        return self._memory.next_named(kind, site, after, limit)

    def next_blocks(
        self, site: str, after: str, limit: int, keys: Sequence[str] | None
    ) -> list[StoredDocument]:
        return self._memory.next_blocks(site, after, limit, keys)

    def files(self, keys: Sequence[str]) -> dict[str, FileRecord]:
        sql = "SELECT * FROM files WHERE key IN (SELECT value FROM json_each(?))"
        rows = self._rows(sql, to_json(list(keys)))
        return {row["key"]: cast(FileRecord, from_row("files", row)) for row in rows}

    def save_files(self, files: Sequence[FileRecord]) -> None:
        with transaction(self._connection):
            put_records(self._connection, "files", map(storable_record, files))

    def _rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        return self._connection.execute(sql, values).fetchall()

    def _change(self, sql: str, *values: Any) -> int:
        return self._connection.execute(sql, values).rowcount


def _to_clean(selection: CleaningSelection) -> Condition:
    """Return the condition that a selection puts on documents."""
    conditions: list[Condition] = []
    if selection.key is not None:
        conditions.append(Condition("key = ?", (selection.key,)))
    if selection.keys is not None:
        of_keys = "key IN (SELECT value FROM json_each(?))"
        conditions.append(Condition(of_keys, (to_json(selection.keys),)))
    if selection.site is not None:
        conditions.append(Condition("site = ?", (selection.site,)))
    if selection.other_than is not None:
        # Documents of archives that had no versions yet are of version 0.
        other = "coalesce(cleaner_version, 0) <> ?"
        conditions.append(Condition(other, (selection.other_than,)))
    return all_of(conditions)


def _prepare(connection: sqlite3.Connection, path: Path, timeout_s: float) -> None:
    """Set the connection up and create what is missing."""
    connection.row_factory = sqlite3.Row
    # Before anything else: to set the journal mode is to change the file, perhaps somebody else's.
    schema.check(connection, str(path))
    use_wal(connection, timeout_s)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    with transaction(connection):
        # Asked again under the lock, because another process may have made it meanwhile.
        if not schema.check(connection, str(path)):
            schema.create(connection)
        if schema.upgrade(connection):
            put_records(connection, "events", events_of_version_1(connection))
        again = index_texts_again(connection)
    if again:
        log.info(
            "The full text index of %s was made again for %d posts: another version had made it",
            path,
            again,
        )


def _shown(statuses: Sequence[str]) -> Condition:
    """Return the condition that a run which asks for these statuses is shown a row."""
    unpublished = sorted(UNPUBLISHED_STATUSES.intersection(statuses))
    if not unpublished:
        return Condition("state = 'live'")
    marks = placeholders(unpublished)
    return Condition(
        f"(state = 'live' OR state = 'unpublished' AND status IN ({marks}))", tuple(unpublished)
    )
