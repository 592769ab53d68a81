import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fallback.markers import marker_of, with_page_content
from crawler.fallback.published import (
    MADE_UP_IDS,
    Claims,
    PublishedPost,
    address_key,
    is_below,
    made_up_id,
    merged,
    record_of,
)
from crawler.fallback.times import site_zone, time_fields
from crawler.parsing import parse_record
from crawler.rest.collections import Collection

POSTS = Collection("posts", "post", "", {"category": "categories"})
TEA = PublishedPost(link="https://h.org/tea/", source="feed", completeness="excerpt", id=12)


def parsed(raw):
    return parse_record(raw, POSTS, "h.org", "https://h.org/")


def test_a_record_is_read_as_one_of_the_api():
    post = parsed(record_of(TEA, "2025-01-01"))
    assert (post.key, post.slug, post.source, post.completeness) == (
        *("h.org/post/12", "tea"),
        *("feed", "excerpt"),
    )
    assert marker_of(post.raw)["lastmod"] == "2025-01-01"
    assert post.author_id is None
    assert post.flags == []


@pytest.mark.parametrize(
    ("content", "protected"),
    [
        ('<form action="/wp-login.php?action=postpass" class="post-password-form x">', True),
        ('<p>Hi</p><FORM class=post-password-form method="post"><input></FORM>', True),
        ('<form action="https://h.org/wp-login.php?action=postpass"><input>', True),
        ("<pre><code>&lt;form class=&quot;post-password-form&quot;&gt;</code></pre>", False),
        ('<p>Style <code>.post-password-form</code>, see <a href="?action=postpass">', False),
        ('<!-- <form class="post-password-form"> --><p class="post-password-form">a', False),
        ('<form class="no-post-password-form"><textarea><form action="action=postpass">', False),
    ],
)
def test_a_post_is_protected_where_its_content_is_the_form(content, protected):
    post = parsed(record_of(replace(TEA, content=content)))
    assert post.protected is protected
    assert post.content_rendered == ("" if protected else content)


@given(st.text())
def test_any_text_about_the_form_can_be_read(text):
    assert parsed(record_of(replace(TEA, content=f"post-password-form{text}"))).protected is False


def test_one_id_is_of_one_post():
    claims = Claims()
    coffee = replace(TEA, link="https://h.org/coffee/", title="Coffee")
    tea = replace(TEA, title="Tea")
    assert claims.settled(tea, None, ()) is tea
    assert claims.settled(tea, None, ()) is tea
    assert claims.settled(replace(tea, link="https://h.org/tea/2/"), None, ()) is None
    assert claims.settled(coffee, None, ()) == replace(coffee, id=None)
    assert claims.settled(replace(coffee, id=13), None, ()) == replace(coffee, id=13)
    assert claims.doubts() == [
        "of the addresses that claim an id twice, 1 show a post that another address shows, and "
        "were left out (https://h.org/tea/2/) and 1 show another post, which has an id made of its "
        "address (https://h.org/coffee/)"
    ]
    assert Claims().doubts() == []


def test_a_held_post_keeps_its_id_while_the_site_lists_its_address():
    held = record_of(replace(TEA, title="Tea &amp; more"))
    coffee = replace(TEA, link="https://h.org/coffee/", title="Coffee")
    assert Claims().settled(coffee, held, {"h.org/tea": 1}) == replace(coffee, id=None)
    again = replace(coffee, title="Tea & more - Blog")
    assert Claims().settled(again, held, {"h.org/tea": 1}) is None
    for gone in ({}, {"h.org/other": 1}):
        assert Claims().settled(coffee, held, gone) is coffee
    assert Claims().settled(coffee, b"[]", {"h.org/tea": 1}) is coffee


def test_a_record_of_the_api_has_no_marker():
    raw = b'{"id":1,"content":{"rendered":"x"},"categories":[3]}'
    post = parsed(raw)
    assert marker_of(raw) is None
    assert (post.source, post.completeness, post.content_rendered) == ("api", "record", "x")


@pytest.mark.parametrize(
    "marker", [None, 1, [], {}, {"source": "api"}, {"source": ["feed"]}, "feed"]
)
def test_a_site_cannot_shape_anything_by_a_marker_of_its_own(marker):
    raw = json.dumps({"id": 1, "_wparchive": marker}).encode()
    assert (parsed(raw).source, parsed(raw).extra) == ("api", [])
    assert marker_of(raw) is None


def test_a_completed_record_keeps_the_bytes_of_the_api():
    raw = b'{"id":1, "modified_gmt":"2025-01-01T00:00:00","content":{"rendered":""}}\n'
    done = with_page_content(raw, "<p>x</p>", "2025-01-01T00:00:00")
    assert done.startswith(raw.rstrip()[:-1])
    post = parsed(done)
    assert (post.source, post.content_rendered, post.flags) == ("api+page", "<p>x</p>", [])
    assert parsed(with_page_content(raw, "x", "2024")).flags == ["page_outdated"]
    assert with_page_content(b"{}", "x", "").startswith(b'{"_wparchive"')


def test_a_made_up_id_is_the_same_for_each_way_to_write_an_address():
    ids = {made_up_id(x) for x in ("http://www.h.org/t%C3%A9a", "https://h.org/téa/?utm_source=x")}
    assert len(ids) == 1
    assert MADE_UP_IDS <= ids.pop() < 2 * MADE_UP_IDS
    assert made_up_id("https://h.org/?p=1") != made_up_id("https://h.org/?p=2")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://h.org/blog/a", True),
        ("http://www.h.org/blog/", True),
        ("https://h.org/blog?p=1", True),
        ("https://h.org/blogs", False),
        ("https://h.org/", False),
        ("https://h.org:8080/blog/a", False),
        ("https://evil.org/h.org/blog/a", False),
        ("javascript:alert(1)", False),
        ("http://[", False),
    ],
)
def test_what_is_of_the_site(address, expected):
    assert is_below(address, "https://h.org/blog/") is expected
    assert isinstance(address_key(address), str)


def test_sources_complete_one_another():
    page = PublishedPost(
        link="https://h.org/tea/", source="page", completeness="content", id=99, content="<p>x</p>"
    )
    both = merged(TEA, page)
    assert (both.id, both.source, both.completeness, both.content) == (
        *(12, "page"),
        *("content", "<p>x</p>"),
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Wed, 02 Jul 2025 18:27:29 +0200", "2025-07-02T16:27:29"),
        ("2025-07-02T18:27:29+02:00", "2025-07-02T16:27:29"),
        ("Wed, 02 Jul 2025 18:27:29 -0000", "2025-07-02T18:27:29"),
        ("0001-01-01T00:00:00+10:00", None),
        ("yesterday", None),
        ("", None),
        (7, None),
    ],
)
def test_times(value, expected):
    assert time_fields("modified", value) == ({"modified": expected} if expected else {})


@pytest.mark.parametrize("value", ["2025-07-02T18:27:29", "Wed, 02 Jul 2025 18:27:29"])
def test_a_time_without_a_zone_is_local_time(value):
    assert time_fields("published", value) == {"published_local": "2025-07-02T18:27:29"}


@pytest.mark.parametrize(
    ("zone", "hour", "flags"),
    [
        (site_zone("Europe/Berlin", 1.0), 16, []),  # in summer, whatever the offset is now
        (site_zone("", -5.0), 23, []),
        (site_zone("../../etc/passwd", 5.5), 12, []),
        (site_zone("", None), 18, ["zone_unknown"]),
        (site_zone("x" * 5000, 99.0), 18, ["zone_unknown"]),
    ],
)
def test_local_times_become_utc_where_the_zone_of_the_site_is_known(zone, hour, flags):
    tea = replace(TEA, published_local="2025-07-02T18:27:29", modified="2025-07-03T01:00:00")
    post = parsed(record_of(tea, zone=zone))
    assert post.published_local == "2025-07-02T18:27:29"
    assert post.published_at.hour == hour
    assert post.flags == flags
    assert post.modified_at.hour == 1


def test_a_time_with_a_zone_counts_before_one_without():
    merged_post = merged(
        replace(TEA, published_local="2025-07-02T18:27:29"),
        replace(TEA, published="2025-07-02T16:27:29"),
    )
    post = parsed(record_of(merged_post))
    assert (post.published_at.hour, post.flags) == (16, [])
