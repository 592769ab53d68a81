"""Text: words stay whole, blocks stay apart, layout stays readable."""

import pytest

from tests.cleaning import clean

CODE = "def f(x):\n    return  x[0]\n\n# [gallery]"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("un<b>believ</b>able", "unbelievable"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<div>one</div>two<div>three</div>", "one\n\ntwo\n\nthree"),
        ("<h2>Head</h2>body", "Head\n\nbody"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("one<br><br>two<br>\n<br>three", "one\n\ntwo\n\nthree"),
        ("super<wbr>cali<wbr>fragilistic <p>next", "supercalifragilistic\n\nnext"),
        ("<p>a <em>b</em>, <i>c</i>!</p>", "a b, c!"),
        ("<p>  a \n\t b  </p>", "a b"),
        ("a&nbsp;b&#160;c\u00a0\u3000d", "a b c d"),
        (
            "zero\u200bwidth sof\u00adt \ufeffbom jo\u2060iner mon\u180egol",
            "zerowidth soft bom joiner mongol",
        ),
        ("<p>&#8203;</p><p>x</p><p>&nbsp;</p>", "x"),
        (
            "می\u200cشود क्\u200dष 👩\u200d👧 \u200fعبرית\u200e",
            "می\u200cشود क्\u200dष 👩\u200d👧 \u200fعبرית\u200e",
        ),
        ("&lt;b&gt; &amp;amp; &#8217;", "<b> &amp; ’"),
        ("I <3 you & a < b", "I <3 you & a < b"),
        ("<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby>字", "漢(かん)字"),
        ("real <ins>insertion</ins><ins class='adsbygoogle'>ad</ins>", "real insertion"),
        ("before<!--more-->after<!--nextpage-->end<!-- other -->ing", "before\n\nafter\n\nending"),
        ("page one<hr>page two", "page one\n\npage two"),
        ("<details><summary>Ask</summary>Answer</details>", "Ask\n\nAnswer"),
        ("<figure><img src=/a.jpg><figcaption>Cap</figcaption></figure>x", "Cap\n\nx"),
        ("<dl><dt>Term</dt><dd>What it is</dd></dl>", "Term\n\nWhat it is"),
        ("one<img src=/a.jpg>two", "one two"),
    ],
)
def test_inline_and_blocks(html: str, text: str) -> None:
    assert clean(html).text == text


def test_nested_lists_keep_depth_order_and_numbers() -> None:
    html = (
        "<ul><li>a<ol start=3><li>x</li><li>y<ul><li>deep</ul></li><li value=9>z</li></ol>tail</li>"
        "<li><p>p1</p><p>p2</p></li></ul>after"
    )
    assert (
        clean(html).text == "- a\n  3. x\n  4. y\n    - deep\n  9. z\n  tail\n- p1\n  p2\n\nafter"
    )


def test_an_empty_item_leaves_no_mark_and_still_counts() -> None:
    assert clean("<ol><li>a</li><li></li><li>c</li></ol>").text == "1. a\n3. c"


def test_unusable_list_numbers_are_ignored() -> None:
    assert clean('<ol start="x"><li value="99999999999">a</li></ol>').text == "1. a"


def test_tables_keep_rows_cells_and_loose_text() -> None:
    html = (
        "<table>loose<thead><tr><th>k<th>v<tbody><tr><td><p>a</p><p>b</p><td>1"
        "<tr>out<td></td><td>2</table>after"
    )
    assert clean(html).text == "loose\nk | v\na b | 1\nout |  | 2\n\nafter"


def test_cells_outside_a_table_are_blocks() -> None:
    content = clean("<tr><td>a</td><td>b</td></tr>c")
    assert content.text == "a\n\nb\n\nc"
    assert content.html == "<div><div>a</div><div>b</div></div>c"


def test_a_table_used_for_layout_is_written_as_blocks() -> None:
    paragraphs = "".join(f"<p>p{number}</p>" for number in range(7))
    text = clean(f"<table><tr><td>menu<td>{paragraphs}</table>").text
    assert text == "menu\n\n" + "\n\n".join(f"p{number}" for number in range(7))
    assert clean("<table><tr><td><p>one</p><p>two</p></td></tr></table>").text == "one\n\ntwo"


def test_a_list_around_a_cell_within_its_row_ends_with_the_cell() -> None:
    assert (
        clean("<table><tr><ul><li>a<td>b</td><li>c</ul></table><ol><li>d</ol>").text
        == "- a | b | - c\n\n1. d"
    )


def test_a_table_within_a_cell_keeps_its_values() -> None:
    html = "<table><tr><td>a<table><tr><td>1<td>2</tr></table></td><td>b</td></tr></table>"
    assert clean(html).text == "a 1 | 2 | b"


def test_code_keeps_its_white_space_and_its_brackets() -> None:
    content = clean(
        f"<p>see</p><pre class='wp-block-code'><code>{CODE}\r\n</code></pre><p>done</p>"
    )
    assert content.text == f"see\n\n{CODE}\n\ndone"
    assert "    return  x[0]" in content.html


def test_code_beside_its_line_numbers_keeps_its_lines() -> None:
    numbers = "<td class='gutter'><pre>1\n2</pre></td>"
    html = f"<table><tr>{numbers}<td class='code'><pre>{CODE}</pre></td></tr></table>"
    assert clean(html).text == CODE


def test_breaks_and_blocks_within_preformatted_text_are_lines() -> None:
    assert clean("<pre>a<br>b<div>c</div>d</pre>").text == "a\nb\nc\nd"


def test_footnote_marks_do_not_become_part_of_a_word() -> None:
    assert clean('word<sup data-fn="x" class="fn"><a href="#x">1</a></sup>.').text == "word[1]."
    assert clean('word<sup><a href="#_note-0">[1]</a></sup>').text == "word[1]"
    assert clean("10 m<sup>2</sup>").text == "10 m^2"
    assert (
        clean('a b<sup class="fn">c<div>d</div>e f<i>1</i></sup>').html
        == "a b<sup>c<div>d</div>e f<i>1</i></sup>"
    )
    assert clean('<ol><li>Note <a href="#ref">↩︎</a></li></ol>').text == "1. Note"


def test_emoji_pictures_are_their_characters() -> None:
    content = clean(
        '<p>ok<img class="emoji" alt="😀" src="https://s.w.org/1.png">'
        '<img src="/i.gif" alt=":)" class="wp-smiley"></p>'
    )
    assert (content.text, content.images) == ("ok😀:)", [])


@pytest.mark.parametrize(
    "tag",
    [
        "script",
        "style",
        "template",
        "textarea",
        "select",
        "svg",
        "button",
        "title",
        "noscript",
        "iframe",
        "canvas",
        "object data=/x",
        "video",
    ],
)
def test_what_is_never_text(tag: str) -> None:
    name = tag.split()[0]
    content = clean(f"<p>a</p><{tag}>hidden</{name}><p>b</p>")
    assert content.text == "a\n\nb"
    assert "hidden" not in content.html


def test_a_heading_within_a_button_is_text() -> None:
    icon = '<span class="wp-block-accordion-heading__toggle-icon" aria-hidden="true">+</span>'
    html = (
        f'<h3 class="wp-block-accordion-heading"><button><span>Question</span>{icon}</button></h3>'
    )
    assert clean(html).text == "Question"


def test_labels_are_text_only_outside_forms() -> None:
    assert (
        clean(
            "<label for=a>Fold</label><form><label>Name</label><p>Written by hand</p></form>"
        ).text
        == "Fold\n\nWritten by hand"
    )


@pytest.mark.parametrize(
    "html",
    [
        "<p>a<div>b</div>c</p>d",
        "a</b></p>b<p>c",
        "<b>a<p>b</b>c</p>",
        "<table><td>a<p>b",
        "<ul>a<li>b<ul>c</ul>d",
        "<a href=/x>a<a href=/y>b",
        "<p>a<b",
    ],
)
def test_broken_markup_loses_no_text(html: str) -> None:
    letters = [letter for letter in "abcd" if f">{letter}" in html or html.startswith(letter)]
    assert all(letter in clean(html).text for letter in letters)


def test_a_download_button_repeats_its_link_and_goes() -> None:
    button = '<a href="/f.pdf" class="wp-block-file__button" download>Download</a>'
    assert (
        clean(f'<div class="wp-block-file"><a href="/f.pdf">Report</a>{button}</div>').text
        == "Report"
    )
