"""When a crawl starts helper processes."""

from typing import Any

import pytest
from scrapy.settings import Settings

from crawler.run.helper_processes import (
    FINISHING_PROCESS,
    LARGE_SITE,
    HelperProcessChoice,
    modules_to_prepare,
    spare_cores,
)
from wparchive.backends.helper_process import WRITER_PROCESS


@pytest.fixture(autouse=True)
def _two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})


def test_a_pause_between_requests_leaves_no_core_over() -> None:
    assert spare_cores(Settings({"DOWNLOAD_DELAY": 1})) == 0
    assert spare_cores(Settings({"DOWNLOAD_DELAY": 0})) == 1


@pytest.mark.parametrize(
    ("settings", "objects", "expected"),
    [
        ({"X": "auto", "DOWNLOAD_DELAY": 0}, LARGE_SITE, True),
        ({"X": "auto", "DOWNLOAD_DELAY": 0}, LARGE_SITE - 1, False),
        ({"X": "auto", "DOWNLOAD_DELAY": 1}, LARGE_SITE, False),
        ({"DOWNLOAD_DELAY": 0}, LARGE_SITE, True),
        ({"X": 1, "DOWNLOAD_DELAY": 1}, 0, True),
        ({"X": "0", "DOWNLOAD_DELAY": 0}, LARGE_SITE, False),
    ],
)
def test_what_asks_for_a_process(settings: dict[str, Any], objects: int, expected: bool) -> None:
    choice = HelperProcessChoice.from_settings(Settings(settings), "X", lambda: objects)
    assert choice.should_start() is expected


def test_a_site_of_unknown_size_grows_large_and_stays_it() -> None:
    sizes = iter([0, LARGE_SITE, 0])
    choice = HelperProcessChoice("auto", 1, lambda: next(sizes))
    assert [choice.should_start() for _ in range(3)] == [False, True, True]


BOTH = [FINISHING_PROCESS, WRITER_PROCESS]


@pytest.mark.parametrize(
    ("arguments", "modules"),
    [
        ("", []),
        ("-s DOWNLOAD_DELAY=0", BOTH),
        ("wordpress -a site=http://a.example --set=DOWNLOAD_DELAY=0 -L INFO", BOTH),
        ("-sDOWNLOAD_DELAY=0 -s ARCHIVE_URI=mongodb://localhost/a", [FINISHING_PROCESS]),
        ("-s DOWNLOAD_DELAY=0 -s CLEAN_PROCESSES=0", [WRITER_PROCESS]),
        ("-s CLEAN_PROCESSES=2", [FINISHING_PROCESS, FINISHING_PROCESS]),
        ("-s DOWNLOAD_DELAY=0 -s ARCHIVE_PROCESS=0", [FINISHING_PROCESS]),
        ("-s DOWNLOAD_DELAY=0 -s ARCHIVE_PROCESS=several", []),
        ("-s DOWNLOAD_DELAY=soon", []),
        ("-s DOWNLOAD_DELAY=0 -s ARCHIVE_URI=nowhere://", []),
        ("-s DOWNLOAD_DELAY=0 -s", []),
        ("-s DOWNLOAD_DELAY", []),
    ],
)
def test_what_is_started_before_a_crawl_has_read_its_arguments(
    arguments: str, modules: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ARCHIVE_URI", raising=False)
    assert modules_to_prepare(arguments.split()) == modules
