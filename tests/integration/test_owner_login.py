"""Crawls with the credentials of a site's owner: where they go, and what comes of them."""

import gzip
import sqlite3
import subprocess
import sys
from base64 import b64encode

import pytest

from demo import responses
from demo.api import Site
from demo.responses import Request, Response
from tests.integration.crawling import ROOT, crawl, documents, environment
from tests.servers.recorded_site import made_site, serve
from wparchive import open_archive

USER = "a-user-of-the-site"
PASSWORD = "abcd EFGH 1234 ijkl"
HEADER = f"Basic {b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}"
ALL = "publish,private,draft,pending,future"


@pytest.fixture
def use(monkeypatch):
    """Return a function that puts credentials for an address into the environment."""

    def put(address, user=USER, password=PASSWORD):
        monkeypatch.setenv("CRAWL_CREDENTIALS", f"{address} {user}:{password}")

    return put


@pytest.fixture
def answer_first(monkeypatch):
    """Return a function that lets another one answer requests of a site before it does."""
    usual = Site.respond
    first = {}

    def respond(site: Site, request: Request) -> Response:
        answer = first.get(id(site), lambda _: None)(request)
        if answer is None:
            return usual(site, request)
        site.requests.append(request)
        return answer

    monkeypatch.setattr(Site, "respond", respond)
    return lambda site, answer: first.update({id(site): answer})


def guarded(elsewhere):
    """Answer only those who send the header; robots.txt is moved to another site."""

    def answer(request: Request) -> Response | None:
        if request.headers.get("authorization") != HEADER:
            return responses.page(401, "Staging", {"WWW-Authenticate": 'Basic realm="x"'})
        if request.target == "/robots.txt":
            return Response(302, {"Location": f"{elsewhere.origin}/robots.txt"}, b"")
        if "/media" in request.target:
            return responses.page(500, f"debug: {request.headers['authorization']}")
        return None

    return answer


def unknown_user(request: Request) -> Response | None:
    """Answer as a WordPress that takes everybody for a visitor."""
    if "/users/me" not in request.target:
        return None
    body = b'{"code": "rest_not_logged_in"}'
    return Response(401, {"Content-Type": responses.JSON}, body)


def everything_kept(folder, output):
    """Return all that a crawl left behind, as bytes."""
    kept = [output.encode()]
    for path in folder.rglob("*"):
        if path.suffix == ".db":
            with sqlite3.connect(path) as database:
                kept.append("\n".join(database.iterdump()).encode())
        elif path.suffix == ".gz":
            kept.append(gzip.decompress(path.read_bytes()))
        elif path.is_file():
            kept.append(path.read_bytes())
    return b"\n".join(kept)


def test_a_site_behind_a_password_is_crawled_and_nobody_else_learns_it(use, answer_first, tmp_path):
    site = made_site(posts=12)
    other = made_site(posts=3)
    with serve(site), serve(other):
        answer_first(site, guarded(other))
        use(site.home)
        log = tmp_path / "crawl.log"
        settings = {"LOG_LEVEL": "DEBUG", "LOG_FILE": log, "RETRY_TIMES": 0, "CLEAN_PROCESSES": 1}
        archive = tmp_path / "archive.db"
        run = crawl(site.home, archive, settings=settings, warc=str(tmp_path / "warc"))
        refused = crawl(site.home, tmp_path / "other.db", settings={"ROBOTSTXT_OBEY": 0})
        assert refused.exit_status == 3
        look = [sys.executable, "-m", "scrapy", "doctor", site.home, "-s", "DOWNLOAD_DELAY=0"]
        looked = subprocess.run(look, cwd=ROOT, env=environment(), capture_output=True, text=True)
        use(site.home, password="wrong-password")
        wrong = crawl(site.home, tmp_path / "other.db")
    assert (looked.returncode, "post: 12 posts" in looked.stdout) == (0, True), looked.stderr
    assert PASSWORD not in looked.stdout + looked.stderr
    assert len(documents(tmp_path / "archive.db", "posts")) == 12
    assert run.type("post")["proof"] == "proved"
    assert run.report["credentials"] == wrong.report["credentials"] == "unconfirmed"
    assert {request.target for request in other.requests} == {"/robots.txt"}
    assert not [request for request in other.requests if "authorization" in request.headers]
    assert (wrong.exit_status, wrong.verdict) == (4, "failed")
    assert "the web server asks for another user or password" in wrong.report["reason"]
    assert list((tmp_path / "warc").iterdir())
    kept = everything_kept(tmp_path, run.output + wrong.output + str(wrong.report))
    for secret in (USER, PASSWORD, HEADER.removeprefix("Basic "), "wrong-password"):
        assert secret.encode() not in kept


def test_wrong_use_is_refused_before_anything_is_asked(use, tmp_path, monkeypatch):
    archive = tmp_path / "archive.db"
    monkeypatch.delenv("CRAWL_CREDENTIALS", raising=False)
    run = crawl("http://127.0.0.1:9/", archive, status="draft")
    assert run.exit_status == 2
    assert "CRAWL_CREDENTIALS_FILE" in run.output
    path = tmp_path / "credentials"
    path.write_text(f"https://example.com {USER}:{PASSWORD}")
    path.chmod(0o644)
    run = crawl("http://127.0.0.1:9/", archive, settings={"CRAWL_CREDENTIALS_FILE": path})
    assert run.exit_status == 2
    assert f"chmod 600 {path}" in run.output
    assert PASSWORD not in run.output
    assert not archive.exists()


def test_a_user_that_wordpress_does_not_know_is_named(use, answer_first, tmp_path):
    with serve(made_site(posts=3)) as site:
        answer_first(site, unknown_user)
        use(site.home)
        run = crawl(site.home, tmp_path / "archive.db")
    assert run.exit_status == 4
    assert "application passwords are switched off there" in run.report["reason"]


def login_of(wordpress):
    """Return the line for a WordPress and its administrator."""
    made = "WP_Application_Passwords::create_new_application_password(1, ['name' => uniqid()])"
    password = wordpress.php(f"echo 'PASSWORD:', {made}[0], ':END';").partition("PASSWORD:")[2]
    return f"{wordpress.url} admin:{password.partition(':END')[0]}"


def by_status(archive, **filters):
    with open_archive(f"sqlite:///{archive}") as reading:
        return {post["status"] for post in reading.posts(**filters)}


def test_unpublished_posts_are_read_when_asked_for_and_kept_apart(
    fresh_wordpress, tmp_path, monkeypatch
):
    site = fresh_wordpress(posts=100)
    login = login_of(site)
    archive = tmp_path / "archive.db"
    monkeypatch.setenv("CRAWL_CREDENTIALS", login)
    public = crawl(site.url, archive, mode="auto")
    hidden = [row for row in documents(archive, "media") if "HIDDEN" in str(row)]
    assert (public.exit_status, hidden) == (0, [])
    assert by_status(archive, state="any") == {"publish"}
    whole = crawl(site.url, archive, mode="auto", status=ALL)
    assert whole.report["credentials"] == "user"
    assert (whole.exit_status, whole.verdict) == (0, "complete"), whole.output
    assert by_status(archive) == {"publish"}
    assert by_status(archive, state="unpublished") == {"private", "draft", "pending", "future"}
    unpublished = [row for row in documents(archive, "posts") if row["state"] == "unpublished"]
    assert whole.type("post")["held"] == public.type("post")["held"] + len(
        [row for row in unpublished if row["type"] == "post"]
    )
    # A run for visitors leaves them alone; one of the same kind again finds nothing new.
    monkeypatch.delenv("CRAWL_CREDENTIALS")
    assert crawl(site.url, archive, mode="auto").exit_status == 0
    assert len(list(documents(archive, "posts", state="unpublished"))) == len(unpublished)
    monkeypatch.setenv("CRAWL_CREDENTIALS", login)
    draft = next(row["id"] for row in unpublished if row["status"] == "draft")
    shown = next(row["id"] for row in documents(archive, "posts", type="post", state="live"))
    site.php(
        f"wp_update_post(['ID' => {draft}, 'post_status' => 'publish']);"
        f"wp_update_post(['ID' => {shown}, 'post_status' => 'private']);"
    )
    again = crawl(site.url, archive, mode="update", status=ALL)
    assert again.exit_status == 0, again.output
    states = {row["id"]: row["state"] for row in documents(archive, "posts", type="post")}
    assert (states[draft], states[shown]) == ("live", "unpublished")
    events = {(row["id"], row["event"]) for row in documents(archive, "events", kind="posts")}
    assert {(draft, "returned"), (shown, "unpublished")} <= events
    edit = crawl(site.url, archive, mode="auto", context="edit")
    assert edit.exit_status == 0, edit.output
    protected = documents(archive, "posts", protected=1)
    assert protected
    assert all(row["text"] for row in protected)
    assert "password" not in {field["k"] for row in protected for field in row["extra"]}
