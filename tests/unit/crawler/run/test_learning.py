"""What a run does about learning when that goes wrong."""

import asyncio
import logging
from typing import Any, cast

import pytest

from tests.runs import a_run
from wparchive.backends.remembering import SiteLearner
from wparchive.errors import ArchiveUnreachable
from wparchive.furniture.memory import Learned


class Learner:
    """Does what it is told to at the end."""

    def __init__(self, end: Exception | Learned) -> None:
        self._end = end

    async def settle(self) -> Learned:
        if isinstance(self._end, Exception):
            raise self._end
        return self._end


def settled(end: Exception | Learned, stopping: bool = False) -> Any:
    run = a_run(None)
    run.learner = cast(SiteLearner, Learner(end))
    run.stopping = stopping
    asyncio.run(run.settle_learning())
    return run.report.learned


def test_what_was_learned_is_in_the_report() -> None:
    assert settled(Learned(removed=3)) == Learned(removed=3)


def test_a_run_that_is_to_stop_learns_nothing() -> None:
    assert settled(Learned(removed=3), stopping=True) is None


def test_a_lost_archive_ends_the_run() -> None:
    with pytest.raises(ArchiveUnreachable):
        settled(ArchiveUnreachable("gone"))


def test_a_defect_costs_what_would_have_been_learned(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        assert settled(KeyError("text")) is None
    assert "counts all posts again" in caplog.text
