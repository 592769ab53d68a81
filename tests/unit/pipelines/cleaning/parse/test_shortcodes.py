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
        "[audio: hear one.mp3]",
        "[video of the day]",
        "[youtube: performance]",
        "[gist of it]",
        "The [gallery] shortcode shows pictures",
        "Use [toc], then write",
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


@pytest.mark.parametrize(
    ("tag", "urls"),
    [
        ("[youtube a1B2c3D4e5F]", ["https://www.youtube.com/embed/a1B2c3D4e5F"]),
        ("[youtube=a1B2c3D4e5F w=640]", ["https://www.youtube.com/embed/a1B2c3D4e5F"]),
        ('[youtube id="a1B2c3D4e5F"]', ["https://www.youtube.com/embed/a1B2c3D4e5F"]),
        ("[vimeo 1234567]", ["https://player.vimeo.com/video/1234567"]),
        ("[vimeo id=1234567 w=400 h=300]", ["https://player.vimeo.com/video/1234567"]),
        (
            "[vimeo clip_id=&#8221;1234567&#8243; width=&#8221;4&#8243;]",
            ["https://player.vimeo.com/video/1234567"],
        ),
        ("[dailymotion x8abc1]", ["https://www.dailymotion.com/embed/video/x8abc1"]),
        ("[gist 1234567]", ["https://gist.github.com/1234567"]),
        ("[audio:one.mp3]", ["https://example.com/blog/post/one.mp3"]),
        ("[audio:/a/1.mp3,/a/2.ogg|titles=One, Two]", ["/a/1.mp3", "/a/2.ogg"]),
        ("[audio https://a.example/1.mp3|autostart=no]", ["https://a.example/1.mp3"]),
        ("[video /films/boat.mp4]", ["/films/boat.mp4"]),
    ],
)
def test_media_are_known_by_their_number_or_file(tag: str, urls: list[str]) -> None:
    content = clean(f"<p>Before. {tag} After.</p>")
    named = [url.removeprefix("https://example.com") for url in (e["url"] for e in content.embeds)]
    assert named == [url.removeprefix("https://example.com") for url in urls]
    assert content.text == "Before.\n\nAfter."
    assert clean(content.html).embeds == content.embeds


@pytest.mark.parametrize("tag", ["[youtube performance]", "[vimeo 2019]", "[youtube]"])
def test_a_shortcode_that_names_nothing_is_no_embed(tag: str) -> None:
    assert clean(f"<p>Before. {tag} After.</p>").embeds == []


def test_long_white_space_and_open_brackets_take_linear_time() -> None:
    html = "[gallery]" + " " * 200_000 + "x" + "[vc_row " * 20_000
    assert clean(html).text.startswith("x[vc_row [vc_row")
    assert clean("[audio http://a" * 20_000).embeds == []
    for name in ("audio", "vimeo"):
        assert clean(f"[{name}" + " " * 200_000 + "x]").embeds == []


@pytest.mark.parametrize(
    "html",
    [
        "<p>[boxed_text]Deep snow.[/boxed_text]</p>",
        "<p>[attention]</p><p>Deep snow.</p><p>[/attention]</p>",
        "<p>[attention colour=red]<br>Deep snow.<br>[/attention]</p>",
        "<p>[spoiler title=Подробнее]</p>\n<p>Deep snow.</p>\n<p>[/spoiler]</p>",
    ],
)
def test_shortcodes_of_any_name_that_enclose_blocks_go(html: str) -> None:
    assert clean(html).text == "Deep snow."


@pytest.mark.parametrize(
    "text",
    [
        "Put it between [note] and [/note], and it gets a frame.",
        "[applause] Thank you.",
        "[sic] and [/note]",
        "[[note]]Deep snow.[[/note]]",
    ],
)
def test_prose_about_shortcodes_stays(text: str) -> None:
    assert clean(text).text == text
