"""The writing side of a MongoDB archive, through PyMongo's asynchronous client.

It uses the commands that every server of MongoDB's protocol has, and creates all indexes when it
opens an archive.
"""

import asyncio
import logging
import zlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, cast

from pymongo import DESCENDING, AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from wparchive.backends.address import ArchiveAddress
from wparchive.backends.mongo.client import mongo_errors, writer_options
from wparchive.backends.mongo.mongo_copies import put_mongo_copies
from wparchive.backends.mongo.mongo_duplicates import MongoDuplicates
from wparchive.backends.mongo.mongo_events import begin_mongo_history, write_first_events
from wparchive.backends.mongo.mongo_leases import MongoLeases
from wparchive.backends.mongo.mongo_memory import MongoSiteMemory
from wparchive.backends.mongo.mongo_saving import (
    MongoSession,
    index_next_posts,
)
from wparchive.backends.mongo.mongo_setup import check_version, create_indexes
from wparchive.backends.mongo.mongo_stock import take_mongo_stock
from wparchive.backends.mongo.mongo_writes import find_by_key, put_all
from wparchive.backends.mongo.server_traits import ServerTraits, traits_of
from wparchive.backends.saving import note_merged_terms, rewrite_batch, save_batch, set_states
from wparchive.backends.storable_batch import batch_of, cleaned_batch
from wparchive.backends.store import CleaningSelection, HeldAddress, Reference
from wparchive.duplicates.mark_new import mark_posts
from wparchive.errors import ArchiveUnreachable
from wparchive.model.document_parts import MediaRef
from wparchive.model.documents import (
    UNPUBLISHED_STATUSES,
    Kind,
    State,
    StoredDocument,
    document_key,
)
from wparchive.model.file_records import FileRecord
from wparchive.model.lifecycle import (
    REFERENCE_FIELDS,
    media_ref,
    merged_failures,
    merged_site,
    newest_fields,
    stored_time,
)
from wparchive.model.outcome import Written
from wparchive.model.run_records import Failure, HeldDigest, Run
from wparchive.model.sealed import GivenDocument
from wparchive.model.site_records import Lease, RecurringBlock, Site, SiteMemory, WalkCheckpoint
from wparchive.model.storable import storable_record

log = logging.getLogger(__name__)


class MongoStore:
    """Implements `wparchive.backends.store.Store` on a database."""

    def __init__(self, address: ArchiveAddress) -> None:
        self._address = address
        self._client: AsyncMongoClient[StoredDocument] | None = None
        self._duplicates: MongoDuplicates | None = None
        self._run: str | None = None
        self._server = ServerTraits()

    def _session(self, db: AsyncDatabase[StoredDocument], kind: Kind) -> MongoSession:
        return MongoSession(db, kind, self._server)

    @asynccontextmanager
    async def _database(self) -> AsyncIterator[AsyncDatabase[StoredDocument]]:
        """Give the database, and raise the archive's errors instead of PyMongo's."""
        if self._client is None:
            raise ArchiveUnreachable(f"{self._address} is not open")
        with mongo_errors(self._address.uri):
            yield self._client[self._address.place]

    async def open(self) -> None:
        uri = self._address.uri
        try:
            with mongo_errors(uri):
                self._client = AsyncMongoClient(uri, **writer_options(uri))
            async with self._database() as db:
                self._server = traits_of(await db.command("buildInfo"))
                await check_version(db, str(self._address))
                await create_indexes(db, one_by_one=self._server.is_ferretdb)
                await write_first_events(db, self._server)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        # Taken out before the wait, so that a second call has nothing to close.
        client, self._client = self._client, None
        if client is not None:
            await client.close()
        duplicates, self._duplicates = self._duplicates, None
        if duplicates is not None:
            await asyncio.to_thread(duplicates.close)

    async def begin_run(self, run: str) -> None:
        self._run = run

    async def mark_duplicates(self, keys: Sequence[str], at: datetime) -> int:
        def work() -> int:
            # Made late: it has a client of its own, and not every crawl marks duplicates.
            if self._duplicates is None:
                self._duplicates = MongoDuplicates(self._address)
            return mark_posts(self._duplicates, keys, at)

        return await asyncio.to_thread(work)

    async def save(
        self, kind: Kind, documents: Sequence[GivenDocument], at: datetime, again: bool = False
    ) -> list[Written]:
        # In a thread: while a batch is unpacked and checked, the event loop can serve the crawl.
        batch = await asyncio.to_thread(batch_of, kind, documents)
        async with self._database() as db:
            session = self._session(db, kind)
            fates = await save_batch(
                session, kind, batch.documents, stored_time(at), self._run, again
            )
        return batch.written(fates)

    async def rewrite(self, kind: Kind, documents: Sequence[Mapping[str, Any]]) -> list[Written]:
        batch = await asyncio.to_thread(cleaned_batch, documents)
        async with self._database() as db:
            fates = await rewrite_batch(self._session(db, kind), batch.documents)
        return batch.written(fates)

    async def known(
        self, kind: Kind, site: str, type_: str, ids: Sequence[int]
    ) -> dict[int, MediaRef]:
        query = {"site": site, "type": type_, "id": {"$in": list(ids)}, "state": "live"}
        fields = dict.fromkeys(("id", "name", "title", "slug", "url", "alt"), 1)
        async with self._database() as db:
            return {named["id"]: media_ref(named) async for named in db[kind].find(query, fields)}

    async def live_ids(
        self, kind: Kind, site: str, type_: str, statuses: Sequence[str] = ()
    ) -> list[int]:
        query = {"site": site, "type": type_, **_shown(statuses)}
        fields = {"_id": 0, "id": 1}  # these are in the index
        async with self._database() as db:
            return [found["id"] async for found in db[kind].find(query, fields).sort("id", 1)]

    async def addresses(self, kind: Kind, site: str) -> list[HeldAddress]:
        query = {"site": site, "state": "live", "link": {"$ne": None}}
        fields = {"_id": 0, "type": 1, "id": 1, "link": 1}
        async with self._database() as db:
            return [HeldAddress(**found) async for found in db[kind].find(query, fields)]

    async def raw_records(
        self,
        kind: Kind,
        site: str,
        type_: str,
        ids: Sequence[int],
        statuses: Sequence[str] = (),
    ) -> dict[int, bytes]:
        query = {"site": site, "type": type_, "id": {"$in": list(ids)}, **_shown(statuses)}
        async with self._database() as db:
            found = db[kind].find(query, {"id": 1, "raw": 1})
            return {record["id"]: zlib.decompress(record["raw"]) async for record in found}

    async def newest(self, kind: Kind, site: str, type_: str, until: str) -> tuple[str, str]:
        latest = {"published_local": "", "modified_local": ""}
        async with self._database() as db:
            for name in newest_fields(kind):
                query = {"site": site, "type": type_, "state": "live", name: {"$lte": until}}
                async for record in db[kind].find(query, {name: 1}).sort(name, DESCENDING).limit(1):
                    latest[name] = record[name]
        return latest["published_local"], latest["modified_local"]

    async def referring_posts(
        self, site: str, kind: Kind, type_: str, ids: Sequence[int]
    ) -> list[Reference]:
        wanted = set(ids)
        fields = _fields_that_name(kind, type_)
        named = [{f"{name}.id": {"$in": sorted(wanted)}} for name in fields]
        query = {"site": site, "state": "live", "$or": named}
        shown = dict.fromkeys(("type", "id", *fields), 1)
        found: set[Reference] = set()
        async with self._database() as db:
            async for post in db["posts"].find(query, shown):
                refs = [ref for name in fields for ref in _refs_in(post[name])]
                found |= {
                    Reference(post["type"], post["id"], ref["id"])
                    for ref in refs
                    # A post that was found has other terms, too, and those of all other taxonomies.
                    if ref["id"] in wanted and ref.get("taxonomy", type_) == type_
                }
        return sorted(found)

    async def set_state(
        self,
        kind: Kind,
        site: str,
        type_: str,
        ids: Sequence[int],
        state: State,
        at: datetime,
        again: bool = False,
    ) -> int:
        keys = [document_key(site, type_, id_) for id_ in ids]
        async with self._database() as db:
            session = self._session(db, kind)
            return await set_states(session, kind, keys, state, stored_time(at), self._run, again)

    async def held(self, kind: Kind, site: str, type_: str, statuses: Sequence[str] = ()) -> int:
        query = {"site": site, "type": type_, **_shown(statuses)}
        async with self._database() as db:
            return await db[kind].count_documents(query)

    async def held_types(self, kind: Kind, site: str, prefix: str) -> list[str]:
        query = {"site": site, "type": {"$gte": prefix}, "state": "live"}
        async with self._database() as db:
            types = await db[kind].distinct("type", query)
        return sorted(type_ for type_ in types if type_.startswith(prefix))

    async def save_failures(self, failures: Sequence[Failure]) -> None:
        storable = [cast(Failure, storable_record(failure)) for failure in failures]
        keys = [failure["_id"] for failure in storable]
        async with self._database() as db:
            stored = await find_by_key(db["failures"], keys, {"raw": 0}, self._server)
            merged = merged_failures(stored, storable)
            await put_all(
                db["failures"], [cast(StoredDocument, failure) for failure in merged], self._server
            )

    async def clear_failures(self, site: str, type_: str, before: datetime) -> int:
        query = {"site": site, "type": type_, "last_at": {"$lt": stored_time(before)}}
        async with self._database() as db:
            return (await db["failures"].delete_many(query)).deleted_count

    async def save_site(self, site: Site) -> None:
        stored = await self.load_site(site["_id"])
        await self._replace("sites", storable_record(merged_site(stored, site)))

    async def load_site(self, site: str) -> Site | None:
        async with self._database() as db:
            return cast(Site | None, await db["sites"].find_one({"_id": site}))

    async def save_run(self, run: Run) -> None:
        await self._replace("runs", storable_record(run))

    async def lease(self, site: str) -> Lease | None:
        async with self._database() as db:
            return await MongoLeases(db).lease_of(site)

    async def swap_lease(self, site: str, before: Lease | None, after: Lease | None) -> bool:
        async with self._database() as db:
            return await MongoLeases(db).swap_lease(site, before, after)

    async def end_killed_runs(self, site: str, run: str) -> int:
        async with self._database() as db:
            return await MongoLeases(db).end_killed_runs(site, run)

    async def save_checkpoint(self, checkpoint: WalkCheckpoint) -> None:
        async with self._database() as db:
            await MongoLeases(db).save_checkpoint(checkpoint)

    async def checkpoints(self, site: str) -> list[WalkCheckpoint]:
        async with self._database() as db:
            return await MongoLeases(db).checkpoints(site)

    async def count_read(self, checkpoint: WalkCheckpoint) -> int:
        async with self._database() as db:
            return await MongoLeases(db).count_read(checkpoint)

    async def clear_checkpoints(self, site: str, keys: Sequence[str]) -> None:
        async with self._database() as db:
            await MongoLeases(db).clear_checkpoints(site, keys)

    async def take_stock(self, site: str, run: str) -> HeldDigest:
        async with self._database() as db:
            await note_merged_terms(self._session(db, "terms"), site, run)
        # By a client that waits: the reading side goes through all records in the same way.
        return await asyncio.to_thread(take_mongo_stock, self._address, site, run)

    async def count_to_clean(self, selection: CleaningSelection) -> int:
        async with self._database() as db:
            return await db[selection.kind].count_documents(_to_clean(selection))

    async def next_to_clean(
        self, selection: CleaningSelection, after: str, limit: int
    ) -> Sequence[Mapping[str, Any]]:
        # `$and`, because the selection may ask for `_id`, too, and a query has each name once.
        query = {"$and": [{"_id": {"$gt": after}}, _to_clean(selection)]}
        async with self._database() as db:
            # Up to megabytes of tokens stay at the server: cleaning makes them again.
            found = db[selection.kind].find(query, {"search": 0}).sort("_id", 1).limit(limit)
            return await found.to_list()

    async def index_next(self, limit: int) -> int:
        async with self._database() as db:
            return await index_next_posts(db, limit, self._server)

    async def put_copies(self, collection: str, records: Sequence[StoredDocument]) -> list[Written]:
        async with self._database() as db:
            return await put_mongo_copies(db, collection, records, self._server)

    async def remove_records(self, collection: str, keys: Sequence[str]) -> None:
        async with self._database() as db:
            await db[collection].delete_many({"_id": {"$in": list(keys)}})

    async def begin_history(self, at: datetime) -> None:
        async with self._database() as db:
            await begin_mongo_history(db, at)

    async def load_memory(self, site: str) -> SiteMemory | None:
        async with self._database() as db:
            return await MongoSiteMemory(db, self._server).load(site)

    async def save_memory(self, memory: SiteMemory) -> None:
        async with self._database() as db:
            await MongoSiteMemory(db, self._server).save(memory)

    async def recurring_blocks(self, site: str) -> list[RecurringBlock]:
        async with self._database() as db:
            return await MongoSiteMemory(db, self._server).recurring_blocks(site)

    async def save_recurring_blocks(self, site: str, blocks: Sequence[RecurringBlock]) -> None:
        async with self._database() as db:
            await MongoSiteMemory(db, self._server).save_recurring_blocks(site, blocks)

    async def next_named(
        self, kind: Kind, site: str, after: str, limit: int
    ) -> list[StoredDocument]:
        async with self._database() as db:
            return await MongoSiteMemory(db, self._server).next_named(kind, site, after, limit)

    async def next_blocks(
        self, site: str, after: str, limit: int, keys: Sequence[str] | None = None
    ) -> list[StoredDocument]:
        async with self._database() as db:
            return await MongoSiteMemory(db, self._server).next_blocks(site, after, limit, keys)

    async def files(self, keys: Sequence[str]) -> dict[str, FileRecord]:
        async with self._database() as db:
            found = await find_by_key(db["files"], keys, {}, self._server)
        return {key: cast(FileRecord, record) for key, record in found.items()}

    async def save_files(self, files: Sequence[FileRecord]) -> None:
        async with self._database() as db:
            await put_all(db["files"], map(storable_record, files), self._server)

    async def _replace(self, collection: str, record: StoredDocument) -> None:
        async with self._database() as db:
            await db[collection].replace_one({"_id": record["_id"]}, record, upsert=True)


def _fields_that_name(kind: Kind, type_: str) -> list[str]:
    """Return the fields of a post that may name objects of a type."""
    if kind != "terms":
        return [REFERENCE_FIELDS[kind]]
    return [{"post_tag": "tags", "category": "categories"}.get(type_, "terms")]


def _refs_in(value: Any) -> list[Any]:
    """Return the references in a field that holds one, none or several."""
    if isinstance(value, list):
        return value
    return [value] if value else []


def _to_clean(selection: CleaningSelection) -> StoredDocument:
    """Return the query of a selection."""
    query: StoredDocument = {}
    if selection.key is not None:
        query["_id"] = selection.key
    if selection.keys is not None:
        query["_id"] = {"$in": list(selection.keys)}
    if selection.site is not None:
        query["site"] = selection.site
    if selection.other_than is not None:
        # This also finds documents without the field, which are of version 0.
        query["cleaner_version"] = {"$ne": selection.other_than}
    return query


def _shown(statuses: Sequence[str]) -> StoredDocument:
    """Return the query for what a run that asks for these statuses is shown."""
    unpublished = sorted(UNPUBLISHED_STATUSES.intersection(statuses))
    if not unpublished:
        return {"state": "live"}
    others = {"state": "unpublished", "status": {"$in": unpublished}}
    return {"$or": [{"state": "live"}, others]}
