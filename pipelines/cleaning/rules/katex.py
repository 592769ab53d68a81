r"""Read formulas that KaTeX has drawn and whose source is gone, by the classes of its spans.

KaTeX draws a power as a letter and a list of raised boxes (`vlist`), the lower one first. Read as
letters, `x^2` would be `x2`. The boxes are told to a reader of MathML, which writes one line.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence

from pipelines.cleaning.parse.events import Attributes
from pipelines.cleaning.rules.mathml import MathReader

_MAX_DEPTH = 96  # spans within spans; what is deeper is read as letters
# Boxes that hold a place or a line, and no sign.
_EMPTY = frozenset({"vlist-s", "pstrut", "strut", "frac-line", "nulldelimiter", "hide-tail"})
_TOP = re.compile(r"top:\s*(-?\d{1,4}(?:\.\d{1,6})?)em")
_HEIGHT = re.compile(r"(?<![\w-])height:\s*(\d{1,4}(?:\.\d{1,6})?)em")
_WIDE = re.compile(r"margin-right:\s*(?!0)\d")  # of one em and more; signs have less around them
_COMMAND = re.compile(r"\\(?:begin|end)\{[a-z]+\*?\}|\\([a-zA-Z]+)\s?|\\.")
_BEGINNING = re.compile(r"[\\{(\[]")
_ANY_BEGINNING = re.compile(r"[!-~]|\w")
_UNSEEN = "\u200b\u2061\u2062\u2063\u2064"
_FUNCTIONS = "sin cos tan cot sec csc log ln lg exp lim max min sup inf det dim ker gcd deg arg mod"
_NAMES = frozenset(_FUNCTIONS.split())


class _Box:
    """A span that KaTeX has drawn."""

    __slots__ = ("classes", "content", "style")

    def __init__(self, classes: frozenset[str], style: str) -> None:
        self.classes = classes
        self.style = style
        self.content: list[_Box | str] = []

    def boxes(self) -> list["_Box"]:
        """Return the boxes inside, in the order of the source."""
        return [part for part in self.content if isinstance(part, _Box)]

    def letters(self) -> str:
        """Return the signs that are shown."""
        if not self.classes.isdisjoint(_EMPTY):
            return ""
        return "".join(p if isinstance(p, str) else p.letters() for p in self.content).strip()

    def find(self, name: str) -> "_Box | None":
        """Return the first box of a class inside; None for none."""
        for box in self.boxes():
            found = box if name in box.classes else box.find(name)
            if found is not None:
                return found
        return None


class KatexReader:
    """A reader of the events within one element of the class `katex-html`."""

    def __init__(self) -> None:
        self._open = [_Box(frozenset(), "")]
        self._depth = 1

    def start(self, name: str, attributes: Attributes) -> None:
        """Receive a start tag."""
        self._depth += 1
        if self._depth <= _MAX_DEPTH:
            classes = frozenset(attributes.get("class", "").split())
            box = _Box(classes, attributes.get("style", ""))
            self._open[-1].content.append(box)
            self._open.append(box)

    def text(self, data: str) -> None:
        """Receive text."""
        self._open[-1].content.append(data.replace("\u200b", ""))

    def end(self) -> None:
        """Receive the end of the innermost element."""
        if 1 < self._depth <= _MAX_DEPTH:
            self._open.pop()
        self._depth -= 1

    def letters(self) -> str:
        """Return the signs that are shown, as they follow each other in the source."""
        return self._open[0].letters()

    def result(self) -> str:
        """Return the formula on one line."""
        reader = MathReader({})
        _write_row(reader, self._open[0].content)
        return reader.result()


def source_in(text: str, drawn: str) -> str:
    r"""Return the source that stands at the end of a text; empty where none is found.

    A sanitizer has taken the tags of MathML away: its signs stand before their source, `x2x^{2}`.
    They are the same as those that were `drawn`, if that is known, or else as those of the source.
    """
    text = text.strip()
    if not drawn:
        plain = _COMMAND.sub(_only_names, text)
        letters = [letter for letter in plain if _is_plain(letter)]
        half = len(letters) // 2
        if Counter(letters[:half]) != Counter(letters[half:]):
            return ""
        return _behind(text, plain, half, _is_plain)
    for counts in (_is_shown, str.isalnum):
        signs = list(filter(counts, drawn))
        if signs and Counter(signs) == Counter(list(filter(counts, text))[: len(signs)]):
            return _behind(text, text, len(signs), counts)
    return ""


def _behind(text: str, plain: str, signs: int, counts: Callable[[str], bool]) -> str:
    """Return what stands behind so many signs of a text, from where a source may begin."""
    places = [place for place, sign in enumerate(plain) if counts(sign)]
    if signs == 0 or len(places) <= signs:
        return ""
    begin = places[signs]
    found = _BEGINNING.search(text, places[signs - 1] + 1, begin)
    if counts is _is_shown:  # an accent may be left that is drawn as a line
        found = _ANY_BEGINNING.search(text, begin)
    return text[found.start() if found is not None else begin :].strip()


def _is_shown(sign: str) -> bool:
    return not sign.isspace() and sign not in _UNSEEN


def _is_plain(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


def _only_names(command: re.Match[str]) -> str:
    """Return spaces in place of a command of TeX, and the names of functions as they are shown."""
    name = command[1] or ""
    if name in _NAMES:
        return f" {name}".ljust(len(command[0]))
    return " " * len(command[0])


def _write_row(reader: MathReader, content: Sequence[_Box | str]) -> None:
    """Write boxes one after the other, each with the powers and indices behind it."""
    for number, part in enumerate(content):
        if isinstance(part, str):
            _write_sign(reader, "mi" if part.strip().isalpha() else "mo", part)
            continue
        after = content[number + 1] if number + 1 < len(content) else ""
        if "msupsub" in part.classes and number:
            continue  # it was written with what stands before it
        if isinstance(after, _Box) and "msupsub" in after.classes:
            _write_scripts(reader, part, after)
        else:
            _write(reader, part)


def _write_scripts(reader: MathReader, base: _Box, scripts: _Box) -> None:
    levels = _levels(scripts)
    raised = [box for height, box in levels if height > 0]
    lowered = [box for height, box in levels if height <= 0]
    _write_parts(reader, [base], lowered, raised)


def _write_parts(
    reader: MathReader, base: Sequence[_Box], lowered: Sequence[_Box], raised: Sequence[_Box]
) -> None:
    """Write boxes with what stands below and above it."""
    name = {(True, True): "msubsup", (True, False): "msub", (False, True): "msup"}.get(
        (bool(lowered), bool(raised)), "mrow"
    )
    reader.start(name, {})
    for part in (base, lowered, raised):
        if part:
            _write_within(reader, "mrow", part)
    reader.end()


def _write_within(reader: MathReader, name: str, boxes: Sequence[_Box]) -> None:
    reader.start(name, {})
    for box in boxes:
        _write(reader, box)
    reader.end()


def _write(reader: MathReader, box: _Box) -> None:
    """Write a box, by its classes."""
    classes = box.classes
    if not classes.isdisjoint(_EMPTY):
        return
    if "mspace" in classes:
        if _WIDE.search(box.style) or box.content:
            _write_sign(reader, "mtext", " ")
    elif "text" in classes:
        _write_sign(reader, "mtext", box.letters())
    elif "mfrac" in classes:
        attributes = {} if box.find("frac-line") else {"linethickness": "0"}
        _write_levels(reader, "mfrac", box, attributes)
    elif "sqrt" in classes:
        _write_root(reader, box)
    elif "op-limits" in classes:
        _write_limits(reader, box)
    elif "munder" in classes or "mover" in classes:
        _write_over_and_under(reader, box)
    elif "accent" in classes and len(_levels(box)) == 2:
        _write_accent(reader, box)
    elif "mtable" in classes:
        _write_table(reader, box)
    elif "vlist-t" in classes:
        _write_levels(reader, "mrow", box, {})
    elif box.boxes() and not ("mop" in classes and box.letters().isalpha()):
        _write_row(reader, box.content)
    else:
        _write_letters(reader, box)


def _write_letters(reader: MathReader, box: _Box) -> None:
    """Write what has no boxes inside: letters are names of their own, unless they are a word."""
    letters = box.letters()
    if "mop" in box.classes or not letters.isalpha():
        _write_sign(reader, "mi", letters)
        return
    for letter in letters:
        _write_sign(reader, "mi", letter)


def _write_sign(reader: MathReader, name: str, text: str) -> None:
    if not text.strip() and name != "mtext":
        return
    reader.start(name, {})
    reader.text(text)
    reader.end()


def _write_levels(reader: MathReader, name: str, box: _Box, attributes: Attributes) -> None:
    reader.start(name, attributes)
    for _, level in _levels(box):
        _write_within(reader, "mrow", [level])
    reader.end()


def _write_root(reader: MathReader, box: _Box) -> None:
    degree = next((part for part in box.boxes() if "root" in part.classes), None)
    inner = next((part for part in box.boxes() if "root" not in part.classes), box)
    reader.start("msqrt" if degree is None else "mroot", {})
    _write_levels(reader, "mrow", inner, {})
    if degree is not None:
        _write_within(reader, "mrow", [degree])
    reader.end()


def _write_limits(reader: MathReader, box: _Box) -> None:
    levels = [level for _, level in _levels(box)]
    place = next((n for n, level in enumerate(levels) if level.find("mop") is not None), 0)
    if levels:
        _write_parts(reader, [levels[place]], levels[place + 1 :], levels[:place])


def _write_over_and_under(reader: MathReader, box: _Box) -> None:
    """Write a box with a brace, and what stands beyond it."""
    levels = [level for _, level in _levels(box)]
    if "munder" in box.classes:
        _write_parts(reader, levels[:1], levels[1:], [])
    else:
        _write_parts(reader, levels[-1:], [], levels[:-1])


def _write_accent(reader: MathReader, box: _Box) -> None:
    levels = [level for _, level in _levels(box)]
    base, accent = sorted(levels, key=lambda level: level.find("accent-body") is not None)
    reader.start("mover", {})
    _write_within(reader, "mrow", [base])
    _write_sign(reader, "mo", accent.letters())
    reader.end()


def _write_table(reader: MathReader, box: _Box) -> None:
    columns = [_levels(c) for c in box.boxes() if any(n.startswith("col-") for n in c.classes)]
    if not any(_TOP.search(level.style) for column in columns for _, level in column):
        columns = [column[::-1] for column in columns]  # of a table the highest row stands first
    reader.start("mtable", {})
    for row in range(max(map(len, columns), default=0)):
        reader.start("mtr", {})
        for column in columns:
            _write_within(reader, "mtd", [column[row][1]] if row < len(column) else [])
        reader.end()
    reader.end()


def _levels(box: _Box) -> list[tuple[float, _Box]]:
    """Return what stands one over another in a box, the highest first, each with its height.

    Where a sanitizer has taken the styles away, the lower ones stand first, and a list with a part
    below the line has another class.
    """
    found = box if "vlist" in box.classes else box.find("vlist")
    if found is None:
        row = _Box(frozenset(), "")
        row.content = box.content
        return [(0.0, row)]
    boxes = [level for level in found.boxes() if level.letters()]
    tops = [_TOP.search(level.style) for level in boxes]
    if all(tops):
        heights = [
            -float(top[1]) - _strut(level) for top, level in zip(tops, boxes, strict=True) if top
        ]
    elif len(boxes) == 1:
        is_low = box.find("vlist-t2") is not None
        heights = [-1.0 if is_low else 1.0]
    else:
        heights = [float(number) for number in range(len(boxes))]
    order = sorted(range(len(boxes)), key=lambda number: -heights[number])
    return [(heights[number], boxes[number]) for number in order]


def _strut(level: _Box) -> float:
    """Return the height of the box by which KaTeX moves all of a level down."""
    strut = level.find("pstrut")
    height = _HEIGHT.search(strut.style) if strut is not None else None
    return float(height[1]) if height is not None else 0.0
