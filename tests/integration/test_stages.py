"""Whole crawls with and without helper processes, and with stages that a user has added."""

import json
from pathlib import Path
from typing import Any

import pytest

from demo.api import Site
from settings import base
from tests.integration.crawling import crawl, documents
from tests.servers.recorded_site import made_site, serve

HERE = {"CLEAN_PROCESSES": 0, "ARCHIVE_PROCESS": 0}
APART = {"CLEAN_PROCESSES": 1, "ARCHIVE_PROCESS": 1}
TIMES = ("first_seen_at", "last_seen_at", "changed_at", "state_since")
PARTIAL = 3  # the exit status where a stage has dropped what the site lists
USERS = "tests.integration.users_stages"


def kept(archive: Path, table: str = "posts") -> list[dict[str, Any]]:
    """Documents without what differs from run to run."""
    return [
        {name: value for name, value in row.items() if name not in TIMES and name != "pk"}
        for row in documents(archive, table)
    ]


def with_stages(stages: dict[str, int]) -> dict[str, str]:
    given = base.ITEM_PIPELINES | {f"{USERS}.{name}": place for name, place in stages.items()}
    return {"ITEM_PIPELINES": json.dumps(given)}


def both_ways(
    home: str, folder: Path, settings: dict[str, Any], status: int = 0, **arguments: Any
) -> list[dict[str, Any]]:
    """Crawl in one process and in three; return the posts, which must be the same."""
    found = []
    for name, processes in (("here", HERE), ("apart", APART)):
        archive = folder / f"{name}.db"
        run = crawl(home, archive, settings=settings | processes, **arguments)
        assert run.exit_status == status, run.output
        found.append(kept(archive))
    assert found[0] == found[1]
    return found[0]


def test_a_crawl_ends_equal_with_and_without_helper_processes(tmp_path: Path, sample: Site) -> None:
    posts = both_ways(sample.home, tmp_path, {}, comments=1)
    assert len(posts) > 80
    for table in ("terms", "authors", "media", "comments", "failures"):
        here, apart = (kept(tmp_path / f"{name}.db", table) for name in ("here", "apart"))
        assert here == apart
    again = crawl(sample.home, tmp_path / "here.db", settings=APART)
    assert again.type("post")["unchanged"] == len(posts) - 1  # the other one is a page


def test_a_users_stage_reads_and_changes_every_field(tmp_path: Path) -> None:
    with serve(made_site(posts=150)) as site:
        stages = with_stages({"BeforeCleaning": 60, "AfterCleaning": 150})
        posts = both_ways(site.home, tmp_path, stages, PARTIAL)
    assert len(posts) == 135
    assert all(post["text"].startswith("Before.\n\n") for post in posts)
    assert all(post["text"].endswith("\n\nAfter.") for post in posts)
    assert all(post["title"].isupper() for post in posts)
    assert all("tags_2" in post["flags"] for post in posts)


def test_items_of_a_users_own_class_are_stored(tmp_path: Path) -> None:
    with serve(made_site(posts=60)) as site:
        own = both_ways(site.home, tmp_path, with_stages({"ToOwnClass": 120}))
        plain = tmp_path / "plain.db"
        assert crawl(site.home, plain, settings=HERE).exit_status == 0
    without_marks = [post for post in own if post["id"] % 3]
    assert len(own) == 60
    assert without_marks == [post for post in kept(plain) if post["id"] % 3]
    marks = ("duplicate", "duplicate_of", "duplicate_kind")
    for post, like in zip(own, kept(plain), strict=True):
        for name in marks:  # a crawl marks items of our classes only
            post.pop(name)
            like.pop(name)
        assert post == like


def test_items_that_are_not_to_be_archived_pass(tmp_path: Path) -> None:
    with serve(made_site(posts=60)) as site:
        posts = both_ways(site.home, tmp_path, with_stages({"ToForeignClass": 120}), PARTIAL)
    assert sorted(post["id"] % 3 for post in posts) == [1] * 20 + [2] * 20


@pytest.mark.parametrize("processes", [HERE, APART], ids=["one process", "three processes"])
def test_a_feed_export_has_whole_items(tmp_path: Path, processes: dict[str, int]) -> None:
    feed = tmp_path / "items.jsonl"
    settings = {"FEEDS": json.dumps({str(feed): {"format": "jsonlines"}})} | processes
    with serve(made_site(posts=30)) as site:
        assert crawl(site.home, tmp_path / "a.db", settings=settings).exit_status == 0
    items = [json.loads(line) for line in feed.read_text().splitlines()]
    posts = [item for item in items if item["type"] == "post"]
    assert len(posts) == 30
    assert all(post["text"] and post["raw"].startswith("{") for post in posts)
    assert not any({"prepared", "written", "received_bytes"} & item.keys() for item in items)
