"""Reading an SQLite archive: narrow look-ups find which rows are meant, and only those are read whole."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal, cast

from wparchive.backends.reader import (
    Event,
    EventKind,
    Filter,
    Group,
    Order,
    SearchOrder,
    TypeCounts,
)
from wparchive.backends.sqlite.connect import file_uri, read_modes
from wparchive.backends.sqlite.rows import from_row, iso_millis, to_json
from wparchive.backends.sqlite.schema import check, columns_of
from wparchive.backends.sqlite.sqlite_selection import (
    GROUP_SQL,
    ORDER_BY,
    TAXONOMY,
    Where,
    fts,
    marks,
    where,
)
from wparchive.errors import ArchiveUnreachable, missing
from wparchive.model.documents import (
    KINDS,
    CommentDocument,
    Failure,
    Kind,
    PostDocument,
    Revision,
    Run,
    Site,
)
from wparchive.text.ranking import FIELD_WEIGHTS
from wparchive.text.search_query import Query

CHUNK = 200
"""Rows read whole at a time."""
SCORE = f"-bm25(posts_fts, {', '.join(map(str, FIELD_WEIGHTS))})"
MATCHING = "SELECT rowid FROM posts_fts WHERE posts_fts MATCH ?"
"""`+` before what matches are compared with keeps SQLite from asking the index again for each row."""
RANKED = f"SELECT rowid AS pk, {SCORE} AS score FROM posts_fts WHERE posts_fts MATCH ? {{among}} ORDER BY score DESC, rowid LIMIT ?"
"""Not FTS5's own `ORDER BY rank`: that sorts all matches with their places, this keeps as many as are asked for."""

EVENTS: dict[EventKind, str] = {
    "new": "SELECT first_seen_at AS at, key, title, link, 1 AS revision FROM posts WHERE {when}",
    "edited": "SELECT r.until_at AS at, p.key, p.title, p.link, r.revision FROM revisions r JOIN posts p ON p.key = r.key WHERE {when}",
    "withdrawn": "SELECT state_since AS at, key, title, link, revision FROM posts WHERE state = 'withdrawn' AND {when}",
    "deleted": "SELECT state_since AS at, key, title, link, revision FROM posts WHERE state = 'deleted' AND {when}",
}
EVENT_TIMES: dict[EventKind, str] = {
    "new": "first_seen_at",
    "edited": "r.until_at",
    "withdrawn": "state_since",
    "deleted": "state_since",
}


class SQLiteReader:
    """The reading side of an SQLite archive (see `wparchive.backends.reader.Reader`). Opens the file read-only."""

    def __init__(self, path: Path, address: str) -> None:
        self.address = address
        self._connection = _connect(path, address)
        self._post_columns = ", ".join(
            column.name
            for column in columns_of(self._connection, "posts")
            if column.part is None and column.name != "raw"
        )

    def close(self) -> None:
        self._connection.close()

    def analyser(self) -> str:
        return cast(str, next(self._rows("SELECT value FROM marks WHERE name = 'analyser'"))[0])

    def sites(self) -> list[Site]:
        return [
            cast(Site, from_row("sites", row))
            for row in self._rows("SELECT * FROM sites ORDER BY key")
        ]

    def held(self) -> list[TypeCounts]:
        states = ", ".join(f"sum(state = '{state}')" for state in ("live", "withdrawn", "deleted"))
        sql = "SELECT site, type, {states} FROM {kind} GROUP BY site, type ORDER BY site, type"
        return [
            TypeCounts(site, kind, type_, *counts)
            for kind in KINDS
            for site, type_, *counts in self._rows(sql.format(kind=kind, states=states))
        ]

    def runs(self, site: str, limit: int) -> list[Run]:
        rows = self._rows(
            "SELECT * FROM runs WHERE site = ? ORDER BY started_at DESC LIMIT ?", site, limit
        )
        return [cast(Run, from_row("runs", row)) for row in rows]

    def posts(
        self, filter_: Filter, order: Order, limit: int | None, raw: bool
    ) -> Iterator[PostDocument]:
        chosen = where(filter_)
        sql = f"SELECT pk FROM posts WHERE {chosen.sql()} ORDER BY {ORDER_BY[order]} LIMIT ?"
        pks = (
            row[0] for row in self._rows(sql, *chosen.parameters, -1 if limit is None else limit)
        )
        while chunk := list(islice(pks, CHUNK)):
            yield from self._whole("pk", chunk, raw)

    def count(self, filter_: Filter) -> int:
        chosen = where(filter_)
        return cast(int, self._value(f"SELECT count(*) FROM posts WHERE {chosen.sql()}", chosen))

    def words(self, filter_: Filter) -> int:
        chosen = where(filter_)
        return cast(
            int,
            self._value(
                f"SELECT coalesce(sum(word_count), 0) FROM posts WHERE {chosen.sql()}", chosen
            ),
        )

    def tally(self, filter_: Filter, group: Group) -> dict[str | None, int]:
        chosen = where(filter_)
        if taxonomy := TAXONOMY.get(group):
            return self._tally_terms(taxonomy, chosen)
        sql = f"SELECT {GROUP_SQL[group]}, count(*) FROM posts WHERE {chosen.sql()} GROUP BY 1"
        return {row[0]: row[1] for row in self._rows(sql, *chosen.parameters)}

    def _tally_terms(self, taxonomy: str, chosen: Where) -> dict[str | None, int]:
        """Terms by name in the order of their index, those without a name by slug, then the posts without any.

        `+` keeps SQLite from looking up each post's row, or from an index that knows less.
        """
        meant = f"+post IN (SELECT pk FROM posts WHERE {chosen.sql()})"
        named = f"SELECT name, count(*) FROM post_terms WHERE taxonomy = ? AND name IS NOT NULL AND {meant} GROUP BY name"
        unnamed = f"SELECT slug, count(*) FROM post_terms WHERE taxonomy = ? AND name IS NULL AND {meant} GROUP BY +slug"
        without = f"{chosen.sql()} AND NOT EXISTS (SELECT 1 FROM post_terms WHERE post = posts.pk AND taxonomy = ?)"
        none = f"SELECT NULL, count(*) FROM posts WHERE {without} HAVING count(*)"
        counts: Counter[str | None] = Counter()
        first, last = [taxonomy, *chosen.parameters], [*chosen.parameters, taxonomy]
        for name, count in chain(
            self._rows(named, *first), self._rows(unnamed, *first), self._rows(none, *last)
        ):
            counts[name] += count
        return dict(counts)

    def search(
        self, query: Query, filter_: Filter, order: SearchOrder, limit: int
    ) -> list[tuple[str, float]]:
        if order == "relevance":
            return self._best(query, filter_, limit)
        chosen = where(filter_)
        sql = f"SELECT pk, key FROM posts WHERE {chosen.sql()} AND +pk IN ({MATCHING}) ORDER BY {ORDER_BY[order]} LIMIT ?"
        keys = {row[0]: row[1] for row in self._rows(sql, *chosen.parameters, fts(query), limit)}
        some = f"SELECT rowid, {SCORE} FROM posts_fts WHERE posts_fts MATCH ? AND +rowid IN (SELECT value FROM json_each(?))"
        scores = {row[0]: row[1] for row in self._rows(some, fts(query), to_json(list(keys)))}
        return [(key, scores[pk]) for pk, key in keys.items()]

    def _best(self, query: Query, filter_: Filter, limit: int) -> list[tuple[str, float]]:
        """Matches by relevance. A filter that lets most posts pass is put to the best of all matches first; mostly that is enough."""
        chosen = where(filter_)
        if filter_ == Filter(states=filter_.states, unique=filter_.unique):
            ranked = {
                row[0]: row[1] for row in self._rows(RANKED.format(among=""), fts(query), CHUNK)
            }
            sql = f"SELECT pk, key FROM posts WHERE pk IN ({marks(ranked)}) AND {chosen.sql()}"
            keys = {row[0]: row[1] for row in self._rows(sql, *ranked, *chosen.parameters)}
            if len(keys) >= limit or len(ranked) < CHUNK:
                return [(keys[pk], score) for pk, score in ranked.items() if pk in keys][:limit]
        best = RANKED.format(among=f"AND +rowid IN (SELECT pk FROM posts WHERE {chosen.sql()})")
        sql = f"SELECT posts.key, best.score FROM ({best}) AS best JOIN posts ON posts.pk = best.pk ORDER BY best.score DESC, best.pk"
        return [(row[0], row[1]) for row in self._rows(sql, fts(query), *chosen.parameters, limit)]

    def matches(self, query: Query, filter_: Filter) -> int:
        chosen = where(filter_)
        sql = f"{MATCHING} AND +rowid IN (SELECT pk FROM posts WHERE {chosen.sql()})"
        return cast(
            int,
            next(self._rows(f"SELECT count(*) FROM ({sql})", fts(query), *chosen.parameters))[0],
        )

    def get(self, key: str) -> tuple[Kind, dict[str, Any]] | None:
        for kind in KINDS:
            for row in self._rows(f"SELECT * FROM {kind} WHERE key = ?", key):
                return kind, from_row(kind, row)
        return None

    def get_posts(self, keys: list[str]) -> list[PostDocument]:
        return self._whole("key", keys, raw=False)

    def _whole(
        self, column: Literal["pk", "key"], values: Sequence[Any], raw: bool
    ) -> list[PostDocument]:
        """Posts in the order of the values given, which are few."""
        sql = f"SELECT {column} AS wanted, {self._post_columns}{', raw' if raw else ''} FROM posts WHERE {column} IN ({marks(values)})"
        found = {
            row["wanted"]: cast(PostDocument, from_row("posts", row))
            for row in self._rows(sql, *values)
        }
        return [found[value] for value in values if value in found]

    def find_link(self, links: tuple[str, ...]) -> str | None:
        sql = f"SELECT key FROM posts WHERE link IN ({marks(links)}) ORDER BY state <> 'live', published_at DESC, key LIMIT 1"
        return next((row["key"] for row in self._rows(sql, *links)), None)

    def documents(self, kind: Kind, site: str) -> Iterator[dict[str, Any]]:
        rows = self._rows(
            f"SELECT * FROM {kind} WHERE site = ? AND state = 'live' ORDER BY type, id", site
        )
        return (from_row(kind, row) for row in rows)

    def comments(self, site: str, post: int) -> list[CommentDocument]:
        rows = self._rows(
            "SELECT * FROM comments WHERE site = ? AND post = ? AND state = 'live' ORDER BY id",
            site,
            post,
        )
        return [cast(CommentDocument, from_row("comments", row)) for row in rows]

    def revisions(self, key: str) -> list[Revision]:
        return [
            cast(Revision, from_row("revisions", row))
            for row in self._rows("SELECT * FROM revisions WHERE key = ? ORDER BY revision", key)
        ]

    def events(
        self, what: EventKind, sites: tuple[str, ...], since: datetime, until: datetime | None
    ) -> Iterator[Event]:
        table, time = ("r." if what == "edited" else ""), EVENT_TIMES[what]
        when = Where([f"{time} >= ?"], [iso_millis(since)])
        when.among(f"{table}site", sites)
        if until:
            when.add(f"{time} < ?", iso_millis(until))
        if what == "edited":
            when.add("r.kind = 'posts'")
        sql = EVENTS[what].format(when=when.sql()) + " ORDER BY at DESC, 2"
        for at, key, title, link, revision in self._rows(sql, *when.parameters):
            yield Event(datetime.fromisoformat(at), what, key, title, link, revision)

    def failures(self, sites: tuple[str, ...], types: tuple[str, ...]) -> Iterator[Failure]:
        chosen = Where()
        chosen.among("site", sites)
        chosen.among("type", types)
        rows = self._rows(
            f"SELECT * FROM failures WHERE {chosen.sql()} ORDER BY site, type, id, key",
            *chosen.parameters,
        )
        return (cast(Failure, from_row("failures", row)) for row in rows)

    def _value(self, sql: str, chosen: Where) -> Any:
        return next(self._rows(sql, *chosen.parameters))[0]

    def _rows(self, sql: str, *parameters: object) -> Iterator[sqlite3.Row]:
        try:
            # `yield from` would close the cursor of an iteration that was left early, and fail where the connection is closed already
            for row in self._connection.execute(sql, parameters):  # noqa: UP028
                yield row
        except sqlite3.Error as error:
            raise _unreadable(self.address, error) from error


def _connect(path: Path, address: str) -> sqlite3.Connection:
    if not path.is_file():
        raise missing(address, "there is nothing there")
    last: sqlite3.Error | None = None
    for mode in read_modes(path):
        connection = sqlite3.connect(file_uri(path, mode), uri=True, isolation_level=None)
        connection.row_factory = sqlite3.Row
        try:
            if check(connection, address):
                return connection
            raise missing(address, "the file is empty")
        except sqlite3.Error as error:
            connection.close()
            last = error
        except BaseException:
            connection.close()
            raise
    assert last is not None
    raise _unreadable(address, last) from last


def _unreadable(address: str, error: sqlite3.Error) -> ArchiveUnreachable:
    return ArchiveUnreachable(
        f"{address} cannot be read: {error}; check that it is a wparchive database, whole and readable by you"
    )
