"""Documents of another cleaner: in a crawl, and when they are cleaned again."""

import json
from datetime import UTC, datetime

import pytest

from samples.documents import SITE, author, comment, media, post, ref, term
from wparchive import open_archive
from wparchive.backends.mongo.mongo_saving import MongoSession
from wparchive.backends.opening import open_store
from wparchive.backends.store import CleaningSelection
from wparchive.export.arrow import arrow_table
from wparchive.export.readable import readable
from wparchive.model.outcome import Outcome
from wparchive.model.record_types import DOCUMENT_TYPES
from wparchive.model.storable import compress

EXAMPLES = {
    "posts": post(1),
    "terms": term(1, "Energy"),
    "authors": author(1, "Ada"),
    "media": media(1),
    "comments": comment(1, 2),
}
T1 = datetime(2026, 1, 1, tzinfo=UTC)
T2 = datetime(2026, 1, 2, tzinfo=UTC)
KEY = f"{SITE}/post/1"


def made(text, cleaner, content="Words", **fields):
    raw = compress(json.dumps({"id": 1, "content": {"rendered": content}}).encode())
    return post(1, text, raw=raw, cleaner_version=cleaner, **fields)


async def outcomes(store, document, at=T2):
    return [written.outcome for written in await store.save("posts", [document], at)]


async def test_what_another_cleaner_made_is_refreshed_without_history(store, look):
    await store.save("posts", [made("old text", 1)], T1)
    assert await outcomes(store, made("new text", 2)) == [Outcome.REFRESHED]
    (document,) = look.all("posts").values()
    assert (document["text"], document["cleaner_version"]) == ("new text", 2)
    assert (document["revision"], document["changed_at"]) == (1, T1)
    assert look.all("revisions") == {}
    assert await outcomes(store, made("new text", 2)) == [Outcome.UNCHANGED]
    assert await outcomes(store, made("newer text", 2)) == [Outcome.CHANGED]


async def test_fields_that_an_older_cleaner_did_not_make_are_no_event(store, look):
    made_now = {
        "language": "en",
        "language_confidence": 0.9,
        "language_source": "text",
        "has": ["table"],
        "link_domains": ["example.net"],
        "embed_providers": ["youtube"],
    }
    before = made("old text", 1)
    await store.save("posts", [without(before, made_now)], T1)
    assert await outcomes(store, made("new text", 2, **made_now)) == [Outcome.REFRESHED]
    assert look.all("posts")[KEY]["has"] == ["table"]
    assert look.all("posts")[KEY]["refreshes"] == 0
    assert look.all("revisions") == {}
    assert look.all("events") == {}


def without(document, names):
    """Return a document with nothing in some fields."""
    return document | {name: None if "language" in name else [] for name in names}


async def test_an_edit_that_a_new_cleaner_meets_is_a_revision(store, look):
    await store.save("posts", [made("old text", 1)], T1)
    assert await outcomes(store, made("new text", 2, "Other words")) == [Outcome.CHANGED]
    (revision,) = look.all("revisions").values()
    assert revision["document"]["text"] == "old text"
    assert revision["document"]["cleaner_version"] == 1


async def test_a_duplicate_stays_marked_when_only_the_cleaner_changed(store, look):
    mark = {"of": f"{SITE}/post/9", "kind": "near", "jaccard": 0.9, "containment": 1.0}
    await store.save("posts", [made("old text", 1, duplicate=mark)], T1)
    assert await outcomes(store, made("new text", 2)) == [Outcome.REFRESHED]
    assert look.all("posts")[KEY]["duplicate"] == mark


def make_old(look):
    """Take the archive back to before documents had a cleaner version."""
    if look.is_mongo:
        with look.client() as client:
            for kind in DOCUMENT_TYPES:
                collection = client[look.address.place][kind]
                collection.update_many({}, {"$unset": {"cleaner_version": 1}})
            revisions = client[look.address.place]["revisions"]
            revisions.update_many({}, {"$unset": {"document.cleaner_version": 1}})
        return
    connection = look.connection()
    for kind in DOCUMENT_TYPES:
        connection.execute(f"ALTER TABLE {kind} DROP COLUMN cleaner_version")
    connection.execute("UPDATE revisions SET document = json_remove(document, '$.cleaner_version')")
    connection.commit()
    connection.close()


async def test_an_archive_of_an_earlier_version_is_read_and_written_on(uri, store, look):
    await store.save("posts", [made("first text", 1)], T1)
    await store.save("posts", [made("old text", 1)], T1)
    await store.save("terms", [term(1, "Energy")], T1)
    await store.close()
    before = look.all("posts")[KEY]
    make_old(look)
    with open_archive(uri) as archive:
        assert [version.post["text"] for version in archive.history(KEY)] == [
            "first text",
            "old text",
        ]
        assert arrow_table(archive.posts())["text"].to_pylist() == ["old text"]
        assert [readable(post)["text"] for post in archive.posts()] == ["old text"]
    again = open_store(uri)
    await again.open()
    try:
        assert (look.all("posts")[KEY].get("cleaner_version") or 0) == 0
        assert await again.count_to_clean(CleaningSelection("posts", other_than=1)) == 1
        assert await outcomes(again, made("old text", 1)) == [Outcome.REFRESHED]
        assert look.all("posts")[KEY] == before | {"last_seen_at": T2}
        assert await again.held("terms", SITE, "post_tag") == 1
    finally:
        await again.close()


@pytest.mark.parametrize("kind", DOCUMENT_TYPES)
async def test_a_document_is_rewritten_and_nothing_else_of_it(kind, store, look):
    await store.save(kind, [EXAMPLES[kind]], T1)
    (before,) = look.all(kind).values()
    (document,) = await store.next_to_clean(CleaningSelection(kind), "", 10)
    cleaned = {**document, "cleaner_version": 7, "version_hash": "v", "last_seen_at": T2}
    (written,) = await store.rewrite(kind, [cleaned])
    assert (written.key, written.outcome) == (document["_id"], Outcome.REFRESHED)
    (after,) = look.all(kind).values()
    assert after == before | {"cleaner_version": 7, "version_hash": "v"}
    assert look.all("revisions") == {}


async def test_what_is_found_by_search_follows_a_rewritten_text(uri, store):
    await store.save("posts", [made("alpha", 1)], T1)
    (document,) = await store.next_to_clean(CleaningSelection("posts"), "", 10)
    await store.rewrite("posts", [{**document, "text": "omega", "cleaner_version": 2}])
    with open_archive(uri) as archive:
        assert [hit.post["text"] for hit in archive.search("omega")] == ["omega"]
        assert archive.search("alpha") == []


async def test_a_document_that_a_crawl_wrote_meanwhile_is_left_alone(store, look):
    await store.save("posts", [made("old text", 1)], T1)
    (document,) = await store.next_to_clean(CleaningSelection("posts"), "", 10)
    await store.save("posts", [made("edited", 1, "Edited")], T2)
    (written,) = await store.rewrite("posts", [{**document, "text": "cleaned"}])
    assert written.outcome is Outcome.UNCHANGED
    assert look.all("posts")[KEY]["text"] == "edited"


async def test_a_refused_document_fails_alone(store, look):
    await store.save("posts", [post(1), post(2)], T1)
    first, second = await store.next_to_clean(CleaningSelection("posts"), "", 10)
    bad, good = await store.rewrite(
        "posts", [{**first, "text": object()}, {**second, "text": "cleaned"}]
    )
    assert (bad.outcome, good.outcome) == (None, Outcome.REFRESHED)
    assert [document["text"] for document in look.all("posts").values()] == [
        "Some words.",
        "cleaned",
    ]


async def test_selections(store):
    other = "example.org"
    await store.save("posts", [post(1, cleaner_version=1), post(2, cleaner_version=2)], T1)
    await store.save("posts", [post(3, site=other, cleaner_version=1)], T1)

    async def ids(*, after="", limit=9, **selected):
        selection = CleaningSelection("posts", **selected)
        found = await store.next_to_clean(selection, after, limit)
        if not after and limit == 9:
            assert await store.count_to_clean(selection) == len(found)
        return [document["id"] for document in found]

    assert await ids() == [1, 2, 3]
    assert await ids(limit=2) == [1, 2]
    assert await ids(after=f"{SITE}/post/1") == [2, 3]
    assert await ids(other_than=2) == [1, 3]
    assert await ids(site=other) == [3]
    assert await ids(site=SITE, other_than=1) == [2]
    assert await ids(key=KEY) == [1]
    assert await ids(key=KEY, after=KEY) == []
    assert await ids(key=f"{SITE}/post/77") == []


async def test_large_ids_are_pythons_own_integers(store):
    # PyMongo has a type of its own for them, which neither encoders nor checks take for an integer.
    large = 2**40
    await store.save("media", [media(large, author=ref(large, "Ada"))], T1)
    named = await store.known("media", SITE, "attachment", [large])
    (document,) = await store.next_to_clean(CleaningSelection("media"), "", 1)
    found = [*named, named[large]["id"], document["id"], document["author"]["id"]]
    assert [(number, type(number)) for number in found] == [(large, int)] * 4
    (written,) = await store.rewrite("media", [document])
    assert written.outcome is Outcome.REFRESHED


async def test_a_version_that_a_crawl_writes_in_the_same_moment_is_left_alone(
    mongo_uri, monkeypatch
):
    store = open_store(mongo_uri)
    await store.open()
    rewrite = MongoSession.rewrite

    async def rewrite_late(session, cleaned):
        await store.save("posts", [made("edited", 1, "Edited")], T2)
        return await rewrite(session, cleaned)

    monkeypatch.setattr(MongoSession, "rewrite", rewrite_late)
    try:
        await store.save("posts", [made("old text", 1)], T1)
        (document,) = await store.next_to_clean(CleaningSelection("posts"), "", 10)
        await store.rewrite("posts", [{**document, "text": "cleaned"}])
        (found,) = await store.next_to_clean(CleaningSelection("posts"), "", 10)
        assert (found["text"], found["revision"]) == ("edited", 2)
    finally:
        await store.close()


async def test_what_is_cleaned_again_in_the_same_moment_is_no_edit(mongo_uri, monkeypatch):
    store = open_store(mongo_uri)
    await store.open()
    stored = MongoSession.stored

    async def stored_late(session, keys):
        monkeypatch.setattr(MongoSession, "stored", stored)
        await store.rewrite("posts", [{**document, **cleaned}])
        return await stored(session, keys)

    try:
        await store.save("posts", [made("old text", 1)], T1)
        (document,) = await store.next_to_clean(CleaningSelection("posts"), "", 10)
        seen = made("new text", 2)
        names = ("text", "version_hash", "refresh_hash", "cleaner_version")
        cleaned = {name: seen[name] for name in names}
        monkeypatch.setattr(MongoSession, "stored", stored_late)
        assert await outcomes(store, seen) == [Outcome.UNCHANGED]
        (found,) = await store.next_to_clean(CleaningSelection("posts"), "", 10)
        assert (found["text"], found["revision"]) == ("new text", 1)
    finally:
        await store.close()
