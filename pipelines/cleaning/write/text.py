"""Write plain text from a stream of blocks, lists, tables and inline pieces.

Blocks are separated by a blank line. List items stand on lines of their own, with `- ` or `1. `
before them and two spaces for each level. A table row is one line with ` | ` between its cells.
A row of one cell, or with long or preformatted cells, is a layout: its cells are written as blocks.
Preformatted text is kept to the letter.
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

LINE = 1
"""The gap between two lines."""
PARAGRAPH = 2
"""The gap between two paragraphs: a blank line."""
_MAX_INDENTED_LEVELS = 16  # indentation must not grow with hostile nesting
_MAX_NESTED_ROWS = 32  # deeper rows are plain blocks
_LONG_CELL_LINES = 5  # a cell with more lines belongs to a layout, not to a table of values
# Controls, and characters that are never seen. ZWJ, ZWNJ and the marks of writing direction are
# kept, because they change how letters are shown.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u180e\u200b\u2060\ufeff\ud800-\udfff]+"
)


def collapse_whitespace(text: str) -> str:
    """Return the text on one line, with single spaces and without unseen characters."""
    text = text.strip()
    # The usual text has nothing to change. A space is the only white space that is printable.
    if text.isprintable() and "  " not in text:
        return text
    return collapse_whitespace_slowly(text)


def collapse_whitespace_slowly(text: str) -> str:
    """Return what `collapse_whitespace` returns, for any text; the oracle of its test."""
    seen = _UNSEEN.sub("", " ".join(text.split()))
    return " ".join(seen.split())  # what was removed may have stood between two spaces


class Bookmark(NamedTuple):
    """A place in the text being written."""

    line: int
    pieces: int


@dataclass(slots=True)
class _Flow:
    """Lines that follow each other: the whole text, or the inside of one table cell."""

    lines: list[str] = field(default_factory=list)  # each begins with its line breaks
    gap: int = 0  # to be left before the next line
    lists: list[int | None] = field(default_factory=list)  # next numbers; None: a list of bullets
    marker: str = ""  # of the list item whose first line is still to come

    def start_anew(self) -> None:
        """Forget everything, for the next cell; who has the lines keeps them."""
        self.lines = []
        self.gap = 0
        self.lists = []
        self.marker = ""


@dataclass(slots=True)
class _Row:
    """A table row being written, and the text that goes on after it."""

    outer: _Flow
    cells: list[list[str]] = field(default_factory=list)


class TextWriter:
    """A writer that collects inline pieces into lines, and lines into text."""

    def __init__(self) -> None:
        self.preformatted = 0
        """How many open elements keep white space."""
        self._pieces: list[str] = []  # of the line being written
        self._lines_begun = 0  # grows whenever the pieces start anew
        self._flow = _Flow()
        self._rows: list[_Row | None] = []  # None: a table's border, or a row that nests too deep
        self.write = self._pieces.append
        """Write one inline piece. It is the list's own method, because nothing is called as often;
        so the list of pieces is emptied and never replaced."""

    def result(self) -> str:
        """End the last line and return the whole text."""
        self.break_line(LINE)
        return "".join(self._flow.lines).strip("\n")

    def break_line(self, gap: int = PARAGRAPH) -> bool:
        """End the line or the paragraph; return whether there was something to end.

        Within a list, a paragraph is only a line.
        """
        has_written = False
        pieces = self._pieces
        if pieces:
            if self.preformatted:
                if not pieces[-1].endswith("\n"):
                    pieces.append("\n")
                return True
            line = collapse_whitespace("".join(pieces))
            pieces.clear()
            self._lines_begun += 1
            if line:
                self._emit(line)
                has_written = True
        flow = self._flow
        if flow.gap < gap:
            flow.gap = gap
            if flow.lists:
                flow.gap = LINE
        return has_written

    def line_feed(self) -> None:
        """Write a `<br>`: it breaks the line, and a second one in a row ends the paragraph."""
        if self.preformatted:
            self._pieces.append("\n")
        elif not self.break_line(LINE):
            self.break_line()

    # Positions in the line being written

    def bookmark(self) -> Bookmark:
        """Return the present place, for `since` and `replace_since`."""
        return Bookmark(self._lines_begun, len(self._pieces))

    def since(self, bookmark: Bookmark, max_pieces: int) -> str | None:
        """Return what was written since; None if the line ended or if it is more than `max_pieces`.

        The limit keeps the cost of each call constant, however much was written.
        """
        if bookmark.line != self._lines_begun:
            return None
        if len(self._pieces) - bookmark.pieces > max_pieces:
            return None
        return "".join(self._pieces[bookmark.pieces :])

    def character_before(self, bookmark: Bookmark) -> str:
        """Return the character before a place in the line that is being written; empty for none."""
        if not bookmark.pieces:
            return ""
        return self._pieces[bookmark.pieces - 1][-1:]

    def remove_piece(self, bookmark: Bookmark) -> None:
        """Remove the piece that was written first since; the line must not have ended."""
        self._pieces[bookmark.pieces] = ""

    def replace_since(self, bookmark: Bookmark, text: str) -> None:
        """Write another text in place of what was written since; the line must not have ended."""
        self._pieces[bookmark.pieces :] = [text]

    # Preformatted text

    def start_preformatted(self) -> None:
        """Begin a block that keeps its white space."""
        self.break_line()
        self.preformatted += 1

    def end_preformatted(self) -> None:
        """End a block that keeps its white space."""
        self.preformatted -= 1
        if self.preformatted:
            return
        text = "".join(self._pieces)
        self._pieces.clear()
        self._lines_begun += 1
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
        text = _UNSEEN.sub("", text).strip("\n").rstrip()
        if text:
            self._emit(text)
        self.break_line()

    # Lists

    def start_list(self, first_number: int | None) -> None:
        """Begin a list; `first_number` is None for bullets."""
        self.break_line()
        self._flow.lists.append(first_number)

    def end_list(self) -> None:
        """End the innermost list."""
        self.break_line(LINE)
        # In broken markup a list may open around a cell within its row; it ends with the cell.
        if self._flow.lists:
            self._flow.lists.pop()
        self._flow.marker = ""
        self.break_line()

    def start_item(self, number: int | None) -> None:
        """Begin a list item; `number` is None where the item does not set its own."""
        self.break_line(LINE)
        levels = len(self._flow.lists)
        self._flow.marker = _indentation(levels - 1) + self._next_marker(number)

    def end_item(self) -> None:
        """End a list item. One that wrote nothing leaves no marker behind."""
        self.break_line(LINE)
        self._flow.marker = ""

    def _next_marker(self, number: int | None) -> str:
        lists = self._flow.lists
        if not lists or lists[-1] is None:
            return "- "
        if number is None:
            number = lists[-1]
        lists[-1] = number + 1
        return f"{number}. "

    # Tables

    def start_table(self) -> None:
        """Begin a table."""
        self.break_line()
        self._rows.append(None)

    def end_table(self) -> None:
        """End the innermost table."""
        self.break_line()
        self._rows.pop()

    def start_row(self) -> None:
        """Begin a row of a table."""
        self.break_line(LINE)
        if len(self._rows) > 2 * _MAX_NESTED_ROWS:  # each level is a table's border and a row
            self._rows.append(None)
            return
        self._rows.append(_Row(self._flow))
        self._flow = _Flow()

    def start_cell(self) -> None:
        """Begin a cell of a row."""
        self.break_line(LINE)
        row = self._innermost_row()
        if row is not None:
            self._end_loose_text(row)

    def end_cell(self) -> None:
        """End a cell of a row."""
        self.break_line(LINE)
        row = self._innermost_row()
        if row is not None:
            row.cells.append(self._flow.lines)
            self._flow.start_anew()

    def end_row(self) -> None:
        """End a row: write it as one line, or its cells as blocks."""
        self.break_line(LINE)
        row = self._rows.pop()
        if row is None:
            return
        self._end_loose_text(row)
        self._flow = row.outer
        if _is_row_of_values(row.cells):
            self._emit_values(row.cells)
        else:
            self._emit_layout(row.cells)
        self.break_line(LINE)

    def _innermost_row(self) -> _Row | None:
        if not self._rows:
            return None
        return self._rows[-1]

    def _end_loose_text(self, row: _Row) -> None:
        """Make a cell of the text that stands in a row but outside its cells: nothing is lost."""
        if self._flow.lines:
            row.cells.append(self._flow.lines)
            self._flow.lines = []
            self._flow.gap = 0

    def _emit_values(self, cells: list[list[str]]) -> None:
        values = [" ".join(line.strip() for line in cell) for cell in cells]
        if any(values):
            self._emit(" | ".join(values))

    def _emit_layout(self, cells: list[list[str]]) -> None:
        for cell in cells:
            for line in cell:
                text = line.lstrip("\n")
                self._flow.gap = max(self._flow.gap, len(line) - len(text))
                self._emit(text)
            gap = PARAGRAPH
            if len(cell) == 1:
                gap = LINE
            self.break_line(gap)

    # Lines

    def _emit(self, line: str) -> None:
        flow = self._flow
        if flow.marker:
            line = flow.marker + line
            flow.marker = ""
        elif flow.lists:
            line = _indentation(len(flow.lists)) + line
        line_breaks = "\n"
        if flow.gap == PARAGRAPH:
            line_breaks = "\n\n"
        flow.lines.append(line_breaks + line)
        flow.gap = 0


def _indentation(levels: int) -> str:
    return "  " * min(levels, _MAX_INDENTED_LEVELS)


def _is_row_of_values(cells: list[list[str]]) -> bool:
    return len(cells) > 1 and not any(_is_long(cell) for cell in cells)


def _is_long(cell: list[str]) -> bool:
    """Return whether a cell has many lines, or one that is preformatted."""
    if len(cell) > _LONG_CELL_LINES:
        return True
    return any("\n" in line.lstrip("\n") for line in cell)
