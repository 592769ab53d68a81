"""The examples run as they stand, on sites of the sample server."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from examples.own_stage import LONG_POST_WORDS
from tests.integration.crawling import crawl
from tests.servers.recorded_site import recorded_site
from wparchive import open_archive

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Crawl the sample site once; return the address of its archive."""
    path = tmp_path_factory.mktemp("examples") / "archive.db"
    with recorded_site("sample") as site:
        assert crawl(site.home, path).exit_status == 0
    return f"sqlite:///{path}"


def run(*command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=200
    )


def test_find_posts(archive: str) -> None:
    found = run(sys.executable, str(EXAMPLES / "find_posts.py"), archive, "drama")
    assert found.returncode == 0, found.stderr
    assert "2025-07-15  Can Head Over Heels" in found.stdout
    assert run(sys.executable, str(EXAMPLES / "find_posts.py"), archive, "zyxwv").returncode == 1
    missing = run(sys.executable, str(EXAMPLES / "find_posts.py"), "nothing-here.db", "drama")
    assert missing.returncode == 1
    assert missing.stderr.startswith("find_posts: no archive at")


def test_own_stage(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path / 'archive.db'}"
    scrapy = (sys.executable, "-m", "scrapy", "crawl", "wordpress", "-s", "DOWNLOAD_DELAY=0")
    with recorded_site("yankay.com") as site:
        crawled = run(
            *scrapy,
            *("-a", f"site={site.home}"),
            ARCHIVE_URI=uri,
            PYTHONPATH=".",
            SCRAPY_SETTINGS_MODULE="examples.own_stage",
        )
    assert crawled.returncode == 0, crawled.stderr
    assert (EXAMPLES / "own_stage.py").exists()
    with open_archive(uri) as archive:
        posts = list(archive.posts(type="post"))
    for post in posts:
        assert ("long" in post["flags"]) == (post["word_count"] >= LONG_POST_WORDS)
    assert {"long" in post["flags"] for post in posts} == {True, False}


def test_every_example_is_listed_and_tried() -> None:
    listed = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    tried = Path(__file__).read_text(encoding="utf-8")
    files = [path.name for path in EXAMPLES.iterdir() if path.suffix in (".py", ".sh")]
    files.remove("__init__.py")
    assert files
    for name in files:
        assert f"`{name}`" in listed
        assert f'"{name}"' in tried
