import asyncio
from types import SimpleNamespace

import pytest

from crawler.extensions.failure_recorder import FailureRecorder
from crawler.items import Term
from crawler.run.failures import SAVE_AT
from crawler.run.verdict import ExitStatus, archive_is_lost
from pipelines.errors import StageFailed
from tests.runs import a_run
from wparchive.errors import ArchiveUnreachable


class Shelf:
    """An archive that takes no failures."""

    async def save_failures(self, failures):
        raise ArchiveUnreachable("the server is gone")


def fail(run, error, times=1):
    """Let as many items fail in the pipelines; the first one has the id 5."""
    recorder = FailureRecorder(lambda: run)

    async def work():
        for id_ in range(5, 5 + times):
            item = Term(site="h.org", type="category", id=id_, link="https://h.org/a", raw=b"{}")
            await recorder.item_error(item, SimpleNamespace(value=error(item)))

    asyncio.run(work())


def stage_failed(item):
    return StageFailed("clean", item, ValueError("too deep"))


@pytest.mark.parametrize(
    ("error", "kept"),
    [
        (stage_failed, ("clean", "ValueError", "too deep")),
        (lambda item: KeyError("x"), ("pipeline", "KeyError", "'x'")),
    ],
)
def test_an_item_that_failed_is_kept_with_its_cause(error, kept):
    run = a_run(Shelf())
    fail(run, error)
    [failure] = run.failures.unsaved
    assert (failure["stage"], failure["cause"], failure["message"]) == kept
    assert (failure["_id"], failure["url"]) == (f"h.org/category/5#{kept[0]}", "https://h.org/a")


def test_failures_that_the_archive_does_not_take_end_the_run():
    run = a_run(Shelf())
    fail(run, stage_failed, SAVE_AT)
    assert archive_is_lost(run.report)
    assert run.stopping
    assert len(run.failures.unsaved) == SAVE_AT


def test_what_a_lost_archive_did_not_take_is_no_failure():
    run = a_run(Shelf())
    run.stop(ExitStatus.ARCHIVE, "gone")
    fail(run, stage_failed)
    assert run.failures.unsaved == []
    assert run.report.types == {}


def test_a_failure_that_is_met_again_counts_once():
    run = a_run(Shelf())
    fail(run, stage_failed)
    fail(run, stage_failed)
    assert run.report.failures == 1
