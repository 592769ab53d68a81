"""Which sites are stale, and the figures for Prometheus."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wparchive.reading.monitoring import prometheus_text, stale_sites
from wparchive.reading.site_summaries import SiteSummary

NOW = datetime(2025, 6, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def summary(verdict: str | None, finished: timedelta | None = HOUR) -> SiteSummary:
    run: Any = None
    if verdict is not None:
        run = {
            "started_at": NOW - (finished or HOUR) - HOUR,
            "finished_at": NOW - finished if finished is not None else None,
            "verdict": verdict,
            "exit_status": 0,
            "failures": 0,
            "seconds": 1.5,
            "requests": 7,
        }
    return SiteSummary('a"b\\c.org', None, [], run)


@pytest.mark.parametrize(
    ("held", "stale"),
    [
        (summary("complete"), False),
        (summary("partial"), False),
        (summary("failed"), True),
        (summary("killed", None), True),
        (summary("complete", 30 * HOUR), True),
        (summary("running", None), False),
        (summary(None), True),
    ],
)
def test_stale_sites(held: SiteSummary, stale: bool) -> None:
    assert bool(stale_sites([held], NOW - 24 * HOUR)) is stale


def test_a_run_that_goes_on_for_ever_is_stale() -> None:
    assert stale_sites([summary("running", None)], NOW - HOUR)


def test_labels_are_escaped_and_a_site_without_a_fresh_run_has_zero() -> None:
    text = prometheus_text([summary("failed")])
    assert 'wparchive_fresh_timestamp_seconds{site="a\\"b\\\\c.org"} 0.0\n' in text
    assert "# TYPE wparchive_run_exit_status gauge\n" in text


def test_files_that_are_gone_are_told_apart_from_other_failures() -> None:
    held = summary("complete")
    assert held.last_run is not None
    assert "wparchive_run_files_gone" in prometheus_text([held])
    files: Any = {"gone": 57}
    held.last_run["files"] = files
    assert 'wparchive_run_files_gone{site="a\\"b\\\\c.org"} 57' in prometheus_text([held])
