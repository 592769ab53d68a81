"""What an SQLite archive finds posts by: their terms, sketch postings and the full text index."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wparchive.backends.sqlite import postings
from wparchive.backends.sqlite.rows import from_row
from wparchive.model.sealed import TOKENS_KEY
from wparchive.text.search_tokens import ANALYSER_MARK, searchable, spaced_tokens

PostFields = Mapping[str, Any]
Replacement = tuple[int, PostFields | None, PostFields]
"""`pk`, the post that is replaced (None for a new one), the post."""


def index_posts(connection: sqlite3.Connection, entries: Sequence[Replacement]) -> None:
    """Bring the derived tables in line with posts that were just written.

    Touches only what differs: most replaced posts have the same terms, or the same text.
    """
    _replace_terms(connection, [e for e in entries if _differs(e, _terms)])
    _replace_postings(connection, [e for e in entries if _differs(e, _sketch)])
    _replace_texts(connection, [e for e in entries if _differs(e, searchable)])


def _differs(entry: Replacement, part: Any) -> bool:
    _, old, new = entry
    return old is None or part(old) != part(new)


def _sketch(post: PostFields) -> Any:
    return post["sketch"]


def _terms(post: PostFields) -> list[tuple[Any, ...]]:
    named = [("post_tag", ref) for ref in post["tags"]]
    named += [("category", ref) for ref in post["categories"]]
    named += [(ref["taxonomy"], ref) for ref in post["terms"]]
    return [(taxonomy, ref["id"], ref["name"], ref["slug"]) for taxonomy, ref in named]


def _replace_terms(connection: sqlite3.Connection, entries: Sequence[Replacement]) -> None:
    replaced = [(pk,) for pk, old, _ in entries if old is not None]
    connection.executemany("DELETE FROM post_terms WHERE post = ?", replaced)
    rows = [(pk, *term) for pk, _, post in entries for term in _terms(post)]
    # Sites name a term twice now and then; the last one counts.
    connection.executemany("INSERT OR REPLACE INTO post_terms VALUES (?, ?, ?, ?, ?)", rows)


def _replace_postings(connection: sqlite3.Connection, entries: Sequence[Replacement]) -> None:
    postings.forget(connection, [(pk, old["sketch"]) for pk, old, _ in entries if old is not None])
    postings.add(connection, [(pk, post["sketch"]) for pk, _, post in entries])


def _replace_texts(connection: sqlite3.Connection, entries: Sequence[Replacement]) -> None:
    forget_texts(connection, [(pk, old) for pk, old, _ in entries if old is not None])
    sql = "INSERT INTO posts_fts(rowid, title, text, terms) VALUES (?, ?, ?, ?)"
    connection.executemany(sql, [_texts(pk, post) for pk, _, post in entries])


def forget_texts(connection: sqlite3.Connection, posts: Iterable[tuple[int, PostFields]]) -> None:
    """Take posts out of the full text index; each comes with its `pk`, as it was indexed.

    A contentless FTS5 table can delete a row only if it is given the exact text that was indexed.
    """
    columns = "posts_fts, rowid, title, text, terms"
    sql = f"INSERT INTO posts_fts({columns}) VALUES ('delete', ?, ?, ?, ?)"
    connection.executemany(sql, [_texts(pk, post) for pk, post in posts])


def _texts(pk: int, post: PostFields) -> tuple[Any, ...]:
    title, text, names = searchable(post)
    if TOKENS_KEY in post:
        return (pk, *post[TOKENS_KEY], spaced_tokens(names))
    return (pk, spaced_tokens(title), spaced_tokens(text), spaced_tokens(names))


def index_texts_again(connection: sqlite3.Connection) -> int:
    """Make the full text index again if another version of the analyser made it.

    Returns the number of posts; 0 when there was nothing to do.
    """
    sql = "SELECT value FROM marks WHERE name = 'analyser'"
    if connection.execute(sql).fetchone()[0] == ANALYSER_MARK:
        return 0
    # Tokens of another version cannot be deleted one by one: they cannot be made again.
    connection.execute("INSERT INTO posts_fts(posts_fts) VALUES ('delete-all')")
    posts = 0
    for row in connection.execute("SELECT pk, title, text, tags, categories, terms FROM posts"):
        _replace_texts(connection, [(row["pk"], None, from_row("posts", row))])
        posts += 1
    connection.execute("UPDATE marks SET value = ? WHERE name = 'analyser'", (ANALYSER_MARK,))
    return posts
