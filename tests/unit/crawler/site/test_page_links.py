import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.rest.responses import RestResponse
from crawler.site.page_links import (
    page_language,
    roots_in_head,
    roots_in_header,
    roots_in_rsd,
    rsd_address,
    same_site,
)

URL = "https://h.org/blog/"


def page(body="", **headers):
    return RestResponse(URL, 200, headers, body.encode())


def test_header_and_head_are_read_apart():
    home = page(
        '<link rel="https://api.w.org/" href="/other/wp-json/">',
        link='<https://h.org/wp-json/>; rel="https://api.w.org/"',
    )
    assert list(roots_in_header(home)) == ["https://h.org/wp-json/"]
    assert list(roots_in_head(home)) == ["https://h.org/other/wp-json/"]


def test_siblings_of_the_link_header_are_no_roots():
    link = (
        '<https://h.org/wp-json/>; rel="https://api.w.org/", '
        '<https://h.org/wp-json/wp/v2/pages/2>; rel="alternate"; '
        'type="application/json", '
        "<https://h.org/>; rel=shortlink"
    )
    assert list(roots_in_header(page(link=link))) == ["https://h.org/wp-json/"]


@pytest.mark.parametrize(
    "element",
    [
        '<link rel="https://api.w.org/" href="https://h.org/?rest_route=/&#038;lang=fr">',
        "<LINK HREF='https://h.org/?rest_route=/&amp;lang=fr' REL='https://api.w.org/' />",
        "<link\n rel=https://api.w.org/ href=https://h.org/?rest_route=/&lang=fr >",
    ],
)
def test_the_link_element_in_its_spellings(element):
    assert list(roots_in_head(page(f"<head>{element}</head>"))) == [
        "https://h.org/?rest_route=/&lang=fr"
    ]


@pytest.mark.parametrize("target", ["http://[", "https://h.org:port/", "", "//["])
def test_a_hint_that_is_no_address_is_none(target):
    home = page(
        f'<link rel="https://api.w.org/" href="{target}"><link rel="EditURI" href="{target}">',
        link=f'<{target}>; rel="https://api.w.org/"',
    )
    assert list(roots_in_header(home)) == []
    assert list(roots_in_head(home)) == []
    assert rsd_address(home) is None
    assert list(roots_in_rsd(page(f'<api name="WP-API" apiLink="{target}" />'))) == []


@given(st.text())
def test_any_page_can_be_read(text):
    home = page(
        f'<html lang="{text}"><link rel="https://api.w.org/" href="{text}">'
        f'<link rel="EditURI" href="{text}">'
    )
    for root in [*roots_in_header(home), *roots_in_head(home)]:
        same_site(root, URL)
    rsd_address(home)
    page_language(home.body)


def test_rsd():
    home = page(
        '<link rel="EditURI" type="application/rsd+xml" title="RSD" '
        'href="https://h.org/xmlrpc.php?rsd" />'
    )
    assert rsd_address(home) == "https://h.org/xmlrpc.php?rsd"
    assert (
        rsd_address(page('<link rel="EditURI" href="https://evil.example/xmlrpc.php?rsd" />'))
        is None
    )
    rsd = page(
        '<api name="WordPress" apiLink="https://h.org/xmlrpc.php" />'
        '<api name="WP-API" blogID="1" apiLink="https://h.org/wp-json/" />'
    )
    assert list(roots_in_rsd(rsd)) == ["https://h.org/wp-json/"]


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
        ("http://[", "https://h.org/", False),
        ("http://h.org:x/", "https://h.org/", False),
    ],
)
def test_same_site(one, other, same):
    assert same_site(one, other) is same


@pytest.mark.parametrize(
    ("head", "tag"),
    [
        ('<html lang="en-GB">', "en-GB"),
        ("<HTML dir=rtl lang=ar>", "ar"),
        ("<html>", None),
        ('<html lang="">', None),
        ('<html xmlns="x" xml:lang="pt-BR">', "pt-BR"),
        ('<meta property="og:locale" content="de_DE">', "de-DE"),
        ('<meta content="nl_BE" property="og:locale">', "nl-BE"),
        ("<meta http-equiv='Content-Language' content='sk'>", "sk"),
        ('<meta property="og:locale:alternate" content="fr_FR">', None),
        ('<html lang="ja"><meta property="og:locale" content="en_US">', "ja"),
        ('<link rel="alternate" hreflang="pt-BR" href="https://h.org">', "pt-BR"),
        ('<link rel="alternate" hreflang="fr" href="https://h.org/fr/">', None),
        ('<link rel="alternate" hreflang="x-default" href="https://h.org/">', None),
        ('<html lang="ja"><link rel="alternate" hreflang="en" href="https://h.org/">', "ja"),
    ],
)
def test_language(head, tag):
    assert page_language(head.encode(), "https://h.org/") == tag
