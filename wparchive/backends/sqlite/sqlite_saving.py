"""One batch of documents into SQLite, in one transaction; a document that SQLite refuses is left out alone."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from wparchive.backends.saving import refused
from wparchive.backends.sqlite import postings
from wparchive.backends.sqlite.removal import move_back
from wparchive.backends.sqlite.rows import COLUMNS, from_row, iso_millis, to_json, to_row
from wparchive.backends.sqlite.search_index import index_posts
from wparchive.backends.sqlite.sqlite_errors import REFUSALS, transaction
from wparchive.backends.store import Written
from wparchive.model.documents import Kind
from wparchive.model.lifecycle import HEAD_FIELDS, Decision, decide, revision_of

Documents = Mapping[str, dict[str, Any]]


def save(
    connection: sqlite3.Connection, kind: Kind, documents: Documents, at: datetime
) -> dict[str, Written]:
    """Write storable documents, by key. Raises sqlite3.Error where the archive is at fault, not a document."""
    try:
        with transaction(connection):
            return _write(connection, kind, documents, at)
    except REFUSALS:
        with transaction(connection):
            return {
                key: _write_alone(connection, kind, key, document, at)
                for key, document in documents.items()
            }


def _write_alone(
    connection: sqlite3.Connection, kind: Kind, key: str, document: dict[str, Any], at: datetime
) -> Written:
    connection.execute("SAVEPOINT one")
    try:
        written = _write(connection, kind, {key: document}, at)[key]
    except REFUSALS as error:
        connection.execute("ROLLBACK TO one")
        written = refused(key, error)
    connection.execute("RELEASE one")
    return written


def _write(
    connection: sqlite3.Connection, kind: Kind, documents: Documents, at: datetime
) -> dict[str, Written]:
    heads = _heads(connection, kind, documents)
    if kind == "posts" and move_back(
        connection, [key for key in documents if key not in heads]
    ):  # with their history, not as new ones
        heads = _heads(connection, kind, documents)
    decisions = {key: decide(heads.get(key), document, at) for key, document in documents.items()}
    stored = _stored(
        connection,
        kind,
        [heads[key]["pk"] for key, d in decisions.items() if d.writes and key in heads],
    )
    put(
        connection,
        "revisions",
        [revision_of(kind, stored[key], at) for key, d in decisions.items() if d.keeps_revision],
    )
    fresh = [_finished(documents[key], d, None) for key, d in decisions.items() if key not in heads]
    pks = _insert(connection, kind, fresh)
    again = [
        (heads[key]["pk"], old, _finished(documents[key], decisions[key], old))
        for key, old in stored.items()
    ]
    _update(connection, kind, again)
    if kind == "posts":
        index_posts(
            connection,
            [*((pk, None, document) for pk, document in zip(pks, fresh, strict=True)), *again],
        )
        postings.merge(connection)
    _set_seen(
        connection, kind, {heads[key]["pk"]: d for key, d in decisions.items() if not d.writes}, at
    )
    return {key: Written(key, d.outcome, d.returned) for key, d in decisions.items()}


def _finished(
    document: dict[str, Any], decision: Decision, old: Mapping[str, Any] | None
) -> dict[str, Any]:
    kept = (
        {"duplicate": old["duplicate"]}
        if old is not None and decision.keeps_duplicate and "duplicate" in old
        else {}
    )
    return document | decision.fields | kept


def _heads(
    connection: sqlite3.Connection, kind: Kind, keys: Iterable[str]
) -> dict[str, dict[str, Any]]:
    sql = f"SELECT pk, key, {', '.join(HEAD_FIELDS)} FROM {kind} WHERE key IN (SELECT value FROM json_each(?))"
    rows = connection.execute(sql, (to_json(list(keys)),))
    return {row["key"]: from_row(kind, row) | {"pk": row["pk"]} for row in rows}


def _stored(
    connection: sqlite3.Connection, kind: Kind, pks: list[int]
) -> dict[str, dict[str, Any]]:
    rows = connection.execute(
        f"SELECT * FROM {kind} WHERE pk IN (SELECT value FROM json_each(?))", (to_json(pks),)
    )
    return {row["key"]: from_row(kind, row) for row in rows}


def put(connection: sqlite3.Connection, table: str, records: Iterable[Mapping[str, Any]]) -> None:
    """Insert or replace records that are known by their own key (revisions, runs, failures, sites)."""
    marks = ", ".join("?" * len(COLUMNS[table]))
    connection.executemany(
        f"INSERT OR REPLACE INTO {table} VALUES ({marks})", [to_row(table, r) for r in records]
    )


def _insert(
    connection: sqlite3.Connection, kind: Kind, documents: Sequence[Mapping[str, Any]]
) -> range:
    """Returns the integer keys given to them, in order."""
    first = connection.execute(f"SELECT coalesce(max(pk), 0) + 1 FROM {kind}").fetchone()[0]
    pks = range(first, first + len(documents))
    marks = ", ".join("?" * (len(COLUMNS[kind]) + 1))
    rows = [(pk, *to_row(kind, document)) for pk, document in zip(pks, documents, strict=True)]
    connection.executemany(f"INSERT INTO {kind} VALUES ({marks})", rows)
    return pks


def _update(
    connection: sqlite3.Connection,
    kind: Kind,
    entries: Iterable[tuple[int, Any, Mapping[str, Any]]],
) -> None:
    assigned = ", ".join(f"{column.name} = ?" for column in COLUMNS[kind])
    rows = [(*to_row(kind, document), pk) for pk, _, document in entries]
    connection.executemany(f"UPDATE {kind} SET {assigned} WHERE pk = ?", rows)


def _set_seen(
    connection: sqlite3.Connection, kind: Kind, decisions: Mapping[int, Decision], at: datetime
) -> None:
    seen = iso_millis(at)
    connection.executemany(
        f"UPDATE {kind} SET last_seen_at = ? WHERE pk = ?", [(seen, pk) for pk in decisions]
    )
    back = [(seen, pk) for pk, decision in decisions.items() if decision.returned]
    connection.executemany(f"UPDATE {kind} SET state = 'live', state_since = ? WHERE pk = ?", back)
