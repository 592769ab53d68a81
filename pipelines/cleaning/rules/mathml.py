r"""Read formulas of MathML: their source (TeX), or what they show on one line.

On one line two numbers, or two names, may become one: `x^2 3`, `1 1/2`, `sin x`. So each part says
whether it stands apart from a letter or digit before or after it.
"""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from pipelines.cleaning.parse.events import Attributes, feed_events

# Deeper elements are read as if they stood at this level, or time would grow with hostile nesting.
_MAX_LEVELS = 32
_TOKENS = frozenset({"mi", "mn", "mo", "ms", "mtext"})
_SIMPLE = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|[^\W\d_][\u0300-\u036f\u20d0-\u20ff]")
# The letters of a denominator are factors, but for those of a differential.
_MAYBE_FACTORS = re.compile(r"(?![d∂δ].$)[^\W\d_]{2,}")
_PRIMES = re.compile("[′″‴⁗'’°]+")
_RELATION = re.compile("[=<>≤≥≈≠≡∼~→⇒⇔∈⊂⊆≪≫∝]")
_ENDS_WORD = re.compile(r"[\w)\]]$")
# Signs that are not shown: of a function, of a product, between indices, of a sum.
_UNSEEN = {"\u2061": "", "\u2062": "", "\u2063": ",", "\u2064": " "}
_ACCENTS = {
    "¯": "\u0304",
    "‾": "\u0304",
    "\u0304": "\u0304",
    "―": "\u0304",
    "_": "\u0304",
    "^": "\u0302",
    "ˆ": "\u0302",
    "\u0302": "\u0302",
    "~": "\u0303",
    "˜": "\u0303",
    "\u0303": "\u0303",
    "→": "\u20d7",
    "⃗": "\u20d7",
    "˙": "\u0307",
    ".": "\u0307",
    "¨": "\u0308",
    "ˇ": "\u030c",
    "˘": "\u0306",
}


class _Line(NamedTuple):
    """A part of a formula on one line."""

    text: str
    begins_apart: bool = False
    """Whether a letter or digit right before it would change its meaning."""
    ends_apart: bool = False
    """The same of one right after it."""


_NOTHING = _Line("")
_PRESCRIPTS = _Line("", begins_apart=True)
"""Stands in the children of `mmultiscripts` where those begin that stand before the base."""


class _Part:
    """An open element, and what its children are in one line."""

    __slots__ = ("attributes", "children", "name")

    def __init__(self, name: str, attributes: Attributes) -> None:
        self.name = name
        self.attributes = attributes
        self.children: list[_Line] = []


class MathReader:
    """A reader of the events within one `math` element."""

    def __init__(self, attributes: Attributes) -> None:
        self.source = attributes.get("data-latex") or attributes.get("alttext") or ""
        """The formula's source; empty for none."""
        self.stands_alone = attributes.get("display") == "block"
        self._parts = [_Part("math", {})]
        self._depth = 1

    def start(self, name: str, attributes: Attributes) -> None:
        """Receive a start tag."""
        self._depth += 1
        if self._depth <= _MAX_LEVELS:
            self._parts.append(_Part(name.rpartition(":")[2], attributes))

    def text(self, data: str) -> None:
        """Receive text."""
        part = self._parts[-1]
        if part.name != "mtext":
            data = data.strip()
        if data:
            part.children.append(_Line(data))

    def end(self) -> None:
        """Receive the end of the innermost element."""
        if 1 < self._depth <= _MAX_LEVELS:
            self._end_part(self._parts.pop())
        self._depth -= 1

    def result(self) -> str:
        """Return the source of the formula, or what it shows."""
        return self.source or _joined(self._parts[0].children).text

    def _end_part(self, part: _Part) -> None:
        if "tex" in part.attributes.get("encoding", "").lower():
            self.source = self.source or "".join(line.text for line in part.children)
        elif not part.name.startswith("annotation"):
            self._parts[-1].children.append(_line_of(part))


def formula_of_mathml(html: str) -> str:
    """Return the formula that stands in HTML; empty for none."""
    receiver = _FirstFormula()
    feed_events(html, receiver)
    if receiver.reader is None:
        return ""
    return receiver.reader.result()


class _FirstFormula:
    """A receiver that reads the first formula of some HTML."""

    def __init__(self) -> None:
        self.reader: MathReader | None = None
        self._depth = 0

    def start(self, name: str, attributes: Attributes) -> None:
        if self._depth and self.reader is not None:
            self._depth += 1
            self.reader.start(name, attributes)
        elif self.reader is None and name.rpartition(":")[2] == "math":
            self._depth = 1
            self.reader = MathReader(attributes)

    def text(self, data: str) -> None:
        if self._depth and self.reader is not None:
            self.reader.text(data)

    def comment(self, data: str) -> None:
        """Ignore a comment."""

    def end(self) -> None:
        if self._depth and self.reader is not None:
            self._depth -= 1
            if self._depth:
                self.reader.end()


def _line_of(part: _Part) -> _Line:
    children = part.children
    if part.name in _TOKENS:
        return _token("".join(line.text for line in children))
    if part.name == "mfenced":
        return _fenced(children, part.attributes)
    if part.name == "mspace":
        return _space(part.attributes.get("width", ""))
    if part.name == "mfrac" and part.attributes.get("linethickness", "")[:1] == "0":
        return _rows(children)
    if part.name == "menclose" and part.attributes.get("notation") == "radical":
        return _square_root(children)
    return _ON_ONE_LINE.get(part.name, _joined)(children)


def _joined(children: Sequence[_Line]) -> _Line:
    """Return parts one after the other, with spaces where they would become one."""
    lines = [line for line in children if line.text]
    if not lines:
        return _NOTHING
    text = [lines[0].text]
    for before, line in pairwise(lines):
        if (before.ends_apart or line.begins_apart) and _would_touch(before.text, line.text):
            text.append(" ")
        text.append(line.text)
    return _Line("".join(text), lines[0].begins_apart, lines[-1].ends_apart)


def _would_touch(before: str, after: str) -> bool:
    return _ENDS_WORD.search(before) is not None and after[0].isalnum()


def _token(text: str) -> _Line:
    for sign, written in _UNSEEN.items():
        text = text.replace(sign, written)
    is_word = len(text) > 1 and text.strip().isalpha()
    return _Line(text, is_word, is_word)


def _space(width: str) -> _Line:
    if width.startswith("-") or re.fullmatch(r"0*(?:\.0*)?[a-z]*", width.strip()):
        return _NOTHING
    return _Line(" ")


def _fenced(children: Sequence[_Line], attributes: Attributes) -> _Line:
    separators = attributes.get("separators", ",").replace(" ", "")
    text = attributes.get("open", "(")
    for number, line in enumerate(children):
        if number and separators:
            text += separators[min(number, len(separators)) - 1]
        text += line.text
    return _Line(text + attributes.get("close", ")"))


def _fraction(children: Sequence[_Line]) -> _Line:
    if len(children) != 2:
        return _joined(children)
    upper, lower = (_grouped(line.text) for line in children)
    if _MAYBE_FACTORS.fullmatch(lower):
        lower = f"({lower})"
    return _Line(f"{upper}/{lower}", begins_apart=True, ends_apart=True)


def _power(children: Sequence[_Line]) -> _Line:
    if len(children) != 2:
        return _joined(children)
    return _scripted(children[0], _NOTHING, children[1])


def _with_index(children: Sequence[_Line]) -> _Line:
    if len(children) != 2:
        return _joined(children)
    return _scripted(children[0], children[1], _NOTHING)


def _with_index_and_power(children: Sequence[_Line]) -> _Line:
    if len(children) != 3:
        return _joined(children)
    return _scripted(*children)


def _over(children: Sequence[_Line]) -> _Line:
    """Return what stands over something: an accent, or a limit."""
    if len(children) == 2:
        accent = _ACCENTS.get(children[1].text)
        if accent is not None and len(children[0].text) == 1:
            return _Line(children[0].text + accent)
    return _power(children)


def _scripted(base: _Line, index: _Line, power: _Line) -> _Line:
    text = _grouped(base.text)
    if index.text:
        text += f"_{_grouped(index.text)}"
    if _PRIMES.fullmatch(power.text):
        text += power.text
    elif power.text:
        text += f"^{_grouped(power.text)}"
    return _Line(text, base.begins_apart, ends_apart=True)


def _multiscripts(children: Sequence[_Line]) -> _Line:
    """Return a base with indices and powers behind it and before it: `^14_6 C`."""
    if not children:
        return _NOTHING
    behind: list[_Line] = []
    before: list[_Line] = []
    scripts = behind
    for line in children[1:]:
        if line is _PRESCRIPTS:
            scripts = before
        else:
            scripts.append(line)
    line = children[0]
    for index, power in zip(behind[::2], behind[1::2], strict=False):
        line = _scripted(line, index, power)
    marks = ""
    for index, power in zip(before[::2], before[1::2], strict=False):
        marks += "".join(
            f"{sign}{_grouped(script.text)}"
            for sign, script in (("^", power), ("_", index))
            if script.text
        )
    return _joined([_Line(marks, begins_apart=True, ends_apart=True), line])


def _square_root(children: Sequence[_Line]) -> _Line:
    return _Line(f"√{_parenthesised(_joined(children).text)}")


def _root(children: Sequence[_Line]) -> _Line:
    if len(children) != 2:
        return _square_root(children)
    base, degree = (line.text for line in children)
    return _Line(f"{_parenthesised(base)}^(1/{_grouped(degree)})", ends_apart=True)


def _rows(children: Sequence[_Line]) -> _Line:
    return _Line("; ".join(line.text for line in children))


def _row(children: Sequence[_Line]) -> _Line:
    """Return the cells of a row. An equation may be aligned at its sign, in two cells."""
    text = ""
    for number, line in enumerate(children):
        if number:
            text += " " if _RELATION.match(line.text) else ", "
        text += line.text
    return _Line(text.strip())


def _grouped(text: str) -> str:
    if len(text) < 2 or _SIMPLE.fullmatch(text):
        return text
    return _parenthesised(text)


def _parenthesised(text: str) -> str:
    if _is_in_parentheses(text):
        return text
    return f"({text})"


def _is_in_parentheses(text: str) -> bool:
    """Return whether one pair of parentheses encloses all of a text."""
    if not text.startswith("(") or not text.endswith(")"):
        return False
    open_ones = 0
    for sign in text[:-1]:
        open_ones += (sign == "(") - (sign == ")")
        if not open_ones:
            return False
    return open_ones == 1


def _first(children: Sequence[_Line]) -> _Line:
    return children[0] if children else _NOTHING


_ON_ONE_LINE: dict[str, Callable[[Sequence[_Line]], _Line]] = {
    "mfrac": _fraction,
    "msup": _power,
    "mover": _over,
    "msub": _with_index,
    "munder": _with_index,
    "msubsup": _with_index_and_power,
    "munderover": _with_index_and_power,
    "mmultiscripts": _multiscripts,
    "mprescripts": lambda children: _PRESCRIPTS,
    "msqrt": _square_root,
    "mroot": _root,
    "mtable": _rows,
    "mtr": _row,
    "mlabeledtr": _row,
    "maction": _first,
    "mphantom": lambda children: _NOTHING,
}
"""How the children of an element are written in one line; elsewhere one after the other."""
