"""Reading a MongoDB archive with PyMongo's synchronous client, by the common core of the protocol."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from heapq import nlargest
from itertools import chain, groupby, islice
from typing import Any, cast

from bson.int64 import Int64
from pymongo import MongoClient

from wparchive.backends.address import Address
from wparchive.backends.mongo.client import client_options, mongo_errors
from wparchive.backends.mongo.mongo_selection import (
    GROUP_FIELDS,
    NAMES,
    PERIODS,
    SEARCHED,
    TERM_FIELDS,
    both,
    candidates,
    conditions,
    decided,
    matching,
)
from wparchive.backends.reader import (
    Event,
    EventKind,
    Filter,
    Group,
    Order,
    SearchOrder,
    TypeCounts,
)
from wparchive.errors import missing, too_new
from wparchive.model.documents import (
    KINDS,
    SCHEMA_VERSION,
    CommentDocument,
    Failure,
    Kind,
    PostDocument,
    Revision,
    Run,
    Site,
    State,
)
from wparchive.text.ranking import bm25_score, rough_score
from wparchive.text.search_query import Query

Record = dict[str, Any]
Sort = list[tuple[str, int]]
POOL = 200
"""Posts whose texts are compared for the best answers to a search."""
CHUNK = 200
"""Documents asked for by key at a time."""
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
IDENTITY: Sort = [("site", 1), ("type", 1), ("id", 1)]


class MongoReader:
    """The reading side of a MongoDB archive (see `wparchive.backends.reader.Reader`)."""

    def __init__(self, address: Address) -> None:
        self.address = str(address)
        self._uri = address.uri
        with mongo_errors(self._uri):
            self._client: MongoClient[Record] = MongoClient(
                address.uri, **client_options(address.uri)
            )
        self._db = self._client[address.place]
        try:
            self._check(address.place)
        except BaseException:
            self.close()
            raise

    def _check(self, database: str) -> None:
        mark = next(self._find("marks", {"_id": "schema"}), None)
        if mark is None:
            raise missing(self.address, f"the database {database!r} is empty or of something else")
        if mark["version"] > SCHEMA_VERSION:
            where = f"{self.address} (database {database})"
            raise too_new(where, mark["version"], SCHEMA_VERSION)

    def close(self) -> None:
        self._client.close()

    def analyser(self) -> str:
        return cast(str, next(self._find("marks", {"_id": "schema"}))["analyser"])

    def sites(self) -> list[Site]:
        return [cast(Site, site) for site in self._find("sites", {}, sort=[("_id", 1)])]

    def held(self) -> list[TypeCounts]:
        return [held for kind in KINDS for held in self._held(kind)]

    def _held(self, kind: Kind) -> Iterator[TypeCounts]:
        key = {"site": "$site", "type": "$type", "state": "$state"}
        counts: dict[tuple[str, str], dict[State, int]] = {}
        for group in self._groups(kind, [{"$group": {"_id": key, "count": {"$sum": 1}}}]):
            counts.setdefault((group["_id"]["site"], group["_id"]["type"]), {})[
                group["_id"]["state"]
            ] = group["count"]
        for (site, type_), by_state in sorted(counts.items()):
            yield TypeCounts(
                site,
                kind,
                type_,
                *(by_state.get(state, 0) for state in ("live", "withdrawn", "deleted")),
            )

    def runs(self, site: str, limit: int) -> list[Run]:
        return [
            cast(Run, run)
            for run in islice(self._find("runs", {"site": site}, sort=[("started_at", -1)]), limit)
        ]

    def posts(
        self, filter_: Filter, order: Order, limit: int | None, raw: bool
    ) -> Iterator[PostDocument]:
        fields = {"search": 0} if raw else {"search": 0, "raw": 0}
        found = self._ordered(conditions(filter_), order, fields)
        return (cast(PostDocument, post) for post in islice(found, limit))

    def _ordered(self, query: Record, order: Order, fields: Mapping[str, int]) -> Iterator[Record]:
        """Posts by an index; those of one moment by key, and those without a date last, whatever the direction."""
        if order == "key":
            return self._find("posts", query, fields, IDENTITY)
        dated = self._find(
            "posts",
            both(query, {"published_at": {"$ne": None}}),
            fields,
            [("published_at", -1 if order == "newest" else 1)],
        )
        ties = (
            sorted(group, key=lambda post: str(post["_id"]))
            for _, group in groupby(dated, lambda post: post["published_at"])
        )
        return chain(
            chain.from_iterable(ties),
            self._find("posts", both(query, {"published_at": None}), fields, [("_id", 1)]),
        )

    def count(self, filter_: Filter) -> int:
        return self._count(conditions(filter_))

    def words(self, filter_: Filter) -> int:
        groups = self._groups(
            "posts",
            [
                {"$match": conditions(filter_)},
                {"$group": {"_id": None, "words": {"$sum": "$word_count"}}},
            ],
        )
        return next((int(group["words"]) for group in groups), 0)

    def tally(self, filter_: Filter, group: Group) -> dict[str | None, int]:
        query = conditions(filter_)
        counts: Counter[str | None] = Counter()
        if group in PERIODS:
            moments = (
                post["published_at"]
                for post in self._find("posts", query, {"_id": 0, "published_at": 1})
            )
            return dict(Counter(moment and f"{moment:{PERIODS[group]}}" for moment in moments))
        if field := TERM_FIELDS.get(group):
            for post in self._find("posts", query, {f"{field}.name": 1, f"{field}.slug": 1}):
                counts.update([term["name"] or term["slug"] for term in post[field]] or [None])
            return dict(counts)
        stages = [
            {"$match": query},
            {"$group": {"_id": f"${GROUP_FIELDS[group]}", "count": {"$sum": 1}}},
        ]
        for found in self._groups("posts", stages):
            counts[found["_id"]] += found["count"]
        return dict(counts)

    def search(
        self, query: Query, filter_: Filter, order: SearchOrder, limit: int
    ) -> list[tuple[str, float]]:
        chosen = both(conditions(filter_), candidates(query))
        if order == "relevance":
            return self._best(query, chosen, limit)
        fields = NAMES if decided(query) else SEARCHED
        found = self._verified(query, self._ordered(chosen, order, fields))
        return [(post["_id"], rough_score(query, post)) for post in islice(found, limit)]

    def _best(self, query: Query, chosen: Record, limit: int) -> list[tuple[str, float]]:
        """The likeliest by title and terms, then the best of them by their whole text."""
        found = self._verified(
            query, self._find("posts", chosen, NAMES if decided(query) else SEARCHED)
        )
        rank = (
            (rough_score(query, post), post["published_at"] or LONG_AGO, post["_id"])
            for post in found
        )
        pool = [key for _, _, key in nlargest(max(POOL, limit), rank)]
        scored = (
            (post["_id"], bm25_score(query, post)) for post in self._by_key("posts", pool, SEARCHED)
        )
        return sorted(scored, key=lambda entry: (-entry[1], entry[0]))[:limit]

    def _verified(self, query: Query, found: Iterator[Record]) -> Iterator[Record]:
        return found if decided(query) else (post for post in found if matching(query, post))

    def matches(self, query: Query, filter_: Filter) -> int:
        chosen = both(conditions(filter_), candidates(query))
        return (
            self._count(chosen)
            if decided(query)
            else sum(1 for _ in self._verified(query, self._find("posts", chosen, SEARCHED)))
        )

    def get(self, key: str) -> tuple[Kind, dict[str, Any]] | None:
        for kind in KINDS:
            for document in self._find(kind, {"_id": key}, {"search": 0}):
                return kind, document
        return None

    def get_posts(self, keys: list[str]) -> list[PostDocument]:
        found = {
            post["_id"]: cast(PostDocument, post)
            for post in self._by_key("posts", keys, {"search": 0, "raw": 0})
        }
        return [found[key] for key in keys if key in found]

    def find_link(self, links: tuple[str, ...]) -> str | None:
        found = self._find("posts", {"link": {"$in": list(links)}}, {"state": 1, "published_at": 1})
        best = min(
            found,
            key=lambda p: (
                p["state"] != "live",
                -(p["published_at"] or LONG_AGO).timestamp(),
                p["_id"],
            ),
            default=None,
        )
        return None if best is None else cast(str, best["_id"])

    def documents(self, kind: Kind, site: str) -> Iterator[dict[str, Any]]:
        return self._find(kind, {"site": site, "state": "live"}, {"search": 0}, IDENTITY)

    def comments(self, site: str, post: int) -> list[CommentDocument]:
        return [
            cast(CommentDocument, c)
            for c in self._find(
                "comments", {"site": site, "post": post, "state": "live"}, sort=[("id", 1)]
            )
        ]

    def revisions(self, key: str) -> list[Revision]:
        return [
            cast(Revision, revision)
            for revision in self._find("revisions", {"key": key}, sort=[("revision", 1)])
        ]

    def events(
        self, what: EventKind, sites: tuple[str, ...], since: datetime, until: datetime | None
    ) -> Iterator[Event]:
        times = {"$gte": since} | ({"$lt": until} if until else {})
        within = {"site": {"$in": list(sites)}} if sites else {}
        if what == "edited":
            return self._edits({**within, "kind": "posts", "until_at": times})
        field = "first_seen_at" if what == "new" else "state_since"
        query = {**within, field: times} | ({} if what == "new" else {"state": what})
        found = self._find(
            "posts",
            query,
            {"title": 1, "link": 1, "revision": 1, field: 1},
            [(field, -1), ("_id", 1)],
        )
        return (
            Event(
                p[field],
                what,
                p["_id"],
                p["title"],
                p["link"],
                1 if what == "new" else p["revision"],
            )
            for p in found
        )

    def _edits(self, query: Record) -> Iterator[Event]:
        found = self._find(
            "revisions",
            query,
            {"key": 1, "revision": 1, "until_at": 1},
            [("until_at", -1), ("key", 1)],
        )
        while chunk := list(islice(found, CHUNK)):
            posts = {
                post["_id"]: post
                for post in self._by_key(
                    "posts", [entry["key"] for entry in chunk], {"title": 1, "link": 1}
                )
            }
            for entry in chunk:
                if post := posts.get(entry["key"]):
                    yield Event(
                        entry["until_at"],
                        "edited",
                        entry["key"],
                        post["title"],
                        post["link"],
                        entry["revision"],
                    )

    def failures(self, sites: tuple[str, ...], types: tuple[str, ...]) -> Iterator[Failure]:
        query: Record = {"site": {"$in": list(sites)}} if sites else {}
        query |= {"type": {"$in": list(types)}} if types else {}
        return (
            cast(Failure, failure)
            for failure in self._find("failures", query, sort=[*IDENTITY, ("_id", 1)])
        )

    def _count(self, query: Record) -> int:
        with mongo_errors(self._uri):
            return self._db["posts"].count_documents(query)

    def _groups(self, collection: str, stages: list[Record]) -> Iterator[Record]:
        with mongo_errors(self._uri):
            yield from self._db[collection].aggregate(stages)

    def _by_key(
        self, collection: str, keys: Iterable[str], fields: Mapping[str, int]
    ) -> Iterator[Record]:
        remaining = iter(keys)
        while chunk := list(islice(remaining, CHUNK)):
            yield from self._find(collection, {"_id": {"$in": chunk}}, fields)

    def _find(
        self,
        collection: str,
        query: Record,
        fields: Mapping[str, int] | None = None,
        sort: Sort | None = None,
    ) -> Iterator[Record]:
        with mongo_errors(self._uri), self._db[collection].find(query, fields, sort=sort) as cursor:
            for document in cursor:
                yield plain_integers(document)


def plain_integers(value: Any) -> Any:
    """A document with Python's own integers: PyMongo's `Int64`, which it gives for large ones, is unknown to encoders."""
    if isinstance(value, dict):
        return {name: plain_integers(part) for name, part in value.items()}
    if isinstance(value, list):
        return [plain_integers(part) for part in value]
    return int(value) if isinstance(value, Int64) else value
