"""Tables of rules: what a handler may do, and that names mean one thing."""

import pytest

from pipelines.cleaning.builder import ContentBuilder
from pipelines.cleaning.rules.boilerplate import NEVER_TEXT_TAGS, SkippedElement
from pipelines.cleaning.rules.tags import HANDLERS, LAYOUTS, TABLE_PARTS
from tests.cleaning import clean
from wparchive.text.safe_html import SAFE_TAGS

ATTRIBUTES = {"src": "https://a.org/x", "href": "https://a.org/x", "data": "https://a.org/x"}


@pytest.mark.parametrize("tag", sorted(HANDLERS))
@pytest.mark.parametrize("attributes", [{}, ATTRIBUTES, ATTRIBUTES | {"data-embed": "iframe"}])
def test_a_tag_that_can_be_skipped_has_no_layout(tag: str, attributes: dict[str, str]) -> None:
    """Its layout would be begun, and never ended."""
    handled = HANDLERS[tag](ContentBuilder(None), attributes)
    assert tag not in LAYOUTS or not isinstance(handled, SkippedElement)


def test_every_tag_is_in_one_table_of_its_kind() -> None:
    assert not NEVER_TEXT_TAGS & set(LAYOUTS)
    # A script may hold a formula, a drawing may be a chart, and a label may name a value.
    assert NEVER_TEXT_TAGS & set(HANDLERS) == {"script", "svg", "label"}
    assert set(LAYOUTS) >= TABLE_PARTS
    assert not SAFE_TAGS & NEVER_TEXT_TAGS
    # The handlers of the four, and those of `pre` and `code`, write the start tags themselves.
    names = {layout.name for layout in LAYOUTS.values()}
    assert names | {"a", "blockquote", "br", "img"} == SAFE_TAGS


@pytest.mark.parametrize("tag", sorted(set(LAYOUTS) - TABLE_PARTS - {"hr"}))
def test_a_tag_that_is_laid_out_keeps_its_text_in_safe_html(tag: str) -> None:
    content = clean(f"<{tag}>text</{tag}>")
    if tag == "nav":
        assert content.text == ""
    else:
        assert "text" in content.text
        assert f"<{LAYOUTS[tag].name}>" in content.html


def test_a_footnote_s_mark_stands_in_brackets() -> None:
    assert clean('word<sup class="fn">1</sup>').text == "word[1]"
    assert clean('word<sup><a href="#fn1">1</a></sup>').text == "word[1]"
    assert clean("E = mc<sup>2</sup>").text == "E = mc^2"
    assert clean('<sup class="fn">a long remark</sup>').text == "a long remark"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (
            '<span class="elementor-alert-title">Note</span>'
            '<span class="elementor-alert-description">Closed on Monday.</span>',
            "Note Closed on Monday.",
        ),
        (
            '<div><span class="x-progress-text">Done</span><span class="x-progress-percentage">80%'
            "</span></div>",
            "Done 80%",
        ),
        (
            '<p><a href="/a"><span class="b-text">One</span></a>'
            '<a href="/b"><span class="b-text">Two</span></a></p>',
            "One Two",
        ),
        ('<p>un<span class="red">believ</span><span class="blue">able</span></p>', "unbelievable"),
        (
            '<pre><span class="hljs-number">2019</span><span class="hljs-number">-09</span></pre>',
            "2019-09",
        ),
        ('<p>(<span class="x-title">A</span>)<b>b</b></p>', "(A)b"),
        ('<p><span class="x-title">A</span> <span class="x-text">b</span></p>', "A b"),
        ('<p><span class="x-title">A</span></p><p><span class="x-text">b</span></p>', "A\n\nb"),
    ],
)
def test_parts_of_their_own_are_not_glued(html: str, text: str) -> None:
    content = clean(html)
    assert content.text == text
    assert clean(content.html).text == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<a href="/a/">One</a><a href="/b/">Two</a>', "One Two"),
        ('<a href="/p/">Mug <b>£18</b></a><a href="/s/"><i>Details</i></a>', "Mug £18 Details"),
        ('<a href="/a/">un</a><a href="/a/">happy</a>', "unhappy"),
        ('<a href="/a/">[1]</a><a href="/b/">[2]</a>', "[1][2]"),
        ('<a href="/a/">漢</a><a href="/b/">字</a>', "漢字"),
        ('<a href="/a/">One</a><b></b><a href="/b/"><img src="/i.jpg">Two</a>', "One Two"),
        ('<span class="day">Monday</span><span class="hours">9 - 17</span>', "Monday 9 - 17"),
        ('<span class="title">Born</span><span class="text">1930</span>', "Born 1930"),
        ('<span class="title">Un</span><i>known</i>', "Unknown"),
        ('a <span class="tooltiptext">a wall</span>b', "a (a wall)b"),
        ('<a href="/a/"><b>Author:</b></a><a href="/b/">Ann</a>', "Author: Ann"),
        (
            '<i class="x-y">a</i><span class="x-value">19</span><span class="x-text">.99</span>',
            "a19.99",
        ),
        (
            '<span class="elementor-price-table__currency">$</span>'
            '<span class="elementor-price-table__integer-part">39</span>'
            '<div class="elementor-price-table__after-price">'
            '<span class="elementor-price-table__fractional-part">99</span>'
            '<span class="elementor-price-table__period">Monthly</span></div>',
            "$39.99 Monthly",
        ),
        (
            'mole<sup class="modern-footnotes-footnote"><a href="#">1</a></sup><span role="tooltip"'
            ' class="modern-footnotes-footnote__note">A wall.</span> here',
            "mole[1] (A wall.) here",
        ),
        (
            '<p>mole<span class="footnote_tooltip">A wall.</span> here</p>'
            '<table><tr><td class="footnote_plugin_text">A wall.</td></tr></table>',
            "mole here\n\nA wall.",
        ),
        ("mole<span class='footnote_tooltip'>A wall.</span>", "mole (A wall.)"),
        ('<p>It was.<span class="su-quote-cite">Bob</span></p>', "It was.\n\nBob"),
        ("<!--:en-->One<!--:--><!--:de-->Eins<!--:-->", "One\n\nEins"),
    ],
)
def test_what_stands_side_by_side_is_not_glued(html: str, text: str) -> None:
    content = clean(html)
    assert content.text == text
    assert clean(content.html).text == text
