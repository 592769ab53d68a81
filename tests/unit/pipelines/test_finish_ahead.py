"""Pages finished in helper processes: what is wanted when, and what a lost process costs."""

import asyncio
import logging
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.utils.test import get_crawler

from crawler.items import FinishedDocument, Item, StageResults
from crawler.parsing import RecordSource
from crawler.run.lifecycle import run_of
from pipelines.finish_ahead import FinishAheadPipeline, only_own_stages
from settings import base
from tests.unit.pipelines.helpers.test_finish import raw, records, source

PAGE = [raw({"id": 1, "content": {"rendered": "<p>a</p>"}}), b"[]"]


def finished(
    stage: FinishAheadPipeline, *pages: tuple[list[bytes], RecordSource]
) -> list[list[Item | None]]:
    async def run() -> list[list[Item | None]]:
        done = await asyncio.gather(*(stage.finish(*page) for page in pages))
        stage.close_spider()
        return done

    return asyncio.run(run())


@pytest.mark.parametrize("processes", [1, 2])
def test_pages_are_finished_in_their_order(processes: int) -> None:
    stage = FinishAheadPipeline(processes)
    posts = records("posts")
    pages = finished(stage, (posts, source("posts")), (PAGE, source("posts")))
    assert [item.key for item in pages[0] if item] == [
        f"h.org/post/{item.id}" for item in pages[0] if item
    ]
    assert len(pages[0]) == len(posts) > 80
    assert all(item and isinstance(item.prepared, FinishedDocument) for item in pages[0])
    assert [item and item.id for item in pages[1]] == [1, None]


def test_items_are_whole_where_others_see_them() -> None:
    stage = FinishAheadPipeline(1, is_sealed=lambda: False)
    [[item, failed]] = finished(stage, (PAGE, source("posts")))
    assert item is not None
    assert isinstance(item.prepared, StageResults)
    assert (item.raw, item.received_bytes, failed) == (PAGE[0], len(PAGE[0]), None)


def test_small_crawls_start_no_process() -> None:
    asked = iter([False, True])
    stage = FinishAheadPipeline(1, is_worth_it=lambda: next(asked))

    async def run() -> None:
        assert await stage.finish(PAGE, source("posts")) == [None, None]
        assert stage.processes[0].pid is None
        assert (await stage.finish(PAGE, source("posts")))[0] is not None
        stage.close_spider()

    asyncio.run(run())


def test_a_process_that_is_killed_costs_nothing_but_speed(caplog: pytest.LogCaptureFixture) -> None:
    stage = FinishAheadPipeline(1)

    async def run() -> list[bool]:
        told = []
        for number in range(3):
            found = await stage.finish(PAGE[:1], source("posts"))
            told.append(found[0] is not None)
            if not number:
                os.kill(stage.processes[0].pid or 0, signal.SIGKILL)
        stage.close_spider()
        return told

    with caplog.at_level(logging.WARNING):
        assert asyncio.run(run()) == [True, False, False]
    assert [record.getMessage().partition(" (")[0] for record in caplog.records] == [
        "a process that finishes pages ended"
    ]


def crawler_of(settings: dict[str, Any], folder: Path) -> Crawler:
    given = {
        "TWISTED_REACTOR_ENABLED": False,
        "ARCHIVE_URI": f"sqlite:///{folder}/a.db",
        "ITEM_PIPELINES": base.ITEM_PIPELINES,
        "EXTENSIONS": base.EXTENSIONS,
    }
    return get_crawler(settings_dict=given | settings)


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
    crawler = crawler_of(settings, tmp_path)
    if not processes:
        with pytest.raises(NotConfigured):
            FinishAheadPipeline.from_crawler(crawler)
    else:
        stage = FinishAheadPipeline.from_crawler(crawler)
        assert len(stage.processes) == processes
        assert run_of(crawler).finish_page == stage.finish


@pytest.mark.parametrize(("cores", "processes"), [(1, 0), (2, 1), (3, 2), (8, 3)])
def test_a_crawl_without_pauses_leaves_a_core_to_itself(
    cores: int, processes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(cores)))
    crawler = crawler_of({"DOWNLOAD_DELAY": 0}, tmp_path)
    if not processes:
        with pytest.raises(NotConfigured):
            FinishAheadPipeline.from_crawler(crawler)
    else:
        assert len(FinishAheadPipeline.from_crawler(crawler).processes) == processes


class UsersPipeline:
    """A stage that is not ours."""


@pytest.mark.parametrize(
    ("changes", "own"),
    [
        ({}, True),
        ({"pipelines.mark_duplicates.DuplicatePipeline": None}, True),
        ({"pipelines.clean.CleanPipeline": None}, False),
        ({"pipelines.clean.CleanPipeline": 350}, False),
        ({UsersPipeline: 250}, False),
    ],
    ids=["as they are", "no marks", "no cleaning", "another order", "a user's stage"],
)
def test_stages_that_are_not_ours_are_seen(
    changes: dict[Any, Any], own: bool, tmp_path: Path
) -> None:
    crawler = crawler_of({"ITEM_PIPELINES": base.ITEM_PIPELINES | changes}, tmp_path)
    assert only_own_stages(crawler) is own


def test_whoever_listens_to_items_is_seen(tmp_path: Path) -> None:
    crawler = crawler_of({}, tmp_path)
    assert only_own_stages(crawler)

    def listen(item: Any) -> None: ...

    crawler.signals.connect(listen, signals.item_scraped)
    assert not only_own_stages(crawler)
    crawler.signals.disconnect(listen, signals.item_scraped)
    assert only_own_stages(crawler)
