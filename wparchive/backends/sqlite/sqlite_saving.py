"""The statements that save documents in SQLite; `wparchive/backends/saving.py` has their order."""

import sqlite3
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, cast

from wparchive.backends.saving import is_indexed_anew
from wparchive.backends.session import Errors, Session, run_at_once
from wparchive.backends.sqlite import postings
from wparchive.backends.sqlite.removal import move_back
from wparchive.backends.sqlite.rows import (
    TABLE_COLUMNS,
    encoders,
    from_row,
    to_json,
    to_row,
)
from wparchive.backends.sqlite.search_index import INDEXED_FIELDS, index_posts
from wparchive.backends.sqlite.sqlite_errors import REFUSALS, transaction
from wparchive.backends.storable_batch import StorableDocument, refused
from wparchive.model.documents import EventKind, Kind, StoredDocument
from wparchive.model.event_records import title_fields
from wparchive.model.history_records import EventRecord, Revision
from wparchive.model.lifecycle import head_fields
from wparchive.model.outcome import Written

Documents = Mapping[str, StoredDocument]
Batch = Mapping[str, StorableDocument]
Step = Callable[[Session, Batch], Coroutine[Any, Any, dict[str, Written]]]
"""`save_batch` or `rewrite_batch`, with all that is not a matter of the database."""


_THERE = "state IN ('live', 'unpublished')"
_CARRIERS_SQL = (
    f"SELECT key FROM posts WHERE site = ? AND {_THERE} AND EXISTS"
    " (SELECT 1 FROM post_terms WHERE post = pk AND term_id = ? AND taxonomy = ?)"
)
"""The live posts of a site with a term, from two indexes: of the site's posts, and of the terms of
each. One by term would be larger than these questions are worth, which come when a term changes."""


class SQLiteSession:
    """Implements `wparchive.backends.session.Session` in one transaction; nothing in it waits.

    What SQLite refuses is raised, because the transaction is then undone as a whole.
    """

    def __init__(self, connection: sqlite3.Connection, kind: Kind) -> None:
        self._connection = connection
        self._kind = kind
        self._pks: dict[str, int] = {}
        """Integer keys of the documents that are there."""
        self._stored: dict[str, StoredDocument] = {}
        self._rewritable: dict[str, StoredDocument] = {}

    async def heads(self, keys: Sequence[str]) -> dict[str, StoredDocument]:
        columns = ", ".join(head_fields(self._kind))
        rows = self._among(f"pk, key, {columns}", keys)
        self._pks |= {row["key"]: row["pk"] for row in rows}
        return {row["key"]: from_row(self._kind, row) for row in rows}

    async def move_back(self, keys: Sequence[str]) -> list[str]:
        return move_back(self._connection, keys)

    async def stored(self, keys: Sequence[str]) -> dict[str, StoredDocument]:
        # The transaction holds the write lock, so what was read in it is still so.
        absent = [key for key in keys if key not in self._stored]
        for row in self._among("*", absent):
            self._pks[row["key"]] = row["pk"]
            self._stored[row["key"]] = from_row(self._kind, row)
        return {key: self._stored[key] for key in keys if key in self._stored}

    async def put_revisions(self, revisions: Mapping[str, Revision]) -> Errors:
        put_records(self._connection, "revisions", revisions.values())
        return {}

    async def put_events(self, events: Mapping[str, EventRecord]) -> Errors:
        put_records(self._connection, "events", events.values())
        return {}

    async def titled_heads(self, keys: Sequence[str]) -> dict[str, StoredDocument]:
        wanted = {"key", "site", "type", "id", *head_fields(self._kind), *title_fields(self._kind)}
        columns = [column.name for column in TABLE_COLUMNS[self._kind] if column.name in wanted]
        rows = self._among(f"pk, {', '.join(columns)}", keys)
        self._pks |= {row["key"]: row["pk"] for row in rows}
        return {row["key"]: from_row(self._kind, row) for row in rows}

    def of_kind(self, kind: Kind) -> "SQLiteSession":
        return SQLiteSession(self._connection, kind)

    async def referring(self, kind: Kind, objects: Sequence[StoredDocument]) -> list[str]:
        found: set[str] = set()
        for object_ in objects:
            values = [object_["site"], object_["id"]]
            sql = f"SELECT key FROM {self._kind} WHERE site = ? AND author_id = ? AND {_THERE}"
            if kind == "terms":
                sql = _CARRIERS_SQL
                values.append(object_["type"])
            found |= {row["key"] for row in self._connection.execute(sql, values)}
        return sorted(found)

    async def events_of_run(self, site: str, run: str, event: EventKind) -> list[EventRecord]:
        sql = "SELECT * FROM events WHERE site = ? AND run = ? AND event = ? AND kind = ?"
        rows = self._connection.execute(sql, (site, run, event, self._kind))
        return [cast(EventRecord, from_row("events", row)) for row in rows]

    async def edits_of_run(
        self, site: str, run: str
    ) -> list[tuple[StoredDocument, StoredDocument]]:
        sql = (
            "SELECT revisions.kind, revisions.document, posts.tags, posts.categories, posts.terms"
            " FROM events JOIN posts ON posts.key = events.key JOIN revisions"
            " ON revisions.revision_key = events.key || '#' || (events.revision - 1)"
            " WHERE events.site = ? AND run = ? AND event = 'edited' AND events.kind = 'posts'"
        )
        return [
            (from_row("revisions", row)["document"], from_row("posts", row))
            for row in self._connection.execute(sql, (site, run))
        ]

    async def insert(self, documents: Documents) -> Errors:
        if not documents:
            return {}
        new = list(documents.values())
        pks = insert_rows(self._connection, self._kind, new)
        self._index([(pk, None, document) for pk, document in zip(pks, new, strict=True)])
        return {}

    async def replace(self, documents: Documents) -> Errors:
        if not documents:
            return {}
        before = await self.stored(list(documents))
        assigned = ", ".join(f"{column.name} = ?" for column in TABLE_COLUMNS[self._kind])
        rows = [(*to_row(self._kind, new), self._pks[key]) for key, new in documents.items()]
        self._connection.executemany(f"UPDATE {self._kind} SET {assigned} WHERE pk = ?", rows)
        self._index([(self._pks[key], before[key], new) for key, new in documents.items()])
        return {}

    async def update(self, changes: Mapping[str, StoredDocument]) -> Errors:
        encode = encoders(self._kind)
        # Documents with the same fields are updated together: all of them, but for the few that
        # have come back to life.
        by_names = sorted(changes.items(), key=lambda change: tuple(change[1]))
        for names, group in groupby(by_names, key=lambda change: tuple(change[1])):
            assigned = ", ".join(f"{name} = ?" for name in names)
            rows = [
                (*(_encoded(encode[name], fields[name]) for name in names), self._pks[key])
                for key, fields in group
            ]
            self._connection.executemany(f"UPDATE {self._kind} SET {assigned} WHERE pk = ?", rows)
        return {}

    async def rewritable(self, cleaned: Mapping[str, StoredDocument]) -> dict[str, StoredDocument]:
        # Whole documents are four times as large, and most of that would only be overwritten.
        indexed = [key for key, fields in cleaned.items() if is_indexed_anew(self._kind, fields)]
        others = list(cleaned.keys() - indexed)
        rows = self._among("pk, key, raw", others)
        rows += self._among(f"pk, key, raw, {', '.join(INDEXED_FIELDS)}", indexed)
        self._pks |= {row["key"]: row["pk"] for row in rows}
        self._rewritable = {row["key"]: from_row(self._kind, row) for row in rows}
        return self._rewritable

    async def rewrite(self, cleaned: Mapping[str, StoredDocument]) -> Errors:
        await self.update(cleaned)
        before = self._rewritable
        self._index(
            [
                (self._pks[key], before[key], {**before[key], **fields})
                for key, fields in cleaned.items()
                if is_indexed_anew(self._kind, fields)
            ]
        )
        return {}

    def _among(self, columns: str, keys: Sequence[str]) -> list[sqlite3.Row]:
        if not keys:
            return []
        among = "key IN (SELECT value FROM json_each(?))"
        sql = f"SELECT {columns} FROM {self._kind} WHERE {among}"
        return self._connection.execute(sql, (to_json(list(keys)),)).fetchall()

    def _index(self, entries: Sequence[tuple[int, StoredDocument | None, StoredDocument]]) -> None:
        if self._kind == "posts":
            index_posts(self._connection, entries)
            postings.merge(self._connection)


def _encoded(encode: Callable[[Any], Any], value: Any) -> Any:
    if value is None:
        return None
    return encode(value)


def run_step(
    connection: sqlite3.Connection, kind: Kind, documents: Batch, step: Step
) -> dict[str, Written]:
    """Run a step in one transaction; a document that SQLite refuses is left out alone.

    Raises sqlite3.Error where the archive is at fault, not a document.
    """
    try:
        with transaction(connection):
            return run_at_once(step(SQLiteSession(connection, kind), documents))
    # One refused document undoes the transaction of all. Then each has a savepoint of its own.
    except REFUSALS:
        with transaction(connection):
            return {
                key: _run_alone(connection, kind, key, document, step)
                for key, document in documents.items()
            }


def _run_alone(
    connection: sqlite3.Connection, kind: Kind, key: str, document: StorableDocument, step: Step
) -> Written:
    connection.execute("SAVEPOINT one")
    try:
        written = run_at_once(step(SQLiteSession(connection, kind), {key: document}))[key]
    except REFUSALS as error:
        connection.execute("ROLLBACK TO one")
        written = refused(key, error)
    # `ROLLBACK TO` undoes the changes and leaves the savepoint open.
    connection.execute("RELEASE one")
    return written


def insert_rows(
    connection: sqlite3.Connection, kind: Kind, documents: Sequence[StoredDocument]
) -> range:
    """Insert documents; returns the integer keys given to them, in order."""
    sql = f"SELECT coalesce(max(pk), 0) + 1 FROM {kind}"
    # Nobody else can take these numbers: the transaction holds the write lock.
    first = connection.execute(sql).fetchone()[0]
    pks = range(first, first + len(documents))
    names = ", ".join(column.name for column in TABLE_COLUMNS[kind])
    places = ", ".join("?" * (len(TABLE_COLUMNS[kind]) + 1))
    rows = [(pk, *to_row(kind, document)) for pk, document in zip(pks, documents, strict=True)]
    connection.executemany(f"INSERT INTO {kind} (pk, {names}) VALUES ({places})", rows)
    return pks


def put_records(
    connection: sqlite3.Connection, table: str, records: Iterable[Mapping[str, Any]]
) -> None:
    """Insert or replace what is known by its own key: revisions, runs, failures, sites."""
    # Columns are named: in an archive that was upgraded they stand in another order.
    names = ", ".join(column.name for column in TABLE_COLUMNS[table])
    places = ", ".join("?" * len(TABLE_COLUMNS[table]))
    rows = [to_row(table, record) for record in records]
    connection.executemany(f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({places})", rows)
