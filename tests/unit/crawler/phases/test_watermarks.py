"""Which mode suits a site, by the times of its watermarks."""

from datetime import UTC, datetime, timedelta

import pytest

from crawler.phases.watermarks import choose_mode

NOW = datetime(2026, 3, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "mode"),
    [
        ((), "full"),
        ((1, 6), "update"),
        ((1, 7), "reconcile"),
        # A clock was wrong when this was written, or is wrong now.
        ((1, -3000), "reconcile"),
    ],
)
def test_the_mode_follows_from_when_the_lists_were_read(days, mode):
    marks = [{"read_at": (NOW - timedelta(days=day)).isoformat()} for day in days]
    assert choose_mode({"watermarks": marks}, {}, NOW, 7) == mode
    assert choose_mode({"watermarks": marks}, {"mode": "full"}, NOW, 7) == "full"
