"""An archive that is opened again, by several, or by the wrong version."""

import asyncio
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from samples.documents import SITE, post, ref
from wparchive import open_archive
from wparchive.backends.opening import open_store
from wparchive.commands import cli
from wparchive.errors import ArchiveTooNew, ArchiveUnreachable, NotFound
from wparchive.model.documents import SCHEMA_VERSION
from wparchive.model.outcome import Outcome

T1 = datetime(2026, 1, 1, tzinfo=UTC)


async def test_what_was_written_is_there_after_reopening(uri, store):
    await store.save("posts", [post(1)], T1)
    await store.close()
    await store.open()
    assert await store.held("posts", SITE, "post") == 1
    again = open_store(uri)
    await again.open()
    try:
        assert (await again.save("posts", [post(1)], T1))[0].outcome is Outcome.UNCHANGED
    finally:
        await again.close()


async def test_closing_twice_is_safe_and_a_closed_store_says_so(uri):
    store = open_store(uri)
    await store.close()
    await store.close()
    with pytest.raises(ArchiveUnreachable, match="not open"):
        await open_store(uri).held("posts", SITE, "post")


async def test_several_open_a_new_archive_at_the_same_time(uri):
    stores = [open_store(uri) for _ in range(3)]
    try:
        await asyncio.gather(*(store.open() for store in stores))
        sites = [f"site{n}.example" for n in range(3)]
        saves = [
            store.save("posts", [post(i, site=site) for i in range(1, 21)], T1)
            for store, site in zip(stores, sites, strict=True)
        ]
        assert all(
            w.outcome is Outcome.NEW for written in await asyncio.gather(*saves) for w in written
        )
        assert [await stores[0].held("posts", site, "post") for site in sites] == [20, 20, 20]
    finally:
        await asyncio.gather(*(store.close() for store in stores))


async def test_readers_see_whole_batches_while_a_writer_writes(store, look):
    await store.save("posts", [post(0)], T1)
    writing = asyncio.gather(
        *(store.save("posts", [post(10 * n + i) for i in range(1, 11)], T1) for n in range(8))
    )
    counts = []
    while not writing.done():
        counts.append(len(await asyncio.to_thread(look.all, "posts")))
    await writing
    assert counts == sorted(counts)
    assert len(look.all("posts")) == 81


async def test_an_archive_of_a_newer_version_is_left_alone(uri, store, look):
    await store.save("posts", [post(1)], T1)
    await store.close()
    if look.is_mongo:
        with look.client() as client:
            client[look.address.place]["marks"].update_one(
                {"_id": "schema"}, {"$set": {"version": SCHEMA_VERSION + 1}}
            )
    else:
        look.connection().execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}").connection.close()
    with pytest.raises(ArchiveTooNew, match="upgrade"):
        await open_store(uri).open()


async def test_texts_indexed_by_another_analyser_are_indexed_again(uri, store, look):
    """SQLite does it when it opens; on a server it is a command that goes on at its checkpoint."""
    await store.save("posts", [post(n, "Searchable words.") for n in (1, 2, 3)], T1)
    await store.close()
    spoil(look)
    again = open_store(uri)
    await again.open()
    if look.is_mongo:
        assert found(look, "spoiled") == {1, 2, 3}
        assert await again.index_next(2) == 2
        assert found(look, "spoiled") == {3}
        await again.close()
        await again.open()
        assert await again.index_next(2) == 1
    assert await again.index_next(2) == 0
    await again.close()
    assert found(look, "searchable") == {1, 2, 3}
    assert found(look, "spoiled") == set()
    result = await asyncio.to_thread(CliRunner().invoke, cli, ["reindex", "--archive", uri])
    assert result.output == "nothing to do: this version has made the index\n"


def spoil(look):
    if look.is_mongo:
        with look.client() as client:
            db = client[look.address.place]
            db["marks"].update_one({"_id": "schema"}, {"$set": {"analyser": "0/0"}})
            db["posts"].update_many({}, {"$set": {"search": ["spoiled"]}})
        return
    connection = look.connection()
    connection.execute("UPDATE marks SET value = '0/0' WHERE name = 'analyser'")
    connection.execute("INSERT INTO posts_fts(posts_fts) VALUES ('delete-all')")
    connection.execute("INSERT INTO posts_fts(rowid, text) SELECT pk, 'spoiled' FROM posts")
    connection.commit()
    connection.close()


def found(look, token):
    """Ids of the posts whose index has the token."""
    if look.is_mongo:
        with look.client() as client:
            return {d["id"] for d in client[look.address.place]["posts"].find({"search": token})}
    connection = look.connection()
    rows = connection.execute(
        "SELECT id FROM posts WHERE pk IN (SELECT rowid FROM posts_fts WHERE posts_fts MATCH ?)",
        (f'"{token}"',),
    )
    ids = {row["id"] for row in rows}
    connection.close()
    return ids


async def test_the_index_follows_every_version(store, look):
    await store.save(
        "posts",
        [
            post(
                1, "alpha 東京都庁", title="Heading", tags=[{"id": 1, "name": "Étude", "slug": "e"}]
            ),
            post(2, "alpha"),
        ],
        T1,
    )
    assert [found(look, t) for t in ("alpha", "heading", "etude", "京都", "東庁")] == [
        {1, 2},
        {1},
        {1},
        {1},
        set(),
    ]
    await store.save("posts", [post(1, "beta", title="Heading"), post(2, "alpha")], T1)
    assert [found(look, t) for t in ("alpha", "beta", "heading", "etude", "京都")] == [
        {2},
        {1},
        {1},
        set(),
        set(),
    ]


async def test_posts_are_found_by_their_co_authors(uri, store):
    ada = {"id": 1, "name": "Ada", "slug": "ada"}
    guest = {"id": 0, "name": "Grace Guest", "slug": "grace-guest"}
    both = post(1, author=ada, authors=[ada, guest])
    of_guest = post(2, author=None, authors=[guest])
    await store.save("posts", [both, of_guest, post(3, author=ada, authors=[ada])], T1)

    def found(**filters):
        with open_archive(uri) as archive:
            return sorted(each["id"] for each in archive.posts(**filters))

    for name in ("Grace Guest", "grace-guest", "GRACE-GUEST"):
        assert await asyncio.to_thread(found, author=name) == [1, 2]
    assert await asyncio.to_thread(found, author="Ada") == [1, 3]
    assert await asyncio.to_thread(found, matching='author:"Grace Guest"') == [1, 2]
    linked = [
        {"language": "fr", "id": 2, "link": None},
        {"language": "de", "id": None, "link": "https://example.com/3/"},
        {"language": "it", "id": 9, "link": None},
    ]
    await store.save("posts", [post(1, author=ada, authors=[ada], translations=linked)], T1)
    await store.save("posts", [post(3, link="https://example.com/3")], T1)

    def translated():
        with open_archive(uri) as archive:
            return [each["id"] for each in archive.translations(f"{SITE}/post/1")]

    assert await asyncio.to_thread(translated) == [2, 3]
    assert await asyncio.to_thread(found, translation_of=f"{SITE}/post/1") == [2, 3]
    assert await asyncio.to_thread(found, author="Grace Guest") == [2]


async def test_translations_are_those_that_a_post_names_and_those_that_name_it(uri, store):
    def naming(id_, link=None):
        return {"language": "fr", "id": id_, "link": link}

    await store.save(
        "posts",
        [
            post(1, link="https://example.com/eins/", translations=[naming(2)]),
            post(2, "Une lanterne.", translations=[]),  # read before it had a translation
            post(3, "A lantern.", translations=[naming(1), naming(2)]),
            post(4, translations=[naming(None, "http://example.com/eins")]),
            post(1, site="other.org", translations=[naming(9)]),
            post(9, site="other.org", translations=[naming(1)]),
            post(1, type_="page", translations=[naming(2)]),
            post(5),
        ],
        T1,
    )

    def keys(**filters):
        with open_archive(uri) as archive:
            selected = archive.posts(order="key", **filters)
            assert selected.count() == sum(selected.by("site").values())
            return [each["_id"].removeprefix(f"{SITE}/") for each in selected]

    def checked():
        assert keys(translation_of=f"{SITE}/post/1") == ["post/2", "post/3", "post/4"]
        assert keys(translation_of="https://example.com/eins/", matching="lantern") == ["post/3"]
        assert keys(translation_of=f"{SITE}/post/2") == ["post/1", "post/3"]
        assert keys(translation_of="other.org/post/1") == ["other.org/post/9"]
        assert keys(translation_of=f"{SITE}/post/5") == []
        both = [f"{SITE}/post/2", "other.org/post/1"]
        assert keys(translation_of=both) == ["post/1", "post/3", "other.org/post/9"]
        assert keys(translation_of=f"{SITE}/post/2", tag="none") == []
        with open_archive(uri) as archive:
            assert archive.search("lantern", translation_of=f"{SITE}/post/5") == []
            found = archive.search("lantern", translation_of=f"{SITE}/post/1")
            assert [hit.post["id"] for hit in found] == [3]
            with pytest.raises(NotFound):
                archive.posts(translation_of="nowhere/post/1")

    await asyncio.to_thread(checked)
    # What a post names no longer is forgotten.
    await store.save("posts", [post(3, "A lantern.", translations=[])], T1)
    assert await asyncio.to_thread(keys, translation_of=f"{SITE}/post/2") == ["post/1"]


async def test_counts_by_author_agree_with_the_filter(uri, store):
    ada = {"id": 1, "name": "Ada", "slug": "ada"}
    same = {"id": 0, "name": "Ada", "slug": "ada-2"}
    guest = {"id": 0, "name": "Grace Guest", "slug": "grace-guest"}
    slug_only = {"id": 5, "name": None, "slug": "bo"}
    saved = [
        post(1, author=ada, authors=[ada, guest]),
        post(2, author=None, authors=[guest]),
        post(3, author=ada, authors=[ada]),
        post(4, author=slug_only, tags=[ref(9, "Energy")]),
        post(5, author=ada, authors=[same, guest, guest]),
        post(6, author=None, authors=[]),
    ]
    await store.save("posts", saved, T1)

    def check():
        with open_archive(uri) as archive:
            posts = archive.posts()
            counts = posts.by("author")
            assert counts == {"Ada": 3, "Grace Guest": 3, "bo": 1, None: 1}
            named = {name: count for name, count in counts.items() if name}
            assert posts.by_each(["author"]) == {"author": named}
            for name, count in named.items():
                assert archive.posts(author=name).count() == count
            assert archive.posts(author="Ada").by("author") == {"Ada": 3, "Grace Guest": 2}
            pairs = posts.by_both("author", "type")
            assert pairs == {(name, "post"): count for name, count in counts.items()}
            assert posts.by_both("tag", "author")["Energy", "bo"] == 1

    await asyncio.to_thread(check)
