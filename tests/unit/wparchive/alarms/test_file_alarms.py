"""Files that are gone in bulk raise an alarm; a few do not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wparchive.alarms.judging import file_alarms

START = datetime(2026, 3, 1, tzinfo=UTC)


def run_with(gone: int | None, held: int = 1000, day: int = 0) -> Any:
    files = None if gone is None else {"held": held, "newly_gone": gone}
    return {"site": "a.org", "started_at": START + timedelta(days=day), "files": files}


@pytest.mark.parametrize(
    ("gone", "held", "before", "is_alarm"),
    [
        (1000, 1000, [0], True),
        (3, 3, [0], True),  # all that there are
        (21, 1000, [0, 0], True),
        (20, 1000, [0, 0], False),  # two in a hundred
        (10, 100, [0], False),
        (60, 1000, [20], False),  # the site tidies up now and then
        (61, 1000, [20, None], True),
        (0, 0, [0], False),
        (1000, 1000, [], False),  # the first run that looks: some are held
        (1000, 1000, [None], False),
        (None, 0, [0], False),
    ],
)
def test_alarms_of_files(
    gone: int | None, held: int, before: list[int | None], is_alarm: bool
) -> None:
    past = [run_with(one, day=-n) for n, one in enumerate(before, 1)]
    found = list(file_alarms(run_with(gone, held), past))
    assert bool(found) is is_alarm
    if found:
        assert found[0]["kind"] == "files"
        assert f"{gone:,} of" in found[0]["saw"]


@pytest.mark.parametrize(
    ("gone", "held", "failed", "past", "is_alarm"),
    [
        (3, 0, 0, [], True),
        (3, 0, 0, [run_with(None)], True),  # a run that did not look at files
        (2, 0, 0, [], False),  # too few to tell a broken server from broken links
        (3, 1, 0, [], False),
        (3, 0, 1, [], False),  # the run is partial anyway
        (3, 0, 0, [run_with(0, held=0)], False),  # known since an earlier run
    ],
)
def test_the_first_look_at_files_of_which_none_is_there(
    gone: int, held: int, failed: int, past: list[Any], is_alarm: bool
) -> None:
    run = run_with(0, held)
    run["files"] |= {"gone": gone, "failed": failed}
    found = list(file_alarms(run, past))
    assert bool(found) is is_alarm
    if found:
        assert f"all {gone} files" in found[0]["saw"]
        assert "mode=full" in found[0]["look_at"]
