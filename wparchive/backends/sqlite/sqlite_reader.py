"""The reading side of an SQLite archive.

Narrow look-ups find which rows are meant, and only those are read whole. Every question borrows a
connection of the pool, in a read transaction of its own.
"""

import sqlite3
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from itertools import accumulate, islice, pairwise
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast, get_args

from wparchive.backends.cursor import (
    FailurePosition,
    IdentityPosition,
    Integer,
    LatestPosition,
    PublishedPosition,
    decode_cursor,
    encode_cursor,
)
from wparchive.backends.reader import (
    DocumentFilter,
    Event,
    EventKind,
    Filter,
    Group,
    Matches,
    Order,
    PostPosition,
    SearchOrder,
    TypeCounts,
)
from wparchive.backends.sqlite.connect import ReadPool
from wparchive.backends.sqlite.rows import from_row, iso_millis, to_json
from wparchive.backends.sqlite.schema import columns_of
from wparchive.backends.sqlite.sqlite_selection import (
    BY_IDENTITY,
    GROUP_SQL,
    TAXONOMIES,
    Condition,
    after_failure,
    after_identity,
    after_latest,
    all_of,
    among,
    document_condition,
    fts_expression,
    placeholders,
    post_condition,
    post_stretches,
)
from wparchive.model.documents import KINDS, Failure, Kind, PostDocument, Revision, Run, Site, State
from wparchive.text.ranking import FIELD_WEIGHTS
from wparchive.text.search_query import Query

ROWS_AT_ONCE = 200
"""Rows read whole at a time."""
BEST_AT_ONCE = 200
"""Best matches of a whole archive that are tried before a filter narrows the search."""
SCORE_SQL = f"-bm25(posts_fts, {', '.join(map(str, FIELD_WEIGHTS))})"
"""Relevance, higher is better; bm25 itself gives negative numbers."""
MATCHING_SQL = "SELECT rowid FROM posts_fts WHERE posts_fts MATCH ?"
# `+` before what matches are compared with keeps SQLite from asking the index again for each row.
# Not FTS5's own `ORDER BY rank`: that sorts all matches with their places in the texts, and this
# keeps only as many as are asked for.
RANKED_SQL = (
    f"SELECT rowid AS pk, {SCORE_SQL} AS score FROM posts_fts WHERE posts_fts MATCH ?"
    " AND +rowid NOT IN (SELECT value FROM json_each(?)) {among} ORDER BY score DESC, rowid LIMIT ?"
)


class EventSource(NamedTuple):
    """Where the events of one kind stand."""

    columns: str
    """Expressions of `at`, `key`, `title`, `link` and `revision`."""
    tables: str
    at: str
    key: str
    site: str
    condition: str


_CHANGES_OF_POSTS = "state_since, key, title, link, revision"
EVENT_SOURCES: dict[EventKind, EventSource] = {
    "new": EventSource(
        "first_seen_at, key, title, link, 1", "posts", "first_seen_at", "key", "site", "1"
    ),
    "edited": EventSource(
        "r.until_at, p.key, p.title, p.link, r.revision",
        "revisions r JOIN posts p ON p.key = r.key",
        "r.until_at",
        "p.key",
        "r.site",
        "r.kind = 'posts'",
    ),
    "withdrawn": EventSource(
        _CHANGES_OF_POSTS, "posts", "state_since", "key", "site", "state = 'withdrawn'"
    ),
    "deleted": EventSource(
        _CHANGES_OF_POSTS, "posts", "state_since", "key", "site", "state = 'deleted'"
    ),
}


class SQLiteReader:
    """Implements `wparchive.backends.reader.Reader` on a file, which is opened read-only."""

    def __init__(self, path: Path, address: str) -> None:
        self.address = address
        self._pool = ReadPool(path, address)
        with self._pool.connection() as connection:
            # An archive that an earlier version made may lack some.
            columns = columns_of(connection, "posts")
        self._post_columns = ", ".join(
            column.name for column in columns if column.part is None and column.name != "raw"
        )

    def close(self) -> None:
        self._pool.close()

    def analyser(self) -> str:
        return cast(str, self._value("SELECT value FROM marks WHERE name = 'analyser'"))

    def sites(self) -> list[Site]:
        rows = self._all("SELECT * FROM sites ORDER BY key")
        return [cast(Site, from_row("sites", row)) for row in rows]

    def held(self) -> list[TypeCounts]:
        states = ", ".join(f"sum(state = '{state}')" for state in get_args(State))
        counts: list[TypeCounts] = []
        for kind in KINDS:
            rows = self._all(
                f"SELECT site, type, {states} FROM {kind} GROUP BY site, type ORDER BY site, type"
            )
            counts += [TypeCounts(row["site"], kind, *tuple(row)[1:]) for row in rows]
        return counts

    def runs(
        self, sites: tuple[str, ...], limit: int | None, after: LatestPosition | None = None
    ) -> Iterator[Run]:
        chosen = all_of([among("site", sites), after_latest("started_at", "key", after)])
        rows = self._stream(
            f"SELECT * FROM runs WHERE {chosen.sql} ORDER BY started_at DESC, key DESC LIMIT ?",
            *chosen.parameters,
            _sql_limit(limit),
        )
        return (cast(Run, from_row("runs", row)) for row in rows)

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
            found = _post_rows(connection, post_condition(filter_), order, after)
            with closing(found):
                chosen = islice(found, limit)
                while chunk := list(islice(chosen, ROWS_AT_ONCE)):
                    yield from self._whole(connection, "pk", chunk, raw)

    def count(self, filter_: Filter) -> int:
        chosen = post_condition(filter_)
        return cast(
            int,
            self._value(f"SELECT count(*) FROM posts WHERE {chosen.sql}", *chosen.parameters),
        )

    def words(self, filter_: Filter) -> int:
        chosen = post_condition(filter_)
        sql = f"SELECT coalesce(sum(word_count), 0) FROM posts WHERE {chosen.sql}"
        return cast(int, self._value(sql, *chosen.parameters))

    def tally(self, filter_: Filter, group: Group) -> dict[str | None, int]:
        chosen = post_condition(filter_)
        if taxonomy := TAXONOMIES.get(group):
            return self._tally_terms(taxonomy, chosen)
        sql = f"SELECT {GROUP_SQL[group]}, count(*) FROM posts WHERE {chosen.sql} GROUP BY 1"
        return {row[0]: row[1] for row in self._all(sql, *chosen.parameters)}

    def _tally_terms(self, taxonomy: str, chosen: Condition) -> dict[str | None, int]:
        """Count posts by term: by name, where a term has none by slug; then those without terms."""
        # `+` keeps SQLite from looking up each post's row, or from an index that knows less: the
        # terms are counted in the order of their own index.
        meant = f"+post IN (SELECT pk FROM posts WHERE {chosen.sql})"
        named = (
            "SELECT name, count(*) FROM post_terms"
            f" WHERE taxonomy = ? AND name IS NOT NULL AND {meant} GROUP BY name"
        )
        unnamed = (
            "SELECT slug, count(*) FROM post_terms"
            f" WHERE taxonomy = ? AND name IS NULL AND {meant} GROUP BY +slug"
        )
        without = (
            f"SELECT NULL, count(*) FROM posts WHERE {chosen.sql} AND NOT EXISTS"
            " (SELECT 1 FROM post_terms WHERE post = posts.pk AND taxonomy = ?) HAVING count(*)"
        )
        rows = [
            *self._all(named, taxonomy, *chosen.parameters),
            *self._all(unnamed, taxonomy, *chosen.parameters),
            *self._all(without, *chosen.parameters, taxonomy),
        ]
        counts: Counter[str | None] = Counter()
        for name, count in rows:
            counts[name] += count
        return dict(counts)

    def search(
        self,
        query: Query,
        filter_: Filter,
        order: SearchOrder,
        limit: int,
        after: str | None = None,
    ) -> Matches:
        if order == "relevance":
            return self._search_by_relevance(query, filter_, limit, after)
        return self._search_by_date(query, filter_, order, limit, after)

    def _search_by_date(
        self, query: Query, filter_: Filter, order: Order, limit: int, after: str | None
    ) -> Matches:
        name = f"search/{order}"
        position = None
        if after is not None:
            position = decode_cursor(name, after, PublishedPosition)
        match = fts_expression(query)
        chosen = all_of([post_condition(filter_), Condition(f"+pk IN ({MATCHING_SQL})", (match,))])
        some = (
            f"SELECT rowid, {SCORE_SQL} FROM posts_fts"
            " WHERE posts_fts MATCH ? AND +rowid IN (SELECT value FROM json_each(?))"
        )
        with self._pool.connection() as connection:
            with closing(_post_rows(connection, chosen, order, position)) as found:
                page = list(islice(found, limit))
                is_more = bool(page) and next(found, None) is not None
            posts = self._whole(connection, "pk", page, raw=False)
            scores = _pairs(_rows(connection, some, match, to_json(page)))
        cursor = None
        if is_more:
            ended = PublishedPosition(posts[-1]["published_at"], posts[-1]["_id"])
            cursor = encode_cursor(name, ended)
        keys = [post["_id"] for post in posts]
        return Matches({key: scores[pk] for key, pk in zip(keys, page, strict=True)}, cursor)

    def _search_by_relevance(
        self, query: Query, filter_: Filter, limit: int, after: str | None
    ) -> Matches:
        # bm25 weighs words by how rare they are in the whole archive: whatever is written between
        # two pages shifts every score a little, and a post at the border of a page would be shown
        # twice or never. So the cursor lists the rows that were shown, in about two bytes each.
        name = "search/relevance"
        shown: list[int] = []
        if after is not None:
            shown = list(accumulate(decode_cursor(name, after, list[Integer])))
        with self._pool.connection() as connection:
            best = _best(connection, query, filter_, shown, limit + 1)
        page = best[:limit]
        cursor = None
        if page and len(best) > limit:
            now_shown = sorted({*shown, *(pk for pk, _, _ in page)})
            steps = [right - left for left, right in pairwise([0, *now_shown])]
            cursor = encode_cursor(name, steps)
        return Matches({key: score for _, key, score in page}, cursor)

    def matches(self, query: Query, filter_: Filter) -> int:
        chosen = post_condition(filter_)
        found = f"{MATCHING_SQL} AND +rowid IN (SELECT pk FROM posts WHERE {chosen.sql})"
        return cast(
            int,
            self._value(
                f"SELECT count(*) FROM ({found})", fts_expression(query), *chosen.parameters
            ),
        )

    def get(self, key: str) -> tuple[Kind, dict[str, Any]] | None:
        for kind in KINDS:
            for row in self._all(f"SELECT * FROM {kind} WHERE key = ?", key):
                return kind, from_row(kind, row)
        return None

    def get_posts(self, keys: list[str]) -> list[PostDocument]:
        with self._pool.connection() as connection:
            return self._whole(connection, "key", keys, raw=False)

    def find_link(self, links: tuple[str, ...]) -> str | None:
        rows = self._all(
            f"SELECT key FROM posts WHERE link IN ({placeholders(links)})"
            " ORDER BY state <> 'live', published_at DESC, key LIMIT 1",
            *links,
        )
        for row in rows:
            return cast(str, row["key"])
        return None

    def documents(
        self,
        kind: Kind,
        filter_: DocumentFilter,
        limit: int | None = None,
        after: IdentityPosition | None = None,
    ) -> Iterator[dict[str, Any]]:
        chosen = all_of([document_condition(filter_), after_identity(after)])
        order_by = BY_IDENTITY
        if filter_.post is not None:
            # Few belong to one post: they are found by their own index and sorted. Without `+`,
            # SQLite would walk through all documents in this order.
            order_by = "+site, +type, +id"
        rows = self._stream(
            f"SELECT * FROM {kind} WHERE {chosen.sql} ORDER BY {order_by} LIMIT ?",
            *chosen.parameters,
            _sql_limit(limit),
        )
        return (from_row(kind, row) for row in rows)

    def revisions(self, key: str) -> list[Revision]:
        rows = self._all("SELECT * FROM revisions WHERE key = ? ORDER BY revision", key)
        return [cast(Revision, from_row("revisions", row)) for row in rows]

    def events(
        self,
        what: EventKind,
        sites: tuple[str, ...],
        since: datetime,
        until: datetime | None,
        after: LatestPosition | None = None,
    ) -> Iterator[Event]:
        source = EVENT_SOURCES[what]
        before = None
        if until is not None:
            before = Condition(f"{source.at} < ?", (iso_millis(until),))
        chosen = all_of(
            [
                Condition(f"{source.at} >= ?", (iso_millis(since),)),
                before,
                among(source.site, sites),
                Condition(source.condition),
                after_latest(source.at, source.key, after),
            ]
        )
        rows = self._stream(
            f"SELECT {source.columns} FROM {source.tables} WHERE {chosen.sql}"
            f" ORDER BY {source.at} DESC, {source.key} DESC",
            *chosen.parameters,
        )
        for at, key, title, link, revision in rows:
            yield Event(datetime.fromisoformat(at), what, key, title, link, revision)

    def failures(
        self,
        sites: tuple[str, ...],
        types: tuple[str, ...],
        limit: int | None = None,
        after: FailurePosition | None = None,
    ) -> Iterator[Failure]:
        chosen = all_of([among("site", sites), among("type", types), after_failure(after)])
        rows = self._stream(
            f"SELECT * FROM failures WHERE {chosen.sql} ORDER BY site, type, id, key LIMIT ?",
            *chosen.parameters,
            _sql_limit(limit),
        )
        return (cast(Failure, from_row("failures", row)) for row in rows)

    def _whole(
        self,
        connection: sqlite3.Connection,
        column: Literal["pk", "key"],
        values: Sequence[Any],
        raw: bool,
    ) -> list[PostDocument]:
        """Return posts in the order of the values, which are few; absent ones are left out."""
        columns = f"{column} AS wanted, {self._post_columns}"
        if raw:
            columns += ", raw"
        sql = f"SELECT {columns} FROM posts WHERE {column} IN ({placeholders(values)})"
        rows = _rows(connection, sql, *values)
        found = {row["wanted"]: cast(PostDocument, from_row("posts", row)) for row in rows}
        return [found[value] for value in values if value in found]

    def _all(self, sql: str, *parameters: object) -> list[sqlite3.Row]:
        with self._pool.connection() as connection:
            return _rows(connection, sql, *parameters)

    def _stream(self, sql: str, *parameters: object) -> Iterator[sqlite3.Row]:
        with (
            self._pool.connection() as connection,
            closing(connection.execute(sql, parameters)) as rows,
        ):
            yield from rows

    def _value(self, sql: str, *parameters: object) -> Any:
        """Return the first value of the only row."""
        (row,) = self._all(sql, *parameters)
        return row[0]


def _rows(connection: sqlite3.Connection, sql: str, *parameters: object) -> list[sqlite3.Row]:
    return connection.execute(sql, parameters).fetchall()


def _pairs(rows: list[sqlite3.Row]) -> dict[int, Any]:
    """Return the second column by the first one, a row's number."""
    return {row[0]: row[1] for row in rows}


def _sql_limit(limit: int | None) -> int:
    """Return what SQL's LIMIT takes; a negative number is no limit."""
    if limit is None:
        return -1
    return limit


def _post_rows(
    connection: sqlite3.Connection, chosen: Condition, order: Order, after: PostPosition | None
) -> Generator[int, None, None]:
    """Yield `pk` of the posts that a condition means, in an order, after a position."""
    for stretch in post_stretches(order, after):
        meant = all_of([chosen, stretch.condition])
        sql = f"SELECT pk FROM posts WHERE {meant.sql} ORDER BY {stretch.order_by}"
        with closing(connection.execute(sql, meant.parameters)) as rows:
            for row in rows:
                yield row["pk"]


def _best(
    connection: sqlite3.Connection, query: Query, filter_: Filter, shown: list[int], limit: int
) -> list[tuple[int, str, float]]:
    """Return `pk`, key and score of the best matches that were not shown yet."""
    # Without terms, dates and sites, most posts pass a filter. Then it is put to the best matches
    # only, which is cheaper than to narrow all matches, and mostly enough.
    if filter_ == Filter(states=filter_.states, unique=filter_.unique):
        found, is_all = _filtered_best(connection, query, filter_, shown)
        if is_all or len(found) >= limit:
            return found[:limit]
    return _narrowed_best(connection, query, filter_, shown, limit)


def _filtered_best(
    connection: sqlite3.Connection, query: Query, filter_: Filter, shown: list[int]
) -> tuple[list[tuple[int, str, float]], bool]:
    """Return those of the best matches that pass a filter, and whether these were all matches."""
    chosen = post_condition(filter_)
    match = fts_expression(query)
    best = _rows(connection, RANKED_SQL.format(among=""), match, to_json(shown), BEST_AT_ONCE)
    ranked = _pairs(best)
    sql = f"SELECT pk, key FROM posts WHERE pk IN ({placeholders(ranked)}) AND {chosen.sql}"
    keys = _pairs(_rows(connection, sql, *ranked, *chosen.parameters))
    found = [(pk, keys[pk], score) for pk, score in ranked.items() if pk in keys]
    return found, len(ranked) < BEST_AT_ONCE


def _narrowed_best(
    connection: sqlite3.Connection, query: Query, filter_: Filter, shown: list[int], limit: int
) -> list[tuple[int, str, float]]:
    """Return the best of the matches that pass a filter: the obvious way, and the slower one."""
    chosen = post_condition(filter_)
    best = RANKED_SQL.format(among=f"AND +rowid IN (SELECT pk FROM posts WHERE {chosen.sql})")
    rows = _rows(
        connection,
        f"SELECT best.pk, posts.key, best.score FROM ({best}) AS best"
        " JOIN posts ON posts.pk = best.pk ORDER BY best.score DESC, best.pk",
        fts_expression(query),
        to_json(shown),
        *chosen.parameters,
        limit,
    )
    return [(row["pk"], row["key"], row["score"]) for row in rows]
