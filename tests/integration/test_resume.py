"""A run that was cut off: the next one goes on where it stopped, and the archive ends the same."""

import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from demo.api import Site
from demo.responses import Request
from tests.integration.crawling import Crawl, crawl, documents
from tests.integration.test_interrupt import _without_life, started
from tests.servers.recorded_site import made_site, post, serve, term

PER_PAGE = 20
SLOW = {"CRAWL_PER_PAGE": PER_PAGE}
POSTS = 600


def bodies(requests: list[Request]) -> int:
    """Requests for lists of whole posts."""
    lists = [r.target for r in requests if "/wp/v2/posts?" in r.target]
    return sum("_fields" not in target for target in lists)


def cut_off(site: Site, archive: Path, posts: int, number: int = signal.SIGKILL) -> int:
    """Crawl until so many posts are held, end the crawl, and return how many are held then."""
    # Slow enough that a busy machine, too, sees the posts come and ends the crawl before its end.
    site.switch(slow=0.2)
    process = started(site.home, archive, posts, SLOW)
    os.killpg(process.pid, number)
    process.communicate(timeout=180)
    site.switch()
    site.requests.clear()
    return len(documents(archive, "posts"))


def content(archive: Path) -> list[dict]:
    """What is held of the posts, but for times and the port of the site."""
    return [
        {name: value for name, value in row.items() if name not in ("_id", "site")}
        for row in sorted(_without_life(archive), key=lambda row: row["id"])
    ]


def resumed(site: Site, archive: Path, **options: object) -> Crawl:
    run = crawl(site.home, archive, settings=SLOW | options)
    assert run.exit_status == 0, run.output
    return run


@pytest.fixture
def site():
    made = made_site(posts=POSTS)
    with serve(made):
        yield made


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    """The archive after a crawl that nothing disturbed."""
    archive = tmp_path_factory.mktemp("quiet") / "archive.db"
    with serve(made_site(posts=POSTS)) as made:
        resumed(made, archive)
    return content(archive)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_the_next_run_goes_on_where_it_stopped(site, quiet, tmp_path: Path, number: int):
    archive = tmp_path / "archive.db"
    held = cut_off(site, archive, 200, number)
    run = resumed(site, archive)
    rest = POSTS - held
    # At most one window was read twice, and one overlaps with the next.
    assert bodies(site.requests) <= rest // (PER_PAGE - 1) + 2
    assert run.type("post")["new"] == rest
    assert run.type("post")["unchanged"] == held
    assert run.type("post")["proof"] == "proved"
    first, _ = documents(archive, "runs")
    assert run.report["resumed_from"] == first["_id"]
    assert f"went on from {first['_id']}, which was not complete" in run.output
    assert content(archive) == quiet
    assert documents(archive, "checkpoints") == []
    assert documents(archive, "leases") == []


def test_what_happened_in_the_meantime_is_seen(site, tmp_path: Path):
    archive = tmp_path / "archive.db"
    site["posts"].delete(30)  # it is published later, as a draft would be
    cut_off(site, archive, 300)
    site["posts"].put(post(30, tags=[1001], categories=[501]))
    site["posts"].put(post(31, modified="2026-05-01T00:00:00", modified_gmt="2026-05-01T00:00:00"))
    site["posts"].delete(40)
    site["posts"].withdraw(50)
    site["posts"].put(post(700))
    run = resumed(site, archive)
    counts = run.type("post")
    assert (counts["deleted"], counts["withdrawn"]) == (1, 1)
    held = {row["id"]: row for row in documents(archive, "posts")}
    live = {id_ for id_, row in held.items() if row["state"] == "live"}
    assert live == set(site["posts"].rows)
    assert held[31]["tags"] == []
    assert (held[40]["state"], held[50]["state"]) == ("deleted", "withdrawn")


def test_a_tag_that_was_renamed_meanwhile_has_its_new_name_everywhere(site, tmp_path: Path):
    archive = tmp_path / "archive.db"
    cut_off(site, archive, 300)
    site["tags"].put(term(1001, name="Renamed"))
    run = resumed(site, archive)
    assert "names of terms or authors changed" in run.output
    names = {ref["name"] for row in documents(archive, "posts") for ref in row["tags"]}
    assert "Renamed" in names
    assert "Term 1001" not in names


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"CRAWL_RESUME_WITHIN_S": 0}, "the run that was not complete began"),
        ({"types": "post,tags,categories,users"}, "had another types"),
    ],
    ids=["too old", "other arguments"],
)
def test_a_checkpoint_of_something_else_is_not_used(site, tmp_path: Path, options, words):
    archive = tmp_path / "archive.db"
    held = cut_off(site, archive, 200)
    arguments = {name: value for name, value in options.items() if name.islower()}
    settings = {name: value for name, value in options.items() if name.isupper()}
    run = crawl(site.home, archive, settings=SLOW | settings, **arguments)
    assert run.exit_status == 0, run.output
    assert words in run.output
    assert run.report["resumed_from"] is None
    assert bodies(site.requests) >= POSTS // PER_PAGE
    assert run.type("post")["unchanged"] == held


def test_marks_of_copies_that_were_lost_with_a_kill_are_made_again(site, tmp_path: Path):
    archive = tmp_path / "archive.db"
    words = " ".join(f"word{n} and its neighbour{n % 17}" for n in range(120))
    copies = {"content": {"rendered": f"<p>{words}</p>", "protected": False}}
    for id_ in (20, 120):
        site["posts"].put(post(id_, **copies))
    cut_off(site, archive, 300)
    with closing(sqlite3.connect(archive)) as connection, connection:
        connection.execute("UPDATE posts SET duplicate = NULL")
        connection.execute("UPDATE posts SET duplicate_of = NULL, duplicate_kind = NULL")
    resumed(site, archive)
    marks = {row["id"]: row["duplicate_kind"] for row in documents(archive, "posts")}
    assert (marks[20], marks[120]) == (None, "exact")


def test_a_site_that_went_away_in_the_middle_is_gone_on_from(site, quiet, tmp_path: Path):
    archive = tmp_path / "archive.db"
    site.switch(limit_every=25, retry_after=600)
    first = crawl(site.home, archive, settings=SLOW | {"CRAWL_RETRY_AFTER_MAX_S": 1})
    assert first.exit_status == 3, first.output
    held = len(documents(archive, "posts"))
    assert 0 < held < POSTS
    site.switch()
    site.requests.clear()
    run = resumed(site, archive)
    assert run.report["resumed_from"] == first.report["_id"]
    assert f"went on from {first.report['_id']}, which was not complete" in run.output
    assert "cut off" not in run.output
    assert bodies(site.requests) <= (POSTS - held) // (PER_PAGE - 1) + 2
    assert content(archive) == quiet


def test_a_run_that_goes_on_is_cut_off_too(site, quiet, tmp_path: Path):
    archive = tmp_path / "archive.db"
    first = cut_off(site, archive, 200)
    second = cut_off(site, archive, min(first + 100, POSTS - 50))
    resumed(site, archive)
    assert bodies(site.requests) <= (POSTS - second) // (PER_PAGE - 1) + 2
    assert content(archive) == quiet
    verdicts = [run["verdict"] for run in documents(archive, "runs")]
    assert verdicts == ["killed", "killed", "complete"]
