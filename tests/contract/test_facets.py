"""All facets at once are what somebody would count who reads every post."""

import asyncio
import random
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from samples.documents import SITE, post, ref
from wparchive import open_archive
from wparchive.backends.mongo import mongo_collections
from wparchive.backends.mongo.mongo_groups import group_values
from wparchive.backends.opening import open_store
from wparchive.backends.questions import GROUPS
from wparchive.backends.sqlite import sqlite_tallies
from wparchive.reading.library import Archive
from wparchive.reading.posts import Posts

T0 = datetime(2026, 1, 1, tzinfo=UTC)
STEPS = 6
NAMES = ("Energy", "a=b", 'a "quote"', "line\nbreak", "天気", "energy", "")
"""Names that a packed row could confuse, or a database could take for others."""
QUESTIONS = (
    {},
    {"site": "other.org"},
    {"tag": "Energy"},
    {"author": "Ada"},
    {"state": "any"},
    {"state": "withdrawn"},
    {"since": "2024"},
    {"unique": True},
    {"matching": "heat"},
    {"matching": "nothing"},
)


def made(chance: random.Random, id_: int) -> dict[str, object]:
    """Return a post that has anything of every facet, often several and often nothing."""

    def refs(first: int, **more: str) -> list[dict[str, object]]:
        found = chance.sample(range(len(NAMES)), chance.randrange(4))
        return [
            ref(first + one, NAMES[one], **more)
            | {"name": chance.choice([NAMES[one], NAMES[one], None])}
            for one in found
        ]

    people = [ref(1, "Ada"), ref(2, "Bo"), ref(3, "Ada"), ref(4, "Cy") | {"name": None}]
    authors = chance.sample(people, chance.randrange(4))
    return post(
        id_,
        chance.choice(["heat", "cold", "heat and cold"]),
        site=chance.choice([SITE, "other.org"]),
        type_=chance.choice(["post", "page"]),
        tags=refs(10),
        categories=refs(20),
        terms=refs(30, taxonomy="genre") + refs(40, taxonomy="place"),
        author=chance.choice([*authors, None]) if authors else None,
        authors=authors,
        language=chance.choice(["en", "ja", None]),
        has=chance.sample(["image", "table", "video"], chance.randrange(3)),
        embed_providers=chance.choice([[], ["youtube"]]),
        link_domains=chance.choice([[], ["a.org"], ["a.org", "b.org"]]),
        published_at=chance.choice([None, T0 - timedelta(days=chance.randrange(2000))]),
    )


def slowly_counted(posts: Posts) -> dict[str, Counter[str]]:
    """Return the counts of all groups, from the posts themselves."""
    found: dict[str, Counter[str]] = {group: Counter() for group in GROUPS}
    for one in posts:
        for group in GROUPS:
            found[group].update(v for v in group_values(one, group) if v is not None)
    return found


def check(archive: Archive) -> None:
    for question in QUESTIONS:
        posts = archive.posts(**question)
        # Twice: the second answer may be a kept one.
        assert posts.by_each(GROUPS) == posts.by_each(GROUPS) == slowly_counted(posts), question


@pytest.mark.parametrize("seed", range(3))
async def test_facets_are_the_counts_of_all_posts(uri, store, seed, monkeypatch):
    chance = random.Random(seed)
    if seed == 0:
        # As where there are more posts than a reader counts itself, or has in memory at one time.
        monkeypatch.setattr(mongo_collections, "FEW_POSTS", 3)
        monkeypatch.setattr(sqlite_tallies, "COUNTED_AT_ONCE", 3)
    await store.save("posts", [made(chance, id_) for id_ in range(20)], T0)
    with open_archive(uri) as archive:
        # A server takes a hundred times as long as a file.
        steps = STEPS if uri.startswith("sqlite") else 2
        for step in range(steps):
            at = T0 + timedelta(days=step + 1)
            batch = {chance.randrange(30) for _ in range(8)}
            await store.save("posts", [made(chance, id_) for id_ in batch], at)
            state = chance.choice(["live", "withdrawn", "deleted"])
            gone = chance.sample(range(30), 4)
            await store.set_state("posts", SITE, "post", gone, state, at)
            await asyncio.to_thread(check, archive)


async def test_what_another_process_writes_is_counted_at_once(uri, store):
    await store.save("posts", [post(1, tags=[ref(1, "Energy")])], T0)
    program = (
        "import asyncio, sys\n"
        "from datetime import UTC, datetime\n"
        "from samples.documents import post, ref\n"
        "from wparchive.backends.opening import open_store\n"
        "async def write():\n"
        "    store = open_store(sys.argv[1])\n"
        "    await store.open()\n"
        "    new = [post(2, tags=[ref(1, 'Energy'), ref(2, 'Water')])]\n"
        "    await store.save('posts', new, datetime(2026, 1, 2, tzinfo=UTC))\n"
        "    await store.close()\n"
        "asyncio.run(write())\n"
    )
    with open_archive(uri) as archive:
        for _ in range(2):
            assert archive.posts().by_each(["tag"]) == {"tag": {"Energy": 1}}
        await asyncio.to_thread(subprocess.run, [sys.executable, "-c", program, uri], check=True)
        assert archive.posts().by_each(["tag"]) == {"tag": {"Energy": 2, "Water": 1}}


async def test_nobody_spoils_the_counts_that_are_kept(uri, store):
    await store.save("posts", [post(1)], T0)
    with open_archive(uri) as archive:
        archive.posts().by_each(["state"])["state"]["live"] = 7
        assert archive.posts().by_each(["state"]) == {"state": {"live": 1}}


async def test_an_archive_of_an_earlier_version_is_counted_before_and_after_its_upgrade(
    tmp_path,
):
    path = tmp_path / "archive.db"
    chance = random.Random(7)
    store = open_store(f"sqlite:///{path}")
    await store.open()
    await store.save("posts", [made(chance, id_) for id_ in range(20)], T0)
    await store.close()
    for spoiled in ("DROP TABLE post_facets", "DELETE FROM post_facets WHERE post % 2"):
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(spoiled)
        with open_archive(f"sqlite:///{path}") as archive:
            await asyncio.to_thread(check, archive)
        await store.open()
        await store.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM post_facets").fetchone() == (10,)
