"""`kill -9` at random moments, then again: the archive ends as that of a quiet crawl.

KILLS=13 kills so often for each way to crawl; without it, a few times. The moments follow from
KILLS_SEED: a number of requests that the site has got, and a pause. So some kills come before the
first request, some while a run goes on where another one was killed, and some after the last page.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from demo.api import Site
from tests.contract.look import Look
from tests.integration.crawling import ROOT, command, crawl, documents, environment, uri
from tests.integration.processes import children, wait_for_end
from tests.servers.recorded_site import made_site, serve
from tests.servers.wordpress import WordPress
from wparchive.model.documents import KINDS
from wparchive.model.record_types import RECORD_TYPES

KILLS = int(os.environ.get("KILLS", "4"))
SEED = int(os.environ.get("KILLS_SEED", "1"))
POSTS = 400
# FerretDB 1 reads a whole collection to compare one post with the others.
COMMON = {"CRAWL_PER_PAGE": 20, "ARCHIVE_MARK_DUPLICATES": 0, "ARCHIVE_LEASE_S": 2}
ONE = COMMON | {"ARCHIVE_PROCESS": 0, "CLEAN_PROCESSES": 0}
SEVERAL = COMMON | {"ARCHIVE_PROCESS": 1, "CLEAN_PROCESSES": 1}
MOST_REQUESTS = 45  # a crawl that nobody disturbs makes about as many
TIMES = (
    *("first_seen_at", "last_seen_at", "changed_at", "state_since", "at"),
    *("refreshed_at", "from_at", "until_at"),
)
OF_THE_ARCHIVE = ("_id", "pk", "key", "site", "run")


@pytest.fixture
def site() -> Iterator[Site]:
    made = made_site(posts=POSTS)
    with serve(made):
        made.switch(slow=0.03)
        yield made


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a crawl archives that nobody disturbs."""
    archive = tmp_path_factory.mktemp("quiet") / "archive.db"
    made = made_site(posts=POSTS)
    with serve(made):
        run = crawl(made.home, archive, settings=ONE)
    assert run.exit_status == 0, run.output
    return content(archive)


def content(archive: Path | str) -> dict[str, list[str]]:
    """Everything that is held, but for times, and for the port of the site."""
    look = Look(uri(archive))
    kinds = [*KINDS, "revisions", "failures"]
    kinds += [kind for kind in ("events",) if kind in RECORD_TYPES]
    return {kind: sorted(map(_shown, look.all(kind).values())) for kind in kinds}


def _shown(document: dict[str, Any]) -> str:
    return json.dumps(_of_every_crawl(document), sort_keys=True, default=str)


def _of_every_crawl(value: Any) -> Any:
    """Return a value without what differs from crawl to crawl, at any depth."""
    if not isinstance(value, dict):
        return value
    return {
        name: _of_every_crawl(part)
        for name, part in value.items()
        if name not in TIMES + OF_THE_ARCHIVE
    }


def started(
    home: str, archive: Path | str, settings: dict[str, int], **arguments: Any
) -> subprocess.Popen[bytes]:
    """Return a crawl that was just started, the leader of a group of processes."""
    return subprocess.Popen(
        command(home, archive, settings=settings, **arguments),
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def wait_for_moment(
    process: subprocess.Popen[bytes], site: Site, random: Random, most: int = MOST_REQUESTS
) -> None:
    """Wait until the site has got some more requests, and a little longer."""
    wanted = len(site.requests) + random.randint(0, most)
    until = time.monotonic() + 60
    while len(site.requests) < wanted and process.poll() is None and time.monotonic() < until:
        time.sleep(0.005)
    time.sleep(random.uniform(0, 0.3))


def kill_some(process: subprocess.Popen[bytes], random: Random) -> None:
    """Kill the whole crawl, or its first process alone, or a helper process and then the crawl."""
    way = random.choice(["all", "crawl", "helper"])
    helpers = children(process.pid)
    if way == "helper" and helpers:
        with contextlib.suppress(ProcessLookupError):
            os.kill(random.choice(helpers), signal.SIGKILL)
        time.sleep(random.uniform(0, 0.5))
    if way == "crawl":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=30)
    wait_for_end(helpers)


def killed_often(
    site: Site, archive: Path | str, settings: dict[str, int], random: Random
) -> dict[str, int]:
    """Crawl and kill, KILLS times; return how the runs before the last one ended."""
    ends = {"killed": 0, "ended before": 0}
    for _ in range(KILLS):
        process = started(site.home, archive, settings)
        wait_for_moment(process, site, random)
        if process.poll() is None:
            kill_some(process, random)
            ends["killed"] += 1
        else:
            ends["ended before"] += 1
            assert process.returncode == 0
    return ends


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("settings", [ONE, SEVERAL], ids=["one process", "several"])
def test_after_any_kills_the_archive_is_that_of_a_quiet_crawl(
    site: Site, archive: Path | str, quiet: dict[str, Any], settings: dict[str, int]
) -> None:
    random = Random(f"{SEED} {settings is ONE} {isinstance(archive, Path)}")
    ends = killed_often(site, archive, settings, random)
    print(ends)
    last = crawl(site.home, archive, settings=settings)
    assert last.exit_status == 0, last.output
    assert content(archive) == quiet
    assert documents(archive, "leases") == []
    assert documents(archive, "checkpoints") == []
    verdicts = {run["verdict"] for run in documents(archive, "runs")}
    assert verdicts <= {"killed", "complete"}


@pytest.mark.timeout(3600)
def test_after_kills_of_updates_the_archive_is_that_of_a_quiet_update(
    site: Site, tmp_path: Path
) -> None:
    archive, quiet_archive = tmp_path / "archive.db", tmp_path / "quiet.db"
    assert crawl(site.home, archive, settings=ONE).exit_status == 0
    shutil.copy(archive, quiet_archive)
    random = Random(SEED)
    editors_work(site, random)
    quiet_run = crawl(site.home, quiet_archive, settings=ONE, mode="auto")
    assert (quiet_run.exit_status, quiet_run.report["mode"]) == (0, "update"), quiet_run.output
    for _ in range(KILLS):
        process = started(site.home, archive, ONE, mode="auto")
        wait_for_moment(process, site, random, int(quiet_run.report["requests"]))
        if process.poll() is None:
            kill_some(process, random)
    last = crawl(site.home, archive, settings=ONE, mode="auto")
    assert (last.exit_status, last.report["mode"]) == (0, "update"), last.output
    assert content(archive) == content(quiet_archive)


def editors_work(site: Site, random: Random) -> None:
    """Edit, delete, withdraw and publish posts, and rename a tag."""
    posts = site["posts"]
    ids = random.sample(sorted(posts.rows), 90)
    for id_ in ids[:60]:
        record = json.loads(posts.rows[id_].body)
        posts.put(record | {"modified": "2030-01-01T10:00:00", "title": {"rendered": "Edited"}})
    for id_ in ids[60:70]:
        posts.delete(id_)
    for id_ in ids[70:75]:
        posts.withdraw(id_)
    for id_ in ids[75:]:
        record = json.loads(posts.rows[id_].body)
        posts.put(record | {"id": id_ + 1_000_000, "slug": f"new-{id_}", "link": f"/new-{id_}/"})
    tag = min(site["tags"].rows)
    site["tags"].put(json.loads(site["tags"].rows[tag].body) | {"name": "Another name"})


@pytest.mark.timeout(3600)
def test_after_kills_the_archive_of_a_real_wordpress_is_that_of_a_quiet_crawl(
    wordpress: WordPress, tmp_path: Path
) -> None:
    quiet_archive = tmp_path / "quiet.db"
    archive = tmp_path / "archive.db"
    begun = time.monotonic()
    run = crawl(wordpress.url, quiet_archive, settings=SEVERAL, comments=1)
    took_s = time.monotonic() - begun
    assert run.exit_status == 0, run.output
    random = Random(SEED)
    for _ in range(KILLS):
        process = started(wordpress.url, archive, SEVERAL, comments=1)
        time.sleep(random.uniform(0.2, 0.7) * took_s)
        kill_some(process, random)
    last = crawl(wordpress.url, archive, settings=SEVERAL, comments=1)
    assert last.exit_status == 0, last.output
    assert content(archive) == content(quiet_archive)
    assert documents(archive, "checkpoints") == []


def test_ctrl_c_twice_ends_a_crawl_whose_helper_processes_were_stopped(
    site: Site, tmp_path: Path
) -> None:
    site.switch(slow=0.2)
    process = started(site.home, tmp_path / "archive.db", SEVERAL)
    until = time.monotonic() + 60
    while len(site.requests) < 25 and time.monotonic() < until:
        time.sleep(0.02)
    helpers = children(process.pid)
    assert len(helpers) == 2
    for pid in helpers:
        os.kill(pid, signal.SIGSTOP)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    # The first one may have been enough: it has woken the helper processes.
    assert process.wait(timeout=30) in (130, -signal.SIGINT)
    wait_for_end(helpers)


@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
def test_hundreds_of_stops_of_each_process_cost_nothing(
    site: Site, quiet: dict[str, Any], tmp_path: Path, monkeypatch: Any, unbuffered: str
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    archive = tmp_path / "archive.db"
    site.switch(slow=0.15)
    random = Random(SEED)
    process = started(site.home, archive, SEVERAL | {"ARCHIVE_LEASE_S": 60})
    stops = 0
    until = time.monotonic() + 240
    while process.poll() is None:
        assert time.monotonic() < until, "the crawl hangs"
        for pid in (process.pid, *children(process.pid)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
                time.sleep(random.uniform(0, 0.004))
                os.kill(pid, signal.SIGCONT)
                stops += 1
        time.sleep(0.002)
    assert process.returncode == 0
    assert stops > 300
    assert content(archive) == quiet
