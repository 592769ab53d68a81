"""Files in a bucket: a crawl keeps them there, and everything that reads an archive finds them."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from tests.integration.crawling import uri
from tests.integration.test_files import PICTURE, UPLOADS, kept, server, with_files
from tests.integration.test_files_resumed import with_attachments
from tests.servers.bucket_server import BucketServer, google_server, s3_server
from tests.servers.file_server import File, FileServer, file_server
from tests.servers.recorded_site import serve
from wparchive import open_archive
from wparchive.commands import cli
from wparchive.errors import ArchiveUnreachable
from wparchive.model.file_records import stored_path
from wparchive.web.app import web_app

DIGEST = sha256(PICTURE).hexdigest()
__all__ = ["server"]


@pytest.mark.parametrize("bucket_server", [s3_server, google_server])
def test_a_crawl_keeps_files_in_a_bucket_and_they_are_found_there(
    server: FileServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    bucket_server: Callable[[], AbstractContextManager[BucketServer]],
) -> None:
    archive = tmp_path / "archive.db"
    site = with_files(server)
    with bucket_server() as bucket, serve(site):
        for name, value in {**bucket.environment, "ARCHIVE_FILES": bucket.address}.items():
            monkeypatch.setenv(name, value)
        first = kept(site, archive, bucket.address)
        assert first.report["files"]["held"] == 9, first.output
        names = [key.rpartition("/")[2] for key in bucket.names()]
        assert len(names) == 8
        assert f"files/{stored_path(DIGEST)}" in bucket.names()
        assert not list(tmp_path.glob("*.files"))

        # The second run asks for what changed, because it sees the bytes in the bucket.
        bucket.delete(f"files/{stored_path(DIGEST)}")
        server.asked.clear()
        again = kept(site, archive, bucket.address)
        assert again.report["files"]["unchanged"] == 9, again.output
        assert server.asked.count((f"{UPLOADS}/one.jpg", 200)) == 1
        assert sum(status == 304 for _, status in server.asked) >= 6
        assert f"files/{stored_path(DIGEST)}" in bucket.names()

        found_in_bucket(bucket, archive, tmp_path)
        monkeypatch.setattr("wparchive.buckets._PATIENCE_S", 1.0)
    gone = run(archive, "verify")
    assert isinstance(gone.exception, ArchiveUnreachable)
    assert "cannot be read" in str(gone.exception)


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[BucketServer]:
    """A bucket of S3 as the place of files."""
    with s3_server() as bucket:
        for name, value in {**bucket.environment, "ARCHIVE_FILES": bucket.address}.items():
            monkeypatch.setenv(name, value)
        yield bucket


def test_a_bucket_that_is_lost_in_the_middle_is_named_and_nothing_half_is_left(
    server: FileServer, tmp_path: Path, s3: BucketServer
) -> None:
    archive = tmp_path / "archive.db"
    site = with_files(server)
    with serve(site):
        s3.refuse_after(4)
        cut = kept(site, archive, s3.address)
        assert (cut.exit_status, cut.verdict) == (3, "partial"), cut.output
        assert "files cannot be kept in s3://bucket/files" in cut.report["reason"]
        assert "Traceback" not in cut.output
        s3.refuse_after(float("inf"))
        whole = kept(site, archive, s3.address)
        assert whole.report["files"]["held"] == 9, whole.output
        # An update lists the bucket, and asks nothing of each file.
        s3.refuse_after(1)
        update = kept(site, archive, s3.address, mode="update")
        assert update.report["files"]["trusted"] == 9, update.output
        s3.refuse_after(float("inf"))
    exports = [
        ("markdown", 0, ["--format", "markdown", "--with-files"]),
        ("site", 0, ["--format", "site"]),
        ("bag", 1, ["--format", "bundle"]),
        ("bag.zip", 2, []),
        ("site.xml", 0, ["--with-files"]),
    ]
    for is_gone in (False, True):
        if is_gone:
            s3.refuse_after(float("inf"))
            s3.vanish()
        for name, answers, options in exports:
            if not is_gone:
                s3.refuse_after(answers)
            done = run(archive, "export", "-o", str(tmp_path / name), *options)
            assert isinstance(done.exception, ArchiveUnreachable), (name, done.exception)
            assert "s3://bucket/files" in str(done.exception)
        assert isinstance(run(archive, "verify").exception, ArchiveUnreachable)
    assert [path.name for path in tmp_path.iterdir() if "archive" not in path.name] == []


def test_a_download_into_a_bucket_goes_on_where_it_was_cut_off(
    tmp_path: Path, s3: BucketServer
) -> None:
    """What has come waits beside the archive, where the files would be without a bucket."""
    data = Random(1).randbytes(3_000_000)
    files = {"/good.zip": File(data, "application/zip", ranges="good", cut_times=2)}
    with file_server(files) as server, serve(with_attachments(server)) as site:
        done = kept(site, tmp_path / "a.db", s3.address)
    assert done.exit_status == 0, done.output
    assert [status for _, _, status in server.ranges] == [206, 206]
    assert s3.names() == [f"files/{stored_path(sha256(data).hexdigest())}"]
    assert list((tmp_path / "a.files").rglob("*")) == [tmp_path / "a.files" / ".parts"]


def run(archive: Path, *arguments: str) -> Any:
    return CliRunner().invoke(cli, [*arguments, "--archive", uri(archive)])


def found_in_bucket(bucket: BucketServer, archive: Path, out: Path) -> None:
    """Show, serve, export and verify read what the bucket has."""
    with open_archive(uri(archive)) as reading:
        key = next(item["_id"] for item in reading.posts() if item["images"])
        client = TestClient(web_app(reading, hosts=["testserver"]))
        assert f'src="/file/{DIGEST}' in client.get(f"/post/{key}").text
        shown = client.get(f"/file/{DIGEST}?type=image/jpeg")
        assert (shown.content, shown.headers["content-type"]) == (PICTURE, "image/jpeg")
        saved = client.get(f"/file/{DIGEST}?type=text/html")
        assert saved.headers["content-type"] == "application/octet-stream"
        assert saved.headers["content-disposition"].startswith("attachment")
        assert client.get(f"/file/{'0' * 64}").status_code == 404
    assert f"{bucket.address}/{stored_path(DIGEST)}" in run(archive, "show", key).output

    for form, options in (("markdown", ["--with-files"]), ("site", []), ("bundle", [])):
        done = run(archive, "export", "-o", str(out / form), "--format", form, *options)
        assert done.exit_code == 0, done.output
    for copy in (f"markdown/files/{DIGEST}.jpg", f"site/files/{DIGEST}.jpg"):
        assert (out / copy).read_bytes() == PICTURE
    assert (out / "bundle/data/files" / stored_path(DIGEST)).read_bytes() == PICTURE
    wxr_leads_to_copies(archive, out)

    verified = run(archive, "verify")
    assert verified.exit_code == 0, verified.output
    bucket.put(f"files/{stored_path(DIGEST)}", b"x")
    assert "damaged" in run(archive, "verify").output
    bucket.delete(f"files/{stored_path(DIGEST)}")
    assert "lost" in run(archive, "verify").output


def wxr_leads_to_copies(archive: Path, out: Path) -> None:
    """Pictures and attachments of a WXR file lead into the folder beside it, or to its address."""
    for options, address in (([], "wxr-files"), (["--files-at", "https://x.example/f/"], None)):
        done = run(archive, "export", "-o", str(out / "wxr.xml"), "--with-files", *options)
        assert done.exit_code == 0, done.output
        copy = f"{address or 'https://x.example/f'}/{DIGEST}.jpg"
        channel = ElementTree.parse(out / "wxr.xml").getroot()[0]
        contents = [
            item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded") or ""
            for item in channel.iter("item")
        ]
        assert sum(f'src="{copy}"' in content for content in contents) == 1
        assert any("https://elsewhere.example/theirs.jpg" in content for content in contents)
        if address:
            assert (out / copy).read_bytes() == PICTURE
