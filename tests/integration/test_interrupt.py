"""Interrupted and killed crawls hold what was acknowledged, and their exit status says so.

The next run ends as if nothing had been.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.integration.crawling import ROOT, command, crawl, documents, environment
from tests.integration.processes import children, wait_for_end
from tests.servers.recorded_site import made_site, serve

SLOW = {"CRAWL_PER_PAGE": 20}
APART = SLOW | {"ARCHIVE_PROCESS": 1, "CLEAN_PROCESSES": 1}
IN_ONE_AND_APART = pytest.mark.parametrize(
    "settings", [SLOW, APART], ids=["one process", "three processes"]
)
LIFE = (
    "first_seen_at",
    "last_seen_at",
    "changed_at",
    "state_since",
    "pk",
    "duplicate",
    "duplicate_of",
    "duplicate_kind",
)


def crawling(line: list[str], **options: Any) -> subprocess.Popen[str]:
    """Start a crawl, whose output can be read."""
    return subprocess.Popen(
        line,
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **options,
    )


def started(
    home: str, archive: Path, posts: int, settings: dict[str, int] = SLOW
) -> subprocess.Popen[str]:
    """Start a crawl that leads a group of processes. Return it once it has archived some posts."""
    process = crawling(command(home, archive, settings=settings), start_new_session=True)
    until = time.monotonic() + 180  # a busy machine takes a minute to start a process
    while time.monotonic() < until and process.poll() is None:
        if archive.exists() and archive.stat().st_size and _count(archive) >= posts:
            return process
        time.sleep(0.02)
    raise AssertionError(f"the crawl did not get that far: {process.communicate()[0]}")


def _count(archive: Path) -> int:
    try:
        return len(documents(archive, "posts"))
    except Exception:  # the schema is being made
        return 0


def _without_life(archive: Path) -> list[dict]:
    return [
        {name: value for name, value in row.items() if name not in LIFE}
        for row in documents(archive, "posts")
    ]


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    """(site, its archive after a quiet crawl)."""
    site = made_site(posts=600)
    with serve(site) as running:
        archive = tmp_path_factory.mktemp("quiet") / "archive.db"
        assert crawl(running.home, archive).exit_status == 0
        running.switch(slow=0.1)
        yield running, _without_life(archive)


@IN_ONE_AND_APART
def test_ctrl_c_once_finishes_what_is_in_flight(
    uninterrupted, tmp_path: Path, settings: dict[str, int]
):
    site, expected = uninterrupted
    archive = tmp_path / "archive.db"
    process = started(site.home, archive, 100, settings)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 130, output
    assert "PARTIAL" in output
    assert "interrupted" in output
    assert "Traceback" not in output
    held = len(documents(archive, "posts"))
    assert 100 <= held < 600
    [run] = documents(archive, "runs")
    assert (run["verdict"], run["exit_status"]) == ("partial", 130)
    assert sum(part["new"] for part in run["types"] if part["kind"] == "posts") == held
    assert crawl(site.home, archive).exit_status == 0
    assert _without_life(archive) == expected


def test_ctrl_c_twice_stops_at_once(uninterrupted, tmp_path: Path):
    site, expected = uninterrupted
    site.switch(slow=3)
    archive = tmp_path / "archive.db"
    process = crawling(command(site.home, archive))
    asked_before = len(site.requests)
    until = time.monotonic() + 60
    while len(site.requests) == asked_before and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=30)
    site.switch(slow=0.1)
    assert process.returncode == -signal.SIGINT, output  # a shell says 130
    assert "Traceback" not in output
    assert crawl(site.home, archive).exit_status == 0
    assert _without_life(archive) == expected


STUCK = """
import itertools, signal, sys
from crawler.interrupts import end_in_order
end_in_order(lambda: print("in order", flush=True))
print("ready", flush=True)
if sys.argv[1] == "in C":
    all(itertools.repeat(True))  # has no end, and looks at no signals
signal.pause()
signal.pause()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("where", ["in C", "in Python"])
def test_the_second_interrupt_ends_the_process_whatever_it_does(number: int, where: str):
    line = [sys.executable, "-c", STUCK, where]
    process = subprocess.Popen(line, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.2)
    process.send_signal(number)
    if where == "in Python":
        assert process.stdout.readline() == "in order\n"
        time.sleep(0.2)
        assert process.poll() is None
    else:
        time.sleep(0.2)
    process.send_signal(number)
    output, _ = process.communicate(timeout=30)
    assert (process.returncode, output) == (-number, "")


def test_the_end_of_a_terminal_is_an_interrupt_with_a_verdict(uninterrupted, tmp_path: Path):
    site, _ = uninterrupted
    archive = tmp_path / "archive.db"
    process = started(site.home, archive, 100, APART)
    os.killpg(process.pid, signal.SIGHUP)  # as the system does
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 130, output
    assert "the process that writes" not in output
    [run] = documents(archive, "runs")
    assert (run["verdict"], run["exit_status"]) == ("partial", 130)
    assert "interrupted" in run["reason"]


@pytest.mark.parametrize("posts", [0, 100], ids=["while the site is being found", "in a walk"])
def test_ctrl_c_does_not_sit_out_the_pause_that_a_site_asked_for(
    uninterrupted, tmp_path: Path, posts: int
):
    site, _ = uninterrupted
    archive = tmp_path / "archive.db"
    site.switch(slow=0.1, **({} if posts else {"limit_every": 1, "retry_after": 600}))
    process = started(site.home, archive, posts)
    site.switch(limit_every=1, retry_after=600)
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    site.switch(slow=0.1)
    assert process.returncode == 130, output
    assert "interrupted" in output
    assert "Traceback" not in output


@IN_ONE_AND_APART
def test_kill_9_loses_nothing_that_was_acknowledged(
    uninterrupted, tmp_path: Path, settings: dict[str, int]
):
    site, expected = uninterrupted
    archive = tmp_path / "archive.db"
    process = started(site.home, archive, 200, settings)
    others = children(process.pid)
    assert len(others) == (2 if settings is APART else 0)
    process.kill()
    process.communicate(timeout=30)
    wait_for_end(others)
    held = len(documents(archive, "posts"))
    assert held >= 200
    run = crawl(site.home, archive)
    assert run.exit_status == 0, run.output
    assert run.type("post")["new"] == 600 - held
    assert _without_life(archive) == expected
    assert documents(archive, "revisions") == []


def test_a_killed_process_of_a_crawl_costs_nothing(uninterrupted, tmp_path: Path):
    site, expected = uninterrupted
    archive = tmp_path / "archive.db"
    process = started(site.home, archive, 100, APART | {"ARCHIVE_PATIENCE_S": 20})
    killed = children(process.pid)
    for child in killed:
        os.kill(child, signal.SIGKILL)
    output, _ = process.communicate(timeout=120)
    assert len(killed) == 2
    assert process.returncode == 0, output
    assert "the process that writes" in output
    assert _without_life(archive) == expected
