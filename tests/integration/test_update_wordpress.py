"""Update runs of a real WordPress: after each round of changes the archive is what the site shows.

Nothing but the changes is read, and both backends and all versions of WordPress are the same.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from crawler.polls.news import CHEAP_REQUESTS
from tests.integration.crawling import ROOT, Crawl, command, crawl, documents, environment, uri
from tests.integration.truth import BASES, differences, differing
from wparchive import open_archive
from wparchive.errors import NotFound

CALM = {"ARCHIVE_MARK_DUPLICATES": 0}
SITES = [
    pytest.param(("5.7", {}), id="5.7"),
    pytest.param(("6.1", {"path": "/blog"}), id="6.1-subdirectory"),
    pytest.param(("6.8", {}), id="6.8"),
    pytest.param(("7.1", {"plain": True}), id="7.1-plain"),
]
POSTS = 200
ROUNDS: list[dict[str, int]] = [
    {"publish": 3, "edit": 4, "schedule": 2, "comment": 2},
    {"go_live": 2, "delete": 3, "retag": 3, "rename_tag": 2, "edit_comment": 1},
    {"import_": 3, "trash": 2, "unpublish": 2, "delete_tag": 1, "comment": 1},
    {"restore": 2, "merge_category": 1, "rename_author": 1, "delete_comment": 1, "edit": 1},
    {"publish": 1, "import_": 1, "delete": 2, "restore": 1, "retag": 1, "rename_tag": 1},
    {},
]
FEW = """
$few = ['post_type' => ['post', 'attachment'], 'post_status' => 'any', 'numberposts' => -1];
foreach (get_posts($few) as $i => $post) {
    if ($i % 3 || strlen($post->post_content) > 5000) wp_delete_post($post->ID, true);
}
foreach (['post_tag', 'category'] as $taxonomy) {
    foreach (get_terms(['taxonomy' => $taxonomy, 'hide_empty' => false]) as $i => $term) {
        if ($i % 4) wp_delete_term($term->term_id, $taxonomy);
    }
}
"""
"""PHP that makes a site small, for FerretDB 1."""

LONG_AGO = (
    '$wpdb->query("UPDATE $wpdb->posts SET post_modified = post_modified - INTERVAL 6 * ID HOUR, '
    'post_modified_gmt = post_modified_gmt - INTERVAL 6 * ID HOUR");'
)
"""PHP after which the changes of the site lie hours apart."""


@pytest.fixture(params=SITES)
def changing(request: pytest.FixtureRequest, fresh_wordpress: Any, archive: Path | str) -> Any:
    """A WordPress that the test changes."""
    version, options = request.param
    if is_slow(archive) and version != "6.8" and not os.environ.get("EVERY_VERSION"):
        pytest.skip("two minutes for each version on FerretDB 1: EVERY_VERSION=1")
    site = fresh_wordpress(version, posts=POSTS, **options)
    if is_slow(archive):
        site.php(FEW)
    return site


def is_slow(archive: Path | str) -> bool:
    """Tell whether an archive is on FerretDB 1, which reads a collection for each question."""
    if isinstance(archive, Path):
        return False
    with MongoClient[dict[str, Any]](archive) as client:
        return "ferretdbVersion" in client.server_info()


def update(site: Any, archive: Path | str) -> Crawl:
    """Crawl as a user does every night."""
    return crawl(site.url, archive, mode="auto", comments=1, settings=CALM, timeout_s=900)


@pytest.mark.timeout(1500)
def test_after_each_round_the_archive_is_what_the_site_shows(
    changing: Any, archive: Path | str, tmp_path: Path
) -> None:
    first = update(changing, archive)
    assert (first.verdict, first.report["mode"]) == ("complete", "full"), first.output
    rounds = [(first.report["finished_at"], changing.manifest())]
    for number, changes in enumerate(ROUNDS):
        if changes:
            changing.mutate(seed=number + 1, **changes)
        run = update(changing, archive)
        assert (run.verdict, run.report["mode"]) == ("complete", "update"), run.output
        assert differences(archive, changing.manifest(), tuple(BASES)) == [], number
        assert run.type("post")["held"] == changing.manifest()["totals"]["posts"]
        rounds.append((run.report["finished_at"], changing.manifest()))
    if not is_slow(archive):  # there the list of posts is one page
        assert run.type("post")["scope"] == "changes"
        assert run.type("post")["requests"] <= 4
    quick = quick_copy(archive, tmp_path)
    for number, (at, manifest) in enumerate(rounds):
        for base in ("posts", "tags", "categories", "users"):
            keys = keys_of(quick, base)
            assert differing(base, held_at(quick, keys, at), manifest) == [], number
    if quick != archive:
        keys = keys_of(quick, "posts")[::20]
        at = rounds[2][0]
        assert held_at(archive, keys, at) == held_at(quick, keys, at) != []


def quick_copy(archive: Path | str, folder: Path) -> Path | str:
    """Return the archive; a slow one is copied with its history to SQLite."""
    if not is_slow(archive):
        return archive
    copy = folder / "copy.db"
    line = [sys.executable, "-m", "wparchive", "copy", uri(archive), uri(copy)]
    subprocess.run(line, cwd=ROOT, env=environment(), check=True, timeout=300)
    return copy


def keys_of(archive: Path | str, base: str) -> list[str]:
    """Return the keys of all documents of one list."""
    kind, type_ = BASES[base]
    return [row["_id"] for row in documents(archive, kind, type=type_)]


def held_at(archive: Path | str, keys: Sequence[str], at: str) -> list[dict[str, Any]]:
    """Return what the archive says that it held of some objects at a time."""
    found = []
    with open_archive(uri(archive)) as opened:
        for key in keys:
            with suppress(NotFound):
                document = dict(opened.as_of(key, at).post)
                for name in ("published_at", "modified_at"):
                    if document.get(name):
                        document[name] = f"{document[name]:%Y-%m-%dT%H:%M:%SZ}"
                found.append(document)
    return [document for document in found if document["state"] == "live"]


@pytest.mark.timeout(900)
def test_changes_during_the_update(fresh_wordpress, tmp_path: Path) -> None:
    site = fresh_wordpress("6.8", posts=200)
    archive = tmp_path / "archive.db"
    assert update(site, archive).verdict == "complete"
    site.mutate(publish=5, edit=5, delete=2, trash=2, retag=2, seed=1)
    site.switch(slow=0.3)
    before = set(site.manifest()["objects"]["posts"])
    line = command(site.url, archive, settings={"CRAWL_PER_PAGE": 20}, mode="update")
    process = subprocess.Popen(
        line, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    gone: set[str] = set()
    seed = 1
    while process.poll() is None and seed < 40:
        seed += 1
        # More, with all their comments, would be held back as a mass withdrawal.
        delete = int(seed in (3, 6, 9))
        done = site.mutate(publish=1, edit=1, import_=1, delete=delete, seed=seed)
        gone |= {str(change["id"]) for change in done if change["what"] == "delete"}
    output, _ = process.communicate(timeout=300)
    assert process.returncode in (0, 3), output
    if process.returncode == 0:
        held = {str(row["id"]) for row in documents(archive, "posts", type="post", state="live")}
        assert before - gone - held == set()
    site.switch()
    # The next run finds what came during this one.
    again = update(site, archive)
    assert again.verdict == "complete", again.output
    assert differences(archive, site.manifest(), tuple(BASES)) == []


def short_pages(site: Any, archive: Path) -> Crawl:
    """Update with pages so short that every list is a long one, which a census looks at."""
    settings = CALM | {"CRAWL_PER_PAGE": 10}
    return crawl(site.url, archive, mode="auto", comments=1, settings=settings, timeout_s=900)


@pytest.mark.timeout(1500)
def test_a_census_of_long_lists(fresh_wordpress, tmp_path: Path) -> None:
    site = fresh_wordpress("6.8", posts=150)
    site.php(LONG_AGO)
    archive = tmp_path / "archive.db"
    first = short_pages(site, archive)
    assert first.verdict == "complete", first.output
    assert first.type("attachment")["hidden"] > 0
    again = short_pages(site, archive)
    assert again.report["mode"] == "update", again.output
    assert max(part["requests"] for part in again.report["types"].values()) <= CHEAP_REQUESTS
    assert again.type("comment")["unchanged"] == again.type("comment")["held"]
