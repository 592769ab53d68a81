"""A page in place of a picture or a document is seen; unusual files are kept."""

import json
from random import Random

import pytest

from crawler.files.answers import text_in_place_of

LOGIN = b"<!DOCTYPE html><html><body><form>Log in</form></body></html>"
NOISE = Random(1).randbytes(400)
PAGES = {
    "doctype": LOGIN,
    "behind a mark and a comment": b"\xef\xbb\xbf\n<!-- cached -->\n<HTML lang=de>\xe4</HTML>",
    "in Latin-1": b"<html><title>Zugriff verweigert f\xfcr Sie</title>",
    "in UTF-16": "<html><body>login</body></html>".encode("utf-16"),
    "a part of a page": b"<h1>Error establishing a database connection</h1>",
    "JSON": json.dumps({"error": "login", "status": 401}).encode(),
    "a list of JSON": b' [{"id": 1}]',
    "words": "Fehler: Bitte später wiederkommen.".encode(),
    "a character cut by the limit": b"x" + "ü".encode() * 600,
    "XML of a bucket": b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>',
    "a notice of PHP": b"Warning: readfile(): failed in /var/www/x.php on line 3",
}
BINARY = [
    *(f"image/{name}" for name in ("jpeg", "png", "gif", "webp", "avif", "heic", "x-icon")),
    *(f"application/{name}" for name in ("pdf", "zip", "epub+zip")),
    *("audio/mpeg", "video/mp4", "font/woff2"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.oasis.opendocument.text",
]
KEPT = {
    "JPEG": ("image/jpeg", b"\xff\xd8\xff\xe0\x00\x10JFIF" + NOISE),
    "PNG under the type of a JPEG": ("image/jpeg", b"\x89PNG\r\n\x1a\n" + NOISE),
    "WebP": ("image/webp", b"RIFF\x10\x00\x00\x00WEBPVP8 " + NOISE),
    "WebP under the type of a PNG": ("image/png", b"RIFF\x10\x00\x00\x00WEBPVP8 " + NOISE),
    "AVIF": ("image/avif", b"\x00\x00\x00\x20ftypavif" + NOISE),
    "HEIC": ("image/heic", b"\x00\x00\x00\x18ftypheic" + NOISE),
    "a small GIF": ("image/gif", b"GIF89a" + b"\x01\x01" * 9 + b";"),
    "SVG": ("image/svg+xml", b'<?xml version="1.0"?><svg xmlns="x"><path/></svg>'),
    "SVG under another type": ("image/png", b'<svg xmlns="x"><path d="M0 0"/></svg>'),
    "MP3 with ID3": ("audio/mpeg", b"ID3\x03\x00\x00\x00\x00\x0f\x76TIT2" + NOISE),
    "MP3 without": ("audio/mpeg", b"\xff\xfb\x90\x64" + NOISE),
    "PDF of text alone": ("application/pdf", b"%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\n"),
    "PDF behind other things": ("application/pdf", b"junk " * 150 + b"%PDF-1.4\nobj"),
    "old Word": ("application/msword", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + NOISE),
    "RTF as Word": ("application/msword", b"{\\rtf1\\ansi Hello}"),
    "HTML of Word": (
        "application/msword",
        b'<html xmlns:o="urn:schemas-microsoft-com:office:office"><body>x</body></html>',
    ),
    "a table of HTML as Excel": ("application/vnd.ms-excel", b"<table><tr><td>1</td></table>"),
    "an SVG behind HTML's marks": ("image/svg+xml", b"<!-- made -->\n<svg><title>x</title></svg>"),
    "CSV": ("text/csv", b"name;<b>bold</b>\n"),
    "HTML as plain text": ("text/plain", LOGIN),
    "a table as Excel": ("application/vnd.ms-excel", b"a;b;c\n1;2;3\n"),
    "Word, a ZIP": (BINARY[-2], b"PK\x03\x04\x14\x00" + NOISE),
    "what nobody knows": ("image/jpeg", NOISE),
    "nothing": ("image/jpeg", b""),
    "an unusual type": ("application/x-unheard-of", LOGIN),
    "text": ("text/plain", b"Hello"),
    "HTML": ("text/html", LOGIN),
    "JSON as itself": ("application/json", b"{}"),
    "no type": ("", LOGIN),
    "PostScript": ("application/postscript", b"%!PS-Adobe-3.0"),
    "bitmap in text": ("image/x-xbitmap", b"#define x_width 16"),
}


@pytest.mark.parametrize("type_", BINARY)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_under_the_type_of_a_file_is_seen(type_: str, page: str) -> None:
    assert text_in_place_of(type_, PAGES[page])


@pytest.mark.parametrize("name", KEPT)
def test_unusual_files_are_none(name: str) -> None:
    assert text_in_place_of(*KEPT[name]) == ""


def test_old_types_of_office_hold_many_things_and_no_login_pages() -> None:
    assert text_in_place_of("application/msword", LOGIN) == "a web page"
    assert text_in_place_of("application/vnd.ms-excel", PAGES["JSON"]) == "JSON"


@pytest.mark.parametrize(
    "type_", ["image/svg+xml", "text/csv", "application/json", "text/calendar"]
)
def test_a_page_is_no_file_of_text_either(type_: str) -> None:
    assert text_in_place_of(type_, LOGIN) == "a web page"
    assert text_in_place_of(type_, PAGES["JSON"]) == ""


def test_no_random_bytes_are_taken_for_text() -> None:
    random = Random(2)
    for size in (40, 100, 1_000, 5_000):
        for _ in range(200):
            assert text_in_place_of("image/jpeg", b"\xff\xd8" + random.randbytes(size)) == ""
