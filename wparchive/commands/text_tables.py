"""Tables on a terminal: columns aligned, and fitted where the terminal is narrow."""

from collections.abc import Iterable, Sequence

import click
from rich.cells import cell_len, set_cell_size

from wparchive.commands.output import (
    LABEL_WIDTH,
    SHORTEST_CELL,
    cell_width,
    cut_line,
    padded,
    styled,
    terminal_width,
)

_INDENT = "  "
"""Stands before the second line of a row."""


def text_table(
    headers: Sequence[str], rows: Iterable[Sequence[str]], right: frozenset[int] = frozenset()
) -> str:
    """Return columns aligned by what a terminal shows, where wide characters count two.

    The columns in `right` are aligned to the right. On a terminal that is too narrow, texts are
    cut, the last column first. Where that is not enough, a row takes more than one line.
    """
    lines = [list(headers), *(list(row) for row in rows)]
    columns = list(range(len(headers)))
    width = terminal_width()
    if width is None:
        tables = [_aligned(lines, columns, right)]
    else:
        tables = _fitted_tables(lines, right, width)
    shown = list(zip(*tables, strict=True))
    heading = [styled(line, bold=True) for line in shown[0]]
    # The second line of a row may have nothing to say.
    cells = [line for row in shown[1:] for place, line in enumerate(row) if line or not place]
    return "\n".join(heading + cells)


def _fitted_tables(lines: list[list[str]], right: frozenset[int], width: int) -> list[list[str]]:
    """Return the first lines of all rows, then the second ones, and so on: as many as needed."""
    widths = _column_widths(lines)
    least = [
        widths[i] if i in right else _least_width(column)
        for i, column in enumerate(zip(*lines, strict=True))
    ]
    groups = [list(range(len(widths)))]
    if _line_width(least) > width:
        wanted = [
            max(small, min(size, LABEL_WIDTH)) for small, size in zip(least, widths, strict=True)
        ]
        groups = _columns_by_line(wanted, width)
    tables: list[list[str]] = []
    for columns in groups:
        indent = _INDENT if tables else ""
        rooms = _rooms(widths, least, columns, width - len(indent))
        fitted = [[_cut_cell(text, rooms.get(i)) for i, text in enumerate(line)] for line in lines]
        tables.append([(indent + line).rstrip() for line in _aligned(fitted, columns, right)])
    return tables


def _columns_by_line(wanted: Sequence[int], width: int) -> list[list[int]]:
    """Return the columns that stand on the first line of a row, on the second one, and so on."""
    groups: list[list[int]] = [[]]
    for column in range(len(wanted)):
        taken = _line_width([wanted[i] for i in [*groups[-1], column]])
        if groups[-1] and taken > width - len(_INDENT):
            groups.append([])
        groups[-1].append(column)
    return groups


def _rooms(
    widths: Sequence[int], least: Sequence[int], columns: Sequence[int], width: int
) -> dict[int, int]:
    """Return how many cells each column of a line gets; the last one gives first."""
    over = _line_width([widths[i] for i in columns]) - width
    rooms = {}
    for column in reversed(columns):
        given = max(min(over, widths[column] - least[column]), 0)
        rooms[column] = widths[column] - given
        over -= given
    return rooms


def _line_width(widths: Sequence[int]) -> int:
    return sum(widths) + 2 * (len(widths) - 1)


def _column_widths(lines: list[list[str]]) -> list[int]:
    return [max(map(cell_width, column)) for column in zip(*lines, strict=True)]


def _least_width(column: Sequence[str]) -> int:
    """Return how many cells a column of texts needs at least."""
    # A cell in a style is short: one that is cut would lose the end of its style.
    styled_ones = [cell_width(text) for text in column if click.unstyle(text) != text]
    widest = max(map(cell_width, column))
    return max([min(widest, SHORTEST_CELL), *styled_ones])


def _cut_cell(text: str, room: int | None) -> str:
    """Return a cell that fits into its room: an address loses its middle, a sentence its end."""
    if room is None or cell_width(text) <= room:
        return text
    if " " in text:
        return cut_line(text, room)
    return cut_middle(text, room)


def _aligned(lines: list[list[str]], columns: Sequence[int], right: frozenset[int]) -> list[str]:
    """Return some columns of a table as lines."""
    chosen = [[line[i] for i in columns] for line in lines]
    widths = _column_widths(chosen)
    turned = frozenset(at for at, i in enumerate(columns) if i in right)
    return [_table_line(line, widths, turned) for line in chosen]


def _table_line(cells: Sequence[str], widths: Sequence[int], right: frozenset[int]) -> str:
    cells_shown = [
        padded(text, width, i in right)
        for i, (text, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(cells_shown).rstrip()


def cut_middle(text: str, width: int) -> str:
    """Return a text without its middle, so that it fits into a width of the terminal's cells.

    The beginning and the end of an address say more than its middle.
    """
    if cell_len(text) <= width:
        return text
    head = set_cell_size(text, width // 2).rstrip()
    # Characters may be two cells wide, so the end is cut until it fits.
    tail = text[-width:]
    while cell_len(head) + 1 + cell_len(tail) > width:
        tail = tail[1:]
    return f"{head}…{tail}"
