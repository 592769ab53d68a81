"""Lists in order, by queries of MongoDB's common core, and what comes after a position in them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby

from wparchive.backends.cursor import FailurePosition, LatestPosition, PublishedPosition
from wparchive.backends.mongo.mongo_collections import (
    BY_IDENTITY_UP,
    QUESTION_MS,
    MongoCollections,
    Record,
    Sort,
    key_of,
)
from wparchive.backends.mongo.mongo_selection import DATED, LONG_AGO, MongoQuery, all_queries
from wparchive.backends.questions import Order, PostPosition


def identity_query(after: Sequence[object] | None) -> MongoQuery | None:
    """Return the query that a document comes after a position by site, type and id."""
    if after is None:
        return None
    return _follows(("site", "type", "id"), after)


def failure_query(after: FailurePosition | None) -> MongoQuery | None:
    """Return the query that a failure comes after a position; those without id are first."""
    if after is None:
        return None
    return _follows(("site", "type", "id", "_id"), after)


def latest_query(time: str, key: str, after: LatestPosition | None) -> MongoQuery | None:
    """Return the query that a document comes after a position, the newest being first."""
    if after is None:
        return None
    return {"$or": [{time: {"$lt": after.at}}, {time: after.at, key: {"$lt": after.key}}]}


def _follows(fields: Sequence[str], values: Sequence[object]) -> MongoQuery:
    """Return the query that the fields, compared one after the other, are above the values."""
    steps: list[MongoQuery] = []
    equal: MongoQuery = {}
    for field, value in zip(fields, values, strict=True):
        above: MongoQuery = {"$gt": value}
        if value is None:
            # A missing id sorts before all others, and `$gt` compares values of one type only.
            above = {"$ne": None}
        steps.append({**equal, field: above})
        equal[field] = value
    return {"$or": steps}


def posts_in_order(
    collections: MongoCollections,
    query: MongoQuery,
    order: Order,
    fields: Mapping[str, int],
    after: PostPosition | None,
    limit: int | None = None,
) -> Iterator[Record]:
    """Yield posts in an order, by an index; the server sends no more than `limit` of each part.

    Posts without a date come last, by key, in a question of their own.
    """
    if order == "key":
        following = all_queries(query, identity_query(after))
        yield from collections.find("posts", following, fields, BY_IDENTITY_UP, limit)
        return
    assert after is None or isinstance(after, PublishedPosition)
    sort = _by_date(order)
    for dated in _dated_stretches(query, order, after):
        yield from collections.find("posts", dated, fields, sort, limit)
    if not asks_for_a_date(query):
        yield from _undated(collections, query, fields, after, limit)


def matches_in_order(
    collections: MongoCollections,
    query: MongoQuery,
    order: Order,
    fields: Mapping[str, int],
    after: PublishedPosition | None,
    at_once: int | None = None,
) -> Iterator[Record]:
    """Yield what a search may find in an order by date; `at_once` are likely to be read.

    The index of the words has no key beside the date, which would make it much larger. So posts
    of one moment are sorted here.
    """
    sort = _by_date(order)
    found = chain.from_iterable(
        collections.find("posts", dated, fields, sort[:1], at_once=at_once, most_ms=QUESTION_MS)
        for dated in _dated_stretches(query, order, after)
    )
    for _, group in groupby(found, lambda post: post["published_at"]):
        yield from sorted(group, key=key_of, reverse=order == "newest")
    if not asks_for_a_date(query):
        yield from _undated(collections, query, fields, after, None, at_once)


def _undated(
    collections: MongoCollections,
    query: MongoQuery,
    fields: Mapping[str, int],
    after: PublishedPosition | None,
    limit: int | None,
    at_once: int | None = None,
) -> Iterator[Record]:
    """Yield the posts without a date."""
    undated: MongoQuery = {"published_at": None}
    if after is not None and after.published_at is None:
        undated["_id"] = {"$gt": after.key}
    chosen = all_queries(query, undated)
    yield from collections.find("posts", chosen, fields, [("_id", 1)], limit, at_once)


def asks_for_a_date(query: MongoQuery) -> bool:
    """Tell whether a query bounds the date, so that no post without one can be meant."""
    return "published_at" in query or any(map(asks_for_a_date, query.get("$and", ())))


def in_order(
    posts: Iterable[Record], order: Order, after: PublishedPosition | None
) -> list[Record]:
    """Return posts in an order by date, after a position: what the server does, for few posts."""
    following = [post for post in posts if after is None or is_after(place_of(post), after, order)]
    dated = [post for post in following if post["published_at"]]
    undated = [post for post in following if not post["published_at"]]
    dated.sort(key=place_of, reverse=order == "newest")
    return dated + sorted(undated, key=key_of)


def place_of(post: Record) -> PublishedPosition:
    """Return the position of a post in lists by date."""
    return PublishedPosition(post["published_at"], post["_id"])


def is_after(place: PublishedPosition, after: PublishedPosition, order: Order) -> bool:
    """Tell whether a place comes after another one in an order by date."""
    if after.published_at is None:
        return place.published_at is None and place.key > after.key
    if place.published_at is None:
        return True
    if order == "newest":
        return place < after
    return place > after


def _by_date(order: Order) -> Sort:
    direction = {"newest": -1, "oldest": 1}[order]
    return [("published_at", direction), ("_id", direction)]


def _dated_stretches(
    query: MongoQuery, order: Order, after: PublishedPosition | None
) -> Iterator[MongoQuery]:
    """Yield the questions for the posts with a date that follow a position.

    Each of them is one stretch of an index, which a condition with `$or` would not be.
    """
    if after is None:
        yield all_queries(query, DATED)
    elif after.published_at is not None:
        beyond = {"newest": "$lt", "oldest": "$gt"}[order]
        at = after.published_at
        yield all_queries(query, {"published_at": at, "_id": {beyond: after.key}})
        further = {beyond: at}
        if order == "newest":
            further["$gte"] = LONG_AGO
        yield all_queries(query, {"published_at": further})
