"""What a site repeats is learned by a crawl, and shown, kept and dropped by commands."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from demo.api import Site
from tests.integration.crawling import ROOT, Crawl, crawl, documents, uri
from tests.servers.recorded_site import made_site, post, serve

# No rule of the cleaner takes it: only a site's memory can.
NOTICE = "The reading room beside the harbour is open every morning but Sunday."
WORDS = ["amber", "birch", "cedar", "drift", "ember", "fjord", "grove", "heron", "islet", "jetty"]


@pytest.fixture
def site() -> Iterator[Site]:
    """A site whose posts have a box with a notice, which recurs in 40 of 50 posts."""
    with serve(made_site(posts=50)) as site:
        for number in range(1, 51):
            site["posts"].put(written(number, with_box=number <= 40))
        yield site


def own(number: int) -> str:
    words = f"{WORDS[number % 10]} and the {WORDS[number // 10]}"
    return f"Nobody but the keeper has seen the {words} in this light."


def written(number: int, with_box: bool = True) -> dict[str, Any]:
    html = f"<p>{own(number)}</p>\n"
    if with_box:
        html += f'<div class="wp-block-group"><p><strong>{NOTICE}</strong></p></div>\n'
    return post(number, content={"rendered": html, "protected": False})


def run(site: Site, archive: Path | str, **settings: Any) -> Crawl:
    done = crawl(site.home, archive, settings=settings)
    assert done.exit_status == 0, done.output
    return done


def texts(archive: Path | str) -> dict[int, str]:
    return {document["id"]: document["text"] for document in documents(archive, "posts")}


def boilerplate(*arguments: str, archive: Path | str) -> Any:
    line = [sys.executable, "-m", "wparchive", "boilerplate", *arguments, "--json"]
    line += ["--archive", uri(archive)]
    done = subprocess.run(line, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    if arguments[0] == "list":
        return [json.loads(line) for line in done.stdout.splitlines()]
    return json.loads(done.stdout)


def test_a_crawl_learns_and_commands_overrule(site, archive):
    done = run(site, archive)
    assert done.report["boilerplate"] == {"removed": 1, "posts": 40, "finished": True}
    assert "1 block recurs and is left out of texts, 40 posts changed" in done.output
    assert texts(archive) == {number: own(number) for number in range(1, 51)}
    key = site.home.removeprefix("http://")
    (block,) = boilerplate("list", "--site", key, archive=archive)
    assert (block["n"], block["text"], block["posts"], block["removed"]) == (1, NOTICE, 40, True)

    # A post that is new loses the box at once, and nothing is an edit.
    site["posts"].put(written(60))
    done = run(site, archive)
    counts = done.type("post")
    assert (counts["new"], counts["changed"], counts["unchanged"]) == (1, 0, 50)
    assert done.report["boilerplate"] == {"removed": 1, "posts": 0, "finished": True}
    assert texts(archive)[60] == own(60)

    said = boilerplate("keep", "1", "--site", key, archive=archive)
    assert said["posts"] == 41
    assert texts(archive)[60] == f"{own(60)}\n\n{NOTICE}"
    counts = run(site, archive).type("post")
    assert (counts["changed"], counts["refreshed"], counts["unchanged"]) == (0, 0, 51)
    assert texts(archive)[60] == f"{own(60)}\n\n{NOTICE}"

    said = boilerplate("drop", block["hash"][:8], "--site", key, archive=archive)
    assert said["posts"] == 41
    assert texts(archive)[60] == own(60)
    assert documents(archive, "revisions") == []


def test_helper_processes_learn_as_well(site, archive):
    done = run(site, archive, CLEAN_PROCESSES=1, ARCHIVE_PROCESS=1)
    assert done.report["boilerplate"]["removed"] == 1
    assert texts(archive) == {number: own(number) for number in range(1, 51)}
    site["posts"].put(written(60))
    done = run(site, archive, CLEAN_PROCESSES=1, ARCHIVE_PROCESS=1)
    assert done.type("post")["unchanged"] == 50
    assert texts(archive)[60] == own(60)


def test_reclean_learns_what_a_crawl_left(site, archive):
    done = run(site, archive, ARCHIVE_SITE_MEMORY=0)
    assert done.report["boilerplate"] is None
    assert texts(archive)[1] == f"{own(1)}\n\n{NOTICE}"
    line = [sys.executable, "-m", "wparchive", "reclean", "--all", "--again", "--json"]
    done_again = subprocess.run(
        [*line, "--archive", uri(archive)], capture_output=True, text=True, cwd=ROOT
    )
    assert done_again.returncode == 0, done_again.stderr
    assert list(json.loads(done_again.stdout)["boilerplate"].values()) == [40]
    assert texts(archive) == {number: own(number) for number in range(1, 51)}
    assert run(site, archive).type("post")["unchanged"] == 50


def test_an_update_run_learns_from_the_few_posts_that_it_reads(site, archive):
    for number in range(1, 51):
        site["posts"].put(written(number, with_box=number <= 3))
    assert run(site, archive).report["boilerplate"]["removed"] == 0
    site["posts"].put(written(60))
    done = crawl(site.home, archive, settings={}, mode="update")
    assert done.exit_status == 0, done.output
    assert done.report["boilerplate"] == {"removed": 1, "posts": 4, "finished": True}
    assert [text for text in texts(archive).values() if NOTICE in text] == []
    assert documents(archive, "revisions") == []
