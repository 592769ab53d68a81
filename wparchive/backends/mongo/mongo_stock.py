"""Everything that a MongoDB archive holds of a site, by the hashes of the records."""

from collections.abc import Iterator
from heapq import merge
from typing import Any, cast

from pymongo import MongoClient
from pymongo.database import Database

from wparchive.backends.address import ArchiveAddress
from wparchive.backends.mongo.client import mongo_errors, writer_options
from wparchive.model.digest import (
    EARLIER,
    HeldRecord,
    counted_chunks,
    digest_of,
    last_of,
    manifest_chunk,
)
from wparchive.model.documents import KINDS, HeldDigest, Kind, ManifestChunk, StoredDocument
from wparchive.model.lifecycle import record_sha256

_FIELDS = dict.fromkeys(("type", "id", "state", "raw_sha256"), 1)


def mongo_records(db: Database[StoredDocument], site: str) -> Iterator[HeldRecord]:
    """Yield every record of a site, by kind, type and id.

    The hashes are those that were taken when the records came.
    """
    for kind in KINDS:
        yield from merge(*_streams(db, kind, site), key=lambda held: (held.type, held.id))


def _streams(db: Database[StoredDocument], kind: Kind, site: str) -> Iterator[Iterator[HeldRecord]]:
    yield _records(db, kind, kind, {"site": site})
    if kind == "posts":
        yield _records(db, kind, "removed", {"site": site})
    yield _records(db, kind, "revisions", {"site": site, "kind": kind})


def _records(
    db: Database[StoredDocument], kind: Kind, collection: str, query: dict[str, Any]
) -> Iterator[HeldRecord]:
    for found in db[collection].find(query, _FIELDS, sort=[("type", 1), ("id", 1)]):
        yield HeldRecord(
            kind,
            found["type"],
            found["id"],
            found["_id"],
            found.get("state", EARLIER),
            found.get("raw_sha256") or "",
        )


def take_mongo_stock(address: ArchiveAddress, site: str, run: str) -> HeldDigest:
    """Write the manifest of a site and return the digest of a run.

    Only chunks that changed since the last run are written.
    """
    uri = address.uri
    with mongo_errors(uri), MongoClient[StoredDocument](uri, **writer_options(uri)) as client:
        db = client[address.place]
        _hash_old_records(db, site)
        of_chunk = {"chunk": 1, "hash": 1}
        known = {found["chunk"]: found for found in db["manifests"].find({"site": site}, of_chunk)}
        hashes: dict[str, str] = {}
        records = 0
        for name, lines, hashed in counted_chunks(mongo_records(db, site)):
            hashes[name] = hashed
            records += len(lines)
            before = known.pop(name, None)
            if before is None or before["hash"] != hashed:
                chunk = cast(StoredDocument, manifest_chunk(site, name, lines, run))
                db["manifests"].replace_one({"_id": chunk["_id"]}, chunk, upsert=True)
        for gone in known.values():
            db["manifests"].delete_one({"_id": gone["_id"]})
        return digest_of(hashes, records, run, _last_digest(db, site, run))


def _last_digest(
    db: Database[StoredDocument], site: str, run: str
) -> tuple[str, HeldDigest] | None:
    query = {"site": site, "digest": {"$exists": True, "$ne": None}, "_id": {"$ne": run}}
    runs = db["runs"].find(query, {"digest": 1}, sort=[("started_at", -1)])
    return last_of({found["_id"]: cast(HeldDigest, found["digest"]) for found in runs})


def mongo_manifest(db: Database[StoredDocument], site: str) -> Iterator[ManifestChunk]:
    """Yield the chunks of a site's manifest."""
    for found in db["manifests"].find({"site": site}):
        yield cast(ManifestChunk, found)


def _hash_old_records(db: Database[StoredDocument], site: str) -> None:
    """Give records of an archive of version 1 their hashes."""
    for collection in (*KINDS, "removed", "revisions"):
        field = "document.raw" if collection == "revisions" else "raw"
        # Whoever has none has no field, or None; both are equal to None.
        for found in db[collection].find({"site": site, "raw_sha256": None}, {field: 1}):
            raw = found["document"]["raw"] if collection == "revisions" else found["raw"]
            change = {"$set": {"raw_sha256": record_sha256(raw)}}
            db[collection].update_one({"_id": found["_id"]}, change)
