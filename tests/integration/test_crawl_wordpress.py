"""Crawls of a real WordPress archive every public object of its manifest, and none that is hidden.

A second run changes nothing.
"""

import copy
from pathlib import Path

import pytest

from crawler.walk.by_id.hidden import SAMPLES_MAX
from tests.integration.crawling import crawl, documents
from tests.integration.truth import BASES, differences
from wparchive import open_archive

SITES = [
    pytest.param(("5.7", {}), id="5.7"),
    pytest.param(("6.1", {"path": "/blog"}), id="6.1-subdirectory"),
    pytest.param(("6.8", {}), id="6.8"),
    pytest.param(("7.1", {"plain": True}), id="7.1-plain"),
]


@pytest.fixture(scope="module", params=SITES)
def crawled(request, wordpresses, tmp_path_factory):
    """(site, archive, crawl) after a first full crawl, with comments."""
    version, options = request.param
    site = wordpresses(version, **options)
    archive = tmp_path_factory.mktemp("archive") / "archive.db"
    return site, archive, crawl(site.url, archive, comments=1)


def test_everything_public_is_held_and_equal(crawled):
    site, archive, run = crawled
    assert (run.exit_status, run.verdict) == (0, "complete"), run.output
    assert differences(archive, site.manifest(), tuple(BASES)) == []


def test_nothing_hidden_is_held(crawled):
    _, archive, _ = crawled
    for kind in ("posts", "terms", "authors", "media", "comments"):
        assert [row["_id"] for row in documents(archive, kind) if "HIDDEN" in str(row)] == []


def test_the_report_counts_what_the_site_counts(crawled):
    site, _, run = crawled
    manifest = site.manifest()
    for base, (_, type_) in BASES.items():
        part = run.type(type_)
        assert part["site_total"] == manifest["header_totals"][base], base
        assert part["held"] == part["new"] == manifest["totals"][base], base
        assert part["hidden"] == manifest["header_totals"][base] - manifest["totals"][base], base
        assert (part["proof"], part["missing"]) == ("proved", 0), base


def test_requests_stay_within_the_budget(crawled):
    _, _, run = crawled
    for name, part in run.report["types"].items():
        look = SAMPLES_MAX if part["hidden"] else 0
        assert part["requests"] <= 1.3 * part["site_total"] / 99 + 2 + look, name


def test_a_second_run_writes_no_document_and_tells_when_they_were_seen(crawled):
    site, archive, _ = crawled
    kinds = ("posts", "terms", "authors", "media", "comments")
    before = {kind: documents(archive, kind) for kind in kinds}
    again = crawl(site.url, archive, comments=1)
    assert again.exit_status == 0, again.output
    for name, part in again.report["types"].items():
        assert part["unchanged"] == part["held"], name
        assert [part[what] for what in ("new", "changed", "refreshed", "withdrawn", "deleted")] == [
            0
        ] * 5, name
    for kind in kinds:
        after = documents(archive, kind)
        assert after == before[kind]
    assert documents(archive, "revisions") == []
    with open_archive(f"sqlite:///{archive}") as reading:
        started_at = next(iter(reading.runs()))["started_at"]
        for found in (reading.posts(), reading.terms(), reading.media(), reading.comments()):
            assert {document["last_seen_at"] for document in found} == {started_at}


def test_the_comparison_itself_can_fail(crawled):
    site, archive, _ = crawled
    manifest = copy.deepcopy(site.manifest())
    posts = manifest["objects"]["posts"]
    first, second = list(posts)[:2]
    posts["999999"] = posts.pop(first)
    posts[second]["modified_gmt"] = "2001-01-01T00:00:00"
    wrong = differences(archive, manifest)
    assert len(wrong) == 3
    assert f"posts {first}: not public, yet held" in wrong


def test_overlapping_requests_give_the_same_archive(wordpress, tmp_path: Path):
    archive = tmp_path / "archive.db"
    run = crawl(
        wordpress.url, archive, settings={"CONCURRENT_REQUESTS_PER_DOMAIN": 4, "CRAWL_PER_PAGE": 20}
    )
    assert run.exit_status == 0, run.output
    assert differences(archive, wordpress.manifest()) == []
