"""Recorded sites go through the whole pipeline into both backends.

samples/expected holds what cleaning makes of each post.
"""

import json
import threading
import time
import zlib
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from tests.integration.crawling import Crawl, crawl, documents
from tests.servers.mongodb import FerretDB
from tests.servers.recorded_site import made_site, post, recorded, serve
from wparchive import open_archive

SITES = ["seed", "yankay.com", "blog.fukata.org", "design-lab.tuqulore.com"]
EXPECTED = Path(__file__).parents[2] / "samples" / "expected"
# FerretDB 1 reads a whole collection for each look-up by anything but one _id: marking is tested
# on its own there, on few posts.
CALM = {"ARCHIVE_MARK_DUPLICATES": 0}


@pytest.mark.parametrize("name", SITES)
def test_every_recorded_post_arrives_as_reviewed(archive, name):
    site = recorded(name)
    with serve(site):
        run = crawl(site.home, archive, settings=CALM)
    assert run.exit_status == 0, run.output
    posts = {row["id"]: row for row in documents(archive, "posts", type="post")}
    records = json.loads(
        (EXPECTED / f"{'seed-post' if name == 'seed' else name}.json").read_text(encoding="utf-8")
    )
    assert len(records) == len(posts)
    for record in records:
        held = posts[record["id"]]
        assert held["content_fingerprint"] == record["content_fingerprint"], record["id"]
        assert held["word_count"] == record["word_count"]
        if isinstance(record["text"], list):
            assert (held["title"], held["text"].split("\n")) == (record["title"], record["text"])
            assert [f"{image['url']} {image['alt']}" for image in held["images"]] == record[
                "images"
            ]
            assert [
                f"{embed['kind']} {embed['url']} {embed['title']}" for embed in held["embeds"]
            ] == record["embeds"]


def test_the_seed_post_in_full(archive):
    site = recorded("seed")
    with serve(site):
        run = crawl(site.home, archive, settings=CALM)
    [held] = documents(archive, "posts")
    assert held["_id"] == f"{site.origin.removeprefix('http://')}/usa/post/80658"
    assert (held["published_at"], held["published_local"]) == (
        "2025-07-15T10:20:05Z",
        "2025-07-15T06:20:05",
    )
    assert held["title"] == "Can Head Over Heels be the new blueprint for mature K-drama romance?"
    assert [ref["slug"] for ref in held["tags"]][:3] == [
        "adult-k-drama",
        "bae-suzy",
        "business-proposal",
    ]
    assert {ref["hint"] for ref in held["tags"]} == {"class_list"}
    assert len(held["tags"]) == 40
    assert [embed["url"] for embed in held["embeds"]] == [
        "https://www.youtube.com/embed/UYnnymGCr64?feature=oembed"
    ]
    assert {"k": "reading_time", "v": "5 min read"} in held["extra"]
    assert held["author"]["unresolved"].startswith("closed to visitors")
    assert {part["name"] for part in run.report["skipped"]} >= {
        "post_tag",
        "category",
        "user",
        "attachment",
    }


def test_tags_become_the_sites_names(archive):
    site = recorded("yankay.com")
    with serve(site):
        crawl(site.home, archive, settings=CALM)
    terms = {row["id"]: row for row in documents(archive, "terms", type="post_tag")}
    assert terms
    for row in documents(archive, "posts"):
        named = [(ref["name"], ref["slug"]) for ref in row["tags"]]
        assert named == [
            (terms[ref["id"]]["name"], terms[ref["id"]]["slug"]) for ref in row["tags"]
        ]


def test_a_second_run_and_an_edit(archive):
    site = made_site(posts=40, tags=5)
    with serve(site):
        assert crawl(site.home, archive).exit_status == 0
        before = documents(archive, "posts")
        second = crawl(site.home, archive)
        assert second.type("post")["unchanged"] == 40, second.output
        after = documents(archive, "posts")
        assert [_quiet(row) for row in after] == [_quiet(row) for row in before]
        record = dict(
            _record(7),
            content={
                "rendered": "<p>Quite another text than there was before.</p>",
                "protected": False,
            },
        )
        site["posts"].put(record)
        site["posts"].delete(8)
        site["posts"].withdraw(9)
        third = crawl(site.home, archive)
    part = third.type("post")
    assert (third.exit_status, part["changed"], part["deleted"], part["withdrawn"]) == (
        0,
        1,
        1,
        1,
    ), third.output
    key = f"{before[0]['site']}/post/7"
    with open_archive(archive if isinstance(archive, str) else f"sqlite:///{archive}") as reading:
        versions = reading.history(key)
        assert [version.revision for version in versions] == [1, 2]
        assert reading.get(key)["text"] == "Quite another text than there was before."
        assert reading.get(f"{before[0]['site']}/post/8")["state"] == "deleted"
        assert reading.posts(state="live").count() == 38


def test_hostile_records_are_kept_or_kept_as_failures(archive):
    site = made_site(posts=20, tags=2)
    deep = "[" * 120 + "]" * 120
    plugin = {
        "0.1": 1,
        "$where": "x",
        "": "empty",
        "nul\u0000": "a\u0000b",
        "big": 2**70,
        "list": [1, {"a.b": None}],
    }
    strange = _record(30) | {
        "title": {"rendered": "Strange \ud800 title\u0000"},
        "meta": plugin,
        "class_list": {"0": "post-30", "2": "hentry"},
    }
    flipped = _record(31) | {
        "title": "flat",
        "tags": {"1": 1001},
        "categories": [],
        "date_gmt": "-0001-11-30T00:00:00",
        "date": None,
    }
    with serve(site):
        for record in (strange, flipped):
            site["posts"].put(json.dumps(record).encode())
        site["posts"].put(json.dumps(_record(32)).replace('"meta": []', f'"meta": {deep}').encode())
        site["posts"].put(
            json.dumps(_record(33)).replace('"meta": []', '"meta": {"a": NaN, "b": 1e999}').encode()
        )
        run = crawl(site.home, archive, settings=CALM)
    assert (run.exit_status, run.type("post")["missing"]) == (3, 1), run.output
    assert "Traceback" not in run.output
    held = {row["id"]: row for row in documents(archive, "posts", type="post")}
    assert held.keys() == set(range(1, 21)) | {30, 31, 33}
    assert held[30]["title"] == "Strange \ufffd title"
    assert {"surrogates", "big_integers"} <= set(held[30]["flags"])
    assert (
        held[31]["title"],
        held[31]["published_at"],
        [ref["id"] for ref in held[31]["tags"]],
    ) == ("flat", None, [1001])
    assert "not_finite" in held[33]["flags"]
    [failure] = documents(archive, "failures")
    assert (failure["id"], failure["stage"]) == (32, "parse")
    assert b'"id"' in zlib.decompress(failure["raw"])


def test_copies_are_marked_while_crawling(archive):
    text = " ".join(f"word{n} and its neighbour{n % 17}" for n in range(120))
    site = made_site(posts=6, tags=1)
    with serve(site):
        for id_ in (2, 5):
            site["posts"].put(
                dict(_record(id_), content={"rendered": f"<p>{text}</p>", "protected": False})
            )
        run = crawl(site.home, archive)
    assert run.exit_status == 0, run.output
    marks = {row["id"]: row["duplicate"] for row in documents(archive, "posts", type="post")}
    assert [id_ for id_, mark in marks.items() if mark] == [5]
    assert (marks[5]["kind"], marks[5]["of"].rsplit("/", 1)[1]) == ("exact", "2")


def test_a_lost_database_ends_the_run_and_the_next_one_brings_the_rest(own_ferretdb):
    server = own_ferretdb
    site = made_site(posts=200, tags=5)
    with serve(site):
        address = f"{server.uri.rstrip('/')}/lost?serverSelectionTimeoutMS=1000"
        killer = _kill_after(server, address, posts=60)
        run = crawl(
            site.home, address, settings=CALM | {"CRAWL_PER_PAGE": 20, "ARCHIVE_PATIENCE_S": 2}
        )
        killer.join()
        assert run.exit_status == 5, run.output
        assert "127.0.0.1" in run.report["reason"]
        assert "Traceback" not in run.output
        server.start()
        again: Crawl = crawl(site.home, address, settings=CALM)
        assert again.exit_status == 0, again.output
        assert len(documents(address, "posts", type="post")) == 200


def test_a_hiccup_of_the_database_is_waited_out(own_ferretdb):
    server = own_ferretdb
    site = made_site(posts=120, tags=5)
    with serve(site):
        address = f"{server.uri.rstrip('/')}/hiccup?serverSelectionTimeoutMS=1000"
        killer = _kill_after(server, address, posts=40, restart_after_s=2)
        run = crawl(
            site.home, address, settings=CALM | {"CRAWL_PER_PAGE": 20, "ARCHIVE_PATIENCE_S": 30}
        )
        killer.join()
        assert run.exit_status == 0, run.output
        assert len(documents(address, "posts", type="post")) == 120


def _kill_after(
    server: FerretDB, address: str, posts: int, restart_after_s: float | None = None
) -> Any:
    """Start a thread that kills the server once it holds that many posts.

    The thread starts it again where `restart_after_s` asks for that.
    """

    def watch() -> None:
        with MongoClient(address) as client:
            collection = client.get_default_database()["posts"]
            until = time.monotonic() + 60
            while time.monotonic() < until and collection.estimated_document_count() < posts:
                time.sleep(0.05)
        server.kill()
        if restart_after_s is not None:
            time.sleep(restart_after_s)
            server.start()

    thread = threading.Thread(target=watch)
    thread.start()
    return thread


def _record(id_: int) -> dict[str, Any]:
    return post(id_, tags=[1001], categories=[501])


def _quiet(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "last_seen_at"}
