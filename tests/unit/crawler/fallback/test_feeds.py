import pytest

from crawler.fallback.feeds import FEED_ENTRIES_MAX, read_feed
from crawler.fallback.published_terms import PublishedTerm

HOME = "https://h.org/blog/"
RSS = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:f="com-wordpress:feed-additions:1"><channel>
<title>Blog</title><generator>https://wordpress.org/?v=6.8</generator>{items}</channel></rss>"""
ITEM = """<item><title>Tea &amp; more</title><link>https://h.org/blog/tea/</link>
<dc:creator><![CDATA[Ada]]></dc:creator><pubDate>Wed, 02 Jul 2025 18:27:29 +0200</pubDate>
<category><![CDATA[Drinks]]></category><category>Drinks</category>
<category>Green &amp; black</category><guid isPermaLink="false">{guid}</guid>
<description><![CDATA[<p>Short</p>]]></description>{more}</item>"""
WHOLE = "<content:encoded><![CDATA[<p>All of it</p>]]></content:encoded>"


def only(guid="https://h.org/blog/?p=12", more=WHOLE):
    [post] = read_feed(RSS.format(items=ITEM.format(guid=guid, more=more)).encode(), HOME).posts
    return post


def test_what_an_rss_item_says():
    post = only()
    assert (post.id, post.type, post.link) == (12, None, "https://h.org/blog/tea/")
    assert (post.title, post.content, post.excerpt) == (
        "Tea &amp; more",
        "<p>All of it</p>",
        "<p>Short</p>",
    )
    assert (post.source, post.completeness) == ("feed", "content")
    assert post.published == "2025-07-02T16:27:29"
    assert post.author_name == "Ada"
    assert [term.name for term in post.terms] == ["Drinks", "Green & black"]


def test_a_feed_of_excerpts_says_so():
    post = only(more="")
    assert (post.completeness, post.content) == ("excerpt", "<p>Short</p>")


@pytest.mark.parametrize(
    ("guid", "identity"),
    [
        ("https://h.org/blog/?post_type=movie&#038;p=7", (7, "movie")),
        ("https://h.org/blog/?page_id=7", (7, "page")),
        ("http://www.h.org/blog/?p=7", (7, None)),
        ("http://localhost:3000/?p=29", (None, None)),  # imported: the number is another site's
        ("https://h.org/other/?p=7", (None, None)),
        ("https://h.org/blog/tea/", (None, None)),
        ("https://h.org/blog/?p=99999999999999999999", (None, None)),
        ("https://h.org/blog/?p=-1", (None, None)),
        ("http://[", (None, None)),
    ],
)
def test_ids_are_those_of_the_site_itself(guid, identity):
    post = only(guid.replace("&#038;", "&amp;#038;"))
    assert (post.id, post.type) == identity


def test_an_element_that_names_the_id_is_believed_first():
    assert only(guid="https://h.org/blog/tea/", more="<f:post-id>31</f:post-id>").id == 31


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><author><name>Ada</name></author>
<title type="html"><![CDATA[Tea &#038; more]]></title><link rel="edit" href="https://h.org/no"/>
<link rel="alternate" type="text/html" href="https://h.org/blog/tea/"/>
<id>https://h.org/blog/?p=12</id><updated>2025-07-03T00:00:00Z</updated>
<published>2025-07-02T16:27:29Z</published><category term="Drinks"/>
<summary type="html">Short</summary>
<content type="html">&lt;p&gt;All&lt;/p&gt;</content></entry></feed>"""


def test_what_an_atom_entry_says():
    [post] = read_feed(ATOM.encode(), HOME).posts
    assert (post.id, post.link, post.title) == (12, "https://h.org/blog/tea/", "Tea &#038; more")
    assert (post.content, post.excerpt, post.completeness) == ("<p>All</p>", "Short", "content")
    assert (post.published, post.modified) == ("2025-07-02T16:27:29", "2025-07-03T00:00:00")
    assert (post.author_name, post.terms) == ("Ada", (PublishedTerm("Drinks"),))


def test_what_stands_before_a_feed_and_is_broken_in_it_costs_nothing():
    notice = b"<br />\n<b>Warning</b>: x in <b>/srv/p.php</b>\n"
    body = notice + RSS.format(items=ITEM.format(guid="", more=WHOLE) * 2).encode()
    assert len(read_feed(body, HOME).posts) == 2
    assert len(read_feed(body[: -len("</item></channel></rss>") - 40], HOME).posts) == 2


@pytest.mark.parametrize("body", [b"", b"<html><body>Home</body></html>", b"{}", b"\0\xff"])
def test_what_is_no_feed_is_refused(body):
    with pytest.raises(ValueError, match="no feed"):
        read_feed(body, HOME)


def test_posts_of_other_sites_and_entries_without_end_are_left_out():
    foreign = ITEM.replace("https://h.org/blog/tea/", "https://other.org/tea/")
    assert read_feed(RSS.format(items=foreign.format(guid="", more="")).encode(), HOME).posts == ()
    many = RSS.format(items="<item><link>https://h.org/blog/a</link></item>" * 3000).encode()
    feed = read_feed(many, HOME)
    assert (len(feed.posts), feed.is_cut) == (FEED_ENTRIES_MAX, True)


def test_a_feed_of_many_tags_says_that_it_is_cut():
    many = RSS.format(items=ITEM.format(guid="", more=WHOLE) + "<i/>" * 600_000).encode()
    feed = read_feed(many, HOME)
    assert (len(feed.posts), feed.is_cut) == (1, True)
    assert not read_feed(RSS.format(items="").encode(), HOME).is_cut


def test_entities_are_not_expanded():
    bomb = b'<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY b%d "%s">' % (n, (b"&b%d;" % (n - 1) if n else b"&a;") * 10) for n in range(9)
    )
    body = bomb + b"]><rss><channel><item><title>&b8;</title>"
    body += b"<link>https://h.org/blog/x</link></item></channel></rss>"
    assert sum(len(post.title) for post in read_feed(body, HOME).posts) < 100


RDF = """<?xml version="1.0"?><rdf:RDF xmlns="{namespace}"
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel rdf:about="https://h.org/blog/"><title>Blog</title></channel>
<item rdf:about="https://h.org/blog/tea/"><title>Tea &amp; more</title>
<link>https://h.org/blog/tea/</link><dc:creator>Ada</dc:creator>
<dc:date>2025-07-02T18:27:29+02:00</dc:date><dc:subject>Drinks</dc:subject>
<description>Short</description>
<content:encoded><![CDATA[<p>All of it</p>]]></content:encoded></item></rdf:RDF>"""


@pytest.mark.parametrize(
    "namespace", ["http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/"]
)
def test_an_rdf_feed_says_the_same(namespace):
    [post] = read_feed(RDF.format(namespace=namespace).encode(), HOME).posts
    assert (post.link, post.title) == ("https://h.org/blog/tea/", "Tea &amp; more")
    assert (post.content, post.excerpt) == ("<p>All of it</p>", "Short")
    assert (post.published, post.author_name) == ("2025-07-02T16:27:29", "Ada")
    assert [term.name for term in post.terms] == ["Drinks"]


@pytest.mark.parametrize("version", ["0.91", "0.92"])
def test_an_old_rss_feed_has_titles_addresses_and_excerpts(version):
    feed = f"""<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN"
 "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="{version}"><channel>
<title>Blog</title><item><title>Tea</title><link>https://h.org/blog/tea/</link>
<description>Short</description></item></channel></rss>"""
    [post] = read_feed(feed.encode(), HOME).posts
    assert (post.link, post.title) == ("https://h.org/blog/tea/", "Tea")
    assert (post.completeness, post.content) == ("excerpt", "Short")
    assert (post.published, post.author_name, post.terms) == (None, "", ())


@pytest.mark.parametrize(
    ("guid", "link"),
    [
        ("<guid>https://h.org/blog/tea/</guid>", "https://h.org/blog/tea/"),
        ('<guid isPermaLink="true">https://h.org/blog/tea/</guid>', "https://h.org/blog/tea/"),
        ('<guid isPermaLink="false">https://h.org/blog/tea/</guid>', None),
        ("<guid>tag:h.org,2025:12</guid>", None),
        ("", None),
    ],
)
def test_a_guid_that_is_an_address_stands_in_for_the_link(guid, link):
    feed = RSS.format(items=f"<item><title>Tea</title>{guid}</item>")
    posts = read_feed(feed.encode(), HOME).posts
    assert [post.link for post in posts] == ([link] if link else [])
