"""Write text as blocks, from a stream of inline pieces and of what begins and ends.

Inline pieces are collected into lines, and lines into blocks. The plain text is written from the
blocks in the end (`wparchive/model/blocks.py`). List items stand on lines of their own. A row of a
table of values is one line with ` | ` between its cells; the cells of layout tables are blocks by
themselves (see `table.py`). Preformatted text is kept to the letter.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pipelines.cleaning.write.flow import LINE, PARAGRAPH, BlockFlow, Figures, ListMarker
from pipelines.cleaning.write.table import (
    ONE_CELL,
    Cell,
    CellSpan,
    cell_of,
    is_row_of_values,
    line_of,
    may_be_title,
)
from pipelines.cleaning.write.whitespace import collapse_whitespace, preformatted_text
from wparchive.model.blocks import Block, BlockKind, text_of_blocks

_MAX_BEFORE = 8  # pieces: each may be a single character
_MAX_NESTED_ROWS = 32  # deeper rows are plain blocks


class Bookmark(NamedTuple):
    """A place in the text being written."""

    line: int
    pieces: int


@dataclass(slots=True)
class _Row:
    """A table row being written, and the flow that goes on after it."""

    outer: BlockFlow
    cells: list[Cell] = field(default_factory=list)
    span: CellSpan = ONE_CELL  # of the cell that is open


class TextWriter:
    """A writer that collects inline pieces into lines, and lines into blocks."""

    def __init__(self) -> None:
        self.preformatted = 0
        """How many open elements keep white space."""
        self.code_language = ""
        """The language of the preformatted text that is open."""
        self._pieces: list[str] = []  # of the line being written
        self._lines_begun = 0  # grows whenever the pieces start anew
        self.size = 0
        """How many characters the lines hold that have ended; code does not count."""
        self._media: list[tuple[int, Block]] = []  # within the line, each after so many pieces
        self._flow = BlockFlow()
        self._rows: list[_Row | None] = []  # None: a table's border, or a row that nests too deep
        # What a block of text is at present; the innermost of the open headings and quotations.
        self._kinds: list[Block] = [{"kind": "paragraph", "text": ""}]
        self._figures = Figures()
        self.write = self._pieces.append
        """Write one inline piece. It is the list's own method, because nothing is called as often;
        so the list of pieces is emptied and never replaced."""

    def blocks(self) -> list[Block]:
        """End the last line and return all blocks. This is called once, at the end."""
        self.break_line(LINE)
        blocks = self._flow.finish()
        first = next((block for block in blocks if block["text"]), None)
        if first is not None:
            first.pop("tight", None)
        return blocks

    def result(self) -> str:
        """Return the whole text, at the end, where the blocks are not needed."""
        return text_of_blocks(self.blocks())

    def break_line(self, gap: int = PARAGRAPH) -> bool:
        """End the line or the paragraph; return whether there was something to end.

        Within a list, a paragraph is only a line.
        """
        has_written = False
        if self._pieces:
            if self.preformatted:
                if not self._pieces[-1].endswith("\n"):
                    self._pieces.append("\n")
                return True
            has_written = self._end_line()
        flow = self._flow
        flow.may_go_on = False
        if flow.gap < gap:
            flow.gap = gap
            if flow.lists:
                flow.gap = LINE
        return has_written

    def is_within_line(self) -> bool:
        """Return whether anything was written since the last line ended."""
        return bool(self._pieces)

    def line_feed(self) -> None:
        """Write a `<br>`: it breaks the line, and a second one in a row ends the paragraph."""
        if self.preformatted:
            self._pieces.append("\n")
        elif self.break_line(LINE):
            self._flow.may_go_on = True
        else:
            self.break_line()

    def _end_line(self) -> bool:
        """End the line; return whether it has text."""
        flow = self._flow
        line = collapse_whitespace("".join(self._pieces))
        media: list[Block] = []
        if self._media:
            media = self._end_media(has_text=bool(line))
        self._pieces.clear()
        self._lines_begun += 1
        self.size += len(line)
        if line and flow.may_go_on and flow.gap == LINE:
            flow.go_on(line)
        elif line:
            self._add(self._kinds[-1].copy(), line)
        for block in media:
            flow.add_media_after(block)
        return bool(line)

    def _end_media(self, has_text: bool) -> list[Block]:
        """Add the media that stand before the text of the line; return those within or after it."""
        media = self._media
        self._media = []
        text_begins = 0
        if has_text:
            text_begins = next(n for n, piece in enumerate(self._pieces) if piece.strip())
        after: list[Block] = []
        for position, block in media:
            # What stands in a line that goes on with a block cannot come before that block.
            if has_text and (position > text_begins or self._flow.may_go_on):
                after.append(block)
            else:
                self._flow.add_media(block)
        return after

    def _add(self, block: Block, text: str) -> None:
        block["text"] = text
        self._flow.add(self._figures.captioned(block, self._flow))

    # What blocks are

    def add_media(self, block: Block) -> None:
        """Add an image or an embed, at the present place."""
        if self._pieces:
            self._media.append((len(self._pieces), block))
        else:
            self._flow.add_media(block)

    def start_kind(self, kind: BlockKind, level: int = 0) -> None:
        """Say what the blocks of text are until the matching `end_kind`."""
        self.break_line()
        block: Block = {"kind": kind, "text": ""}
        if level:
            block["level"] = level
        if kind != "quote" and self._is_quoted():
            block["quoted"] = True
        self._kinds.append(block)

    @property
    def kind(self) -> BlockKind:
        """The kind of the block that is being written."""
        return self._kinds[-1]["kind"]

    def _is_quoted(self) -> bool:
        block = self._kinds[-1]
        return block["kind"] == "quote" or "quoted" in block

    def end_kind(self) -> None:
        """End what `start_kind` began."""
        self.break_line()
        self._kinds.pop()

    # Images and their captions

    def add_image(self, url: str, alt: str) -> None:
        """Add an image, at the present place."""
        block: Block = {"kind": "figure", "text": "", "url": url, "alt": alt}
        if not self._figures.take_image(block):
            self.add_media(block)

    def start_figure(self) -> None:
        """Begin a figure: an image, its caption, and whatever else."""
        self._figures.start()

    def end_figure(self) -> None:
        """End the innermost figure."""
        self._figures.end()

    def start_caption(self) -> None:
        """Begin the caption of the innermost figure."""
        self.break_line()
        self._figures.start_caption()

    def end_caption(self) -> None:
        """End the innermost caption."""
        self.break_line()
        self._figures.end_caption()

    # Positions in the line being written

    def place(self) -> tuple[int, int]:
        """Return the numbers of a bookmark for the present place, to compare with another one."""
        return self._lines_begun, len(self._pieces)

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

    def text_before(self, bookmark: Bookmark, length: int) -> str:
        """Return the last characters before a place in the line that is being written."""
        text = ""
        first = max(0, bookmark.pieces - _MAX_BEFORE)
        for piece in reversed(self._pieces[first : bookmark.pieces]):
            text = piece[-length:] + text
            if len(text) >= length:
                break
        return text[-length:]

    def remove_piece(self, bookmark: Bookmark) -> None:
        """Remove the piece that was written first since; the line must not have ended."""
        self._pieces[bookmark.pieces] = ""

    def replace_since(self, bookmark: Bookmark, text: str) -> None:
        """Write another text in place of what was written since; the line must not have ended."""
        self._pieces[bookmark.pieces :] = [text]

    # Preformatted text

    def start_preformatted(self, kind: BlockKind, language: str) -> None:
        """Begin a block that keeps its white space."""
        self.break_line()
        self.preformatted += 1
        if self.preformatted == 1:
            self.start_kind(kind)
            self.code_language = language

    def end_preformatted(self) -> None:
        """End a block that keeps its white space."""
        self.preformatted -= 1
        if self.preformatted:
            return
        text = preformatted_text("".join(self._pieces))
        self._pieces.clear()
        self._lines_begun += 1
        block = self._kinds[-1].copy()
        if self.code_language and block["kind"] == "code":
            block["language"] = self.code_language
        if text:
            self._add(block, text)
        for _, media in self._media:
            self._flow.add_media(media)
        self._media = []
        self.end_kind()

    # Lists

    def start_list(self, first_number: int | None) -> None:
        """Begin a list; `first_number` is None for bullets."""
        self.break_line()
        self._flow.end_table()
        self._flow.lists.append(first_number)

    def end_list(self) -> None:
        """End the innermost list."""
        self.break_line(LINE)
        self._flow.end_table()
        # In broken markup a list may open around a cell within its row; it ends with the cell.
        if self._flow.lists:
            self._flow.lists.pop()
        self._flow.marker = None
        self.break_line()

    def start_item(self, number: int | None) -> None:
        """Begin a list item; `number` is None where the item does not set its own."""
        self.break_line(LINE)
        self._flow.end_table()
        depth = max(1, len(self._flow.lists))  # an item may stand outside of any list
        self._flow.marker = ListMarker(depth, self._next_number(number))

    def end_item(self) -> None:
        """End a list item. One that wrote nothing leaves no marker behind."""
        self.break_line(LINE)
        self._flow.end_table()
        self._flow.marker = None

    def _next_number(self, number: int | None) -> int | None:
        lists = self._flow.lists
        if not lists or lists[-1] is None:
            return None
        if number is None:
            number = lists[-1]
        lists[-1] = number + 1
        return number

    # Tables

    def start_table(self) -> None:
        """Begin a table."""
        self.break_line()
        self._rows.append(None)

    def end_table(self) -> None:
        """End the innermost table."""
        self.break_line()
        self._flow.end_table()
        self._rows.pop()

    def divide_sections(self) -> None:
        """Begin or end a section of a table."""
        self._flow.divide_sections()

    def start_row(self) -> None:
        """Begin a row of a table."""
        self.break_line(LINE)
        if len(self._rows) > 2 * _MAX_NESTED_ROWS:  # each level is a table's border and a row
            self._rows.append(None)
            return
        self._rows.append(_Row(self._flow))
        self._flow = BlockFlow()

    def start_cell(self, span: CellSpan) -> None:
        """Begin a cell of a row."""
        self.break_line(LINE)
        row = self._innermost_row()
        if row is not None:
            self._end_loose_text(row)
            row.span = span

    def end_cell(self) -> None:
        """End a cell of a row."""
        self.break_line(LINE)
        row = self._innermost_row()
        if row is not None:
            row.cells.append(cell_of(self._flow.finish(), row.span))

    def end_row(self) -> None:
        """End a row: it is one of values, or its cells are blocks by themselves."""
        self.break_line(LINE)
        row = self._rows.pop()
        if row is None:
            return
        self._end_loose_text(row)
        media = self._flow.finish()
        self._flow = row.outer
        if is_row_of_values(row.cells) or may_be_title(row.cells):
            self._flow.add_row(row.cells, line_of(row.cells), self._is_quoted())
        elif not row.cells:
            self._flow.add_empty_row()
        else:
            self._add_layout(row.cells)
        self._flow.add_inner(media)
        self.break_line(LINE)

    def _innermost_row(self) -> _Row | None:
        if not self._rows:
            return None
        return self._rows[-1]

    def _end_loose_text(self, row: _Row) -> None:
        """Make a cell of the text that stands in a row but outside its cells: nothing is lost."""
        flow = self._flow
        flow.close()
        if any(block["text"] for block in flow.blocks):
            row.cells.append(cell_of(flow.blocks, ONE_CELL))
            flow.blocks = []
            flow.gap = 0

    def _add_layout(self, cells: Sequence[Cell]) -> None:
        for cell in cells:
            self._flow.add_inner(cell.blocks)
            self.break_line(LINE if cell.lines == 1 else PARAGRAPH)
