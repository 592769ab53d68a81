"""Another backend is a folder and a line in `SCHEMES`: here one that keeps everything in memory."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from samples.documents import SITE, term
from wparchive import open_archive
from wparchive.backends.address import ArchiveAddress
from wparchive.backends.opening import SCHEMES, open_reader, open_store, parse_uri
from wparchive.backends.saving import save_batch
from wparchive.backends.storable_batch import batch_of
from wparchive.errors import InvalidURI, missing
from wparchive.model.outcome import Outcome

T1 = datetime(2026, 1, 1, tzinfo=UTC)
T2 = datetime(2026, 1, 2, tzinfo=UTC)


class MemorySession:
    """Implements `wparchive.backends.session.Session` on dictionaries."""

    def __init__(self, shelf, kind):
        self.documents = shelf.setdefault(kind, {})
        self.shelf = shelf
        self.revisions = shelf.setdefault("revisions", {})
        self.events = shelf.setdefault("events", {})

    async def heads(self, keys):
        return await self.stored(keys)

    async def move_back(self, keys):
        return []

    async def stored(self, keys):
        return {key: self.documents[key] for key in keys if key in self.documents}

    async def put_revisions(self, revisions):
        self.revisions |= {revision["_id"]: revision for revision in revisions.values()}
        return {}

    async def put_events(self, events):
        self.events |= events
        return {}

    def of_kind(self, kind):
        return MemorySession(self.shelf, kind)

    async def referring(self, kind, objects):
        return []

    async def insert(self, documents):
        self.documents |= documents
        return {}

    async def replace(self, documents):
        return await self.insert(documents)

    async def update(self, changes):
        for key, fields in changes.items():
            self.documents[key] = self.documents[key] | fields
        return {}


class MemoryStore:
    """The methods of a store that this test calls."""

    def __init__(self, shelf):
        self.shelf = shelf

    async def save(self, kind, documents, at):
        batch = batch_of(kind, documents)
        session = MemorySession(self.shelf, kind)
        return batch.written(await save_batch(session, kind, batch.documents, at))


class MemoryReader:
    """The methods of a reader that this test, and `open_archive` for it, call."""

    def __init__(self, shelf):
        self.shelf = shelf

    def get(self, key):
        found = (kind for kind, documents in self.shelf.items() if key in documents)
        return next(((kind, self.shelf[kind][key]) for kind in found), None)

    def runs(self, sites, limit, after=None):
        return iter(())

    def close(self):
        pass

    def revisions(self, key):
        return [r for r in self.shelf["revisions"].values() if r["key"] == key]


class MemoryBackend:
    """Implements `wparchive.backends.opening.Backend`; the place of an address is a name."""

    examples = ("memory://name",)

    def __init__(self):
        self.shelves = {}

    def parse(self, uri, base):
        name = uri.removeprefix("memory://")
        if not name:
            raise InvalidURI(f"{uri!r} has no name")
        return ArchiveAddress("memory", uri, name, uri)

    def store(self, address, use_process):
        return MemoryStore(self.shelves.setdefault(address.place, {}))

    def reader(self, address):
        if address.place not in self.shelves:
            raise missing(str(address), "nobody has written to it")
        return MemoryReader(self.shelves[address.place])


@pytest.fixture
def memory(monkeypatch):
    backend = MemoryBackend()
    monkeypatch.setitem(SCHEMES, "memory", backend)
    return backend


def test_a_backend_is_opened_by_its_scheme(memory):
    store = open_store("memory://shelf")

    async def crawls():
        first = await store.save("terms", [term(1, "Energy")], T1)
        second = await store.save("terms", [term(1, "Power")], T2)
        third = await store.save("terms", [term(1, "Power")], T2)
        return [written.outcome for (written,) in (first, second, third)]

    assert asyncio.run(crawls()) == [Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED]
    (revision,) = open_reader("memory://shelf").revisions(f"{SITE}/post_tag/1")
    assert revision["document"]["name"] == "Energy"
    with open_archive("memory://shelf") as archive:
        kind, found = archive.find(f"{SITE}/post_tag/1")
    assert (kind, found["name"]) == ("terms", "Power")


def test_its_addresses_and_their_examples_are_its_own(memory):
    assert parse_uri("memory://shelf", Path("/base")).place == "shelf"
    with pytest.raises(InvalidURI, match=r"has no name: an archive is .* or memory://name"):
        parse_uri("memory://")


def test_nothing_knows_a_scheme_that_is_not_registered():
    with pytest.raises(InvalidURI, match="is not an archive's address"):
        open_store("memory://shelf")
