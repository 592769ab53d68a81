"""`wparchive duplicates` as a user runs it."""

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest

from tests.integration.test_duplicates import AT, FAMILY, STORY, Crawled, edited, post, prose

STORIES = [
    *FAMILY[:6],
    post(10, prose(10), days=10, title="Second story"),
    post(
        11,
        edited(prose(10), 0.03),
        site="other.example",
        published_at=AT - timedelta(days=9, hours=20),
    ),
]


class Shell:
    """The console script on an archive."""

    def __init__(self, uri: str, home: Path) -> None:
        self.uri = uri
        self.home = home

    def __call__(self, *arguments: str, status: int = 0) -> str:
        """Return what it prints; standard error must be empty where status 0 is expected."""
        command = [sys.executable, "-c", "from wparchive.commands import main; main()", *arguments]
        environment = {
            "ARCHIVE_URI": self.uri,
            "HOME": str(self.home),
            "PATH": "",
            "COLUMNS": "160",
        }
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            env=environment,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        assert done.returncode == status, done.stderr
        self.error = done.stderr
        return done.stdout


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    uri = f"sqlite:///{tmp_path}/archive.db"
    Crawled(uri).save(STORIES)
    return Shell(uri, tmp_path)


@pytest.fixture
def settled(shell: Shell) -> Shell:
    shell("duplicates", "find")
    return shell


def test_find_says_what_it_found(shell: Shell) -> None:
    assert shell("duplicates", "list", status=1) == ""
    assert "duplicates find" in shell.error
    found = json.loads(shell("duplicates", "find", "--json"))
    assert found["relations"] == {"exact": 1, "near": 2, "contained": 2}
    assert "clusters: 2, marks changed: 0" in shell("duplicates", "find")


def test_find_of_an_unknown_site_says_so(shell: Shell) -> None:
    shell("duplicates", "find", "--site", "nowhere.example", status=1)
    assert "no live post is selected" in shell.error


def test_list_shows_groups_and_flows(settled: Shell) -> None:
    lines = settled("duplicates", "list").splitlines()
    assert [line.split()[:3] for line in lines[1:]] == [
        ["2", "2", FAMILY[0]["_id"]],
        ["1", "2", STORIES[6]["_id"]],
    ]
    across = settled("duplicates", "list", "--across-sites")
    assert across.splitlines()[-1].split()[:3] == [
        "example.com/blog",
        "other.example",
        "2",
    ]
    assert across.splitlines()[-1].split()[-2:] == ["1", "d"]
    shared, share = across.splitlines()[-1].split()[3:5]
    assert int(shared) > 100
    assert 50 < int(share.removesuffix("%")) <= 100
    rows = [
        json.loads(line)
        for line in settled("duplicates", "list", "--json", "--kind", "near").splitlines()
    ]
    assert {(row["of"], row["reason"]) for row in rows} == {
        (FAMILY[0]["_id"], "earliest"),
        (STORIES[6]["_id"], "earliest"),
    }


def test_list_of_one_site(settled: Shell) -> None:
    rows = [
        json.loads(line)
        for line in settled(
            "duplicates", "list", "--json", "--site", "https://other.example/"
        ).splitlines()
    ]
    assert {row["site"] for row in rows} == {"other.example"}
    settled("duplicates", "list", "--kind", "canonical", status=1)
    assert "no copy of this choice is marked" in settled.error


@pytest.mark.parametrize("named", [STORIES[6]["_id"], STORIES[7]["_id"], STORIES[7]["link"]])
def test_show_puts_members_side_by_side_with_what_changed(settled: Shell, named: str) -> None:
    shown = settled("duplicates", "show", named)
    lines = shown.splitlines()
    assert lines[1].startswith("*")
    assert lines[1].endswith(STORIES[6]["_id"])
    assert "original (earliest)" in lines[1]
    assert "4 h" in lines[2]
    assert lines[2].endswith(STORIES[7]["_id"])
    assert "[-" in shown
    assert "{+" in shown
    changes = json.loads(settled("duplicates", "show", named, "--full", "--json"))["copies"][0][
        "changes"
    ]
    assert "".join(text for what, text in changes if what in "=-") == STORIES[6]["text"]
    assert "".join(text for what, text in changes if what in "=+") == STORIES[7]["text"]


def test_show_of_a_post_without_copies(settled: Shell) -> None:
    settled("duplicates", "show", FAMILY[5]["_id"], status=1)
    assert "is no copy" in settled.error
    settled("duplicates", "show", "nowhere.example/post/1", status=1)


def test_stats(settled: Shell) -> None:
    counted = json.loads(settled("duplicates", "stats", "--json"))
    assert counted == {
        "kinds": {"exact": 1, "near": 2, "contained": 2},
        "sites": {"other.example": [2, 2], "example.com/blog": [1, 0]},
    }
    assert "from other sites" in settled("duplicates", "stats")


def test_export(settled: Shell, tmp_path: Path) -> None:
    told = json.loads(settled("duplicates", "export", "-o", str(tmp_path / "copies.csv"), "--json"))
    assert told == {"output": str(tmp_path / "copies.csv"), "copies": 5}
    with (tmp_path / "copies.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 5
    assert {row["direction"] for row in rows if row["kind"] == "contained"} == {
        "excerpt",
        "extended",
    }
    assert len(settled("duplicates", "export", "-o", "-", "--kind", "near").splitlines()) == 2
    settled("duplicates", "export", "-o", "copies.xls", status=2)


def test_unique_leaves_copies_out(settled: Shell) -> None:
    assert json.loads(settled("stats", "--json"))["posts"] == 8
    assert json.loads(settled("stats", "--json", "--unique"))["posts"] == 5


def test_prune_asks_and_can_be_undone(settled: Shell) -> None:
    assert "3 posts would be moved out" in settled("duplicates", "prune", "--dry-run")
    settled("duplicates", "prune", status=2)
    assert "--yes" in settled.error
    assert json.loads(settled("stats", "--json"))["posts"] == 8
    assert "3 posts moved out" in settled("duplicates", "prune", "--yes")
    assert "prune --undo` brings them back" in settled.error
    assert json.loads(settled("stats", "--json"))["posts"] == 5
    assert (
        settled("search", STORY.split()[0] + " " + STORY.split()[1], "--json").count(
            FAMILY[1]["_id"]
        )
        == 0
    )
    settled("duplicates", "prune", "--undo", "--yes", "--kind", "near", status=2)
    say_where_it_is(settled)
    assert "3 posts brought back" in settled("duplicates", "prune", "--undo", "--yes")
    assert json.loads(settled("stats", "--json"))["posts"] == 8


def say_where_it_is(shell: Shell) -> None:
    """Check what is said of a copy that was moved out, however it is named."""
    moved = FAMILY[1]
    for command in (["show"], ["history"], ["duplicates", "show"]):
        for name in (moved["_id"], moved["link"]):
            shell(*command, name, status=1)
            assert f"{moved['_id']} was moved out of" in shell.error
            assert f"as a copy (exact) of {FAMILY[0]['_id']}" in shell.error
            assert "`wparchive duplicates prune --undo` brings back" in shell.error
    shell("duplicates", "list", status=1)
    assert "3 copies moved out by `wparchive duplicates prune`" in shell.error


def test_what_a_crawl_only_suspects_is_not_pruned(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/archive.db"
    Crawled(uri).crawl(STORIES)
    shell = Shell(uri, tmp_path)
    assert "0 posts would be moved out" in shell("duplicates", "prune", "--dry-run")
    assert "`wparchive duplicates find` has decided on" in shell.error


def test_an_archive_that_may_only_be_read_is_looked_at_and_not_settled(
    settled: Shell, tmp_path: Path
) -> None:
    as_another = (
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    )  # root may write anywhere
    if as_another and (
        not shutil.which("setpriv")
        or subprocess.run(
            [*as_another, sys.executable, "-c", "import wparchive"], cwd="/"
        ).returncode
    ):
        pytest.skip("run as root, and no other user can run the project here")
    public = Path(tempfile.mkdtemp(prefix="wparchive-read-only-", dir="/tmp"))
    try:
        archive = shutil.copy(tmp_path / "archive.db", public)
        Path(archive).chmod(0o444)
        public.chmod(0o555)

        def run(*arguments: str) -> subprocess.CompletedProcess[str]:
            command = [
                *as_another,
                sys.executable,
                "-c",
                "from wparchive.commands import main; main()",
                "--archive",
                archive,
                *arguments,
            ]
            return subprocess.run(
                command,
                capture_output=True,
                text=True,
                cwd="/",
                env={**os.environ, "HOME": "/nowhere"},
                check=False,
            )

        assert run("duplicates", "list").stdout == settled("duplicates", "list")
        for arguments in (["find", "--work", "/nowhere"], ["prune", "--yes"]):
            done = run("duplicates", *arguments)
            assert (done.returncode, "may not be written to" in done.stderr) == (3, True), (
                done.stderr
            )
    finally:
        public.chmod(0o755)
        shutil.rmtree(public)


def test_no_archive(tmp_path: Path) -> None:
    Shell(f"sqlite:///{tmp_path}/none.db", tmp_path)("duplicates", "find", status=3)
    assert not (tmp_path / "none.db").exists()
