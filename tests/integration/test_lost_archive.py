"""An archive that is taken away in mid-crawl: no run vouches for what is not there."""

import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pymongo import MongoClient

from tests.contract.conftest import new_database, on_servers
from tests.integration.crawling import ROOT, command, documents, environment
from tests.servers.recorded_site import made_site, serve

SETTINGS = {"CRAWL_PER_PAGE": 20, "ARCHIVE_PATIENCE_S": 1}


def crawled(archive: Path | str, harm: Callable[[], None]) -> tuple[int, str]:
    """Crawl 400 posts, and do the harm when some are there; return exit status and output."""
    with serve(made_site(posts=400)) as site:
        site.switch(slow=0.05)
        process = subprocess.Popen(
            command(site.home, archive, settings=SETTINGS),
            cwd=ROOT,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        while process.poll() is None and not _has_posts(archive):
            time.sleep(0.02)
        harm()
        output, _ = process.communicate(timeout=120)
    return process.returncode, output


def _has_posts(archive: Path | str) -> bool:
    try:
        return len(documents(archive, "posts")) >= 50
    except Exception:  # the schema is being made
        return False


def test_a_file_that_was_removed(tmp_path: Path):
    archive = tmp_path / "archive.db"
    status, output = crawled(archive, archive.unlink)
    assert status == 5, output
    assert "removed, moved or replaced" in output
    assert "Traceback" not in output


def _older_copy(archive: Path) -> None:
    copy = archive.with_suffix(".old")
    shutil.copy(archive, copy)
    for suffix in ("-wal", "-shm"):
        Path(f"{archive}{suffix}").unlink(missing_ok=True)
    copy.replace(archive)


def _cut(archive: Path) -> None:
    _all_in_one_file(archive)
    os.truncate(archive, 8192)


def _overwritten(archive: Path) -> None:
    _all_in_one_file(archive)
    with archive.open("r+b") as file:
        file.write(os.urandom(200_000))


def _all_in_one_file(archive: Path) -> None:
    """Have SQLite write its log into the file: it would mend the file by it."""
    with closing(sqlite3.connect(archive, timeout=5)) as connection:
        connection.execute("PRAGMA wal_checkpoint(passive)")


@pytest.mark.parametrize("harm", [_older_copy, _cut, _overwritten])
def test_a_file_that_is_another_one_or_damaged(
    tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    archive = tmp_path / "archive.db"
    status, output = crawled(archive, lambda: harm(archive))
    assert status == 5, output
    assert "Traceback" not in output


@pytest.fixture(params=on_servers())
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database on each server."""
    with new_database(request) as address:
        yield address


def test_a_database_that_was_dropped(database: str):
    def drop() -> None:
        with MongoClient(database) as client:
            client.drop_database(client.get_default_database("wparchive").name)

    status, output = crawled(database, drop)
    assert status in (3, 5, 6), output
    assert "Traceback" not in output
