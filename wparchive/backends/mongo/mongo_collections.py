"""Questions to the collections of a MongoDB archive, as the reading side asks them.

Answers stream, and the archive's errors are raised instead of PyMongo's. `MongoTallies` counts the
posts that have each value of a field, for `Reader.tally` and its kin: the server counts, where it
computes what that needs; else the posts are read and counted here.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import product
from threading import Lock
from typing import Any, cast

from pymongo.database import Database
from pymongo.errors import OperationFailure

from wparchive.backends.mongo.client import mongo_errors
from wparchive.backends.mongo.mongo_groups import (
    AUTHOR_NAMES,
    FIELDS_OF_GROUPS,
    GROUP_FIELDS,
    PERIODS,
    SINGLE_GROUPS,
    TERM_FIELDS,
    group_key,
    group_name,
    group_values,
    values_counted,
)
from wparchive.backends.mongo.mongo_selection import DATED, MongoQuery, all_queries
from wparchive.backends.mongo.server_traits import ServerTraits, traits_of
from wparchive.backends.questions import FEATURE_GROUPS, Group, Order
from wparchive.model.documents import term_label
from wparchive.model.features import author_names_of

Record = dict[str, Any]
Sort = list[tuple[str, int]]
Values = list[str | None]
BY_IDENTITY_UP: Sort = [("site", 1), ("type", 1), ("id", 1)]
QUESTION_MS = 120_000
"""How long a server may work on one count or search. Lists have no limit: an export takes hours."""
FEW_POSTS = 5_000
"""So many posts are counted here, all groups in one pass; of more the server counts each group."""
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


class MongoTallies:
    """The counts over the posts of a database."""

    def __init__(self, collections: MongoCollections) -> None:
        self._collections = collections

    def of_group(self, query: MongoQuery, group: Group) -> dict[str | None, int]:
        """Return how many posts have each value of a group; None counts the others."""
        if group == "term":
            return dict(self._of_custom_terms(query))
        if group in PERIODS:
            return dict(self._of_months(query, PERIODS[group]))
        if group in TERM_FIELDS:
            return dict(self._of_terms(query, TERM_FIELDS[group]))
        if group == "author":
            return dict(self._of_authors(query))
        if group in FEATURE_GROUPS:
            return dict(self._of_lists(query, FEATURE_GROUPS[group]))
        return dict(self._of_value(query, f"${GROUP_FIELDS[group]}"))

    def _of_value(self, query: MongoQuery, value: Any) -> Counter[str | None]:
        """Count posts by the value of a field or an expression."""
        # Some servers leave `_id` out of a group without a value.
        return _counted(
            (found.get("_id"), found) for found in self._collections.sums(query, value, count=1)
        )

    def _of_months(self, query: MongoQuery, form: str) -> Counter[str | None]:
        """Count posts by their time of publication, as a form of `strftime` writes it."""
        if self._collections.has_expressions():
            return self._of_value(
                query, {"$dateToString": {"date": "$published_at", "format": form}}
            )
        posts = self._collections.find(
            "posts", query, {"_id": 0, "published_at": 1}, most_ms=QUESTION_MS
        )
        return Counter(_time_text(post["published_at"], form) for post in posts)

    def _of_lists(self, query: MongoQuery, field: str) -> Counter[str | None]:
        """Count posts by each value of a list; None counts posts whose list is empty."""
        groups = self._unwound(query, field, f"${field}")
        return _counted((found.get("_id"), found) for found in groups)

    def _of_authors(self, query: MongoQuery) -> Counter[str | None]:
        """Count posts by each of their authors; None counts posts without any."""
        if self._collections.has_expressions():
            named: Record = {"$project": {"authors": AUTHOR_NAMES}}
            groups = self._unwound(query, "authors", "$authors", named)
            return _counted((found.get("_id"), found) for found in groups)
        fields = {"_id": 0, "author": 1, "authors": 1}
        posts = self._collections.find("posts", query, fields, most_ms=QUESTION_MS)
        names: Iterator[Values] = (list(author_names_of(post)) for post in posts)
        return Counter(name for each in names for name in each or [None])

    def _of_terms(self, query: MongoQuery, field: str) -> Counter[str | None]:
        """Count posts by each of their terms: by name, or by slug where a term has no name."""
        key = {"name": f"${field}.name", "slug": f"${field}.slug"}
        groups = self._unwound(query, field, key)
        return _counted((_term_name(found.get("_id")), found) for found in groups)

    def _of_custom_terms(self, query: MongoQuery) -> Counter[str | None]:
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
        if self._collections.has_expressions():
            unwind: Record = {"$unwind": {"path": path, "preserveNullAndEmptyArrays": True}}
            yield from self._collections.groups(
                "posts", [{"$match": query}, *before, unwind, grouped]
            )
            return
        yield from self._collections.groups(
            "posts", [{"$match": query}, {"$unwind": path}, grouped]
        )
        without = self._collections.count_posts(
            all_queries(query, {f"{field}.0": {"$exists": False}})
        )
        if without:
            yield {"count": without}

    def of_each(
        self, query: MongoQuery, groups: Sequence[Group]
    ) -> dict[Group, dict[str | None, int]]:
        """Return the counts of several groups, as `Reader.tallies` does."""
        if not self._collections.has_expressions():
            # Each single tally would read the same posts.
            return values_counted(self._facets(query, groups, None), groups)
        found = list(self._facets(query, groups, FEW_POSTS + 1))
        if len(found) <= FEW_POSTS:
            return values_counted(found, groups)
        counts = {group: self.of_group(query, group) for group in groups}
        return {group: _without_none(counted) for group, counted in counts.items()}

    def _facets(
        self, query: MongoQuery, groups: Sequence[Group], limit: int | None
    ) -> Iterator[Record]:
        """Yield the fields of posts that groups are about."""
        fields = dict.fromkeys(("author", *(FIELDS_OF_GROUPS[group] for group in groups)), 1)
        return self._collections.find("posts", query, fields, limit=limit, most_ms=QUESTION_MS)

    def of_pairs(
        self, query: MongoQuery, first: Group, second: Group
    ) -> dict[tuple[str | None, str | None], int]:
        """Return how many posts have each pair of values of two groups."""
        if self._collections.has_expressions():
            return self._computed_pairs(query, first, second)
        fields = dict.fromkeys((FIELDS_OF_GROUPS[first], FIELDS_OF_GROUPS[second], "author"), 1)
        found = self._collections.find("posts", query, fields, most_ms=QUESTION_MS)
        return Counter(
            pair
            for post in found
            for pair in product(group_values(post, first), group_values(post, second))
        )

    def _computed_pairs(
        self, query: MongoQuery, first: Group, second: Group
    ) -> dict[tuple[str | None, str | None], int]:
        stages: list[Record] = [{"$match": query}]
        for group in (first, second):
            if group not in SINGLE_GROUPS:
                path = f"${FIELDS_OF_GROUPS[group]}"
                if group == "author":
                    stages.append({"$addFields": {"authors": AUTHOR_NAMES}})
                stages.append({"$unwind": {"path": path, "preserveNullAndEmptyArrays": True}})
        keys = {"first": group_key(first), "second": group_key(second)}
        stages.append({"$group": {"_id": keys, "count": {"$sum": 1}}})
        counts: Counter[tuple[str | None, str | None]] = Counter()
        for found in self._collections.groups("posts", stages):
            key = found["_id"]
            pair = group_name(key.get("first"), first), group_name(key.get("second"), second)
            counts[pair] += int(found["count"])
        return counts


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


def _without_none(counts: dict[str | None, int]) -> dict[str | None, int]:
    return {name: count for name, count in counts.items() if name is not None}


def key_of(post: Record) -> str:
    """Return the key of a document."""
    return cast(str, post["_id"])
