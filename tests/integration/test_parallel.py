"""Cleaning in other processes gives the same as in this one; trouble with them loses no post."""

import asyncio
import copy
import json
import logging
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from scrapy.exceptions import NotConfigured
from scrapy.utils.test import get_crawler

from crawler.items import Post, Term
from demo.api import Site
from demo.content import sample_site
from pipelines.clean import CleanPipeline, clean_item
from pipelines.fingerprint import FingerprintPipeline, fingerprint_item
from pipelines.helpers.cleaning_worker import TAKEN
from pipelines.helpers.parallel import BATCH, ParallelCleaning
from tests.integration.crawling import crawl, documents
from wparchive.model.storable import compress


def posts() -> list[Post]:
    records = [json.loads(row.body) for row in sample_site()["posts"].rows.values()]
    return [
        Post(
            site="e.com",
            type="post",
            id=record["id"],
            link="https://e.com/a/",
            title_rendered=record["title"]["rendered"],
            content_rendered=record["content"]["rendered"],
            excerpt_rendered=record["excerpt"]["rendered"],
            flags=["repaired"],
        )
        for record in records
    ]


def through(stage: ParallelCleaning, items: list[Any]) -> list[Any]:
    async def run() -> list[Any]:
        done = await asyncio.gather(*map(stage.process_item, items))
        await stage.close_spider()
        return done

    return asyncio.run(run())


@pytest.mark.parametrize("processes", [1, 2])
def test_it_fills_what_the_two_stages_fill(processes: int) -> None:
    expected, given = posts(), posts()
    for post in expected:
        clean_item(post)
        fingerprint_item(post)
        post.packed = compress(post.raw)
    assert len(given) > 2 * BATCH
    done = through(ParallelCleaning(processes), given)
    assert all(a is b for a, b in zip(done, given, strict=True))
    assert done == expected
    again = copy.deepcopy(done)
    assert [
        FingerprintPipeline().process_item(CleanPipeline().process_item(post)) for post in again
    ] == expected


def test_other_items_and_the_posts_of_small_crawls_pass() -> None:
    term, few = Term(site="e.com", type="post_tag", id=1, name_rendered="a"), posts()[:5]
    asked = iter([False, False, False, True, True])
    stage = ParallelCleaning(1, apart=lambda: next(asked))
    through(stage, [term, *few])
    assert term.name == ""
    assert [bool(post.content_fingerprint) for post in few] == [False, False, False, True, True]


def test_a_post_on_which_a_stage_fails_comes_back_as_it_was() -> None:
    bad, *good = posts()[:4]
    bad.content_rendered = None  # type: ignore[assignment]
    before = copy.copy(bad)
    through(ParallelCleaning(1), [bad, *good])
    assert bad == before
    assert all(post.content_fingerprint for post in good)


def test_the_cap_is_kept() -> None:
    post = Post(site="e.com", type="post", id=1, content_rendered="<p>0123456789</p>")
    through(ParallelCleaning(1, max_bytes=8), [post])
    assert (post.text, post.flags) == ("01234", ["truncated"])


def test_a_process_that_is_killed_costs_nothing_but_speed(caplog: pytest.LogCaptureFixture) -> None:
    first, second, third = posts()[:3]

    async def run(stage: ParallelCleaning) -> None:
        await stage.process_item(first)
        os.kill(stage._workers[0].pid or 0, signal.SIGKILL)
        await stage.process_item(second)
        await stage.process_item(third)
        await stage.close_spider()

    with caplog.at_level(logging.WARNING):
        asyncio.run(run(ParallelCleaning(1)))
    assert [bool(post.content_fingerprint) for post in (first, second, third)] == [
        True,
        False,
        False,
    ]
    assert [record.getMessage().partition(" (")[0] for record in caplog.records] == [
        "a process that cleans posts ended"
    ]


@pytest.mark.parametrize(
    ("settings", "processes"),
    [
        ({"CLEAN_PROCESSES": "2"}, 2),
        ({"CLEAN_PROCESSES": "2", "DOWNLOAD_DELAY": 1}, 2),
        ({"CLEAN_PROCESSES": 0}, 0),
        ({"DOWNLOAD_DELAY": 1}, 0),
    ],
)
def test_settings(settings: dict[str, Any], processes: int, tmp_path: Path) -> None:
    crawler = get_crawler(
        settings_dict=settings
        | {
            "TWISTED_REACTOR_ENABLED": False,
            "ARCHIVE_URI": f"sqlite:///{tmp_path}/a.db",
            "EXTENSIONS": {"crawler.run.lifecycle.RunLifecycle": 100},
        }
    )
    if not processes:
        with pytest.raises(NotConfigured):
            ParallelCleaning.from_crawler(crawler)
    else:
        assert len(ParallelCleaning.from_crawler(crawler)._workers) == processes


def test_a_crawl_ends_equal_with_and_without(tmp_path: Path, sample: Site) -> None:
    archives = [tmp_path / f"{number}.db" for number in (0, 1)]
    for number, archive in enumerate(archives):
        assert (
            crawl(
                sample.home,
                archive,
                settings={"CLEAN_PROCESSES": number, "ARCHIVE_PROCESS": number},
            ).exit_status
            == 0
        )
    fields = {*TAKEN, "_id", "version_hash", "refresh_hash", "raw", "tags"} - {"packed"}
    plain, parallel = (
        [{name: row[name] for name in fields} for row in documents(archive, "posts")]
        for archive in archives
    )
    assert len(plain) > 80
    assert parallel == plain
