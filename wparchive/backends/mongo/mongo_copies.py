"""Whole records of a MongoDB archive, as copying reads, writes and removes them."""

import asyncio
from collections.abc import Sequence
from typing import Any

from pymongo.asynchronous.database import AsyncDatabase

from wparchive.backends.copying import OF_ONE_SITE, REMOVED, by_key, key_range, put_batch
from wparchive.backends.mongo.mongo_collections import MongoCollections
from wparchive.backends.mongo.mongo_saving import MongoSession, with_search_tokens
from wparchive.backends.mongo.mongo_selection import all_queries
from wparchive.backends.mongo.mongo_writes import put_documents
from wparchive.backends.mongo.server_traits import ServerTraits
from wparchive.backends.storable_batch import refused
from wparchive.model.documents import KINDS, StoredDocument
from wparchive.model.outcome import Written


def mongo_site_records(
    collections: MongoCollections, collection: str, site: str, after: str, limit: int
) -> list[dict[str, Any]]:
    """Return up to `limit` whole records of a site that follow a key, ascending."""
    low, high = key_range(collection, site, after)
    query: dict[str, Any] = {"_id": {"$gt": low, "$lt": high}, "site": site}
    if collection in OF_ONE_SITE:
        query = all_queries({"_id": site}, {"_id": {"$gt": low}})
    return list(collections.find(collection, query, {"search": 0}, [("_id", 1)], limit))


async def put_mongo_copies(
    db: AsyncDatabase[StoredDocument],
    collection: str,
    records: Sequence[StoredDocument],
    server: ServerTraits,
) -> list[Written]:
    """Insert or replace whole records. Return what became of them, as `Store.put_copies` does."""
    batch = by_key(records)
    if collection in KINDS:
        fates = await put_batch(MongoSession(db, collection, server), batch)
        return list(fates.values())
    if collection == REMOVED:
        batch = await asyncio.to_thread(with_search_tokens, batch)
    errors = await put_documents(db[collection], batch, server)
    return [refused(key, error) for key, error in errors.items()]
