"""Signs of places, labels before values, words of drawings and lines that highlighters mark."""

import pytest

from tests.cleaning import clean
from wparchive.export.commonmark import html_to_markdown

PLACES = [
    ('<h2>Title<a class="headerlink" href="#t">¶</a></h2>', "Title"),
    ('<h2><a class="anchor-link" href="#t">#</a> Title</h2>', "Title"),
    ('<h3>C<a href="#c" aria-hidden="true"><span>#</span></a></h3>', "C"),
    ('<h3>Title <a href="https://example.com/blog/post/#t">🔗</a></h3>', "Title"),
    ('<h3><a href="#c">The whole title</a> of C#</h3>', "The whole title of C#"),
    ('<h3>Issue <a href="https://other.example/">#</a></h3>', "Issue #"),
    ('<p>see <a href="#n">#</a> and <a href="#p">§</a></p>', "see # and §"),
]
LABELS = [
    ("<p><strong>Price:</strong>19 €</p>", "Price: 19 €"),
    ("<p><b>Author:</b><a href='/ann/'>Ann</a></p>", "Author: Ann"),
    ("<div><label>Author:</label><span>Ann</span></div>", "Author: Ann"),
    ("<p><b>Автор:</b>Анна</p>", "Автор: Анна"),
    ('<div><span class="label">Author</span><span class="value">Ann</span></div>', "Author Ann"),
    ('<p><span class="spec-label">Author</span><span>Ann</span></p>', "Author Ann"),
    ("<p><b>10:</b>30</p>", "10:30"),
    ("<p><b>tt:</b>transform, <b>C:</b>Windows</p>", "tt:transform, C:Windows"),
    ("<p><b>http:</b>//example</p>", "http://example"),
    ("<p><b>作者：</b>张三</p>", "作者：张三"),
    ("<p>un<b>believ</b>able, <b>Size</b>: 10</p>", "unbelievable, Size: 10"),
    ("<p><code><b>std:</b>x</code></p>", "std:x"),
]
CHART = "<text>Sales</text><text>2019</text><text><tspan>2</tspan><tspan>020</tspan></text>"
DRAWINGS = [
    (
        f'<p>a</p><svg viewBox="0 0 400 200"><title>T</title>{CHART}</svg>b',
        "a\n\nSales 2019 2020\n\nb",
    ),
    ("<svg><foreignObject><div>Start</div><div>End</div></foreignObject></svg>", "Start End"),
    (f"<svg><g opacity='0'>{CHART}</g><defs>{CHART}</defs><style>.a b</style></svg>", ""),
    (f'<p>a <svg width="24" height="24">{CHART}</svg> b</p>', "a b"),
    (f'<p>a <svg class="icon">{CHART}</svg> b</p>', "a b"),
    (f'<p>a <svg aria-hidden="true">{CHART}</svg> b</p>', "a b"),
    (f"<p><a href='/x'>a<svg>{CHART}</svg></a></p>", "a"),
    ("<p>a <svg><title>Share this page</title><path/></svg></p>", "a"),
    ("<p>a <svg><text>Ad</text></svg></p>", "a"),
]


@pytest.mark.parametrize(("html", "text"), PLACES + LABELS + DRAWINGS)
def test_signs_labels_and_drawings(html: str, text: str) -> None:
    content = clean(html)
    assert content.text == text
    assert clean(content.html).text == text


CODE = [
    ('<pre><code><span class="line">a</span><span class="line">b</span></code></pre>', "a\nb"),
    ('<pre><code><span class="line">a</span>\n<span class="line">b</span></code></pre>', "a\nb"),
    ('<pre><span class="line">a\n</span><span class="line">b</span></pre>', "a\nb"),
    (
        '<pre><span class="line"><span class="x-name">a\n</span></span>'
        '<span class="line">b</span></pre>',
        "a\nb",
    ),
    (
        '<table><tr><td class="linenos"><pre>1\n2</pre></td><td><pre>a\nb</pre></td></tr></table>',
        "a\nb",
    ),
    ('<pre><span class="lineno">1</span>a\n<span class="lineno">2</span>b</pre>', "a\nb"),
    ('<pre class="linenos">a\nb</pre>', "a\nb"),
    ("<pre><span>Hi</span> <my-tag>x</my-tag></pre>", "Hi <my-tag>x</my-tag>"),
    ('<pre><span class="hljs-tag">&lt;b&gt;</span> *x* _y_ `z`</pre>', "<b> *x* _y_ `z`"),
]


@pytest.mark.parametrize(("html", "code"), CODE)
def test_highlighted_code_is_code_in_text_and_markdown(html: str, code: str) -> None:
    content = clean(html)
    assert content.text == code
    assert clean(content.html).text == code
    assert f"```\n{code}\n```" in html_to_markdown(content.html)


def test_lines_of_prose_stay_together() -> None:
    html = '<p><span class="line">a</span><span class="line">b</span></p>'
    assert clean(html).text == "ab"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<p><i class="material-icons">check_circle</i> Free</p>', "Free"),
        ('<p><span class="material-symbols-outlined">home</span> At home</p>', "At home"),
        ('<p><span class="et-pb-icon">N</span> North</p>', "North"),
        ("<p><i>&#xe114;</i>Down and <b>&#xf095; </b>up</p>", "Down and up"),
        ("<p>&#xf0b7; one</p>", "\uf0b7 one"),
        ("<pre>a<b>&#xe0b0;</b>b</pre>", "a\ue0b0b"),
        ("<p>the <i>home</i></p>", "the home"),
    ],
)
def test_signs_of_icon_fonts_are_no_text(html: str, text: str) -> None:
    content = clean(html)
    assert content.text == text
    assert clean(content.html).text == text
