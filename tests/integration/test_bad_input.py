"""A user's mistake or a broken world gets the documented exit status and one clear line."""

import json
import resource
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.crawling import ROOT, Crawl, command, crawl, documents, environment
from tests.servers.hostile_site import document, hang, hostile_site, html, redirect
from tests.servers.recorded_site import made_site, serve

MISTAKES = [
    (["-a", "site="], "no site given"),
    ([], "no site given"),
    (["-a", "site=nonsense"], "not the address of a site"),
    (["-a", "site=ftp://example.com/"], "not the address of a site"),
    (["-a", "site=http://exa mple.com"], "not the address of a site"),
    (["-a", "site=http://example.com", "-a", "sites=x"], "unknown argument 'sites'"),
    (["-a", "site=http://example.com", "-a", "comments=maybe"], "comments is 1 or 0"),
    (["-a", "site=http://example.com", "-s", "ARCHIVE_URI=foo://bar"], "not an archive's address"),
    (["-a", "site=http://example.com", "-s", "ARCHIVE_URI=mongodb://"], "names no host"),
    (
        ["-a", "site=http://example.com", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=0"],
        "CONCURRENT_REQUESTS_PER_DOMAIN is a whole number",
    ),
    (["-a", "site=http://example.com", "-L", "loud"], "LOG_LEVEL is one of CRITICAL, "),
    (["-a", "site=http://example.com", "-s", "DOWNLOAD_DELY=5"], "is DOWNLOAD_DELAY meant?"),
]


@pytest.mark.parametrize(("arguments", "words"), MISTAKES, ids=str)
def test_wrong_arguments(tmp_path: Path, arguments, words):
    line = [*command(None, tmp_path / "archive.db"), *arguments]
    done = subprocess.run(
        line, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_misspelt_spider_is_no_traceback():
    line = [sys.executable, "-m", "scrapy", "crawl", "wordpres", "-a", "site=http://example.com"]
    done = subprocess.run(
        line, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2, done.stderr
    assert "no spider 'wordpres'; there is: wordpress" in done.stderr
    assert "Traceback" not in done.stderr


def test_maintenance_at_the_index_is_waited_for_and_is_no_closed_api(tmp_path: Path):
    front = html("Blog", Link='</wp-json/>; rel="https://api.w.org/"')
    with hostile_site({"/": front, "/wp-json/": html("Maintenance mode")}) as site:
        run = crawl(site.home, tmp_path / "archive.db", fallback="feed")
        asked = site.requested.count("/wp-json/")
    assert (run.exit_status, run.verdict, asked) == (4, "failed", 1 + 3)
    assert "a maintenance page instead of JSON (status 200); run again later" in run.output
    assert "closed to visitors" not in run.output


def test_maintenance_at_the_index_that_passes_is_no_trouble(tmp_path: Path):
    maintenance = html("Maintenance mode")
    index = document({"name": "Blog", "namespaces": ["wp/v2"], "routes": {}})
    answers = [index, maintenance, maintenance]
    front = html("Blog", Link='</wp-json/>; rel="https://api.w.org/"')
    with hostile_site(
        {"/": front, "/wp-json/": lambda target: answers.pop() if answers else index}
    ) as site:
        crawl(site.home, tmp_path / "archive.db")
        assert "/wp-json/wp/v2/types" in site.requested


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["wordpress", "http://example.com"], "'http://example.com' stands alone: each argument"),
        (["wordpress", "site=http://example.com"], "'site=http://example.com' stands alone"),
        ([], "no spider is named; there is: wordpress (scrapy crawl wordpress -a site="),
    ],
    ids=str,
)
def test_an_argument_without_its_option_is_told_where_it_goes(arguments, words):
    line = [sys.executable, "-m", "scrapy", "crawl", *arguments]
    done = subprocess.run(
        line, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_type_names_those_that_there_are(sample, tmp_path: Path):
    run = crawl(sample.home, tmp_path / "archive.db", types="post,novels")
    assert run.exit_status == 2
    assert "no type 'novels'" in run.report["reason"]
    assert "category, post_tag, user" in run.report["reason"]


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def failed(run: Crawl, words: str) -> None:
    assert (run.exit_status, run.verdict) == (4, "failed"), run.output
    assert words in run.report["reason"]
    assert "Traceback" not in run.output


def test_nothing_listens(tmp_path: Path):
    failed(
        crawl(f"http://127.0.0.1:{closed_port()}/", tmp_path / "archive.db"), "connection refused"
    )


def test_unknown_host(tmp_path: Path):
    failed(crawl("http://no-such-host.invalid/", tmp_path / "archive.db"), "host unknown")


def test_tls_where_there_is_none(tmp_path: Path):
    with hostile_site({"/": html("Hello")}) as site:
        failed(crawl(site.home.replace("http:", "https:"), tmp_path / "archive.db"), "https")


def test_silence(tmp_path: Path):
    with hostile_site({"/": hang(), "/robots.txt": hang()}) as site:
        failed(
            crawl(site.home, tmp_path / "archive.db", settings={"DOWNLOAD_TIMEOUT": 1}),
            "no answer in time",
        )


def test_no_wordpress(tmp_path: Path):
    with hostile_site({"/": html("A bakery")}) as site:
        failed(crawl(site.home, tmp_path / "archive.db"), "no WordPress API at")


def test_api_of_4_6_without_content(tmp_path: Path):
    with hostile_site(
        {
            "/": html("Old"),
            "/wp-json/": document({"name": "Old", "namespaces": ["oembed/1.0"], "routes": {}}),
        }
    ) as site:
        failed(crawl(site.home, tmp_path / "archive.db"), "no WordPress API at")


def test_a_redirect_into_a_private_network(tmp_path: Path):
    with hostile_site({"/": redirect("http://169.254.169.254/latest/")}) as site:
        run = crawl(site.home, tmp_path / "archive.db", settings={"CRAWL_PRIVATE_ADDRESSES": "0"})
        failed(run, "private address")


def test_redirects_without_end(tmp_path: Path):
    with hostile_site({"/": redirect("/"), "/wp-json/": redirect("/wp-json/")}) as site:
        failed(crawl(site.home, tmp_path / "archive.db"), "")


def test_the_archive_is_no_database(sample, tmp_path: Path):
    path = tmp_path / "archive.db"
    path.write_text("these are my notes")
    run = crawl(sample.home, path)
    assert run.exit_status == 5
    assert "not an SQLite database" in run.report["reason"]
    assert path.read_text() == "these are my notes"


def test_the_archive_cannot_be_made(sample):
    run = crawl(sample.home, "sqlite:////proc/none/archive.db")
    assert run.exit_status == 5
    assert "choose another path" in run.output


def test_the_database_is_not_there(sample, tmp_path: Path):
    run = crawl(
        sample.home,
        f"mongodb://user:secret@127.0.0.1:{closed_port()}/test?serverSelectionTimeoutMS=500",
    )
    assert run.exit_status == 5
    assert "secret" not in run.output
    assert "127.0.0.1" in run.report["reason"]
    assert "Traceback" not in run.output


def test_the_disk_is_full(tmp_path: Path):
    """To SQLite a limit on file sizes is a full disk; the next run brings what is missing."""
    archive = tmp_path / "archive.db"

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))

    with serve(made_site(posts=1500)) as site:
        line = command(site.home, archive, settings={"ARCHIVE_PATIENCE_S": 0})
        done = subprocess.run(
            line,
            cwd=ROOT,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=120,
            preexec_fn=limit,
        )
        assert done.returncode == 5, done.stderr
        assert "Traceback" not in done.stderr
        again = crawl(site.home, archive)
        assert again.exit_status == 0, again.output
        assert len(documents(archive, "posts", type="post")) == 1500


def test_a_report_that_cannot_be_written_is_said_before_the_crawl(sample, tmp_path: Path):
    line = [*command(sample.home, tmp_path / "archive.db"), "-a", "report=/proc/none/report.json"]
    done = subprocess.run(
        line, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2, done.stderr
    assert "the report cannot be written" in done.stderr


def test_scrapys_own_exports_take_the_items(sample, tmp_path: Path):
    feed = tmp_path / "items.jsonl"
    line = [*command(sample.home, tmp_path / "archive.db"), "-o", str(feed)]
    done = subprocess.run(
        line, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    items = [json.loads(text) for text in feed.read_text(encoding="utf-8").splitlines()]
    assert len(items) == sum(
        len(documents(tmp_path / "archive.db", kind))
        for kind in ("posts", "terms", "authors", "media")
    )
    assert all(json.loads(item["raw"])["id"] == item["id"] for item in items)
