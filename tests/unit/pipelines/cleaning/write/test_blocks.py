"""HTML becomes blocks, in order."""

from typing import Any

import pytest

from tests.cleaning import BASE, clean
from wparchive.model.blocks import text_of_blocks


def blocks_of(html: str) -> list[dict[str, Any]]:
    """Return the blocks, after a look at their law: they are what the text is written from."""
    content = clean(html)
    assert text_of_blocks(content.blocks) == content.text
    return [dict(block) for block in content.blocks]


def short(html: str) -> list[str]:
    """Return each block as `kind: text`."""
    return [f"{block['kind']}: {block['text']}" for block in blocks_of(html)]


def test_headings_paragraphs_and_quotations() -> None:
    html = "<h2>Title<br>two</h2><p>One</p>loose<blockquote><p>Said</p><h4>Sub</h4></blockquote>end"
    assert blocks_of(html) == [
        {"kind": "heading", "text": "Title\ntwo", "level": 2},
        {"kind": "paragraph", "text": "One"},
        {"kind": "paragraph", "text": "loose"},
        {"kind": "quote", "text": "Said"},
        {"kind": "heading", "text": "Sub", "level": 4, "quoted": True},
        {"kind": "paragraph", "text": "end"},
    ]


def test_a_line_break_goes_on_with_a_block_and_two_end_it() -> None:
    assert short("<p>a<br>b<br><br>c</p>") == ["paragraph: a\nb", "paragraph: c"]


def test_lists_have_depth_and_order() -> None:
    inner = "<ol start=3><li>b</li><li>c<p>more</p></li></ol>"
    html = f"<ul><li>a{inner}</li><li>d</li></ul><ul><li>e</ul>"
    assert blocks_of(html) == [
        {"kind": "list_item", "text": "a", "depth": 1, "ordered": False},
        {
            "kind": "list_item",
            "text": "b",
            "tight": True,
            "depth": 2,
            "ordered": True,
            "number": 3,
        },
        {
            "kind": "list_item",
            "text": "c",
            "tight": True,
            "depth": 2,
            "ordered": True,
            "number": 4,
        },
        {"kind": "paragraph", "text": "more", "tight": True, "depth": 2},
        {"kind": "list_item", "text": "d", "tight": True, "depth": 1, "ordered": False},
        {"kind": "list_item", "text": "e", "depth": 1, "ordered": False},
    ]


def test_any_block_may_begin_an_item() -> None:
    html = (
        "<ul><li><h3>T</h3>x</li><li><pre>a\n b</pre></li><li><blockquote>q</blockquote></li></ul>"
    )
    heading, text, code, quote = blocks_of(html)
    assert (heading["kind"], heading["depth"], heading["ordered"]) == ("heading", 1, False)
    assert (text["kind"], text["depth"], "ordered" in text) == ("paragraph", 1, False)
    assert (code["kind"], code["text"], code["ordered"]) == ("code", "a\n b", False)
    assert (quote["kind"], quote["quoted"]) == ("list_item", True)


@pytest.mark.parametrize(
    "pre",
    [
        '<pre class="wp-block-code language-php"><code>x</code></pre>',
        '<pre class="wp-block-code"><code class="language-PHP hljs">x</code></pre>',
        '<pre class="brush: php; title: ; notranslate">x</pre>',
        '<pre lang="php">x</pre>',
        '<pre class="EnlighterJSRAW" data-enlighter-language="php">x</pre>',
    ],
)
def test_code_has_the_language_that_highlighters_name(pre: str) -> None:
    assert blocks_of(pre) == [{"kind": "code", "text": "x", "language": "php"}]
    # The safe HTML names it in the usual way.
    assert clean(clean(pre).html).blocks == clean(pre).blocks


@pytest.mark.parametrize("pre", ["<pre>x</pre>", '<pre class="brush: plain">x</pre>'])
def test_code_without_a_language_has_none(pre: str) -> None:
    assert blocks_of(pre) == [{"kind": "code", "text": "x"}]


def test_a_poem_is_no_code() -> None:
    assert short('<pre class="wp-block-verse">a\n  b</pre>') == ["paragraph: a\n  b"]


def test_tables_are_rows_of_cells_with_spans_resolved() -> None:
    html = (
        "<table><tr><th colspan=3>Title</th></tr><tr><td rowspan=2>a</td><td>b</td><td>c</td></tr>"
        "<tr><td>d</td></tr></table>"
    )
    (table,) = blocks_of(html)
    assert table["text"] == "Title\na | b | c\nd"
    assert [row["cells"] for row in table["rows"]] == [
        ["Title", "Title", "Title"],
        ["a", "b", "c"],
        ["a", "d", ""],
    ]


@pytest.mark.parametrize(
    ("html", "rows"),
    [
        ("<tbody><tr><td rowspan=9>a<td>b</tr></tbody><tbody><tr><td>c<td>d</tr></tbody>", "ab cd"),
        ("<thead><tr><th rowspan=2>a<th>b</tr></thead><tr><td>c<td>d</tr>", "ab cd"),
        ("<tr><td>a<td rowspan=3>b</tr><tfoot><tr><td>c<td>d</tr></tfoot>", "ab cd"),
        ("<tr><td rowspan=0>a<td>b</tr><tr><td>c</tr><tr><td>d</tr>", "ab ac ad"),
        (
            "<tbody><tr><td rowspan=0>a<td>b</tr><tr><td>c</tr></tbody><tr><td>d<td>e</tr>",
            "ab ac de",
        ),
        ("<tr><td rowspan=2>a<td rowspan=2>b</tr><tr></tr><tr><td>c<td>d</tr>", "ab cd"),
        ("<tr><td rowspan=3>a<td>b</tr><tr></tr><tr><td>c</tr>", "ab ac"),
        ("<tr><td colspan=-2>a<td colspan=0>b</tr><tr><td rowspan=-1>c<td>d</tr>", "ab cd"),
        ("<tr><td rowspan=9>a<td>b</tr><tr><td>c</tr>", "ab ac"),
    ],
)
def test_spans_end_with_their_section_of_the_table(html: str, rows: str) -> None:
    content = clean(f"<table>{html}</table>")
    (table,) = content.blocks
    assert ["".join(row["cells"]) for row in table["rows"]] == rows.split()
    assert clean(content.html).blocks == content.blocks


def test_a_layout_table_is_no_table() -> None:
    html = "<table><tr><td><h2>T</h2><p>one</p></td></tr><tr><td>two</td></tr></table>"
    assert short(html) == ["heading: T", "paragraph: one", "paragraph: two"]


def test_hostile_spans_do_not_multiply_a_table() -> None:
    rows = "<tr><td colspan=9999 rowspan=9999>a</td><td colspan=40 rowspan=999999>b</td></tr>" * 500
    (table,) = blocks_of(f"<table>{rows}</table>")
    assert sum(len(row["cells"]) for row in table["rows"]) < 20 * 1000


def test_images_stand_where_they_are_with_their_captions() -> None:
    html = (
        "<figure><img src=/a.png alt=A><figcaption>Cap <b>a</b></figcaption></figure>"
        "<p><img src=/b.png>text <img src=/c.png> more</p>"
        "<figure><figcaption>above</figcaption><img src=/d.png></figure>"
    )
    origin = BASE.removesuffix("/blog/post/")
    assert blocks_of(html) == [
        {"kind": "figure", "text": "Cap a", "url": f"{origin}/a.png", "alt": "A"},
        {"kind": "figure", "text": "", "url": f"{origin}/b.png", "alt": ""},
        {"kind": "paragraph", "text": "text more"},
        {"kind": "figure", "text": "", "url": f"{origin}/c.png", "alt": ""},
        {"kind": "figure", "text": "above", "url": f"{origin}/d.png", "alt": ""},
    ]


def test_the_caption_of_a_gallery_or_a_table_is_a_paragraph() -> None:
    html = (
        "<figure><figure><img src=/a.png></figure><figcaption>All</figcaption></figure>"
        "<figure><table><tr><td>1</td><td>2</td></tr></table><figcaption>T</figcaption></figure>"
    )
    assert short(html) == ["figure: ", "paragraph: All", "table: 1 | 2", "paragraph: T"]


def test_images_in_a_table_of_values_come_after_it() -> None:
    html = (
        "<table><tr><td><img src=/a.png>x</td><td>y</td></tr><tr><td>1</td><td>2</td></tr></table>"
    )
    assert short(html) == ["table: x | y\n1 | 2", "figure: "]


def test_embeds_have_a_provider_and_a_title() -> None:
    html = '<p>a</p><iframe src="https://www.youtube.com/embed/x" title="Film"></iframe><p>b</p>'
    assert blocks_of(html) == [
        {"kind": "paragraph", "text": "a"},
        {
            "kind": "embed",
            "text": "",
            "url": "https://www.youtube.com/embed/x",
            "provider": "youtube",
            "title": "Film",
        },
        {"kind": "paragraph", "text": "b"},
    ]


def test_a_quoted_post_is_quotes_and_an_embed() -> None:
    html = (
        '<blockquote class="twitter-tweet"><p>Hello</p>'
        '<a href="https://twitter.com/a/status/1">Monday</a></blockquote>'
    )
    assert short(html) == ["quote: Hello", "quote: Monday", "embed: "]
    assert blocks_of(html)[2]["provider"] == "x"


def test_a_formula_that_stands_alone_is_a_block() -> None:
    html = '<p>a <math alttext="x^2"></math> b</p><math display="block" alttext="E=mc^2"></math>'
    assert short(html) == ["paragraph: a x^2 b", "formula: E=mc^2"]


@pytest.mark.parametrize(
    ("html", "has"),
    [
        ("<p>x</p>", []),
        ("<table><tr><td>1</td><td>2</td></tr></table>", ["table"]),
        ("<pre>x</pre>", ["code"]),
        ("<p>a <img src=/x.png> b</p>", ["image"]),
        ("<video src=/x.mp4></video>", ["video", "embed"]),
        ("<audio src=/x.mp3></audio>", ["audio", "embed"]),
        ('<iframe src="https://vimeo.com/1"></iframe>', ["video", "embed"]),
        ('<iframe src="https://open.spotify.com/1"></iframe>', ["audio", "embed"]),
        ('<iframe src="https://example.org/1"></iframe>', ["embed"]),
        ("<blockquote><ul><li>x</li></ul></blockquote>", ["quote"]),
        ('<p>a <math alttext="x^2"></math></p>', ["formula"]),
    ],
)
def test_what_a_content_has(html: str, has: list[str]) -> None:
    assert clean(html).has == has


def test_where_links_lead_to_and_who_serves_embeds() -> None:
    html = (
        '<a href="https://blog.example.org/x">x</a><iframe src="https://youtu.be/1"></iframe>'
        '<iframe src="https://player.example.net/1"></iframe>'
    )
    content = clean(html)
    assert content.link_domains == ["blog.example.org", "example.org"]
    assert content.embed_providers == ["youtube", "player.example.net"]
