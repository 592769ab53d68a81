"""Tags in code that HTML does not know are words of the code."""

import pytest

from pipelines.cleaning import clean_html
from pipelines.cleaning.parse.events import escape_markup_in_code


def text_of(html: str) -> str:
    return clean_html(html, "https://site.example/post/").text


@pytest.mark.parametrize(
    "code",
    [
        '<bean id="a" class="b.C"/>\n<import resource="x.xml"/>',
        "<configuration>\n  <property>\n    <name>port</name>\n  </property>\n</configuration>",
        '<?xml version="1.0"?>\n<title>Feed</title>\n<link>https://site.example/</link>',
        "<!-- the port -->\n<port>80</port>",
        "<![CDATA[1..3]]>",
        "<?php echo $title; ?>",
        "#include <stdio.h>",
        "Map<String, List<Integer>> map;",
        "Stack<Object> stack;",
        "git clone <url> <folder>",
        "class Point < Struct.new(:x, :y)\nend",
        "From: Ann <ann@site.example>",
    ],
)
def test_raw_markup_is_kept(code: str) -> None:
    assert text_of(f"<pre>{code}</pre>") == code
    assert text_of(f'<pre class="brush: xml"><code>{code}</code></pre>') == code
    if "\n" not in code:
        assert text_of(f"<p>It is <code>{code}</code> here.</p>") == f"It is {code} here."


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<pre><b>bold</b> and <em>more</em></pre>", "bold and more"),
        ("<pre>a<br />b</pre>", "a\nb"),
        ('<pre><span class="k">def</span> <my-mark>f</my-mark></pre>', "def f"),
        ("<pre>List&lt;String&gt;</pre>", "List<String>"),
        ("<pre>a<button>Copy</button></pre>", "a"),
        ("<pre>a<!-- more --></pre>", "a"),
        ("<p>A <my-mark>word</my-mark></p><pre>x</pre>", "A word\n\nx"),
    ],
)
def test_tags_that_format_code_stay_tags(html: str, text: str) -> None:
    assert text_of(html) == text


def test_code_that_never_ends_is_left_as_it_is() -> None:
    html = "<pre>" * 20_000 + "<value>"
    assert escape_markup_in_code(html) == html


def test_escaping_twice_changes_nothing() -> None:
    once = escape_markup_in_code("<pre><a1 b='c'>x</a1></pre><code>List<T1></code>")
    assert escape_markup_in_code(once) == once
