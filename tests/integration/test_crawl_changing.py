"""Crawls of a WordPress that changes meanwhile.

Nothing that is visible all the time is missed, and after the next run no ghost is left.
"""

import subprocess
import time
from pathlib import Path

from tests.integration.crawling import ROOT, command, crawl, documents, environment
from tests.integration.truth import differences

GONE = {"delete": "deleted", "trash": "withdrawn", "unpublish": "withdrawn"}


def test_changes_during_the_crawl(fresh_wordpress, tmp_path: Path):
    site = fresh_wordpress("6.8", posts=300)
    site.switch(slow=0.05)
    archive = tmp_path / "archive.db"
    before = site.manifest()["objects"]
    process = subprocess.Popen(
        command(site.url, archive, settings={"CRAWL_PER_PAGE": 10}),
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    done = []
    for seed in range(1, 60):
        if process.poll() is not None:
            break
        removal = (
            {list(GONE)[seed % 3]: 1} if seed <= 18 else {}
        )  # more than 20 would be held back until a second run
        done += site.mutate(
            publish=2, edit=2, retag=2, rename_tag=1, comment=1, seed=seed, **removal
        )
        time.sleep(0.1)
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output
    assert len(done) > 12, "the site hardly changed while it was crawled"
    after = site.manifest()["objects"]
    held = {row["id"] for row in documents(archive, "posts", type="post")}
    always = {int(id_) for id_ in before["posts"] if id_ in after["posts"]} - {
        change["id"] for change in done if change["what"] in GONE
    }
    assert always <= held
    assert len(always) > 100

    site.switch()
    again = crawl(site.url, archive)
    assert again.exit_status == 0, again.output
    assert differences(archive, site.manifest()) == []
    states = {row["id"]: row["state"] for row in documents(archive, "posts", type="post")}
    for change in done:
        if change["what"] in GONE and change["id"] in states:
            assert states[change["id"]] == GONE[change["what"]], change


def test_edits_make_revisions_renames_do_not_and_the_vanished_returns(
    fresh_wordpress, tmp_path: Path
):
    site = fresh_wordpress("6.8", posts=150)
    archive = tmp_path / "archive.db"
    assert crawl(site.url, archive).exit_status == 0
    changes = site.mutate(
        edit=3, delete=2, trash=2, unpublish=1, retag=3, rename_tag=1, publish=2, seed=7
    )
    by_kind = {
        what: {change["id"] for change in changes if change["what"] == what}
        for what in ("edit", "delete", "trash", "unpublish", "retag")
    }
    second = crawl(site.url, archive)
    assert second.exit_status == 0, second.output
    assert differences(archive, site.manifest()) == []
    part = second.type("post")
    assert (part["new"], part["withdrawn"], part["deleted"]) == (2, 3, 2)
    lists_others = site.manifest()["special"][
        "dynamic blocks"
    ]  # its text is made of other posts' dates
    # A renamed tag refreshes its posts: their earlier state is kept too, and it is no edit.
    edited = documents(archive, "events", kind="posts", event="edited")
    revised = {row["id"] for row in edited} - {lists_others}
    assert by_kind["edit"] <= revised <= by_kind["edit"] | by_kind["retag"]
    assert len(revised) <= part["changed"] <= len(revised) + 1
    kept = {row["id"]: row for row in documents(archive, "posts", type="post")}
    assert {id_: kept[id_]["state"] for id_ in by_kind["trash"]} == dict.fromkeys(
        by_kind["trash"], "withdrawn"
    )
    assert all(
        kept[id_]["text"] is not None and kept[id_]["state"] == "deleted"
        for id_ in by_kind["delete"]
    )

    trashed = ",".join(map(str, by_kind["trash"]))
    site.php(f"foreach ([{trashed}] as $id) {{ wp_untrash_post($id); wp_publish_post($id); }}")
    third = crawl(site.url, archive)
    assert third.type("post")["returned"] == len(by_kind["trash"]), third.output
    assert differences(archive, site.manifest()) == []


def test_a_mass_withdrawal_is_held_back_until_a_second_run(fresh_wordpress, tmp_path: Path):
    site = fresh_wordpress("6.8", posts=150)
    archive = tmp_path / "archive.db"
    assert crawl(site.url, archive).exit_status == 0
    site.mutate(delete=30, seed=3)
    braked = crawl(site.url, archive)
    assert (braked.exit_status, braked.verdict) == (3, "partial")
    assert "run again to confirm" in braked.report["reason"]
    assert {row["state"] for row in documents(archive, "posts", type="post")} == {"live"}
    confirmed = crawl(site.url, archive)
    assert (confirmed.exit_status, confirmed.type("post")["deleted"]) == (0, 30), confirmed.output
    assert differences(archive, site.manifest()) == []
