"""Answers to an owner's requests, as WARC files have them."""

import gzip
import zlib
from base64 import b64encode

import pytest
from scrapy.http import Response

from crawler.credentials import Credentials
from crawler.middlewares.warc import without_secrets

OWNER = Credentials("https://h.org/", "editor", "a long password")
TOKEN = b64encode(b"editor:a long password")


@pytest.mark.parametrize(
    ("encoding", "pack", "body"),
    [
        (None, bytes, b"debug: [credentials]"),
        ("gzip", gzip.compress, b"debug: [credentials]"),
        ("deflate", zlib.compress, b"debug: [credentials]"),
        ("br", bytes, b""),
    ],
)
def test_no_record_repeats_the_credentials(encoding, pack, body):
    headers = {"X-Debug": TOKEN, "Set-Cookie": "wordpress_logged_in_1=editor|1|x", "X": "y"}
    if encoding:
        headers["Content-Encoding"] = encoding
    response = Response("https://h.org/", headers=headers, body=pack(b"debug: " + TOKEN))
    written = without_secrets(response, OWNER)
    assert written.body == body
    assert written.headers.to_unicode_dict() == {"X-Debug": "[credentials]", "X": "y"}
    assert response.headers["X-Debug"] == TOKEN
    assert ("Content-Encoding" in response.headers) == bool(encoding)
