"""Hostile and huge input: nothing raises, nothing vanishes without a flag."""

import pytest

from pipelines.cleaning import clean_html, clean_text
from pipelines.cleaning.parse.plain_marks import MAX_MARKS
from tests.cleaning import clean


@pytest.mark.parametrize(
    "tag",
    [
        "div",
        "b",
        "blockquote",
        "ul><li",
        "table><tr><td",
        "a href=/x",
        "sup",
        "nav",
        "pre",
        "noscript",
    ],
)
@pytest.mark.parametrize("depth", [300, 10_000])
def test_deep_nesting_loses_nothing_after_it(tag: str, depth: int) -> None:
    names = [part.split()[0] for part in tag.split("><")]
    html = (
        f"<{tag}>" * depth
        + "inside"
        + "".join(f"</{name}>" for name in reversed(names)) * depth
        + "<p>after</p>"
    )
    text = clean_html(html, None).text
    assert text.endswith("after")
    assert ("inside" in text) == (tag not in ("nav", "noscript"))


def test_the_two_feeds_agree_on_deep_nesting() -> None:
    assert clean("<div>" * 300 + "inside" + "</div>" * 300 + "<p>after").text == "inside\n\nafter"


def test_indentation_stops_growing() -> None:
    assert len(clean_html("<ul><li>x" * 2_000, None).text) < 2_000 * 40


def test_content_above_the_cap_is_cut_and_flagged() -> None:
    content = clean_html("<p>" + "é word " * 1000 + "</p>", None, max_bytes=100)
    assert content.flags == ["truncated"]
    assert 0 < len(content.text.encode()) <= 100


def test_five_megabytes_are_cleaned_whole() -> None:
    html = ("<p>A paragraph of <b>text</b> " + "and so on " * 20 + "</p>\n") * 20_000
    content = clean_html(html, None)
    assert (content.word_count, content.flags) == (20_000 * 64, [])


def test_nul_controls_and_terminal_escapes_go() -> None:
    content = clean("a\x00b\x08c &#27;[31mred &#x1B; \x9b31m &#0;<b title='\x00'>x</b>\x7f")
    assert not any(
        ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in content.text + content.html
    )
    assert content.text.startswith("abc [31mred")


def test_lone_surrogates_are_replaced_and_flagged() -> None:
    content = clean("<p>a\ud800b</p><p>c</p>")
    assert (content.text, content.flags) == ("a\ufffdb\n\nc", ["surrogates"])
    assert clean_text("t\udfff") == "t\ufffd"
    assert "\ud800" not in clean("&#xD800;").text


@pytest.mark.parametrize(
    "html",
    [
        "",
        " \n ",
        "<!-- only -->",
        "<p></p>",
        "<",
        "<p",
        "<a href='",
        "&",
        "\x00",
        "page.html",
        "https://example.com/a",
    ],
)
def test_next_to_nothing(html: str) -> None:
    assert clean(html).embeds == []


def test_a_huge_attribute_loses_nothing_after_it() -> None:
    assert (
        clean_html(f'<p title="{"x " * 2_000_000}">in</p><p>after</p>', None).text == "in\n\nafter"
    )


@pytest.mark.parametrize("unit", [" ", ",", ", ", "- ", "x ", "-1x1", "a,", "\t,"])
def test_a_hostile_srcset_takes_linear_time(unit: str) -> None:
    assert clean_html(f'<img srcset="{unit * 200_000}"><p>after</p>', None).text == "after"


def test_only_so_many_bare_addresses_become_links_and_no_word_is_lost() -> None:
    words = "http://a.example/b " * (MAX_MARKS // 2 + 10)
    cleaned = clean_html(f"<p>{words}</p><p>{words}</p>", None)
    assert len(cleaned.links) == MAX_MARKS
    assert cleaned.text == f"{words.strip()}\n\n{words.strip()}"


@pytest.mark.parametrize("end", ["/", "?"])
def test_a_long_address_of_the_page_is_not_repeated_for_each_link(end: str) -> None:
    html = "<p>A <a href='x'>link</a> and <a href='#y'>more</a><img src='z.png'></p>" * 500
    base = "https://example.org/" + "a" * 400_000 + end
    cleaned = clean_html(html, base)
    assert len(cleaned.html) < len(html)
    assert cleaned.text.count("link") == 500
    short = clean_html(html, "https://example.org/" + "a" * 1_000 + end)
    assert len(short.links) >= 1
