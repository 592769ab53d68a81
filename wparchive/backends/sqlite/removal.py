"""Posts that were taken out of an SQLite archive: moved to the table `removed`, and back. The caller holds a transaction."""

import sqlite3
from collections.abc import Collection
from datetime import datetime

from wparchive.backends.sqlite import postings
from wparchive.backends.sqlite.rows import COLUMNS, from_row, iso_millis, to_json
from wparchive.backends.sqlite.search_index import index_posts
from wparchive.text.search_tokens import searchable, tokens

_POST_COLUMNS = ", ".join(column.name for column in COLUMNS["posts"])
_AMONG = "key IN (SELECT value FROM json_each(?))"


def has_removed(connection: sqlite3.Connection) -> bool:
    """Whether posts were ever taken out."""
    return (
        connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'removed'").fetchone()
        is not None
    )


def move_out(connection: sqlite3.Connection, keys: Collection[str], at: datetime) -> int:
    """Returns how many were there to be moved."""
    connection.execute(
        "CREATE TABLE IF NOT EXISTS removed AS SELECT '' AS removed_at, * FROM posts WHERE 0"
    )
    connection.execute("CREATE UNIQUE INDEX IF NOT EXISTS removed_key ON removed(key)")
    rows = connection.execute(
        f"SELECT * FROM posts WHERE {_AMONG}", (to_json(list(keys)),)
    ).fetchall()
    for row in rows:
        post = from_row("posts", row)
        told = (row["pk"], *(" ".join(tokens(part)) for part in searchable(post)))
        connection.execute(
            "INSERT INTO posts_fts(posts_fts, rowid, title, text, terms) VALUES ('delete', ?, ?, ?, ?)",
            told,
        )
        connection.execute(
            "INSERT OR REPLACE INTO removed SELECT ?, * FROM posts WHERE pk = ?",
            (iso_millis(at), row["pk"]),
        )
        postings.forget(connection, [(row["pk"], post["sketch"])])
        for table, column in (("post_terms", "post"), ("posts", "pk")):
            connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (row["pk"],))
    return len(rows)


def move_back(connection: sqlite3.Connection, keys: Collection[str]) -> int:
    """Returns how many came back; a post that is there already is left alone."""
    if not keys or not has_removed(connection):
        return 0
    absent = "key NOT IN (SELECT key FROM posts)"
    rows = connection.execute(
        f"SELECT * FROM removed WHERE {_AMONG} AND {absent}", (to_json(list(keys)),)
    ).fetchall()
    for row in rows:
        connection.execute(
            f"INSERT INTO posts ({_POST_COLUMNS}) SELECT {_POST_COLUMNS} FROM removed WHERE key = ?",
            (row["key"],),
        )
        pk = connection.execute("SELECT pk FROM posts WHERE key = ?", (row["key"],)).fetchone()[0]
        index_posts(connection, [(pk, None, from_row("posts", row))])
        connection.execute("DELETE FROM removed WHERE key = ?", (row["key"],))
    return len(rows)
