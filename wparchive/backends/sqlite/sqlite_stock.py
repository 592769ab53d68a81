"""Everything that an SQLite archive holds of a site, by the hashes of the records."""

import sqlite3
from collections.abc import Iterator
from heapq import merge
from typing import cast

from wparchive.backends.sqlite.rows import from_row
from wparchive.backends.sqlite.schema import has_table
from wparchive.backends.sqlite.sqlite_saving import put_records
from wparchive.model.digest import (
    EARLIER,
    HeldRecord,
    counted_chunks,
    digest_of,
    last_of,
    manifest_chunk,
)
from wparchive.model.documents import KINDS, Kind, document_key
from wparchive.model.lifecycle import record_sha256
from wparchive.model.run_records import HeldDigest, ManifestChunk

_AT_ONCE = 200
"""Records of archives of version 1 that get their hash together."""


def sqlite_records(connection: sqlite3.Connection, site: str) -> Iterator[HeldRecord]:
    """Yield every record of a site, by kind, type and id.

    The hashes are those that were taken when the records came.
    """
    for kind in KINDS:
        yield from merge(*_streams(connection, kind, site), key=lambda held: (held.type, held.id))


def _streams(
    connection: sqlite3.Connection, kind: Kind, site: str
) -> Iterator[Iterator[HeldRecord]]:
    yield _documents(connection, kind, kind, site)
    if kind == "posts" and has_table(connection, "removed"):
        yield _documents(connection, kind, "removed", site)
    yield _earlier(connection, kind, site)


def _documents(
    connection: sqlite3.Connection, kind: Kind, table: str, site: str
) -> Iterator[HeldRecord]:
    # All of these are in the index `..._stock`; the rows themselves are not read.
    sql = f"SELECT type, id, state, raw_sha256 FROM {table} WHERE site = ? ORDER BY type, id"
    for type_, id_, state, hashed in connection.execute(sql, (site,)):
        yield HeldRecord(kind, type_, id_, document_key(site, type_, id_), state, hashed or "")


def _earlier(connection: sqlite3.Connection, kind: Kind, site: str) -> Iterator[HeldRecord]:
    sql = (
        "SELECT type, id, revision_key, raw_sha256 FROM revisions"
        " WHERE site = ? AND kind = ? ORDER BY type, id, revision_key"
    )
    for type_, id_, key, hashed in connection.execute(sql, (site, kind)):
        yield HeldRecord(kind, type_, id_, key, EARLIER, hashed or "")


def take_sqlite_stock(connection: sqlite3.Connection, site: str, run: str) -> HeldDigest:
    """Write the manifest of a site and return the digest of a run; in a transaction of the caller.

    Only chunks that changed since the last run are written.
    """
    _hash_old_records(connection, site)
    known = {
        row["chunk"]: row["hash"]
        for row in connection.execute("SELECT chunk, hash FROM manifests WHERE site = ?", (site,))
    }
    hashes: dict[str, str] = {}
    records = 0
    for name, lines, hashed in counted_chunks(sqlite_records(connection, site)):
        hashes[name] = hashed
        records += len(lines)
        if known.pop(name, None) != hashed:
            put_records(connection, "manifests", [manifest_chunk(site, name, lines, run)])
    gone = [(site, name) for name in known if name not in hashes]
    connection.executemany("DELETE FROM manifests WHERE site = ? AND chunk = ?", gone)
    return digest_of(hashes, records, run, _last_digest(connection, site, run))


def _last_digest(
    connection: sqlite3.Connection, site: str, run: str
) -> tuple[str, HeldDigest] | None:
    sql = (
        "SELECT key, digest FROM runs WHERE site = ? AND digest IS NOT NULL AND key <> ?"
        " ORDER BY started_at DESC"
    )
    rows = connection.execute(sql, (site, run))
    return last_of({row["key"]: cast(HeldDigest, from_row("runs", row)["digest"]) for row in rows})


def sqlite_manifest(connection: sqlite3.Connection, site: str) -> Iterator[ManifestChunk]:
    """Yield the chunks of a site's manifest."""
    for row in connection.execute("SELECT * FROM manifests WHERE site = ?", (site,)):
        yield cast(ManifestChunk, from_row("manifests", row))


def _hash_old_records(connection: sqlite3.Connection, site: str) -> None:
    """Give records of an archive of version 1 their hashes."""
    tables: list[tuple[str, str, str]] = [(kind, "key", "raw") for kind in KINDS]
    if has_table(connection, "removed"):
        tables.append(("removed", "key", "raw"))
    tables.append(("revisions", "revision_key", "document"))
    for table, key, source in tables:
        kind = ", kind" if table == "revisions" else ""
        sql = (
            f"SELECT {key}{kind}, {source} FROM {table}"
            f" WHERE site = ? AND raw_sha256 IS NULL LIMIT {_AT_ONCE}"
        )
        # A row that has got its hash is not found again.
        while rows := connection.execute(sql, (site,)).fetchall():
            hashed = [(record_sha256(_raw_of(table, row)), row[key]) for row in rows]
            connection.executemany(f"UPDATE {table} SET raw_sha256 = ? WHERE {key} = ?", hashed)


def _raw_of(table: str, row: sqlite3.Row) -> bytes:
    raw: bytes = row["raw"] if table != "revisions" else from_row(table, row)["document"]["raw"]
    return raw
