"""`-a warc`: what was asked and answered is kept as web archives keep it."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

from scrapy.http import Request, Response
from warcio.archiveiterator import ArchiveIterator

from crawler.middlewares.warc import WarcFiles, WarcMiddleware
from crawler.run.verdict import ExitStatus
from tests.integration.crawling import crawl
from tests.servers.recorded_site import made_site, serve
from wparchive import open_archive


def records(path: Path) -> list[tuple[str, str, str, bytes]]:
    """Return type, address, status and body of each record of a file."""
    found = []
    with path.open("rb") as file:
        for record in ArchiveIterator(file, check_digests="raise"):
            body = record.content_stream().read()
            status = record.http_headers.get_statuscode() if record.http_headers else ""
            address = record.rec_headers.get_header("WARC-Target-URI") or ""
            found.append((record.rec_type, address, status, body))
    return found


def bodies(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the answers in a file, each under the name that documents have for its record."""
    with path.open("rb") as file:
        for record in ArchiveIterator(file):
            if record.rec_type == "response":
                id_ = record.rec_headers.get_header("WARC-Record-ID").strip("<>")
                yield f"{path.name}#{id_}", record.content_stream().read()


def test_every_request_is_written_with_its_answer_and_files_are_rotated(tmp_path):
    site = made_site(posts=150)
    folder = tmp_path / "warc"
    settings = {"CRAWL_WARC_MAX_BYTES": 5000}
    with serve(site):
        run = crawl(site.home, tmp_path / "archive.db", warc=folder, settings=settings)
    assert run.exit_status == 0, run.output
    names = run.report["warc"]
    assert len(names) > 2
    assert sorted(path.name for path in folder.iterdir()) == names
    every = [records(folder / name) for name in names]
    assert all(some[0][0] == "warcinfo" for some in every)
    answers = [record for some in every for record in some if record[0] == "response"]
    questions = [record for some in every for record in some if record[0] == "request"]
    # The spider's own first request needs no network.
    assert len(answers) == len(questions) == run.report["requests"] - 1
    pages = [json.loads(body) for _, url, status, body in answers if "/wp/v2/posts?" in url]
    assert {row["id"] for page in pages for row in page} == set(range(1, 151))
    with open_archive(f"sqlite:///{tmp_path}/archive.db") as archive:
        (kept,) = archive.runs()
        assert kept["warc"] == names
        posts = list(archive.posts(raw=True))
        terms = list(archive.terms())
    assert len(posts) == 150
    # Each document names the record that holds it.
    pages_by_record = {name: body for path in names for name, body in bodies(folder / path)}
    for document in (*posts, *terms):
        assert any(
            row["id"] == document["id"] for row in json.loads(pages_by_record[document["warc"]])
        )
    command = [sys.executable, "-m", "wparchive", "--archive", f"sqlite:///{tmp_path}/archive.db"]
    shown = subprocess.run(
        [*command, "show", posts[0]["_id"]], capture_output=True, text=True, check=True
    )
    assert posts[0]["warc"] in shown.stdout


def test_a_folder_that_cannot_be_written_is_a_wrong_argument(tmp_path):
    (tmp_path / "warc").touch()
    run = crawl("http://127.0.0.1:9", tmp_path / "archive.db", warc=tmp_path / "warc")
    assert run.exit_status == 2, run.output
    assert "WARC files cannot be written" in run.output


def test_a_folder_that_is_lost_on_the_way_ends_the_run(tmp_path):
    (tmp_path / "warc").touch()
    stopped: list[tuple[ExitStatus, str]] = []
    run = SimpleNamespace(credentials=None, stop=lambda *why: stopped.append(why))
    files = WarcFiles(tmp_path / "warc", "site", 1000, {}, note=[].append)
    request = Request("http://127.0.0.1/wp-json/")
    response = Response(request.url, body=b"{}")
    middleware = WarcMiddleware(run, files)  # type: ignore[arg-type]
    assert asyncio.run(middleware.process_response(request, response)) is response
    [(status, reason)] = stopped
    assert status == ExitStatus.PARTIAL
    assert "WARC files cannot be written" in reason
