import gzip

import pytest

from crawler.fallback.sitemaps import (
    SITEMAP_ENTRIES_MAX,
    places_in_robots,
    read_sitemap,
    what_it_lists,
)

NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
URLSET = f"""<?xml version="1.0"?><?xml-stylesheet href="x.xsl"?><urlset {NAMESPACE}>
<url><loc>https://h.org/a/</loc><lastmod>2025-07-02T16:27:29+00:00</lastmod></url>
<url><lastmod>2025</lastmod></url><url><loc> https://h.org/b/?x=1&amp;y=2 </loc></url></urlset>"""
INDEX = (
    f"<sitemapindex {NAMESPACE}><sitemap><loc>https://h.org/1.xml</loc></sitemap></sitemapindex>"
)


def read(body):
    part = read_sitemap(body, 1_000_000)
    return part.is_index, [(entry.address, entry.lastmod[:4]) for entry in part.entries]


ADDRESSES = [("https://h.org/a/", "2025"), ("https://h.org/b/?x=1&y=2", "")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (URLSET.encode(), (False, ADDRESSES)),
        (gzip.compress(URLSET.encode()), (False, ADDRESSES)),
        (b"\n\n" + URLSET.encode(), (False, ADDRESSES)),
        (URLSET.encode()[:-15], (False, ADDRESSES)),
        (URLSET.encode()[:-25], (False, ADDRESSES[:1])),
        (
            URLSET.replace("<url>", "<url><image><loc>https://h.org/1.png</loc></image>").encode(),
            (False, ADDRESSES),
        ),
        (URLSET.replace("</loc>", "</loc>&nbsp;<x></y>").encode(), (False, ADDRESSES)),
        (URLSET.replace("h.org/a/", "h.org/<![CDATA[a]]>/").encode(), (False, ADDRESSES)),
        (URLSET.encode("utf-16"), (False, ADDRESSES)),
        (
            URLSET.replace("</urlset>", "<url><loc>http://[</loc></url>").encode(),
            (False, ADDRESSES),
        ),
        (
            INDEX.replace(
                "<sitemap>", "<sitemap><loc>http://h.org:x/</loc></sitemap><sitemap>"
            ).encode(),
            (True, [("https://h.org/1.xml", "")]),
        ),
        (
            b"http://[\nhttps://h.org:99999999/\nhttps://h.org/a/",
            (False, [("https://h.org/a/", "")]),
        ),
        (INDEX.encode(), (True, [("https://h.org/1.xml", "")])),
        (
            b"https://h.org/a/\nhttps://h.org/b/\n",
            (False, [("https://h.org/a/", ""), ("https://h.org/b/", "")]),
        ),
    ],
)
def test_sitemaps_of_all_forms(body, expected):
    is_index, entries = read(body)
    assert is_index == expected[0]
    assert entries == expected[1]


@pytest.mark.parametrize(
    "body",
    [b"", b"<html><p>Not found", b"\x1f\x8b broken", b"{}", gzip.compress(b"<urlset>" * 500_000)],
)
def test_what_is_no_sitemap_is_refused(body):
    with pytest.raises(ValueError, match="sitemap"):
        read_sitemap(body, 1_000_000)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("wp-sitemap-posts-movie-1.xml", ("posts", "movie")),
        ("wp-sitemap-posts-my-type-12.xml", ("posts", "my-type")),
        ("wp-sitemap-taxonomies-post_tag-2.xml", ("terms", "post_tag")),
        ("wp-sitemap-users-1.xml", ("authors", None)),
        ("post-sitemap.xml", ("posts", "post")),
        ("page-sitemap2.xml", ("posts", "page")),
        ("post-sitemap-3.xml.gz", ("posts", "post")),
        ("category-sitemap.xml", ("terms", "category")),
        ("product_cat-sitemap1.xml", ("terms", "product_cat")),
        ("author-sitemap.xml", ("authors", None)),
        ("sitemap-1.xml", (None, None)),
        ("wp-sitemap.xml", ("posts", "wp")),
    ],
)
def test_names_say_what_is_listed(name, expected):
    assert what_it_lists(f"https://h.org/blog/{name}?x=1") == expected


def test_robots_names_sitemaps():
    body = b"User-agent: *\nSitemap: https://h.org/a.xml\n sitemap:/b.xml\nSitemap: ftp://h.org/c\n"
    assert places_in_robots(body, "https://h.org/") == [
        "https://h.org/a.xml",
        "https://h.org/b.xml",
    ]


def test_a_robots_that_names_sitemaps_without_end_or_sense():
    body = b"Sitemap: http://[\nSitemap: http://h.org:x/\nSitemap: \xff\n"
    body += b"".join(b"Sitemap: /%d.xml\n" % number for number in range(200_000))
    named = places_in_robots(body, "https://h.org/")
    assert named[:50] == [f"https://h.org/{number}.xml" for number in range(50)]
    assert 50 < len(named) < 40_000


def test_a_list_of_lines_may_be_in_a_wide_encoding():
    found = read_sitemap("\ufeffhttps://h.org/größe/\n".encode("utf-16-le"), 1000)
    assert [entry.address for entry in found.entries] == ["https://h.org/größe/"]


@pytest.mark.parametrize(
    ("entries", "is_cut"),
    [(3, False), (SITEMAP_ENTRIES_MAX, False), (SITEMAP_ENTRIES_MAX + 1, True)],
)
def test_a_sitemap_says_when_it_is_longer_than_is_read(entries, is_cut):
    urls = "".join(f"<url><loc>https://h.org/{number}/</loc></url>" for number in range(entries))
    lines = "\n".join(f"https://h.org/{number}/" for number in range(entries))
    for text in (f"<urlset>{urls}</urlset>", lines):
        part = read_sitemap(text.encode(), 10_000_000)
        assert (len(part.entries), part.is_cut) == (min(entries, SITEMAP_ENTRIES_MAX), is_cut)
