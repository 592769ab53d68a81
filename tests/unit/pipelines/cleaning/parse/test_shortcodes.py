"""Shortcodes: known ones go, everything else in brackets is text."""

import pytest

from pipelines.cleaning import clean_text
from tests.cleaning import clean


@pytest.mark.parametrize(
    "text",
    [
        "array[0]",
        "[sic]",
        "[Editor: note]",
        "[[gallery]]",
        "[…]",
        "a [1] b",
        "[vc]",
        "[gallery",
        "[ gallery ]",
        "[x](y)",
        "[youtube: https://example.com/1 is long]",
        "[video https://example.com/1 is long]",
        "[audio:one.mp3]",
    ],
)
def test_other_brackets_survive(text: str) -> None:
    assert clean(text).text == text


@pytest.mark.parametrize(
    "tag",
    [
        "[gallery]",
        '[gallery ids="1,2"]',
        "[contact-form-7 id=&#8221;7&#8243; title=&#8221;Ask&#8221;]",
        '[vc_row css=".vc_custom_1{margin:0 !important;}"]',
        '[et_pb_section fb_built="1"]',
        "[fusion_builder_container]",
        "[/vc_column_text][/vc_column][/vc_row]",
        "[su_spacer]",
    ],
)
def test_known_ones_go(tag: str) -> None:
    assert clean(f"<p>{tag}</p><p>text</p>").text == "text"


def test_layout_separates_and_inline_does_not() -> None:
    assert (
        clean("[vc_column_text]one[/vc_column_text] [vc_column_text]two[/vc_column_text]").text
        == "one\n\ntwo"
    )
    assert clean("[dropcap]O[/dropcap]nce").text == "Once"


def test_a_caption_keeps_text_and_image() -> None:
    content = clean('[caption id="a" width="300"]<img src="/x.jpg" alt="X"> Under it[/caption]')
    assert (content.text, [image["url"] for image in content.images]) == (
        "Under it",
        ["https://example.com/x.jpg"],
    )


def test_code_keeps_them() -> None:
    assert clean("<code>[gallery]</code>").text == "[gallery]"


def test_titles_keep_them_and_excerpts_do_not() -> None:
    assert clean_text("How to use [gallery]") == "How to use [gallery]"
    assert clean_text("<p>[vc_row]Text[/vc_row]</p>", one_line=False) == "Text"
    assert clean_text("One [audio http://a.example/1.mp3] two", one_line=False) == "One two"


def test_players_of_shortcodes_are_embeds_and_part_what_stands_beside_them() -> None:
    content = clean(
        '<p>One. [youtube=https://y.example/1][audio ogg="https://a.example/2"] Two.</p>'
    )
    kinds = [(embed["kind"], embed["url"]) for embed in content.embeds]
    assert kinds == [("iframe", "https://y.example/1"), ("audio", "https://a.example/2")]
    assert (content.text, content.links) == ("One.\n\nTwo.", [])
    assert clean(content.html).html == content.html


def test_long_white_space_and_open_brackets_take_linear_time() -> None:
    html = "[gallery]" + " " * 200_000 + "x" + "[vc_row " * 20_000
    assert clean(html).text.startswith("x[vc_row [vc_row")
    assert clean("[audio http://a" * 20_000).embeds == []
