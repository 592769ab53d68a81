"""Moving pruned posts to the table `removed`, and back. The caller holds a transaction."""

import sqlite3
from collections.abc import Collection
from datetime import datetime

from wparchive.backends.sqlite import postings
from wparchive.backends.sqlite.rows import TABLE_COLUMNS, from_row, iso_millis, to_json
from wparchive.backends.sqlite.schema import upgrade
from wparchive.backends.sqlite.search_index import forget_texts, index_posts

_POST_COLUMNS = ", ".join(column.name for column in TABLE_COLUMNS["posts"])
_AMONG = "key IN (SELECT value FROM json_each(?))"


def has_removed(connection: sqlite3.Connection) -> bool:
    """Return whether posts were ever taken out."""
    sql = "SELECT 1 FROM sqlite_master WHERE name = 'removed'"
    return connection.execute(sql).fetchone() is not None


def move_out(connection: sqlite3.Connection, keys: Collection[str], at: datetime) -> int:
    """Move posts to `removed`; returns how many were there to be moved."""
    make_removed(connection)
    sql = f"SELECT * FROM posts WHERE {_AMONG}"
    rows = connection.execute(sql, (to_json(list(keys)),)).fetchall()
    for row in rows:
        connection.execute(
            f"INSERT OR REPLACE INTO removed (removed_at, pk, {_POST_COLUMNS}) "
            f"SELECT ?, pk, {_POST_COLUMNS} FROM posts WHERE pk = ?",
            (iso_millis(at), row["pk"]),
        )
        delete_post(connection, row)
    return len(rows)


def make_removed(connection: sqlite3.Connection) -> None:
    """Make the table `removed` where there is none."""
    upgrade(connection)
    # The table has the columns of `posts` and none of its keys: `pk` may be given again meanwhile.
    connection.execute(
        "CREATE TABLE IF NOT EXISTS removed AS SELECT '' AS removed_at, * FROM posts WHERE 0"
    )
    connection.execute("CREATE UNIQUE INDEX IF NOT EXISTS removed_key ON removed(key)")


def delete_post(connection: sqlite3.Connection, row: sqlite3.Row) -> None:
    """Delete a post, given as its whole row, and everything that it is found by."""
    post = from_row("posts", row)
    # The full text index forgets a post only by its text, so that comes before the row goes.
    forget_texts(connection, [(row["pk"], post)])
    postings.forget(connection, [(row["pk"], post["sketch"])])
    for table in ("post_facets", "post_features", "post_terms"):
        connection.execute(f"DELETE FROM {table} WHERE post = ?", (row["pk"],))
    connection.execute("DELETE FROM posts WHERE pk = ?", (row["pk"],))


def move_back(connection: sqlite3.Connection, keys: Collection[str]) -> list[str]:
    """Move posts back from `removed`; returns which there were.

    A post that is among the others already is left alone.
    """
    if not keys or not has_removed(connection):
        return []
    absent = "key NOT IN (SELECT key FROM posts)"
    sql = f"SELECT * FROM removed WHERE {_AMONG} AND {absent}"
    rows = connection.execute(sql, (to_json(list(keys)),)).fetchall()
    for row in rows:
        key = (row["key"],)
        connection.execute(
            f"INSERT INTO posts ({_POST_COLUMNS}) "
            f"SELECT {_POST_COLUMNS} FROM removed WHERE key = ?",
            key,
        )
        # The post gets another `pk`; its postings and terms are made again for that one.
        pk = connection.execute("SELECT pk FROM posts WHERE key = ?", key).fetchone()[0]
        index_posts(connection, [(pk, None, from_row("posts", row))])
        connection.execute("DELETE FROM removed WHERE key = ?", key)
    return [row["key"] for row in rows]
