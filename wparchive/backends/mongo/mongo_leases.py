"""Leases and checkpoints in a MongoDB archive. `backends/store.py` says what each promises."""

from collections.abc import Sequence
from typing import Any, cast

from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import DuplicateKeyError

from wparchive.backends.mongo.mongo_collections import MongoCollections
from wparchive.backends.signs_of_life import is_same
from wparchive.model.run_records import KILLED_RUN
from wparchive.model.site_records import Lease, WalkCheckpoint
from wparchive.model.storable import storable_record


def read_leases(collections: MongoCollections) -> list[Lease]:
    """Return all leases, as a reader asks for them."""
    return [cast(Lease, lease) for lease in collections.find("leases", {}, sort=[("_id", 1)])]


class MongoLeases:
    """The leases and checkpoints of one database."""

    def __init__(self, db: AsyncDatabase[dict[str, Any]]) -> None:
        self._db = db

    async def lease_of(self, site: str) -> Lease | None:
        """Return the lease of a site."""
        return cast(Lease | None, await self._db["leases"].find_one({"_id": site}))

    async def swap_lease(self, site: str, before: Lease | None, after: Lease | None) -> bool:
        """Put one lease in the place of another, if that one still stands.

        Each change is one command that names what it expects: a server carries it out as a whole.
        """
        if await self._swapped(site, before, after):
            return True
        # The command may have worked before, and its answer was lost.
        return is_same(await self.lease_of(site), after)

    async def _swapped(self, site: str, before: Lease | None, after: Lease | None) -> bool:
        if before is None and after is None:
            return False
        if before is None:
            assert after is not None
            try:
                await self._db["leases"].insert_one(dict(storable_record(after)))
            except DuplicateKeyError:
                return False
            return True
        expected = {"_id": site, "holder": before["holder"], "beat": before["beat"]}
        if after is None:
            return (await self._db["leases"].delete_one(expected)).deleted_count == 1
        found = await self._db["leases"].replace_one(expected, dict(storable_record(after)))
        return found.matched_count == 1

    async def end_killed_runs(self, site: str, run: str) -> int:
        """Note that the runs of a site which seem to go on were killed."""
        query = {"site": site, "verdict": "running", "_id": {"$ne": run}}
        return (
            await self._db["runs"].update_many(query, {"$set": dict(KILLED_RUN)})
        ).modified_count

    async def save_checkpoint(self, checkpoint: WalkCheckpoint) -> None:
        """Insert or replace the checkpoint of a collection."""
        record = dict(storable_record(checkpoint))
        await self._db["checkpoints"].replace_one({"_id": record["_id"]}, record, upsert=True)

    async def checkpoints(self, site: str) -> list[WalkCheckpoint]:
        """Return the checkpoints of a site, by key."""
        found = self._db["checkpoints"].find({"site": site}).sort("_id", 1)
        return [cast(WalkCheckpoint, checkpoint) async for checkpoint in found]

    async def count_read(self, checkpoint: WalkCheckpoint) -> int:
        """Return how many live documents the runs behind a checkpoint have read."""
        query = {
            "site": checkpoint["site"],
            "type": checkpoint["type"],
            "state": "live",
            "$or": [
                {"id": {"$lte": checkpoint["up_to_id"]}},
                {"first_seen_at": {"$gte": checkpoint["began_at"]}},
            ],
        }
        return await self._db[checkpoint["kind"]].count_documents(query)

    async def clear_checkpoints(self, site: str, keys: Sequence[str]) -> None:
        """Remove checkpoints of a site by key."""
        await self._db["checkpoints"].delete_many({"_id": {"$in": list(keys)}, "site": site})
