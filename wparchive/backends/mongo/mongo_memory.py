"""The site memory in a MongoDB archive. `backends/store.py` says what each method promises."""

from collections.abc import Sequence
from typing import Any, cast

from pymongo.asynchronous.database import AsyncDatabase

from wparchive.backends.mongo.mongo_collections import MongoCollections
from wparchive.backends.mongo.mongo_writes import put_documents
from wparchive.backends.mongo.server_traits import ServerTraits
from wparchive.backends.store import NAMING_FIELDS
from wparchive.model.documents import Kind, StoredDocument
from wparchive.model.site_records import RecurringBlock, SiteMemory
from wparchive.model.storable import storable_record

BLOCK_FIELDS = ("type", "state", "cleaner_version", "blocks")
"""Fields of a post that counting its blocks needs."""


def mongo_recurring_blocks(collections: MongoCollections, site: str) -> list[RecurringBlock]:
    """Return the recurring blocks of a site, as a reader asks for them."""
    sort = [("posts", -1), ("_id", 1)]
    found = collections.find("boilerplate", {"site": site}, sort=sort)
    return [cast(RecurringBlock, block) for block in found]


class MongoSiteMemory:
    """The site memory of one database, and what it is counted from."""

    def __init__(self, db: AsyncDatabase[StoredDocument], server: ServerTraits) -> None:
        self._db = db
        self._server = server

    async def load(self, site: str) -> SiteMemory | None:
        """Return the memory of a site."""
        return cast(SiteMemory | None, await self._db["site_memory"].find_one({"_id": site}))

    async def save(self, memory: SiteMemory) -> None:
        """Insert or replace the memory of a site."""
        record = dict(memory)
        await self._db["site_memory"].replace_one({"_id": record["_id"]}, record, upsert=True)

    async def recurring_blocks(self, site: str) -> list[RecurringBlock]:
        """Return the recurring blocks of a site, by key."""
        found = self._db["boilerplate"].find({"site": site}).sort("_id", 1)
        return [cast(RecurringBlock, block) async for block in found]

    async def save_recurring_blocks(self, site: str, blocks: Sequence[RecurringBlock]) -> None:
        """Replace the recurring blocks of a site."""
        records = {block["_id"]: storable_record(block) for block in blocks}
        others = {"site": site, "_id": {"$nin": list(records)}}
        # The new blocks are put first, then the old ones are removed. A kill in between leaves
        # some too many, which the next count takes away.
        errors = await put_documents(self._db["boilerplate"], records, self._server)
        await self._db["boilerplate"].delete_many(others)
        for error in errors.values():
            raise error

    async def next_named(
        self, kind: Kind, site: str, after: str, limit: int
    ) -> list[StoredDocument]:
        """Return the names of live objects of a site that follow a key."""
        query = {"_id": {"$gt": after}, "site": site, "state": "live"}
        fields = dict.fromkeys(NAMING_FIELDS[kind], 1)
        return await self._db[kind].find(query, fields).sort("_id", 1).limit(limit).to_list()

    async def next_blocks(
        self, site: str, after: str, limit: int, keys: Sequence[str] | None
    ) -> list[StoredDocument]:
        """Return the blocks of the posts of a site that follow a key, or of those among `keys`."""
        key: dict[str, Any] = {"$gt": after}
        if keys is not None:
            key["$in"] = list(keys)
        query = {"_id": key, "site": site}
        fields = dict.fromkeys(BLOCK_FIELDS, 1)
        found = self._db["posts"].find(query, fields).sort("_id", 1).limit(limit)
        return [{**post, "blocks": post.get("blocks") or []} async for post in found]
