"""Pictures and embeds that only attributes, classes or a `noscript` name are found."""

import pytest

from tests.cleaning import clean

BLANK = "data:image/gif;base64,R0"
IMAGES = {
    "a source of any name": (f'<img src="{BLANK}" data-pk-src="/a.jpg">', "/a.jpg"),
    "without the name of a file": (f'<img src="{BLANK}" data-opt-src="/p-1?w=8">', "/p-1?w=8"),
    "a set of any name": (
        '<img src="/low.jpg" class="pk-lazyload" data-pk-srcset="/a.jpg 300w, /b.jpg 900w">',
        "/b.jpg",
    ),
    "a placeholder by its name": (
        '<img src="/placeholder-4x3.svg" data-xy-src="/p/9">',
        "/p/9",
    ),
    "what is shown, beside a larger one": (
        '<img src="/shown.jpg" data-large-src="/large.jpg">',
        "/shown.jpg",
    ),
    "a source of a picture": (
        '<picture><source data-pk-srcset="/a.webp 300w, /b.webp 600w"><img src="data:,"></picture>',
        "/b.webp",
    ),
    "a set of backgrounds": (
        '<div data-bgset="/s.jpg 300w, /l.jpg 900w [(min-width: 6px)] | /m.jpg"></div>',
        "/l.jpg",
    ),
    "a parallax row": ('<div data-vc-parallax-image="/p.jpg">text</div>', "/p.jpg"),
    "a slideshow": (
        '<div data-settings=\'{"background_slideshow_gallery":[{"url":"/1.jpg"},{"url":"/2.jpg"},'
        '{"url":3},4]}\'></div>',
        "/1.jpg /2.jpg",
    ),
    "named in a placeholder": (
        '<img src="data:image/svg+xml;u=https%3A%2F%2Fexample.com%2Fa.jpg;w=300" data-spai="1">',
        "/a.jpg",
    ),
    "no address": ('<img src="#"><img src="{{ url }}">', ""),
    "a slideshow of Jetpack": (
        '<div class="jetpack-slideshow" data-gallery=\'[{"src":"/1.jpg","caption":"One"},{"src":'
        '"/2.jpg","alt":"Two"},{"src":3},4]\'></div>',
        "/1.jpg /2.jpg",
    ),
    "a gallery that is none": ("<div data-gallery='[{\"src\":'></div>", ""),
    "settings that are none": (
        "<div data-settings='{\"background_slideshow_gallery\":'></div>",
        "",
    ),
    "a colour is no picture": ('<div data-bg="#fff"></div>', ""),
}


@pytest.mark.parametrize("name", IMAGES)
def test_images_that_are_loaded_late(name: str) -> None:
    html, urls = IMAGES[name]
    found = [image["url"].removeprefix("https://example.com") for image in clean(html).images]
    assert found == urls.split()


VIDEO = "abcdefghijk"
WATCH = f"https://www.youtube.com/watch?v={VIDEO}"
PLAYER = f"https://www.youtube.com/embed/{VIDEO}"
PRIVACY = (
    '<div class="embed-privacy-container"><div class="embed-privacy-overlay"><p>Click here.</p>'
    f'<span class="embed-privacy-url"><a href="{WATCH}">Open</a></span></div>{{}}</div>'
)
CODE = (
    '<script>var _oembed_1 = \'{"embed":"&lt;iframe title=&quot;x&quot; '
    "src=&quot;https:\\/\\/www.youtube-nocookie.com\\/embed\\/abc?a=1&quot;&gt;\"}';</script>"
)
EMBEDS = {
    "Elementor's background": (
        f'<div data-settings=\'{{"background_video_link":"{WATCH}"}}\'>a</div>',
        f"iframe {WATCH}",
    ),
    "a file as background": (
        '<div data-settings=\'{"background_video_link":"https://e.org/a.mp4"}\'>a</div>',
        "video https://e.org/a.mp4",
    ),
    "WPBakery's background": (f'<div data-vc-video-bg="{WATCH}">a</div>', f"iframe {WATCH}"),
    "an id": (f'<div class="x" data-youtube-id="{VIDEO}"><p>a</p></div>', f"iframe {PLAYER}"),
    "an id as embed": (f'<div class="youtube" data-embed="{VIDEO}"></div>', f"iframe {PLAYER}"),
    "the facade of Embed Plus": (
        f'<div class="epyt-facade" data-facadesrc="{PLAYER}?a=1"><img src="/p.jpg"></div>',
        f"iframe {PLAYER}?a=1",
    ),
    "Presto": (
        '<presto-player src="https://e.org/a.mp4"></presto-player>',
        "video https://e.org/a.mp4",
    ),
    "a frame that an image stands for": (
        '<img src="/p.gif" data-lazy-type="iframe" data-lazy-src="'
        'PGlmcmFtZSBzcmM9Imh0dHBzOi8vZS5vcmcvZnJhbWUiPjwvaWZyYW1lPg==">',
        "iframe https://e.org/frame",
    ),
    "another embed": ('<div class="chart" data-embed="abcdefghijk">a</div>', ""),
    "Wistia": (
        '<div class="wistia_embed wistia_async_j38ihh83m5 videoFoam=true">&nbsp;</div>',
        "iframe https://fast.wistia.net/embed/iframe/j38ihh83m5",
    ),
    "tarteaucitron": (f'<div class="youtube_player" videoID="{VIDEO}"></div>', f"iframe {PLAYER}"),
    "tarteaucitron, any frame": (
        '<div class="tac_iframe" data-url="https://e.org/f"></div>',
        "iframe https://e.org/f",
    ),
    "Embed Privacy": (
        PRIVACY.format(CODE),
        "iframe https://www.youtube-nocookie.com/embed/abc?a=1",
    ),
    "Embed Privacy without code": (PRIVACY.format(""), f"iframe {WATCH}"),
    "Flourish": (
        '<div class="flourish-embed flourish-chart" data-src="visualisation/12?9"></div>',
        "iframe https://flo.uri.sh/visualisation/12/embed",
    ),
    "Infogram": (
        '<div class="infogram-embed" data-id="ab-cd" data-title="T"></div>',
        "iframe https://e.infogram.com/ab-cd",
    ),
    "Datawrapper": (
        '<script src="https://datawrapper.dwcdn.net/AbCd1/embed.js"></script>',
        "iframe https://datawrapper.dwcdn.net/AbCd1/",
    ),
    "a poll": (
        '<noscript><a href="https://polldaddy.com/poll/12/">Which bridge?</a> '
        '<a href="https://polldaddy.com/features/">polls</a></noscript>',
        "iframe https://polldaddy.com/poll/12/",
    ),
    "a poll that a script shows in a block": (
        '<a name="pd_a_12"></a><div class="CSS_Poll PDS_Poll" id="PDI_container12" data-settings="'
        '{&quot;url&quot;:&quot;https:\\/\\/secure.polldaddy.com\\/p\\/12.js&quot;}"></div>'
        '<div id="PD_superContainer"></div>',
        "iframe https://poll.fm/12",
    ),
    "such a poll without its id": (
        '<div class="PDS_Poll" data-settings="'
        '{&quot;url&quot;:&quot;https:\\/\\/secure.polldaddy.com\\/p\\/12.js&quot;}"></div>',
        "iframe https://poll.fm/12",
    ),
    "such a poll whose title stands in a noscript": (
        '<div class="CSS_Poll PDS_Poll" id="PDI_container12"></div>'
        '<noscript><a href="https://polldaddy.com/p/12">Take Our Poll</a></noscript>',
        "iframe https://polldaddy.com/p/12",
    ),
    "a script of a poll": (
        '<script src="https://secure.polldaddy.com/p/12.js"></script>',
        "iframe https://poll.fm/12",
    ),
    "a script of a poll and its noscript": (
        '<script src="//static.polldaddy.com/p/12.js"></script>'
        '<noscript><a href="https://poll.fm/12">Which bridge?</a></noscript>',
        "iframe https://poll.fm/12",
    ),
    "a survey": (
        '<div class="cs-embed pd-embed" data-settings="{&quot;type&quot;:&quot;iframe&quot;,'
        "&quot;auto&quot;:true,&quot;domain&quot;:&quot;harbour.survey.fm\\/&quot;,"
        '&quot;id&quot;:&quot;which-bridge&quot;}"></div>',
        "iframe https://harbour.survey.fm/which-bridge",
    ),
    "a survey on some other host": (
        '<div class="pd-embed" data-settings="{&quot;domain&quot;:&quot;a.example&quot;,'
        '&quot;id&quot;:1}"></div>',
        "",
    ),
}


@pytest.mark.parametrize("name", EMBEDS)
def test_embeds_that_are_only_named(name: str) -> None:
    html, embed = EMBEDS[name]
    content = clean(html)
    assert " ".join(f"{embed['kind']} {embed['url']}" for embed in content.embeds) == embed
    assert content.text == ("a" if ">a<" in html else "")
    assert clean(content.html).embeds == content.embeds


def test_a_poll_s_question_is_the_title_of_its_embed() -> None:
    (embed,) = clean(EMBEDS["a poll"][0]).embeds
    assert embed["title"] == "Which bridge?"


QUESTION = (
    "&quot;question&quot;:&quot;Which &lt;b&gt;bridge&lt;\\/b&gt; first?&quot;,&quot;note&quot;:"
    "&quot;One vote each.&quot;,&quot;answers&quot;:[{&quot;text&quot;:&quot;The old one&quot;},"
    "{&quot;text&quot;:&quot;&quot;},{&quot;text&quot;:&quot;None &amp;amp; nothing&quot;}]"
)


@pytest.mark.parametrize(
    ("said", "url"),
    [
        (
            "&quot;pollId&quot;:&quot;636f-d9&quot;,&quot;apiPollData&quot;:{&quot;id&quot;:12}",
            "12",
        ),
        ("&quot;pollId&quot;:12", "12"),
        ("&quot;pollId&quot;:&quot;636f-d9&quot;", ""),
    ],
)
def test_the_question_and_the_answers_of_a_poll_are_text(said: str, url: str) -> None:
    block = f'<div class="align" data-crowdsignal-poll="{{{said},{QUESTION}}}"></div>'
    content = clean(f"<p>a</p>{block}<p>b</p>")
    poll = "Which bridge first?\n\nOne vote each.\n\n- The old one\n- None &amp; nothing"
    assert content.text == f"a\n\n{poll}\n\nb"
    assert [embed["url"] for embed in content.embeds] == [f"https://poll.fm/{url}"][: len(url)]
    again = clean(content.html)
    assert (again.text, again.embeds) == (content.text, content.embeds)
    assert clean(f"<p>a</p><div hidden>{block}</div>").text == "a"


@pytest.mark.parametrize(
    "data", ["", "{", "[]", "{&quot;answers&quot;:[1,{}],&quot;question&quot;:2}"]
)
def test_a_poll_that_says_nothing_is_none(data: str) -> None:
    content = clean(f'<p>a</p><div data-crowdsignal-poll="{data}">b</div>')
    assert (content.text, content.embeds) == ("a\n\nb", [])
