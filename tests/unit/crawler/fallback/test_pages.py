import json

import pytest

from crawler.fallback.pages import PAGE_MAX_BYTES, PublicPage
from crawler.fallback.published_terms import PublishedTerm

HOME = "https://h.org/"
URL = "https://h.org/tea/"
LD = """<script type="application/ld+json">{"@context":"https://schema.org","@graph":[
{"@type":"WebPage","datePublished":"2020-01-01"},{"@type":["Article","Thing"],
"headline":"Tea &amp; more","datePublished":"2025-07-02T18:27:29+02:00",
"dateModified":"2025-07-03T00:00:00Z",
"author":{"@type":"Person","name":"Ada"},"articleSection":["Drinks"],"keywords":["green"]}]}
</script>"""
CONTENT = '<div class="entry-content"><p>All <b>of</b> it</p><p>and more of the post</p></div>'


def shown(body="", head="", classes=""):
    text = f"<!DOCTYPE html><html lang='en-GB'><head>{head}</head><body class='{classes}'>{body}"
    return PublicPage(text.encode(), URL, HOME, "utf-8").post()


def test_what_a_page_says():
    body = f"<nav>Menu</nav><article id='post-12' class='post-12 type-post'>{CONTENT}</article>"
    post = shown(body, LD + '<meta property="og:image" content="https://h.org/i.jpg">')
    assert (post.id, post.type, post.title) == (12, "post", "Tea &amp; more")
    assert post.content == "<p>All <b>of</b> it</p><p>and more of the post</p>"
    assert (post.source, post.completeness) == ("page", "content")
    assert (post.published, post.modified) == ("2025-07-02T16:27:29", "2025-07-03T00:00:00")
    terms = (PublishedTerm("Drinks", "category"), PublishedTerm("green", "post_tag"))
    assert (post.author_name, post.terms) == ("Ada", terms)
    assert (post.image, post.language) == ("https://h.org/i.jpg", "en-GB")


def linked(*nodes):
    return "".join(
        f'<script type="application/ld+json">{json.dumps({"@type": "Article", **node})}</script>'
        for node in nodes
    )


OTHER = {"headline": "Coffee", "datePublished": "2001-01-01T00:00:00Z", "author": "Bob"}
OWN = {"headline": "Tea", "datePublished": "2025-07-02T16:27:29Z", "author": "Ada"}


@pytest.mark.parametrize(
    ("own", "other"),
    [
        ({"url": URL}, {"url": "https://h.org/coffee/"}),
        ({"mainEntityOfPage": {"@id": "http://www.h.org/tea"}}, {"@id": "#related-1"}),
        ({"mainEntityOfPage": f"{URL}#webpage"}, {"mainEntityOfPage": "/coffee/"}),
        ({"@id": f"{URL}#article"}, {}),
        ({"@id": f"{URL}#article"}, {"@id": f"{URL}#related"}),
        ({"@id": "#article"}, {"@id": "https://h.org/coffee/#article"}),
        ({}, {"url": "https://h.org/coffee/"}),
        ({}, {}),
        ({"url": HOME}, {"url": "https://h.org/coffee/"}),
    ],
)
def test_the_article_of_the_page_itself_counts_and_no_related_one(own, other):
    for nodes in ([OWN | own, OTHER | other], [OTHER | other, OWN | own]):
        post = shown("<article id='post-1'><h1> TEA </h1>a</article>", linked(*nodes))
        assert (post.title, post.author_name) == ("Tea", "Ada")
        assert post.published == "2025-07-02T16:27:29"


def test_of_several_articles_that_nothing_tells_apart_none_counts():
    post = shown("<article id='post-1'>a</article>", linked(OWN, OTHER))
    assert (post.title, post.author_name, post.published) == ("", "", None)


def test_the_only_article_of_a_page_counts_whatever_its_headline():
    post = shown("<article id='post-1'><h1>All about tea</h1>a</article>", linked(OWN))
    assert (post.title, post.author_name) == ("Tea", "Ada")


def test_the_page_of_a_related_article_counts_by_its_own_address():
    head = f'<link rel="canonical" href="{HOME}green/">'
    post = shown(
        "<h1>Coffee</h1>", head + linked(OTHER, OWN | {"url": f"{HOME}green/"}), "postid-1"
    )
    assert (post.link, post.title) == (f"{HOME}green/", "Tea")


def test_times_and_authors_of_other_posts_are_not_those_of_the_post():
    other = "<a class='author'>Bob</a><time datetime='2001-01-01T00:00:00Z'></time>"
    own = "<a rel='author'>Ada</a><time datetime='2025-07-02T16:27:29Z'></time>"
    post = shown(f"<aside>{other}</aside><article id='post-1'>{own}a</article>", "", "postid-1")
    assert (post.author_name, post.published) == ("Ada", "2025-07-02T16:27:29")


def test_terms_of_other_posts_on_the_page_are_not_those_of_the_post():
    links = (
        "<a rel='category tag' href='/category/hot-drinks/'>Hot drinks</a>"
        "<a rel='tag' href='/tag/go/'>Go!</a>"
    )
    other = "<article class='post-3'><a rel='tag' href='/tag/other/'>Other</a></article>"
    expected = (
        PublishedTerm("Hot drinks", "category", "hot-drinks"),
        PublishedTerm("Go!", "post_tag", "go"),
    )
    for classes in ("", "category-hot-drinks tag-go tag-17"):
        body = f"<article id='post-12' class='{classes}'>{CONTENT}{links}</article>{other}"
        assert shown(body, classes="postid-12").terms == expected


@pytest.mark.parametrize(
    ("head", "classes", "body", "identity"),
    [
        (
            '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/8">',
            *("", ""),
            (8, "page"),
        ),
        (
            '<link rel="shortlink" href="https://h.org/?p=9">',
            "single single-movie",
            "",
            (9, "movie"),
        ),
        ('<link rel="shortlink" href="https://other.org/?p=9">', "postid-7", "", (7, None)),
        ("", "wp-singular single single-post postid-3 single-format-standard", "", (3, "post")),
        ("", "page page-id-4", "", (4, "page")),
        ("", "", "<article id='post-5' class='x type-book'>a</article>", (5, "book")),
    ],
)
def test_ids_and_types(head, classes, body, identity):
    post = shown(body, head, classes)
    assert (post.id, post.type) == identity


@pytest.mark.parametrize(
    ("body", "classes"),
    [
        ("<article id='post-1'>a</article><article id='post-2'>b</article>", ""),
        ("<article id='post-1'>a</article>", "archive category"),
        ("<p>a</p>", ""),
        ("<article id='post-1'>a</article>", "home blog"),
        ("", ""),
    ],
)
def test_pages_that_list_posts_or_show_none_are_no_posts(body, classes):
    assert shown(body, "", classes) is None


@pytest.mark.parametrize(
    ("body", "content", "completeness"),
    [
        ("<article id='post-1'><p>a</p></article>", "<p>a</p>", "content"),
        ("<article id='post-1'><i itemprop='articleBody'>a</i>b</article>", "a", "content"),
        (
            '<script type="application/ld+json">{"@type":"BlogPosting","headline":"x",'
            '"articleBody":"a < b\\nc"}</script>',
            *("<p>a &lt; b</p><p>c</p>", "content"),
        ),
        ("<meta name='description' content='a < b'>", "<p>a &lt; b</p>", "excerpt"),
        ("", "", "address"),
    ],
)
def test_where_the_content_is_found(body, content, completeness):
    post = shown(body, "", "postid-1")
    assert (post.content, post.completeness) == (content, completeness)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\x00",
        b"<html><head><script type='application/ld+json'>" + b"[" * 40_000,
        b"<div>" * 40_000,
        b"<p class='entry-content'>" * 20_000,
        b"<meta name=a content=b>" * 20_000,
        b"<a rel=tag>x</a>" * 40_000,
    ],
)
def test_hostile_pages_cost_little(body):
    for charset in (None, "utf-8", "no-such-charset"):
        page = PublicPage(body, URL, HOME, charset)
        assert page.link == URL
        page.post()


def test_the_content_of_a_page_that_was_cut_is_a_beginning():
    body = f"<article id='post-12' class='post-12 type-post'>{CONTENT}</article>"
    for filling in (" " * PAGE_MAX_BYTES, "<i></i>" * 200_000):
        page = PublicPage((body + filling).encode(), URL, HOME, "utf-8")
        assert (page.is_cut, page.post().completeness) == (True, "excerpt")
        assert page.post().content == "<p>All <b>of</b> it</p><p>and more of the post</p>"
