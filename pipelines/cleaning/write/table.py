"""The cells of a table: what they are in one line of text, and where spans put them.

A row of several short cells is one of values. A row with long or preformatted cells belongs to a
layout: its cells are written as blocks by themselves. A row of one short cell may be a title in a
table of values.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from wparchive.model.blocks import Block, text_of_blocks

_LONG_CELL_LINES = 5  # a cell with more lines belongs to a layout, not to a table of values
_MAX_COLUMNS = 50  # a cell over more columns means all of them, and is written once
# Hostile tables span more than they hold: then spans no longer count.
_COPIES_PER_CELL = 8
_COPIES_FOR_ALL = 100


MAX_ROWS = 65_534
"""The greatest span of HTML. A cell that spans no row spans all that are left of its section."""


class CellSpan(NamedTuple):
    """The number of columns and rows that a cell covers."""

    columns: int = 1
    rows: int = 1


ONE_CELL = CellSpan()


@dataclass(slots=True)
class Cell:
    """A cell that has ended."""

    blocks: list[Block]
    span: CellSpan
    value: str
    """Its text on one line."""
    lines: int
    """How many lines its blocks have."""
    is_long: bool
    """Whether it is too long for a value, or preformatted."""


def cell_of(blocks: list[Block], span: CellSpan) -> Cell:
    """Return a cell that holds these blocks."""
    if len(blocks) == 1 and "depth" not in blocks[0] and "\n" not in blocks[0]["text"]:
        value = blocks[0]["text"].strip()  # as in nearly all cells
        return Cell(blocks, span, value, lines=bool(value), is_long=False)
    lines = 0
    is_long = False
    for block in blocks:
        if block["kind"] == "code":
            lines += 1
            is_long = is_long or "\n" in block["text"]
        elif block["text"]:
            lines += block["text"].count("\n") + 1
    parts = [line.strip() for line in text_of_blocks(blocks).split("\n") if line]
    return Cell(blocks, span, " ".join(parts), lines, is_long or lines > _LONG_CELL_LINES)


def is_row_of_values(cells: Sequence[Cell]) -> bool:
    """Return whether a row is one of values: several cells, all of them short."""
    return len(cells) > 1 and not any(cell.is_long for cell in cells)


def may_be_title(cells: Sequence[Cell]) -> bool:
    """Return whether a row is one cell of one line, as titles within a table are."""
    return len(cells) == 1 and cells[0].lines == 1 and not cells[0].is_long


def line_of(cells: Sequence[Cell]) -> str:
    """Return a row as one line; empty where all of its cells are."""
    values = [cell.value for cell in cells]
    if not any(values):
        return ""
    return " | ".join(values)


def grid_of(rows: Sequence[Sequence[Cell]], section_begins: Container[int]) -> list[list[str]]:
    """Return the values of rows, as many in each; a cell stands in each place that it covers.

    No cell reaches into the next section (`thead`, `tbody`). A row without cells is only counted:
    browsers give it no height.
    """
    copies_left = _COPIES_PER_CELL * sum(map(len, rows)) + _COPIES_FOR_ALL
    covered: dict[int, tuple[str, int]] = {}  # by column: the cell above, and its last row
    grid: list[list[str]] = []
    for number, cells in enumerate(rows):
        if number in section_begins:
            covered.clear()
        if not cells:
            continue
        values: list[str] = []
        for cell in cells:
            copies_left -= _copy_from_above(values, covered, number, copies_left)
            width = cell.span.columns
            if width > _MAX_COLUMNS or width > copies_left:
                width = 1
            last = number + cell.span.rows - 1
            if last > number:
                columns = range(len(values), len(values) + width)
                covered |= dict.fromkeys(columns, (cell.value, last))
            values += [cell.value] * width
            copies_left -= width - 1
        copies_left -= _copy_from_above(values, covered, number, copies_left)
        grid.append(values)
    _fill_short_rows(grid, copies_left)
    return grid


def _copy_from_above(
    values: list[str], covered: dict[int, tuple[str, int]], row: int, most: int
) -> int:
    """Write the cells that reach down into the next columns of a row; return how many."""
    copied = 0
    while copied < most:
        value, last = covered.get(len(values), ("", -1))
        if last < row:
            break
        values.append(value)
        copied += 1
    return copied


def _fill_short_rows(grid: list[list[str]], most: int) -> None:
    """Add empty cells to short rows, unless that would multiply what the table holds."""
    width = max(map(len, grid))
    if sum(width - len(row) for row in grid) > most:
        return
    for row in grid:
        row += [""] * (width - len(row))
