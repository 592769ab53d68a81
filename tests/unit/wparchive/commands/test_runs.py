"""The lines of `wparchive runs`."""

from datetime import UTC, datetime
from typing import Any, cast

from wparchive.commands.runs import _row
from wparchive.model.run_records import Run

NOW = datetime(2026, 3, 10, tzinfo=UTC)


def test_what_came_back_has_changed() -> None:
    part = {"new": 1, "changed": 2, "refreshed": 4, "returned": 8, "withdrawn": 16, "deleted": 32}
    run: dict[str, Any] = {
        "started_at": NOW,
        "finished_at": NOW,
        "site": "h.org",
        "verdict": "complete",
        "types": [part],
        "failures": 0,
        "requests": 3,
        "seconds": 1.0,
        "reason": None,
    }
    assert _row(cast(Run, run), NOW)[6:9] == ["1", "14", "48"]
