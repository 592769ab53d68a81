"""Hostile behaviours of real sites, switched on in a real WordPress.

Everything is archived, or the verdict says what is missing.
"""

import re
from pathlib import Path

import pytest

from tests.integration.crawling import crawl, documents
from tests.integration.truth import differences

COMPLETE = [
    {"cap_silent": 10},
    {"cap_reject": 7},
    {"no_totals": 1},
    {"no_totals": 1, "cap_silent": 10},
    {"no_link": 1},
    {"no_hints": 1},
    {"bom": 1},
    {"notices": 1},
    {"notices": 2},
    {"offset_off": 1},
    {"include_off": 1},
    {"truncate": 4},
    {"flaky": 4},
    {"limit_every": 6},
    {"limit_every": 9, "retry_after": 2, "retry_date": 1},
    {"limit_every": 7, "retry_503": 1},
    {"no_class_list": 1},
    {"class_filter": 1},
]
FAILED = [
    ({"rest_blocked": 1}, "closed to visitors"),
    ({"challenge": 1}, "challenge"),
    ({"redirect_home": 1}, "redirect"),
    ({"robots_disallow": 1}, "robots.txt forbids"),
]


@pytest.fixture
def site(wordpresses):
    """A WordPress with 200 posts, switched back after the test."""
    site = wordpresses("6.8", posts=200)
    yield site
    site.switch()


@pytest.mark.parametrize("switches", COMPLETE, ids=str)
def test_everything_arrives(site, tmp_path: Path, switches):
    site.switch(**switches)
    archive = tmp_path / "archive.db"
    run = crawl(site.url, archive)
    assert (run.exit_status, run.verdict) == (0, "complete"), run.output
    assert differences(archive, site.manifest()) == []


@pytest.mark.parametrize(("switches", "words"), FAILED, ids=str)
def test_a_site_that_says_no_is_left_alone(site, tmp_path: Path, switches, words):
    site.switch(**switches)
    archive = tmp_path / "archive.db"
    run = crawl(site.url, archive)
    assert (run.exit_status, run.verdict) == (4, "failed"), run.output
    assert words in run.report["reason"]
    assert "Traceback" not in run.output
    assert documents(archive, "posts") == []


def test_a_post_whose_content_cannot_be_rendered_is_kept_without_it(site, tmp_path: Path):
    manifest = site.manifest()
    poisoned = int(list(manifest["objects"]["posts"])[90])
    site.switch(poisoned=poisoned)
    archive = tmp_path / "archive.db"
    run = crawl(site.url, archive)
    assert (run.exit_status, run.type("post")["missing"]) == (3, 1), run.output
    [post] = documents(archive, "posts", id=poisoned)
    assert (post["completeness"], post["text"]) == ("address", "")
    assert post["title"]
    assert post["categories"]


def test_one_unreadable_post_is_a_failure_and_all_others_arrive(site, tmp_path: Path):
    manifest = site.manifest()
    unreadable = int(list(manifest["objects"]["posts"])[90])
    site.switch(unreadable=unreadable)
    archive = tmp_path / "archive.db"
    run = crawl(site.url, archive)
    assert (run.exit_status, run.verdict) == (3, "partial"), run.output
    assert differences(archive, manifest) == [f"posts {unreadable}: missing"]
    assert (run.type("post")["missing"], run.report["failures"]) == (1, 1)
    [failure] = documents(archive, "failures")
    assert (failure["id"], failure["stage"], failure["cause"]) == (
        unreadable,
        "fetch",
        "internal_server_error",
    )

    site.switch()
    healed = crawl(site.url, archive)
    assert healed.exit_status == 0, healed.output
    assert differences(archive, manifest) == []
    assert documents(archive, "failures") == []


def test_closed_tags_and_users_leave_ids_with_hints_or_reasons(site, tmp_path: Path):
    site.switch(tags_off=401, users_off=404)
    archive = tmp_path / "archive.db"
    run = crawl(site.url, archive)
    assert run.exit_status == 0, run.output
    assert {part["name"] for part in run.report["skipped"]} >= {"post_tag", "user"}
    manifest = site.manifest()
    hints = reasons = 0
    for row in documents(archive, "posts", type="post"):
        assert sorted(ref["id"] for ref in row["tags"]) == sorted(
            manifest["objects"]["posts"][str(row["id"])]["tags"]
        )
        for ref in row["tags"]:
            if "hint" in ref:
                hints += 1
                slug = manifest["objects"]["tags"][str(ref["id"])]["slug"]
                assert ref["slug"] == re.sub("%[0-9a-f]{2}", "", slug), (
                    "a class is the slug without what no class may hold"
                )
            else:
                reasons += 1
                assert (ref["name"], ref["unresolved"][:6]) == (None, "closed"), ref
        assert row["author"]["name"] is None
        assert row["author"]["unresolved"]
    assert hints > 100
    assert reasons > 10


def test_without_a_list_of_types_the_rest_is_archived_and_the_doubt_is_said(site, tmp_path: Path):
    site.switch(types_off=1)
    archive = tmp_path / "archive.db"
    run = crawl(site.url, archive)
    assert (run.exit_status, run.verdict) == (3, "partial")
    assert "/wp/v2/types" in run.report["reason"]
    assert (
        differences(
            archive, site.manifest(), ("posts", "pages", "media", "categories", "tags", "users")
        )
        == []
    )


def test_without_order_by_id_all_posts_arrive_and_what_is_unproven_is_said(site, tmp_path: Path):
    site.switch(orderby_off=1)
    archive = tmp_path / "archive.db"
    run = crawl(site.url, archive)
    assert run.exit_status == 3, run.output
    assert differences(archive, site.manifest()) == []
    assert {part["proof"].partition(":")[0] for part in run.report["types"].values()} == {
        "proved",
        "unproven",
    }


def test_a_cache_that_ignores_the_query_is_recognised(site, tmp_path: Path):
    site.switch(same_page=1)
    run = crawl(site.url, tmp_path / "archive.db")
    assert run.exit_status in (3, 4), run.output
    assert run.type("post")["proof"].startswith("unproven: ")
    assert "the same page came for every query" in run.type("post")["proof"]


def test_narrowed_to_some_types_names_still_resolve(site, tmp_path: Path):
    archive = tmp_path / "archive.db"
    run = crawl(site.url, archive, types="post,pages")
    assert run.exit_status == 0, run.output
    assert set(run.report["types"]) == {"post", "page"}
    assert differences(archive, site.manifest(), ("posts", "pages")) == []
    assert documents(archive, "terms") == []
