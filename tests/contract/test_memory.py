"""What an archive remembers of the blocks that recur on a site."""

import sqlite3

from samples.documents import SITE
from tests.archives import recurring_block, site_memory
from wparchive import open_archive
from wparchive.backends.opening import open_store

OTHER = "other.example"


async def test_a_memory_comes_back_as_it_was(store):
    assert await store.load_memory(SITE) is None
    await store.save_memory(site_memory())
    await store.save_memory({**site_memory(), "shortfall": 2})
    assert await store.load_memory(SITE) == {**site_memory(), "shortfall": 2}
    assert await store.load_memory(OTHER) is None


async def test_the_blocks_of_a_site_are_replaced_as_a_whole(store):
    await store.save_recurring_blocks(OTHER, [recurring_block(1, OTHER)])
    await store.save_recurring_blocks(SITE, [recurring_block(1), recurring_block(2)])
    await store.save_recurring_blocks(
        SITE, [recurring_block(3), recurring_block(2, overruled="keep")]
    )
    assert await store.recurring_blocks(SITE) == [
        recurring_block(2, overruled="keep"),
        recurring_block(3),
    ]
    assert await store.recurring_blocks(OTHER) == [recurring_block(1, OTHER)]
    await store.save_recurring_blocks(SITE, [])
    assert await store.recurring_blocks(SITE) == []


async def test_readers_get_those_in_most_posts_first(uri, store):
    await store.save_recurring_blocks(SITE, [recurring_block(1), recurring_block(2)])
    with open_archive(uri) as archive:
        assert archive.boilerplate(f"https://{SITE}/") == [recurring_block(2), recurring_block(1)]
        assert archive.boilerplate(OTHER) == []


async def test_an_archive_of_an_earlier_version_has_none(tmp_path):
    uri = f"sqlite:///{tmp_path}/old.db"
    store = open_store(uri)
    await store.open()
    await store.close()
    with sqlite3.connect(tmp_path / "old.db") as connection:
        for table in ("boilerplate", "site_memory"):
            connection.execute(f"DROP TABLE {table}")
    with open_archive(uri) as archive:
        assert archive.boilerplate(SITE) == []
    await store.open()
    try:
        await store.save_recurring_blocks(SITE, [recurring_block(1)])
        await store.save_memory(site_memory())
        assert await store.recurring_blocks(SITE) == [recurring_block(1)]
    finally:
        await store.close()
