"""Questions to the collections of a MongoDB archive, as the reading side asks them.

Answers stream, and the archive's errors are raised instead of PyMongo's.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import chain, groupby
from threading import Lock
from typing import Any, cast

from pymongo.database import Database
from pymongo.errors import OperationFailure

from wparchive.backends.cursor import PublishedPosition
from wparchive.backends.mongo.client import mongo_errors
from wparchive.backends.mongo.mongo_groups import AUTHOR_NAMES
from wparchive.backends.mongo.mongo_positions import identity_query
from wparchive.backends.mongo.mongo_selection import (
    DATED,
    LONG_AGO,
    MongoQuery,
    all_queries,
)
from wparchive.backends.mongo.server_traits import ServerTraits, traits_of
from wparchive.backends.questions import Order, PostPosition
from wparchive.model.documents import term_label
from wparchive.model.features import author_names_of

Record = dict[str, Any]
Sort = list[tuple[str, int]]
Values = list[str | None]
BY_IDENTITY_UP: Sort = [("site", 1), ("type", 1), ("id", 1)]
QUESTION_MS = 120_000
"""How long a server may work on one count or search. Lists have no limit: an export takes hours."""
_ENDS: dict[str, Order] = {"first": "oldest", "last": "newest"}
_MONTH_FORM = "%Y-%m"
_PROBED: list[Record] = [
    {"$match": {"_id": "schema"}},
    {
        "$group": {
            "_id": {
                "$dateToString": {"date": datetime(2024, 5, 17, tzinfo=UTC), "format": _MONTH_FORM}
            },
            "most": {"$max": 7},
        }
    },
    {"$unwind": {"path": "$none", "preserveNullAndEmptyArrays": True}},
]
_PROBED_ANSWER = [{"_id": "2024-05", "most": 7}]


class MongoCollections:
    """The collections of one database, to be asked from any thread."""

    def __init__(self, db: Database[Record], uri: str) -> None:
        self._db = db
        self._uri = uri
        self._lock = Lock()
        self._has_expressions: bool | None = None
        self._traits: ServerTraits | None = None

    def _server(self) -> ServerTraits:
        with self._lock:
            if self._traits is None:
                with mongo_errors(self._uri, reading=True):
                    self._traits = traits_of(self._db.command("buildInfo"))
            return self._traits

    def find(
        self,
        collection: str,
        query: MongoQuery,
        fields: Mapping[str, int] | None = None,
        sort: Sort | None = None,
        limit: int | None = None,
        at_once: int | None = None,
        most_ms: int | None = None,
    ) -> Iterator[Record]:
        """Yield the documents that a query means; the server sends `at_once` of them first."""
        if limit == 0:
            return  # to MongoDB, 0 is no limit
        with (
            mongo_errors(self._uri, reading=True),
            self._db[collection].find(
                query, fields, sort=sort, limit=limit or 0, max_time_ms=most_ms
            ) as cursor,
        ):
            if at_once:
                # A batch of one would close the cursor of some servers.
                cursor.batch_size(max(2, at_once))
            yield from cursor

    def count_posts(self, query: MongoQuery) -> int:
        """Return how many posts a query means."""
        with mongo_errors(self._uri, reading=True):
            return self._db["posts"].count_documents(query, maxTimeMS=QUESTION_MS)

    def groups(self, collection: str, stages: list[Record]) -> Iterator[Record]:
        """Yield what stages of an aggregation make of a collection."""
        with mongo_errors(self._uri, reading=True):
            yield from self._db[collection].aggregate(stages, maxTimeMS=QUESTION_MS)

    def has_expressions(self) -> bool:
        """Tell whether the server computes months, largest values and the like in a `$group`.

        It is asked once, and only the right answer counts: some servers answer wrongly instead of
        refusing.
        """
        with self._lock:
            if self._has_expressions is None:
                self._has_expressions = self._computes_rightly()
            return self._has_expressions

    def _computes_rightly(self) -> bool:
        with mongo_errors(self._uri, reading=True):
            try:
                return list(self._db["marks"].aggregate(_PROBED)) == _PROBED_ANSWER
            except OperationFailure:
                return False

    def tally(self, query: MongoQuery, value: Any) -> Counter[str | None]:
        """Count posts by the value of a field or an expression."""
        # Some servers leave `_id` out of a group without a value.
        return _counted((found.get("_id"), found) for found in self.sums(query, value, count=1))

    def tally_months(self, query: MongoQuery, form: str) -> Counter[str | None]:
        """Count posts by their time of publication, as a form of `strftime` writes it."""
        if self.has_expressions():
            return self.tally(query, {"$dateToString": {"date": "$published_at", "format": form}})
        posts = self.find("posts", query, {"_id": 0, "published_at": 1}, most_ms=QUESTION_MS)
        return Counter(_time_text(post["published_at"], form) for post in posts)

    def tally_lists(self, query: MongoQuery, field: str) -> Counter[str | None]:
        """Count posts by each value of a list; None counts posts whose list is empty."""
        groups = self._unwound(query, field, f"${field}")
        return _counted((found.get("_id"), found) for found in groups)

    def tally_authors(self, query: MongoQuery) -> Counter[str | None]:
        """Count posts by each of their authors; None counts posts without any."""
        if self.has_expressions():
            named: Record = {"$project": {"authors": AUTHOR_NAMES}}
            groups = self._unwound(query, "authors", "$authors", named)
            return _counted((found.get("_id"), found) for found in groups)
        fields = {"_id": 0, "author": 1, "authors": 1}
        posts = self.find("posts", query, fields, most_ms=QUESTION_MS)
        names: Iterator[Values] = (list(author_names_of(post)) for post in posts)
        return Counter(name for each in names for name in each or [None])

    def tally_terms(self, query: MongoQuery, field: str) -> Counter[str | None]:
        """Count posts by each of their terms: by name, or by slug where a term has no name."""
        key = {"name": f"${field}.name", "slug": f"${field}.slug"}
        groups = self._unwound(query, field, key)
        return _counted((_term_name(found.get("_id")), found) for found in groups)

    def tally_custom_terms(self, query: MongoQuery) -> Counter[str | None]:
        """Count posts by each of their terms of other taxonomies, as `taxonomy=name`."""
        key = {"taxonomy": "$terms.taxonomy", "name": "$terms.name", "slug": "$terms.slug"}
        groups = self._unwound(query, "terms", key)
        return _counted((_custom_term_name(found.get("_id")), found) for found in groups)

    def _unwound(
        self, query: MongoQuery, field: str, key: Any, *before: Record
    ) -> Iterator[Record]:
        """Yield the groups of the elements of a list, and one without `_id` for empty lists."""
        grouped = {"$group": {"_id": key, "count": {"$sum": 1}}}
        path = f"${field}"
        if self.has_expressions():
            unwind: Record = {"$unwind": {"path": path, "preserveNullAndEmptyArrays": True}}
            yield from self.groups("posts", [{"$match": query}, *before, unwind, grouped])
            return
        yield from self.groups("posts", [{"$match": query}, {"$unwind": path}, grouped])
        without = self.count_posts(all_queries(query, {f"{field}.0": {"$exists": False}}))
        if without:
            yield {"count": without}

    def totals(self, query: MongoQuery) -> Iterator[Record]:
        """Yield the figures of each site and type: `count`, `words`, `first` and `last` date."""
        key = {"site": "$site", "type": "$type"}
        if self.has_expressions():
            group = {
                "_id": key,
                "count": {"$sum": 1},
                "words": {"$sum": "$word_count"},
                "first": {"$min": "$published_at"},
                "last": {"$max": "$published_at"},
            }
            yield from self.groups("posts", [{"$match": query}, {"$group": group}])
            return
        # FerretDB 1 has no `$min`, and counts wrongly where a group has two sums.
        sums = self.sums(query, key, words="$word_count")
        by_key = {tuple(found["_id"].values()): found["words"] for found in sums}
        dates = {name: self.last_date(query, order) for name, order in _ENDS.items()}
        for found in self.sums(query, key, count=1):
            yield {**found, **dates, "words": by_key.get(tuple(found["_id"].values()), 0)}

    def sums(self, query: MongoQuery, key: Any, **summed: Any) -> Iterator[Record]:
        """Yield groups of posts by a key, with sums of an expression by its name."""
        sums = {name: {"$sum": expression} for name, expression in summed.items()}
        yield from self.groups("posts", [{"$match": query}, {"$group": {"_id": key, **sums}}])

    def last_date(self, query: MongoQuery, order: Order) -> datetime | None:
        """Return the date of the post that comes first in an order by date."""
        sort = [("published_at", {"newest": -1, "oldest": 1}[order])]
        dated = all_queries(query, DATED)
        for post in self.find("posts", dated, {"_id": 0, "published_at": 1}, sort, limit=1):
            return cast(datetime, post["published_at"])
        return None

    def by_key(
        self, collection: str, keys: Iterable[str], fields: Mapping[str, int] | None = None
    ) -> Iterator[Record]:
        """Yield documents by key, in any order; absent ones are left out."""
        for query in self._server().key_queries(keys):
            yield from self.find(collection, query, fields)

    def posts_in_order(
        self,
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
            yield from self.find("posts", following, fields, BY_IDENTITY_UP, limit)
            return
        assert after is None or isinstance(after, PublishedPosition)
        sort = _by_date(order)
        for dated in _dated_stretches(query, order, after):
            yield from self.find("posts", dated, fields, sort, limit)
        if not asks_for_a_date(query):
            yield from self._undated(query, fields, after, limit)

    def matches_in_order(
        self,
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
            self.find("posts", dated, fields, sort[:1], at_once=at_once, most_ms=QUESTION_MS)
            for dated in _dated_stretches(query, order, after)
        )
        for _, group in groupby(found, lambda post: post["published_at"]):
            yield from sorted(group, key=key_of, reverse=order == "newest")
        if not asks_for_a_date(query):
            yield from self._undated(query, fields, after, None, at_once)

    def _undated(
        self,
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
        yield from self.find("posts", chosen, fields, [("_id", 1)], limit, at_once)


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


def _counted(found: Iterable[tuple[str | None, Record]]) -> Counter[str | None]:
    """Add up the counts of groups by their names, which may be equal."""
    counts: Counter[str | None] = Counter()
    for name, group in found:
        counts[name] += int(group["count"])
    return counts


def _term_name(key: Record | None) -> str | None:
    """Return what a term is called, from the key of its group; None for posts without terms."""
    if not key:
        return None
    return key.get("name") or key.get("slug")


def _custom_term_name(key: Record | None) -> str | None:
    """Return `taxonomy=name` from the key of a term's group; None for posts without terms."""
    if not key or "taxonomy" not in key:
        return None
    return term_label(key["taxonomy"], key.get("name"), key.get("slug"))


def _time_text(at: datetime | None, form: str) -> str | None:
    """Return a time as `$dateToString` writes it; `%Y` has four digits there, and here not."""
    if at is None:
        return None
    return at.strftime(form.replace("%Y", f"{at.year:04}"))


def key_of(post: Record) -> str:
    """Return the key of a document."""
    return cast(str, post["_id"])
