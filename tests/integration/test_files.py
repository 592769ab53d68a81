"""`-a media`: the files that a site names are fetched, kept by their hash, and found again."""

import gzip
import json
import resource
import sqlite3
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from demo.api import Site
from tests.integration.crawling import Crawl, crawl, documents, uri
from tests.servers.file_server import File, FileServer, file_server
from tests.servers.recorded_site import made_site, post, serve
from wparchive import open_archive
from wparchive.commands import cli
from wparchive.web.app import web_app

UPLOADS = "/wp-content/uploads/2024/05"
PICTURE = b"\xff\xd8\xff" + b"a picture" * 200
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
FILES = {
    "one.jpg": File(PICTURE),
    "same.jpg": File(PICTURE),
    "Übersicht 表.png": File(b"\x89PNG" + b"x" * 500, "image/png"),
    "paper.pdf": File(b"%PDF-1.4 " + b"p" * 900, "application/pdf"),
    "drawing.svg": File(SVG, "image/svg+xml"),
    "empty.txt": File(b"", "text/plain"),
    "cut.mp3": File(b"ID3" + b"m" * 5000, "audio/mpeg", cut_times=1),
    "large.zip": File(b"PK\x03\x04" + b"z" * 60_000, "application/zip", has_etag=False),
    "moved.gif": File(status=301, location="moved-here.gif"),
    "gone.jpg": File(status=404),
    "kept-out.jpg": File(b"no", status=403),
    "login.jpg": File(b"<html>log in</html>", "text/html"),
}
TYPES = {"login.jpg": "image/jpeg", "moved.gif": "image/gif"}
ATTACHED = [name for name in FILES if name != "same.jpg"]


@pytest.fixture
def server() -> Iterator[FileServer]:
    files = {f"{UPLOADS}/{name}": File(**vars(file)) for name, file in FILES.items()}
    files[f"{UPLOADS}/moved-here.gif"] = File(b"GIF89a", "image/gif")
    with file_server(files) as server:
        yield server


def attachment(id_: int, url: Any, mime_type: str, size: int | None = None) -> dict[str, Any]:
    return post(
        id_,
        type="attachment",
        mime_type=mime_type,
        source_url=url,
        alt_text="",
        caption={"rendered": ""},
        description={"rendered": ""},
        media_details={"filesize": size} if size else {},
    )


def with_files(server: FileServer) -> Site:
    """A site whose attachments name files of a server, and whose posts name some more."""
    base = f"{server.home}{UPLOADS}"
    site = made_site(posts=2, tags=0)
    records = [
        attachment(500 + n, f"{base}/{quote(name)}", TYPES.get(name, FILES[name].type))
        for n, name in enumerate(ATTACHED)
    ]
    site["media"].fill(records)
    content = (
        f'<p>Look.</p><img src="{base}/one-300x200.jpg"><img src="{base}/same.jpg">'
        '<img src="https://elsewhere.example/theirs.jpg">'
    )
    site["posts"].fill([post(900, content={"rendered": content, "protected": False})])
    return site


def kept(site: Site, archive: Path | str, folder: Path, **arguments: Any) -> Crawl:
    settings = {"ARCHIVE_FILES": folder, **arguments.pop("settings", {})}
    arguments.setdefault("media", "files")
    return crawl(site.home, archive, settings=settings, **arguments)


def records(archive: Path | str) -> dict[str, dict[str, Any]]:
    return {row["url"].rpartition("/")[2]: row for row in documents(archive, "files")}


def stored(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_update_asks_again_for_the_file_of_an_attachment_that_was_only_touched(
    archive, server, tmp_path
):
    folder = tmp_path / "files"
    site = with_files(server)
    with serve(site):
        kept(site, archive, folder)
        touched = attachment(500, f"{server.home}{UPLOADS}/{quote(ATTACHED[0])}", "image/jpeg")
        touched["modified"] = touched["modified_gmt"] = "2026-02-03T04:05:06"
        site["media"].put(touched)
        server.files[f"{UPLOADS}/{ATTACHED[0]}"].data = b"\xff\xd8replaced\xff\xd9"
        update = kept(site, archive, folder, mode="update")
        assert update.report["types"]["attachment"]["refreshed"] == 1, update.output
        assert update.report["files"]["changed"] == 1, update.output
        assert b"\xff\xd8replaced\xff\xd9" in stored(folder).values()


def test_files_are_kept_once_and_asked_for_again_only_when_they_may_have_changed(
    archive, server, tmp_path, monkeypatch
):
    folder = tmp_path / "files"
    site = with_files(server)
    with serve(site):
        first = kept(site, archive, folder)
        files = first.report["files"]
        assert first.exit_status == 3, first.output
        counts = {name: files[name] for name in ("named", "held", "new", "gone", "failed")}
        assert counts == {"named": 12, "held": 9, "new": 9, "gone": 1, "failed": 2}
        assert files["elsewhere"] == 1
        assert "files: 2 could not be fetched" in first.report["reason"]
        assert "files: 12 named, 9 held" in first.output
        # What is gone is listed beside the failures, and is none: a run with it may be complete.
        assert first.report["failures"] == 2
        assert first.output.count("2 failures\n") == 1
        names = {name for name, _ in server.asked}
        assert f"{UPLOADS}/one-300x200.jpg" not in names

        bytes_ = stored(folder)
        assert all(sha256(data).hexdigest() == name for name, data in bytes_.items())
        held = records(archive)
        assert held["one.jpg"]["sha256"] == held["same.jpg"]["sha256"]
        assert len(bytes_) == 8
        assert held["paper.pdf"]["mime_type"] == "application/pdf"
        assert held["empty.txt"]["size_bytes"] == 0
        lost = {row["url"].rpartition("/")[2]: row for row in documents(archive, "failures")}
        assert {name: row["cause"] for name, row in lost.items()} == {
            "gone.jpg": "http_404",
            "kept-out.jpg": "http_403",
            "login.jpg": "page",
        }

        # An update asks for nothing that is held; what failed or was gone is tried again.
        server.asked.clear()
        update = kept(site, archive, folder, mode="update")
        assert update.report["files"]["trusted"] == 9, update.output
        assert update.report["files"]["gone"] == 1
        assert len([name for name, _ in server.asked if "moved" not in name]) == 3

        # A full run asks for all, and fetches what was replaced; the old bytes stay.
        server.asked.clear()
        server.files[f"{UPLOADS}/one.jpg"].data = b"\xff\xd8another"
        server.files[f"{UPLOADS}/paper.pdf"].status = 410
        server.files[f"{UPLOADS}/cut.mp3"].sends_etag = '"another"'
        server.files[f"{UPLOADS}/login.jpg"] = File(status=302, location="file:///etc/hostname")
        again = kept(site, archive, folder)
        counts = again.report["files"]
        assert (counts["changed"], counts["unchanged"], counts["gone"]) == (1, 7, 2), again.output
        assert counts["held"] == 9
        assert sum(status == 304 for _, status in server.asked) == 6
        one = records(archive)["one.jpg"]
        assert one["size_bytes"] == 9
        assert len(one["earlier"]) == 1
        assert sha256(PICTURE).hexdigest() in stored(folder)
        assert records(archive)["paper.pdf"]["problem"] == "http_410"
        lost = {row["url"].rpartition("/")[2]: row for row in documents(archive, "failures")}
        words = "status 302: led to file:///etc/hostname, which is no address of the web"
        assert words in lost["login.jpg"]["message"]
        assert records(archive)["cut.mp3"]["etag"] == server.files[f"{UPLOADS}/cut.mp3"].etag

        found_again(archive, folder, tmp_path, monkeypatch)


def found_again(archive, folder, tmp_path, monkeypatch):
    """Files are found by the documents that name them, and missed where they are damaged."""
    monkeypatch.setenv("ARCHIVE_FILES", str(folder))
    address = uri(archive)

    def run(*arguments):
        return CliRunner().invoke(cli, [*arguments, "--archive", address])

    with open_archive(address) as reading:
        svg = next(item for item in reading.media() if item["url"].endswith("drawing.svg"))
        key = next(item["_id"] for item in reading.posts() if item["images"])
        (record,) = reading.files.of_document(svg).values()
        client = TestClient(web_app(reading, hosts=["testserver"]))
        page = client.get(f"/post/{key}").text
        assert f'src="/file/{sha256(PICTURE).hexdigest()}' in page
        shown = client.get(f"/file/{sha256(PICTURE).hexdigest()}?type=image/jpeg")
        assert (shown.content, shown.headers["content-type"]) == (PICTURE, "image/jpeg")
        for type_ in ("image/svg+xml", "text/html"):
            saved = client.get(f"/file/{record['sha256']}?type={type_}")
            assert saved.headers["content-type"] == "application/octet-stream"
            assert saved.headers["content-disposition"].startswith("attachment")
            assert saved.headers["x-content-type-options"] == "nosniff"
        assert client.get("/file/..%2f..%2fetc%2fpasswd").status_code == 404
    assert str(folder / record["path"]) in run("show", svg["_id"]).output
    assert "file:" in run("show", key).output

    out = tmp_path / "markdown"
    done = run("export", "-o", str(out), "--format", "markdown", "--with-files")
    assert done.exit_code == 0
    assert "2 files beside them" in done.output
    text = next(path.read_text() for path in out.rglob("*.md") if "Look." in path.read_text())
    assert f"(../../../files/{sha256(PICTURE).hexdigest()}.jpg" in text
    assert "https://elsewhere.example/theirs.jpg" in text
    assert (out / "files" / f"{sha256(PICTURE).hexdigest()}.jpg").read_bytes() == PICTURE

    assert run("verify").exit_code == 0, run("verify").output
    (folder / record["path"]).write_bytes(b"x" + SVG[1:])
    (folder / sha256(PICTURE).hexdigest()[:2] / sha256(PICTURE).hexdigest()).unlink()
    wrong = run("verify")
    assert wrong.exit_code == 7
    assert "damaged" in wrong.output
    assert "drawing.svg" in wrong.output
    assert "lost" in wrong.output
    assert wrong.output.splitlines()[-1].startswith("  not intact: ")
    # An export of posts names what it lacks, and takes nothing that is damaged.
    hashes = {path.name.partition(".")[0] for path in (out / "files").iterdir()}
    (other,) = hashes - {sha256(PICTURE).hexdigest()}
    (folder / other[:2] / other).write_bytes(b"damaged")
    done = run("export", "-o", str(tmp_path / "lacking.xml"), "--with-files", "--json")
    assert done.exit_code == 7, done.output
    assert "missing, although records name it: " in done.output
    assert "damaged, and left out: " in done.output
    told = json.loads(done.stdout)
    assert (told["files"], len(told["missing"]), len(told["damaged"])) == (0, 1, 1)
    assert not list(tmp_path.glob("lacking-files/*.jpg"))


def test_what_a_server_compresses_is_kept_whole_or_not_at_all(tmp_path):
    packed = gzip.compress(PICTURE)
    files = {
        "whole.jpg": File(packed, encoding="gzip"),
        "cut.jpg": File(packed[:-40], encoding="gzip"),
        "without-end.jpg": File(packed[:-1], encoding="gzip"),
        "no-gzip.jpg": File(PICTURE, encoding="gzip"),
    }
    with file_server({f"{UPLOADS}/{name}": file for name, file in files.items()}) as server:
        site = made_site(posts=1, tags=0)
        site["media"].fill(
            attachment(500 + n, f"{server.home}{UPLOADS}/{name}", "image/jpeg")
            for n, name in enumerate(files)
        )
        with serve(site):
            run = kept(site, tmp_path / "archive.db", tmp_path / "files")
    assert run.exit_status == 3, run.output
    assert (run.report["files"]["held"], run.report["files"]["failed"]) == (1, 3), run.output
    assert list(stored(tmp_path / "files").values()) == [PICTURE]


def test_limits_are_kept_and_named(server, tmp_path):
    archive = tmp_path / "archive.db"
    site = with_files(server)
    with serve(site):
        run = kept(
            site,
            archive,
            tmp_path / "files",
            media="images",
            settings={"CRAWL_FILE_MAX_BYTES": 1000, "CRAWL_FILES_TYPES": "image/jpeg,image/png"},
        )
        files = run.report["files"]
        # Two pictures are too large, and six files of other types were not asked for.
        assert (files["held"], files["left_out"]) == (1, 8), run.output
        held = {name for name, record in records(archive).items() if record["sha256"]}
        assert held == {"%C3%9Cbersicht%20%E8%A1%A8.png"}
        assert "CRAWL_FILE_MAX_BYTES" in " ".join(files["reasons"])
        run = kept(site, archive, tmp_path / "files", settings={"CRAWL_FILES_TOTAL_MAX_BYTES": 10})
        assert "CRAWL_FILES_TOTAL_MAX_BYTES" in " ".join(run.report["files"]["reasons"])


def test_a_folder_that_cannot_be_written_ends_the_run_and_the_next_one_goes_on(server, tmp_path):
    archive = tmp_path / "archive.db"
    site = with_files(server)
    folder = tmp_path / "files"
    folder.mkdir()
    # `aa` is a file where a folder is to be made, as for every first two digits.
    for number in range(256):
        (folder / f"{number:02x}").touch()
    with serve(site):
        run = kept(site, archive, folder)
        assert run.exit_status == 3, run.output
        assert "files cannot be kept in" in run.report["reason"]
        assert documents(archive, "posts", type="post")
        for path in folder.iterdir():
            path.unlink()
        run = kept(site, archive, folder)
        assert run.report["files"]["held"] == 9, run.output


def test_a_full_disk_ends_the_run_with_what_was_kept_and_the_next_one_goes_on(tmp_path):
    archive = tmp_path / "archive.db"
    folder = tmp_path / "files"
    # No file of the run may have more bytes than that: what is too much for it fails as on a full
    # disk, in the middle of the writing. The database needs less.
    most = 4 << 20
    small = {f"{UPLOADS}/{n}.jpg": File(PICTURE + bytes([n])) for n in range(4)}
    large = {f"{UPLOADS}/large.zip": File(b"PK\x03\x04" * (most // 2), "application/zip")}
    site = made_site(posts=2, tags=0)
    with file_server({**small, **large}) as files, serve(site):
        site["media"].fill(
            [
                attachment(500 + n, f"{files.home}{path}", file.type)
                for n, (path, file) in enumerate({**small, **large}.items())
            ]
        )
        limit = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, limit[1]))
        try:
            run = kept(site, archive, folder)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        assert run.exit_status == 3, run.output
        assert "files cannot be kept in" in run.report["reason"], run.output
        assert "make room" in run.report["reason"]
        assert "Traceback" not in run.output
        before = stored(folder)
        assert before.keys() <= {sha256(file.data).hexdigest() for file in small.values()}
        assert all(sha256(data).hexdigest() == name for name, data in before.items())
        assert len(before) == run.report["files"]["held"] >= 2
        run = kept(site, archive, folder)
        assert run.exit_status == 0, run.output
        assert run.report["files"]["held"] == 5
        assert stored(folder).items() >= before.items()


def test_a_place_that_cannot_be_used_is_said_before_anything_is_crawled(server, tmp_path):
    site = with_files(server)
    (tmp_path / "file").touch()
    with serve(site):
        for place in ("nowhere://x", str(tmp_path / "file" / "below")):
            run = crawl(
                site.home,
                tmp_path / "archive.db",
                media="files",
                settings={"ARCHIVE_FILES": place},
            )
            assert run.exit_status in (3, 4), run.output
            assert "files cannot be kept in" in run.report["reason"], run.output
            assert "Traceback" not in run.output


def test_without_the_argument_no_file_is_asked_for(server, tmp_path):
    site = with_files(server)
    with serve(site):
        run = crawl(site.home, tmp_path / "archive.db")
    assert run.exit_status == 0, run.output
    assert run.report["files"] is None
    assert not server.asked
    assert not (tmp_path / "archive.files").exists()
    with sqlite3.connect(tmp_path / "archive.db") as database:
        assert database.execute("SELECT count(*) FROM files").fetchone() == (0,)
    database.close()
