"""Documents that would cost a parser much, or that it would read wrongly."""

import gzip

import pytest

from crawler.fallback.bounded_markup import bounded, with_numeric_references
from crawler.fallback.feeds import read_feed
from crawler.fallback.pages import PublicPage
from crawler.fallback.sitemaps import read_sitemap

HOME = "https://h.org/"
ITEM = b"<item><link>https://h.org/%s</link></item>"
URL = b"<url><loc>https://h.org/%s</loc></url>"
MANY = 3_000_000


@pytest.mark.parametrize(
    "piece", [b"<x/>", b" a='b'", b"<!ENTITY a 'b'>", b"&nbsp;", b"<x a=b>&c;"], ids=str
)
def test_a_document_is_read_up_to_a_number_of_nodes(piece):
    body = b"<rss>" + piece * MANY
    part = bounded(body, 500_000)
    assert body.startswith(part)
    assert len(part) < len(body) / 2


@pytest.mark.parametrize("body", [b"", b"<p>&lt;&amp;&#160;</p>" * 50_000, b"text " * MANY])
def test_documents_of_usual_density_stay_whole(body):
    assert bounded(body, 200_000) == body


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (b"a &amp;&nbsp;&lt; b", b"a &#38;&#160;&#60; b"),
        (b"<![CDATA[&amp;]]>&apos;<![CDATA[&amp;", b"<![CDATA[&amp;]]>&#39;<![CDATA[&amp;"),
        (b"&own; &amp &; &amp;lt;", b"&own; &amp &; &#38;lt;"),
    ],
)
def test_references_become_numbers(body, read):
    assert with_numeric_references(body) == read


def test_a_feed_and_a_sitemap_of_empty_elements_are_read_up_to_a_limit():
    feed = b"<rss><channel>" + ITEM % b"a" + b"<x/>" * MANY + ITEM % b"b" + b"</channel></rss>"
    assert [post.link for post in read_feed(feed, HOME).posts] == ["https://h.org/a"]
    sitemap = b"<urlset>" + URL % b"a" + b"<x/>" * MANY + URL % b"b" + b"</urlset>"
    part = read_sitemap(gzip.compress(sitemap), 32 << 20)
    assert [entry.address for entry in part.entries] == ["https://h.org/a"]


def test_a_page_of_empty_elements_is_read_up_to_a_limit():
    body = b"<body class='single postid-7'><div class='entry-content'>Tea" + b"<p>a" * 1_000_000
    post = PublicPage(body, f"{HOME}tea/", HOME).post()
    assert post is not None
    assert post.content.count("<p>") < 250_000


@pytest.mark.parametrize(
    "error", [b"<title>Caf&eacute; &amp; <b>tea</title>", b"<x></y>", b"&own;"]
)
def test_markup_behind_an_error_of_a_feed_stays_whole(error):
    item = b"<item><link>https://h.org/?a=1&amp;p=7</link>"
    item += b"<description>&lt;p&gt;One &amp;amp; two&lt;/p&gt;</description></item>"
    [post] = read_feed(b"<rss><channel>" + error + item, HOME).posts
    assert post.link == "https://h.org/?a=1&p=7"
    assert post.excerpt == "<p>One &amp; two</p>"


def test_a_title_with_a_name_of_html_stays_whole():
    title = b"<title>Caf&eacute; au lait</title>"
    item = b"<item><link>https://h.org/a</link>" + title + b"</item>"
    [post] = read_feed(b"<rss><channel>" + item, HOME).posts
    assert post.title == "Café au lait"


def test_addresses_behind_an_error_of_a_sitemap_stay_whole():
    part = read_sitemap(b"<urlset><x></y>" + URL % b"?a=1&amp;b=2" + b"</urlset>", 1_000_000)
    assert [entry.address for entry in part.entries] == ["https://h.org/?a=1&b=2"]
