"""The law of the Markdown export: rendered, it holds what the safe HTML holds."""

import os
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.cleaning import clean_html
from tests.quality.markdown import differences, gold_fragments, recorded
from tests.quality.markdown_kinds import KINDS, TABLES
from tests.quality.rendered import find, render
from tests.work import steps
from wparchive.export.commonmark import html_to_markdown
from wparchive.export.commonmark.escape import escape_text

BASE = "https://example.com/a-post/"
PAGE = "https://example.com/x"
NESTINGS = int(os.environ.get("MARKDOWN_NESTINGS", "150"))
"""Random nestings of one test; `MARKDOWN_NESTINGS=1500` for a longer run."""


def check(html: str) -> str:
    """Return the Markdown of HTML, of which the law holds after cleaning."""
    safe = clean_html(html, BASE).html
    markdown = html_to_markdown(safe)
    assert differences(safe, markdown) == {}, (safe, markdown)
    return markdown


@pytest.mark.parametrize("html", [html for htmls in KINDS.values() for html in htmls])
def test_the_law_holds_of_each_kind(html: str) -> None:
    check(html)


def test_the_law_holds_of_recorded_posts_and_the_gold_set() -> None:
    for safe in [*recorded(), *gold_fragments()]:
        assert differences(safe, html_to_markdown(safe)) == {}, safe


def test_a_quotation_keeps_its_marks() -> None:
    html = "<p>She said <q>never <q>ever</q></q> <q>twice</q>.</p>"
    assert check(html) == "She said <q>never <q>ever</q></q> <q>twice</q>.\n"


WORDS = st.text("aB1 .!*_~`#>-+=|[]()<&\\:;,'\n\u00a0é。「」（）注意€", max_size=6).map(
    lambda text: text.replace("&", "&amp;").replace("<", "&lt;")
)
ENTITIES = st.sampled_from(["&amp;copy;", "&amp;#42;", "1. ", "# ", "---", "~~~", "```", "word "])
LEAVES = st.sampled_from(
    ["<br>", "<hr>", "<img src='/i.jpg' alt='a*]'>", "<iframe src='/v'></iframe>"]
)
INLINE = ("b", "i", "em", "strong", "s", "sup", "u", "q", "a href='/x'", "a href='/y_(z)'")
BLOCKS = ("p", "h2", "div", "ul", "ol", "li", "blockquote", "figure", "ol start=3")
CELLS = ("td", "td colspan=2", "td rowspan=2", "th")


def _wrapped(tag: str, inner: str) -> str:
    return f"<{tag}>{inner}</{tag.split()[0]}>"


def _of(tags: tuple[str, ...], inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(_wrapped, st.sampled_from(tags), inner)


def _joined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(parts, max_size=4).map("".join)


def _larger(smaller: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    inner = _joined(smaller)
    row = _joined(_of(CELLS, inner)).map(lambda cells: f"<tr>{cells}</tr>")
    items = _joined(_of(("li",), inner))
    return st.one_of(
        _of(INLINE, inner),
        _of(BLOCKS, inner),
        _joined(row).map(lambda rows: f"<table>{rows}</table>"),
        items.map(lambda inside: f"<ul>{inside}</ul>"),
    )


CODE_LINES = _joined(st.one_of(WORDS, ENTITIES, st.sampled_from(["<br>", "\n", "<b>x</b>"])))
CODES = st.one_of(
    _of(("code", "pre"), CODE_LINES), _of(("code", "pre"), _of(("a href='/x'", "em"), CODE_LINES))
)
LEAVES_OF_CODE = st.sampled_from(
    ["<br>", "<hr>", "<iframe src='/v'></iframe>", "<a href='/x'>a <b>link</b></a>"]
)
IN_CODE = st.recursive(
    st.one_of(WORDS, ENTITIES, LEAVES_OF_CODE),
    lambda smaller: _of(("p", "div", "ul", "li", "h2", "b"), _joined(smaller)),
    max_leaves=8,
)
CODE_WITH_BLOCKS = st.builds("{}{}{}".format, WORDS, _of(("code", "pre"), _joined(IN_CODE)), WORDS)
SMALLEST = st.one_of(WORDS, ENTITIES, LEAVES, CODES)
MARKUP = _joined(st.recursive(SMALLEST, _larger, max_leaves=12))


def _without_indentation(html: str) -> str:
    """Return HTML without blanks that only `pre` would show."""
    html = re.sub(r" +\n", "\n", html)
    return re.sub(r"(?<=[>\n]) +| +(?= )|\u00a0", "", html)


def _nesting(smaller: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    inner = _joined(smaller)
    row = _joined(_of(CELLS, inner)).map(lambda cells: f"<tr>{cells}</tr>")
    return st.one_of(
        # Code with links is written with tags, where the indentation of a `pre` in it is lost.
        _of(("code",), inner.map(_without_indentation)),
        _of(("pre", "kbd", "samp", "a href='/x'"), inner),
        _of(INLINE + BLOCKS, inner),
        _joined(row).map(lambda rows: f"<table>{rows}</table>"),
    )


SMALL_TEXTS = st.one_of(WORDS, ENTITIES, st.sampled_from(["\n", "a\n b", "x"]))
NESTED = _joined(
    st.recursive(st.one_of(SMALL_TEXTS, LEAVES, LEAVES_OF_CODE), _nesting, max_leaves=12)
)


@given(NESTED)
@settings(max_examples=NESTINGS)
def test_the_law_holds_of_any_nesting_of_code(html: str) -> None:
    check(html)


@given(MARKUP)
@settings(max_examples=200, deadline=None, derandomize=True)
@example("<p>a<b>b</b></p>")
def test_the_law_holds_of_any_safe_html(html: str) -> None:
    check(html)


@given(CODE_WITH_BLOCKS)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_the_law_holds_of_code_with_links_and_blocks(html: str) -> None:
    check(html)


@pytest.mark.parametrize(
    "start",
    [
        "<pre class='wp-block-code'><code lang='python' class='language-python'>",
        "<pre><code class='language-python'>",
        "<pre class='lang-python'><code>",
        "<pre lang='python'>",
    ],
)
def test_code_says_its_language(start: str) -> None:
    assert check(f"{start}x = 1</code></pre>") == "```python\nx = 1\n```\n"


@pytest.mark.parametrize(
    "html",
    [
        f"<pre>a <a href='{PAGE}'>b</a><pre>c</pre> d</pre>",
        "<pre>a<pre>b</pre>c</pre>",
        f"<pre><code>a<a href='{PAGE}'>b</a></code><pre>c<br></pre>d</pre>",
        "<pre>a<pre>\n<hr>b</pre></pre>",
        "<code>a<code>b<br></code>c<pre>\nd\n\ne</pre></code>",
        "<h2><code>a<pre>b\n<img src='/i.jpg' alt='i'>c</pre>d</code></h2>",
        "<code><img src='/i.jpg' alt='i'><br>a</code>",
        f"<code>a<p><a href='{PAGE}'></a></p><p>b</p></code>",
        f"<pre>a<p><a href='{PAGE}'></a></p><p>b</p></pre>",
        "<a href='/y'><br><pre>a<iframe src='/v'></iframe></pre></a>",
        "<a href='/y'><code>a<p>b<iframe src='/v'></iframe></p></code></a>",
    ],
)
def test_lines_of_code_within_code(html: str) -> None:
    check(html)


def test_preformatted_text_within_code_keeps_its_indentation() -> None:
    assert check("<code>a <pre>\n  b\n    c</pre></code>") == "```\na\n  b\n    c\n```\n"


def test_a_spanning_cell_shifts_no_other() -> None:
    found = find(render(check(TABLES[1])))
    assert found.tables == [
        [["Part", "Land", "Sum"], ["South", "Peru", "4.2"], ["", "Chile", "1.7"]]
    ]


def test_what_github_has_no_cells_for_is_a_table_of_tags() -> None:
    markdown = check("<table><tr><td colspan=2><h3>a</h3></td></tr></table>")
    assert '<td colspan="2">\n\n### a\n\n</td>' in markdown


@pytest.mark.parametrize("tag", ["blockquote", "ul", "ol", "li", "b", "table", "div", "h2", "a"])
def test_no_nesting_loses_words_or_links(tag: str) -> None:
    inner = f"deep <a href='{PAGE}'>link</a> end"
    for html in (f"<{tag}>" * 3000 + inner + f"</{tag}>" * 3000, f"<{tag}>" * 3000 + inner):
        found = find(render(html_to_markdown(html)))
        assert found.words == ["deep", "link", "end"]
        assert found.links == [PAGE]


@pytest.mark.parametrize(
    "unit",
    [
        "<b><i>",
        "<ul><li>a",
        "<table><tr><td>",
        "<b>x</b>",
        "<p>a</p>",
        "<a href='/x'>a</a>",
        "`*_&lt;",
        "<h2>#",
    ],
)
def test_work_is_linear(unit: str) -> None:
    short = steps(lambda: html_to_markdown(unit * 1_000))
    long = steps(lambda: html_to_markdown(unit * 5_000))
    assert long < 6 * short


@pytest.mark.parametrize("piece", ["a_b_ &amp; [x] ", "[a][/b]", "_ &x; ", "&#65;a_b;"])
def test_long_texts_are_escaped_as_short_ones(piece: str) -> None:
    number = 250_000 // len(piece)
    assert escape_text(piece * number) == escape_text(piece) * number


@pytest.mark.parametrize("piece", ["<a ", "<a =b ", "</", "<!--", "<", "<a href='", '<a href="<'])
def test_megabytes_of_beginnings_come_to_an_end(piece: str) -> None:
    # As a bundle of somebody else may bring them: nothing has cleaned its posts.
    markdown = html_to_markdown(piece * (2_000_000 // len(piece)))
    assert "a" in markdown or "\\<" in markdown or "&lt;" in markdown
