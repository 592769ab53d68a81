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
