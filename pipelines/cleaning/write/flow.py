"""Blocks that follow each other, at their places in lists, tables and figures."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pipelines.cleaning.write.table import Cell, grid_of
from wparchive.model.blocks import Block, TableRow, placed_text

LINE = 1
"""The gap between two lines."""
PARAGRAPH = 2
"""The gap between two paragraphs: a blank line."""


class ListMarker(NamedTuple):
    """The marker of a list item."""

    depth: int
    number: int | None
    """None for a bullet."""


@dataclass(slots=True)
class TableRows:
    """Rows of one table that follow each other, each of them one line of text."""

    is_quoted: bool
    gap: int = 0
    """The gap before the first line."""
    marker: ListMarker | None = None
    """That of the list item which the first line begins; None where it begins none."""
    rows: list[Sequence[Cell]] = field(default_factory=list)
    section_begins: set[int] = field(default_factory=set)
    """The numbers of the rows at which a section of the table begins."""
    lines: list[str] = field(default_factory=list)

    def as_block(self) -> Block:
        """Return the rows as a table."""
        rows: list[TableRow] = [
            {"cells": cells} for cells in grid_of(self.rows, self.section_begins)
        ]
        block: Block = {"kind": "table", "text": "\n".join(self.lines), "rows": rows}
        if self.is_quoted:
            block["quoted"] = True
        return block


@dataclass(slots=True)
class BlockFlow:
    """The blocks of the whole content, or of one table cell."""

    blocks: list[Block] = field(default_factory=list)
    gap: int = 0
    """To be left before the next block."""
    lists: list[int | None] = field(default_factory=list)
    """The open lists: their next numbers; None for one of bullets."""
    marker: ListMarker | None = None
    """That of the list item whose first block is still to come."""
    may_go_on: bool = False
    """Whether the last line ended by a line break: then the next one belongs to its block."""
    _lines: list[str] = field(default_factory=list)  # of the last block, where it has several
    _media: list[Block] = field(default_factory=list)  # to come after the last block
    _rows: TableRows | None = None  # at the end; more may follow

    def finish(self) -> list[Block]:
        """Return all blocks, and start anew."""
        self.close()
        blocks = self.blocks
        self.blocks = []
        self.gap = 0
        self.lists = []
        self.marker = None
        return blocks

    def close(self) -> None:
        """End the last block and the rows at the end: nothing is added to them any more."""
        self.may_go_on = False
        if self._rows is not None:
            self._end_rows(self._rows)
        if self._lines:
            self.blocks[-1]["text"] = "\n".join(self._lines)
            self._lines = []
        if self._media:
            self.blocks += self._media
            self._media = []

    def go_on(self, line: str) -> None:
        """Add a line to the last block."""
        if not self._lines:
            self._lines.append(self.blocks[-1]["text"])
        self._lines.append(line)
        self.gap = 0

    def add(self, block: Block) -> None:
        """Add a block with text, at its place in the lists that are open."""
        self.may_go_on = False
        if self._lines or self._media or self._rows is not None:
            self.close()
        if self.gap < PARAGRAPH:
            block["tight"] = True
        self.gap = 0
        if self.marker is not None:
            _begin_item(block, self.marker)
            self.marker = None
        elif self.lists:
            block["depth"] = len(self.lists) + block.get("depth", 0)
        self.blocks.append(block)

    def add_media(self, block: Block) -> None:
        """Add a block without text. In a table or a paragraph it comes after the whole of it."""
        if self._rows is not None or self.may_go_on:
            self._media.append(block)
        else:
            self.close()
            self.blocks.append(block)

    def add_media_after(self, block: Block) -> None:
        """Add a block without text that stands in the last line, or right after it."""
        self._media.append(block)

    def add_inner(self, blocks: Sequence[Block]) -> None:
        """Add the blocks of a cell that belongs to a layout."""
        for block in blocks:
            if not block["text"]:
                self.add_media(block)
                continue
            if not block.pop("tight", False):
                self.gap = PARAGRAPH
            if self.marker is not None and "depth" in block:
                # A list that begins with another list's item keeps its marker within the text.
                block["text"] = placed_text(block)
                block.pop("ordered", None)
                block.pop("number", None)
            self.add(block)

    def add_row(self, cells: Sequence[Cell], line: str, is_quoted: bool) -> None:
        """Add a row of values, or one that may be the title of some."""
        if len(cells) == 1 and not _is_tight(cells[0].blocks):
            self.gap = PARAGRAPH
        if self._rows is not None and self._rows.lines and line and self.gap != LINE:
            self.close()
        if self._rows is None:
            self.close()
            self._rows = TableRows(is_quoted)
        rows = self._rows
        rows.rows.append(cells)
        if not line:
            return
        if not rows.lines:
            rows.gap = self.gap
            rows.marker = self.marker
            self.marker = None
        rows.lines.append(line)
        self.gap = 0

    def add_empty_row(self) -> None:
        """Add a row without cells: those above may reach over it."""
        if self._rows is not None:
            self._rows.rows.append(())

    def divide_sections(self) -> None:
        """End a section of a table: no cell reaches beyond it."""
        if self._rows is not None:
            self._rows.section_begins.add(len(self._rows.rows))

    def end_table(self) -> None:
        """End the rows at the end: what follows is another table."""
        if self._rows is not None:
            self.close()

    def _end_rows(self, rows: TableRows) -> None:
        """Add rows as a table; or as a layout, where all of them are single cells."""
        self._rows = None
        # What is to come after the rows is put aside.
        gap = self.gap
        marker = self.marker
        media = self._media
        self.gap = rows.gap
        self.marker = rows.marker
        self._media = []
        blocks = [block for cells in rows.rows for cell in cells for block in cell.blocks]
        if rows.lines and any(len(cells) > 1 for cells in rows.rows):
            self.add(rows.as_block())
            media = [block for block in blocks if not block["text"]] + media
        else:
            self.add_inner(blocks)
        self.gap = gap
        self.marker = marker
        self._media += media


def _begin_item(block: Block, marker: ListMarker) -> None:
    """Make a block the first one of a list item."""
    if block["kind"] == "quote":
        block["quoted"] = True
    if block["kind"] in ("paragraph", "quote"):
        block["kind"] = "list_item"
    block["depth"] = marker.depth
    block["ordered"] = marker.number is not None
    if marker.number is not None:
        block["number"] = marker.number


def _is_tight(blocks: Sequence[Block]) -> bool:
    """Return whether no blank line stands before the first text of a cell."""
    return any("tight" in block for block in blocks if block["text"])


@dataclass(slots=True)
class _Figure:
    """An open figure: its first image and its caption, where they have come."""

    image: Block | None = None
    caption: Block | None = None


class Figures:
    """The open figures, and the captions that are being written."""

    def __init__(self) -> None:
        self._open: list[_Figure] = []
        self._captions: list[_Figure | None] = []  # whose captions are open; None: nothing's

    def start(self) -> None:
        """Begin a figure."""
        self._open.append(_Figure())

    def end(self) -> None:
        """End the innermost figure."""
        self._open.pop()

    def start_caption(self) -> None:
        """Begin the caption of the innermost figure."""
        self._captions.append(self._open[-1] if self._open else None)

    def end_caption(self) -> None:
        """End the innermost caption."""
        self._captions.pop()

    def take_image(self, block: Block) -> bool:
        """Make an image the first one of its figure; return whether its caption has become it."""
        if not self._open or self._open[-1].image is not None:
            return False
        figure = self._open[-1]
        figure.image = block
        if figure.caption is None:
            return False
        # The caption stands above the image.
        figure.caption |= block | {"text": figure.caption["text"]}
        return True

    def captioned(self, block: Block, flow: BlockFlow) -> Block:
        """Return the block of a caption: that of its image, if that stands right before.

        A block that is no caption is returned as it is.
        """
        if not self._captions:
            return block
        figure = self._captions[-1]
        if figure is None or figure.caption is not None:  # its second paragraph
            return block
        figure.caption = block
        flow.close()
        if figure.image is None or not flow.blocks or flow.blocks[-1] is not figure.image:
            return block
        flow.blocks.pop()
        figure.image["text"] = block["text"]
        return figure.image
