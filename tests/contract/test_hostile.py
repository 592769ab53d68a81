"""Documents that no database takes as they are are kept and flagged, or refused alone."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from samples.documents import SITE, post, ref
from wparchive.errors import DocumentRejected
from wparchive.model.outcome import Outcome
from wparchive.model.storable import MAX_DOCUMENT_BYTES, compress, decompress

T1 = datetime(2026, 1, 1, tzinfo=UTC)
EAST = timezone(timedelta(hours=9))


def nested(depth):
    value = "bottom"
    for level in range(depth):
        value = {"down": value} if level % 2 else {"list": [value]}
    return value


HOSTILE = {
    "surrogates": {"title": "half \ud800 a pair", "tags": [ref(1, "tag") | {"name": "\udfff"}]},
    "nul": {"text": "a\x00b", "extra": [{"k": "\x00k", "v": "v\x00"}]},
    "big_integers": {"extra": [{"k": "phone", "v": 10**30}, {"k": "huge", "v": -(10**5000)}]},
    "not_finite": {"extra": [{"k": "x", "v": float("inf")}, {"k": "y", "v": float("nan")}]},
    "bad_dates": {
        "published_at": datetime(1, 1, 1, tzinfo=EAST),
        "modified_at": datetime(1, 1, 1, tzinfo=UTC),
    },
    "too_deep": {"extra": [{"k": "deep", "v": nested(300)}]},
    "html_dropped": {"html": "<p>é" * (MAX_DOCUMENT_BYTES // 4)},
    "links_dropped": {"links": [{"url": "https://example.com/" + "x" * 1000, "text": ""}] * 12_000},
    "truncated": {"text": "字" * (MAX_DOCUMENT_BYTES // 2)},
    "raw_dropped": {"raw": b"\x01" * (MAX_DOCUMENT_BYTES + 1)},
}


@pytest.mark.parametrize("flag", HOSTILE)
async def test_a_hostile_record_is_kept_and_flagged_beside_its_neighbours(store, look, flag):
    hostile = post(1) | HOSTILE[flag]
    written = await store.save("posts", [post(2), hostile, post(3)], T1)
    assert [w.outcome for w in written] == [Outcome.NEW] * 3, [w.error for w in written]
    stored = look.all("posts")[f"{SITE}/post/1"]
    assert flag in stored["flags"]
    again = await store.save("posts", [hostile], T1)
    assert again[0].outcome is Outcome.UNCHANGED
    changed = await store.save("posts", [hostile | {"version_hash": "other"}], T1)
    assert (changed[0].outcome, changed[0].error) == (Outcome.CHANGED, None)
    assert look.all("revisions")[f"{SITE}/post/1#1"]["document"] == stored


async def test_the_raw_record_survives_what_the_fields_do_not(store, look):
    raw = compress(b'{"title": "half \\ud800", "n": 1e999, "id": 1}')
    await store.save(
        "posts", [post(1, raw=raw, title="half \ud800", html="x" * (MAX_DOCUMENT_BYTES + 9))], T1
    )
    stored = look.all("posts")[f"{SITE}/post/1"]
    assert decompress(stored["raw"]) == b'{"title": "half \\ud800", "n": 1e999, "id": 1}'
    assert (stored["title"], stored["html"], stored["text"]) == ("half \ufffd", "", "Some words.")


REFUSED = {
    "an id beyond 64 bits": {"_id": f"{SITE}/post/{2**63}", "id": 2**63},
    "an id that is no number": {"_id": f"{SITE}/post/x", "id": "x"},
    "another key than its fields say": {"_id": f"{SITE}/post/7"},
    "a time without a zone": {"published_at": datetime(2026, 1, 1)},
    "no data": {"extra": [{"k": "set", "v": {1, 2}}]},
    "a sketch of more than integers": {"sketch": [2**64]},
    "an unknown field": {"$where": "1"},
    "a title that leaves no room": {
        "site": "x" * (MAX_DOCUMENT_BYTES + 9),
        "_id": "x" * (MAX_DOCUMENT_BYTES + 9) + "/post/1",
    },
}


@pytest.mark.parametrize("why", REFUSED)
async def test_a_refused_document_fails_alone(store, look, why):
    written = await store.save("posts", [post(2), post(1) | REFUSED[why], post(3)], T1)
    assert [w.outcome for w in written] == [Outcome.NEW, None, Outcome.NEW]
    assert isinstance(written[1].error, DocumentRejected)
    assert {d["id"] for d in look.all("posts").values()} == {2, 3}


async def test_a_missing_field_is_named(store):
    document = post(1)
    del document["text"]
    (written,) = await store.save("posts", [document], T1)
    assert "'text'" in str(written.error)


async def test_names_of_fields_are_only_values(store, look):
    keys = ["$set", "a.b", "", "_id", "__proto__", "'; DROP TABLE posts; --"]
    document = post(
        1, extra=[{"k": k, "v": k} for k in keys], terms=[{**ref(1, "x"), "taxonomy": "$where"}]
    )
    await store.save("posts", [document], T1)
    stored = look.all("posts")[f"{SITE}/post/1"]
    assert ([f["k"] for f in stored["extra"]], stored["terms"][0]["taxonomy"]) == (keys, "$where")
