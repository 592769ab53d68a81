"""What a reader may put into a page as it is."""

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wparchive.text.safe_html import SAFE_ATTRIBUTES, SAFE_TAGS, is_safe_html

PARTS = st.sampled_from(
    [
        *(
            "<p>",
            "</p>",
            "<",
            ">",
            '"',
            "'",
            "/",
            " ",
            "=",
            "&lt;",
            "<!--",
            "-->",
            "<![CDATA[",
            "a",
        ),
        *('<a href="', "javascript:", "https://a.org/", '">', "</a>", '<img src="', '" alt="'),
        *(
            '" onerror="alert(1)',
            "<svg>",
            "<style>",
            "<script>",
            "<math>",
            "<textarea>",
            "\n",
            "\0",
        ),
        *("&#106;avascript:x", '<td colspan="2">', '<p lang="en">', "<table>", "<br>", "<BR>"),
    ]
)


@pytest.mark.parametrize(
    "html",
    [
        "",
        "text",
        '<p lang="en">1 &lt; 2 > 0<br></p>',
        '<a href="https://a.org/?x=1&amp;y=2">a</a> <a href="mailto:a@b.org">b</a>',
        '<img src="http://a.org/i.png" alt="a &quot;b&quot;" width="3">',
        '<pre><code class="language-c++">a</code></pre>',
    ],
)
def test_what_the_cleaner_writes_is_safe(html: str) -> None:
    assert is_safe_html(html)


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        '<p onclick="alert(1)">',
        "<p/onclick=alert(1)>",
        "<P>",
        "<p",
        "a < b",
        "<!-- <p> -->",
        "<svg><p>",
        '<p style="position:fixed">',
        '<p class="x">',
        '<code class="x">',
        '<a href="javascript:alert(1)">',
        '<a href="java&#x0A;script:alert(1)">',
        '<a href=" javascript:alert(1)">',
        '<a href="data:text/html,x">',
        '<a href="//a.org/">',
        '<img src="mailto:x">',
        '<img src="https://a.org/" onerror="x">',
        '<blockquote cite="vbscript:x">',
        '<iframe src="https://a.org/"></iframe>',
        '<p title="<script>">',
        "<scr<p>ipt>alert(1)</scr</p>ipt>",
    ],
)
def test_anything_else_is_not(html: str) -> None:
    assert not is_safe_html(html)


@given(st.lists(PARTS, max_size=12).map("".join))
def test_an_independent_sanitiser_removes_nothing_from_what_is_safe(html: str) -> None:
    if not is_safe_html(html) or "\0" in html:
        return
    once = nh3.clean(
        html,
        tags=set(SAFE_TAGS),
        attributes={tag: set(names) for tag, names in SAFE_ATTRIBUTES.items()},
        link_rel=None,
        url_schemes={"http", "https", "ftp", "mailto", "tel"},
    )
    parsed = nh3.clean(
        html,
        tags=set(SAFE_TAGS) | {"script", "svg", "style", "math"},
        clean_content_tags=set(),
        attributes={tag: {*names, "onerror"} for tag, names in SAFE_ATTRIBUTES.items()},
        link_rel=None,
        url_schemes={"http", "https", "ftp", "mailto", "tel", "javascript"},
    )
    assert once == parsed
