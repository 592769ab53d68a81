"""Write tables: GitHub's, or tags with Markdown in the cells where a cell needs blocks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from wparchive.export.commonmark.elements import Break, MarkupElement
from wparchive.export.commonmark.writer import BlockWriter, join_blocks

_CELLS = frozenset({"td", "th"})
_NOT_IN_A_CELL = frozenset(["pre", "table", "blockquote", "hr", "h1", "h2", "h3", "h4", "h5", "h6"])
"""Elements that a cell of GitHub's tables cannot hold, being one line."""
_MAX_COLUMNS = 30
"""A cell over more columns means all of them, and is written over one."""
_GAPS_PER_CELL = 10
"""Hostile tables span more than they hold: then spans no longer count."""

Row = list[MarkupElement]


@dataclass(slots=True)
class Table:
    """A table's rows of cells, and what stands outside of them: a caption, for instance."""

    rows: list[Row] = field(default_factory=list)
    outside: MarkupElement = field(default_factory=lambda: MarkupElement(""))

    def is_simple(self) -> bool:
        """Return whether each cell can be one line."""
        return not any(cell.holds(_NOT_IN_A_CELL) for row in self.rows for cell in row)


def read_table(element: MarkupElement) -> Table:
    """Return the parts of a table; cells outside rows are a row of their own."""
    table = Table()
    loose: Row | None = None
    for child in element.children:
        if isinstance(child, MarkupElement) and child.tag in _CELLS:
            if loose is None:
                loose = []
                table.rows.append(loose)
            loose.append(child)
        elif isinstance(child, MarkupElement) and child.tag == "tr":
            loose = None
            _read_row(child, table)
        else:
            _add_outside(table, child)
    return table


def _read_row(row: MarkupElement, table: Table) -> None:
    cells: Row = []
    for child in row.children:
        if isinstance(child, MarkupElement) and child.tag in _CELLS:
            cells.append(child)
        else:
            _add_outside(table, child)
    table.rows.append(cells)


def _add_outside(table: Table, child: MarkupElement | Break | str) -> None:
    table.outside.children.append(child)


def grid_table(rows: Sequence[Row], cell_text: Callable[[MarkupElement], str]) -> str:
    """Return one of GitHub's tables, whose first row is its header: it has none without one.

    A cell over several columns or rows stands in the first of its places; the others are empty.
    """
    places = _places(rows)
    lines = []
    columns = max(1, *(len(row) for row in places))
    # Only the header needs all columns: shorter rows are filled by who renders them.
    places[0] += [None] * (columns - len(places[0]))
    for row in places:
        texts = [cell_text(cell) if cell else "" for cell in row]
        lines.append("| " + " | ".join(text or " " for text in texts) + " |")
    lines.insert(1, "|" + " --- |" * columns)
    return "\n".join(lines)


def _places(rows: Sequence[Row]) -> list[list[MarkupElement | None]]:
    """Return each row's cells in their columns, and None where there is none."""
    gaps_left = _GAPS_PER_CELL * sum(len(row) for row in rows) + 100
    covered: dict[int, int] = {}  # by column: the first row that is no longer covered
    places = []
    for number, row in enumerate(rows):
        placed: list[MarkupElement | None] = []
        for cell in row:
            while gaps_left > 0 and covered.get(len(placed), 0) > number:
                placed.append(None)
                gaps_left -= 1
            width = _span(cell, "colspan")
            if width > _MAX_COLUMNS or width > gaps_left:
                width = 1
            last = number + _span(cell, "rowspan")
            for column in range(len(placed), len(placed) + width):
                covered[column] = last
            placed += [cell] + [None] * (width - 1)
            gaps_left -= width - 1
        places.append(placed)
    return places


def _span(cell: MarkupElement, name: str) -> int:
    value = cell.attributes.get(name, "")
    if value.isdecimal() and len(value) <= 6:
        return max(1, int(value))
    return 1


def tagged_table(writer: BlockWriter, rows: Sequence[Row]) -> str:
    """Return a table as tags. Blank lines around what a cell holds make it Markdown again."""
    lines = ["<table>"]
    for row in rows:
        lines.append("<tr>")
        lines += [_tagged_cell(cell, join_blocks(writer.inner_blocks(cell))) for cell in row]
        lines.append("</tr>")
    lines.append("</table>")
    return "\n".join(lines)


def _tagged_cell(cell: MarkupElement, content: str) -> str:
    spans = "".join(
        f' {name}="{_span(cell, name)}"' for name in ("colspan", "rowspan") if _span(cell, name) > 1
    )
    if content:
        content = f"\n\n{content}\n\n"
    return f"<{cell.tag}{spans}>{content}</{cell.tag}>"
