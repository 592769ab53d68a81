"""The writer of safe HTML, by itself."""

import html as library

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.cleaning.write.safe_html import (
    SafeHtmlWriter,
    escape,
    start_tag,
    start_tag_slowly,
)

NAMES = st.sampled_from(["p", "td", "ol", "li", "a", "img", "blockquote", "abbr"])
ATTRIBUTES = st.dictionaries(
    st.sampled_from(["class", "href", "start", "value", "colspan", "lang", "dir", "title", "cite"]),
    st.one_of(st.text(max_size=5), st.sampled_from(["2", "-3", "de-AT", "rtl"])),
)


@given(st.text("ab&<>\"'é;"))
def test_text_is_escaped_as_the_standard_library_does(text: str) -> None:
    assert escape(text) == library.escape(text, quote=False)


@given(NAMES, ATTRIBUTES)
def test_the_fast_way_does_what_the_slow_way_does(name: str, attributes: dict[str, str]) -> None:
    assert start_tag(name, attributes) == start_tag_slowly(name, attributes)


@pytest.mark.parametrize(
    ("name", "attributes", "tag"),
    [
        ("p", {"class": "x", "onclick": "x()"}, "<p>"),
        ("p", {"lang": "de-AT", "dir": "up"}, '<p lang="de-AT">'),
        ("td", {"colspan": "2", "rowspan": "all"}, '<td colspan="2">'),
        ("ol", {"start": "-1", "value": "2"}, '<ol start="-1">'),
        ("a", {"href": "javascript:x"}, "<a>"),
        ("abbr", {"title": '"<b>&'}, '<abbr title="&quot;&lt;b&gt;&amp;">'),
    ],
)
def test_only_allowed_attributes_are_copied(
    name: str, attributes: dict[str, str], tag: str
) -> None:
    assert start_tag(name, attributes) == tag


def test_a_value_of_the_cleaner_wins_and_none_is_left_out() -> None:
    values = {"href": "https://a.org/?b&c", "data-embed": None}
    assert start_tag("a", {"data-embed": "x"}, values) == '<a href="https://a.org/?b&amp;c">'


def test_text_can_be_replaced_since_a_position() -> None:
    writer = SafeHtmlWriter()
    writer.write_tag("<sup>")
    start = writer.position()
    writer.write("1")
    writer.open_link("https://a.org/")
    writer.write_tag("</a>")
    writer.replace_since(start, "<1>")
    writer.write_tag("</sup>")
    assert writer.result() == "<sup>&lt;1&gt;</sup>"
