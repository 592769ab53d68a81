"""Update runs over the sample site: what each mode reads, proves and says."""

import json
import shutil
import sqlite3
from operator import itemgetter
from pathlib import Path
from typing import Any

from demo.api import Site
from tests.integration.crawling import crawl, documents
from wparchive import open_archive

LATER = {"modified": "2026-11-01T10:00:00", "modified_gmt": "2026-11-01T10:00:00"}


def record(site: Site, base: str, id_: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(site[base].rows[id_].body)
    return found


def targets(site: Site, since: int) -> list[str]:
    return [request.target for request in site.requests[since:]]


def test_an_unchanged_site_costs_a_few_requests(sample: Site, tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    first = crawl(sample.home, archive, mode="auto")
    assert (first.verdict, first.report["mode"]) == ("complete", "full"), first.output
    before = len(sample.requests)
    again = crawl(sample.home, archive, mode="auto")
    assert (again.verdict, again.report["mode"]) == ("complete", "update"), again.output
    asked = targets(sample, before)
    # robots.txt, the index, types and taxonomies; then at most three for each list.
    assert len(asked) <= 4 + 3 * len(again.report["types"])
    assert not any("content" in target for target in asked)
    assert all(part["listed"] == 0 for part in again.report["types"].values())
    assert {part["proof"] for part in again.report["types"].values()} == {"proved"}


def test_posts_that_left_the_archive_come_back_at_little_cost(sample: Site, tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    crawl(sample.home, archive)
    # None of the polls shows them: they are old, and their ids are low.
    posts = sorted(documents(archive, "posts", type="post"), key=itemgetter("published_local"))
    gone = sorted(post["id"] for post in posts[:50])[:3]
    with sqlite3.connect(archive) as database:
        for id_ in gone:
            database.execute("DELETE FROM posts WHERE type = 'post' AND id = ?", (id_,))
    before = len(sample.requests)
    run = crawl(sample.home, archive, mode="update", settings={"CRAWL_PER_PAGE": 20})
    assert run.verdict == "complete", run.output
    assert set(gone) < held_tags(archive).keys()
    shown = [target for target in targets(sample, before) if "posts?include=" in target]
    assert len(shown) == 2, shown  # their rows and their records, and no look for other posts


def test_posts_of_a_renamed_tag_are_made_anew_without_a_request(
    sample: Site, tmp_path: Path
) -> None:
    archive = tmp_path / "archive.db"
    crawl(sample.home, archive)
    posts = documents(archive, "posts", type="post")
    tag = next(post["tags"][0]["id"] for post in posts if post["tags"])
    carriers = {post["id"] for post in posts if tag in [ref["id"] for ref in post["tags"]]}
    sample["tags"].put(record(sample, "tags", tag) | {"name": "Another name"})
    before = len(sample.requests)
    run = crawl(sample.home, archive, mode="update")
    assert run.verdict == "complete", run.output
    assert carriers
    assert not any("posts?include" in target for target in targets(sample, before))
    for post in documents(archive, "posts", type="post"):
        names = [ref["name"] for ref in post["tags"] if ref["id"] == tag]
        assert names == ["Another name"] * (post["id"] in carriers)


def test_a_tag_that_another_post_lost_in_the_same_run_is_found(
    sample: Site, tmp_path: Path
) -> None:
    archive = tmp_path / "archive.db"
    ids = sorted(sample["posts"].rows)
    without, trashed, first, second = ids[:4]
    tag, other = sorted(sample["tags"].rows)[:2]
    tags: dict[int, list[int]] = {without: [], trashed: [tag], first: [tag], second: [other]}
    for id_, given in tags.items():
        sample["posts"].put(record(sample, "posts", id_) | {"tags": given})
    crawl(sample.home, archive)
    # No count of a tag changes: what one post gains, another one loses. No date moves either.
    sample["posts"].delete(trashed)
    sample["posts"].put(record(sample, "posts", without) | {"tags": [tag]})
    run = crawl(sample.home, archive, mode="update")
    assert run.verdict == "complete", run.output
    assert held_tags(archive)[without] == [tag]
    # The count of the other tag leads to one post, and that one to the tag that it lost.
    sample["posts"].put(record(sample, "posts", first) | {"tags": [other]})
    sample["posts"].put(record(sample, "posts", ids[4]) | {"tags": [tag]})
    count = record(sample, "tags", other)["count"]
    sample["tags"].put(record(sample, "tags", other) | {"count": count + 1})
    run = crawl(sample.home, archive, mode="update")
    assert run.verdict == "complete", run.output
    held = held_tags(archive)
    assert (held[first], held[ids[4]]) == ([other], [tag])


def held_tags(archive: Path) -> dict[int, list[int]]:
    posts = documents(archive, "posts", type="post")
    return {post["id"]: [ref["id"] for ref in post["tags"]] for post in posts}


def test_a_reconcile_finds_what_moved_no_date(sample: Site, tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    ids = sorted(sample["posts"].rows)
    one, other = sorted(sample["tags"].rows)[:2]
    sample["posts"].put(record(sample, "posts", ids[2]) | {"tags": [one]})
    sample["posts"].put(record(sample, "posts", ids[3]) | {"tags": [other]})
    image = {"id": 990001, "type": "attachment", "slug": "a", "date": "2026-10-01T10:00:00"}
    sample["media"].put(image | LATER | {"alt_text": "before"})
    sample["posts"].put(record(sample, "posts", ids[4]) | {"featured_media": 990001})
    crawl(sample.home, archive)
    # A database that was changed by hand.
    sample["posts"].put(record(sample, "posts", ids[0]) | {"slug": "changed-by-sql"})
    older = {"modified": "2001-01-01T00:00:00", "modified_gmt": "2001-01-01T00:00:00"}
    sample["posts"].put(record(sample, "posts", ids[1]) | older)
    # Two posts exchange their tags: no count changes.
    sample["posts"].put(record(sample, "posts", ids[2]) | {"tags": [other]})
    sample["posts"].put(record(sample, "posts", ids[3]) | {"tags": [one]})
    sample["media"].put(record(sample, "media", 990001) | {"alt_text": "after"})
    run = crawl(sample.home, archive, mode="auto", settings={"CRAWL_RECONCILE_DAYS": 0})
    assert (run.verdict, run.report["mode"]) == ("complete", "reconcile"), run.output
    assert run.type("post")["scope"] == "everything"
    held = {post["id"]: post for post in documents(archive, "posts", type="post")}
    assert held[ids[0]]["slug"] == "changed-by-sql"
    assert held[ids[1]]["modified_local"] == "2001-01-01T00:00:00"
    tags = held_tags(archive)
    assert (tags[ids[2]], tags[ids[3]]) == ([other], [one])
    (shown,) = documents(archive, "media", id=990001)
    assert shown["alt"] == "after"


def test_a_site_that_changes_its_time_zone_is_looked_at_a_day_further_back(
    sample: Site, tmp_path: Path
) -> None:
    archive = tmp_path / "archive.db"
    sample.gmt_offset = 14
    ids = sorted(sample["posts"].rows)
    sample["posts"].put(record(sample, "posts", ids[0]) | LATER)
    assert crawl(sample.home, archive).verdict == "complete"
    as_before = tmp_path / "as-before.db"
    shutil.copy(archive, as_before)
    # Local time is 26 hours earlier now, so what is edited seems to be older than the last edit.
    edited = {"modified": "2026-10-31T09:00:00", "modified_gmt": "2026-10-31T21:00:00"}
    text = {"content": {"rendered": "<p>Edited elsewhere.</p>", "protected": False}}
    sample["posts"].put(record(sample, "posts", ids[1]) | edited | text)
    found = {}
    for offset_h, copy in ((14, as_before), (-12, archive)):
        sample.gmt_offset = offset_h
        run = crawl(sample.home, copy, mode="update", settings={"CRAWL_PER_PAGE": 20})
        assert (run.verdict, run.type("post")["scope"]) == ("complete", "changes"), run.output
        (post,) = documents(copy, "posts", type="post", id=ids[1])
        found[offset_h] = post["text"] == "Edited elsewhere."
    assert found == {14: False, -12: True}


def test_a_run_for_one_type_speaks_for_that_type(sample: Site, tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    crawl(sample.home, archive)
    sample["posts"].put(record(sample, "posts", min(sample["posts"].rows)) | LATER)
    run = crawl(sample.home, archive, mode="auto", types="page")
    assert (run.verdict, run.report["scope"]) == ("complete", "page"), run.output
    assert f"COMPLETE for page: {run.report['site']}" in run.output
    assert set(run.report["types"]) == {"page"}
    with open_archive(f"sqlite:///{archive}") as opened:
        (summary,) = opened.sites()
    assert summary.last_run
    assert summary.last_partial
    assert summary.last_run["scope"] == "everything"
    assert summary.last_partial["scope"] == "page"
    # The next run for everything still finds the edit of the post.
    assert crawl(sample.home, archive, mode="auto").type("post")["listed"] == 1


def test_comments_come_beside_named_types(sample: Site, tmp_path: Path) -> None:
    run = crawl(sample.home, tmp_path / "archive.db", types="page", comments=1)
    assert set(run.report["types"]) == {"page", "comment"}, run.output


def test_very_many_vanished_objects_need_a_second_run_or_a_word(
    sample: Site, tmp_path: Path
) -> None:
    archive = tmp_path / "archive.db"
    crawl(sample.home, archive)
    gone = sorted(sample["posts"].rows)[:30]
    records = [record(sample, "posts", id_) for id_ in gone]
    for id_ in gone:
        sample["posts"].delete(id_)
    held_back = crawl(sample.home, archive, mode="update")
    assert held_back.verdict == "partial"
    assert "-a confirm=vanished" in held_back.output
    assert documents(archive, "posts", state="deleted") == []
    by_word = tmp_path / "by-word.db"
    shutil.copy(archive, by_word)
    for copy, arguments in ((archive, {}), (by_word, {"confirm": "vanished"})):
        released = crawl(sample.home, copy, mode="update", **arguments)
        assert released.verdict == "complete", released.output
        assert released.type("post")["deleted"] == len(gone)
        assert [post["id"] for post in documents(copy, "posts", state="deleted")] == gone
    # All of them come back, with their old dates.
    for one in records:
        sample["posts"].put(one)
    restored = crawl(sample.home, archive, mode="update")
    assert (restored.verdict, restored.type("post")["returned"]) == ("complete", len(gone))
    assert documents(archive, "posts", state="deleted") == []
    with open_archive(f"sqlite:///{archive}") as opened:
        events = [(event.what, event.key) for event in opened.events()]
    key = next(one["_id"] for one in documents(archive, "posts", type="post", id=gone[0]))
    assert [what for what, of in events if of == key] == ["returned", "deleted", "new"]


def test_an_image_that_vanishes_or_gets_another_title(sample: Site, tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    media = {"id": 990001, "type": "attachment", "slug": "a", "title": {"rendered": "A"}, **LATER}
    sample["media"].put(media | {"date": "2026-10-01T10:00:00"})
    sample["media"].put(media | {"id": 990002, "date": "2026-10-01T10:00:00"})
    post = min(sample["posts"].rows)
    sample["posts"].put(record(sample, "posts", post) | {"featured_media": 990002})
    crawl(sample.home, archive)
    sample["media"].hide(990001)  # the site still counts it
    edited = {"title": {"rendered": "B"}, "modified": "2026-11-02T10:00:00"}
    sample["media"].put(record(sample, "media", 990002) | edited)
    run = crawl(sample.home, archive, mode="update")
    assert run.verdict == "complete", run.output
    states = {row["id"]: row["state"] for row in documents(archive, "media")}
    assert (states[990001], states[990002]) == ("withdrawn", "live")
    (shown,) = documents(archive, "posts", type="post", id=post)
    assert shown["featured_media"]["name"] == "B"


def test_a_site_that_moved_is_found_anew(sample: Site, tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    crawl(sample.home, archive)
    sample.switch(plain=True)  # no pretty addresses any more
    run = crawl(sample.home, archive, mode="update")
    assert run.verdict == "complete", run.output
