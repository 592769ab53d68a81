"""An archive that is taken away in mid-crawl: no run vouches for what is not there."""

import subprocess
import time
from collections.abc import Callable, Iterator
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
