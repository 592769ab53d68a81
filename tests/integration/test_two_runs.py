"""Two runs of one site at the same time: the second one says who is there, and ends."""

import os
import signal
import subprocess
from pathlib import Path

from tests.integration.crawling import crawl, documents
from tests.integration.test_interrupt import started
from tests.servers.recorded_site import made_site, serve

SHORT = {"CRAWL_PER_PAGE": 20, "ARCHIVE_LEASE_S": 2}


def ended(process: subprocess.Popen[str]) -> str:
    output, _ = process.communicate(timeout=60)
    return output


def test_the_second_run_of_a_site_ends_with_its_own_status(tmp_path: Path):
    site = made_site(posts=600)
    archive = tmp_path / "archive.db"
    with serve(site):
        site.switch(slow=0.1)
        first = started(site.home, archive, 40, SHORT)
        second = crawl(site.home, archive, settings=SHORT)
        assert second.exit_status == 6, second.output
        assert f"process {first.pid}, since" in second.report["reason"]
        assert "Traceback" not in second.output
        output = ended(first)
    assert first.returncode == 0, output
    [run] = documents(archive, "runs")
    assert run["verdict"] == "complete"
    assert documents(archive, "leases") == []


def test_a_run_that_is_paused_ends_when_another_one_has_taken_its_place(tmp_path: Path):
    site = made_site(posts=600)
    archive = tmp_path / "archive.db"
    with serve(site):
        site.switch(slow=0.1)
        first = started(site.home, archive, 40, SHORT)
        os.kill(first.pid, signal.SIGSTOP)
        try:
            second = crawl(site.home, archive, settings=SHORT)
            after_second = documents(archive, "posts")
        finally:
            os.kill(first.pid, signal.SIGCONT)
        output = ended(first)
    assert second.exit_status == 0, second.output
    assert first.returncode == 6, output
    assert "its lease was taken" in output
    assert "Traceback" not in output
    assert documents(archive, "posts") == after_second
    assert [run["verdict"] for run in documents(archive, "runs")] == ["killed", "complete"]
