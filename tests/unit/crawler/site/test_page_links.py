import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.rest.responses import RestResponse
from crawler.site.page_links import hints, language, probes, rsd_address, rsd_roots, same_site

URL = "https://h.org/blog/"


def reply(body="", **headers):
    return RestResponse(URL, 200, headers, body.encode())


def test_the_link_header_comes_first():
    home = reply(
        '<link rel="https://api.w.org/" href="/other/wp-json/">',
        link='<https://h.org/wp-json/>; rel="https://api.w.org/"',
    )
    assert list(hints(home)) == [
        ("https://h.org/wp-json/", "Link header"),
        ("https://h.org/other/wp-json/", "link element"),
    ]


def test_siblings_of_the_link_header_are_no_roots():
    link = (
        '<https://h.org/wp-json/>; rel="https://api.w.org/", <https://h.org/wp-json/wp/v2/pages/2>; rel="alternate"; '
        'type="application/json", '
        "<https://h.org/>; rel=shortlink"
    )
    assert list(hints(reply(link=link))) == [("https://h.org/wp-json/", "Link header")]


@pytest.mark.parametrize(
    "element",
    [
        '<link rel="https://api.w.org/" href="https://h.org/?rest_route=/&#038;lang=fr">',
        "<LINK HREF='https://h.org/?rest_route=/&amp;lang=fr' REL='https://api.w.org/' />",
        "<link\n rel=https://api.w.org/ href=https://h.org/?rest_route=/&lang=fr >",
    ],
)
def test_the_link_element_in_its_spellings(element):
    assert list(hints(reply(f"<head>{element}</head>"))) == [
        ("https://h.org/?rest_route=/&lang=fr", "link element")
    ]


@pytest.mark.parametrize("target", ["http://[", "https://h.org:port/", "", "//["])
def test_a_hint_that_is_no_address_is_none(target):
    home = reply(
        f'<link rel="https://api.w.org/" href="{target}"><link rel="EditURI" href="{target}">',
        link=f'<{target}>; rel="https://api.w.org/"',
    )
    assert list(hints(home)) == []
    assert rsd_address(home) is None
    assert list(rsd_roots(reply(f'<api name="WP-API" apiLink="{target}" />'))) == []


@given(st.text())
def test_any_page_can_be_read(text):
    home = reply(
        f'<html lang="{text}"><link rel="https://api.w.org/" href="{text}"><link rel="EditURI" href="{text}">'
    )
    for root, _ in hints(home):
        same_site(root, URL)
    rsd_address(home)
    language(home.body)


def test_rsd():
    home = reply(
        '<link rel="EditURI" type="application/rsd+xml" title="RSD" href="https://h.org/xmlrpc.php?rsd" />'
    )
    assert rsd_address(home) == "https://h.org/xmlrpc.php?rsd"
    assert (
        rsd_address(reply('<link rel="EditURI" href="https://evil.example/xmlrpc.php?rsd" />'))
        is None
    )
    rsd = reply(
        '<api name="WordPress" apiLink="https://h.org/xmlrpc.php" /><api name="WP-API" blogID="1" apiLink="https://h.org/wp-json/" />'
    )
    assert list(rsd_roots(rsd)) == ["https://h.org/wp-json/"]


def test_probes_go_up_the_path():
    assert [root for root, _ in probes("https://h.org/a/b")] == [
        "https://h.org/a/b/wp-json/",
        "https://h.org/a/b/index.php/wp-json/",
        "https://h.org/a/b/?rest_route=/",
        "https://h.org/a/wp-json/",
        "https://h.org/a/index.php/wp-json/",
        "https://h.org/a/?rest_route=/",
        "https://h.org/wp-json/",
        "https://h.org/index.php/wp-json/",
        "https://h.org/?rest_route=/",
    ]


@pytest.mark.parametrize(
    "base",
    ["https://h.org/wp-json/", "https://h.org/index.php/wp-json/", "https://h.org/index.php"],
)
def test_an_address_of_the_api_itself_is_one_of_its_site(base):
    assert [root for root, _ in probes(base)] == [
        "https://h.org/wp-json/",
        "https://h.org/index.php/wp-json/",
        "https://h.org/?rest_route=/",
    ]


def test_long_paths_are_probed_at_their_beginning():
    assert len(list(probes("https://h.org/1/2/3/4/5/6/7/8/9"))) == 15


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://h.org/wp-json/", "https://h.org/", True),
        ("https://cms.h.org/wp-json/", "https://www.h.org/", True),
        ("http://h.co.uk/", "https://www.h.co.uk/", True),
        ("https://a.co.uk/", "https://b.co.uk/", False),
        ("https://a.github.io/", "https://b.github.io/", False),
        ("https://evil.example/wp-json/", "https://h.org/", False),
        ("http://127.0.0.1/", "http://127.0.0.2/", False),
        ("http://localhost:81/", "http://localhost:80/", True),
        ("file:///etc/passwd", "https://h.org/", False),
        ("//h.org/", "https://h.org/", False),
    ],
)
def test_same_site(one, other, same):
    assert same_site(one, other) is same


@pytest.mark.parametrize(
    ("page", "tag"),
    [
        ('<html lang="en-GB">', "en-GB"),
        ("<HTML dir=rtl lang=ar>", "ar"),
        ("<html>", None),
        ('<html lang="">', None),
    ],
)
def test_language(page, tag):
    assert language(page.encode()) == tag
