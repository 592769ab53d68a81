"""What the events tell: gaps, returns, new names; and what an archive of version 1 can tell."""

from datetime import UTC, datetime, timedelta

from samples.documents import SITE, author, media, post, ref, term
from tests.contract.test_life import run
from wparchive import open_archive
from wparchive.backends.opening import open_store
from wparchive.backends.store import Store
from wparchive.model.outcome import Outcome
from wparchive.reading.events import EARLY_NOTE

T1 = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
KEY = f"{SITE}/post/1"


def told(archive, **asked):
    return [(event.what, event.id, event.at) for event in archive.events(**asked)]


async def test_four_posts_deleted_seen_deleted_and_returned(uri, store):
    posts = [post(id_) for id_ in range(1, 7)]
    await store.begin_run("first")
    await store.save("posts", posts, T1)
    await store.begin_run("second")
    assert await store.set_state("posts", SITE, "post", [1, 2, 3, 4], "deleted", T1 + DAY) == 4
    assert await store.set_state("posts", SITE, "post", [1, 2, 3, 4], "deleted", T1 + 2 * DAY) == 0
    await store.begin_run("third")
    await store.save("posts", posts, T1 + 3 * DAY)
    with open_archive(uri) as archive:
        deleted = [("deleted", id_, T1 + DAY) for id_ in (4, 3, 2, 1)]
        returned = [("returned", id_, T1 + 3 * DAY) for id_ in (4, 3, 2, 1)]
        assert told(archive, what="deleted") == deleted
        assert told(archive, what="returned") == returned
        assert told(archive, what=["deleted", "returned"]) == returned + deleted
        assert {event.run for event in archive.events("deleted")} == {"second"}
        assert [event.what for event in archive.events_of(KEY)] == ["new", "deleted", "returned"]
        states = [archive.as_of(KEY, T1 + n * DAY).post["state"] for n in range(4)]
        assert states == ["live", "deleted", "deleted", "live"]
        since = archive.as_of(KEY, T1 + 2 * DAY).post["state_since"]
        assert since == T1 + DAY


async def test_the_state_follows_the_order_of_changes_where_a_clock_was_set_back(uri, store):
    await store.save("posts", [post(1)], T1)
    await store.set_state("posts", SITE, "post", [1], "deleted", T1 + 2 * DAY)
    await store.save("posts", [post(1)], T1 + DAY)
    with open_archive(uri) as archive:
        for days in (1, 2, 9):
            found = archive.as_of(KEY, T1 + days * DAY).post
            assert (found["state"], found["state_since"]) == ("live", T1 + DAY)
        assert archive.as_of(KEY, T1).post["state"] == "live"


async def test_arrivals_are_told_with_their_run(uri, store):
    await store.save_run(run(T1))
    await store.save("posts", [post(1), post(10)], T1 + timedelta(seconds=1))
    await store.save("terms", [term(1, "Energy")], T1 + timedelta(seconds=1))
    await store.save("posts", [post(2)], T1 + DAY)
    with open_archive(uri) as archive:
        events = archive.events("new", kind="any")
        assert [(event.id, event.run) for event in events] == [
            (2, None),
            (1, run(T1)["_id"]),
            (10, run(T1)["_id"]),
            (1, run(T1)["_id"]),
        ]
        paged, after = [], None
        while not paged or after:
            page = events.page(1, after)
            paged += page.items
            after = page.next
        assert paged == list(events)


async def test_posts_show_the_new_name_of_a_term(uri, store, look):
    tags = [ref(1, "Old name"), ref(2, "Other")]
    genre = {**ref(1, "Jazz"), "taxonomy": "genre"}
    guess = {"id": 1, "name": "old", "slug": "old", "hint": "class_list"}
    posts = [post(1, tags=tags), post(2, tags=[guess]), post(3, terms=[genre]), post(4, tags=tags)]
    await store.save("posts", [*posts, post(5, site="example.org", tags=tags)], T1)
    await store.set_state("posts", SITE, "post", [4], "deleted", T1)
    await store.save("terms", [term(1, "Old name"), term(1, "Jazz", "genre")], T1)
    fates = await store.save("terms", [term(1, "New name"), term(1, "Swing", "genre")], T1 + DAY)
    assert [fate.outcome for fate in fates] == [Outcome.CHANGED] * 2
    with open_archive(uri) as archive:
        named = {found["_id"]: found["tags"] for found in archive.posts(state="any")}
        assert named[KEY] == [ref(1, "New name"), ref(2, "Other")]
        assert named[f"{SITE}/post/2"] == [ref(1, "New name")]
        assert named[f"{SITE}/post/4"] == named["example.org/post/5"] == tags
        assert archive.get(f"{SITE}/post/3")["terms"] == [{**ref(1, "Swing"), "taxonomy": "genre"}]
        assert archive.as_of(KEY, T1).post["tags"] == tags
        assert [hit.post["_id"] for hit in archive.search("swing")] == [f"{SITE}/post/3"]
        assert archive.search("jazz") == []
        renamed = list(archive.events("renamed"))
        assert [(event.before, event.after) for event in renamed] == [
            ("Old name", "New name"),
            ("Jazz", "Swing"),
        ]
        assert told(archive, what=["edited", "refreshed"]) == []
    # The posts themselves, seen later with these names, are no news.
    seen = post(1, tags=[ref(1, "New name"), ref(2, "Other")])
    seen["version_hash"] = look.all("posts")[KEY]["version_hash"]
    (fate,) = await store.save("posts", [seen], T1 + 2 * DAY)
    assert fate.outcome is Outcome.UNCHANGED
    (fate,) = await store.save("posts", [seen], T1 + 3 * DAY)
    assert fate.outcome is Outcome.UNCHANGED
    assert look.all("posts")[KEY]["refreshes"] == 1


async def test_the_new_name_of_an_author_is_in_posts_and_media(uri, store):
    await store.save("posts", [post(1, author=ref(1, "Ada"))], T1)
    await store.save("media", [media(1, author=ref(1, "Ada"))], T1)
    await store.save("authors", [author(1, "Ada")], T1)
    await store.save("authors", [author(1, "Ada L.")], T1 + DAY)
    with open_archive(uri) as archive:
        assert archive.get(KEY)["author"] == ref(1, "Ada L.")
        (picture,) = archive.media()
        assert picture["author"] == ref(1, "Ada L.")
        assert archive.as_of(picture["_id"], T1).post["author"] == ref(1, "Ada")
        assert archive.posts(author="Ada L.").count() == 1


async def test_a_text_that_changes_at_every_request_is_kept_once_a_day(uri, store):
    hour = timedelta(hours=1)

    async def outcome(number, at, **fields):
        seen = post(1, f"Latest posts, {number}", **fields)
        return (await store.save("posts", [seen], at))[0].outcome

    changed = [await outcome(n, T1 + n * hour) for n in range(8)]
    assert changed == [Outcome.NEW, *[Outcome.CHANGED] * 3, *[Outcome.UNCHANGED] * 4]
    assert await outcome(8, T1 + DAY) is Outcome.CHANGED
    assert await outcome(9, T1 + DAY + hour) is Outcome.UNCHANGED
    with open_archive(uri) as archive:
        assert archive.get(KEY)["unsteady"] == 4
    # Whoever edits such a page moves its date or its title, and that is kept at once.
    assert await outcome(10, T1 + DAY + hour, title="Other") is Outcome.CHANGED
    with open_archive(uri) as archive:
        assert archive.get(KEY)["unsteady"] == 0


async def test_a_merged_category_says_into_which(uri, store):
    old, new, other = ref(1, "Energy"), ref(2, "Climate"), ref(3, "News")
    categories = [term(id_, f"Category {id_}", "category") for id_ in (1, 2, 3, 4)]
    await store.save("terms", categories, T1)
    before = [[old], [old, other], [old, new], [other]]
    after = [[new], [new, other], [new], [other]]
    await store.save("posts", [post(i, categories=refs) for i, refs in enumerate(before, 1)], T1)
    await store.begin_run("second")
    assert await store.set_state("terms", SITE, "category", [1, 4], "deleted", T1 + DAY) == 2
    posts = [post(i, categories=refs) for i, refs in enumerate(after, 1)]
    await store.save("posts", posts, T1 + DAY)
    for _ in range(2):
        await store.take_stock(SITE, "second")
    with open_archive(uri) as archive:
        (merged,) = archive.events("merged")
        assert (merged.id, merged.after, merged.run) == (1, f"{SITE}/category/2", "second")
        assert [event.id for event in archive.events("gone")] == [4, 1]
        told_of_it = [event.what for event in archive.events_of(f"{SITE}/category/1")]
        assert told_of_it == ["new", "merged", "gone"]
        assert archive.as_of(f"{SITE}/category/1", T1 + DAY).post["state"] == "deleted"


async def test_history_of_every_kind(uri, store):
    await store.save("terms", [term(1, "Energy")], T1)
    await store.save("terms", [term(1, "Power")], T1 + DAY)
    await store.set_state("terms", SITE, "post_tag", [1], "deleted", T1 + 2 * DAY)
    with open_archive(uri) as archive:
        key = f"{SITE}/post_tag/1"
        assert [version.post["name"] for version in archive.history(key)] == ["Energy", "Power"]
        assert archive.as_of(key, T1).post["name"] == "Energy"
        events = [(event.what, event.title) for event in archive.events_of(key)]
        assert events == [("new", "Energy"), ("renamed", "Power"), ("gone", "Power")]
        assert told(archive, what="gone", since="2026") == [("gone", 1, T1 + 2 * DAY)]


def as_version_1(look):
    """Make an archive one of version 1, as far as this version can tell."""
    if look.is_mongo:
        with look.client() as client:
            db = client[look.address.place]
            db["events"].drop()
            change = {"$set": {"version": 1}, "$unset": {"history_since": 1}}
            db["marks"].update_one({"_id": "schema"}, change)
            gone = dict.fromkeys(("refreshes", "refreshed_at", "transitions", "raw_sha256"), 1)
            db["posts"].update_many({}, {"$unset": gone})
        return
    connection = look.connection()
    connection.execute("DROP TABLE events")
    connection.execute("DROP INDEX posts_stock")
    connection.execute("DELETE FROM marks WHERE name = 'history_since'")
    for column in ("refreshes", "refreshed_at", "transitions", "raw_sha256", "unsteady"):
        connection.execute(f"ALTER TABLE posts DROP COLUMN {column}")
    connection.execute("PRAGMA user_version = 1")
    connection.commit()
    connection.close()


async def test_an_archive_of_version_1_tells_what_it_can(uri, store: Store, look):
    await store.save("posts", [post(1, "One."), post(2)], T1)
    await store.save("posts", [post(1, "Two.")], T1 + DAY)
    await store.set_state("posts", SITE, "post", [1, 2], "deleted", T1 + 2 * DAY)
    await store.save("posts", [post(2)], T1 + 3 * DAY)
    await store.close()
    as_version_1(look)

    def check(archive):
        assert told(archive) == [
            ("returned", 2, T1 + 3 * DAY),
            ("deleted", 1, T1 + 2 * DAY),
            ("edited", 1, T1 + DAY),
            ("new", 2, T1),
            ("new", 1, T1),
        ]
        found = archive.as_of(KEY, T1)
        assert (found.post["text"], found.post["state"], found.note) == ("One.", "live", EARLY_NOTE)
        assert archive.as_of(KEY, T1 + 2 * DAY).post["state"] == "deleted"

    with open_archive(uri) as archive:
        check(archive)
    again = open_store(uri)
    await again.open()
    try:
        with open_archive(uri) as archive:
            check(archive)
        later = datetime.now(UTC) + DAY
        await again.save("posts", [post(1, "Two.")], later)
    finally:
        await again.close()
    with open_archive(uri) as archive:
        assert [event.what for event in archive.events_of(KEY)] == [
            "new",
            "edited",
            "deleted",
            "returned",
        ]
        assert archive.as_of(KEY, later).note is None
