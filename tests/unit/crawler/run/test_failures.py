import asyncio
import zlib
from datetime import UTC, datetime

import pytest

from crawler.run.failures import FailureLog, NotArchived
from crawler.run.report import REASONS_MAX, RunReport
from crawler.run.verdict import ExitStatus
from wparchive.errors import ArchiveUnreachable

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


class Shelf:
    """An archive that takes failures slowly, or not at all."""

    def __init__(self, broken=False):
        self.broken = broken
        self.failures = []

    async def save_failures(self, failures):
        await asyncio.sleep(0)
        if self.broken:
            raise ArchiveUnreachable("the server is gone")
        self.failures += failures
        await asyncio.sleep(0)


class Logged:
    """A log, what it writes to, and the report that it counts in."""

    def __init__(self, broken=False):
        self.shelf = Shelf(broken)
        self.report = RunReport("h.org", NOW, {})
        self.log = FailureLog(self.shelf, self.report, lambda: NOW)

    def add(self, *lost):
        """Add all at once, then save."""

        async def work():
            await asyncio.gather(*map(self.log.add, lost))
            await self.log.save()

        asyncio.run(work())


def lost(id_, stage="store", cause="X", message="x", **more):
    return NotArchived(
        kind="posts", type="post", id=id_, stage=stage, cause=cause, message=message, **more
    )


def test_a_failure_is_counted_and_kept_with_its_record():
    logged = Logged()
    logged.add(
        lost(5, "parse", "ValueError", "no title", raw=b'{"id":5}'),
        lost(None, "fetch", "http_500", "500", url="https://h.org/x"),
    )
    first, second = logged.shelf.failures
    assert (first["_id"], first["cause"]) == ("h.org/post/5#parse", "ValueError")
    assert zlib.decompress(first["raw"]) == b'{"id":5}'
    assert first["run"] == "h.org@2026-03-10T12:00:00.000Z"
    assert (second["_id"], second["raw"]) == ("h.org/post/https://h.org/x#fetch", None)
    count = logged.report.count("posts", "post")
    assert (count.missing, logged.report.failures) == (2, 2)
    assert count.reasons == ["post 5: parse: no title", "post ?: fetch: 500"]


def test_an_object_that_fails_twice_is_missing_once():
    logged = Logged()
    logged.add(lost(5, "parse"), lost(5, "store"), lost(None), lost(None))
    assert logged.report.count("posts", "post").missing == 3
    assert logged.report.failures == 4


def test_failures_that_come_while_others_are_written_are_not_lost():
    logged = Logged()
    logged.add(*map(lost, range(350)))
    assert sorted(failure["id"] for failure in logged.shelf.failures) == list(range(350))
    count = logged.report.count("posts", "post")
    assert count.missing == 350
    assert len(count.reasons) == REASONS_MAX


def test_failures_that_the_archive_does_not_take_are_kept():
    logged = Logged(broken=True)
    with pytest.raises(ArchiveUnreachable):
        logged.add(lost(5))
    assert [failure["id"] for failure in logged.log.unsaved] == [5]


def test_a_lost_archive_is_not_asked_again():
    logged = Logged(broken=True)
    logged.report.stop(ExitStatus.ARCHIVE, "the server is gone")
    logged.add(lost(5))
    assert [failure["id"] for failure in logged.log.unsaved] == [5]
