"""Pages with a cursor: together they are the unpaged list, whatever is written between them."""

import asyncio
import random
from datetime import UTC, datetime, timedelta

import pytest

from samples.documents import author, comment, media, post, term
from tests.archives import (
    DAY,
    FIRST,
    failure,
    filled,
    mongodb_server,
    new_address,
    new_database,
    new_file,
    run,
    sample_address,
)
from wparchive import InvalidQuery, open_archive
from wparchive.backends.cursor import decode_cursor, encode_cursor
from wparchive.backends.mongo.mongo_search import MongoSearch
from wparchive.backends.opening import open_store
from wparchive.backends.questions import Filter
from wparchive.backends.sqlite.connect import ReadPool
from wparchive.backends.sqlite.search_index import best_by_narrowing, best_matches
from wparchive.text.search_query import parse_query

__all__ = ["mongodb_server", "new_address", "new_database", "sample_address"]
SITES = ("a.org", "b.org/blog", "b.org")
SIZES = (2, 7, 100)


def dated(number):
    """A date that several posts share, for some none."""
    if number % 4 == 0:
        return None
    return datetime(2024, 5, 1 + number % 3, tzinfo=UTC)


def some_posts(numbers, text="Heat and pumps."):
    """Posts on several sites, of two types, with ties in date and in relevance."""
    return [
        post(
            number,
            f"{text} " * (1 + number % 3),
            site=SITES[number % 3],
            type_=("post", "page")[number % 2],
            title=("Heat", "Other")[number % 5 % 2],
            published_at=dated(number),
        )
        for number in numbers
    ]


async def fill(store):
    await store.save("posts", some_posts(range(10, 40)), FIRST)


def write(address, change):
    """Change an archive through its store, as a crawl does between two requests of a page."""

    async def make():
        store = open_store(address)
        await store.open()
        await change(store)
        await store.close()

    asyncio.run(make())


@pytest.fixture
def address(new_address):
    return filled(new_address, fill)


def paged(ask, size, between=lambda: None):
    """All items of all pages, and that every page but the last is full."""
    items = []
    cursor = None
    while True:
        page = ask(size=size, after=cursor)
        items += page.items
        if page.next is None:
            assert len(page.items) <= size
            return items
        assert len(page.items) == size
        cursor = page.next
        between()


def keys(posts):
    return [post["_id"] for post in posts]


@pytest.mark.parametrize("order", ["newest", "oldest", "key"])
def test_pages_of_posts_are_the_unpaged_list(address, order):
    with open_archive(address) as archive:
        for filters in ({}, {"site": "b.org"}, {"since": "2024"}, {"type": "page", "state": "any"}):
            posts = archive.posts(order=order, **filters)
            whole = keys(posts)
            assert len(whole) > 5
            for size in SIZES:
                assert keys(paged(posts.page, size)) == whole


def test_the_order_is_as_documented(address):
    def place(post):
        return post["published_at"], post["_id"]

    with open_archive(address) as archive:
        for order in ("newest", "oldest"):
            found = list(archive.posts(order=order))
            dated = [post for post in found if post["published_at"]]
            undated = found[len(dated) :]
            assert dated == sorted(dated, key=place, reverse=order == "newest")
            assert keys(undated) == sorted(keys(undated))
            assert all(post["published_at"] is None for post in undated)


@pytest.mark.parametrize("order", ["newest", "oldest", "key"])
def test_posts_that_come_between_pages_disturb_none_that_were_there(address, order):
    new = iter(range(100, 1000, 7))

    def insert():
        numbers = [next(new) for _ in range(3)]
        write(address, lambda store: store.save("posts", some_posts(numbers), FIRST))

    with open_archive(address) as archive:
        posts = archive.posts(order=order)
        before = keys(posts)
        after = keys(paged(posts.page, 4, insert))
        assert [key for key in after if key in before] == before
        assert len(after) == len(set(after))


@pytest.mark.parametrize("order", ["newest", "oldest", "relevance"])
@pytest.mark.parametrize("words", ["heat", '"heat and"', "pum* -nothing", "heat other"])
def test_pages_of_hits_are_the_unpaged_hits(address, order, words):
    with open_archive(address) as archive:
        for filters in ({}, {"site": "a.org"}, {"until": "2025"}):
            posts = archive.posts(**filters)
            whole = [hit.post["_id"] for hit in posts.search(words, order=order, limit=1000)]
            assert len(whole) == posts.matches(words)
            for size in SIZES:

                def ask(posts=posts, **page):
                    return posts.search_page(words, order=order, **page)

                assert [hit.post["_id"] for hit in paged(ask, size)] == whole


@pytest.mark.parametrize("order", ["newest", "oldest", "relevance"])
def test_hits_that_come_between_pages_disturb_none_that_were_there(address, order):
    new = iter(range(100, 1000, 7))

    def insert():
        # Better hits and other words: in SQLite they change every score of the old ones.
        numbers = [next(new) for _ in range(3)]
        posts = some_posts(numbers, "Heat heat heat, rare words and pumps.")
        write(address, lambda store: store.save("posts", posts, FIRST))

    with open_archive(address) as archive:
        posts = archive.posts()
        before = [hit.post["_id"] for hit in posts.search("heat", order=order, limit=1000)]

        def ask(**page):
            return posts.search_page("heat", order=order, **page)

        after = [hit.post["_id"] for hit in paged(ask, 4, insert)]
        old = [key for key in after if key in before]
        assert len(after) == len(set(after))
        assert sorted(old) == sorted(before)
        if order != "relevance" or address.startswith("mongodb"):
            assert old == before, "only bm25 weighs words by how rare they are in the archive"


@pytest.mark.mongodb
def test_a_word_that_is_everywhere_is_ranked_a_stretch_at_a_time(new_database):
    """The newest matches first, whatever is written between the pages."""
    filled(new_database, fill)
    new = iter(range(100, 1000, 7))

    def insert():
        posts = some_posts([next(new) for _ in range(3)], "Heat heat heat and pumps.")
        write(new_database, lambda store: store.save("posts", posts, FIRST))

    with open_archive(new_database) as archive:
        reader = archive.reader
        reader._search = MongoSearch(reader._collections, most_ranked=7)
        posts = archive.posts()
        whole = [hit.post["_id"] for hit in posts.search("heat", limit=1000)]
        newest = [hit.post["_id"] for hit in posts.search("heat", order="newest", limit=1000)]
        assert sorted(whole) == sorted(newest)
        assert whole != newest
        assert len(newest) > 21
        for start in range(0, len(newest), 7):
            assert set(whole[start : start + 7]) == set(newest[start : start + 7])

        def ask(**page):
            return posts.search_page("heat", **page)

        for size in SIZES:
            assert [hit.post["_id"] for hit in paged(ask, size)] == whole
        after = [hit.post["_id"] for hit in paged(ask, 4, insert)]
        assert len(after) == len(set(after))
        assert sorted(key for key in after if key in whole) == sorted(whole)


@pytest.mark.parametrize("states", [("live",), ("withdrawn",), ()])
def test_the_fast_way_to_the_best_matches_is_the_slow_one(tmp_path, states):
    chance = random.Random(5)

    async def fill(store):
        posts = [post(n, "word " * chance.randint(1, 30)) for n in range(1, 700)]
        await store.save("posts", posts, FIRST)
        gone = chance.sample(range(1, 700), 300)
        await store.set_state("posts", "example.com/blog", "post", gone, "withdrawn", FIRST)

    filled(new_file(tmp_path), fill)
    pool = ReadPool(tmp_path / "archive.db", "an archive")
    query = parse_query("word")
    with pool.connection() as connection:
        for shown in ([], [3], sorted(chance.sample(range(1, 700), 350))):
            for limit in (1, 150, 1000):
                filter_ = Filter(states=states)
                fast = best_matches(connection, query, filter_, shown, limit)
                assert fast == best_by_narrowing(connection, query, filter_, shown, limit)
                assert not {match.pk for match in fast} & set(shown)
    pool.close()


def test_a_ranking_longer_than_what_is_compared_at_once(new_address):
    chance = random.Random(7)
    posts = [
        post(
            number,
            "pump " * chance.randint(1, 9) + "word " * chance.randint(0, 40),
            title=chance.choice(["Pump", "pump it", "Else"]),
            published_at=FIRST - chance.randint(0, 9) * DAY,
        )
        for number in range(1, 460)
    ]
    address = filled(new_address, lambda store: store.save("posts", posts, FIRST))
    with open_archive(address) as archive:
        chosen = archive.posts()
        whole = [hit.post["_id"] for hit in chosen.search("pump", limit=1000)]
        assert len(set(whole)) == 459
        assert [hit.post["_id"] for hit in chosen.search("pump", limit=250)] == whole[:250]
        for size in (70, 200, 450):

            def ask(**page):
                return chosen.search_page("pump", **page)

            assert [hit.post["_id"] for hit in paged(ask, size)] == whole


def test_all_other_lists_have_pages(sample_address):
    async def more(store):
        await store.save(
            "terms", [term(n, f"T{n}", site=SITES[n % 3]) for n in range(20, 30)], FIRST
        )
        await store.save("authors", [author(n, f"A{n}") for n in range(20, 30)], FIRST)
        await store.save("media", [media(n, post=n % 2 + 1) for n in range(60, 70)], FIRST)
        await store.save("comments", [comment(n, n % 2 + 1) for n in range(100, 110)], FIRST)
        failures = [failure(id=n % 3 or None, stage=f"s{n}", type=f"t{n % 2}") for n in range(9)]
        await store.save_failures(failures)
        for number in range(9):
            hours = timedelta(hours=number // 3)
            await store.save_run(run(SITES[number % 3], FIRST + hours))

    write(sample_address, more)
    with open_archive(sample_address) as archive:
        lists = {
            "terms": archive.terms(),
            "tags of a site": archive.terms(site="example.com/blog", type="post_tag"),
            "authors": archive.authors(),
            "media": archive.media(),
            "media of a post": archive.media(site="example.com/blog", post=1),
            "comments": archive.comments(state="any"),
            "comments on a post": archive.comments(site="example.com/blog", post=2),
            "failures": archive.failures(),
            "runs": archive.runs(),
            "runs of a site": archive.runs(["b.org", "a.org"]),
            "events": archive.events(since="2020"),
            "all events": archive.events(),
            "new": archive.events("new", site="example.com/blog"),
            "gone": archive.events(["withdrawn", "deleted"]),
        }
        for name, selection in lists.items():
            whole = list(selection)
            assert len(whole) >= 1, name
            for size in SIZES:
                assert paged(selection.page, size) == whole, (name, size)
        assert [event.what for event in lists["gone"]] == ["deleted", "withdrawn"]
        first, second, *_ = lists["new"]
        assert first.key > second.key
        times = [one["started_at"] for one in lists["runs"]]
        assert times == sorted(times, reverse=True)


def test_events_of_one_post_at_one_time_are_all_shown(new_address):
    async def at_once(store):
        await store.save("posts", [post(n) for n in (1, 10, 11)], FIRST)
        await store.save("posts", [post(n, "Other words now.") for n in (1, 10, 11)], FIRST)
        await store.set_state("posts", "example.com/blog", "post", [1, 10, 11], "deleted", FIRST)

    with open_archive(filled(new_address, at_once)) as archive:
        events = archive.events()
        whole = [(event.key, event.what) for event in events]
        assert len(set(whole)) == len(whole) >= 6
        for size in SIZES:
            assert [(event.key, event.what) for event in paged(events.page, size)] == whole


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "nonsense",
        "é",
        "A" * 5000,
        encode_cursor("posts/oldest", ["2024-05-01T00:00:00Z", "a"]),
        encode_cursor("posts/newest", ["2024-05-01T00:00:00", "a"]),
        encode_cursor("posts/newest", [5, 6]),
        encode_cursor("posts/newest", []),
    ],
)
def test_other_cursors_are_refused(sample_address, cursor):
    with open_archive(sample_address) as archive:
        with pytest.raises(InvalidQuery, match="cursor"):
            archive.posts().page(after=cursor)
        with pytest.raises(InvalidQuery, match="cursor"):
            archive.posts().search_page("heat", after=cursor)


def test_a_cursor_that_would_unpack_into_gigabytes_is_refused():
    with pytest.raises(InvalidQuery, match="not a cursor"):
        decode_cursor("x", encode_cursor("x", "a" * 10_000_000), str)


def test_a_page_of_nothing_is_refused(sample_address):
    with open_archive(sample_address) as archive:
        with pytest.raises(InvalidQuery, match="holds nothing"):
            archive.posts().page(size=0)
        with pytest.raises(InvalidQuery, match="holds nothing"):
            archive.posts().search_page("heat", size=0)
