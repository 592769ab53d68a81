"""The records of files, and what names files, on every backend."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

from samples.documents import SITE, post
from tests.archives import file_record
from tests.contract.kinds import media
from wparchive.backends.opening import open_reader
from wparchive.model.file_records import superseded

T1 = datetime(2026, 1, 1, tzinfo=UTC)
LATER = T1 + timedelta(days=1)


async def test_records_of_files_are_replaced_and_found_by_key(store, uri):
    one = file_record(1, SITE)
    other = file_record(2, SITE)
    await store.save_files([one, other])
    changed = {**one, "sha256": "f" * 64, "earlier": superseded(one, LATER), "fetched_at": LATER}
    await store.save_files([changed])
    keys = [one["_id"], other["_id"], "nothing"]
    assert await store.files(keys) == {one["_id"]: changed, other["_id"]: other}
    assert await store.files([]) == {}
    with closing(open_reader(uri)) as reader:
        assert reader.files(keys) == {one["_id"]: changed, other["_id"]: other}
        assert reader.records("files", SITE, "", 10)


async def test_live_documents_say_which_files_they_name_page_by_page(store):
    picture = {"url": "https://example.com/a.jpg", "alt": ""}
    await store.save("media", [media(7), media(8, url=None), media(9)], T1)
    await store.save("posts", [post(1, "text", images=[picture]), post(2, "other")], T1)
    await store.set_state("media", SITE, "attachment", [9], "deleted", LATER)
    found = await store.next_named("media", SITE, "", 1)
    assert [one["_id"] for one in found] == [f"{SITE}/attachment/7"]
    assert found[0]["url"]
    assert found[0]["changed_at"] == T1
    (found,) = await store.next_named("media", SITE, found[0]["_id"], 10)
    assert found["url"] is None
    posts = await store.next_named("posts", SITE, "", 10)
    assert [one["images"] for one in posts] == [[picture], []]
    assert await store.next_named("posts", "example.org", "", 10) == []
