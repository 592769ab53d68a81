"""When a crawl starts further processes."""

from datetime import UTC, datetime
from typing import Any

import pytest
from scrapy.settings import Settings

from crawler.run.report import RunReport
from crawler.run.spare_cores import WORTH_IT, apart, spare_cores


def report(posts: int) -> RunReport:
    found = RunReport("e.com", datetime(2026, 1, 1, tzinfo=UTC), {})
    found.count("posts", "post").site_total = posts
    return found


def test_a_pause_between_requests_leaves_no_core_over() -> None:
    assert spare_cores(Settings({"DOWNLOAD_DELAY": 1})) == 0
    assert spare_cores(Settings({"DOWNLOAD_DELAY": 0})) >= 0


@pytest.mark.parametrize(
    ("settings", "posts", "expected"),
    [
        ({"X": "auto", "DOWNLOAD_DELAY": 0}, WORTH_IT, True),
        ({"X": "auto", "DOWNLOAD_DELAY": 0}, WORTH_IT - 1, False),
        ({"X": "auto", "DOWNLOAD_DELAY": 1}, WORTH_IT, False),
        ({"X": 1, "DOWNLOAD_DELAY": 1}, 0, True),
        ({"X": "0", "DOWNLOAD_DELAY": 0}, WORTH_IT, False),
    ],
)
def test_what_asks_for_a_process(
    settings: dict[str, Any], posts: int, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    assert apart(Settings(settings), "X", lambda: report(posts))() is expected


def test_a_site_of_unknown_size_grows_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    seen = report(0)
    asks = apart(Settings({"DOWNLOAD_DELAY": 0}), "X", lambda: seen)
    assert not asks()
    seen.count("posts", "post").listed = WORTH_IT
    assert asks()
