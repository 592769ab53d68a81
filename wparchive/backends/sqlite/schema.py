"""The tables, indexes and views of an SQLite archive, and the marks by which one is recognised.

| table | holds |
|---|---|
| `posts`, `terms`, `authors`, `media`, `comments` | one row a document, columns as in `rows.py` |
| `post_terms` | one row for each term of a post; `post` is `posts.pk` |
| `post_features` | a row for each feature, provider, linked domain, co-author, translation |
| `post_facets` | one row a post: the two before, packed to be counted (`post_facets.py`) |
| `posts_fts` | FTS5 over the tokens of title, text and names of terms; `rowid` is `posts.pk` |
| `postings`, `postings_recent` | one row for each sketch integer of a post; see `postings.py` |
| `revisions`, `events`, `runs`, `failures`, `sites` | as in `wparchive/model/record_types.py` |
| `boilerplate`, `site_memory` | the same; what recurs in the posts of each site |
| `leases`, `checkpoints` | the same |
| `removed` | posts that were pruned as duplicates; made by the first pruning (`removal.py`) |
| `articles` (view) | the live posts with what a reader looks at first |
| `articles_json` (view) | the same with lists as JSON, for programs such as Datasette |
"""

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime

from wparchive.backends.sqlite.post_facets import FACETS_SQL, pack_all_facets
from wparchive.backends.sqlite.postings import LARGE, SMALL, postings_sql
from wparchive.backends.sqlite.rows import (
    ADDED_DEFAULTS,
    TABLE_COLUMNS,
    Column,
    iso_millis,
)
from wparchive.errors import ArchiveUnreachable, too_new
from wparchive.model.documents import KINDS, SCHEMA_VERSION
from wparchive.model.event_records import (
    FROM_THE_BEGINNING,
)
from wparchive.text.search_tokens import ANALYSER_MARK

APPLICATION_ID = 0x57504152
"""`WPAR`: tells an archive from any other SQLite file."""

FEATURES_SQL = """
CREATE TABLE IF NOT EXISTS post_features (
    post INTEGER NOT NULL REFERENCES posts(pk) ON DELETE CASCADE,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (post, field, value)
) WITHOUT ROWID;
"""
"""Archives of version 1 lack this table."""

POST_TABLES = """
CREATE TABLE post_terms (
    post INTEGER NOT NULL REFERENCES posts(pk) ON DELETE CASCADE,
    taxonomy TEXT NOT NULL,
    term_id INTEGER NOT NULL,
    name TEXT,
    slug TEXT,
    PRIMARY KEY (post, taxonomy, term_id)
) WITHOUT ROWID;
CREATE INDEX post_terms_name ON post_terms(taxonomy, name, post);
CREATE INDEX post_terms_slug ON post_terms(taxonomy, slug, post);
CREATE VIRTUAL TABLE posts_fts USING fts5(title, text, terms, content='', tokenize='ascii');
INSERT INTO posts_fts(posts_fts, rank) VALUES ('automerge', 16);
CREATE TABLE marks (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE VIEW articles AS
SELECT pk, key, site, type, published_at, title, author_name,
    (SELECT group_concat(name, ', ') FROM post_terms
        WHERE post = pk AND taxonomy = 'post_tag') AS tags,
    (SELECT group_concat(name, ', ') FROM post_terms
        WHERE post = pk AND taxonomy = 'category') AS categories,
    word_count, language, duplicate_of, link, text
FROM posts WHERE state = 'live';
"""
"""FTS5 keeps no copy of the text (`content=''`): the row has it. Its `ascii` tokenizer splits at
ASCII separators only and leaves every other character alone, so that the tokens of
`wparchive/text/search_tokens.py`, joined by spaces, are indexed as they are. It merges sixteen
segments at a time, not four: that writes less, and searches are as fast."""

JSON_VIEW_SQL = """
CREATE VIEW IF NOT EXISTS articles_json AS
SELECT pk, key, site, type, published_at, title, author_name,
    (SELECT json_group_array(name) FROM post_terms
        WHERE post = pk AND taxonomy = 'post_tag') AS tags,
    (SELECT json_group_array(name) FROM post_terms
        WHERE post = pk AND taxonomy = 'category') AS categories,
    "has", word_count, language, duplicate_of, link, text
FROM posts WHERE state = 'live';
"""
"""A view that archives of earlier versions lack until the next crawl."""

INDEX_SQL = """
CREATE INDEX post_features_value ON post_features(field, value, post);
CREATE INDEX posts_overview
    ON posts(site, type, state, published_at, language, author_name, author_slug, word_count);
CREATE INDEX posts_live ON posts(site, type, state, id);
CREATE INDEX posts_newest ON posts(published_at, key, state, site, type);
CREATE INDEX posts_site_newest ON posts(site, published_at, key, state, type);
CREATE INDEX posts_author ON posts(author_name, published_at);
CREATE INDEX posts_of_author ON posts(site, author_id, state, type, id);
CREATE INDEX posts_of_image ON posts(site, featured_media_id, state, type, id);
CREATE INDEX posts_state ON posts(state, state_since);
CREATE INDEX posts_link ON posts(link);
CREATE INDEX posts_fingerprint ON posts(content_fingerprint);
CREATE INDEX posts_duplicate ON posts(duplicate_of, duplicate_kind)
    WHERE duplicate_of IS NOT NULL;
CREATE INDEX terms_live ON terms(site, type, state, id);
CREATE INDEX authors_live ON authors(site, type, state, id);
CREATE INDEX media_live ON media(site, type, state, id);
CREATE INDEX comments_live ON comments(site, type, state, id);
CREATE INDEX comments_of_post ON comments(post, site, type, id);
CREATE INDEX media_of_post ON media(post, site, type, id);
CREATE INDEX media_of_author ON media(site, author_id);
CREATE INDEX revisions_versions ON revisions(key, until_at);
CREATE INDEX events_time ON events(at, event_key);
CREATE INDEX events_site ON events(site, at, event_key);
CREATE INDEX events_document ON events(key);
CREATE INDEX revisions_site ON revisions(site, until_at);
CREATE INDEX revisions_stock ON revisions(site, kind, type, id, revision_key, raw_sha256);
CREATE INDEX manifests_site ON manifests(site, chunk, hash);
CREATE INDEX runs_newest ON runs(started_at, key);
CREATE INDEX runs_site_newest ON runs(site, started_at, key);
CREATE INDEX failures_listed ON failures(site, type, id, key);
CREATE INDEX boilerplate_common ON boilerplate(site, posts DESC, key);
"""
INDEX_SQL += "".join(
    f"CREATE INDEX {kind}_arrivals ON {kind}(first_seen_at, key, site);\n"
    f"CREATE INDEX {kind}_stock ON {kind}(site, type, id, state, raw_sha256);\n"
    for kind in KINDS
)

REPLACED_INDEXES = (
    "terms_state",
    "authors_state",
    "media_state",
    "comments_state",
    "revisions_document",
    "posts_published",
    "posts_changed",
    "revisions_key",
    "comments_post",
    "runs_site",
    "failures_site",
    "boilerplate_site",
    *(f"{kind}_first_seen" for kind in KINDS),
)
"""Indexes of earlier versions that others have replaced."""


def table_sql(table: str) -> str:
    """Return the `CREATE TABLE` of one type of documents, or of revisions, runs, ..."""
    columns = [f"{c.name} {c.sql_type}" for c in TABLE_COLUMNS[table]]
    if table in KINDS:
        columns = [
            # The full text index and the tables beside name a post by this number: a key is long.
            "pk INTEGER PRIMARY KEY",
            "key TEXT NOT NULL UNIQUE",
            *columns[1:],
            "UNIQUE (site, type, id)",
        ]
    else:
        columns[0] += " PRIMARY KEY NOT NULL"
    return f"CREATE TABLE {table} (\n    " + ",\n    ".join(columns) + "\n);\n"


def schema_sql() -> str:
    """Return the statements that make a new archive."""
    postings = "".join(f"{postings_sql(name)};\n" for name in (LARGE, SMALL))
    tables = "".join(table_sql(table) for table in TABLE_COLUMNS)
    return tables + postings + POST_TABLES + FEATURES_SQL + FACETS_SQL + JSON_VIEW_SQL + INDEX_SQL


def check(connection: sqlite3.Connection, name: str) -> bool:
    """Return whether the file is an archive of this version; False where it is empty.

    Raises ArchiveTooNew, and ArchiveUnreachable for a database of something else.
    """
    # This is asked first, because another process may make the archive in this moment.
    empty = connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if application != APPLICATION_ID:
        if empty:
            return False
        raise ArchiveUnreachable(
            f"{name} is an SQLite database of something else, not an archive: choose another path"
        )
    if version > SCHEMA_VERSION:
        raise too_new(name, version, SCHEMA_VERSION)
    return True


def columns_of(connection: sqlite3.Connection, table: str) -> list[Column]:
    """Return the columns that a table has; an archive of an earlier version lacks some."""
    there = _columns_there(connection, table)
    return [column for column in TABLE_COLUMNS[table] if column.name in there]


def upgrade(connection: sqlite3.Connection) -> bool:
    """Give an archive of an earlier version what it lacks; the caller holds a transaction.

    Columns are added without rewriting a row. An archive of this version is left as it is.
    Returns whether the events of an earlier version are still to be written.
    """
    connection.execute(postings_sql(SMALL))
    for table in TABLE_COLUMNS:
        if not has_table(connection, table):
            connection.execute(table_sql(table))
        _add_missing_columns(connection, table, TABLE_COLUMNS[table])
    if has_table(connection, "removed"):
        _add_missing_columns(connection, "removed", TABLE_COLUMNS["posts"])
    connection.execute(FEATURES_SQL)
    if not has_table(connection, "post_facets"):
        connection.execute(FACETS_SQL)
        pack_all_facets(connection)
    connection.execute(JSON_VIEW_SQL)
    for name in REPLACED_INDEXES:
        connection.execute(f"DROP INDEX IF EXISTS {name}")
    for statement in _statements(INDEX_SQL):
        connection.execute(statement.replace("INDEX ", "INDEX IF NOT EXISTS ", 1))
    if connection.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION:
        return False
    _begin_history(connection, datetime.now(UTC))
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    return True


def _begin_history(connection: sqlite3.Connection, at: datetime) -> None:
    """Note from when on every change is kept."""
    sql = "INSERT OR IGNORE INTO marks VALUES ('history_since', ?)"
    connection.execute(sql, (iso_millis(at),))


def _columns_there(connection: sqlite3.Connection, table: str) -> set[str]:
    """Return the names of a table's columns; empty where there is no such table."""
    return {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}


def _add_missing_columns(
    connection: sqlite3.Connection, table: str, columns: Sequence[Column]
) -> None:
    there = _columns_there(connection, table)
    for column in columns:
        if column.name not in there:
            default = ADDED_DEFAULTS.get(column.name, "NULL")
            definition = f"{column.name} {column.sql_type} DEFAULT {default}"
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {definition}")


def _statements(sql: str) -> list[str]:
    """Return the single statements of a script in which no text holds a semicolon."""
    # Not `executescript`, which would commit the transaction of the caller.
    return [statement for statement in sql.split(";\n") if statement.strip()]


def has_table(connection: sqlite3.Connection, table: str) -> bool:
    """Tell whether a table is there."""
    sql = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return connection.execute(sql, (table,)).fetchone() is not None


def create(connection: sqlite3.Connection) -> None:
    """Make the tables of a new archive.

    The caller holds a transaction, so that a kill in between leaves an empty file.
    """
    for statement in _statements(schema_sql()):
        connection.execute(statement)
    connection.execute("INSERT INTO marks VALUES ('analyser', ?)", (ANALYSER_MARK,))
    _begin_history(connection, FROM_THE_BEGINNING)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
