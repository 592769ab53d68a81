"""Formulas stand once in the text, by their source or on one line that cannot be misread."""

import pytest

from tests.cleaning import clean

MATHML = [
    ("<msup><mi>x</mi><mn>2</mn></msup><mn>3</mn>", "x^2 3"),
    ("<msup><mi>x</mi><mrow><mi>n</mi><mo>+</mo><mn>1</mn></mrow></msup><mi>y</mi>", "x^(n+1) y"),
    ("<msup><mrow><mo>(</mo><mi>a</mi><mo>)</mo></mrow><mn>2</mn></msup>", "(a)^2"),
    ("<msub><mi>x</mi><mn>1</mn></msub><msub><mi>x</mi><mn>2</mn></msub>", "x_1 x_2"),
    ("<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup><mn>3</mn>", "x_i^2 3"),
    ("<mn>1</mn><mfrac><mn>1</mn><mn>2</mn></mfrac><mi>x</mi>", "1 1/2 x"),
    ("<mn>1</mn><mo>&#8292;</mo><mfrac><mn>1</mn><mn>2</mn></mfrac>", "1 1/2"),
    ("<mfrac><mn>1</mn><mrow><mn>2</mn><mi>x</mi></mrow></mfrac>", "1/(2x)"),
    ("<mfrac><mi>a</mi><mrow><mi>b</mi><mi>c</mi></mrow></mfrac>", "a/(bc)"),
    ("<mfrac><mrow><mi>d</mi><mi>y</mi></mrow><mrow><mi>d</mi><mi>x</mi></mrow></mfrac>", "dy/dx"),
    ("<mo>(</mo><mfrac linethickness=0><mi>n</mi><mi>k</mi></mfrac><mo>)</mo>", "(n; k)"),
    ("<mi>sin</mi><mo>&#8289;</mo><mi>x</mi>", "sin x"),
    ("<mi>cos</mi><mo>(</mo><mi>x</mi><mo>)</mo>", "cos(x)"),
    ("<mn>2</mn><mo>&#8290;</mo><mi>x</mi>", "2x"),
    (
        "<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover>"
        "<mi>i</mi>",
        "∑_(i=1)^n i",
    ),
    ("<mi>f</mi><mfenced><mi>x</mi><mi>y</mi></mfenced>", "f(x,y)"),
    ("<mfenced open='[' close=']' separators=';'><mn>1</mn><mn>2</mn></mfenced>", "[1;2]"),
    ("<mmultiscripts><mi>C</mi><mprescripts/><mn>6</mn><mn>14</mn></mmultiscripts>", "^14_6 C"),
    ("<msup><mi>f</mi><mo>′</mo></msup><mo>(</mo><mi>x</mi><mo>)</mo>", "f′(x)"),
    ("<mover><mi>v</mi><mo>→</mo></mover>", "v\u20d7"),
    ("<mroot><mi>x</mi><mn>3</mn></mroot><mn>2</mn>", "(x)^(1/3) 2"),
    (
        "<mtable><mtr><mtd><mi>x</mi></mtd><mtd><mo>=</mo><mn>1</mn></mtd></mtr>"
        "<mtr><mtd><mi>y</mi></mtd><mtd><mn>2</mn></mtd></mtr></mtable>",
        "x =1; y, 2",
    ),
    ("<mn>5</mn><mspace width='0.2em'/><mi>km</mi><mphantom><mi>q</mi></mphantom>", "5 km"),
]


@pytest.mark.parametrize(("inner", "text"), MATHML)
@pytest.mark.parametrize("prefix", ["", "mml:"])
def test_mathml_on_one_line(inner: str, text: str, prefix: str) -> None:
    inner = inner.replace("</m", f"</{prefix}m").replace("<m", f"<{prefix}m")
    assert clean(f"<p>a <{prefix}math>{inner}</{prefix}math> b</p>").text == f"a {text} b"


POWER = "<msup><mi>x</mi><mn>2</mn></msup>"
PREVIEW = '<span class="MathJax_Preview">x2</span>'
DRAWN = "<nobr><span class=math><span class=mi>x</span><span class=mn>2</span></span></nobr>"
ASSISTIVE = f'<span class="MJX_Assistive_MathML"><math>{POWER}</math></span>'
FRAME = f'<span class="MathJax" id="MathJax-Element-1-Frame">{DRAWN}{ASSISTIVE}</span>'
SCRIPT = '<script type="math/tex" id="MathJax-Element-1">x^{2}</script>'
IN_ATTRIBUTE = f'<span class="MathJax" data-mathml="<math>{POWER}</math>">{DRAWN}</span>'
CONTAINER = '<mjx-container class="MathJax" jax="CHTML">{}</mjx-container>'
DRAWN_3 = '<mjx-math aria-hidden="true"><mjx-c class="mjx-c1D465"></mjx-c></mjx-math>'
ASSISTIVE_3 = f"<mjx-assistive-mml><math>{POWER}</math></mjx-assistive-mml>"
KATEX = (
    '<span class="katex"><span class="katex-mathml"><math><semantics><mi>x</mi>'
    '<annotation encoding="application/x-tex">x^{2}</annotation></semantics></math></span>'
    '<span class="katex-html" aria-hidden="true">x2</span></span>'
)
ONCE = {
    "all that MathJax 2 leaves": (PREVIEW + FRAME + SCRIPT, "x^{2}"),
    "without the script": (PREVIEW + FRAME, "x^2"),
    "MathML in an attribute": (PREVIEW + IN_ATTRIBUTE, "x^2"),
    "an SVG": (
        '<span class="MathJax_SVG" id="MathJax-Element-1-Frame"><svg><title>no</title></svg>'
        f"{ASSISTIVE}</span>{SCRIPT}",
        "x^{2}",
    ),
    "a script alone": (SCRIPT, "x^{2}"),
    "a preview alone": (PREVIEW, "x2"),
    "a preview that says nothing": (
        '<span class="MathJax_Preview">[math]</span>' + SCRIPT,
        "x^{2}",
    ),
    "MathJax 3": (CONTAINER.format(DRAWN_3 + ASSISTIVE_3), "x^2"),
    "MathJax 3 as an SVG": (CONTAINER.format(f"<svg><text>x</text></svg>{ASSISTIVE_3}"), "x^2"),
    "KaTeX": (KATEX, "x^{2}"),
    "KaTeX without MathML": ('<span class="katex-html">x</span>', "x"),
    "a script with MathML": (f'<script type="math/mml"><math>{POWER}</math></script>', "x^2"),
    "AsciiMath": ('<script type="math/asciimath">x^2</script>', "x^2"),
    "MathML beside its picture": (
        f'<span class="mwe-math-mathml-a11y"><math>{POWER}</math></span>'
        '<img src="/x.svg" class="mwe-math-fallback-image-inline" alt="x^{2}">',
        "x^{2}",
    ),
    "MathML whose picture is gone": (
        f'<span class="mwe-math-mathml-a11y"><math>{POWER}</math></span>',
        "x^2",
    ),
}


@pytest.mark.parametrize("name", ONCE)
def test_a_formula_that_a_script_has_drawn_stands_once(name: str) -> None:
    html, text = ONCE[name]
    content = clean(f"<p>a {html} b</p>")
    assert content.text == f"a {text} b"
    assert content.has == ["formula"]


def test_a_drawn_formula_may_stand_alone() -> None:
    html = f'<p>a</p><div class="MathJax_Display">{FRAME}</div>'
    assert [block["kind"] for block in clean(html).blocks] == ["paragraph", "formula"]
    script = SCRIPT.replace("math/tex", "math/tex; mode=display")
    assert clean(html + script).text == "a\n\nx^{2}"


def test_a_part_of_the_text_may_have_the_name_of_the_script() -> None:
    assert clean('<div class="MathJax"><p>One.</p><p>Two.</p></div>').text == "One.\n\nTwo."
