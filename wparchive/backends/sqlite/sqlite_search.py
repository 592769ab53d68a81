"""Narrow look-ups in an SQLite archive: which posts are meant, and in which order.

No post is read whole here.
"""

import sqlite3
from collections.abc import Generator, Sequence
from contextlib import closing
from datetime import datetime
from itertools import accumulate, islice, pairwise
from typing import Any, NamedTuple

from wparchive.backends.cursor import Integer, PublishedPosition, decode_cursor, encode_cursor
from wparchive.backends.reader import Filter, Matches, Order, PostPosition
from wparchive.backends.sqlite.rows import to_json
from wparchive.backends.sqlite.sqlite_selection import (
    Condition,
    all_of,
    fts_expression,
    placeholders,
    post_condition,
    post_stretches,
)
from wparchive.text.ranking import FIELD_WEIGHTS
from wparchive.text.search_query import Query

BEST_AT_ONCE = 200
"""Best matches of a whole archive that are tried before a filter narrows the search."""
MATCHING_SQL = "SELECT rowid FROM posts_fts WHERE posts_fts MATCH ?"
_SCORE_SQL = f"-bm25(posts_fts, {', '.join(map(str, FIELD_WEIGHTS))})"
"""Relevance, higher is better; bm25 itself gives negative numbers."""
# `+` before what matches are compared with keeps SQLite from asking the index again for each row.
# Not FTS5's own `ORDER BY rank`: that sorts all matches with their places in the texts, and this
# keeps only as many as are asked for.
_RANKED_SQL = (
    f"SELECT rowid AS pk, {_SCORE_SQL} AS score FROM posts_fts WHERE posts_fts MATCH ?"
    " AND +rowid NOT IN (SELECT value FROM json_each(?)) {among} ORDER BY score DESC, rowid LIMIT ?"
)


class RankedMatch(NamedTuple):
    """A post that a search found."""

    pk: int
    key: str
    score: float


def rows_of(connection: sqlite3.Connection, sql: str, *parameters: object) -> list[sqlite3.Row]:
    """Return all rows of a question whose answer is small."""
    return connection.execute(sql, parameters).fetchall()


def ordered_posts(
    connection: sqlite3.Connection, chosen: Condition, order: Order, after: PostPosition | None
) -> Generator[int, None, None]:
    """Yield `pk` of the posts that a condition means, in an order, after a position."""
    for stretch in post_stretches(order, after):
        meant = all_of([chosen, stretch.condition])
        sql = f"SELECT pk FROM posts WHERE {meant.sql} ORDER BY {stretch.order_by}"
        with closing(connection.execute(sql, meant.parameters)) as rows:
            for row in rows:
                yield row["pk"]


def matches_by_date(
    connection: sqlite3.Connection,
    query: Query,
    filter_: Filter,
    order: Order,
    limit: int,
    after: str | None,
) -> Matches:
    """Return a page of matches in the order of their publication."""
    name = f"search/{order}"
    position = None
    if after is not None:
        position = decode_cursor(name, after, PublishedPosition)
    matching = Condition(f"+pk IN ({MATCHING_SQL})", (fts_expression(query),))
    chosen = all_of([post_condition(filter_), matching])
    with closing(ordered_posts(connection, chosen, order, position)) as found:
        page = list(islice(found, limit))
        is_more = bool(page) and next(found, None) is not None
    positions = _positions(connection, page)
    cursor = None
    if is_more:
        cursor = encode_cursor(name, positions[page[-1]])
    scores = _scores(connection, query, page)
    return Matches({positions[pk].key: scores[pk] for pk in page}, cursor)


def _positions(connection: sqlite3.Connection, page: Sequence[int]) -> dict[int, PublishedPosition]:
    """Return key and date of publication of a few posts."""
    sql = f"SELECT pk, published_at, key FROM posts WHERE pk IN ({placeholders(page)})"
    positions: dict[int, PublishedPosition] = {}
    for pk, published_at, key in rows_of(connection, sql, *page):
        if published_at is not None:
            published_at = datetime.fromisoformat(published_at)
        positions[pk] = PublishedPosition(published_at, key)
    return positions


def _scores(connection: sqlite3.Connection, query: Query, page: Sequence[int]) -> dict[int, float]:
    sql = (
        f"SELECT rowid, {_SCORE_SQL} FROM posts_fts"
        " WHERE posts_fts MATCH ? AND +rowid IN (SELECT value FROM json_each(?))"
    )
    return _pairs(rows_of(connection, sql, fts_expression(query), to_json(page)))


def matches_by_relevance(
    connection: sqlite3.Connection, query: Query, filter_: Filter, limit: int, after: str | None
) -> Matches:
    """Return a page of matches, the best first."""
    # bm25 weighs words by how rare they are in the whole archive: whatever is written between two
    # pages shifts every score a little, and a post at the border of a page would be shown twice or
    # never. So the cursor lists the rows that were shown, in one or two bytes each.
    name = "search/relevance"
    shown: list[int] = []
    if after is not None:
        shown = list(accumulate(decode_cursor(name, after, list[Integer])))
    best = best_matches(connection, query, filter_, shown, limit + 1)
    page = best[:limit]
    cursor = None
    if page and len(best) > limit:
        now_shown = sorted({*shown, *(match.pk for match in page)})
        # The steps between the numbers are small, and hence short.
        cursor = encode_cursor(name, [right - left for left, right in pairwise([0, *now_shown])])
    return Matches({match.key: match.score for match in page}, cursor)


def best_matches(
    connection: sqlite3.Connection,
    query: Query,
    filter_: Filter,
    shown: Sequence[int],
    limit: int,
) -> list[RankedMatch]:
    """Return the best matches that pass a filter and were not shown yet.

    The same as `best_by_narrowing`, in less time where most posts pass the filter.
    """
    if filter_ == Filter(states=filter_.states, unique=filter_.unique):
        found, is_all = _best_of_all(connection, query, filter_, shown)
        if is_all or len(found) >= limit:
            return found[:limit]
    return best_by_narrowing(connection, query, filter_, shown, limit)


def best_by_narrowing(
    connection: sqlite3.Connection,
    query: Query,
    filter_: Filter,
    shown: Sequence[int],
    limit: int,
) -> list[RankedMatch]:
    """Return the best of the matches that pass a filter: the obvious way, and the slower one."""
    chosen = post_condition(filter_)
    best = _RANKED_SQL.format(among=f"AND +rowid IN (SELECT pk FROM posts WHERE {chosen.sql})")
    rows = rows_of(
        connection,
        f"SELECT best.pk, posts.key, best.score FROM ({best}) AS best"
        " JOIN posts ON posts.pk = best.pk ORDER BY best.score DESC, best.pk",
        fts_expression(query),
        to_json(shown),
        *chosen.parameters,
        limit,
    )
    return [RankedMatch(*row) for row in rows]


def _best_of_all(
    connection: sqlite3.Connection, query: Query, filter_: Filter, shown: Sequence[int]
) -> tuple[list[RankedMatch], bool]:
    """Return those of the best matches that pass a filter, and whether these were all matches."""
    chosen = post_condition(filter_)
    best = rows_of(
        connection,
        _RANKED_SQL.format(among=""),
        fts_expression(query),
        to_json(shown),
        BEST_AT_ONCE,
    )
    ranked = _pairs(best)
    sql = f"SELECT pk, key FROM posts WHERE pk IN ({placeholders(ranked)}) AND {chosen.sql}"
    keys = _pairs(rows_of(connection, sql, *ranked, *chosen.parameters))
    found = [RankedMatch(pk, keys[pk], score) for pk, score in ranked.items() if pk in keys]
    return found, len(ranked) < BEST_AT_ONCE


def _pairs(rows: list[sqlite3.Row]) -> dict[int, Any]:
    """Return the second column by the first one, a row's number."""
    return {row[0]: row[1] for row in rows}
