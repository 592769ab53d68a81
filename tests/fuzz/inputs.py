"""Hostile inputs, small enough to read: pieces of answers that are repeated to megabytes.

Each of those that has a name once took minutes, or gigabytes, or still might.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random

BIG = 4_900_000
"""Bytes of the inputs: a post above 5 MB is not cleaned at all."""
PIECES = (
    *("<", ">", "</", "<!--", "-->", "<![CDATA[", "<?", "&", "&#x41", "&lt;", "]]>", '"', "'", "="),
    *("<b>", "</b>", "<i>", "<em>", "<a href=x>", "</a>", "<p>", "</p>", "<div>", "</div>", "<br>"),
    *("<span>", "</span>", "<ul><li>", "<ol>", "<dl><dt>", "<table><tr><td>", "</td>", "<h2>"),
    *(
        "<blockquote>",
        "<pre>",
        "<code>",
        "<figure>",
        "<img src=x>",
        '<img srcset="',
        "<sup>",
        "<q>",
    ),
    *(
        "<script>",
        "<style>",
        "<svg>",
        "<math>",
        "<iframe src=x>",
        "<select>",
        "<details>",
        "<template>",
    ),
    *(
        "[gallery ",
        "[a]",
        "[/a]",
        '[a b="',
        "[caption]",
        "[",
        "]",
        "(",
        ")",
        "*",
        "_",
        "`",
        "~",
        "|",
    ),
    *("$x", "\\(", "\\", "#", "1. ", "- ", "\n", "\n\n", " ", "\t", "\u00a0", "\u200b", "\u0301"),
    *(
        "a",
        "word ",
        "http://a.b/c ",
        "a@b.c ",
        "\u6f22\u5b57",
        "\u0e2a\u0e27",
        "\u202e",
        "\u2066",
        "\u2028",
        "\x9b",
        "\U0001f600",
    ),
    *(
        'class="a b"',
        'style="a:b;"',
        "colspan=9999",
        "data-a=b ",
        "x" * 50,
        "{",
        "}",
        ",",
        ":",
        "1",
    ),
)
"""What random inputs are made of."""


@dataclass(frozen=True, slots=True)
class Input:
    """The bytes of an answer, and where it comes from."""

    body: bytes
    link: str = ""
    """The header `Link`."""
    is_page: bool = False
    """It is the page of a site, and not an answer of its API."""


def filled(piece: str, size: int = BIG) -> str:
    """Return a piece repeated to that many bytes."""
    return piece * (size // len(piece.encode()))


def answer(**fields: object) -> bytes:
    """Return an answer with one post."""
    post = {
        "id": 7,
        "date_gmt": "2024-05-06T07:08:09",
        "link": "https://example.org/post/",
        "title": {"rendered": "A title"},
        "content": {"rendered": "<p>A text.</p>"},
    }
    return json.dumps([{**post, **fields}], ensure_ascii=False).encode("utf-8", "surrogatepass")


def content(html: str) -> Input:
    """Return an answer with one post of this content."""
    return Input(answer(content={"rendered": html}))


def _many_relative_links() -> Input:
    html = "<a href='x'>y</a><img src='z.png'>" * 1000
    link = "https://example.org/" + "a" * 400_000 + "/"  # without the slash, it is left out
    return Input(answer(link=link, content={"rendered": html}))


def _misnested(count: int = 200_000) -> Input:
    return content("<b>" * count + "x" + "</i>" * count + "</b>" * count)


NAMED: Mapping[str, Callable[[], Input]] = {
    "comments behind the JSON": lambda: Input(answer() + filled("<!-- c -->").encode()),
    "comments before the JSON": lambda: Input(filled("<!-- c -->").encode() + answer()),
    "ends of comments behind the JSON": lambda: Input(answer() + filled("-->").encode()),
    "brackets before the JSON": lambda: Input(filled("[{").encode() + answer()),
    "brackets behind the JSON": lambda: Input(answer() + filled("}]").encode()),
    "quotes behind the JSON": lambda: Input(answer() + filled('{"').encode()),
    "a list that never ends": lambda: Input(b"[" + filled('{"id":1},').encode()),
    "nothing but brackets": lambda: Input(filled("[").encode()),
    "an RSD of <api": lambda: Input(
        b'<link rel="EditURI" href="/rsd">' + filled("<api ").encode(), is_page=True
    ),
    "a page of <link": lambda: Input(filled("<link ").encode(), is_page=True),
    "a page of <meta": lambda: Input(filled("<meta =og:locale ").encode(), is_page=True),
    "a page of <html": lambda: Input(filled("<html ").encode(), is_page=True),
    "a link element of one name": lambda: Input(b"<link " + filled("a").encode(), is_page=True),
    "APIs without number": lambda: Input(
        filled('<link rel="https://api.w.org/" href="/a/wp-json/">').encode(), is_page=True
    ),
    "links in a header": lambda: Input(
        answer(), filled("<https://example.org/wp-json/>; rel=x, ", 500_000), is_page=True
    ),
    "< in a header": lambda: Input(answer(), filled("<", 500_000), is_page=True),
    "combining marks": lambda: content("a" + filled("\u0301")),
    "combining marks of two kinds": lambda: content("a" + filled("\u0301\u0327")),
    "combining marks in a title": lambda: Input(answer(title={"rendered": filled("\u0301")})),
    "signs of direction": lambda: content(filled("\u202e\u202d")),
    "signs of direction between letters": lambda: content(filled("a\u2066")),
    "separators of lines": lambda: content(filled("a\u2028")),
    "control characters": lambda: content(filled("a\x9b\x1b")),
    "end tags without beginning": lambda: content(filled("</div>")),
    "end tags within a paragraph": lambda: content("<p>x" + filled("</span>")),
    "end tags in many depths": lambda: content("<b>" * 500 + filled("</div>", 2_000_000)),
    "deep inline tags": lambda: content(filled("<b>")),
    "deep inline tags of several kinds": lambda: content(filled("<b><i><em><a href=x>")),
    "deep inline tags with text": lambda: content(filled("<em>x<strong>y")),
    "deep blocks": lambda: content(filled("<div>")),
    "deep quotes": lambda: content(filled("<blockquote>")),
    "deep lists": lambda: content(filled("<ul><li>x")),
    "deep tables": lambda: content(filled("<table><tr><td>x")),
    "tags that end in another order": _misnested,
    "a table of one row": lambda: content("<table><tr>" + filled("<td>x")),
    "a table of spans": lambda: content("<table>" + filled("<tr><td rowspan=9999 colspan=999>x")),
    "paragraphs": lambda: content(filled("<p>x")),
    "items of a list": lambda: content("<ol>" + filled("<li>x")),
    "headings": lambda: content(filled("<h2>x</h2>")),
    "lines": lambda: content(filled("x<br>")),
    "links": lambda: content(filled("<a href=x>y</a>")),
    "images": lambda: content(filled("<img src=x>")),
    "addresses": lambda: content(filled("http://a.b/c ")),
    "attributes": lambda: content("<a " + filled("a=b ") + ">x</a>"),
    "a class of many words": lambda: content('<p class="' + filled("ab ") + '">x'),
    "a style of many words": lambda: content('<p style="' + filled("a:b;") + '">x'),
    "images of one image": lambda: content('<img srcset="' + filled("a 1x, ") + '">'),
    "players": lambda: content(filled('<iframe src="https://www.youtube.com/embed/a"></iframe>')),
    "shortcodes that never end": lambda: content(filled("[gallery ")),
    "shortcodes": lambda: content(filled("[a][/b]")),
    "one word": lambda: content(filled("x")),
    "Chinese": lambda: content(filled("\u6f22\u5b57")),
    "formulas that never end": lambda: content(filled("\\(x ")),
    "stars": lambda: content(filled("*")),
    "brackets of Markdown": lambda: content(filled("[a](")),
    "backticks": lambda: content(filled("`")),
    "blanks": lambda: content("x" + filled(" ") + "y"),
    "a long address and relative links": _many_relative_links,
    "100,000 tags": lambda: Input(answer(tags=list(range(1, 100_001)))),
    "100,000 classes": lambda: Input(answer(class_list=[f"tag-{n}" for n in range(100_000)])),
    "a number of digits": lambda: Input(
        answer().replace(b'"id": 7', b'"id": 7, "author": ' + b"9" * BIG)
    ),
    "an id of digits": lambda: Input(answer().replace(b'"id": 7', b'"id": ' + b"9" * BIG)),
    "a float of digits": lambda: Input(
        answer().replace(b'"id": 7', b'"id": 7, "x": 1.' + b"9" * BIG)
    ),
    "100,000 fields": lambda: Input(answer(**{f"field{n}": n for n in range(100_000)})),
    "deep fields": lambda: Input(answer(x=0).replace(b'"x": 0', b'"x": ' + b"[" * BIG)),
    "100,000 records": lambda: Input(
        b"[" + b",".join(b'{"id":%d}' % n for n in range(1, 100_001)) + b"]"
    ),
}
"""Inputs by what they are; each is made when it is asked for."""


def random_inputs(seed: int) -> Iterator[Input]:
    """Yield inputs without end: a few pieces, repeated to megabytes, at some place of an answer."""
    random = Random(seed)
    while True:
        pieces = random.choices(PIECES, k=random.randint(1, 4))
        body = filled("".join(pieces), random.choice((300_000, 1_000_000, BIG)))
        before = "".join(random.choices(PIECES, k=random.randint(0, 3)))
        text = before + body + "".join(random.choices(PIECES, k=random.randint(0, 3)))
        half = text[: len(text) // 2]  # where it stands twice
        yield random.choices(
            (
                lambda text=text: content(text),
                lambda half=half: Input(
                    answer(title={"rendered": half}, excerpt={"rendered": half})
                ),
                lambda text=text: Input(answer() + text.encode()),
                lambda text=text: Input(text.encode() + answer()),
                lambda text=text: Input(text.encode(), is_page=True),
                lambda half=half: Input(answer(link=half, slug=half)),
            ),
            weights=(6, 1, 1, 1, 1, 1),
        )[0]()
