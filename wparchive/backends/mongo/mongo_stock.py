"""Everything that a MongoDB archive holds of a site, by the hashes of the records."""

from collections.abc import Iterator
from heapq import merge
from typing import cast

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
from wparchive.model.documents import KINDS, Kind, StoredDocument, document_key
from wparchive.model.lifecycle import record_sha256
from wparchive.model.run_records import HeldDigest, ManifestChunk

_OF_DOCUMENT = {"_id": 0, **dict.fromkeys(("type", "id", "state", "raw_sha256"), 1)}
_OF_EARLIER_STATE = dict.fromkeys(("_id", "type", "id", "raw_sha256"), 1)
"""The fields that the indexes `stock` and `held` have: no document is read."""
_ORDER: list[tuple[str, int]] = [("type", 1), ("id", 1)]


def mongo_records(db: Database[StoredDocument], site: str) -> Iterator[HeldRecord]:
    """Yield every record of a site, by kind, type and id.

    The hashes are those that were taken when the records came.
    """
    for kind in KINDS:
        yield from merge(*_streams(db, kind, site), key=lambda held: (held.type, held.id))


def _streams(db: Database[StoredDocument], kind: Kind, site: str) -> Iterator[Iterator[HeldRecord]]:
    yield _documents(db, kind, kind, site)
    if kind == "posts":
        yield _documents(db, kind, "removed", site)
    yield _earlier(db, kind, site)


def _documents(
    db: Database[StoredDocument], kind: Kind, collection: str, site: str
) -> Iterator[HeldRecord]:
    for found in db[collection].find({"site": site}, _OF_DOCUMENT, sort=_ORDER):
        type_, id_ = found["type"], found["id"]
        hashed = found.get("raw_sha256") or ""
        yield HeldRecord(kind, type_, id_, document_key(site, type_, id_), found["state"], hashed)


def _earlier(db: Database[StoredDocument], kind: Kind, site: str) -> Iterator[HeldRecord]:
    query = {"site": site, "kind": kind}
    for found in db["revisions"].find(query, _OF_EARLIER_STATE, sort=_ORDER):
        hashed = found.get("raw_sha256") or ""
        yield HeldRecord(kind, found["type"], found["id"], found["_id"], EARLIER, hashed)


def take_mongo_stock(address: ArchiveAddress, site: str, run: str) -> HeldDigest:
    """Write the manifest of a site and return the digest of a run.

    Only chunks that changed since the last run are written.
    """
    uri = address.uri
    with mongo_errors(uri), MongoClient[StoredDocument](uri, **writer_options(uri)) as client:
        db = client[address.place]
        try:
            return _stock(db, site, run)
        except _NotHashed:
            _hash_old_records(db, site)
            return _stock(db, site, run)


class _NotHashed(Exception):
    """A record has no hash: it comes from an archive of version 1."""


def _stock(db: Database[StoredDocument], site: str, run: str) -> HeldDigest:
    """Do what `take_mongo_stock` does. Raises _NotHashed."""
    of_chunk = {"chunk": 1, "hash": 1}
    known = {found["chunk"]: found for found in db["manifests"].find({"site": site}, of_chunk)}
    hashes: dict[str, str] = {}
    records = 0
    for name, lines, hashed in counted_chunks(_all_hashed(mongo_records(db, site))):
        hashes[name] = hashed
        records += len(lines)
        before = known.pop(name, None)
        if before is None or before["hash"] != hashed:
            chunk = cast(StoredDocument, manifest_chunk(site, name, lines, run))
            db["manifests"].replace_one({"_id": chunk["_id"]}, chunk, upsert=True)
    for gone in known.values():
        db["manifests"].delete_one({"_id": gone["_id"]})
    return digest_of(hashes, records, run, _last_digest(db, site, run))


def _all_hashed(records: Iterator[HeldRecord]) -> Iterator[HeldRecord]:
    """Yield records as they come. Raises _NotHashed at the first one without a hash.

    To look for such records beforehand would mean to go through all of them twice in every run.
    """
    for record in records:
        if not record.sha256:
            raise _NotHashed(record.key)
        yield record


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
