"""Copying sites from one archive to another, whatever their databases.

A copy holds the same records: documents with their whole history, events, runs, failures, what the
site is known to repeat, and the manifest. Leases and checkpoints belong to crawls and stay.

Both archives are read by `_id`, side by side, and only what differs is written. So the same call
goes on where one before it was cut off, and brings an older copy up to date. What a copy has and
the source has not is removed. At the end both are read again, and their digests are compared.
"""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import msgspec

from wparchive.backends.reader import Reader
from wparchive.backends.session import Session
from wparchive.backends.storable_batch import refused
from wparchive.backends.store import Store
from wparchive.model.documents import KINDS, StoredDocument
from wparchive.model.outcome import Outcome, Written
from wparchive.model.record_types import RECORD_TYPES
from wparchive.model.run_records import Run

REMOVED = "removed"
"""Posts that were pruned as duplicates."""
COPIED = (
    "sites",
    *KINDS,
    REMOVED,
    "revisions",
    "events",
    "failures",
    "files",
    "boilerplate",
    "site_memory",
    "manifests",
    "runs",
)
"""What is copied, in this order: runs last, because a site that has some is known to be whole."""
OF_ONE_SITE = frozenset({"sites", "site_memory"})
"""Collections whose `_id` is the key of a site."""
# These are about a process that is at work here and now: leases, checkpoints.
NOT_COPIED = frozenset(RECORD_TYPES) - set(COPIED)
RECORDS_AT_ONCE = 200
SetAside = Container[tuple[str, str]]
"""Records that a source has and that cannot be used, by collection and `_id`."""
# Sums of hashes do not depend on the order of the records. They are kept to 256 bits.
_ALL_BITS = (1 << 256) - 1


@dataclass(slots=True)
class SiteCopy:
    """The outcome of copying one site."""

    site: str
    written: int = 0
    """Records that the target did not hold, or held otherwise."""
    equal: int = 0
    """Records that the target held already."""
    removed: int = 0
    """Records of the target that the source does not hold."""
    marks: int = 0
    """Marks of `wparchive duplicates find` in the target that the copy replaced."""
    digest: str = ""
    """Stands for all records of the copy; empty until they are compared."""
    differs: list[str] = field(default_factory=list)
    """Collections in which the copy is not the same, because somebody writes to an archive."""
    failures: dict[str, str] = field(default_factory=dict)
    """Why single records could not be written, by `_id`."""


def copied_sites(source: Reader) -> list[str]:
    """Return the sites that an archive holds anything of, by key."""
    remembered = {site["_id"] for site in source.sites()}
    return sorted(remembered | {counts.site for counts in source.held()})


def newer_runs(
    source: Reader, target: Reader, site: str, set_aside: SetAside = frozenset()
) -> list[Run]:
    """Return the runs of a site that only the target knows, newest first.

    What they did would be lost in a copy.
    """
    known = {run["_id"] for run in source.runs((site,), None)}
    return [
        run
        for run in target.runs((site,), None)
        if run["_id"] not in known and ("runs", run["_id"]) not in set_aside
    ]


def decisions_lost(
    source: Reader, target: Reader, site: str, set_aside: SetAside = frozenset()
) -> list[str]:
    """Return, as texts, the decisions of people in the target that the source does not have.

    A copy undoes them. Marks of duplicates are left out, because they can be computed again.
    """
    known = _overruled(source, site)
    blocks = [
        block
        for block in _overruled(target, site)
        if block not in known and ("boilerplate", block[0]) not in set_aside
    ]
    pruned = {
        record["_id"]
        for record in records_of(target, REMOVED, site)
        if (REMOVED, record["_id"]) not in set_aside
    }
    if pruned:
        pruned -= {record["_id"] for record in records_of(source, REMOVED, site)}
    found: list[str] = []
    if blocks:
        found.append(f"recurring blocks to keep or drop: {len(blocks):,} (`wparchive boilerplate`)")
    if pruned:
        found.append(f"posts taken out: {len(pruned):,} (`wparchive duplicates prune`)")
    return found


def _overruled(reader: Reader, site: str) -> set[tuple[str, str]]:
    """Return the recurring blocks that somebody decided on, each with the decision."""
    return {
        (block["_id"], block["overruled"])
        for block in reader.recurring_blocks(site)
        if block["overruled"]
    }


@dataclass(slots=True)
class Copier:
    """A copier of sites from one archive to another."""

    source: Reader
    target: Reader
    """The archive that `store` writes to."""
    store: Store
    on_progress: Callable[[int], None] = lambda documents: None
    """Called with the number of documents that were looked at since the last call."""
    set_aside: SetAside = frozenset()
    """What the target holds of these records stays as it is, and is not compared."""

    async def copy(self, done: SiteCopy) -> None:
        """Copy the site that `done` names, and note there what was done. Raises as a store does."""
        for collection in COPIED:
            await self._copy_collection(collection, done)
        self._compare(done)

    async def _copy_collection(self, collection: str, done: SiteCopy) -> None:
        different: list[StoredDocument] = []
        surplus: list[str] = []
        looked_at = 0
        for wanted, held in _side_by_side(
            records_of(self.source, collection, done.site),
            records_of(self.target, collection, done.site),
        ):
            if wanted is None:
                assert held is not None
                if (collection, held["_id"]) not in self.set_aside:
                    surplus.append(held["_id"])
            elif held is None or bare_record(wanted) != bare_record(held):
                different.append(wanted)
                done.marks += _replaces_decided_mark(wanted, held)
            else:
                done.equal += 1
            looked_at += wanted is not None and collection in KINDS
            # `_write` empties both lists, so that memory stays small.
            if len(different) + len(surplus) >= RECORDS_AT_ONCE:
                await self._write(collection, different, surplus, done)
            if looked_at >= RECORDS_AT_ONCE:
                self.on_progress(looked_at)
                looked_at = 0
        await self._write(collection, different, surplus, done)
        self.on_progress(looked_at)

    async def _write(
        self,
        collection: str,
        different: list[StoredDocument],
        surplus: list[str],
        done: SiteCopy,
    ) -> None:
        """Write and remove what was found, and empty the lists."""
        # First removed: of two posts with one identity, the old one must not be in the way.
        if surplus:
            await self.store.remove_records(collection, surplus)
            done.removed += len(surplus)
        if different:
            for fate in await self.store.put_copies(collection, different):
                if fate.error is not None:
                    done.failures[fate.key] = str(fate.error)
            done.written += len(different)
        different.clear()
        surplus.clear()

    def _compare(self, done: SiteCopy) -> None:
        """Read both archives again, and note the digest of the copy and where it differs."""
        digests: list[str] = []
        for collection in COPIED:
            wanted = records_digest(records_of(self.source, collection, done.site))
            held = records_digest(
                record
                for record in records_of(self.target, collection, done.site)
                if (collection, record["_id"]) not in self.set_aside
            )
            digests.append(held)
            if wanted != held:
                done.differs.append(collection)
        done.digest = sha256("\n".join(digests).encode()).hexdigest()


def _replaces_decided_mark(wanted: StoredDocument, held: StoredDocument | None) -> bool:
    """Tell whether a copy takes from a post a mark that `wparchive duplicates find` made."""
    if held is None:
        return False
    mark = held.get("duplicate")
    # A mark that a crawl made has no reason: it is only a hint.
    if not mark or not mark.get("reason"):
        return False
    return bool(wanted.get("duplicate") != mark)


def records_of(reader: Reader, collection: str, site: str) -> Iterator[StoredDocument]:
    """Yield the records of a site, whole and ascending by `_id`, a page at a time."""
    after = ""
    while page := reader.records(collection, site, after, RECORDS_AT_ONCE):
        yield from page
        after = page[-1]["_id"]


def key_range(collection: str, site: str, after: str) -> tuple[str, str]:
    """Return between which keys, both left out, the records of a site that follow one are.

    Nearly all keys begin with the site, so that a database need not look through other sites.
    """
    # The last character there is: no key sorts after it.
    end = "\U0010ffff"
    # Keys of events begin with a kind, not with the site.
    if collection == "events":
        return after, end
    if collection in OF_ONE_SITE:
        return after, f"{site}{end}"
    return max(after, site), f"{site}{end}"


def _side_by_side(
    wanted: Iterator[StoredDocument], held: Iterator[StoredDocument]
) -> Iterator[tuple[StoredDocument | None, StoredDocument | None]]:
    """Yield the records of two archives in pairs; None where one of them has none."""
    left = next(wanted, None)
    right = next(held, None)
    while left is not None or right is not None:
        if right is None or (left is not None and left["_id"] < right["_id"]):
            yield left, None
            left = next(wanted, None)
        elif left is None or right["_id"] < left["_id"]:
            yield None, right
            right = next(held, None)
        else:
            yield left, right
            left = next(wanted, None)
            right = next(held, None)


def bare_record(record: Mapping[str, Any]) -> StoredDocument:
    """Return a record without empty fields.

    A field that an earlier version did not have is absent in one database and empty in the other.
    """
    return {name: value for name, value in record.items() if value or value is False}


def records_digest(records: Iterator[StoredDocument]) -> str:
    """Return a digest of records in any order: the sum of their hashes, in hexadecimal digits."""
    total = 0
    encoder = msgspec.json.Encoder(order="sorted")
    for record in records:
        encoded = encoder.encode(bare_record(record))
        total += int.from_bytes(sha256(encoded).digest(), "big")
    return f"{total & _ALL_BITS:064x}"


async def put_batch(session: Session, batch: Mapping[str, Any]) -> dict[str, Written]:
    """Write whole documents, with their life-cycle fields, and return what became of each."""
    heads = await session.heads(list(batch))
    # No life cycle here: copies keep the one that they came with.
    errors = await session.insert({key: new for key, new in batch.items() if key not in heads})
    errors |= await session.replace({key: new for key, new in batch.items() if key in heads})
    fates: dict[str, Written] = {}
    for key in batch:
        if key in errors:
            fates[key] = refused(key, errors[key])
        else:
            fates[key] = Written(key, Outcome.REFRESHED if key in heads else Outcome.NEW)
    return fates


def by_key(records: Sequence[StoredDocument]) -> dict[str, StoredDocument]:
    """Return records by `_id`."""
    return {record["_id"]: record for record in records}
