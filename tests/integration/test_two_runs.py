"""Two runs of one site at the same time: the second one says who is there, and ends."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from tests.integration.crawling import crawl, documents
from tests.integration.test_interrupt import started
from tests.servers.recorded_site import made_site, serve
from wparchive.model.run_records import KILLED_RUN

SHORT = {"CRAWL_PER_PAGE": 20, "ARCHIVE_LEASE_S": 2}


def ended(process: subprocess.Popen[str]) -> str:
    output, _ = process.communicate(timeout=60)
    return output


def test_the_second_run_of_a_site_ends_with_its_own_status(tmp_path: Path):
    site = made_site(posts=600)
    archive = tmp_path / "archive.db"
    with serve(site):
        site.switch(slow=0.7)  # the machine may be slow, too
        first = started(site.home, archive, 40, SHORT)
        second = crawl(site.home, archive, settings=SHORT)
        assert second.exit_status == 6, second.output
        assert f"process {first.pid}, since" in second.report["reason"]
        assert "Traceback" not in second.output
        site.switch()
        output = ended(first)
    assert first.returncode == 0, output
    [run] = documents(archive, "runs")
    assert run["verdict"] == "complete"
    assert documents(archive, "leases") == []


def test_a_killed_run_is_shown_as_killed_and_a_running_one_as_running(tmp_path: Path):
    site = made_site(posts=600)
    archive = tmp_path / "archive.db"
    with serve(site):
        site.switch(slow=0.7)  # the machine may be slow, too
        process = started(site.home, archive, 40, SHORT)
        assert shown("runs", archive)["verdict"] == "running"
        process.kill()
        ended(process)
        killed = shown("runs", archive)
        assert (killed["verdict"], killed["reason"]) == tuple(KILLED_RUN.values())
        assert shown("sites", archive)["last_run"]["verdict"] == "killed"
        table = wparchive("runs", archive)
        assert table.returncode == 0, table.stderr
        assert re.search(r"full +killed +(\? +){6}", table.stdout)
        site.switch()
        assert crawl(site.home, archive, settings=SHORT).exit_status == 0
    complete = shown("runs", archive, "--limit", "1")
    assert (complete["verdict"], complete["resumed_from"]) == ("complete", killed["_id"])
    table = wparchive("runs", archive)
    assert re.search(r"full +complete +\d+ +0 +0 +0 +\d+ +0:00:\d\d", table.stdout)
    assert wparchive("runs", archive, "--site", "nowhere.org").returncode == 1


def wparchive(name: str, archive: Path, *options: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "wparchive", name, "--archive", f"sqlite:///{archive}", *options]
    return subprocess.run(line, capture_output=True, text=True, timeout=60)


def shown(name: str, archive: Path, *options: str) -> dict:
    return json.loads(wparchive(name, archive, "--json", *options).stdout)


def test_a_run_that_is_paused_ends_when_another_one_has_taken_its_place(tmp_path: Path):
    site = made_site(posts=600)
    archive = tmp_path / "archive.db"
    with serve(site):
        site.switch(slow=0.7)  # the machine may be slow, too
        first = started(site.home, archive, 40, SHORT)
        os.kill(first.pid, signal.SIGSTOP)
        try:
            site.switch()
            second = crawl(site.home, archive, settings=SHORT)
            after_second = documents(archive, "posts")
        finally:
            os.kill(first.pid, signal.SIGCONT)
        output = ended(first)
    assert second.exit_status == 0, second.output
    assert first.returncode == 6, output
    assert "its lease was taken" in output or "another run has come and gone" in output
    assert "Traceback" not in output
    assert documents(archive, "posts") == after_second
    assert [run["verdict"] for run in documents(archive, "runs")] == ["killed", "complete"]
