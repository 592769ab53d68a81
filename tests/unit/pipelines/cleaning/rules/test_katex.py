r"""What KaTeX has drawn is read by its boxes where sanitizers have taken the source away."""

import re

import pytest

from tests.cleaning import clean


def span(classes: str, *parts: str) -> str:
    return f'<span class="{classes}">{"".join(parts)}</span>'


def letter(sign: str) -> str:
    return span("mord mathnormal", sign)


def levels(*boxes: tuple[float, str], strut: float = 3) -> str:
    """Return boxes one over another as KaTeX writes them: the lowest first, each with its place."""
    placed = "".join(
        f'<span style="top:{-strut - height:.4f}em;margin-right:0.05em;">'
        f'<span class="pstrut" style="height:{strut}em;"></span>{box}</span>'
        for height, box in boxes
    )
    column = f'<span class="vlist" style="height:0.8141em;">{placed}</span>'
    if boxes[0][0] >= 0:
        return span("vlist-t", span("vlist-r", column))
    below = span("vlist-r", '<span class="vlist" style="height:0.15em;"><span></span></span>')
    rows = span("vlist-r", column, span("vlist-s", "\u200b"))
    return span("vlist-t vlist-t2", rows, below)


def scripts(*boxes: tuple[float, str]) -> str:
    small = [(height, span("sizing reset-size6 size3 mtight", box)) for height, box in boxes]
    return span("msupsub", levels(*small, strut=2.7))


def mathml(inner: str, source: str, block: str = "") -> str:
    note = f'<annotation encoding="application/x-tex">{source}</annotation>'
    return span(
        "katex-mathml",
        f"<math{block}><semantics><mrow>{inner}</mrow>{note}</semantics></math>",
    )


def drawn(*parts: str) -> str:
    strut = '<span class="strut" style="height:0.8141em;"></span>'
    inner = span("base", strut, *parts)
    return f'<span class="katex-html" aria-hidden="true">{inner}</span>'


TWO = span("mord mtight", "2")
POWER = span("mord", letter("x"), scripts((0.363, TWO)))
INDEX = span("mord", letter("x"), scripts((-0.15, TWO)))
BOTH = span("mord", letter("x"), scripts((-0.2587, letter("i")), (0.363, TWO)))
LINE = '<span class="frac-line" style="border-bottom-width:0.04em;"></span>'
FRACTION = span(
    "mord",
    span("mopen nulldelimiter"),
    span("mfrac", levels((-0.345, letter("y")), (0.23, LINE), (0.4461, letter("x")))),
    span("mclose nulldelimiter"),
)
CHOICE = span("mfrac", levels((-0.7, letter("k")), (0.7, letter("n"))))
SQUARE_ROOT = span("mord sqrt", levels((-0.1, letter("x")), (0.2, span("hide-tail"))))
ROOT = span(
    "mord sqrt",
    span("root", levels((0.3, span("mord mtight", "3")), strut=2.5)),
    levels((-0.1, letter("x")), (0.2, span("hide-tail"))),
)
SUM = span(
    "mop op-limits",
    levels(
        (-1.18, span("mord mtight", letter("i"), span("mrel mtight", "="), span("mord", "1"))),
        (0, span("", span("mop op-symbol large-op", "∑"))),
        (1.25, letter("n")),
        strut=3.05,
    ),
)
ACCENT = span("mord accent", levels((0, letter("u")), (0, span("accent-body", "^"))))
SINE = span("mop", "sin") + '<span class="mspace" style="margin-right:0.1667em;"></span>'
SMALL_SINE = span("mop mtight", *(span("mtight", sign) for sign in "sin"))
BRACE = span("mord munder", levels((-1.1, letter("n")), (0, span("mord", letter("a"), "+b"))))


def column(*signs: str) -> str:
    """Return a column of a table: its highest cell stands first."""
    places = [(1.0 - row, letter(sign)) for row, sign in enumerate(signs)]
    return span("col-align-c", levels(*places))


TABLE = span("minner", span("mord", span("mtable", column("a", "c"), column("b", "d"))))
WIDE = '<span class="mspace" style="margin-right:1em;"></span>'
DRAWN = {
    "a power": (POWER + span("mord", "3"), "x^2 3"),
    "an index": (INDEX, "x_2"),
    "both": (BOTH + span("mord", "3"), "x_i^2 3"),
    "a fraction": (FRACTION, "x/y"),
    "a mixed number": (span("mord", "1") + FRACTION, "1 x/y"),
    "one over another without a line": (CHOICE, "n; k"),
    "a root": (SQUARE_ROOT, "√(x)"),
    "a cube root": (ROOT, "(x)^(1/3)"),
    "limits": (SUM + letter("i"), "∑_(i=1)^n i"),
    "a power of a bracket": (
        span("mopen", "(") + letter("a") + span("mclose", span("", ")"), scripts((0.4, TWO))),
        "(a)^2",
    ),
    "an accent": (ACCENT, "u\u0302"),
    "a function": (SINE + letter("x"), "sin x"),
    "a small function": (SMALL_SINE + letter("x"), "sin x"),
    "letters": (letter("a") + letter("b"), "ab"),
    "a table": (TABLE, "a, b; c, d"),
    "a brace": (BRACE, "(a+b)_n"),
    "words": (span("mord text", span("mord", "if\xa0")) + letter("x"), "if x"),
    "a wide space": (letter("a") + WIDE + letter("b"), "a b"),
}


@pytest.mark.parametrize(("boxes", "text"), DRAWN.values(), ids=DRAWN.keys())
def test_boxes_are_read_without_a_source(boxes: str, text: str) -> None:
    content = clean(f"<p>a {span('katex', drawn(boxes))} b</p>")
    assert content.text == f"a {text} b"
    assert content.has == ["formula"]
    assert clean(f"<p>a {drawn(boxes)} b</p>").text == content.text


@pytest.mark.parametrize("name", ["a power", "an index", "both", "a fraction", "limits", "a table"])
def test_boxes_are_read_without_their_styles(name: str) -> None:
    boxes, text = DRAWN[name]
    html = re.sub(r' style="[^"]*"', "", span("katex", drawn(boxes)))
    assert clean(f"<p>a {html} b</p>").text == f"a {text} b"


STRIPPED = {
    "a power": ("x2x^{2}", POWER, "x^{2}"),
    "a fraction": (r"xy\frac{x}{y}", FRACTION, r"\frac{x}{y}"),
    "a function": ("sin\u2061x\\sin x", SINE + letter("x"), r"\sin x"),
    "an accent": (r"u^\hat{u}", ACCENT, r"\hat{u}"),
    "a sum": (r"∑i=1ni\sum_{i=1}^n i", SUM + letter("i"), r"\sum_{i=1}^n i"),
    "nothing raised": ("xx", letter("x"), "x"),
}


@pytest.mark.parametrize(("text", "boxes", "source"), STRIPPED.values(), ids=STRIPPED.keys())
def test_a_formula_stands_once_whose_tags_of_mathml_are_gone(
    text: str, boxes: str, source: str
) -> None:
    signs = span("katex-mathml", text)
    assert clean(f"<p>a {span('katex', signs, drawn(boxes))} b</p>").text == f"a {source} b"
    assert clean(f"<p>a {span('katex', signs)} b</p>").text == f"a {source} b"


def test_what_is_no_source_stays() -> None:
    for text in ("one", "x2", "Nothing of TeX is here."):
        assert (
            clean(f"<p>a {span('katex', span('katex-mathml', text))} b</p>").text == f"a {text} b"
        )


def test_the_source_is_preferred_where_it_stands() -> None:
    inner = "<msup><mi>x</mi><mn>2</mn></msup>"
    html = span("katex", mathml(inner, "x^{2}"), drawn(POWER))
    assert clean(f"<p>a {html} b</p>").text == "a x^{2} b"


def test_a_displayed_formula_stands_alone() -> None:
    content = clean(f"<p>a</p>{span('katex-display', span('katex', drawn(POWER)))}<p>b</p>")
    assert content.text == "a\n\nx^2\n\nb"
    assert [block["kind"] for block in content.blocks] == ["paragraph", "formula", "paragraph"]


def test_a_part_of_the_text_may_have_the_name_of_katex() -> None:
    assert clean('<div class="katex"><p>One.</p><p>Two.</p></div>').text == "One.\n\nTwo."


def test_deep_and_long_formulas_are_read_in_time() -> None:
    deep = '<span class="vlist-t"><span class="vlist"><span style="top:-1em">' * 9000
    assert clean(f"<p>a {span('katex', drawn(deep + 'x'))}").text == "a x"
    long = span("katex-mathml", "x" * 100_000)
    assert clean(f"<p>a {span('katex', long)}").text == f"a {'x' * 50_000}"
