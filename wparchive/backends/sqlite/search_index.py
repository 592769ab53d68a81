"""Finding posts in an SQLite archive: what they are found by, and the look-ups.

Posts are found by their terms, their sketch postings and the full text index. Writing keeps these
tables in line with the posts. The look-ups are narrow: no post is read whole here.
"""

import sqlite3
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from itertools import accumulate, islice, pairwise
from typing import Any, NamedTuple

from wparchive.backends.cursor import Integer, PublishedPosition, decode_cursor, encode_cursor
from wparchive.backends.questions import Filter, Matches, Order, PostPosition
from wparchive.backends.sqlite import post_facets, postings
from wparchive.backends.sqlite.condition import Condition, all_of, placeholders
from wparchive.backends.sqlite.rows import from_row, to_json
from wparchive.backends.sqlite.sqlite_selection import post_condition, post_stretches
from wparchive.backends.sqlite.words_query import MATCHING_SQL, fts_expression
from wparchive.model.documents import translation_key
from wparchive.model.features import FEATURE_FIELDS, co_authors_of
from wparchive.model.sealed import TOKENS_KEY
from wparchive.text.ranking import FIELD_WEIGHTS
from wparchive.text.search_query import Query, both, split_by_words
from wparchive.text.search_tokens import ANALYSER_MARK, searchable, spaced_tokens

PostFields = Mapping[str, Any]
Replacement = tuple[int, PostFields | None, PostFields]
"""`pk`, the post that is replaced (None for a new one), the post."""

INDEXED_FIELDS = (
    *("title", "text", "tags", "categories", "terms", "author", "authors"),
    *("site", "type", "translations", "sketch"),
    *FEATURE_FIELDS,
)
"""The fields of a post that the derived tables are made of."""
TRANSLATION_FIELD = "translation"
"""The field of `post_features` whose values are the translations that a post names."""
BEST_AT_ONCE = 200
"""Best matches of a whole archive that are tried before a filter narrows the search."""
_SCORE_SQL = f"-bm25(posts_fts, {', '.join(map(str, FIELD_WEIGHTS))})"
"""Relevance, higher is better; bm25 itself gives negative numbers."""
# `+` before what matches are compared with keeps SQLite from asking the index again for each row.
# Not FTS5's own `ORDER BY rank`: that sorts all matches with their places in the texts, and this
# keeps only as many as are asked for.
_RANKED_SQL = (
    f"SELECT rowid AS pk, {_SCORE_SQL} AS score FROM posts_fts WHERE posts_fts MATCH ?"
    " AND +rowid NOT IN (SELECT value FROM json_each(?)) {among} ORDER BY score DESC, rowid LIMIT ?"
)


def index_posts(connection: sqlite3.Connection, entries: Sequence[Replacement]) -> None:
    """Bring the derived tables in line with posts that were just written.

    Touches only what differs: most replaced posts have the same terms, or the same text.
    """
    retagged = [e for e in entries if _differs(e, _terms)]
    described = [e for e in entries if _differs(e, _features)]
    _replace_terms(connection, retagged)
    _replace_features(connection, described)
    # A post may be in both; it is packed once.
    post_facets.pack_facets(connection, {pk for pk, _, _ in (*retagged, *described)})
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


def _features(post: PostFields) -> list[tuple[str, str]]:
    found = [(field, value) for field in FEATURE_FIELDS for value in post.get(field) or ()]
    return [*found, *co_authors_of(post), *_translations(post)]


def _translations(post: PostFields) -> list[tuple[str, str]]:
    """Return the translations that a post names, by key or else by address."""
    named = [translation_key(post, one) or one["link"] for one in post.get("translations") or ()]
    return [(TRANSLATION_FIELD, name) for name in named if name]


def _replace_features(connection: sqlite3.Connection, entries: Sequence[Replacement]) -> None:
    replaced = [(pk,) for pk, old, _ in entries if old is not None]
    connection.executemany("DELETE FROM post_features WHERE post = ?", replaced)
    rows = [(pk, *feature) for pk, _, post in entries for feature in _features(post)]
    connection.executemany("INSERT OR IGNORE INTO post_features VALUES (?, ?, ?)", rows)


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
    words, rest = split_by_words(query)
    conditions = [post_condition(replace(filter_, matching=both(filter_.matching, rest)))]
    if words is not None:
        conditions.append(Condition(f"+pk IN ({MATCHING_SQL})", (fts_expression(words),)))
    chosen = all_of(conditions)
    with closing(ordered_posts(connection, chosen, order, position)) as found:
        page = list(islice(found, limit))
        is_more = bool(page) and next(found, None) is not None
    positions = _positions(connection, page)
    cursor = None
    if is_more:
        cursor = encode_cursor(name, positions[page[-1]])
    scores = dict.fromkeys(page, 0.0)
    if words is not None:
        scores = _scores(connection, words, page)
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
    """Return a page of matches, the best first; the newest, where no word is in all of them."""
    words, rest = split_by_words(query)
    if words is None:
        return matches_by_date(connection, query, filter_, "newest", limit, after)
    query = words
    filter_ = replace(filter_, matching=both(filter_.matching, rest))
    # bm25 weighs words by how rare they are in the whole archive: whatever is written between two
    # pages shifts every score a little, and a post at the border of a page would be shown twice or
    # never. So the cursor lists the rows that were shown, in one or two bytes each.
    name = "search/relevance"
    shown: list[int] = []
    if after is not None:
        # The cursor holds the steps between the numbers, so their sums are the numbers.
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
    # Nearly every post passes such a filter: the best of all matches are most likely enough.
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
