"""What an SQLite archive derives from posts to find them by: terms, sketch postings and the full text index."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wparchive.backends.sqlite import postings
from wparchive.backends.sqlite.rows import from_row
from wparchive.text.search_tokens import ANALYSER_MARK, searchable, tokens

Post = Mapping[str, Any]
Entry = tuple[int, Post | None, Post]
"""`pk`, the post that is replaced (None for a new one), the post."""


def index_posts(connection: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    """Bring the derived tables in line with posts that were just written; touches only what differs."""
    _replace_terms(
        connection, [e for e in entries if e[1] is None or _terms(*e[::2]) != _terms(e[0], e[1])]
    )
    _replace_postings(
        connection, [e for e in entries if e[1] is None or e[1]["sketch"] != e[2]["sketch"]]
    )
    _replace_texts(
        connection, [e for e in entries if e[1] is None or searchable(e[1]) != searchable(e[2])]
    )


def _replaced(entries: Iterable[Entry]) -> list[tuple[int]]:
    return [(pk,) for pk, old, _ in entries if old is not None]


def _terms(pk: int, post: Post) -> list[tuple[Any, ...]]:
    named = [("post_tag", ref) for ref in post["tags"]] + [
        ("category", ref) for ref in post["categories"]
    ]
    named += [(ref["taxonomy"], ref) for ref in post["terms"]]
    return [(pk, taxonomy, ref["id"], ref["name"], ref["slug"]) for taxonomy, ref in named]


def _replace_terms(connection: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    connection.executemany("DELETE FROM post_terms WHERE post = ?", _replaced(entries))
    rows = [row for pk, _, post in entries for row in _terms(pk, post)]
    connection.executemany("INSERT OR REPLACE INTO post_terms VALUES (?, ?, ?, ?, ?)", rows)


def _replace_postings(connection: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    postings.forget(connection, [(pk, old["sketch"]) for pk, old, _ in entries if old is not None])
    postings.add(connection, [(pk, post["sketch"]) for pk, _, post in entries])


def _texts(pk: int, post: Post) -> tuple[Any, ...]:
    return (pk, *(" ".join(tokens(part)) for part in searchable(post)))


def _replace_texts(connection: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    """FTS5 without content forgets a row only when given exactly what it was told of it."""
    forget = (
        "INSERT INTO posts_fts(posts_fts, rowid, title, text, terms) VALUES ('delete', ?, ?, ?, ?)"
    )
    connection.executemany(forget, [_texts(pk, old) for pk, old, _ in entries if old is not None])
    learn = "INSERT INTO posts_fts(rowid, title, text, terms) VALUES (?, ?, ?, ?)"
    connection.executemany(learn, [_texts(pk, post) for pk, _, post in entries])


def index_texts_again(connection: sqlite3.Connection) -> int:
    """Make the full text index again if another analyser made it; returns the number of posts, 0 when nothing was to do."""
    if (
        connection.execute("SELECT value FROM marks WHERE name = 'analyser'").fetchone()[0]
        == ANALYSER_MARK
    ):
        return 0
    connection.execute("INSERT INTO posts_fts(posts_fts) VALUES ('delete-all')")
    posts = 0
    for row in connection.execute("SELECT pk, title, text, tags, categories, terms FROM posts"):
        _replace_texts(connection, [(row["pk"], None, from_row("posts", row))])
        posts += 1
    connection.execute("UPDATE marks SET value = ? WHERE name = 'analyser'", (ANALYSER_MARK,))
    return posts
