r"""Write formulas as text: as their source (TeX) where the page has it, or on one line.

A formula stands in a page as MathML (the core block, KaTeX), in a `script` that MathJax reads, or
as a picture with its source as `alt`. `\frac{1}{2}` can be read and searched for; `12` is wrong.
"""

import re
from urllib.parse import unquote

from pipelines.cleaning.builder import ContentBuilder
from pipelines.cleaning.parse.events import Attributes
from pipelines.cleaning.parse.shortcodes import without_shortcodes
from pipelines.cleaning.rules.boilerplate import SkippedElement, SkipReason
from pipelines.cleaning.rules.katex import KatexReader, source_in
from pipelines.cleaning.rules.mathml import MathReader, formula_of_mathml
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
_FRAME_ID = re.compile(r"(MathJax-Element-\d+)(?:-Frame)?")
_DISPLAYED_FRAMES = frozenset(
    {"MathJax_Display", "MathJax_SVG_Display", "MJXc-display", "MJX_Assistive_MathML_Block"}
)
_PREVIEW = "MathJax_Preview"
_NO_PREVIEW = "[math]"
_SHOWN_BY_SCRIPT = ("MathJax-Element-", "data-mathml=", "<mjx-container")
# What stands beside the second copy of a formula, and has its source.
_FIRST_COPIES = {
    "katex-html": ("<math", "katex-mathml"),
    "mwe-math-mathml-a11y": ("mwe-math-fallback-image",),
}
_PARTS_OF_KATEX = ("katex-html", "katex-mathml")
_OF_KATEX = frozenset({"katex", "katex-display", "katex-html"})
_DISPLAY_STYLE = re.compile(r"\{\\displaystyle\s(.*)\}", re.DOTALL)


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


class _Formula(SkippedElement):
    """An open formula of MathML. Its source in TeX is preferred to what it shows."""

    def __init__(self, content: ContentBuilder, attributes: Attributes) -> None:
        super().__init__(SkipReason.SHOWN_OTHERWISE)
        self._content = content
        self._reader = MathReader(attributes)

    def start(self, name: str, attributes: Attributes) -> None:
        super().start(name, attributes)
        self._reader.start(name, attributes)

    def text(self, data: str) -> None:
        self._reader.text(data)

    def end(self) -> None:
        super().end()
        if self.depth:
            self._reader.end()

    def finish(self) -> None:
        write_formula(self._content, self._reader.result(), self._reader.stands_alone)


def handle_rendered_formula(
    content: ContentBuilder, attributes: Attributes
) -> SkippedElement | None:
    """Begin a formula that a script has drawn before the page was saved.

    Its source mostly stands beside it, or MathML within it. Where neither is left, the letters that
    were drawn are the formula.
    """
    classes = attributes.get("class", "").split()
    for name, first_copies in _FIRST_COPIES.items():
        if name in classes and any(map(content.lookahead.holds, first_copies)):
            return SkippedElement(SkipReason.SHOWN_OTHERWISE)
    if not _OF_KATEX.isdisjoint(classes):
        is_drawn = "katex-html" in classes or any(map(content.lookahead.holds, _PARTS_OF_KATEX))
        return _Katex(content, attributes) if is_drawn else None
    if _PREVIEW in classes:
        shown = any(map(content.lookahead.holds, _SHOWN_BY_SCRIPT))
        if shown or content.lookahead.has_formula_script:
            return SkippedElement(SkipReason.SHOWN_OTHERWISE)
    elif classes == ["MathJax"] and not {"id", "jax", "data-mathml"} & attributes.keys():
        return None  # somebody has named a part of the text so
    return _RenderedFormula(content, attributes)


class _RenderedFormula(SkippedElement):
    """An open formula that a script has drawn."""

    def __init__(self, content: ContentBuilder, attributes: Attributes) -> None:
        super().__init__(SkipReason.SHOWN_OTHERWISE)
        self._content = content
        self._reader: MathReader | None = None
        self._math_depth = 0  # where the MathML is open
        self._drawing_depth = 0  # the same of an `svg`, whose texts are labels
        self._shown: list[str] = []
        self._mathml = ""
        self._ids: set[str] = set()
        self._stands_alone = False
        self._look_at(attributes)

    def start(self, name: str, attributes: Attributes) -> None:
        super().start(name, attributes)
        self._look_at(attributes)
        if self._math_depth and self._reader is not None:
            self._reader.start(name, attributes)
        elif self._reader is None and name.rpartition(":")[2] == "math":
            self._reader = MathReader(attributes)
            self._math_depth = self.depth
        elif name == "svg" and not self._drawing_depth:
            self._drawing_depth = self.depth

    def text(self, data: str) -> None:
        if self._math_depth and self._reader is not None:
            self._reader.text(data)
        elif not self._drawing_depth:
            self._shown.append(data)

    def end(self) -> None:
        if self._math_depth == self.depth:
            self._math_depth = 0
        elif self._math_depth and self._reader is not None:
            self._reader.end()
        if self._drawing_depth == self.depth:
            self._drawing_depth = 0
        super().end()

    def finish(self) -> None:
        """Write the formula, if no script has its source."""
        lookahead = self._content.lookahead
        if not self._ids.isdisjoint(lookahead.formula_ids):
            return
        formula = ""
        if self._reader is not None:
            formula = self._reader.result()
            self._stands_alone |= self._reader.stands_alone
        formula = formula or formula_of_mathml(self._mathml) or "".join(self._shown)
        if formula.strip() != _NO_PREVIEW:
            write_formula(self._content, formula, self._stands_alone)

    def _look_at(self, attributes: Attributes) -> None:
        frame = _FRAME_ID.fullmatch(attributes.get("id", ""))
        if frame is not None:
            self._ids.add(frame[1])
        self._mathml = self._mathml or attributes.get("data-mathml", "")
        self._stands_alone |= "jax" in attributes and attributes.get("display") == "true"
        self._stands_alone |= not _DISPLAYED_FRAMES.isdisjoint(attributes.get("class", "").split())


class _Katex(SkippedElement):
    """An open formula that KaTeX has drawn: MathML with its source, and boxes of letters.

    Sanitizers take the one or the other away, or the tags of MathML alone.
    """

    def __init__(self, content: ContentBuilder, attributes: Attributes) -> None:
        super().__init__(SkipReason.SHOWN_OTHERWISE)
        self._content = content
        self._mathml: MathReader | None = None
        self._boxes = KatexReader()
        self._shown: list[str] = []
        self._math_depth = 0  # where the MathML is open
        self._html_depth = 0  # where the boxes are
        self._stands_alone = False
        self._has_boxes = False
        self._look_at(attributes)

    def start(self, name: str, attributes: Attributes) -> None:
        super().start(name, attributes)
        if self._math_depth and self._mathml is not None:
            self._mathml.start(name, attributes)
        elif self._html_depth:
            self._boxes.start(name, attributes)
        elif self._mathml is None and name.rpartition(":")[2] == "math":
            self._mathml = MathReader(attributes)
            self._math_depth = self.depth
        else:
            self._look_at(attributes)

    def text(self, data: str) -> None:
        if self._math_depth and self._mathml is not None:
            self._mathml.text(data)
        elif self._html_depth:
            self._boxes.text(data)
        else:
            self._shown.append(data)

    def end(self) -> None:
        if self._math_depth == self.depth:
            self._math_depth = 0
        elif self._math_depth and self._mathml is not None:
            self._mathml.end()
        elif self._html_depth == self.depth:
            self._html_depth = 0
        elif self._html_depth:
            self._boxes.end()
        super().end()

    def finish(self) -> None:
        """Write the formula: its source, its MathML, its boxes, or what is left of it."""
        formula = ""
        if self._mathml is not None:
            formula = self._mathml.result()
            self._stands_alone |= self._mathml.stands_alone
        shown = "".join(self._shown)
        formula = formula or source_in(shown, self._boxes.letters())
        formula = formula or self._boxes.result() or shown
        write_formula(self._content, formula, self._stands_alone)

    def _look_at(self, attributes: Attributes) -> None:
        classes = attributes.get("class", "").split()
        self._stands_alone |= "katex-display" in classes
        if "katex-html" in classes and not self._has_boxes:
            self._has_boxes = True
            self._html_depth = self.depth


class FormulaScript(SkippedElement):
    """An open `script` with the source of a formula, which MathJax would show."""

    def __init__(self, content: ContentBuilder, script_type: str) -> None:
        super().__init__(SkipReason.SHOWN_OTHERWISE)
        self._content = content
        self._stands_alone = "mode=display" in script_type
        self._is_mathml = script_type.startswith("math/mml")
        self._source: list[str] = []

    def text(self, data: str) -> None:
        self._source.append(data)

    def finish(self) -> None:
        """Write the formula."""
        source = "".join(self._source).replace("% <![CDATA[", "").replace("%]]>", "")
        if self._is_mathml:
            source = formula_of_mathml(source)
        write_formula(self._content, source, self._stands_alone)
