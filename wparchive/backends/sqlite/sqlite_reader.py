"""The reading side of an SQLite archive.

Narrow look-ups find which rows are meant, and only those are read whole. Every question borrows a
connection of the pool, in a read transaction of its own.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Literal, cast, get_args

from wparchive.backends.cursor import (
    FailurePosition,
    IdentityPosition,
    LatestPosition,
)
from wparchive.backends.questions import (
    DocumentFilter,
    EventFilter,
    Filter,
    Group,
    LinkFound,
    Matches,
    MovedOut,
    Order,
    PostPosition,
    PostTotals,
    SearchOrder,
    SlugFound,
    TotalsPart,
    TypeCounts,
)
from wparchive.backends.sqlite.condition import all_of, among, placeholders
from wparchive.backends.sqlite.connect import KeptAnswer, ReadPool
from wparchive.backends.sqlite.rows import Column, read_row, to_json
from wparchive.backends.sqlite.schema import columns_of, has_table
from wparchive.backends.sqlite.search_index import (
    TRANSLATION_FIELD,
    matches_by_date,
    matches_by_relevance,
    ordered_posts,
    rows_of,
)
from wparchive.backends.sqlite.sqlite_copies import removed_posts, site_records
from wparchive.backends.sqlite.sqlite_events import SQLiteEvents
from wparchive.backends.sqlite.sqlite_leases import SQLiteLeases
from wparchive.backends.sqlite.sqlite_memory import sqlite_recurring_blocks
from wparchive.backends.sqlite.sqlite_selection import (
    BY_IDENTITY,
    after_failure,
    after_identity,
    after_latest,
    document_condition,
    post_condition,
)
from wparchive.backends.sqlite.sqlite_stock import sqlite_manifest, sqlite_records
from wparchive.backends.sqlite.sqlite_tallies import count_rows, tallies, tally, tally_pairs
from wparchive.backends.sqlite.words_query import MATCHING_SQL, fts_expression
from wparchive.model.digest import HeldRecord
from wparchive.model.documents import KINDS, Kind, PostDocument, State
from wparchive.model.file_records import FileRecord
from wparchive.model.history_records import EventRecord, Revision
from wparchive.model.run_records import Failure, ManifestChunk, Run
from wparchive.model.site_records import Lease, RecurringBlock, Site
from wparchive.text.search_query import Query, both, split_by_words

_WORDS_SQL = "CREATE VIRTUAL TABLE temp.indexed_words USING fts5vocab('main', 'posts_fts', 'row')"
_RAW_SQL = "iif(typeof(raw) = 'blob', raw, x'') AS raw"
"""The record of a row; empty where somebody has put text there, which may not even be decoded."""
ROWS_AT_ONCE = 200
"""Rows read whole at a time."""


class SQLiteReader:
    """Implements `wparchive.backends.reader.Reader` on a file, which is opened read-only."""

    def __init__(self, path: Path, address: str) -> None:
        self.address = address
        self._pool = ReadPool(path, address)
        self._events = SQLiteEvents(self._pool)
        self._whole_tallies = KeptAnswer(self._pool.version)
        with self._pool.connection() as connection:
            # An archive that an earlier version made may lack some.
            columns = columns_of(connection, "posts")
            self._columns = {kind: _columns_sql(columns_of(connection, kind)) for kind in KINDS}
        self._post_columns = ", ".join(
            column.name for column in columns if column.part is None and column.name != "raw"
        )

    def close(self) -> None:
        self._pool.close()

    def analyser(self) -> str:
        return cast(str, self._value("SELECT value FROM marks WHERE name = 'analyser'"))

    def sites(self) -> list[Site]:
        rows = self._pool.rows("SELECT * FROM sites ORDER BY key")
        return [cast(Site, read_row("sites", row)) for row in rows]

    def held(self) -> list[TypeCounts]:
        states = ", ".join(f"sum(state = '{state}')" for state in get_args(State))
        counts: list[TypeCounts] = []
        for kind in KINDS:
            rows = self._pool.rows(
                f"SELECT site, type, {states} FROM {kind} GROUP BY site, type ORDER BY site, type"
            )
            counts += [TypeCounts(row["site"], kind, *tuple(row)[1:]) for row in rows]
        return counts

    def runs(
        self, sites: tuple[str, ...], limit: int | None, after: LatestPosition | None = None
    ) -> Iterator[Run]:
        chosen = all_of([among("site", sites), after_latest("started_at", "key", after)])
        rows = self._pool.stream(
            f"SELECT * FROM runs WHERE {chosen.sql} ORDER BY started_at DESC, key DESC LIMIT ?",
            *chosen.parameters,
            _sql_limit(limit),
        )
        return (cast(Run, read_row("runs", row)) for row in rows)

    def leases(self) -> list[Lease]:
        with self._pool.connection() as connection:
            return SQLiteLeases(connection).all()

    def posts(
        self,
        filter_: Filter,
        order: Order,
        limit: int | None,
        raw: bool,
        after: PostPosition | None = None,
    ) -> Iterator[PostDocument]:
        # One connection for the keys and the documents: both are of one moment.
        with self._pool.connection() as connection:
            found = ordered_posts(connection, post_condition(filter_), order, after)
            with closing(found):
                chosen = islice(found, limit)
                while chunk := list(islice(chosen, ROWS_AT_ONCE)):
                    yield from self._whole(connection, "pk", chunk, raw)

    def count(self, filter_: Filter) -> int:
        with self._pool.connection() as connection:
            return count_rows(connection, "posts", post_condition(filter_))

    def words(self, filter_: Filter) -> int:
        chosen = post_condition(filter_)
        sql = f"SELECT coalesce(sum(word_count), 0) FROM posts WHERE {chosen.sql}"
        return cast(int, self._value(sql, *chosen.parameters))

    def totals(self, filter_: Filter) -> PostTotals:
        chosen = post_condition(filter_)
        sql = (
            "SELECT site, type, count(*), sum(word_count), min(published_at), max(published_at)"
            f" FROM posts WHERE {chosen.sql} GROUP BY site, type"
        )
        rows = self._pool.rows(sql, *chosen.parameters)
        return PostTotals.of([TotalsPart(*row[:4], *map(_moment, row[4:])) for row in rows])

    def tally(self, filter_: Filter, group: Group) -> dict[str | None, int]:
        with self._pool.connection() as connection:
            return tally(connection, post_condition(filter_), group)

    def tallies(
        self, filter_: Filter, groups: Sequence[Group]
    ) -> dict[Group, dict[str | None, int]]:
        def counted() -> dict[Group, dict[str | None, int]]:
            with self._pool.connection() as connection:
                return tallies(connection, post_condition(filter_), groups)

        if filter_ == Filter():
            # What a visitor sees first, and the one question that is about every post.
            kept = self._whole_tallies.answer(tuple(groups), counted)
            return {group: dict(counts) for group, counts in kept.items()}
        return counted()

    def tally_pairs(
        self, filter_: Filter, first: Group, second: Group
    ) -> dict[tuple[str | None, str | None], int]:
        with self._pool.connection() as connection:
            return tally_pairs(connection, post_condition(filter_), first, second)

    def search(
        self,
        query: Query,
        filter_: Filter,
        order: SearchOrder,
        limit: int,
        after: str | None = None,
    ) -> Matches:
        with self._pool.connection() as connection:
            if order == "relevance":
                return matches_by_relevance(connection, query, filter_, limit, after)
            return matches_by_date(connection, query, filter_, order, limit, after)

    def matches(self, query: Query, filter_: Filter) -> int:
        words, rest = split_by_words(query)
        filter_ = replace(filter_, matching=both(filter_.matching, rest))
        if words is None:
            return self.count(filter_)
        chosen = post_condition(filter_)
        found = f"{MATCHING_SQL} AND +rowid IN (SELECT pk FROM posts WHERE {chosen.sql})"
        return cast(
            int,
            self._value(
                f"SELECT count(*) FROM ({found})", fts_expression(words), *chosen.parameters
            ),
        )

    def indexed_words(self, beginning: str, shortest: int, longest: int) -> dict[str, int]:
        sql = (
            "SELECT term, doc FROM temp.indexed_words WHERE term >= ? AND term < ?"
            " AND length(term) BETWEEN ? AND ?"
        )
        with self._pool.connection() as connection:
            # It ends with the transaction, and the archive is not written to.
            connection.execute(_WORDS_SQL)
            end = beginning + chr(0x10FFFF)
            return dict(connection.execute(sql, (beginning, end, shortest, longest)).fetchall())

    def get(self, key: str) -> tuple[Kind, dict[str, Any]] | None:
        for kind in KINDS:
            sql = f"SELECT {self._columns[kind]} FROM {kind} WHERE key = ?"
            for row in self._pool.rows(sql, key):
                return kind, read_row(kind, row)
        return None

    def get_posts(self, keys: list[str]) -> list[PostDocument]:
        with self._pool.connection() as connection:
            return self._whole(connection, "key", keys, raw=False)

    def posts_at(self, links: Sequence[str]) -> list[LinkFound]:
        rows = self._pool.rows(
            "SELECT key, link FROM posts WHERE link IN (SELECT value FROM json_each(?))"
            " ORDER BY state <> 'live', published_at DESC, key",
            to_json(list(links)),
        )
        return [LinkFound(*row) for row in rows]

    def slugs_with(self, part: str, written: tuple[str, ...], limit: int) -> list[SlugFound]:
        # The index of addresses is read whole, and has few bytes; rows are read of what is found.
        path = "substr(link, 9 + instr(substr(link, 9), '/'))"
        holds = " OR ".join([f"instr({path}, ?)"] * len(written))
        rows = self._pool.rows(
            "SELECT key, slug FROM posts"
            f" WHERE pk IN (SELECT pk FROM posts WHERE {holds}) AND instr(slug, ?)"
            " ORDER BY slug <> ?, state <> 'live', published_at DESC, key LIMIT ?",
            *(*written, part, part, limit),
        )
        return [SlugFound(row["key"], row["slug"]) for row in rows]

    def moved_out(self, names: Sequence[str]) -> list[MovedOut]:
        with self._pool.connection() as connection:
            return [MovedOut.from_removed(post) for post in removed_posts(connection, names)]

    def posts_naming(self, post: PostDocument, links: tuple[str, ...]) -> list[str]:
        names = (post["_id"], *links)
        rows = self._pool.rows(
            "SELECT DISTINCT key FROM post_features JOIN posts ON pk = post"
            f" WHERE field = ? AND value IN ({placeholders(names)}) ORDER BY key",
            *(TRANSLATION_FIELD, *names),
        )
        return [row["key"] for row in rows]

    def documents(
        self,
        kind: Kind,
        filter_: DocumentFilter,
        limit: int | None = None,
        after: IdentityPosition | None = None,
    ) -> Iterator[dict[str, Any]]:
        chosen = all_of([document_condition(filter_), after_identity(after)])
        rows = self._pool.stream(
            f"SELECT {self._columns[kind]} FROM {kind}"
            f" WHERE {chosen.sql} ORDER BY {BY_IDENTITY} LIMIT ?",
            *chosen.parameters,
            _sql_limit(limit),
        )
        return (read_row(kind, row) for row in rows)

    def revisions(self, key: str) -> list[Revision]:
        return self._events.revisions(key)

    def events(
        self, filter_: EventFilter, after: LatestPosition | None = None
    ) -> Iterator[EventRecord]:
        return self._events.chosen(filter_, after)

    def arrivals(
        self, kind: Kind, filter_: EventFilter, after: LatestPosition | None = None
    ) -> Iterator[EventRecord]:
        return self._events.arrivals(kind, filter_, after)

    def publications(self, site: str, since: datetime) -> Iterator[tuple[str, datetime]]:
        return self._events.publications(site, since)

    def events_of(self, key: str) -> list[EventRecord]:
        return self._events.of(key)

    def history_since(self) -> datetime | None:
        return self._events.history_since()

    def held_records(self, site: str) -> Iterator[HeldRecord]:
        with self._pool.connection() as connection:
            yield from sqlite_records(connection, site)

    def damage(self) -> str:
        """Return what SQLite finds broken, also in the records that no index has."""
        with self._pool.connection() as connection:
            found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
        return "" if found == "ok" else found

    def manifest(self, site: str) -> Iterator[ManifestChunk]:
        with self._pool.connection() as connection:
            yield from sqlite_manifest(connection, site)

    def records(self, collection: str, site: str, after: str, limit: int) -> list[dict[str, Any]]:
        with self._pool.connection() as connection:
            return site_records(connection, collection, site, after, limit)

    def failures(
        self,
        sites: tuple[str, ...],
        types: tuple[str, ...],
        limit: int | None = None,
        after: FailurePosition | None = None,
    ) -> Iterator[Failure]:
        chosen = all_of([among("site", sites), among("type", types), after_failure(after)])
        rows = self._pool.stream(
            f"SELECT * FROM failures WHERE {chosen.sql} ORDER BY site, type, id, key LIMIT ?",
            *chosen.parameters,
            _sql_limit(limit),
        )
        return (cast(Failure, read_row("failures", row)) for row in rows)

    def files(self, keys: Sequence[str]) -> dict[str, FileRecord]:
        sql = "SELECT * FROM files WHERE key IN (SELECT value FROM json_each(?))"
        with self._pool.connection() as connection:
            if not has_table(connection, "files"):
                return {}  # an archive of an earlier version
            rows = rows_of(connection, sql, to_json(list(keys)))
        return {row["key"]: cast(FileRecord, read_row("files", row)) for row in rows}

    def recurring_blocks(self, site: str) -> list[RecurringBlock]:
        with self._pool.connection() as connection:
            return sqlite_recurring_blocks(connection, site)

    def _whole(
        self,
        connection: sqlite3.Connection,
        column: Literal["pk", "key"],
        values: Sequence[Any],
        raw: bool,
    ) -> list[PostDocument]:
        """Return posts in the order of the values, which are few; absent ones are left out."""
        if not values:
            return []
        columns = f"{column} AS wanted, {self._post_columns}"
        if raw:
            columns += f", {_RAW_SQL}"
        sql = f"SELECT {columns} FROM posts WHERE {column} IN ({placeholders(values)})"
        rows = rows_of(connection, sql, *values)
        found = {row["wanted"]: cast(PostDocument, read_row("posts", row)) for row in rows}
        return [found[value] for value in values if value in found]

    def _value(self, sql: str, *parameters: object) -> Any:
        """Return the first value of the only row."""
        (row,) = self._pool.rows(sql, *parameters)
        return row[0]


def _columns_sql(columns: Iterable[Column]) -> str:
    """Return the columns of a kind that make fields, as a statement selects them."""
    names = [column.name for column in columns if column.part is None]
    return ", ".join(_RAW_SQL if name == "raw" else name for name in names)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    return datetime.fromisoformat(text)


def _sql_limit(limit: int | None) -> int:
    """Return what SQL's LIMIT takes; a negative number is no limit."""
    if limit is None:
        return -1
    return limit
