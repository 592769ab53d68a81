"""Laws of cleaning, on made-up markup: safe HTML is safe, a second pass changes nothing."""

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import nh3
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.cleaning import clean_html, clean_text
from pipelines.cleaning.cleaner import parse_text
from pipelines.cleaning.parse.events import feed_events, feed_tree
from pipelines.cleaning.rules.boilerplate import NEVER_TEXT_TAGS
from pipelines.cleaning.rules.tags import HANDLERS, LAYOUTS
from pipelines.cleaning.write.whitespace import collapse_whitespace, collapse_whitespace_slowly
from pipelines.fingerprint import content_fingerprint
from tests.cleaning import BASE, clean
from tests.texts import MIXED
from wparchive.text.normalise import normalise
from wparchive.text.safe_html import SAFE_ATTRIBUTES, SAFE_TAGS, is_safe_html

COMMON = (
    "p h2 blockquote div ul ol li table tr td a b em sup code figure img br iframe span ins"
    " noscript nav q sub button picture source math"
)
OTHERS = [*LAYOUTS, *NEVER_TEXT_TAGS, *HANDLERS, "source", "wbr", "font", "body", "html", "my-box"]
ATTRIBUTES = [
    'class="twitter-tweet"',
    'class="fn"',
    "class=emoji alt=:)",
    'class="sharedaddy"',
    'class="code-block code-block-1"',
    'class="wp-embedded-content"',
    'href="#a"',
    'class="btn" href="/y"',
    'href="/x?a=1&b=2"',
    'href="javascript:alert(1)"',
    'href="java\nscript:x"',
    'href="https://other.org/"',
    'src="/i.jpg"',
    'src="data:text/html,x"',
    'data-src="//h/x.jpg"',
    'srcset="/a 1x, /b 2x"',
    "width=1 height=1",
    "start=4 value=x",
    'data-embed="tweet"',
    'data-embed="iframe"',
    "cite=/z",
    "name=movie value=/m.swf",
    'data="o.swf"',
    "onclick=alert(1)",
    "style=display:none",
    'style="color:#fff" href="https://other.org/"',
    "style='background-image:url(/b.jpg)'",
    "hidden",
    'style="background:url(javascript:x)"',
    "alt='a\"<b>'",
    "title='\"><script>x</script>'",
    "colspan=2",
    'dir=rtl lang="a b"',
]
TEXTS = [
    *(
        "a",
        "b ",
        " c",
        "\n",
        "  ",
        "1",
        ".",
        "/",
        '"',
        "'",
        ">",
        "<",
        "é",
        "中文",
        "&amp;",
        "&lt;script&gt;",
        "&nbsp;",
        "\u200b",
        "&#27;",
        "&#xd800;",
    ),
    *(
        "[gallery]",
        "[vc_row]",
        "[x]",
        "[",
        "<!--more-->",
        "<!-- x -->",
        "<![CDATA[q]]>",
        "<?php x ?>",
        "↩",
        "<script>x</script>",
        "</p>",
    ),
]


def markup(names: list[str]) -> st.SearchStrategy[str]:
    start = st.builds(
        "<{}{}>".format,
        st.sampled_from(names),
        st.lists(st.sampled_from(ATTRIBUTES), max_size=2).map(
            lambda some: "".join(f" {one}" for one in some)
        ),
    )
    end = st.builds("</{}>".format, st.sampled_from(names))
    return st.lists(st.one_of(start, end, st.sampled_from(TEXTS)), max_size=16).map("".join)


ANY = markup([*COMMON.split(), *OTHERS])
# Without `pre`: parsers take blocks out of it, which WordPress never puts there, and then the white
# space around them does not count any more.
USUAL = markup(COMMON.split())


@given(ANY)
@settings(max_examples=200)
def test_both_feeds_give_the_same(html: str) -> None:
    clean(html)


@given(st.text())
def test_any_text_is_accepted(text: str) -> None:
    clean(text)


class Balance:
    """Counts open elements; a sink relies on every start being closed."""

    def __init__(self) -> None:
        self.open = 0

    def start(self, name: str, attrs: Mapping[str, str]) -> None:
        self.open += 1

    def text(self, data: str) -> None:
        assert data

    def comment(self, data: str) -> None:
        pass

    def end(self) -> None:
        self.open -= 1
        assert self.open >= 0


@given(ANY)
@pytest.mark.parametrize("feed", [feed_events, feed_tree])
def test_events_are_balanced(feed: object, html: str) -> None:
    balance = Balance()
    feed(html, balance)  # type: ignore[operator]
    assert balance.open == 0


class Broken(Balance):
    """Fails at the first text, in the middle of a parse."""

    def text(self, data: str) -> None:
        raise ArithmeticError


@given(ANY, ANY)
def test_a_parse_that_failed_leaves_nothing_behind(failing: str, html: str) -> None:
    with pytest.raises(ArithmeticError):
        feed_events(
            f"{failing}</script></style></title></textarea></svg></noscript></xmp></select></table>text",
            Broken(),
        )
    clean(html)


def test_threads_parse_side_by_side() -> None:
    pages = [
        f"<ul><li>{number}<b>a&amp;b</b></ul><p><a href=/{number}>x" * 50 for number in range(40)
    ]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda page: clean_html(page, BASE), pages)) == [
            clean_html(page, BASE) for page in pages
        ]


@given(st.one_of(MIXED, st.text(" \t\n\x1c\x85\u00a0\u2028\u3000\u200b\u00adaé漢")))
@example("two  spaces")
@example("soft\u00adhyphen")
def test_white_space_collapses_the_fast_way_as_the_slow_way(text: str) -> None:
    assert collapse_whitespace(text) == collapse_whitespace_slowly(text)


@given(USUAL)
@example("a<br><!--more-->b")
@settings(max_examples=200)
def test_a_second_pass_finds_the_same(html: str) -> None:
    once = clean_html(html, BASE)
    again = clean_html(once.html, BASE)
    assert (again.text, again.links, again.images, again.embeds) == (
        once.text,
        once.links,
        once.images,
        once.embeds,
    )


def sanitised(html: str) -> str:
    return nh3.clean(
        html,
        tags=set(SAFE_TAGS),
        attributes={tag: set(names) for tag, names in SAFE_ATTRIBUTES.items()},
        clean_content_tags=set(),
        link_rel=None,
        url_schemes={"http", "https", "ftp", "mailto", "tel"},
    )


TAG = re.compile(r"<(\w+)((?: [\w-]+=\"[^\"]*\")*)>")


@given(ANY)
@settings(max_examples=200)
def test_an_independent_sanitiser_finds_nothing_to_remove(html: str) -> None:
    ours = clean_html(html, BASE).html
    assert is_safe_html(ours)
    theirs = sanitised(ours)
    # A browser's parser may move and repeat elements of broken markup (text out of tables), but it
    # never drops attributes.
    assert set(TAG.findall(ours)) <= set(TAG.findall(theirs)) | {(name, "") for name in SAFE_TAGS}
    assert sorted(visible(theirs)) == sorted(visible(ours))


def visible(html: str) -> str:
    return re.sub(r"\s+", "", TAG.sub("", re.sub(r"</\w+>", "", html)).replace("&nbsp;", ""))


ACTIVE = re.compile(
    r"^<(script|style|iframe|object|embed|form|svg|link|meta)\b"
    r"|\s(on\w+|style)=|=\"\s*(javascript|data|vbscript):",
    re.IGNORECASE,
)


@given(ANY)
@settings(max_examples=200)
def test_nothing_active_survives(html: str) -> None:
    found = re.findall(r"<[^>]*>", clean_html(html, BASE).html)
    for tag in found:
        assert re.fullmatch(r"</\w+>|<\w+(?: [\w-]+=\"[^\"<>]*\")*>", tag)
        assert not ACTIVE.search(tag)


@given(st.text(st.sampled_from("ab &;#<>amplt'’39x\u00a0\u200b\n[]")))
def test_titles_read_the_same_with_and_without_a_parser(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    assert clean_text(escaped) == parse_text(escaped, one_line=True)
    assert clean_text(f"<span>{escaped}</span>") == clean_text(escaped)


@given(st.text(st.sampled_from("ab &;#<>amplt'’39x\u00a0\u200b[]")))
def test_excerpts_of_one_paragraph_need_no_parser(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    paragraph = f"<p>{escaped}</p>\n"
    assert clean_text(paragraph, one_line=False) == parse_text(paragraph, one_line=False)


WRAPPER = st.sampled_from(
    [
        "<p>{}</p>",
        "<div>{}</div>",
        "<ul><li>{}</li></ul>",
        "{}<br>",
        "<blockquote>{}</blockquote>",
        "<p><b>{}</b></p>",
        "<h2 id=x>{}</h2>",
    ]
)


@given(
    st.lists(
        st.tuples(st.text("abc'é中 -", min_size=1), WRAPPER, WRAPPER),
        max_size=5,
        unique_by=lambda part: normalise(part[0]),  # a list of headings is a table of contents
    )
)
def test_a_fingerprint_ignores_markup(parts: list[tuple[str, str, str]]) -> None:
    one = "".join(wrapper.format(text) for text, wrapper, _ in parts)
    other = "\n".join(wrapper.format(text) for text, _, wrapper in parts)
    assert content_fingerprint(clean_html(one, BASE).text) == content_fingerprint(
        clean_html(other, BASE).text
    )
