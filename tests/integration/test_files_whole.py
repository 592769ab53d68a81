"""What is kept is the file, and all of it: no page in its place, and nothing that was cut off."""

import gzip
import zlib
from pathlib import Path

import brotli
from backports import zstd

from demo.api import Site
from tests.integration.crawling import Crawl, crawl, documents
from tests.integration.test_files import UPLOADS, attachment, stored
from tests.servers.file_server import File, FileServer, file_server
from tests.servers.recorded_site import made_site, serve

NOISE = bytes(range(1, 255)) * 40
JPEG = b"\xff\xd8\xff\xda\x00\x04ab" + NOISE.replace(b"\xff", b"") + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n" + NOISE + b"\0\0\0\0IEND\xae\x42\x60\x82"
PDF = b"%PDF-1.4\n" + NOISE + b"%%EOF\n"
MP3 = b"ID3\x03" + NOISE
PAGE = b"<!DOCTYPE html><title>Log in</title><form>" + b"<p>Who are you?</p>" * 400
JSON = b'{"code": "login", "data": "' + b"x" * 5_000 + b'"}'
TYPES = {
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".pdf": "application/pdf",
    ".mp3": "audio/mpeg",
    ".bin": "application/octet-stream",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def with_attachments(server: FileServer) -> Site:
    site = made_site(posts=1, tags=0)
    addresses = [f"{server.home}{path}" for path in server.files]
    site["media"].fill(
        attachment(500 + n, url, TYPES[Path(url).suffix]) for n, url in enumerate(addresses)
    )
    return site


def kept(files: dict[str, File], folder: Path) -> tuple[Crawl, dict[str, str], set[str]]:
    """Crawl a site with these files; return the run, the causes of failures, and what is held."""
    for name, file in files.items():
        file.type = file.type or TYPES[Path(name).suffix]
    with file_server({f"{UPLOADS}/{name}": file for name, file in files.items()}) as server:
        site = with_attachments(server)
        with serve(site):
            run = crawl(
                site.home,
                folder / "a.db",
                media="files",
                settings={"ARCHIVE_FILES": folder / "files", "RETRY_TIMES": 1},
            )
    failures = documents(folder / "a.db", "failures")
    causes = {row["url"].rpartition("/")[2]: row["cause"] for row in failures}
    assert all("()" not in row["message"] for row in failures), failures
    held = {
        row["url"].rpartition("/")[2] for row in documents(folder / "a.db", "files") if row["path"]
    }
    return run, causes, held


def test_a_page_under_the_type_of_a_file_is_a_failure_and_no_file(tmp_path: Path) -> None:
    pages = {
        "login.jpg": File(PAGE, ""),
        "login.png": File(PAGE, ""),
        "error.pdf": File(b"Error establishing a database connection", ""),
        "error.docx": File(JSON, ""),
        "json.pdf": File(JSON, ""),
        "compressed.jpg": File(gzip.compress(PAGE), "", encoding="gzip"),
        "anything.jpg": File(PAGE, "application/octet-stream"),
    }
    good = {
        "real.jpg": File(JPEG, ""),
        "called-a-page.jpg": File(JPEG + b"2", "text/html"),
        "another-format.jpg": File(PNG, ""),
        "behind-junk.pdf": File(b"\n" * 900 + PDF, ""),
        "empty.jpg": File(b"", ""),
        "a-page-as-itself.bin": File(PAGE, ""),
    }
    run, causes, held = kept({**pages, **good}, tmp_path)
    assert causes == dict.fromkeys(pages, "page"), run.output
    assert held == set(good)
    assert run.exit_status == 3
    assert "answers with a page in place of the file" in str(run.report["files"]["reasons"])
    types = {row["url"].rpartition("/")[2]: row["mime_type"] for row in _records(tmp_path)}
    assert types["called-a-page.jpg"] == "image/jpeg"


def _records(folder: Path) -> list[dict[str, str]]:
    return documents(folder / "a.db", "files")


def test_a_body_that_was_cut_off_is_no_file_whatever_the_server_says_of_its_length(
    tmp_path: Path,
) -> None:
    cut = {
        "closed.jpg": File(JPEG, "", framing="close", cut_times=9),
        "closed.png": File(PNG, "", framing="close", cut_times=9),
        "closed.pdf": File(PDF, "", framing="close", cut_times=9),
        "chunked.mp3": File(MP3, "", framing="chunked", cut_times=9),
        "chunked.jpg": File(JPEG, "", framing="chunked", cut_times=9),
        "stated.mp3": File(MP3, "", cut_times=9),
    }
    whole = {
        "whole-closed.jpg": File(JPEG, "", framing="close"),
        "whole-closed.png": File(PNG, "", framing="close"),
        "whole-closed.pdf": File(PDF, "", framing="close"),
        "whole-chunked.mp3": File(MP3, "", framing="chunked"),
        "packed.mp3": File(gzip.compress(MP3 + b"1"), "", framing="close", encoding="gzip"),
        "no-end.mp3": File(MP3 + b"2", "", framing="close"),
    }
    # In turns: a host that keeps failing is given up.
    turns = [pair for pairs in zip(cut.items(), whole.items(), strict=True) for pair in pairs]
    run, causes, held = kept(dict(turns), tmp_path)
    assert causes == {
        **dict.fromkeys(("closed.jpg", "closed.png", "closed.pdf"), "cut_off"),
        **dict.fromkeys(("chunked.mp3", "chunked.jpg", "stated.mp3"), "unanswered"),
    }, run.output
    assert held == set(whole)
    # Nothing shows that this one is whole, and the report says so.
    assert run.report["files"]["length_not_stated"] == 1, run.output
    assert "no-end.mp3: kept; its server states no length" in str(run.report["files"]["reasons"])
    assert "1 of no stated length" in run.output


def test_what_a_proxy_has_transformed_is_kept_and_named(tmp_path: Path) -> None:
    answers = {
        "smaller.jpg": File(JPEG, status=203),
        "whole.png": File(PNG, "image/png"),
        "page.jpg": File(b"<html>log in</html>", "text/html", status=203),
    }
    run, causes, held = kept(answers, tmp_path)
    assert causes == {"page.jpg": "page"}, run.output
    assert held == {"smaller.jpg", "whole.png"}
    assert run.report["files"]["transformed"] == 1
    assert "smaller.jpg: kept as a proxy has transformed it" in str(run.report["files"]["reasons"])
    assert "1 transformed by a proxy (203)" in run.output


def test_what_cannot_be_unpacked_is_named_as_that(tmp_path: Path) -> None:
    broken = {}
    for coding, packed in {
        "gzip": gzip.compress(JPEG),
        "deflate": zlib.compress(JPEG),
        "br": brotli.compress(JPEG),
        "zstd": zstd.compress(JPEG),
    }.items():
        broken[f"{coding}-none.jpg"] = File(JPEG, "", encoding=coding)
        broken[f"{coding}-cut.jpg"] = File(packed[:-9], "", encoding=coding)
        broken[f"{coding}-closed.jpg"] = File(packed[:-9], "", encoding=coding, framing="close")
    good = {"br-good.jpg": File(brotli.compress(JPEG), "", encoding="br")}
    run, causes, held = kept({**broken, **good}, tmp_path)
    assert causes == dict.fromkeys(broken, "compression"), run.output
    assert held == set(good)
    assert list(stored(tmp_path / "files").values()) == [JPEG]
