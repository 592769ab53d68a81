"""Sites with a closed API: what is published besides is archived when asked for, and marked."""

import json
import os
import pty
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.fallback.published_terms import MADE_UP_IDS
from demo.server import serve
from tests.faults.answers import poisoned
from tests.faults.faulty_site import FaultySite, faulty_site
from tests.faults.published import Published
from tests.integration.crawling import ROOT, crawl, documents, environment
from tests.servers.hostile_site import Response, document, hostile_site, html, response
from wparchive import open_archive
from wparchive.reading.monitoring import stale_sites

ALL = "feed,sitemap,html"


def closed(site: FaultySite, **switches: object) -> None:
    site.switch(rest_blocked=1, **switches)


def sources(archive: Path | str) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for post in documents(archive, "posts", state="live"):
        key = post["source"], post["completeness"]
        found[key] = found.get(key, 0) + 1
    return found


def test_a_closed_api_ends_the_run_and_names_the_way_on(tmp_path: Path):
    with serve(faulty_site(Published(), 5)) as site:
        closed(site)
        run = crawl(site.home, tmp_path / "archive.db")
    assert (run.exit_status, run.verdict) == (4, "failed")
    assert "-a fallback=feed,sitemap,html" in run.output
    assert documents(tmp_path / "archive.db", "posts") == []


def test_a_run_that_does_not_find_a_held_site_has_failed_for_that_site(tmp_path: Path):
    archive = tmp_path / "archive.db"
    with serve(faulty_site(Published(), 5)) as site:
        assert crawl(site.home, archive).exit_status == 0
        closed(site)
        assert crawl(site.home, archive).exit_status == 4
        home = site.home
    assert crawl(home, archive, settings={"RETRY_TIMES": 0}).exit_status == 4  # nobody answers
    with open_archive(str(archive)) as held:
        (summary,) = held.sites()
        runs = list(held.runs(site=summary.key))
    assert [run["verdict"] for run in runs] == ["failed", "failed", "complete"]
    assert summary.last_run == runs[0]
    assert stale_sites([summary], datetime.now(UTC) - timedelta(days=1)) == [summary]


def test_posts_with_the_id_of_another_one_are_kept_and_named(tmp_path: Path):
    archive = tmp_path / "archive.db"

    def shown(title: str) -> Response:
        # The theme gives every page the short link of one post, as a cache of fragments does.
        head = '<link rel="shortlink" href="/?p=5">'
        return html(title, head=head)

    listed = ("tea", "tea/2", "coffee")
    with hostile_site({f"/{name}/": shown(name[:3].title()) for name in listed}) as site:
        places = "".join(
            f"<url><loc>{site.home.rstrip('/')}/{name}/</loc></url>" for name in listed
        )
        site.responses["/"] = html("Blog")
        site.responses["/wp-json/"] = response("403 Forbidden", b"{}")
        site.responses["/wp-sitemap.xml"] = response(
            "200 OK", f"<urlset>{places}</urlset>".encode()
        )
        for _ in range(2):
            run = crawl(site.home, archive, fallback=ALL)
            assert run.exit_status == 3, run.output
            posts = {post["title"]: post["id"] for post in documents(archive, "posts")}
            assert posts.keys() == {"Tea", "Cof"}
            assert posts["Tea"] == 5
            assert posts["Cof"] >= MADE_UP_IDS
            assert "1 show a post that another address shows" in run.report["reason"]
            assert "1 show another post" in run.report["reason"]


def test_the_api_finds_the_same_documents_once_it_is_open(tmp_path: Path):
    archive = tmp_path / "archive.db"
    with serve(faulty_site(Published(in_feed_max=10), 30)) as site:
        closed(site)
        first = crawl(site.home, archive, fallback=ALL)
        assert (first.exit_status, first.verdict) == (3, "partial"), first.output
        assert (first.report["mode"], first.report["scope"]) == (
            "fallback",
            "published: feed, sitemap, html",
        )
        assert first.type("post")["proof"].startswith("unproven: read from what the site publishes")
        assert sources(archive) == {("feed", "content"): 10, ("page", "content"): 20}
        with open_archive(f"sqlite:///{archive}") as reading:
            counts = [reading.posts(tag=name).count() for name in ("Green tea", "green-tea")]
            counts.append(reading.posts(category="drinks").count())
        assert counts == [30, 30, 20]
        again = crawl(site.home, archive, fallback=ALL)
        assert again.type("post")["unchanged"] == 30, again.output
        site.switch()
        opened = crawl(site.home, archive, mode="auto", fallback=ALL)
        assert (opened.exit_status, opened.report["mode"]) == (0, "full"), opened.output
        assert opened.type("post")["changed"] == opened.type("post")["listed"] == 30
        assert sources(archive) == {("api", "record"): 30}
        # The sample server gives its posts addresses of another host.
        assert opened.report["sitemap"]["listed"] == opened.report["sitemap"]["lacking"] == 30
        closed(site)
        kept = crawl(site.home, archive, fallback=ALL)
        assert kept.type("post")["unchanged"] + kept.type("post")["missing"] >= 30, kept.output
        assert sources(archive) == {("api", "record"): 30}


def test_posts_without_an_id_have_one_of_their_address(tmp_path: Path):
    archive = tmp_path / "archive.db"
    with serve(faulty_site(Published(shows_ids=False, sitemap="plugin"), 8)) as site:
        closed(site)
        for _ in range(2):
            run = crawl(site.home, archive, fallback="feed,sitemap")
            assert run.type("post")["held"] == 8, run.output
        assert all(post["id"] >= MADE_UP_IDS for post in documents(archive, "posts"))
        site.fault = Published(sitemap="plugin")
        run = crawl(site.home, archive, fallback="feed")
        assert run.type("post")["held"] == 8, run.output
    states = {post["id"] >= MADE_UP_IDS: post["state"] for post in documents(archive, "posts")}
    assert states in ({True: "live"}, {True: "deleted", False: "live"})


def test_a_type_may_be_named_by_its_route_there_too(tmp_path: Path):
    with serve(faulty_site(Published(), 5)) as site:
        closed(site)
        crawl(site.home, tmp_path / "archive.db", fallback="feed", types="posts")
    assert len(documents(tmp_path / "archive.db", "posts", type="post")) == 5


def test_robots_txt_holds_for_what_is_published_too(tmp_path: Path):
    archive = tmp_path / "archive.db"
    with serve(faulty_site(Published(feed="", forbids="/post-"), 5)) as site:
        closed(site)
        run = crawl(site.home, archive, fallback=ALL)
        asked = [target for target in site.targets if target.startswith("/post-")]
    assert (run.exit_status, asked) == (4, []), run.output
    assert documents(archive, "posts") == []


def test_a_held_post_that_breaks_every_list_is_said_once(tmp_path: Path):
    archive = tmp_path / "archive.db"
    with serve(faulty_site(lambda moment: moment.answer(), 30)) as site:
        assert crawl(site.home, archive).exit_status == 0
        site.fault = poisoned("id", 20)
        for mode in ("auto", "full"):
            run = crawl(site.home, archive, mode=mode, settings={"CRAWL_BACKOFF_S": 0})
            part = run.type("post")
            assert (run.exit_status, part["missing"], part["proof"]) == (3, 1, "proved"), run.output
            assert len(part["reasons"]) == 1
            assert run.report["reason"].count("post 20") == 1
            assert "1 failure\n" in run.output


def test_a_content_that_breaks_its_answers_costs_no_more_than_itself(tmp_path: Path):
    archive = tmp_path / "archive.db"
    with serve(faulty_site(poisoned("content", 20), 30)) as site:
        first = crawl(site.home, archive, settings={"CRAWL_BACKOFF_S": 0})
        assert (first.exit_status, first.type("post")["missing"]) == (3, 1), first.output
        [part] = documents(archive, "posts", id=20)
        assert (part["completeness"], part["text"], part["title"] != "") == ("address", "", True)
        assert "incomplete" in part["flags"]
        assert "kept without content, excerpt" in first.report["reason"]
        compared = crawl(site.home, archive, mode="reconcile", settings={"CRAWL_BACKOFF_S": 0})
        assert compared.type("post")["missing"] == 1, compared.output
        assert "no longer listed" not in compared.report["reason"]
        site.fault = lambda moment: moment.answer()
        whole = crawl(site.home, archive, mode="auto")
        assert whole.exit_status == 0, whole.output
        site.fault = poisoned("meta", 20)
        again = crawl(site.home, archive, mode="full", settings={"CRAWL_BACKOFF_S": 0})
    assert (again.exit_status, again.type("post")["withdrawn"]) == (3, 0), again.output
    assert "what is held of it stays" in again.report["reason"]
    [post] = documents(archive, "posts", id=20)
    assert (post["completeness"], post["flags"], post["text"] != "") == ("record", [], True)


def doctor(*arguments: str, **variables: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "doctor", *arguments, "-s", "DOWNLOAD_DELAY=0"],
        cwd=ROOT,
        env={**environment(), **variables},
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stdout, done.stderr


def doctor_on_a_terminal(home: str, columns: int) -> list[str]:
    """Return the lines that a terminal of some columns shows."""
    ours, terminal = pty.openpty()
    with os.fdopen(ours, "rb", buffering=0) as screen:
        subprocess.run(
            [sys.executable, "-m", "scrapy", "doctor", home, "-s", "DOWNLOAD_DELAY=0"],
            cwd=ROOT,
            env={**environment(), "COLUMNS": str(columns)},
            stdout=terminal,
            stderr=subprocess.DEVNULL,
            timeout=120,
        )
        os.close(terminal)
        return screen.read(1 << 20).decode().splitlines()


def test_lines_of_the_doctor_are_broken_at_words_where_the_terminal_ends() -> None:
    with serve(faulty_site(Published(), 30)) as site:
        narrow = doctor_on_a_terminal(site.home, 60)
        assert max(map(len, narrow)) <= 60
        assert any(line.startswith("    ") for line in narrow)
        closed(site)
        assert max(map(len, doctor_on_a_terminal(site.home, 80))) <= 80


def test_the_doctor_says_what_a_terminal_without_unicode_can_show() -> None:
    served = faulty_site(Published(), 3)
    served.name = "Prüfung 🧪"
    with serve(served) as site:
        status, output, errors = doctor(site.home, PYTHONIOENCODING="ascii:strict")
    assert (status, "Pr" in output) == (0, True), errors


def test_the_doctor_tells_an_open_site_from_a_closed_one(tmp_path: Path):
    with serve(faulty_site(Published(), 30)) as site:
        status, output, errors = doctor("--json", site.home)
        assert status == 0, errors
        found = json.loads(output)
        assert (found["state"], found["exit_status"]) == ("open", 0)
        assert {part["type"]: part["total"] for part in found["types"]}["post"] == 30
        assert found["estimate"]["requests"] > 5
        assert found["requests"] == len(site.targets) <= 12
        closed(site)
        site.targets.clear()
        status, output, errors = doctor(site.home)
        assert status == 4, errors
        assert "closed" in output
        assert "-a fallback=feed,sitemap,html" in output
        assert len(site.targets) <= 12
    status, output, errors = doctor("https://user:secret@example.com")
    assert (status, "secret" in errors) == (2, False)
    status, output, errors = doctor("http://127.0.0.1:9/?token=SECRET", "-s", "CRAWL_PER_PAG=9")
    assert (status, "no setting CRAWL_PER_PAG" in errors) == (2, True)
    status, output, errors = doctor("http://127.0.0.1:9/?token=SECRET")
    assert (status, "SECRET" in output + errors) == (4, False)


def test_the_doctor_takes_no_other_object_for_a_list_of_types() -> None:
    with hostile_site({"/": html("Blog")}) as site:
        about = {"name": "Blog", "url": site.home, "home": site.home, "namespaces": ["wp/v2"]}
        site.responses["/wp-json/"] = document({**about, "routes": {"/wp/v2/posts": {}}})
        for name in ("types", "taxonomies"):
            site.responses[f"/wp-json/wp/v2/{name}"] = document({"cached": True})
        _, output, errors = doctor("--json", site.home)
    found = json.loads(output)
    assert "/wp/v2/types cannot be read" in str(found["problems"]), errors


def test_the_doctor_finds_the_feed_that_the_front_page_names() -> None:
    head = '<link rel="alternate" type="application/rss+xml" href="/news.xml">'
    feed = b"<rss><channel><title>Blog</title><item><title>Tea</title></item></channel></rss>"
    with hostile_site({"/": html("Blog", head=head)}) as site:
        site.responses["/wp-json/"] = response("403 Forbidden", b'{"code": "rest_forbidden"}')
        site.responses["/feed/"] = html("A page of the site")
        site.responses["/news.xml"] = response("200 OK", feed, Content_Type="text/xml")
        _, output, errors = doctor("--json", site.home)
    found = json.loads(output)
    assert (found["state"], found["feed"]) == ("closed", f"{site.home}/news.xml"), errors


@pytest.mark.wordpress
def test_a_real_wordpress_with_a_closed_api(fresh_wordpress, tmp_path: Path):
    archive = tmp_path / "archive.db"
    site = fresh_wordpress("6.8", posts=60)
    manifest = site.manifest()
    site.switch(rest_blocked=1)
    run = crawl(site.url, archive, fallback=ALL)
    assert run.exit_status == 3, run.output
    for base, type_ in (("posts", "post"), ("pages", "page"), ("movies", "movie")):
        held = {post["id"] for post in documents(archive, "posts", type=type_)}
        assert held == {int(id_) for id_ in manifest["objects"][base]}, type_
    site.switch()
    run = crawl(site.url, archive)
    assert run.exit_status == 0, run.output
    lacking = run.report["sitemap"]["addresses"]
    assert lacking
    assert all("/series/" in address for address in lacking)
    status, output, errors = doctor("--json", site.url)
    assert status == 0, errors
    assert "types that the API does not show: secret" in output


@pytest.mark.wordpress
def test_contents_that_the_api_leaves_out_come_from_the_pages(fresh_wordpress, tmp_path: Path):
    archive = tmp_path / "archive.db"
    site = fresh_wordpress("6.8", posts=20)
    [id_, *_] = map(int, site.manifest()["objects"]["pages"])
    site.switch(empty_content=id_)
    run = crawl(site.url, archive, types="page")
    assert (run.type("page")["empty_content"], run.type("page")["completed"]) == (1, 0), run.output
    run = crawl(site.url, archive, types="page", render=1)
    assert run.type("page")["completed"] == 1, run.output
    for mode in ("full", "update"):
        crawl(site.url, archive, types="page", mode=mode)
        [page] = documents(archive, "posts", id=id_)
        assert page["source"] == "api+page", mode
        assert page["text"]
        assert "page_outdated" not in page["flags"]
