r"""Write formulas as text: as their source (TeX) where the page has it, or on one line.

A formula stands in a page as MathML (the core block, KaTeX), in a `script` that MathJax reads, or
as a picture with its source as `alt`. `\frac{1}{2}` can be read and searched for; `12` is wrong.
"""

import re
from collections.abc import Callable, Sequence
from urllib.parse import unquote

from pipelines.cleaning.builder import ContentBuilder
from pipelines.cleaning.parse.events import Attributes
from pipelines.cleaning.parse.shortcodes import without_shortcodes
from pipelines.cleaning.rules.boilerplate import SkippedElement, SkipReason
from pipelines.cleaning.write.whitespace import collapse_whitespace

_DISPLAYED_CLASSES = frozenset({"ql-img-displayed-equation", "mwe-math-fallback-image-display"})
_IMAGE_CLASSES = _DISPLAYED_CLASSES | {
    "latex",
    "tex",
    "mathtex",
    "wp-katex-eq",
    "ql-img-inline-formula",
    "mwe-math-fallback-image-inline",
}
_SOURCE_IN_ADDRESS = re.compile(
    r"/latex\.php\?(?:[^#]*&)?latex=([^&#]+)"
    r"|latex\.codecogs\.com/\w+(?:\.\w+)?\?([^#]+)"
    r"|/chart\?cht=tx&(?:[^#]*&)?chl=([^&#]+)"
)
_DISPLAY_STYLE = re.compile(r"\{\\displaystyle\s(.*)\}", re.DOTALL)
_SIMPLE = re.compile(r"[\w.,]*")
# Deeper elements are read as if they stood at this level, or time would grow with hostile nesting.
_MAX_LEVELS = 32


def write_formula(content: ContentBuilder, formula: str, stands_alone: bool) -> None:
    """Write a formula, with a blank line around one that stands alone."""
    # Cleaned HTML has the formula as text: a second pass must read it as this one.
    formula = collapse_whitespace(" ".join(without_shortcodes(formula)))
    display_style = _DISPLAY_STYLE.fullmatch(formula)
    if display_style is not None:
        formula = display_style[1].strip()
    if not formula:
        return
    content.has_formula = True
    if not stands_alone:
        content.write(formula)
        return
    content.break_apart()
    content.text.start_kind("formula")
    content.write(formula)
    content.break_apart()
    content.text.end_kind()


def formula_of_image(attributes: Attributes, alt: str) -> str:
    """Return the source of the formula that an image shows; empty if it shows none."""
    source = _SOURCE_IN_ADDRESS.search(attributes.get("src", ""))
    if source is not None:
        written = next(filter(None, source.groups()))
        return alt or unquote(written.replace("+", " "))
    if _IMAGE_CLASSES.isdisjoint(attributes.get("class", "").split()):
        return ""
    return alt


def is_displayed(image: Attributes) -> bool:
    """Return whether the formula of an image stands alone."""
    return not _DISPLAYED_CLASSES.isdisjoint(image.get("class", "").split())


def handle_math(content: ContentBuilder, attributes: Attributes) -> SkippedElement:
    """Begin a formula of MathML."""
    return _Formula(content, attributes)


class FormulaScript(SkippedElement):
    """An open `script` with the source of a formula, which MathJax would show."""

    def __init__(self, content: ContentBuilder, script_type: str) -> None:
        super().__init__(SkipReason.SHOWN_OTHERWISE)
        self._content = content
        self._stands_alone = "mode=display" in script_type
        self._source: list[str] = []

    def text(self, data: str) -> None:
        self._source.append(data)

    def finish(self) -> None:
        """Write the formula."""
        source = "".join(self._source).replace("% <![CDATA[", "").replace("%]]>", "")
        write_formula(self._content, source, self._stands_alone)


class _Part:
    """An open element of MathML, and what its children are in one line."""

    __slots__ = ("children", "is_source", "name")

    def __init__(self, name: str, is_source: bool = False) -> None:
        self.name = name
        self.is_source = is_source
        self.children: list[str] = []


class _Formula(SkippedElement):
    """An open formula of MathML. Its source in TeX is preferred to what it shows."""

    def __init__(self, content: ContentBuilder, attributes: Attributes) -> None:
        super().__init__(SkipReason.SHOWN_OTHERWISE)
        self._content = content
        self._source = attributes.get("data-latex") or attributes.get("alttext") or ""
        self._stands_alone = attributes.get("display") == "block"
        self._parts = [_Part("math")]

    def start(self, name: str, attributes: Attributes) -> None:
        super().start(name, attributes)
        if self.depth <= _MAX_LEVELS:
            encoding = attributes.get("encoding", "").lower()
            self._parts.append(_Part(name, is_source="tex" in encoding))

    def text(self, data: str) -> None:
        part = self._parts[-1]
        if part.name != "mtext":
            data = data.strip()
        if data:
            part.children.append(data)

    def end(self) -> None:
        if 1 < self.depth <= _MAX_LEVELS:
            self._end_part(self._parts.pop())
        super().end()

    def finish(self) -> None:
        shown = "".join(self._parts[0].children)
        write_formula(self._content, self._source or shown, self._stands_alone)

    def _end_part(self, part: _Part) -> None:
        if part.is_source:
            self._source = self._source or "".join(part.children)
        elif not part.name.startswith("annotation"):
            line = _ON_ONE_LINE.get(part.name, "".join)(part.children)
            self._parts[-1].children.append(line)


def _fraction(children: Sequence[str]) -> str:
    return "/".join(map(_grouped, children))


def _power(children: Sequence[str]) -> str:
    return "^".join(map(_grouped, children))


def _with_index(children: Sequence[str]) -> str:
    return "_".join(map(_grouped, children))


def _with_index_and_power(children: Sequence[str]) -> str:
    if len(children) != 3:
        return "".join(children)
    base, index, power = map(_grouped, children)
    return f"{base}_{index}^{power}"


def _square_root(children: Sequence[str]) -> str:
    return f"√({''.join(children)})"


def _root(children: Sequence[str]) -> str:
    if len(children) != 2:
        return _square_root(children)
    return f"({children[0]})^(1/{children[1]})"


def _grouped(part: str) -> str:
    if _SIMPLE.fullmatch(part) or len(part) == 1:
        return part
    return f"({part})"


_ON_ONE_LINE: dict[str, Callable[[Sequence[str]], str]] = {
    "mfrac": _fraction,
    "msup": _power,
    "mover": _power,
    "msub": _with_index,
    "munder": _with_index,
    "msubsup": _with_index_and_power,
    "munderover": _with_index_and_power,
    "msqrt": _square_root,
    "mroot": _root,
    "mtable": "; ".join,
    "mtr": ", ".join,
}
"""How the children of an element are written in one line; elsewhere one after the other."""
