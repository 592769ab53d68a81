"""What the shell offers when somebody presses the tabulator key."""

import os
import subprocess
import sys

import pytest

from tests.archives import sample_file

__all__ = ["sample_file"]


def offered(address, shell, *words):
    """Return what a shell is offered for the last of some words."""
    code = "from wparchive.commands import cli; cli(prog_name='wparchive')"
    environment = {
        **os.environ,
        "_WPARCHIVE_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": " ".join(["wparchive", *words]),
        "COMP_CWORD": str(len(words)) if shell != "fish" else words[-1],
        "ARCHIVE_URI": address,
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True
    )
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_sites_types_and_tags_are_offered(sample_file, shell):
    assert "example.com/blog" in offered(sample_file, shell, "stats", "--site", "exa")
    assert "Clean Energy" in offered(sample_file, shell, "search", "--tag", "cle")
    assert "page" in offered(sample_file, shell, "export", "--type", "pa")


@pytest.mark.parametrize(
    "words",
    [
        *(("runs",), ("history",), ("failures",), ("verify",), ("health",)),
        *(("export", "-o", "-"), ("boilerplate", "list"), ("reclean",), ("duplicates", "list")),
    ],
)
def test_sites_are_offered_wherever_they_are_chosen(sample_file, words):
    assert "example.com/blog" in offered(sample_file, "bash", *words, "--site", "exa")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_sites_to_copy_are_those_of_the_archive_that_is_read(sample_file, shell):
    words = ("copy", sample_file, "to.db", "--site", "exa")
    assert "example.com/blog" in offered("sqlite:////nowhere.db", shell, *words)


def test_what_is_chosen_hides_nothing_else(sample_file):
    both = ("runs", "--site", "other.org", "--site", "exa")
    assert "example.com/blog" in offered(sample_file, "bash", *both)
    assert "page" in offered(sample_file, "bash", "failures", "--type", "pa")


def test_tags_are_those_of_the_site(sample_file):
    words = ("stats", "--site", "other.org", "--tag", "c")
    assert "Clean" not in offered(sample_file, "bash", *words)
    assert offered("sqlite:////nowhere.db", "bash", "stats", "--tag", "c").strip() == ""
