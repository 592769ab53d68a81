"""Writing plain text from a stream of blocks, lists, tables and inline pieces.

Blocks are separated by a blank line. List items stand on lines of their own, `- ` or `1. ` before them and two spaces for each level.
A table row is one line with ` | ` between its cells; a row of one cell, or with long or preformatted cells, is a layout and its
cells are written as blocks. Preformatted text is kept to the letter.
"""

import re
from dataclasses import dataclass, field

LINE, PARAGRAPH = 1, 2
_MAX_INDENT = 16  # levels: indentation must not grow with hostile nesting
_MAX_TABLES = 32  # nested rows that are laid out; deeper ones are plain blocks
_LONG_CELL = 5  # lines; a cell with more belongs to a layout, not to a table of values
# Controls, and characters that are never seen; ZWJ, ZWNJ and bidi marks are kept, they change how letters are shown.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u180e\u200b\u2060\ufeff\ud800-\udfff]+"
)


def one_line(text: str) -> str:
    """The text on one line, white space collapsed, unseen characters dropped."""
    text = text.strip()
    if text.isprintable() and "  " not in text:  # a space is the only white space that is printable
        return text
    line = " ".join(text.split())
    return line if line.isprintable() else " ".join(_UNSEEN.sub("", line).split())


@dataclass(slots=True)
class _Row:
    """A table row being written, and what to go back to after it."""

    lines: list[str]
    gap: int
    lists: list[int | None]
    marker: str
    cells: list[list[str]] = field(default_factory=list)


class TextWriter:
    """Collects inline pieces into lines, and lines into text."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        """Inline pieces of the line being written."""
        self.lines_begun = 0
        """Grows whenever `pieces` starts anew."""
        self.preformatted = 0
        """How many open elements keep white space."""
        self._lines: list[str] = []  # each begins with its line breaks
        self._gap = 0
        self._lists: list[int | None] = []  # the next number, None in bullet lists
        self._marker = ""
        self._rows: list[
            _Row | None
        ] = []  # None: a table's border, or a row too deep to be laid out

    def result(self) -> str:
        self.break_line(LINE)
        return "".join(self._lines).strip("\n")

    def break_line(self, gap: int = PARAGRAPH) -> bool:
        """End the line, or the paragraph; within a list a paragraph is only a line. True when there was something to end."""
        written = False
        if self.pieces:
            if self.preformatted:
                if not self.pieces[-1].endswith("\n"):
                    self.pieces.append("\n")
                return True
            line = one_line("".join(self.pieces))
            self.pieces.clear()
            self.lines_begun += 1
            if line:
                self._emit(line)
                written = True
        if self._gap < gap:
            self._gap = LINE if self._lists else gap
        return written

    def line_feed(self) -> None:
        """A `<br>`: a line break; a second one in a row ends the paragraph."""
        if self.preformatted:
            self.pieces.append("\n")
        elif not self.break_line(LINE):
            self.break_line()

    def start_preformatted(self) -> None:
        self.break_line()
        self.preformatted += 1

    def end_preformatted(self) -> None:
        self.preformatted -= 1
        if self.preformatted:
            return
        text = "".join(self.pieces).replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
        self.pieces.clear()
        self.lines_begun += 1
        text = _UNSEEN.sub("", text).strip("\n").rstrip()
        if text:
            self._emit(text)
        self.break_line()

    def start_list(self, first: int | None) -> None:
        """`first` is the number of an ordered list's first item, None for bullets."""
        self.break_line()
        self._lists.append(first)

    def end_list(self) -> None:
        self.break_line(LINE)
        if self._lists:  # broken markup: one around a cell within its row ends with the cell
            self._lists.pop()
        self._marker = ""
        self.break_line()

    def start_item(self, value: int | None) -> None:
        self.break_line(LINE)
        number = self._lists[-1] if self._lists else None
        if number is None:
            marker = "- "
        else:
            number = number if value is None else value
            marker = f"{number}. "
            self._lists[-1] = number + 1
        self._marker = self._indent(len(self._lists) - 1) + marker

    def end_item(self) -> None:
        self.break_line(LINE)
        self._marker = ""

    def start_table(self) -> None:
        self.break_line()
        self._rows.append(None)

    def end_table(self) -> None:
        self.break_line()
        self._rows.pop()

    def start_row(self) -> None:
        self.break_line(LINE)
        if len(self._rows) > 2 * _MAX_TABLES:
            self._rows.append(None)
            return
        self._rows.append(_Row(self._lines, self._gap, self._lists, self._marker))
        self._lines, self._lists, self._marker, self._gap = [], [], "", 0

    def start_cell(self) -> None:
        self.break_line(LINE)
        row = self._rows[-1] if self._rows else None
        if row is not None:
            self._end_loose(row)

    def end_cell(self) -> None:
        self.break_line(LINE)
        row = self._rows[-1] if self._rows else None
        if row is not None:
            row.cells.append(self._lines)
            self._lines, self._lists, self._marker, self._gap = [], [], "", 0

    def end_row(self) -> None:
        self.break_line(LINE)
        row = self._rows.pop()
        if row is None:
            return
        self._end_loose(row)
        self._lines, self._gap, self._lists, self._marker = (
            row.lines,
            row.gap,
            row.lists,
            row.marker,
        )
        if len(row.cells) > 1 and all(
            len(cell) <= _LONG_CELL and not any("\n" in line.lstrip("\n") for line in cell)
            for cell in row.cells
        ):
            cells = [" ".join(line.strip() for line in cell) for cell in row.cells]
            if any(cells):
                self._emit(" | ".join(cells))
        else:
            self._emit_layout(row.cells)
        self.break_line(LINE)

    def _emit_layout(self, cells: list[list[str]]) -> None:
        for cell in cells:
            for line in cell:
                text = line.lstrip("\n")
                self._gap = max(self._gap, len(line) - len(text))
                self._emit(text)
            self.break_line(LINE if len(cell) == 1 else PARAGRAPH)

    def _end_loose(self, row: _Row) -> None:
        """Text in a row but outside its cells is a cell of its own: nothing is lost."""
        if self._lines:
            row.cells.append(self._lines)
            self._lines, self._gap = [], 0

    def _emit(self, line: str) -> None:
        prefix = ""
        if self._marker:
            prefix, self._marker = self._marker, ""
        elif self._lists:
            prefix = self._indent(len(self._lists))
        self._lines.append(
            "\n\n" + prefix + line if self._gap == PARAGRAPH else "\n" + prefix + line
        )
        self._gap = 0

    @staticmethod
    def _indent(levels: int) -> str:
        return "  " * min(levels, _MAX_INDENT)
