"""The law of the Markdown export: rendered, it holds what the safe HTML holds."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.cleaning import clean_html
from tests.quality.markdown import differences, gold_fragments, recorded
from tests.quality.rendered import find, render
from wparchive.export.html_markdown import html_to_markdown

BASE = "https://example.com/a-post/"
PAGE = "https://example.com/x"


def check(html: str) -> str:
    """Return the Markdown of HTML, of which the law holds after cleaning."""
    safe = clean_html(html, BASE).html
    markdown = html_to_markdown(safe)
    assert differences(safe, markdown) == {}, (safe, markdown)
    return markdown


EMPHASIS = [
    "<p><strong>one</strong><strong>two</strong></p>",
    "<p><em>one</em><em>two</em>three</p>",
    "<p><b>one</b><i>two</i><del>three</del></p>",
    "<p><em>I am </em><strong><em>Ann's</em></strong><em>, a note</em></p>",
    "<p><strong><em>both</em></strong> and <em><strong>both</strong></em></p>",
    "<p>with<strong><em>in</em></strong>side</p>",
    "<p><strong>all <em>end</em></strong></p>",
    "<p><strong><em>start</em> all</strong></p>",
    "<p><strong>Hint:</strong>look here</p>",
    "<p>see<em>(this)</em>now</p>",
    "<p>price<b>€5</b>each, a<i>+</i>b</p>",
    "<p>請按<strong>「開始」</strong>鍵，她說<strong>小心：</strong>別動</p>",
    "<p>これは<b>「重要」</b>です。<em>（注）</em>を見る</p>",
    "<p>이것은<strong>‘중요’</strong>합니다</p>",
    "<p><strong><br>Bold text<br></strong>tail</p>",
    "<p>a<b> b </b>c<i>\u00a0d\u00a0</i>e</p>",
    "<p><strong>a<br>b</strong>c</p>",
    "<p>a<strong> </strong>b<em></em>c</p>",
    "<p><b>one <b>two</b> three</b></p>",
    "<p><em>a <u>b</u></em><u>c</u></p>",
    "<p>10<sup>2</sup> and H<sub>2</sub>O</p>",
    "<p>un<em>believ</em>able and <em>un<b>believ</b>able</em></p>",
    "<p><b><a href='/x'>link</a></b>s and <a href='/x'><b>link</b></a>s</p>",
    "<p>say <strong><code>x</code></strong>y</p>",
    "<b><p>one</p><p>two</p></b>",
    "<p><s>*</s><b>**</b></p>",
]
ESCAPING = [
    "<p>Wow!<a href='/x'>link</a> no!<b><a href='/x'>link</a></b></p>",
    "<p>!<img src='/i.jpg' alt='a'> !<img src='/i.jpg' alt='[a]'></p>",
    "<p>Wow!<a href='https://example.com/'>https://example.com/</a></p>",
    "<p>call __main__ or _x_ or __init and snake_case or a__b</p>",
    "<p>The entity &amp;copy; gives; &amp;lt;br&amp;gt; breaks; &amp;#42; AT&amp;T</p>",
    "<p>&amp;<b>copy;</b> &amp;amp;amp;</p>",
    "<p>1986.</p><p>12)</p><p>#</p><p>-</p><p>+</p><p>&gt;</p><p>=</p><p>*</p>",
    "<p>1986. It was</p><p>12) one</p><p># one</p><p>- one</p><p>+ one</p><p>&gt;one</p>",
    "<p>#tag</p><p>-5</p><p>+5</p><p>3.14</p><p>####### seven</p>",
    "<p>Total<br>=</p>",
    "<p>Total<br>===</p><p>Total<br>---</p><p>Total<br>- - -</p><p>a<br>-</p><p>a<br># b</p>",
    "<p>a | b<br>--- | ---<br>c | d</p>",
    "<p>a<br>:---</p><p>a<br>|---|</p>",
    "<p>One.</p><p>~~~</p><p>Two, <a href='/x'>link</a>.</p>",
    "<p>```</p><p>Two, <a href='/x'>link</a>.</p><p>~~~~ php</p>",
    "<p>It took ~~3 days~~ longer, ~5 or so~</p>",
    "<p>*** and ___ and ---</p><p>***</p><p>___</p><p>_ _ _</p>",
    "<p>[a]: /x</p><p>[a](b) ![c](d) [e][f] [^1] [ ] [x]</p>",
    "<p>a \\ b \\* c \\</p><p>C:\\temp\\new\\</p><p>a\\<br>b</p>",
    "<p>a `b` ``c`` `</p><p>``</p>",
    "<p>&lt;b&gt; &lt;!-- c --&gt; &lt;https://example.com/&gt;</p><p>&lt;div&gt;</p>",
    "<p>    four blanks</p><p>\u00a0\u00a0\u00a0\u00a0four</p><p>\u00a0# x</p>",
    "<h2># one #</h2><h3>C #</h3><h3>C#</h3><h3>#</h3><h4>1. one</h4><h2>a<br>b</h2>",
    "<h2>a ##</h2><h2>Total</h2><p>=</p>",
    "<p><img src='/i.jpg' alt='a ] b [ * _x_ &amp;copy; \\'></p>",
    "<p><a href='/a_b*c~d~(e)'>x</a> <a href='/a?b=1&amp;copy;=2'>y</a> <a href='/\\x'>z</a></p>",
    "<p><a href='https://example.com/a_b_c'>https://example.com/a_b_c</a></p>",
    "<p><a href='https://example.com/%E3%81%82'>https://example.com/%E3%81%82</a></p>",
    "<p><a href='mailto:ann@example.com'>ann@example.com</a></p>",
    "<p>one<br><br>two<br><br><br></p>",
]
LINKED_BLOCKS = [
    "<a href='/x'><h3>Title of a card</h3><p>Its body</p></a>",
    "<a href='/x'><div><img src='/s.jpg' alt='s'></div></a>",
    "<a href='/x'><p>One</p></a>",
    "<a href='/x'><figure><img src='/s.jpg'><figcaption>Below</figcaption></figure></a>",
    "<a href='/x'><ul><li>one</li><li>two</li></ul></a>after",
    "<a href='/x'><table><tr><td>one</td><td>two</td></tr></table></a>after",
    "<a href='/x'><blockquote><p>one</p><p>two</p></blockquote></a><p>after</p>",
    "<a href='/x'><pre>one</pre></a><p>after</p>",
    "<p>before <a href='/x'></a> after</p>",
    "<h2><a href='/x'>a<br>b</a></h2><h2><a href='/x'></a>b</h2>",
    "<a href='/x'><b><p>one</p></b> two</a>",
]
CODE = [
    "<p><code><br />\ndef bar<br />\n2<br />\nend<br />\n</code></p>",
    "<p>run <code>one<br>two</code> now</p>",
    "<p><b><code>one<br>two</code></b></p><h2><code>one<br>two</code></h2>",
    "<p><code><a href='/x'>call()</a></code></p>",
    "<p><code>a <a href='/x'>call()</a> b</code></p>",
    "<p><code>a <a href='/x'>b</a><br>c</code></p>",
    "<p><code>a <strong>b</strong> *c*</code></p>",
    "<p><code>a</code><code>b</code> a<code> b </code>c <code></code> <code> </code></p>",
    "<p><code>`</code> <code>``a`</code> <code>a\\</code> <code>&amp;copy; &lt;b&gt;</code></p>",
    "<p>\\<code>a</code>` <code>b</code></p>",
    "<table class='highlight'><tr><td class='gutter'><pre>1\n2</pre></td>"
    "<td class='code'><pre>y = 1\nz = 2</pre></td></tr></table>",
    "<table><tr><td><pre>1\n2</pre></td><td>both</td></tr><tr><td>3</td><td>4</td></tr></table>",
    "<table><tr><td><code>a|b</code></td><td><code>c<br>d|</code></td></tr></table>",
    "<pre class='php'><ol><li class='li1'><div class='de1'>$b = 1;</div></li>"
    "<li class='li1'><div class='de1'>  $c;</div></li></ol></pre>",
    "<pre><div>one</div><div>  two</div></pre><pre>a<br>b<br/>  c</pre>",
    "<pre>one <a href='/x'>two</a>\n\n  three &lt;b&gt; &amp;amp;</pre><p>after</p>",
    "<ul><li>a<pre>one\n\n\ttwo  <a href='/x'>x</a></pre>b</li></ul>",
    "<pre>```\n~~~\n````</pre><pre>\n\n  indented\n\n\n</pre><pre></pre><pre> </pre>",
    "<ul><li><pre>one\n\n\ttwo  \n</pre></li><li>two</li></ul>",
    "<blockquote><pre>one\n\n\ttwo  \n# x</pre></blockquote>",
    "<pre><code>one\n</code></pre><pre><code>two</code></pre>",
    "<pre>&lt;table&gt;<table><tr><td>x</td></tr></table></pre>",
]
TABLES = [
    "<table><tr><th colspan='2'>Shown</th></tr><tr><td>Men</td><td>64%</td></tr></table>",
    "<table><tr><th>Part</th><th>Land</th><th>Sum</th></tr><tr><td rowspan='2'>South</td>"
    "<td>Peru</td><td>4.2</td></tr><tr><td>Chile</td><td>1.7</td></tr></table>",
    "<table><tr><td rowspan=2 colspan=2>a</td><td>b</td></tr><tr><td>c</td></tr>"
    "<tr><td>d</td><td>e</td><td>f</td></tr></table>",
    "<table><tr><td>a</td><td rowspan=3>b</td><td>c</td></tr><tr><td>d</td></tr></table>",
    "<table><tr><td colspan=999>a</td></tr><tr><td>b</td><td>c</td></tr></table>",
    "<table><tr><td>a</td></tr><tr><td>b</td><td>c</td><td>d</td></tr></table>",
    "<table><tr><td>Fruit</td><td><ul><li>plum</li><li>fig</li></ul></td></tr></table>",
    "<table><tr><td>x<ol><li><b>a</b> b<ul><li>c</li></ul></li></ol>y</td><td>z</td></tr></table>",
    "<table><tr><td><b>a<ul><li>b</li></ul>c</b></td><td><p>d</p><p>e</p></td></tr></table>",
    "<table><tr><td><h3>a</h3>b</td><td><blockquote>c</blockquote></td></tr></table>",
    "<table><tr><td colspan=2><h3>a</h3></td></tr><tr><td>b<hr>c</td><td></td></tr></table>",
    "<table><tr><td>a<table><tr><td>b</td><td>c</td></tr></table></td><td>d</td></tr></table>",
    "<table><tr><td>a|b</td><td>c\\|d</td><td>e\\</td></tr><tr><td>|</td><td>\\</td></tr></table>",
    "<table><caption>Sums</caption><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr>"
    "</tbody><tfoot><tr><td>c</td></tr></tfoot></table>",
    "<table><tr><td></td><td></td></tr><tr><td></td><td>a</td></tr></table>",
    "<table><tr></tr><tr><td>a</td></tr></table><table></table>",
    "<ul><li><table><tr><td>a</td><td>b</td></tr></table></li><li>c</li></ul>",
    "<ul><li><table><tr><td><h2>a</h2></td><td><ul><li>b</li></ul></td></tr></table></li></ul>",
    "<blockquote><table><tr><td># a</td><td>- b</td></tr></table></blockquote>",
    "<table><tr><td><a href='/a|b'>c|d</a></td><td><img src='/i.jpg' alt='e|f'></td></tr></table>",
    "<table><tr><td>---</td><td>:--</td></tr><tr><td>---</td><td>1.</td></tr></table>",
]
EMBEDS = [
    "<div class='fb-post' data-href='https://www.facebook.com/b/posts/2'></div>",
    "<blockquote class='twitter-tweet'><p>So true</p>Ann "
    "<a href='https://twitter.com/ann/status/1'>May 1</a></blockquote>",
    "<blockquote class='instagram-media' "
    "data-instgrm-permalink='https://www.instagram.com/p/abc/'><p>Words</p></blockquote>",
    "<blockquote cite='https://example.com/q'><p>a quotation</p></blockquote>",
    "<iframe src='https://player.example.com/embed/1?a=1&amp;b_c=2'></iframe>",
    "<iframe src='https://player.example.com/embed/1' title='A *film*'></iframe>",
]
LISTS = [
    "<ul><li>a</li></ul><ul><li>b</li></ul><ol><li>c</li></ol><ol start=5><li>d</li></ol>",
    "<ul><li>a<ol start=7><li>b</li></ol></li></ul>",
    "<ul><li></li><li>a</li><li><ul><li></li></ul></li></ul>",
    "<ul><li><ul><li><ul><li><hr></li></ul></li></ul></li></ul>",
    "<ul>stray<li>a</li><p>more</p></ul><li>alone</li>",
    "<ol start=-3><li>a</li></ol><ol start=999999999><li>a</li><li>b</li></ol>",
    "<ul><li><h3>a</h3><p>b</p><ul><li>c</li></ul><p>d</p></li></ul>",
    "<ul><li>- a</li><li>1. b</li><li># c</li><li>&gt; d</li></ul>",
    "<blockquote><ul><li>a</li></ul></blockquote><blockquote>b</blockquote>",
    "<dl><dt>a</dt><dd>b</dd></dl><details><summary>c</summary>d</details>",
]


@pytest.mark.parametrize(
    "html", [*EMPHASIS, *ESCAPING, *LINKED_BLOCKS, *CODE, *TABLES, *EMBEDS, *LISTS]
)
def test_the_law_holds_of_each_kind(html: str) -> None:
    check(html)


def test_the_law_holds_of_recorded_posts_and_the_gold_set() -> None:
    for safe in [*recorded(), *gold_fragments()]:
        assert differences(safe, html_to_markdown(safe)) == {}, safe


WORDS = st.text("aB1 .!*_~`#>-+=|[]()<&\\:;,'\n\u00a0é。「」（）注意€", max_size=6).map(
    lambda text: text.replace("&", "&amp;").replace("<", "&lt;")
)
ENTITIES = st.sampled_from(["&amp;copy;", "&amp;#42;", "1. ", "# ", "---", "~~~", "```", "word "])
LEAVES = st.sampled_from(
    ["<br>", "<hr>", "<img src='/i.jpg' alt='a*]'>", "<iframe src='/v'></iframe>"]
)
INLINE = ("b", "i", "em", "strong", "s", "sup", "u", "a href='/x'", "a href='/y_(z)'")
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
SMALLEST = st.one_of(WORDS, ENTITIES, LEAVES, CODES)
MARKUP = _joined(st.recursive(SMALLEST, _larger, max_leaves=12))


@given(MARKUP)
@settings(max_examples=200, deadline=None)
@example("<p>a<b>b</b></p>")
def test_the_law_holds_of_any_safe_html(html: str) -> None:
    check(html)


def test_code_says_its_language() -> None:
    html = "<pre class='wp-block-code'><code lang='python'>x = 1</code></pre>"
    assert check(html) == "```python\nx = 1\n```\n"


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
        "`*_<",
    ],
)
def test_time_is_linear(unit: str) -> None:
    short = min(_seconds(unit * 4_000) for _ in range(3))
    long = _seconds(unit * 40_000)
    assert long < 30 * short + 0.5


def _seconds(html: str) -> float:
    begun = time.process_time()
    html_to_markdown(html)
    return time.process_time() - begun
