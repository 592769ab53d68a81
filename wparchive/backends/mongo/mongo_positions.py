"""Positions in ordered lists as queries of MongoDB's common core: what comes after a position."""

from collections.abc import Sequence

from wparchive.backends.cursor import FailurePosition, LatestPosition
from wparchive.backends.mongo.mongo_selection import MongoQuery


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
