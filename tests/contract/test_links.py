"""Links between posts of an archive, and what a server of MongoDB's protocol is asked for them."""

from datetime import UTC, datetime

import pytest
from pymongo import monitoring

from samples.documents import SITE, post
from wparchive import open_archive
from wparchive.backends.opening import open_store

T1 = datetime(2026, 1, 1, tzinfo=UTC)


def linking(number, *urls, **fields):
    links = [{"url": url, "text": "here"} for url in urls]
    domains = sorted({url.split("/")[2] for url in urls})
    return post(number, links=links, link_domains=domains, **fields)


def keys(posts):
    return [found["_id"].rpartition("/")[2] for found in posts]


async def test_links_are_followed_both_ways(store, uri):
    await store.save(
        "posts",
        [
            linking(
                1,
                "http://example.com/blog/post-3#part",  # another scheme, and a place in the page
                "https://elsewhere.example/",
                "https://example.com/blog/?p=2",
                "https://example.com/blog/post-3/",
                "https://example.com/blog/post-1/",  # itself
            ),
            linking(2, "https://example.com/blog/post-1/"),
            post(3),
            linking(4, "https://example.com/blog/post-1/?utm_source=x", published_at=T1),
            linking(5, "https://example.com/blog/post-10/"),
        ],
        T1,
    )
    with open_archive(uri) as archive:
        assert keys(archive.links_from(f"{SITE}/post/1")) == ["3", "2"]
        assert keys(archive.links_from(f"{SITE}/post/3")) == []
        assert sorted(keys(archive.links_to(f"{SITE}/post/1"))) == ["2"]
        assert keys(archive.links_to(f"{SITE}/post/3")) == ["1"]


async def test_of_posts_at_one_address_the_live_and_the_newest_one_comes_first(store, uri):
    there = {"link": "https://example.com/blog/x/"}
    late = datetime(2025, 6, 1, tzinfo=UTC)
    early = datetime(2025, 5, 1, tzinfo=UTC)
    await store.save(
        "posts",
        [
            post(1, published_at=late, **there),
            post(2, published_at=early, **there),
            post(3, published_at=late, **there),
            post(4),
        ],
        T1,
    )
    await store.set_state("posts", SITE, "post", [1], "deleted", T1)
    with open_archive(uri) as archive:
        found = archive.reader.posts_at(("https://example.com/blog/x/", "https://nowhere.example/"))
        assert [one.key.rpartition("/")[2] for one in found] == ["3", "2", "1"]
        assert {one.link for one in found} == {"https://example.com/blog/x/"}
        assert archive.reader.posts_at(()) == []


class AskedOf(monitoring.CommandListener):
    """Notes the queries that name keys, of reads and of writes."""

    def __init__(self):
        self.by_key = []

    def started(self, event):
        command = event.command
        queries = [command.get("filter") or {}]
        queries += [part["q"] for name in ("updates", "deletes") for part in command.get(name, ())]
        self.by_key += [dict(query) for query in queries if "_id" in query]

    def succeeded(self, event):
        """Nothing is noted of answers."""

    def failed(self, event):
        """Nothing is noted of errors."""


@pytest.fixture
def asked():
    """What clients that are opened now ask for by key."""
    listener = AskedOf()
    monitoring.register(listener)
    yield listener
    monitoring._LISTENERS.command_listeners.remove(listener)


async def test_ferretdb_is_asked_for_documents_by_their_keys_alone(mongo_uri, asked):
    """It answers everything else by reading the whole collection."""
    store = open_store(mongo_uri)
    await store.open()
    try:
        for text in ("one", "one", "another"):
            await store.save("posts", [post(1, text, content_fingerprint=text), post(2)], T1)
        is_ferretdb = store._server.is_ferretdb
    finally:
        await store.close()
    with open_archive(mongo_uri) as archive:
        archive.reader.get_posts([f"{SITE}/post/1", f"{SITE}/post/2"])
    of_posts = [query for query in asked.by_key if str(query["_id"]).find(SITE) >= 0]
    assert of_posts
    if is_ferretdb:
        assert {tuple(query) for query in of_posts} == {("_id",)}
        assert all(isinstance(query["_id"], str) for query in of_posts)
    else:
        # One question for all of a batch; writes name what a collection may be sharded by.
        assert any(isinstance(query["_id"], dict) for query in of_posts)
        assert any({"_id", "site", "type", "id"} <= query.keys() for query in of_posts)
