"""What `wparchive` says to a user whom something surprises: what is so, and what to do next."""

import os
import pty
import subprocess
import sys

import pytest

from tests.archives import filled, new_file, sample_file

__all__ = ["sample_file"]


@pytest.fixture
def told(sample_file, tmp_path):
    """Runs the command on the sample archive; returns what it says, with the status it expects."""

    def run(*arguments, status=0, archive=sample_file, **environment):
        done = subprocess.run(
            [sys.executable, "-m", "wparchive", *arguments],
            capture_output=True,
            text=True,
            env={**os.environ, "ARCHIVE_URI": archive, "COLUMNS": "100", **environment},
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == status, done.stderr
        return done

    return run


@pytest.mark.parametrize("group", ["year", "month"])
def test_a_series_is_not_buried_in_periods_without_posts(told, group):
    lines = told("stats", "--by", f"tag,{group}").stdout.splitlines()
    empty = [line.split()[1] == "0" for line in lines if line.startswith("  ")]
    assert not any(all(empty[at : at + 3]) for at in range(len(empty) - 2))
    for before, line, after in zip(lines, lines[1:], [*lines[2:], "end"], strict=False):
        if line.split()[1:2] == ["0"]:
            assert before.startswith("  "), "a series begins with something"
            assert after.startswith("  "), "and ends with something"
    turned = told("stats", "--by", f"{group},tag").stdout
    assert "\n\n" not in turned.strip()


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["search", "heat", "--since", "2025", "--until", "2020"], 2, "2025 begins when 2020 is"),
        (["stats", "--since", "1d", "--until", "30d"], 2, "since is the earlier of the two"),
        (["history", "--since", "2025", "--until", "2020"], 2, "since is the earlier of the two"),
        (
            ["show", "example.com/blog/post/99"],
            1,
            "holds no post with the id 99 of example.com/blog",
        ),
        (["show", "nosite.example/post/99"], 1, "nothing is named"),
        (["show", "example.com/blog/category/9", "--format", "markdown"], 2, "leave out --format"),
    ],
)
def test_what_cannot_be_answered_says_what_to_do(told, arguments, status, said):
    done = told(*arguments, status=status)
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["sites"],
        ["verify"],
        ["health"],
        ["history", "example.com/blog/post/1"],
        ["duplicates", "show", "example.com/blog/post/1"],
        ["search", "heat", "--since", "2025-13"],
        ["show", "nothing"],
        ["stats", "--by", "yeer"],
        ["duplicates", "list", "--kind", "canonical"],
    ],
)
def test_a_terminal_breaks_lines_at_words(sample_file, arguments):
    ours, terminal = pty.openpty()
    with os.fdopen(ours, "rb", buffering=0) as screen:
        subprocess.run(
            [sys.executable, "-m", "wparchive", *arguments],
            env={**os.environ, "ARCHIVE_URI": sample_file, "COLUMNS": "50", "NO_COLOR": "1"},
            stdout=terminal,
            stderr=terminal,
        )
        os.close(terminal)
        lines = screen.read(1 << 20).decode().splitlines()
    assert lines
    # What has no blank cannot be broken: an address, a hash.
    assert [line for line in lines if len(line) > 50 > 10 + max(map(len, line.split()))] == []


@pytest.mark.parametrize(
    "command",
    [
        *(
            "sites",
            "health",
            "verify",
            "search heat",
            "stats",
            "stats --by tag",
            "history --since 1d",
        ),
        *("duplicates list", "boilerplate list", "export -o new.csv", "export -o new.zip"),
        "export -o new --format markdown",
    ],
)
def test_an_archive_without_a_site_says_how_to_crawl_one(told, tmp_path, command):
    async def nothing(store):
        """Save nothing."""

    empty = filled(new_file(tmp_path), nothing)
    done = told(*command.split(), archive=empty, status=1)
    assert "holds no site yet: scrapy crawl wordpress -a site=https://example.com" in done.stderr
    assert not list(tmp_path.glob("new*"))
