"""What becomes of documents that are saved: new, unchanged, refreshed, changed, returned."""

import hashlib
import zlib
from datetime import UTC, datetime, timedelta

from samples.documents import SITE, author, post, ref, term
from tests.contract.kinds import comment, media
from wparchive.model.lifecycle import revision_of
from wparchive.model.outcome import Outcome

T1 = datetime(2026, 1, 1, 12, 0, 0, 123_000, tzinfo=UTC)
T2, T3, T4 = (T1 + timedelta(days=n) for n in (1, 2, 3))


async def outcomes(store, kind, documents, at):
    return [written.outcome for written in await store.save(kind, documents, at)]


async def test_new_documents_are_kept_whole(store, look):
    rich = post(
        1,
        "A text.\n\nWith 中文 and ภาษาไทย.",
        tags=[ref(5, "Climate"), {"id": 9, "name": None, "slug": None, "unresolved": "http_404"}],
        categories=[ref(1, "News")],
        terms=[{**ref(3, "Jazz"), "taxonomy": "genre"}],
        featured_media={**ref(8, "A picture"), "url": "https://example.com/a.jpg", "alt": ""},
        links=[{"url": "https://example.com/x", "text": "x"}],
        sketch=[-(2**63), -1, 0, 2**63 - 1],
        extra=[{"k": "a.$b", "v": 1.5}, {"k": "", "v": '{"x": [1]}'}, {"k": "n", "v": None}],
        flags=["repaired"],
    )
    assert await outcomes(store, "posts", [rich], T1) == [Outcome.NEW]
    assert look.all("posts") == {rich["_id"]: rich | first_cycle(rich) | {"unsteady": 0}}


def first_cycle(document):
    """What a store adds to a document that it sees for the first time."""
    times = dict.fromkeys(("state_since", "first_seen_at", "last_seen_at", "changed_at"), T1)
    record = zlib.decompress(document["raw"])
    return {
        "state": "live",
        "revision": 1,
        "refreshes": 0,
        "refreshed_at": None,
        "transitions": 0,
        "raw_sha256": hashlib.sha256(record).hexdigest(),
        **times,
    }


async def test_every_kind_is_kept_whole(store, look):
    for kind, document in (
        ("terms", term(4, "Tag")),
        ("authors", author(2, "Ada")),
        ("media", media(7)),
        ("comments", comment(3)),
    ):
        assert await outcomes(store, kind, [document], T1) == [Outcome.NEW]
        assert look.all(kind) == {document["_id"]: document | first_cycle(document)}


async def test_saving_again_writes_nothing(store, look):
    documents = [post(i, f"Text {i}") for i in range(1, 6)]
    await store.save("posts", documents, T1)
    before = look.all("posts")
    assert await outcomes(store, "posts", documents, T2) == [Outcome.UNCHANGED] * 5
    assert look.all("posts") == before
    assert look.all("revisions") == {}


async def test_another_version_keeps_the_earlier_one(store, look):
    await store.save("posts", [post(1, "First.")], T1)
    first = look.all("posts")[f"{SITE}/post/1"]
    assert await outcomes(store, "posts", [post(1, "Second.", sketch=[7])], T2) == [Outcome.CHANGED]
    await store.save("posts", [post(1, "Third.", sketch=[8])], T3)
    now = look.all("posts")[f"{SITE}/post/1"]
    assert (now["text"], now["sketch"], now["revision"]) == ("Third.", [8], 3)
    assert (now["first_seen_at"], now["changed_at"], now["last_seen_at"], now["state_since"]) == (
        T1,
        T3,
        T3,
        T1,
    )
    revisions = look.all("revisions")
    assert sorted(revisions) == [f"{SITE}/post/1#1", f"{SITE}/post/1#2"]
    assert revisions[f"{SITE}/post/1#1"] == revision_of("posts", first, T2)
    second = revisions[f"{SITE}/post/1#2"]
    assert (second["from_at"], second["until_at"], second["document"]["text"]) == (
        T2,
        T3,
        "Second.",
    )


async def test_a_refresh_rewrites_in_place_and_keeps_what_is_known_of_copies(store, look):
    known = {"of": f"{SITE}/post/9", "kind": "near", "jaccard": 0.9, "containment": 0.95}
    await store.save("posts", [post(1, tags=[ref(5, "Old name")], duplicate=known)], T1)
    renamed = post(
        1,
        tags=[ref(5, "New name")],
        version_hash=look.all("posts")[f"{SITE}/post/1"]["version_hash"],
    )
    assert await outcomes(store, "posts", [renamed], T2) == [Outcome.REFRESHED]
    now = look.all("posts")[f"{SITE}/post/1"]
    assert (now["tags"][0]["name"], now["duplicate"], now["revision"], now["changed_at"]) == (
        "New name",
        known,
        1,
        T1,
    )
    assert (now["refreshes"], now["refreshed_at"]) == (1, T2)
    (earlier,) = look.all("revisions").values()
    assert (earlier["_id"], earlier["whole"]) == (f"{SITE}/post/1#1.0", False)
    assert earlier["document"]["tags"] == [ref(5, "Old name")]
    assert not {"text", "raw", "title"} & earlier["document"].keys()
    await store.save("posts", [post(1, "Another text.")], T3)
    assert look.all("posts")[f"{SITE}/post/1"]["duplicate"] is None


async def test_a_vanished_document_returns(store, look):
    await store.save("posts", [post(1), post(2), post(3)], T1)
    assert await store.set_state("posts", SITE, "post", [1, 2, 3], "deleted", T2) == 3
    changed = post(2, "Came back with another text.")
    refreshed = post(3) | {"refresh_hash": "other", "modified_local": "2026-01-01T00:00:00"}
    written = await store.save("posts", [post(1), changed, refreshed], T3)
    assert [(w.outcome, w.returned) for w in written] == [
        (Outcome.UNCHANGED, True),
        (Outcome.CHANGED, True),
        (Outcome.REFRESHED, True),
    ]
    assert {
        (d["state"], d["state_since"], d["last_seen_at"]) for d in look.all("posts").values()
    } == {("live", T3, T3)}
    assert look.all("revisions")[f"{SITE}/post/2#1"]["document"]["state"] == "deleted"
    assert not any(w.returned for w in await store.save("posts", [post(1)], T4))


async def test_the_same_key_twice_in_a_batch_is_written_once_in_its_last_form(store, look):
    written = await store.save("posts", [post(1, "Early."), post(2), post(1, "Late.")], T1)
    assert [w.outcome for w in written] == [Outcome.NEW, Outcome.NEW, Outcome.UNCHANGED]
    assert [w.key for w in written] == [f"{SITE}/post/1", f"{SITE}/post/2", f"{SITE}/post/1"]
    assert look.all("posts")[f"{SITE}/post/1"]["text"] == "Late."


async def test_ids_of_different_sites_and_types_do_not_meet(store, look):
    await store.save(
        "posts",
        [
            post(1),
            post(1, type_="page"),
            post(1, site="example.com"),
            post(1, site="example.com/blog/post"),
        ],
        T1,
    )
    assert len(look.all("posts")) == 4
    assert await store.held("posts", SITE, "post") == 1


async def test_an_empty_batch_is_nothing(store):
    assert await store.save("posts", [], T1) == []


async def test_a_large_batch_is_written_in_order(store, look):
    documents = [post(i, f"Text {i}") for i in range(1, 251)]
    written = await store.save("posts", documents, T1)
    assert [w.key for w in written] == [d["_id"] for d in documents]
    assert await store.held("posts", SITE, "post") == 250
    changed = [post(i, f"Other text {i}") for i in range(1, 121)]
    assert set(await outcomes(store, "posts", changed, T2)) == {Outcome.CHANGED}
    assert len(look.all("revisions")) == 120


async def test_types_that_are_held_are_found_by_the_beginning_of_their_names(store):
    types = ("route_b", "route_a", "rout", "routine", "post")
    await store.save("posts", [post(1, "A text.", type_=type_) for type_ in types], T1)
    await store.save("posts", [post(2, "A text.", type_="route_c")], T1)
    await store.set_state("posts", SITE, "route_c", [2], "deleted", T2)
    assert await store.held_types("posts", SITE, "route_") == ["route_a", "route_b"]
    assert await store.held_types("posts", "other.example", "route_") == []
    assert await store.held_types("terms", SITE, "") == []


async def test_a_kill_between_revision_and_document_is_made_good_by_the_next_run(store, look):
    await store.save("posts", [post(1, "First.")], T1)
    stored = look.all("posts")[f"{SITE}/post/1"]
    look.put("revisions", dict(revision_of("posts", stored, T2)))  # and here it was killed
    assert await outcomes(store, "posts", [post(1, "Second.")], T3) == [Outcome.CHANGED]
    assert look.all("revisions") == {f"{SITE}/post/1#1": revision_of("posts", stored, T3)}
    assert look.all("posts")[f"{SITE}/post/1"]["revision"] == 2


async def test_bulky_fields_come_last(store, look):
    await store.save("posts", [post(1)], T1)
    names = list(look.all("posts")[f"{SITE}/post/1"])
    small = {"_id", "state", "published_at", "tags", "raw_sha256"}
    assert max(map(names.index, small)) < names.index("extra") < names.index("text")
    assert names.index("text") < names.index("html") < names.index("raw")
