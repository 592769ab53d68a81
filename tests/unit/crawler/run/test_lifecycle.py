import asyncio
import json
import zlib
from datetime import UTC, datetime

import pytest
from scrapy.exceptions import CloseSpider

from crawler.run.lifecycle import CrawlRun, write_json
from crawler.run.report import ARCHIVE, REASONS_MAX
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


class Crawler:
    stats = None


def run_with(shelf):
    run = CrawlRun(shelf, "h.org", {}, lambda: NOW)
    run._crawler = Crawler()
    return run


def test_a_failure_is_counted_and_kept_with_its_record():
    run = run_with(Shelf())

    async def fail():
        await run.fail("posts", "post", 5, "parse", "ValueError", "no title", raw=b'{"id":5}')
        await run.fail("posts", "post", None, "fetch", "http_500", "500", url="https://h.org/x")
        await run.save_failures()

    asyncio.run(fail())
    first, second = run.store.failures
    assert (first["_id"], first["cause"], zlib.decompress(first["raw"])) == (
        "h.org/post/5#parse",
        "ValueError",
        b'{"id":5}',
    )
    assert (second["_id"], second["raw"]) == ("h.org/post/https://h.org/x#fetch", None)
    count = run.report.types["post"]
    assert (count.missing, run.report.failures) == (2, 2)
    assert count.reasons == ["post 5: parse: no title", "post ?: fetch: 500"]


def test_failures_that_come_while_others_are_written_are_not_lost():
    run = run_with(Shelf())

    async def many():
        await asyncio.gather(
            *(run.fail("posts", "post", id_, "store", "X", "x") for id_ in range(350))
        )
        await run.save_failures()

    asyncio.run(many())
    assert sorted(failure["id"] for failure in run.store.failures) == list(range(350))
    assert run.report.types["post"].missing == 350
    assert len(run.report.types["post"].reasons) == REASONS_MAX


def test_failures_that_the_archive_does_not_take_end_the_run_and_are_kept():
    run = run_with(Shelf(broken=True))

    async def fail():
        await run.fail("posts", "post", 5, "parse", "X", "x")
        await run.save_failures()

    with pytest.raises(CloseSpider):
        asyncio.run(fail())
    assert run.report.trouble == (ARCHIVE, "the server is gone")
    assert run.stopping
    assert [failure["id"] for failure in run._failures] == [5]
    asyncio.run(run.save_failures())  # a lost archive is not asked again


def test_the_first_reason_to_stop_counts():
    run = run_with(Shelf())
    run.stop(3, "first")
    run.stop(5, "second")
    assert run.report.trouble == (3, "first")
    assert run.stopping


def test_a_report_file_is_replaced_in_one_step(tmp_path):
    path = tmp_path / "report.json"
    path.write_text("old")
    write_json(str(path), {"site": "h.org", "at": NOW, "odd": "\ud800"})
    assert json.loads(path.read_text()) == {"site": "h.org", "at": str(NOW), "odd": "?"}
    assert [part.name for part in tmp_path.iterdir()] == ["report.json"]


def test_a_report_that_cannot_be_written_is_no_traceback(tmp_path, capsys):
    write_json(str(tmp_path / "gone" / "report.json"), {})
    assert "the report could not be written" in capsys.readouterr().err


def test_a_report_on_standard_output(capsys):
    write_json("-", {"verdict": "complete"})
    assert json.loads(capsys.readouterr().out) == {"verdict": "complete"}
