"""An address that could run, and a slug that is a path, are found wherever a record has them."""

from typing import Any

import pytest

from crawler.rest.record_fields import absolute_link, decoded_slug, web_or_none
from wparchive.model.addresses import odd_value, plain_slug

HOME = "https://example.com/"
RUNS = ["javascript:alert(1)", " java\nscript:alert(1)", "JavaScript:x", "data:text/html,x"]
ODD: list[dict[str, Any]] = [
    *({"link": text} for text in RUNS),
    {"url": "file:///etc/passwd"},
    {"canonical_url": "vbscript:x"},
    {"author_url": "javascript:x"},
    {"home": "javascript:x"},
    {"images": [{"url": "https://a.example/a.jpg", "alt": ""}, {"url": RUNS[0], "alt": ""}]},
    {"embeds": [{"kind": "iframe", "url": RUNS[3], "title": ""}]},
    {"links": [{"url": RUNS[0], "text": ""}]},
    {"images": [{"url": "mailto:a@example.com", "alt": ""}]},
    {"featured_image": {"id": 1, "name": "x", "slug": "x", "url": RUNS[0]}},
    {"translations": [{"language": "fr", "id": 1, "link": RUNS[0]}]},
    {"blocks": [{"type": "figure", "url": RUNS[0]}]},
    {"document": {"link": RUNS[0]}},
    {"slug": "../../secret"},
    {"slug": "a/../b"},
    {"slug": ".."},
    {"slug": "a\\..\\b"},
    {"tags": [{"id": 1, "name": "x", "slug": "../x"}]},
]
HONEST: list[dict[str, Any]] = [
    {"link": None, "url": "", "slug": ""},
    {"link": "https://example.com/a", "url": "HTTP://example.com/a.jpg", "slug": "a.b"},
    {"link": "//example.com/a", "url": "/uploads/a.jpg", "canonical_url": "/a?b=c:d"},
    {"links": [{"url": "mailto:a@example.com", "text": ""}, {"url": "tel:+1", "text": ""}]},
    {"author_url": "ftp://example.com/a"},
    {"slug": "docs/intro"},
    {"slug": "..."},
    {"extra": [{"k": "link", "v": RUNS[0]}], "raw": RUNS[0], "title": RUNS[0]},
]


@pytest.mark.parametrize("record", ODD, ids=str)
def test_what_is_odd_is_named(record: dict[str, Any]) -> None:
    assert odd_value(record)


@pytest.mark.parametrize("record", HONEST, ids=str)
def test_what_a_crawl_writes_is_not_odd(record: dict[str, Any]) -> None:
    assert odd_value(record) == ""


def test_a_crawl_writes_nothing_odd() -> None:
    for text in RUNS:
        link = absolute_link(text, HOME)
        assert link is None
        assert web_or_none(text) is None
    for slug in ("../../secret", "..%2f..%2fsecret", "%2e%2e/secret", "..\\secret"):
        assert decoded_slug(slug) == "secret"
    assert odd_value({"slug": decoded_slug("x/..%5C..%5c"), "link": absolute_link("a", HOME)}) == ""
    assert plain_slug("docs/intro/") == "docs/intro/"
