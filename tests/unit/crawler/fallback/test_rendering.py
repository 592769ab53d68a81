import asyncio
import json

import pytest

from crawler.fallback.markers import marker_of, with_page_content
from crawler.fallback.rendering import PageContents, count_shortcodes, what_is_wrong
from crawler.rest.collections import Collection
from tests.answers import Site
from tests.runs import a_run

POSTS = Collection("posts", "post", "/wp/v2/posts")
LINK = "https://h.org/tea/"
PAGE = (
    200,
    {"Content-Type": "text/html; charset=utf-8"},
    b"<body class='postid-1'><article id='post-1'><div class='entry-content'><p>Caf\xc3\xa9</p>"
    b"</div></article>",
)
LEAKED = "[vc_row][vc_column]Text[/vc_column][/vc_row]"


def record(content="", protected=False, **fields):
    fields = {"id": 1, "link": LINK, "modified_gmt": "2025-01-01T00:00:00"} | fields
    fields["content"] = {"rendered": content, "protected": protected}
    return json.dumps(fields).encode()


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (record(""), "empty"),
        (record("\n<p>&nbsp;</p>\n"), "empty"),
        (record("", protected=True), None),
        (record("<p>x</p>"), None),
        (record(LEAKED), "shortcodes"),
        (record(f"<pre>{LEAKED}</pre>"), None),
        (record("[one] and [two] and [/three]"), None),
        (record("[box a='1']x[/box]"), None),
        (record("[box a='1']x[/box][box]y[/box]"), "shortcodes"),
        (b'{"id":1,"content":{"rendered":"', None),
        (b'{"id":1}', None),
        (b'{"id":1,"content":"" }', None),
    ],
)
def test_what_is_wrong_with_a_content(raw, expected):
    assert what_is_wrong(raw) == expected


@pytest.mark.parametrize("text", ["<pre>" * 200_000, "[/a" * 300_000, "[a]" * 300_000, "[" * 10**6])
def test_counting_takes_linear_time(text):
    assert count_shortcodes(text) == 0


class Shelf:
    """What the archive holds of the post."""

    def __init__(self, held=None):
        self.held = held

    async def raw_records(self, kind, site, type_, ids, statuses=()):
        return {1: self.held} if self.held else {}


def completed(raw, ask=True, held=None, page=PAGE):
    site = Site({LINK: page})
    run = a_run(Shelf(held), site.fetcher)
    contents = PageContents(run, ask=ask)
    [(id_, done)] = asyncio.run(contents.completed(POSTS, ((1, raw),)))
    assert id_ == 1
    return done, run.count_of(POSTS), site


def test_a_content_is_taken_from_the_page_only_when_asked_for():
    done, count, site = completed(record())
    assert marker_of(done)["content"] == "<p>Café</p>"
    assert (count.empty_content, count.leaked_shortcodes, count.completed) == (1, 0, 1)
    done, count, site = completed(record(LEAKED), ask=False)
    assert (done, site.asked) == (record(LEAKED), [])
    assert (count.empty_content, count.leaked_shortcodes, count.completed) == (0, 1, 0)


def test_a_completed_content_is_kept_until_the_record_changes():
    held = with_page_content(record(), "<p>Held</p>", "2025-01-01T00:00:00")
    for ask in (True, False):
        done, count, site = completed(record(), ask=ask, held=held)
        assert (marker_of(done)["content"], site.asked) == ("<p>Held</p>", [])
        assert count.completed == 1
    edited = record(modified_gmt="2026-01-01T00:00:00")
    done, _, _ = completed(edited, held=held)
    assert marker_of(done)["content"] == "<p>Café</p>"
    done, _, _ = completed(edited, ask=False, held=held)
    assert (marker_of(done)["content"], marker_of(done)["modified"][:4]) == ("<p>Held</p>", "2025")


@pytest.mark.parametrize(
    "page",
    [
        (404, {}, b""),
        (500, {}, b"broken"),
        (200, {}, b"<body class='postid-2'><article>other</article>"),
        (200, {}, f"<body class='postid-1'><article>{LEAKED}</article>".encode()),
        (302, {"Location": "https://other.org/"}, b""),
        (200, {}, b""),
    ],
)
def test_a_page_that_does_not_help_leaves_the_record_alone(page):
    done, count, _ = completed(record(), page=page)
    assert (done, count.completed) == (record(), 0)
