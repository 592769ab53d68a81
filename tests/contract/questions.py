"""Every question that the reading side asks, for tests of how the databases answer it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from samples.documents import author, comment, media, post, ref, term
from wparchive.backends.store import Store
from wparchive.reading.library import Archive

AT = datetime(2025, 1, 1, tzinfo=UTC)
SITES = ("a.example", "b.example", "c.example/blog")
BARE = {"id": 9, "name": None, "slug": "bare"}
"""A term that the site would not name."""
Question = Callable[[], object]


def dated(number: int) -> datetime | None:
    """Return the date of a post; every tenth has none, and some share one."""
    if number % 10 == 0:
        return None
    return datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=9 * (number // 2))


def some_posts(count: int) -> list[dict[str, Any]]:
    """Return posts of several sites, types, authors, tags."""
    return [
        post(
            number,
            f"The pump number{number} is quiet." + " It saves oil." * (number % 3),
            site=SITES[number % 3],
            type_=("post", "page")[number % 4 == 0],
            title=f"Post {number}",
            published_at=dated(number),
            tags=[ref(number % 7, f"Tag {number % 7}"), BARE][: number % 3],
            categories=[ref(number % 2, f"Category {number % 2}")],
            author=ref(number % 5, f"Author {number % 5}"),
            language=("en", "ja")[number % 2],
        )
        for number in range(1, count + 1)
    ]


async def fill(store: Store, count: int = 120) -> None:
    """Save objects of every kind, a later version of some, and states."""
    written = await store.save("posts", some_posts(count), AT)
    assert all(one.error is None for one in written)
    later = [post(n, "Other words.", site=SITES[n % 3]) for n in range(1, 10)]
    await store.save("posts", later, AT + timedelta(days=1))
    await store.set_state("posts", SITES[1], "post", [1], "deleted", AT + timedelta(days=2))
    await store.save("comments", [comment(n, 1, site=SITES[0]) for n in range(1, 30)], AT)
    await store.save("media", [media(n, site=SITES[0], post=1) for n in range(1, 30)], AT)
    await store.save("terms", [term(n, f"Term {n}", site=SITES[0]) for n in range(1, 30)], AT)
    await store.save("authors", [author(n, f"Name {n}", site=SITES[0]) for n in range(1, 9)], AT)


def lists(archive: Archive) -> dict[str, Question]:
    """Return questions whose answers are lists, in an order."""

    def second_page(**filters: Any) -> object:
        posts = archive.posts(**filters)
        return posts.page(10, after=posts.page(10).next)

    site = SITES[0]
    found: dict[str, Question] = {
        "newest": lambda: list(archive.posts(limit=20)),
        "oldest": lambda: list(archive.posts(order="oldest", limit=20)),
        "by key": lambda: list(archive.posts(order="key", limit=20)),
        "in any state": lambda: list(archive.posts(state="any", limit=20)),
        "of a site": lambda: list(archive.posts(site=site, limit=20)),
        "of a site and type": lambda: list(archive.posts(site=site, type="page", limit=20)),
        "of a site and type, oldest": lambda: list(
            archive.posts(site=site, type="post", order="oldest")
        ),
        "of a site by key": lambda: list(archive.posts(site=site, order="key")),
        "since": lambda: list(archive.posts(since="2020-03", until="2021", limit=20)),
        "of an author of a site": lambda: list(archive.posts(site=site, author="Author 3")),
        "when posts of a site came": lambda: list(archive.reader.publications(site, AT)),
        "of an author": lambda: list(archive.posts(author="Author 3", limit=20)),
        "in a language": lambda: list(archive.posts(language="ja", limit=20)),
        "no copies": lambda: list(archive.posts(unique=True, limit=20)),
        "the second page": second_page,
        "the second page of a site, oldest first": lambda: second_page(site=site, order="oldest"),
        "terms": lambda: list(archive.terms()),
        "authors of a site": lambda: list(archive.authors(site=site)),
        "comments on a post": lambda: list(archive.comments(post=1)),
        "media of a post of a site": lambda: list(archive.media(site=site, post=1)),
        "runs": lambda: list(archive.runs()),
        "runs of a site": lambda: list(archive.runs(site=site)),
        "failures": lambda: list(archive.failures()),
        "failures of a site": lambda: list(archive.failures(site=site)),
        "what happened": lambda: list(archive.events(since="2024")),
        "what happened on a site": lambda: list(archive.events(site=site, since="2024")),
        "what was deleted": lambda: list(archive.events("deleted", since="2024")),
        "versions": lambda: archive.history(f"{site}/post/3"),
        "recurring blocks": lambda: archive.boilerplate(site),
    }
    return found


def lists_of_several_values(archive: Archive) -> dict[str, Question]:
    """Return lists that are put together of several stretches of an index."""
    return {
        "of two sites": lambda: list(archive.posts(site=SITES[:2], limit=20)),
        "with a tag": lambda: list(archive.posts(tag="Tag 3", limit=20)),
        "with a category": lambda: list(archive.posts(category="Category 1", limit=20)),
        "with an image": lambda: list(archive.posts(has="image", limit=20)),
        "with a link": lambda: list(archive.posts(links_to="example.org", limit=20)),
        "translations": lambda: list(archive.posts(translation_of=f"{SITES[1]}/post/1")),
        "of another taxonomy": lambda: list(archive.posts(term="genre=drama", limit=20)),
        "with a tag of a site": lambda: list(archive.posts(site=SITES[0], tag="tag-3", limit=20)),
        "with an embed": lambda: list(archive.posts(embeds="youtube", limit=20)),
        "words, newest first": lambda: archive.posts().search("quiet pump", order="newest"),
        "a word of a site": lambda: archive.posts(site=SITES[0]).search("oil", order="oldest"),
    }


async def ask_as_a_crawl_does(store: Store) -> None:
    """Ask what a crawl asks besides looking up documents by key."""
    site = SITES[0]
    for kind, type_ in (
        ("terms", "post_tag"),
        ("terms", "category"),
        ("terms", "genre"),
        ("authors", "user"),
        ("media", "attachment"),
    ):
        await store.referring_posts(site, kind, type_, [1, 2])  # type: ignore[arg-type]
    await store.save("terms", [term(1, "A new name", site=site)], AT + timedelta(days=3))
    await store.save("authors", [author(1, "A new name", site=site)], AT + timedelta(days=3))
    await store.known("terms", site, "post_tag", [1, 2])
    await store.live_ids("posts", site, "post")
    await store.raw_records("posts", site, "post", [3, 6])
    await store.newest("posts", site, "post", "2026")
    await store.held("posts", site, "post")
    await store.held_types("posts", site, "route_")
    await store.recurring_blocks(site)
    await store.next_blocks(site, "", 10)
    await store.take_stock(site, "a run")


def counts(archive: Archive) -> dict[str, Question]:
    """Return questions whose answers are numbers, or a few hits."""
    groups = ("site", "type", "state", "year", "month", "author", "language")
    lists_ = ("tag", "category", "has", "provider", "domain")
    by = {f"by {group}": lambda g=group: archive.posts().by(g) for group in groups + lists_}
    return {
        **by,
        "by tag and month": lambda: archive.posts().by_both("tag", "month"),
        "by term": lambda: archive.posts().by("term"),
        "by each": lambda: archive.posts(site=SITES[0]).by_each(("tag", "author", "year")),
        "what no post has": lambda: archive.posts(tag="Tog 3").unknown("quiat"),
        "files": lambda: archive.reader.files(["a.example/file/1"]),
        "records of a site": lambda: archive.reader.records("files", SITES[0], "", 10),
        "how many": lambda: archive.posts().count(),
        "how many of a site": lambda: archive.posts(site=SITES[0]).count(),
        "totals": lambda: archive.posts().totals(),
        "totals of a site in any state": lambda: archive.posts(site=SITES[0], state="any").totals(),
        "sites": archive.sites,
        "words": lambda: archive.search("quiet oil"),
        "a phrase": lambda: archive.search('"saves oil"'),
        "a beginning": lambda: archive.search("number1*"),
        "how many match": lambda: archive.posts().matches("quiet"),
        "a post": lambda: archive.get(f"{SITES[0]}/post/3"),
        "a post by its address": lambda: archive.reader.posts_at(("https://a.example/x",)),
    }
