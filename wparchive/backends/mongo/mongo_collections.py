"""Questions to the collections of a MongoDB archive, as the reading side asks them.

Answers stream, and the archive's errors are raised instead of PyMongo's.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, groupby, islice
from typing import Any, cast

from pymongo.database import Database

from wparchive.backends.cursor import PublishedPosition
from wparchive.backends.mongo.client import mongo_errors
from wparchive.backends.mongo.mongo_selection import MongoQuery, all_queries, identity_query
from wparchive.backends.reader import Order, PostPosition

Record = dict[str, Any]
Sort = list[tuple[str, int]]
KEYS_AT_ONCE = 200
"""Documents asked for by key at a time."""
BY_IDENTITY_UP: Sort = [("site", 1), ("type", 1), ("id", 1)]


class MongoCollections:
    """The collections of one database, to be asked from any thread."""

    def __init__(self, db: Database[Record], uri: str) -> None:
        self._db = db
        self._uri = uri

    def find(
        self,
        collection: str,
        query: MongoQuery,
        fields: Mapping[str, int] | None = None,
        sort: Sort | None = None,
        limit: int | None = None,
        at_once: int | None = None,
    ) -> Iterator[Record]:
        """Yield the documents that a query means; the server sends `at_once` of them first."""
        if limit == 0:
            return  # to MongoDB, 0 is no limit
        with (
            mongo_errors(self._uri),
            self._db[collection].find(query, fields, sort=sort, limit=limit or 0) as cursor,
        ):
            if at_once:
                cursor.batch_size(at_once)
            yield from cursor

    def count_posts(self, query: MongoQuery) -> int:
        """Return how many posts a query means."""
        with mongo_errors(self._uri):
            return self._db["posts"].count_documents(query)

    def groups(self, collection: str, stages: list[Record]) -> Iterator[Record]:
        """Yield what stages of an aggregation make of a collection."""
        with mongo_errors(self._uri):
            yield from self._db[collection].aggregate(stages)

    def by_key(
        self, collection: str, keys: Iterable[str], fields: Mapping[str, int]
    ) -> Iterator[Record]:
        """Yield documents by key, in any order; absent ones are left out."""
        remaining = iter(keys)
        while chunk := list(islice(remaining, KEYS_AT_ONCE)):
            yield from self.find(collection, {"_id": {"$in": chunk}}, fields)

    def posts_in_order(
        self,
        query: MongoQuery,
        order: Order,
        fields: Mapping[str, int],
        after: PostPosition | None,
        at_once: int | None = None,
    ) -> Iterator[Record]:
        """Yield posts in an order, by an index; `at_once` is how many are likely to be read."""
        if order == "key":
            following = all_queries(query, identity_query(after))
            return self.find("posts", following, fields, BY_IDENTITY_UP, at_once=at_once)
        assert after is None or isinstance(after, PublishedPosition)
        dated = self._dated(query, order, fields, after, at_once)
        undated: MongoQuery = {"published_at": None}
        if after is not None and after.published_at is None:
            dated = iter(())
            undated["_id"] = {"$gt": after.key}
        last = self.find(
            "posts", all_queries(query, undated), fields, [("_id", 1)], at_once=at_once
        )
        return chain(dated, last)

    def _dated(
        self,
        query: MongoQuery,
        order: Order,
        fields: Mapping[str, int],
        after: PublishedPosition | None,
        at_once: int | None,
    ) -> Iterator[Record]:
        """Yield the posts with a date, those of one moment by key."""
        direction = {"newest": -1, "oldest": 1}[order]
        further: MongoQuery = {"published_at": {"$ne": None}}
        if after is not None and after.published_at is not None:
            at = after.published_at
            further = {"published_at": {{-1: "$lt", 1: "$gt"}[direction]: at}}
            same_moment = {"published_at": at, "_id": {"$gt": after.key}}
            yield from self.find("posts", all_queries(query, same_moment), fields, [("_id", 1)])
        found = self.find(
            "posts",
            all_queries(query, further),
            fields,
            [("published_at", direction)],
            at_once=at_once,
        )
        # The index has no key beside the date. To sort by both, a server would read all documents
        # first; here only those of one moment are held.
        for _, group in groupby(found, lambda post: post["published_at"]):
            yield from sorted(group, key=key_of)


def key_of(post: Record) -> str:
    """Return the key of a document."""
    return cast(str, post["_id"])
