"""The reading side of a MongoDB archive, with PyMongo's synchronous client.

It asks only for what the common core of MongoDB's protocol has, so that FerretDB and the clouds'
own servers answer too. The client is safe to use from several threads.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain, groupby, islice
from typing import Any, cast, get_args

from pymongo import MongoClient

from wparchive.backends.address import ArchiveAddress
from wparchive.backends.cursor import (
    FailurePosition,
    IdentityPosition,
    LatestPosition,
    PublishedPosition,
    decode_cursor,
    encode_cursor,
)
from wparchive.backends.mongo.client import client_options, mongo_errors
from wparchive.backends.mongo.mongo_ranking import (
    LONG_AGO,
    Likelihood,
    PoolPosition,
    pools_after,
    ranked_pool,
)
from wparchive.backends.mongo.mongo_selection import (
    GROUP_FIELDS,
    NAME_FIELDS,
    PERIODS,
    SEARCHED_FIELDS,
    TERM_FIELDS,
    MongoQuery,
    all_queries,
    candidates,
    document_query,
    failure_query,
    identity_query,
    is_decided,
    latest_query,
    matching,
    one_of,
    post_query,
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
from wparchive.errors import missing, too_new
from wparchive.model.documents import (
    KINDS,
    SCHEMA_VERSION,
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
KEYS_AT_ONCE = 200
"""Documents asked for by key at a time."""
BY_IDENTITY_UP: Sort = [("site", 1), ("type", 1), ("id", 1)]


class MongoReader:
    """Implements `wparchive.backends.reader.Reader` on a database."""

    def __init__(self, address: ArchiveAddress) -> None:
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
        return [counts for kind in KINDS for counts in self._held(kind)]

    def _held(self, kind: Kind) -> Iterator[TypeCounts]:
        key = {"site": "$site", "type": "$type", "state": "$state"}
        counts: dict[tuple[str, str], dict[State, int]] = {}
        for group in self._groups(kind, [{"$group": {"_id": key, "count": {"$sum": 1}}}]):
            of = group["_id"]
            counts.setdefault((of["site"], of["type"]), {})[of["state"]] = group["count"]
        for (site, type_), by_state in sorted(counts.items()):
            yield TypeCounts(
                site, kind, type_, *(by_state.get(state, 0) for state in get_args(State))
            )

    def runs(
        self, sites: tuple[str, ...], limit: int | None, after: LatestPosition | None = None
    ) -> Iterator[Run]:
        query = all_queries(one_of("site", sites), latest_query("started_at", "_id", after))
        found = self._find("runs", query, sort=[("started_at", -1), ("_id", -1)], limit=limit)
        return (cast(Run, run) for run in found)

    def posts(
        self,
        filter_: Filter,
        order: Order,
        limit: int | None,
        raw: bool,
        after: PostPosition | None = None,
    ) -> Iterator[PostDocument]:
        fields = {"search": 0}
        if not raw:
            fields["raw"] = 0
        found = self._ordered(post_query(filter_), order, fields, after, limit)
        return (cast(PostDocument, post) for post in islice(found, limit))

    def _ordered(
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
            return self._find("posts", following, fields, BY_IDENTITY_UP, at_once=at_once)
        assert after is None or isinstance(after, PublishedPosition)
        dated = self._dated(query, order, fields, after, at_once)
        undated: MongoQuery = {"published_at": None}
        if after is not None and after.published_at is None:
            dated = iter(())
            undated["_id"] = {"$gt": after.key}
        last = self._find(
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
            yield from self._find("posts", all_queries(query, same_moment), fields, [("_id", 1)])
        found = self._find(
            "posts",
            all_queries(query, further),
            fields,
            [("published_at", direction)],
            at_once=at_once,
        )
        # The index has no key beside the date. To sort by both, a server would read all documents
        # first; here only those of one moment are held.
        for _, group in groupby(found, lambda post: post["published_at"]):
            yield from sorted(group, key=_key)

    def count(self, filter_: Filter) -> int:
        return self._count(post_query(filter_))

    def words(self, filter_: Filter) -> int:
        stages = [
            {"$match": post_query(filter_)},
            {"$group": {"_id": None, "words": {"$sum": "$word_count"}}},
        ]
        return sum(int(group["words"]) for group in self._groups("posts", stages))

    def tally(self, filter_: Filter, group: Group) -> dict[str | None, int]:
        query = post_query(filter_)
        if group in PERIODS:
            return self._tally_periods(query, PERIODS[group])
        if group in TERM_FIELDS:
            return self._tally_terms(query, TERM_FIELDS[group])
        counts: Counter[str | None] = Counter()
        stages = [
            {"$match": query},
            {"$group": {"_id": f"${GROUP_FIELDS[group]}", "count": {"$sum": 1}}},
        ]
        for found in self._groups("posts", stages):
            counts[found["_id"]] += found["count"]
        return dict(counts)

    def _tally_periods(self, query: MongoQuery, form: str) -> dict[str | None, int]:
        counts: Counter[str | None] = Counter()
        for post in self._find("posts", query, {"_id": 0, "published_at": 1}):
            at = post["published_at"]
            counts[at and f"{at:{form}}"] += 1
        return dict(counts)

    def _tally_terms(self, query: MongoQuery, field: str) -> dict[str | None, int]:
        counts: Counter[str | None] = Counter()
        for post in self._find("posts", query, {f"{field}.name": 1, f"{field}.slug": 1}):
            counts.update([term["name"] or term["slug"] for term in post[field]] or [None])
        return dict(counts)

    def search(
        self,
        query: Query,
        filter_: Filter,
        order: SearchOrder,
        limit: int,
        after: str | None = None,
    ) -> Matches:
        chosen = all_queries(post_query(filter_), candidates(query))
        if order == "relevance":
            return self._search_by_relevance(query, chosen, limit, after)
        return self._search_by_date(query, chosen, order, limit, after)

    def _search_by_date(
        self, query: Query, chosen: MongoQuery, order: Order, limit: int, after: str | None
    ) -> Matches:
        name = f"search/{order}"
        position = None
        if after is not None:
            position = decode_cursor(name, after, PublishedPosition)
        ordered = self._ordered(chosen, order, _fields_for(query), position)
        found = list(islice(_verified(query, ordered), limit + 1))
        page = found[:limit]
        cursor = None
        if page and len(found) > limit:
            ended = PublishedPosition(page[-1]["published_at"], page[-1]["_id"])
            cursor = encode_cursor(name, ended)
        return Matches({post["_id"]: rough_score(query, post) for post in page}, cursor)

    def _search_by_relevance(
        self, query: Query, chosen: MongoQuery, limit: int, after: str | None
    ) -> Matches:
        name = "search/relevance"
        position = None
        if after is not None:
            position = decode_cursor(name, after, PoolPosition)
        found = self._best(query, chosen, position, limit + 1)
        best = list(islice(found, limit + 1))
        page = best[:limit]
        cursor = None
        if page and len(best) > limit:
            cursor = encode_cursor(name, page[-1])
        return Matches({ended.key: ended.score for ended in page}, cursor)

    def _best(
        self, query: Query, chosen: MongoQuery, after: PoolPosition | None, count: int
    ) -> Iterator[PoolPosition]:
        """Yield the matches by relevance: pool after pool, each by the relevance of whole texts."""
        for pool in pools_after(self._likelihoods(query, chosen), after, count):
            posts = self._by_key("posts", (one.key for one in pool.members), SEARCHED_FIELDS)
            scores = {_key(post): bm25_score(query, post) for post in posts}
            yield from ranked_pool(pool, scores, after)

    def _likelihoods(self, query: Query, chosen: MongoQuery) -> Iterator[Likelihood]:
        """Yield the matches, ranked by their titles and names of terms only."""
        for post in _verified(query, self._find("posts", chosen, _fields_for(query))):
            published_at = post["published_at"] or LONG_AGO
            yield Likelihood(rough_score(query, post), published_at, post["_id"])

    def matches(self, query: Query, filter_: Filter) -> int:
        chosen = all_queries(post_query(filter_), candidates(query))
        if is_decided(query):
            return self._count(chosen)
        found = self._find("posts", chosen, SEARCHED_FIELDS)
        return sum(1 for _ in _verified(query, found))

    def get(self, key: str) -> tuple[Kind, dict[str, Any]] | None:
        for kind in KINDS:
            for document in self._find(kind, {"_id": key}, {"search": 0}):
                return kind, document
        return None

    def get_posts(self, keys: list[str]) -> list[PostDocument]:
        posts = self._by_key("posts", keys, {"search": 0, "raw": 0})
        found = {post["_id"]: cast(PostDocument, post) for post in posts}
        return [found[key] for key in keys if key in found]

    def find_link(self, links: tuple[str, ...]) -> str | None:
        query = {"link": {"$in": list(links)}}
        found = self._find("posts", query, {"state": 1, "published_at": 1})
        best = min(found, key=_preference, default=None)
        if best is None:
            return None
        return _key(best)

    def documents(
        self,
        kind: Kind,
        filter_: DocumentFilter,
        limit: int | None = None,
        after: IdentityPosition | None = None,
    ) -> Iterator[dict[str, Any]]:
        query = all_queries(document_query(filter_), identity_query(after))
        return self._find(kind, query, {"search": 0}, BY_IDENTITY_UP, limit=limit)

    def revisions(self, key: str) -> list[Revision]:
        found = self._find("revisions", {"key": key}, sort=[("revision", 1)])
        return [cast(Revision, revision) for revision in found]

    def events(
        self,
        what: EventKind,
        sites: tuple[str, ...],
        since: datetime,
        until: datetime | None,
        after: LatestPosition | None = None,
    ) -> Iterator[Event]:
        times = {"$gte": since}
        if until is not None:
            times["$lt"] = until
        within = one_of("site", sites)
        if what == "edited":
            query = all_queries(within, {"kind": "posts"}, {"until_at": times})
            return self._edits(all_queries(query, latest_query("until_at", "key", after)))
        if what == "new":
            query = all_queries(within, {"first_seen_at": times})
            return self._changes(what, "first_seen_at", query, after)
        query = all_queries(within, {"state": what}, {"state_since": times})
        return self._changes(what, "state_since", query, after)

    def _changes(
        self, what: EventKind, time: str, query: MongoQuery, after: LatestPosition | None
    ) -> Iterator[Event]:
        """Yield the events that a field of the posts themselves tells."""
        found = self._find(
            "posts",
            all_queries(query, latest_query(time, "_id", after)),
            {"title": 1, "link": 1, "revision": 1, time: 1},
            [(time, -1), ("_id", -1)],
        )
        for post in found:
            revision = post["revision"]
            if what == "new":
                revision = 1
            yield Event(post[time], what, post["_id"], post["title"], post["link"], revision)

    def _edits(self, query: MongoQuery) -> Iterator[Event]:
        """Yield the edits, which the replaced versions tell; the posts lend their titles."""
        found = self._find(
            "revisions",
            query,
            {"key": 1, "revision": 1, "until_at": 1},
            [("until_at", -1), ("key", -1)],
        )
        while chunk := list(islice(found, KEYS_AT_ONCE)):
            keys = (revision["key"] for revision in chunk)
            posts = {
                _key(post): post for post in self._by_key("posts", keys, {"title": 1, "link": 1})
            }
            for revision in chunk:
                key = revision["key"]
                if post := posts.get(key):
                    yield Event(
                        revision["until_at"],
                        "edited",
                        key,
                        post["title"],
                        post["link"],
                        revision["revision"],
                    )

    def failures(
        self,
        sites: tuple[str, ...],
        types: tuple[str, ...],
        limit: int | None = None,
        after: FailurePosition | None = None,
    ) -> Iterator[Failure]:
        query = all_queries(one_of("site", sites), one_of("type", types), failure_query(after))
        found = self._find("failures", query, sort=[*BY_IDENTITY_UP, ("_id", 1)], limit=limit)
        return (cast(Failure, failure) for failure in found)

    def _count(self, query: MongoQuery) -> int:
        with mongo_errors(self._uri):
            return self._db["posts"].count_documents(query)

    def _groups(self, collection: str, stages: list[Record]) -> Iterator[Record]:
        with mongo_errors(self._uri):
            yield from self._db[collection].aggregate(stages)

    def _by_key(
        self, collection: str, keys: Iterable[str], fields: Mapping[str, int]
    ) -> Iterator[Record]:
        remaining = iter(keys)
        while chunk := list(islice(remaining, KEYS_AT_ONCE)):
            yield from self._find(collection, {"_id": {"$in": chunk}}, fields)

    def _find(
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


def _key(post: Record) -> str:
    return cast(str, post["_id"])


def _preference(post: Record) -> tuple[bool, float, str]:
    """Return what sorts posts of one address: live ones first, then the newest."""
    published_at = post["published_at"] or LONG_AGO
    return post["state"] != "live", -published_at.timestamp(), _key(post)


def _fields_for(query: Query) -> Mapping[str, int]:
    """Return the fields that are needed to know which candidates match, and how likely."""
    if is_decided(query):
        return NAME_FIELDS
    return SEARCHED_FIELDS


def _verified(query: Query, found: Iterator[Record]) -> Iterator[Record]:
    """Yield the candidates that really match."""
    if is_decided(query):
        return found
    return (post for post in found if matching(query, post))
