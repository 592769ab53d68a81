"""Read and write the past of objects in MongoDB: events, earlier states, arrivals."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import cast

from pymongo.asynchronous.database import AsyncDatabase

from wparchive.backends.cursor import LatestPosition
from wparchive.backends.mongo.mongo_collections import MongoCollections
from wparchive.backends.mongo.mongo_positions import latest_query
from wparchive.backends.mongo.mongo_selection import (
    all_queries,
    event_query,
    one_of,
    time_range,
)
from wparchive.backends.mongo.mongo_writes import put_documents
from wparchive.backends.mongo.server_traits import ServerTraits
from wparchive.backends.questions import EventFilter
from wparchive.model.documents import KINDS, SCHEMA_VERSION, Kind, StoredDocument
from wparchive.model.event_records import arrival, event_fields, events_before_version_2
from wparchive.model.history_records import EventRecord, Revision
from wparchive.model.lifecycle import stored_time


class MongoEvents:
    """The events in the collections of a database. `Reader` says what each method promises."""

    def __init__(self, collections: MongoCollections) -> None:
        self._collections = collections

    def history_since(self) -> datetime | None:
        """Return since when every change is kept."""
        mark = next(self._collections.find("marks", {"_id": "schema"}))
        return cast(datetime | None, mark.get("history_since"))

    def revisions(self, key: str) -> list[Revision]:
        """Return the earlier states of a document."""
        found = self._collections.find("revisions", {"key": key}, sort=[("until_at", 1)])
        return [cast(Revision, revision) for revision in found]

    def chosen(self, filter_: EventFilter, after: LatestPosition | None) -> Iterator[EventRecord]:
        """Yield the events that a filter means, newest first."""
        if self.history_since() is None:
            return filter_.chosen(self._first_events(), after)
        query = all_queries(event_query(filter_), latest_query("at", "_id", after))
        found = self._collections.find("events", query, sort=[("at", -1), ("_id", -1)])
        return (cast(EventRecord, event) for event in found)

    def of(self, key: str) -> list[EventRecord]:
        """Return the events of a document."""
        if self.history_since() is None:
            return [event for event in self._first_events() if event["key"] == key]
        found = self._collections.find("events", {"key": key})
        return [cast(EventRecord, event) for event in found]

    def arrivals(
        self, kind: Kind, filter_: EventFilter, after: LatestPosition | None
    ) -> Iterator[EventRecord]:
        """Yield the first sightings of the objects of a kind, newest first."""
        query = all_queries(
            one_of("site", filter_.sites),
            {"first_seen_at": time_range(filter_)},
            latest_query("first_seen_at", "_id", after),
        )
        sort = [("first_seen_at", -1), ("_id", -1)]
        fields = dict.fromkeys(event_fields(kind), 1)
        return (arrival(kind, found) for found in self._collections.find(kind, query, fields, sort))

    def publications(self, site: str, since: datetime) -> Iterator[tuple[str, datetime]]:
        """Yield type and date of the live posts of a site."""
        query = {"site": site, "state": "live", "published_at": {"$gte": since}}
        fields = {"_id": 0, "type": 1, "published_at": 1}
        found = self._collections.find("posts", query, fields, [("published_at", 1), ("_id", 1)])
        return ((post["type"], post["published_at"]) for post in found)

    def _first_events(self) -> list[EventRecord]:
        """Return what an archive of version 1 can tell, which no crawl has upgraded yet."""
        revisions = self._collections.find("revisions", {}, {"document": 0})
        documents = [
            (kind, document)
            for kind in KINDS
            for document in self._collections.find(kind, {}, dict.fromkeys(event_fields(kind), 1))
        ]
        return list(events_before_version_2(revisions, documents))


async def write_first_events(db: AsyncDatabase[StoredDocument], server: ServerTraits) -> None:
    """Give an archive of version 1 the events that it can still tell.

    The version is raised last, so that a kill in between leaves an archive that is upgraded again.
    """
    mark = await db["marks"].find_one({"_id": "schema"})
    if mark is None or mark["version"] == SCHEMA_VERSION:
        return
    revisions = await db["revisions"].find({}, {"document": 0}).to_list()
    documents = [
        (kind, found)
        for kind in KINDS
        async for found in db[kind].find({}, dict.fromkeys(event_fields(kind), 1))
    ]
    events = events_before_version_2(revisions, documents)
    await put_documents(db["events"], {event["_id"]: dict(event) for event in events}, server)
    change = {"version": SCHEMA_VERSION, "history_since": stored_time(datetime.now(UTC))}
    await db["marks"].update_one({"_id": "schema"}, {"$set": change})


async def begin_mongo_history(db: AsyncDatabase[StoredDocument], at: datetime) -> None:
    """Note that every change is kept since a time, unless a later one is noted."""
    earlier = {"_id": "schema", "history_since": {"$lt": at}}
    await db["marks"].update_one(earlier, {"$set": {"history_since": at}})
