"""Files in a bucket: a crawl keeps them there, and everything that reads an archive finds them."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from contextlib import AbstractContextManager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from tests.integration.crawling import uri
from tests.integration.test_files import PICTURE, UPLOADS, kept, server, with_files
from tests.servers.bucket_server import BucketServer, google_server, s3_server
from tests.servers.file_server import FileServer
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
