"""One interrupt ends a command within seconds, at any moment, with words and no traceback."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crawler.middlewares.cut_off import GRACE_S
from tests.integration.crawling import ROOT, command, documents, environment
from tests.integration.test_interrupt import APART, crawling, started
from tests.servers.recorded_site import made_site, serve
from wparchive.commands import INTERRUPTED

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# What comes before is Python's and Scrapy's own start, whose interrupts nobody can catch.
LOADED = """
import sys
from scrapy.cmdline import execute
import crawler.commands
print("loaded", flush=True)
execute()
"""
IN_ORDER_S = GRACE_S + 15  # a busy machine takes long to write the report


def loaded(line: list[str]) -> subprocess.Popen[str]:
    """Start a command of Scrapy that leads a group of processes; return it once it is loaded."""
    arguments = line[line.index("scrapy") + 1 :]
    process = crawling([sys.executable, "-c", LOADED, *arguments], start_new_session=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "loaded\n"
    return process


def interrupted(process: subprocess.Popen[str], number: int = signal.SIGINT) -> str:
    """Interrupt all processes of a group once, as a terminal does. Return what was printed."""
    began = time.monotonic()
    os.killpg(process.pid, number)
    output, _ = process.communicate(timeout=60)
    assert time.monotonic() - began < IN_ORDER_S
    assert process.returncode == INTERRUPTED, output
    assert "Traceback" not in output
    return output


@pytest.fixture(scope="module")
def site():
    with serve(made_site(posts=600)) as running:
        running.switch(slow=0.3)
        yield running


@pytest.mark.parametrize("moment", range(12))
def test_an_interrupt_at_any_moment_of_the_start_ends_with_words(site, tmp_path: Path, moment: int):
    report = tmp_path / "report.json"
    line = command(site.home, tmp_path / "archive.db", report, APART | {"CRAWL_PER_PAGE": 5})
    process = loaded(line)
    time.sleep(0.25 * moment)
    output = interrupted(process, SIGNALS[moment % 3])
    if report.exists():
        # A site that was not found yet makes a run that failed.
        assert "PARTIAL: " in output or "FAILED: " in output
        [run] = documents(tmp_path / "archive.db", "runs")
        assert run["exit_status"] == INTERRUPTED
        assert "interrupted" in run["reason"]
    else:
        assert "interrupted before anything was asked; nothing has changed" in output
        assert not (tmp_path / "archive.db").exists()


@pytest.mark.parametrize("moment", range(6))
def test_an_interrupt_at_any_moment_ends_the_doctor(site, moment: int):
    process = loaded([sys.executable, "-m", "scrapy", "doctor", site.home])
    time.sleep(0.4 * moment)
    assert "interrupted" in interrupted(process, SIGNALS[moment % 3])


def test_a_server_that_never_answers_does_not_hold_an_interrupted_run(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        home = f"http://127.0.0.1:{silent.getsockname()[1]}"
        process = loaded(command(home, tmp_path / "archive.db", settings={"DOWNLOAD_TIMEOUT": 600}))
        connection, _ = silent.accept()
        output = interrupted(process)
        connection.close()
    assert "interrupted before anything was archived" in output


def test_a_site_that_falls_silent_in_the_middle_does_not_hold_an_interrupted_run(
    site, tmp_path: Path
):
    archive = tmp_path / "archive.db"
    process = started(site.home, archive, 60, {"CRAWL_PER_PAGE": 20, "DOWNLOAD_TIMEOUT": 600})
    site.switch(slow=40)
    asked = len(site.requests)
    until = time.monotonic() + 60
    while len(site.requests) == asked and time.monotonic() < until:
        time.sleep(0.02)
    output = interrupted(process)
    site.switch(slow=0.3)
    assert "PARTIAL" in output
    [run] = documents(archive, "runs")
    assert (run["verdict"], run["exit_status"]) == ("partial", INTERRUPTED)
    assert run["failures"] == 0
    held = len(documents(archive, "posts"))
    assert held >= 60
    assert sum(part["new"] for part in run["types"] if part["kind"] == "posts") == held


def test_a_request_that_waits_for_its_turn_does_not_hold_an_interrupted_run(site, tmp_path: Path):
    archive = tmp_path / "archive.db"
    process = loaded(command(site.home, archive, settings={"DOWNLOAD_DELAY": 600}))
    asked = len(site.requests)
    until = time.monotonic() + 60
    while len(site.requests) == asked and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(2)
    assert "interrupted before anything was archived" in interrupted(process)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_command_of_the_archive_that_is_interrupted_ends_without_a_traceback(
    uninterrupted_archive: Path, tmp_path: Path, number: int
):
    target = tmp_path / "out.jsonl"
    where = ["--archive", f"sqlite:///{uninterrupted_archive}"]
    for moment in range(4):
        process = subprocess.Popen(
            [sys.executable, "-c", ARCHIVE, *where, "export", "-o", str(target)],
            cwd=ROOT,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "loaded\n"
        time.sleep(0.1 * moment)
        process.send_signal(number)
        output, _ = process.communicate(timeout=60)
        assert "Traceback" not in output
        if process.returncode != 0:
            # A KeyboardInterrupt in an `exec` makes CPython end itself by SIGINT: also 130.
            assert process.returncode in (INTERRUPTED, -signal.SIGINT, -number), output
            assert target.exists() or list(tmp_path.iterdir()) == []


# It is ready once it begins to load the commands.
ARCHIVE = """
import sys, wparchive.__main__
class Loading:
    def find_spec(self, name, path, target=None):
        if name == "wparchive.commands":
            print("loaded", flush=True)
sys.meta_path.insert(0, Loading())
wparchive.__main__.run_command_line()
"""
# An object whose end is interrupted: Python drops the exception, and goes on.
DROPPED = """
import os, signal, sys, time, wparchive.__main__, wparchive.commands
class Ending:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.1)
def command():
    ending = Ending()
    del ending
    time.sleep(30)
wparchive.commands.main = command
wparchive.__main__.run_command_line()
"""


@pytest.fixture(scope="module")
def uninterrupted_archive(tmp_path_factory):
    archive = tmp_path_factory.mktemp("whole") / "archive.db"
    with serve(made_site(posts=600)) as running:
        done = subprocess.run(
            command(running.home, archive), cwd=ROOT, env=environment(), capture_output=True
        )
    assert done.returncode == 0
    return archive


def test_an_interrupt_that_python_drops_comes_again():
    done = subprocess.run(
        [sys.executable, "-c", DROPPED],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert (done.returncode, done.stderr) == (130, "")
