import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from scrapy.utils.test import get_crawler

from crawler.items import Term
from crawler.run.failures import NotArchived
from crawler.run.lifecycle import RunLifecycle, finished_run, run_of
from crawler.run.output import Traffic
from crawler.run.proof import Proof, Scope
from crawler.run.report import RunReport, StopReason
from crawler.run.run_state import RunState
from crawler.run.verdict import ExitStatus
from wparchive.errors import ArchiveUnreachable
from wparchive.model.outcome import Outcome, Written

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
WITHOUT_REACTOR = {"TWISTED_REACTOR_ENABLED": False}


class Shelf:
    """An archive that keeps what a run saves at its end."""

    def __init__(self, broken=False):
        self.broken = broken
        self.failures = []
        self.runs = []
        self.is_open = True

    async def held(self, kind, site, type_, statuses=()):
        return 7

    async def save_failures(self, failures):
        self.failures += failures

    async def save_run(self, run):
        if self.broken:
            raise ArchiveUnreachable("the server is gone")
        self.runs.append(run)

    async def clear_checkpoints(self, site, keys):
        self.cleared = keys

    async def close(self):
        self.is_open = False


def lifecycle(shelf, report_path=""):
    report = RunReport("h.org", NOW, {})
    run = RunState(shelf, report, lambda: NOW, lambda: Traffic(3, 1, 100))
    count = report.count("posts", "post")
    count.new = count.listed = 1
    count.proof = Proof.proved(Scope.everything(1))
    report.finished = True
    return RunLifecycle(run, report_path)


def test_a_run_is_saved_published_and_closed_at_its_end(capsys, tmp_path):
    shelf = Shelf()
    life = lifecycle(shelf, str(tmp_path / "report.json"))
    lost = NotArchived(
        kind="posts", type="post", id=5, stage="parse", cause="X", message="no title"
    )

    async def end():
        await life.run.failures.add(lost)
        await life.spider_closed("finished")

    asyncio.run(end())
    [saved] = shelf.runs
    assert saved == life.finished
    assert (saved["verdict"], saved["types"][0]["held"]) == ("partial", 7)
    assert (saved["requests"], saved["retries"], saved["bytes"]) == (3, 1, 100)
    assert [failure["id"] for failure in shelf.failures] == [5]
    assert not shelf.is_open
    assert "PARTIAL: h.org" in capsys.readouterr().err
    assert (tmp_path / "report.json").exists()


def test_an_archive_that_is_lost_at_the_end_changes_the_verdict():
    life = lifecycle(Shelf(broken=True))
    asyncio.run(life.spider_closed("finished"))
    assert life.finished["exit_status"] == ExitStatus.ARCHIVE
    assert life.finished["reason"] == "the server is gone"


def test_a_lost_archive_is_not_asked_again():
    shelf = Shelf(broken=True)
    life = lifecycle(shelf)
    life.run.lose_archive(ArchiveUnreachable("lost before"))
    asyncio.run(life.spider_closed("finished"))
    assert life.finished["reason"] == "lost before"
    assert life.finished["types"][0]["held"] is None


@pytest.mark.parametrize(
    ("reason", "stopped"),
    [
        ("finished", None),
        ("shutdown", ExitStatus.INTERRUPTED),
        ("closespider_timeout", ExitStatus.PARTIAL),
    ],
)
def test_why_scrapy_closed_the_spider_is_noted(reason, stopped):
    life = lifecycle(Shelf())
    asyncio.run(life.spider_closed(reason))
    noted = life.run.report.stopped
    assert (noted and noted.exit_status) == stopped


def test_the_first_reason_to_stop_counts():
    run = lifecycle(Shelf()).run
    run.stop(ExitStatus.PARTIAL, "first")
    run.stop(ExitStatus.ARCHIVE, "second")
    assert run.report.stopped == StopReason(ExitStatus.PARTIAL, "first")
    assert run.stopping


def test_an_exception_that_nobody_expected_is_an_error():
    life = lifecycle(Shelf())
    failure = SimpleNamespace(type=KeyError, getErrorMessage=lambda: "x")
    life.spider_error(failure)
    assert life.run.report.stopped == StopReason(
        ExitStatus.ERROR, "an error in the program: KeyError: x (see the log)"
    )


def test_an_item_that_was_not_written_is_no_longer_in_flight():
    life = lifecycle(Shelf())
    refused = Term(site="h.org", type="category", id=1, raw=b"{}")
    written = Term(site="h.org", type="category", id=2, raw=b"{}")
    written.written = Written(written.key, Outcome.NEW)

    async def work():
        await life.run.in_flight.sent(refused)
        life.item_lost(written)  # the store stage has counted it out already
        life.item_lost(refused)
        await asyncio.wait_for(life.run.in_flight.drained(), 5)

    asyncio.run(work())


def test_who_asks_for_the_run_too_early_is_told():
    crawler = get_crawler(settings_dict=WITHOUT_REACTOR)
    with pytest.raises(RuntimeError, match="RunLifecycle"):
        run_of(crawler)
    assert finished_run(crawler) is None


def test_the_run_is_found_through_its_extension(tmp_path):
    settings = {
        "ARCHIVE_URI": f"sqlite:///{tmp_path}/archive.db",
        "ARCHIVE_PATIENCE_S": 0,
        "EXTENSIONS": {"crawler.run.lifecycle.RunLifecycle": 100},
    }
    crawler = get_crawler(settings_dict=WITHOUT_REACTOR | settings)
    assert isinstance(run_of(crawler), RunState)
    assert run_of(crawler) is run_of(crawler)
