"""The writing side of a MongoDB archive: PyMongo's asynchronous client, unordered bulk writes, the common core of the protocol."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, cast

from pymongo import AsyncMongoClient
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import DuplicateKeyError, OperationFailure

from wparchive.backends.address import MongoAddress, redacted
from wparchive.backends.mongo.bulk import put, update
from wparchive.backends.mongo.client import client_options, translating
from wparchive.backends.mongo.indexes import INDEXES
from wparchive.backends.mongo.mongo_duplicates import MongoDuplicates
from wparchive.backends.saving import batch_of, refused
from wparchive.backends.store import Written
from wparchive.duplicates.mark_new import mark_posts
from wparchive.errors import ArchiveTooNew, ArchiveUnreachable
from wparchive.model.documents import SCHEMA_VERSION, Failure, Kind, MediaRef, Run, Site, State
from wparchive.model.lifecycle import (
    HEAD_FIELDS,
    Decision,
    decide,
    media_ref,
    merged_failures,
    merged_site,
    moment,
    revision_of,
    state_fields,
)
from wparchive.model.storable import plain
from wparchive.text.search_tokens import ANALYSER_MARK, search_tokens

Record = dict[str, Any]
INDEX_OPTIONS_CONFLICT = 85

log = logging.getLogger(__name__)


class MongoStore:
    """Implements `wparchive.backends.store.Store` on a database."""

    def __init__(self, uri: str, database: str) -> None:
        self._uri = uri
        self._database = database
        self._client: AsyncMongoClient[Record] | None = None
        self._duplicates: MongoDuplicates | None = None

    @property
    def _db(self) -> AsyncDatabase[Record]:
        if self._client is None:
            raise ArchiveUnreachable(f"{redacted(self._uri)} is not open")
        return self._client[self._database]

    async def open(self) -> None:
        try:
            with translating(self._uri):
                self._client = AsyncMongoClient(self._uri, **client_options(self._uri))
                await self._check_version()
                await self._create_indexes()
                await self._index_texts_again()
        except BaseException:
            await self.close()
            raise

    async def _check_version(self) -> None:
        mark = await self._db["marks"].find_one({"_id": "schema"})
        if mark is None:
            with suppress(DuplicateKeyError):  # another process opened it in the same moment
                await self._db["marks"].insert_one(
                    {"_id": "schema", "version": SCHEMA_VERSION, "analyser": ANALYSER_MARK}
                )
        elif mark["version"] > SCHEMA_VERSION:
            where = f"{redacted(self._uri)} (database {self._database})"
            raise ArchiveTooNew(
                f"{where} has schema {mark['version']}, this version reads up to {SCHEMA_VERSION}: upgrade wparchive"
            )

    async def _create_indexes(self) -> None:
        """A database's owner may have made an equal index under another name: that one serves as well."""
        for collection, indexes in INDEXES.items():
            for index in indexes:
                try:
                    await self._db[collection].create_indexes([index])
                except OperationFailure as error:
                    if error.code != INDEX_OPTIONS_CONFLICT:
                        raise

    async def _index_texts_again(self) -> None:
        """Make the search tokens of all posts again if another analyser made them."""
        mark = await self._db["marks"].find_one({"_id": "schema"})
        if mark is not None and mark["analyser"] == ANALYSER_MARK:
            return
        posts = 0
        async for post in self._db["posts"].find(
            {}, {"title": 1, "text": 1, "tags": 1, "categories": 1, "terms": 1}
        ):
            await self._db["posts"].update_one(
                {"_id": post["_id"]}, {"$set": {"search": search_tokens(post)}}
            )
            posts += 1
        await self._db["marks"].update_one({"_id": "schema"}, {"$set": {"analyser": ANALYSER_MARK}})
        log.info(
            "The search tokens of %d posts were made again: another version had made them", posts
        )

    async def close(self) -> None:
        if self._client is not None:
            client, self._client = self._client, None
            await client.close()
        if self._duplicates is not None:
            duplicates, self._duplicates = self._duplicates, None
            await asyncio.to_thread(duplicates.close)

    async def mark_duplicates(self, keys: Sequence[str], at: datetime) -> int:
        def work() -> int:
            self._duplicates = self._duplicates or MongoDuplicates(
                MongoAddress(self._uri, self._database)
            )
            return mark_posts(self._duplicates, keys, at)

        return await asyncio.to_thread(work)

    async def save(
        self, kind: Kind, documents: Sequence[Mapping[str, Any]], at: datetime
    ) -> list[Written]:
        batch = await asyncio.to_thread(batch_of, kind, documents)
        with translating(self._uri):
            return batch.written(await self._save(kind, batch.documents, moment(at)))

    async def _save(
        self, kind: Kind, documents: Mapping[str, Record], at: datetime
    ) -> dict[str, Written]:
        collection = self._db[kind]
        fields = dict.fromkeys((*HEAD_FIELDS, "duplicate"), 1)
        heads = await _found(collection, documents, fields)
        if kind == "posts" and (
            back := await self._move_back([key for key in documents if key not in heads])
        ):
            heads |= await _found(collection, back, fields)
        decisions = {
            key: decide(heads.get(key), document, at) for key, document in documents.items()
        }
        stored = await _found(
            collection, [key for key, d in decisions.items() if d.keeps_revision], {"search": 0}
        )
        revisions = {key: revision_of(kind, document, at) for key, document in stored.items()}
        errors = await put(
            self._db["revisions"],
            {key: cast(Record, revision) for key, revision in revisions.items()},
        )
        writing = {key: d for key, d in decisions.items() if d.writes and key not in errors}
        fresh = await asyncio.to_thread(_finished, kind, documents, writing, heads)
        errors |= await put(collection, fresh, new=fresh.keys() - heads.keys())
        errors |= await update(
            collection, {key: {"$set": d.fields} for key, d in decisions.items() if not d.writes}
        )
        return {
            key: refused(key, errors[key]) if key in errors else Written(key, d.outcome, d.returned)
            for key, d in decisions.items()
        }

    async def _move_back(self, keys: Sequence[str]) -> list[str]:
        """Posts that `wparchive duplicates prune` took out come back with their history, not as new ones. First written, then deleted."""
        removed = await _found(self._db["removed"], keys, {"removed_at": 0}) if keys else {}
        for key, post in removed.items():
            await self._db["posts"].replace_one({"_id": key}, post, upsert=True)
            await self._db["removed"].delete_one({"_id": key})
        return list(removed)

    async def known(
        self, kind: Kind, site: str, type_: str, ids: Iterable[int]
    ) -> dict[int, MediaRef]:
        query = {"site": site, "type": type_, "id": {"$in": list(ids)}, "state": "live"}
        fields = dict.fromkeys(("id", "name", "title", "slug", "url", "alt"), 1)
        with translating(self._uri):
            return {
                named["id"]: media_ref(named) async for named in self._db[kind].find(query, fields)
            }

    async def unseen(
        self, kind: Kind, site: str, type_: str, before: datetime
    ) -> AsyncIterator[int]:
        query = {
            "site": site,
            "type": type_,
            "state": "live",
            "last_seen_at": {"$lt": moment(before)},
        }
        with translating(self._uri):
            async for document in self._db[kind].find(query, {"id": 1}).sort("id", 1):
                yield document["id"]

    async def mark(
        self, kind: Kind, site: str, type_: str, ids: Sequence[int], state: State, at: datetime
    ) -> int:
        query = {"site": site, "type": type_, "id": {"$in": list(ids)}, "state": {"$ne": state}}
        with translating(self._uri):
            return (
                await self._db[kind].update_many(query, {"$set": state_fields(state, moment(at))})
            ).modified_count

    async def touch(
        self, kind: Kind, site: str, type_: str, ids: Sequence[int], at: datetime
    ) -> None:
        query = {"site": site, "type": type_, "id": {"$in": list(ids)}}
        with translating(self._uri):
            await self._db[kind].update_many(query, {"$set": {"last_seen_at": moment(at)}})

    async def held(self, kind: Kind, site: str, type_: str) -> int:
        with translating(self._uri):
            return await self._db[kind].count_documents(
                {"site": site, "type": type_, "state": "live"}
            )

    async def save_failures(self, failures: Sequence[Failure]) -> None:
        clean = [cast(Failure, plain(failure)) for failure in failures]
        with translating(self._uri):
            stored = await _found(
                self._db["failures"], [failure["_id"] for failure in clean], {"raw": 0}
            )
            merged = merged_failures(stored, clean)
            _raise_first(
                await put(
                    self._db["failures"],
                    {failure["_id"]: cast(Record, failure) for failure in merged},
                )
            )

    async def clear_failures(self, site: str, type_: str, before: datetime) -> int:
        with translating(self._uri):
            query = {"site": site, "type": type_, "last_at": {"$lt": moment(before)}}
            return (await self._db["failures"].delete_many(query)).deleted_count

    async def save_site(self, site: Site) -> None:
        stored = await self.load_site(site["_id"])
        await self._replace("sites", plain(merged_site(stored, site)))

    async def load_site(self, site: str) -> Site | None:
        with translating(self._uri):
            return cast(Site | None, await self._db["sites"].find_one({"_id": site}))

    async def save_run(self, run: Run) -> None:
        await self._replace("runs", plain(run))

    async def last_run(self, site: str, verdict: str | None = None) -> Run | None:
        query = {"site": site, "finished_at": {"$ne": None}} | (
            {} if verdict is None else {"verdict": verdict}
        )
        with translating(self._uri):
            return cast(
                Run | None, await self._db["runs"].find_one(query, sort=[("started_at", -1)])
            )

    async def _replace(self, collection: str, record: Record) -> None:
        with translating(self._uri):
            await self._db[collection].replace_one({"_id": record["_id"]}, record, upsert=True)


def _finished(
    kind: Kind,
    documents: Mapping[str, Record],
    decisions: Mapping[str, Decision],
    heads: Mapping[str, Record],
) -> dict[str, Record]:
    """The documents that are to be written, whole."""
    finished = {key: documents[key] | decision.fields for key, decision in decisions.items()}
    if kind == "posts":
        for key, document in finished.items():
            document["search"] = search_tokens(document)
            if decisions[key].keeps_duplicate:
                document["duplicate"] = heads[key]["duplicate"]
    return finished


async def _found(
    collection: AsyncCollection[Record], keys: Iterable[str], fields: Mapping[str, int]
) -> dict[str, Record]:
    listed = list(keys)
    return (
        {d["_id"]: d async for d in collection.find({"_id": {"$in": listed}}, fields)}
        if listed
        else {}
    )


def _raise_first(errors: Mapping[str, Exception]) -> None:
    for error in errors.values():
        raise error
