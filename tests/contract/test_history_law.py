"""Whatever happens in whatever order, what an archive held at a time is told exactly, later on.

Objects are seen, edited, refreshed, renamed, found gone, found again and cleaned again at random;
some of it is killed between two statements. After each step, the database itself is looked at. At
the end, `as_of` must tell each of these looks, and the events must be the differences between them.
"""

import hashlib
import random
import zlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from samples.documents import SITE, author, post, ref, term
from wparchive import open_archive
from wparchive.backends.mongo import mongo_writes
from wparchive.backends.sqlite.sqlite_saving import SQLiteSession
from wparchive.backends.store import CleaningSelection
from wparchive.errors import NotFound

T0 = datetime(2026, 1, 1, tzinfo=UTC)
STEPS = 30
KINDS = ("posts", "terms", "authors")
NOT_HELD_TO = ("last_seen_at", "duplicate", "refresh_hash", "raw", "search")
"""Fields that are no history: a mark and a hash are the archive's own; the record is compared as it
was received, and the time when something was seen has a law of its own."""


class Killed(Exception):
    """Stands for `kill -9`."""


class Killer:
    """Kills the next writes after some statements."""

    def __init__(self, monkeypatch):
        self.left = None
        for name in ("put_revisions", "put_events", "insert", "replace", "update"):
            statement = getattr(SQLiteSession, name)
            monkeypatch.setattr(SQLiteSession, name, self._counted(statement))
        monkeypatch.setattr(mongo_writes, "_failed", self._counted(mongo_writes._failed))

    def _counted(self, statement):
        async def counted(target, values):
            if values and self.left is not None:
                self.left -= 1
                if self.left < 0:
                    raise Killed
            return await statement(target, values)

        return counted


class Site:
    """What a site shows at random."""

    def __init__(self, chance):
        self.chance = chance
        self.names = {1: "Energy", 2: "Water"}

    def post(self):
        chance = self.chance
        text = chance.choice(["one", "two", "three"]) * 3
        tags = [ref(id_, self.names[id_]) for id_ in sorted({1, chance.choice([1, 2])})]
        modified = chance.choice(["2026-01-01T00:00:00", "2026-01-02T00:00:00"])
        raw = zlib.compress(f'{{"text": "{text}", "modified": "{modified}"}}'.encode() * 5)
        return post(
            chance.choice([1, 2]),
            text,
            tags=tags,
            modified_local=modified,
            raw=raw,
            author=ref(1, self.names.get("author", "Ada")),
            version_hash=_hash(text, [tag["id"] for tag in tags]),
            refresh_hash=_hash(modified, tags, self.names.get("author")),
        )

    def term(self):
        id_ = self.chance.choice([1, 2])
        self.names[id_] = self.chance.choice(["Energy", "Power", "Water"])
        found = term(id_, self.names[id_], count=self.chance.choice([1, 2]))
        return {**found, "version_hash": _hash(found["name"])}

    def author(self):
        self.names["author"] = self.chance.choice(["Ada", "Zoë"])
        return author(1, self.names["author"])


def _hash(*values):
    return hashlib.md5(repr(values).encode()).hexdigest()


async def happen(store, site, chance, at):
    """Let one thing happen. Returns the cleaned fields by key, where it was a reclean."""
    what = chance.choice(["post", "post", "post", "term", "author", "state", "states", "clean"])
    if what == "post":
        await store.save("posts", [site.post()], at)
    elif what == "term":
        await store.save("terms", [site.term()], at)
    elif what == "author":
        await store.save("authors", [site.author()], at)
    elif what == "clean":
        documents = await store.next_to_clean(CleaningSelection("posts"), "", 9)
        html = f"<p>cleaned {at.isoformat()}</p>"
        await store.rewrite("posts", [{**document, "html": html} for document in documents])
        return {document["_id"]: {"html": html} for document in documents}
    else:
        kind, type_ = chance.choice([("posts", "post"), ("posts", "post"), ("terms", "post_tag")])
        state = chance.choice(["withdrawn", "deleted"])
        await store.set_state(kind, SITE, type_, [chance.choice([1, 2])], state, at)
    return {}


def held(look):
    """Every document, with the record as it was received."""
    return {key: document for kind in KINDS for key, document in look.all(kind).items()}


def comparable(document):
    """A document without what is no history."""
    found = {name: value for name, value in document.items() if name not in NOT_HELD_TO}
    return found | {"record": zlib.decompress(document["raw"])}


def clean_past(looks, key, fields):
    """Give the looks at a version what cleaning again has made of it.

    To clean again is to read the same record better. It holds for the past too, back to where the
    field was another one.
    """
    (_, last) = looks[-1]
    standing = last[key]
    for _, documents in reversed(looks):
        before = documents.get(key)
        if before is None or before["revision"] != standing["revision"]:
            return
        if any(before[name] != standing[name] for name in fields):
            return
        documents[key] = before | fields


@pytest.mark.parametrize("seed", range(12))
async def test_what_was_held_is_told(uri, store, look, monkeypatch, seed):
    chance = random.Random(seed)
    killer = Killer(monkeypatch)
    site = Site(chance)
    await store.begin_run("the run")
    looks = []
    for step in range(STEPS):
        at = T0 + timedelta(hours=5 * step)
        killer.left = chance.choice([None, None, None, 0, 1, 2, 3])
        cleaned = {}
        with suppress(Killed):
            cleaned = await happen(store, site, chance, at)
        killer.left = None
        now = held(look)
        for key, fields in cleaned.items():
            clean_past(looks, key, fields)
        looks.append((at, now))
    with open_archive(uri) as archive:
        for at, before in looks:
            for key in looks[-1][1]:
                if key not in before:
                    with pytest.raises(NotFound, match="not archived yet"):
                        archive.as_of(key, at)
                    continue
                told = archive.as_of(key, at)
                assert told.note is None
                assert comparable(told.post) == comparable(before[key]), (at, key)
                assert told.post["last_seen_at"] <= at
        for key in looks[-1][1]:
            events = [(event.what, event.at, event.run) for event in archive.events_of(key)]
            assert sorted(events) == sorted(differences(key, looks))


def differences(key, looks):
    """The events of one object, by what the looks at the database show."""
    before = None
    for at, documents in looks:
        now = documents.get(key)
        if now is None:
            continue
        if before is None:
            yield "new", at, None
        else:
            yield from ((what, at, "the run") for what in steps(before, now))
        before = now


def steps(before, now):
    if now["revision"] > before["revision"]:
        is_name = "name" in now and before["name"] != now["name"]
        yield "renamed" if is_name else "edited"
    # A new name of a term or author refreshes the posts that have it; the event is the term's.
    elif now["refreshes"] > before["refreshes"] and before["refresh_hash"] != now["refresh_hash"]:
        yield "refreshed"
    if now["state"] != before["state"]:
        if now["state"] == "live":
            yield "returned"
        elif now["type"] == "post_tag" and now["state"] == "deleted":
            yield "gone"
        else:
            yield now["state"]
