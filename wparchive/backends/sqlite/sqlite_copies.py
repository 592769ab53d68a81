"""Whole records of an SQLite archive, as copying reads, writes and removes them."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from wparchive.backends.copying import OF_ONE_SITE, REMOVED, by_key, key_range, put_batch
from wparchive.backends.sqlite.removal import delete_post, make_removed
from wparchive.backends.sqlite.rows import (
    KEY_COLUMNS,
    TABLE_COLUMNS,
    from_row,
    iso_millis,
    to_json,
    to_row,
)
from wparchive.backends.sqlite.schema import has_table
from wparchive.backends.sqlite.sqlite_errors import transaction
from wparchive.backends.sqlite.sqlite_saving import put_records, run_step
from wparchive.model.documents import KINDS, StoredDocument
from wparchive.model.outcome import Written

_POST_COLUMNS = ", ".join(column.name for column in TABLE_COLUMNS["posts"])


def site_records(
    connection: sqlite3.Connection, table: str, site: str, after: str, limit: int
) -> list[StoredDocument]:
    """Return up to `limit` records of a site whose `_id` follows `after`, ascending."""
    if not has_table(connection, table):
        return []
    key = KEY_COLUMNS.get(table, "key")
    low, high = key_range(table, site, after)
    # `+` has SQLite follow the index of the keys, instead of sorting a whole site for each page.
    of_site = "+site = ?"
    if table in OF_ONE_SITE:
        of_site = f"{key} = ?"
    sql = (
        f"SELECT * FROM {table} WHERE {of_site} AND {key} > ? AND {key} < ? ORDER BY {key} LIMIT ?"
    )
    return [_record(table, row) for row in connection.execute(sql, (site, low, high, limit))]


def removed_posts(connection: sqlite3.Connection, names: Sequence[str]) -> list[StoredDocument]:
    """Return the posts in `removed` with one of these keys, addresses or slugs, by key."""
    if not has_table(connection, REMOVED):
        return []
    named = "IN (SELECT value FROM json_each(:names))"
    sql = f"SELECT * FROM {REMOVED} WHERE key {named} OR link {named} OR slug {named} ORDER BY key"
    return [
        _record(REMOVED, row) for row in connection.execute(sql, {"names": to_json(list(names))})
    ]


def _record(table: str, row: sqlite3.Row) -> StoredDocument:
    if table != REMOVED:
        return from_row(table, row)
    return from_row("posts", row) | {"removed_at": datetime.fromisoformat(row["removed_at"])}


def put_copies(
    connection: sqlite3.Connection, table: str, records: Sequence[StoredDocument]
) -> list[Written]:
    """Insert or replace records; a document that SQLite refuses is left out alone."""
    if table in KINDS:
        fates = run_step(connection, table, by_key(records), put_batch)
        return list(fates.values())
    with transaction(connection):
        if table == REMOVED:
            _put_removed(connection, records)
        else:
            put_records(connection, table, records)
    return []


def _put_removed(connection: sqlite3.Connection, records: Sequence[StoredDocument]) -> None:
    make_removed(connection)
    places = ", ".join("?" * (1 + len(TABLE_COLUMNS["posts"])))
    rows = [(iso_millis(record["removed_at"]), *to_row("posts", record)) for record in records]
    connection.executemany(
        f"INSERT OR REPLACE INTO removed (removed_at, {_POST_COLUMNS}) VALUES ({places})", rows
    )


def remove_records(connection: sqlite3.Connection, table: str, keys: Sequence[str]) -> None:
    """Remove records by `_id`, with everything that they are found by."""
    among = (to_json(list(keys)),)
    column = KEY_COLUMNS.get(table, "key")
    where = f"{column} IN (SELECT value FROM json_each(?))"
    with transaction(connection):
        if table == "posts":
            rows = connection.execute(f"SELECT * FROM posts WHERE {where}", among).fetchall()
            for row in rows:
                delete_post(connection, row)
        else:
            connection.execute(f"DELETE FROM {table} WHERE {where}", among)
