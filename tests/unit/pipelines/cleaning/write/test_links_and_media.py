"""Links, images and embeds: absolute, resolved, once."""

import re

import pytest

from tests.cleaning import clean

CDN = "https://cdn.example.com/a.jpg"
SCALED = "https://cdn.example.com/a-300x200.jpg"
PLACEHOLDER = "data:image/gif;base64,R0lGOD"


def images(html: str) -> list[str]:
    return [image["url"] for image in clean(html).images]


def embeds(html: str) -> list[tuple[str, str]]:
    return [(embed["kind"], embed["url"]) for embed in clean(html).embeds]


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("https://other.org/a?b=1&amp;c=2#d", "https://other.org/a?b=1&c=2#d"),
        ("../other/", "https://example.com/blog/other/"),
        ("/root", "https://example.com/root"),
        ("//cdn.org/x", "https://cdn.org/x"),
        ("?p=1", "https://example.com/blog/post/?p=1"),
        (" https://other.org/a b ", "https://other.org/a%20b"),
        ("HTTP://other.org/", "HTTP://other.org/"),
        ("mailto:me@example.com", "mailto:me@example.com"),
        ("ftp://files.example/a.tgz", "ftp://files.example/a.tgz"),
        ("&#8221;https://other.org/x/&#8221;", "https://other.org/x/"),
        ("'https://other.org/x'", "https://other.org/x"),
        ("«https://other.org/x»", "https://other.org/x"),
        ("http://[::1]:8000/a", "http://[::1]:8000/a"),
        ("https://user@other.org/", "https://user@other.org/"),
        ("https://пример.рф/путь", "https://пример.рф/путь"),
    ],
)
def test_links_are_absolute(href: str, url: str) -> None:
    content = clean(f'<a href="{href}">the <b>text</b></a>')
    assert content.links == [{"url": url, "text": "the text"}]
    assert content.html.startswith("<a href=")


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        " JavaScript:x",
        "java\nscript:x",
        "&#1;javascript:x",
        "data:text/html,x",
        "vbscript:x",
        "#top",
        "",
        "http://[",
        "https://",
        "file:///etc/passwd",
    ],
)
def test_links_to_nowhere_leave_their_text(href: str) -> None:
    content = clean(f'<a href="{href}">text</a>')
    assert (content.text, content.html, content.links) == ("text", "text", [])


def test_relative_addresses_need_a_base() -> None:
    content = clean('<a href="/x">x</a> <a href="https://a.org/">a</a><img src="y.png">', base=None)
    assert ([link["url"] for link in content.links], content.images) == (["https://a.org/"], [])


def test_a_link_around_blocks_keeps_its_words_apart() -> None:
    assert clean("<a href=/x><h3>Title</h3><p>Text</p></a>").links[0]["text"] == "Title Text"


@pytest.mark.parametrize(
    "attributes",
    [
        f'src="{CDN}"',
        f'src="{PLACEHOLDER}" data-src="{CDN}"',
        f'src="/blank.gif" data-lazy-src="{CDN}"',
        'src="/blank.gif" data-original="//cdn.example.com/a.jpg"',
        f'src="{PLACEHOLDER}" data-srcset="/s.jpg 300w, {CDN} 1200w, /m.jpg 600w"',
        f'src="{PLACEHOLDER}" srcset="https://cdn.example.com/s.jpg 1x, {CDN} 2x"',
        f'srcset="{CDN}"',
        f'src="{PLACEHOLDER}" data-src="" data-lazy-src="{CDN}"',
    ],
)
def test_lazy_images(attributes: str) -> None:
    assert images(f"<img {attributes} alt='A'>") == [CDN]
    assert clean(f"<img {attributes} alt='A'>").html == f'<img src="{CDN}" alt="A">'


@pytest.mark.parametrize(
    "html",
    [
        f'<img src="{PLACEHOLDER}" data-src="{CDN}"><noscript><img src="{CDN}"></noscript>',
        f'<noscript><img src="{CDN}"></noscript><img src="{PLACEHOLDER}" data-src="{CDN}">',
        f'<img src="{PLACEHOLDER}"><noscript><img src="{CDN}"></noscript>',
        f'<img data-src="{SCALED}"><noscript><img src="{CDN}?x=1"></noscript>',
    ],
)
def test_the_copy_in_a_noscript_counts_once(html: str) -> None:
    assert len(images(html)) == 1
    assert clean(html).html.count("<img") == 1


@pytest.mark.parametrize(
    ("srcset", "url"),
    [
        ("/s.jpg 300w,/l.jpg 900w,/m.jpg 600w", "/l.jpg"),
        ("/a,b/s.jpg 1x, /a,b/l.jpg 1.5x", "/a,b/l.jpg"),
        ("/only.jpg", "/only.jpg"),
        ("/one.jpg, /two.jpg 2x", "/two.jpg"),
        (", ,/x.jpg 1x,", "/x.jpg"),
        ("/x.jpg big, /y.jpg 2w", "/y.jpg"),
        (f"{PLACEHOLDER} 900w, /y.jpg 2w", "/y.jpg"),
    ],
)
def test_the_largest_candidate_of_a_set(srcset: str, url: str) -> None:
    assert images(f'<img srcset="{srcset}">') == [f"https://example.com{url}"]


def test_the_same_picture_twice_is_twice() -> None:
    assert images(f'<img src="{CDN}"><p>x</p><img src="{CDN}">') == [CDN, CDN]


def test_what_is_no_picture() -> None:
    assert (
        images(
            f'<img src="{PLACEHOLDER}"><img><img src="blob:x"><img src="javascript:x">'
            '<img src="/t.gif" width="1" height="1">'
        )
        == []
    )


def test_lazy_frames_and_blank_ones() -> None:
    url = "https://www.youtube.com/embed/1"
    html = f'<iframe src="about:blank" data-src="{url}" title="A film"></iframe>'
    blank = '<iframe src="about:blank"></iframe><iframe></iframe>'
    assert clean(html + blank).embeds == [{"kind": "iframe", "url": url, "title": "A film"}]


def test_a_frame_and_its_copy_in_a_noscript_count_once() -> None:
    url = "https://www.youtube.com/embed/1"
    assert embeds(
        f'<iframe data-src="{url}"></iframe><noscript><iframe src="{url}"></iframe></noscript>'
    ) == [("iframe", url)]
    pixel = '<iframe src="https://tag.example.com/ns" width="0" height="0"></iframe>'
    assert embeds(f"<noscript>{pixel}</noscript>") == []


def test_a_frame_separates_words_and_stays_in_safe_html_as_a_link() -> None:
    content = clean('a<iframe src="/f"></iframe>b')
    assert (content.text, content.links) == ("a b", [])
    assert (
        content.html
        == 'a<a href="https://example.com/f" data-embed="iframe">https://example.com/f</a>b'
    )


def test_a_tweet_is_an_embed_and_keeps_its_text_and_links() -> None:
    html = (
        '<blockquote class="twitter-tweet"><p>So true <a href="https://t.co/x">t.co/x</a></p>'
        '&mdash; Ann (@ann) <a href="https://twitter.com/ann/status/1">May 1</a></blockquote>'
        '<script src="https://platform.twitter.com/widgets.js"></script>'
    )
    content = clean(html)
    assert content.text == "So true t.co/x\n\n— Ann (@ann) May 1"
    assert content.embeds == [
        {
            "kind": "tweet",
            "url": "https://twitter.com/ann/status/1",
            "title": "So true t.co/x — Ann (@ann) May 1",
        }
    ]
    assert [link["url"] for link in content.links] == [
        "https://t.co/x",
        "https://twitter.com/ann/status/1",
    ]


def test_a_card_of_another_wordpress_counts_once() -> None:
    html = (
        '<blockquote class="wp-embedded-content" data-secret="aB3">'
        '<a href="https://o.org/p/">Their post</a></blockquote>'
        '<iframe class="wp-embedded-content" sandbox src="https://o.org/p/embed/#?secret=aB3"'
        ' data-secret="aB3"></iframe>'
    )
    assert embeds(html) == [("post", "https://o.org/p/")]
    assert clean(html).text == "Their post"
    assert embeds(
        '<iframe class="wp-embedded-content" src="https://o.org/p/embed/#?secret=x"></iframe>'
    ) == [("post", "https://o.org/p/embed/")]


def test_cards_of_networks_name_their_address() -> None:
    assert embeds(
        '<blockquote class="instagram-media" data-instgrm-permalink="https://www.instagram.com/p/1/">x</blockquote>'
    ) == [("post", "https://www.instagram.com/p/1/")]
    assert embeds('<div class="fb-post" data-href="https://www.facebook.com/p/1">x</div>') == [
        ("post", "https://www.facebook.com/p/1")
    ]


def test_players_and_objects() -> None:
    assert embeds('<video src="/v.mp4">no video</video>') == [
        ("video", "https://example.com/v.mp4")
    ]
    assert embeds(
        '<audio><source src="/a.mp3"><source src="/a.ogg"><a href="/a.mp3">a.mp3</a></audio>'
    ) == [("audio", "https://example.com/a.mp3")]
    assert embeds('<object><param name="movie" value="/m.swf"><embed src="/m.swf"></object>') == [
        ("object", "https://example.com/m.swf")
    ]
    assert embeds('<object data="/d.pdf">fallback</object>') == [
        ("object", "https://example.com/d.pdf")
    ]


def test_an_embed_that_was_not_fetched_is_one_all_the_same() -> None:
    html = '<figure class="wp-block-embed"><div class="wp-block-embed__wrapper">\nhttps://www.youtube.com/watch?v=1\n</div></figure>'
    content = clean(html)
    assert content.embeds == [
        {"kind": "iframe", "url": "https://www.youtube.com/watch?v=1", "title": ""}
    ]
    assert content.text == ""


def test_a_caption_within_the_block_of_an_embed_stays() -> None:
    html = '<div class="wp-block-embed__wrapper">https://v.example/1 is my film</div>'
    assert clean(html).text == "https://v.example/1 is my film"
    assert clean(html).embeds == []


FRAME = '<iframe src="https://video.example/embed/1"></iframe>'


@pytest.mark.parametrize(
    "html",
    [
        f'<p>See <a href="/x">Watch{FRAME}this</a>now</p>',
        f'<a href="/x"><div>Above</div>{FRAME}<div>Below</div></a><p>Prose.</p>',
        f'<figure><a href="/x">{FRAME}</a><figcaption>Words</figcaption></figure>',
        f'<a href="/x">{FRAME}{FRAME}</a>',
        f'<p><a href="/x">Open {FRAME}',
        '<a href="/x"><video src="https://video.example/embed/1"></video></a>',
        '<a href="/x">[youtube=https://video.example/embed/1] it</a>',
    ],
)
def test_no_link_stands_within_a_link(html: str) -> None:
    content = clean(html)
    depth = 0
    for tag in re.findall(r"<a |</a>", content.html):
        depth += 1 if tag == "<a " else -1
        assert depth in (0, 1)
    assert content.embeds[0]["url"] == "https://video.example/embed/1"
    assert [link["url"] for link in content.links] == ["https://example.com/x"]
    again = clean(content.html)
    assert (again.html, again.text) == (content.html, content.text)
    assert (again.links, again.embeds, again.blocks) == (
        content.links,
        content.embeds,
        content.blocks,
    )


def test_an_ftp_address_in_the_text_is_a_link() -> None:
    content = clean("<p>It is at ftp://files.example/a.tgz.</p>")
    assert content.links == [
        {"url": "ftp://files.example/a.tgz", "text": "ftp://files.example/a.tgz"}
    ]
