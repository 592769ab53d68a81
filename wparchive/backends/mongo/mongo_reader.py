"""The reading side of a MongoDB archive, with PyMongo's synchronous client.

It asks only for what the common core of MongoDB's protocol has, so that FerretDB and the clouds'
own servers answer too. The client is safe to use from several threads.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, cast, get_args

from pymongo import MongoClient

from wparchive.backends.address import ArchiveAddress
from wparchive.backends.cursor import (
    FailurePosition,
    IdentityPosition,
    LatestPosition,
)
from wparchive.backends.mongo.client import client_options, mongo_errors
from wparchive.backends.mongo.mongo_collections import (
    BY_IDENTITY_UP,
    MongoCollections,
    MongoTallies,
    Record,
    key_of,
)
from wparchive.backends.mongo.mongo_copies import mongo_site_records
from wparchive.backends.mongo.mongo_events import MongoEvents
from wparchive.backends.mongo.mongo_leases import read_leases
from wparchive.backends.mongo.mongo_memory import mongo_recurring_blocks
from wparchive.backends.mongo.mongo_positions import (
    failure_query,
    identity_query,
    latest_query,
    posts_in_order,
)
from wparchive.backends.mongo.mongo_search import MongoSearch
from wparchive.backends.mongo.mongo_selection import (
    LONG_AGO,
    all_queries,
    document_query,
    one_of,
)
from wparchive.backends.mongo.mongo_stock import mongo_manifest, mongo_records
from wparchive.backends.questions import (
    DocumentFilter,
    EventFilter,
    Filter,
    Group,
    LinkFound,
    Matches,
    MovedOut,
    Order,
    PostPosition,
    PostTotals,
    SearchOrder,
    SlugFound,
    TotalsPart,
    TypeCounts,
)
from wparchive.errors import missing, too_new
from wparchive.model.digest import HeldRecord
from wparchive.model.documents import KINDS, SCHEMA_VERSION, Kind, PostDocument, State
from wparchive.model.file_records import FileRecord
from wparchive.model.history_records import EventRecord, Revision
from wparchive.model.run_records import Failure, ManifestChunk, Run
from wparchive.model.site_records import Lease, RecurringBlock, Site
from wparchive.text.search_query import Query

WORDS_FROM = 500
"""Posts whose words are looked at for one that was mistyped."""
RUNS_AT_ONCE = 20
"""Reports of runs are long, and often only the last ones are read."""


class MongoReader:
    """Implements `wparchive.backends.reader.Reader` on a database."""

    def __init__(self, address: ArchiveAddress) -> None:
        self.address = str(address)
        self._uri = address.uri
        self._database = address.place
        with mongo_errors(self._uri, reading=True):
            self._client: MongoClient[Record] = MongoClient(
                address.uri, **client_options(address.uri)
            )
        self._collections = MongoCollections(self._client[address.place], self._uri)
        self._search = MongoSearch(self._collections)
        self._events = MongoEvents(self._collections)
        self._tallies = MongoTallies(self._collections)
        try:
            self._check(address.place)
        except BaseException:
            self.close()
            raise

    def _check(self, database: str) -> None:
        mark = next(self._collections.find("marks", {"_id": "schema"}), None)
        if mark is None:
            raise missing(self.address, f"the database {database!r} is empty or of something else")
        if mark["version"] > SCHEMA_VERSION:
            where = f"{self.address} (database {database})"
            raise too_new(where, mark["version"], SCHEMA_VERSION)

    def close(self) -> None:
        self._client.close()

    def analyser(self) -> str:
        return cast(str, next(self._collections.find("marks", {"_id": "schema"}))["analyser"])

    def sites(self) -> list[Site]:
        return [cast(Site, site) for site in self._collections.find("sites", {}, sort=[("_id", 1)])]

    def held(self) -> list[TypeCounts]:
        return [counts for kind in KINDS for counts in self._held(kind)]

    def _held(self, kind: Kind) -> Iterator[TypeCounts]:
        key = {"site": "$site", "type": "$type", "state": "$state"}
        counts: dict[tuple[str, str], dict[State, int]] = {}
        # All sites are named in a way that an index has: without it, every document would be read.
        stages: list[Record] = [
            {"$match": {"site": {"$gt": ""}}},
            {"$group": {"_id": key, "count": {"$sum": 1}}},
        ]
        for group in self._collections.groups(kind, stages):
            of = group["_id"]
            counts.setdefault((of["site"], of["type"]), {})[of["state"]] = group["count"]
        for (site, type_), by_state in sorted(counts.items()):
            # The states come in the order in which `TypeCounts` has them.
            yield TypeCounts(
                site, kind, type_, *(by_state.get(state, 0) for state in get_args(State))
            )

    def runs(
        self, sites: tuple[str, ...], limit: int | None, after: LatestPosition | None = None
    ) -> Iterator[Run]:
        query = all_queries(one_of("site", sites), latest_query("started_at", "_id", after))
        found = self._collections.find(
            "runs",
            query,
            sort=[("started_at", -1), ("_id", -1)],
            limit=limit,
            at_once=RUNS_AT_ONCE,
        )
        return (cast(Run, run) for run in found)

    def leases(self) -> list[Lease]:
        return read_leases(self._collections)

    def posts(
        self,
        filter_: Filter,
        order: Order,
        limit: int | None,
        raw: bool,
        after: PostPosition | None = None,
    ) -> Iterator[PostDocument]:
        # The tokens of the index take as much as the text, and no reader wants them.
        fields = {"search": 0}
        if not raw:
            fields["raw"] = 0
        found = posts_in_order(
            self._collections, self._search.meant(filter_), order, fields, after, limit
        )
        return (cast(PostDocument, post) for post in islice(found, limit))

    def count(self, filter_: Filter) -> int:
        return self._collections.count_posts(self._search.meant(filter_))

    def words(self, filter_: Filter) -> int:
        sums = self._collections.sums(self._search.meant(filter_), None, words="$word_count")
        return sum(int(found["words"]) for found in sums)

    def totals(self, filter_: Filter) -> PostTotals:
        return PostTotals.of(
            [
                TotalsPart(
                    found["_id"]["site"],
                    found["_id"]["type"],
                    int(found["count"]),
                    int(found["words"]),
                    found.get("first"),
                    found.get("last"),
                )
                for found in self._collections.totals(self._search.meant(filter_))
            ]
        )

    def tally(self, filter_: Filter, group: Group) -> dict[str | None, int]:
        return self._tallies.of_group(self._search.meant(filter_), group)

    def tallies(
        self, filter_: Filter, groups: Sequence[Group]
    ) -> dict[Group, dict[str | None, int]]:
        return self._tallies.of_each(self._search.meant(filter_), groups)

    def tally_pairs(
        self, filter_: Filter, first: Group, second: Group
    ) -> dict[tuple[str | None, str | None], int]:
        return self._tallies.of_pairs(self._search.meant(filter_), first, second)

    def search(
        self,
        query: Query,
        filter_: Filter,
        order: SearchOrder,
        limit: int,
        after: str | None = None,
    ) -> Matches:
        return self._search.page(query, filter_, order, limit, after)

    def matches(self, query: Query, filter_: Filter) -> int:
        return self._search.count(query, filter_)

    def indexed_words(self, beginning: str, shortest: int, longest: int) -> dict[str, int]:
        query = {"search": {"$regex": f"^{beginning}"}}
        found = self._collections.find("posts", query, {"_id": 0, "search": 1}, limit=WORDS_FROM)
        return Counter(
            word
            for post in found
            for word in post["search"]
            if word.startswith(beginning) and shortest <= len(word) <= longest
        )

    def get(self, key: str) -> tuple[Kind, dict[str, Any]] | None:
        for kind in KINDS:
            for document in self._collections.find(kind, {"_id": key}, {"search": 0}):
                return kind, document
        return None

    def get_posts(self, keys: list[str]) -> list[PostDocument]:
        posts = self._collections.by_key("posts", keys, {"search": 0, "raw": 0})
        found = {post["_id"]: cast(PostDocument, post) for post in posts}
        return [found[key] for key in keys if key in found]

    def posts_at(self, links: Sequence[str]) -> list[LinkFound]:
        if not links:
            return []
        query = {"link": {"$in": list(links)}}
        fields = dict.fromkeys(("link", "state", "published_at"), 1)
        found = sorted(self._collections.find("posts", query, fields), key=_preference)
        return [LinkFound(key_of(post), post["link"]) for post in found]

    def slugs_with(self, part: str, written: tuple[str, ...], limit: int) -> list[SlugFound]:
        query = {"link": {"$regex": f"^https?://[^/]*/.*({'|'.join(map(re.escape, written))})"}}
        fields = {"slug": 1, "state": 1, "published_at": 1}
        found = [
            post for post in self._collections.find("posts", query, fields) if part in post["slug"]
        ]
        found.sort(key=lambda post: (post["slug"] != part, _preference(post)))
        return [SlugFound(key_of(post), post["slug"]) for post in found[:limit]]

    def moved_out(self, names: Sequence[str]) -> list[MovedOut]:
        query = {"$or": [{field: {"$in": list(names)}} for field in ("_id", "link", "slug")]}
        fields = dict.fromkeys(("duplicate", "removed_at"), 1)
        found = self._collections.find("removed", query, fields, [("_id", 1)])
        return [MovedOut.from_removed(post) for post in found]

    def posts_naming(self, post: PostDocument, links: tuple[str, ...]) -> list[str]:
        by_id = {"site": post["site"], "type": post["type"], "translations.id": post["id"]}
        by_link = {"translations.link": {"$in": list(links)}}
        found = self._collections.find("posts", {"$or": [by_id, by_link]}, {"_id": 1})
        return sorted(map(key_of, found))

    def documents(
        self,
        kind: Kind,
        filter_: DocumentFilter,
        limit: int | None = None,
        after: IdentityPosition | None = None,
    ) -> Iterator[dict[str, Any]]:
        query = all_queries(document_query(filter_), identity_query(after))
        return self._collections.find(kind, query, {"search": 0}, BY_IDENTITY_UP, limit=limit)

    def revisions(self, key: str) -> list[Revision]:
        return self._events.revisions(key)

    def events(
        self, filter_: EventFilter, after: LatestPosition | None = None
    ) -> Iterator[EventRecord]:
        return self._events.chosen(filter_, after)

    def arrivals(
        self, kind: Kind, filter_: EventFilter, after: LatestPosition | None = None
    ) -> Iterator[EventRecord]:
        return self._events.arrivals(kind, filter_, after)

    def publications(self, site: str, since: datetime) -> Iterator[tuple[str, datetime]]:
        return self._events.publications(site, since)

    def events_of(self, key: str) -> list[EventRecord]:
        return self._events.of(key)

    def records(self, collection: str, site: str, after: str, limit: int) -> list[dict[str, Any]]:
        return mongo_site_records(self._collections, collection, site, after, limit)

    def history_since(self) -> datetime | None:
        return self._events.history_since()

    def held_records(self, site: str) -> Iterator[HeldRecord]:
        with mongo_errors(self._uri, reading=True):
            yield from mongo_records(self._client[self._database], site)

    def damage(self) -> str:
        return ""  # a server sees to its files itself

    def manifest(self, site: str) -> Iterator[ManifestChunk]:
        with mongo_errors(self._uri, reading=True):
            yield from mongo_manifest(self._client[self._database], site)

    def failures(
        self,
        sites: tuple[str, ...],
        types: tuple[str, ...],
        limit: int | None = None,
        after: FailurePosition | None = None,
    ) -> Iterator[Failure]:
        query = all_queries(one_of("site", sites), one_of("type", types), failure_query(after))
        found = self._collections.find(
            "failures", query, sort=[*BY_IDENTITY_UP, ("_id", 1)], limit=limit
        )
        return (cast(Failure, failure) for failure in found)

    def files(self, keys: Sequence[str]) -> dict[str, FileRecord]:
        found = self._collections.by_key("files", keys)
        return {record["_id"]: cast(FileRecord, record) for record in found}

    def recurring_blocks(self, site: str) -> list[RecurringBlock]:
        return mongo_recurring_blocks(self._collections, site)


def _preference(post: Record) -> tuple[bool, float, str]:
    """Return what sorts posts of one address: live ones first, then the newest."""
    published_at = post["published_at"] or LONG_AGO
    return post["state"] != "live", -published_at.timestamp(), key_of(post)
