"""A reader's eye decides what is text; a script, a child or a shadow may show what is hidden."""

import pytest

from tests.cleaning import clean

HIDING_STYLES = [
    "height:1px;overflow:hidden",
    "transform:translateX(-9999px)",
    "transform: translate(-9999px, 0)",
    "transform: scale(0)",
    "clip-path: inset(50%)",
    "clip-path: inset(100%)",
    "clip: rect(0,0,0,0);position:absolute",
    "position:absolute;clip: rect(1px 1px 1px 1px)",
    "color:transparent",
    "opacity:0",
    "opacity: 0.0;",
    "font-size:0",
    "font-size:1px",
    "font-size:0.1px",
    "font-size:.01em",
    "font-size:1%",
    "font:0/0 a",
    "text-indent:-9999px",
    "position:absolute;left:-9999px",
    "position:absolute;right:-9999px",
    "position:absolute;bottom:-9999px",
    "position:absolute;left:9999px",
    "position:relative;left:-9999px",
    "max-height:1px;overflow:hidden",
    "width:0;overflow:hidden",
    "overflow:hidden;height:0.1px;width:1px",
    "color:rgba(0,0,0,0)",
    "color:#0000",
    "-webkit-transform:scale(0);",
    "filter:opacity(0)",
    "content-visibility:hidden",
    "line-height:0;font-size:0px",
]
SHOWN = [
    '<div style="opacity:0" class="elementor-invisible">SHOWN</div>',
    '<div style="visibility:hidden" class="elementor-invisible">SHOWN</div>',
    '<div style="visibility:hidden;animation-name:fadeIn" class="wow">SHOWN</div>',
    '<div style="opacity:0;transform:translateY(40px)" data-aos="fade-up">SHOWN</div>',
    '<div style="opacity:0;transform:translateY(40px);transition:all 1s">SHOWN</div>',
    '<div style="opacity:0" class="tab-pane">SHOWN</div>',
    '<div style="font-size:0"><p style="font-size:16px">SHOWN</p></div>',
    '<ul style="font-size:0"><li style="font-size:1rem">SHOWN</li></ul>',
    '<div style="visibility:hidden">HID <b style="visibility:visible">SHOWN</b></div>',
    '<div style="color:transparent;'
    '-webkit-background-clip:text;background-image:linear-gradient(red,blue)">SHOWN</div>',
    '<div style="color:transparent;text-shadow:0 0 5px black">SHOWN(blur)</div>',
    '<div style="text-indent:-9999px"><span style="text-indent:0">SHOWN</span></div>',
]
SHOWING_STYLES = [
    "color:rgb(255,0,0)",
    "color:rgba(0,0,0,.6)",
    "opacity:0.5",
    "transform:translateX(-40px)",
    "transform:scale(1.05)",
    "font:700 16px/1.5 Arial",
    "font-size:.5em",
    "font-size:10px",
    "font-size:60%",
    "height:1px",
    "height:1px;overflow:visible",
    "position:absolute;top:2300px;left:90px",
    "clip-path:inset(10%)",
    "padding-bottom:56.25%;height:0;overflow:hidden",
]


@pytest.mark.parametrize("style", HIDING_STYLES)
def test_a_style_hides(style: str) -> None:
    html = f'<p>Seen.</p><div style="{style}">HID <a href="https://spam.example/">x</a></div>'
    content = clean(html)
    assert content.text == "Seen."
    assert content.links == []
    assert clean(f'<p>Seen.</p><div style="{style}"><img src="/a.jpg"></div>').images


@pytest.mark.parametrize("html", SHOWN)
def test_what_is_shown_after_all_stays(html: str) -> None:
    assert "SHOWN" in clean(f"<p>Seen.</p>{html}").text


@pytest.mark.parametrize("style", SHOWING_STYLES)
def test_a_style_that_is_like_one_that_hides(style: str) -> None:
    assert clean(f'<p>Seen.</p><div style="{style}">Too.</div>').text == "Seen.\n\nToo."


def test_the_box_of_a_player_keeps_it() -> None:
    box = "position:relative;padding-bottom:56.25%;height:0;overflow:hidden"
    player = '<iframe src="https://www.youtube.com/embed/abc"></iframe>'
    (embed,) = clean(f'<div style="{box}">{player}</div>').embeds
    assert embed["url"] == "https://www.youtube.com/embed/abc"


def test_hidden_and_shown_may_nest() -> None:
    html = '<div style="font-size:0"><i style="font-size:9px">x' * 2000
    assert clean(f"<p>Seen.</p>{html}").text.startswith("Seen.")


def test_letters_do_not_show_what_is_not_displayed() -> None:
    inner = '<b style="font-size:16px">HID</b>'
    html = f'<p>Seen.</p><div style="display:none;font-size:0">{inner}</div>'
    assert clean(html).text == "Seen."


def test_images_stand_once_where_text_is_shown_again() -> None:
    html = '<ul style="font-size:0"><li style="font-size:16px">a <img src="/a.jpg"></li></ul>'
    content = clean(html)
    assert (content.text, len(content.images)) == ("- a", 1)


@pytest.mark.parametrize("attributes", ["aria-hidden=true", "style='opacity:0;z-index:-1'"])
def test_what_is_out_of_reach_is_hidden_whatever_it_is_called(attributes: str) -> None:
    html = f'<p>Seen.</p><div class="seo" style="opacity:0" {attributes}>HID</div>'
    if "style='" in attributes:
        html = f'<p>Seen.</p><div class="seo" {attributes}>HID</div>'
    assert clean(html).text == "Seen."


SHOWN_AGAIN = {
    "a word": (
        '<div style="visibility:hidden">HID <b style="visibility:visible">a</b> HID</div>',
        "a",
    ),
    "hidden in what is shown again": (
        '<div style="visibility:hidden">HID <p style="visibility:visible">a '
        '<i style="visibility:hidden">HID <b style="visibility:visible">b</b> HID</i> c</p></div>',
        "a b c",
    ),
    "items": (
        '<ul style="font-size:0">HID<li style="font-size:16px">a</li><li>HID</li>'
        '<li style="font-size:1em">HID</li><li style="font-size:2rem">b</li></ul>',
        "- a\n- b",
    ),
    "a cell": (
        '<table style="color:transparent"><tr><td style="color:red">a</td><td>HID</td>'
        '<td style="color:blue">b</td></tr></table>',
        "a | b",
    ),
    "words side by side": (
        '<p style="font-size:0"><b style="font:14px Arial">a</b>HID<b style="font-size:9pt">b</b>'
        '<i style="font-size:inherit">HID</i></p>',
        "a b",
    ),
    "not in what is not displayed": (
        '<div style="visibility:hidden">HID<div style="display:none">HID'
        '<b style="visibility:visible">HID</b></div><p style="visibility:visible">a</p></div>',
        "a",
    ),
    "one thing shown again of two": (
        '<div style="visibility:hidden;font-size:0"><b style="font-size:9px">HID</b>'
        '<b style="visibility:visible">HID</b><b style="visibility:visible;font-size:9px">a</b>'
        "</div>",
        "a",
    ),
    "long hidden text around it": (
        f'<div style="visibility:hidden">{"HID " * 200}<p style="visibility:visible">a</p></div>',
        "a",
    ),
}


@pytest.mark.parametrize(("html", "text"), SHOWN_AGAIN.values(), ids=SHOWN_AGAIN.keys())
def test_of_hidden_text_only_what_is_shown_again_stays(html: str, text: str) -> None:
    content = clean(f"<p>Seen.</p>{html}")
    assert content.text == f"Seen.\n\n{text}"
    assert clean(content.html).text == content.text


PLAYER = "https://www.youtube.com/embed/abcdefghijk"
HIDDEN_EMBEDS = {
    "a frame": f'<iframe src="{PLAYER}">HID</iframe>',
    "a late frame": f'<iframe data-src="{PLAYER}" src="about:blank"></iframe>',
    "a lite player": '<lite-youtube videoid="abcdefghijk"><button>HID</button></lite-youtube>',
    "a block": '<div class="rll-youtube-player" data-id="abcdefghijk"><b>HID</b></div>',
    "an attribute": '<div data-youtube-id="abcdefghijk"><span data-count="9">0</span></div>',
    "a noscript": f'<noscript><iframe src="{PLAYER}"></iframe>HID</noscript>',
    "a player and its noscript": '<div class="rll-youtube-player" data-id="abcdefghijk"></div>'
    f'<noscript><iframe src="{PLAYER}"></iframe></noscript>',
    "a file": f'<video><source src="{PLAYER}">HID</video>',
    "an object": f'<object><param name="movie" value="{PLAYER}"><embed src="{PLAYER}"></object>',
    "a quoted post": f'<blockquote class="twitter-tweet" cite="{PLAYER}"><p>HID</p></blockquote>',
}


@pytest.mark.parametrize("embed", HIDDEN_EMBEDS.values(), ids=HIDDEN_EMBEDS.keys())
@pytest.mark.parametrize(
    "hiding",
    ['class="consent" style="display:none"', "hidden", 'style="position:absolute;left:-9999px"'],
)
def test_embeds_in_hidden_parts_are_kept_without_words(embed: str, hiding: str) -> None:
    content = clean(f"<p>Seen.</p><div {hiding}><p>HID</p>{embed}<p>HID</p></div><p>Too.</p>")
    assert content.text == "Seen.\n\nToo."
    assert [found["url"] for found in content.embeds] == [PLAYER]
    assert "HID" not in content.html
    assert clean(content.html).embeds == content.embeds


def test_a_hidden_block_may_be_the_player() -> None:
    player = '<div class="rll-youtube-player" style="display:none" data-id="abcdefghijk">HID</div>'
    content = clean(f"<p>Seen.</p>{player}")
    assert (content.text, content.embeds[0]["url"]) == ("Seen.", PLAYER)


def test_pictures_that_are_read_as_text_are_hidden_with_it() -> None:
    emoji = '<img class="emoji" alt="HID" src="/e.png">'
    formula = '<img class="latex" alt="HID" src="/f.png"><script type="math/tex">HID</script>'
    late = (
        '<img class="lazy" data-src="/a.jpg" src="data:x"><noscript><img src="/a.jpg"></noscript>'
    )
    background = '<div style="background-image:url(/b.jpg)">HID</div>'
    hidden = f"<div hidden>{emoji}{formula}{late}{background}<svg><text>HID HID</text></svg></div>"
    content = clean(f"<p>Seen.</p>{hidden}")
    assert content.text == "Seen."
    assert [image["url"][-5:] for image in content.images] == ["a.jpg", "b.jpg"]
