"""The examples run as they stand, on sites of the sample server."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.crawling import crawl
from tests.servers.recorded_site import recorded_site

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


def test_nightly_says_nothing_when_all_is_well_and_names_the_site_that_is_not(
    tmp_path: Path,
) -> None:
    sites, reports = tmp_path / "sites", tmp_path / "reports"
    uri = f"sqlite:///{tmp_path / 'archive.db'}"
    command = ["sh", str(EXAMPLES / "nightly.sh"), str(sites), str(reports)]
    with recorded_site("seed") as site:
        sites.write_text(f"# our sites\n\n{site.home}\n")
        well = run(*command, "-s", "DOWNLOAD_DELAY=0", ARCHIVE_URI=uri)
        assert (well.returncode, well.stdout) == (0, ""), well.stderr
        assert len(list(reports.glob("*.json"))) == 1
        sites.write_text(f"{site.home}\nhttp://no-such-host.invalid/\n")
        ill = run(*command, "-s", "DOWNLOAD_DELAY=0", ARCHIVE_URI=uri)
    assert ill.returncode == 4
    assert ill.stdout.startswith("http://no-such-host.invalid/: exit status 4\n")


def test_every_example_is_listed_and_tried() -> None:
    listed = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    tried = Path(__file__).read_text(encoding="utf-8")
    files = [path.name for path in EXAMPLES.iterdir() if path.suffix in (".py", ".sh")]
    assert files
    for name in files:
        assert f"`{name}`" in listed
        assert f'"{name}"' in tried
