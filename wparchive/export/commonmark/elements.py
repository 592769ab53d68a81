"""Parse safe HTML into a tree that is never deep, so that recursion over it is safe.

The parts of a table in it are its rows of cells, and what stands outside of them.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

SPAN_NAMES = {
    "strong": "strong",
    "b": "strong",
    "em": "em",
    "i": "em",
    "del": "del",
    "s": "del",
    "sup": "sup",
    "sub": "sub",
    "kbd": "kbd",
    "mark": "mark",
    "ins": "ins",
    "u": "u",
    "q": "q",
}
"""Inline elements that Markdown shows, and the name under which equal ones are the same."""
_LEAVES = frozenset({"br", "hr", "img"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_CONTAINERS = frozenset({"ul", "ol", "li", "blockquote"})
_TABLE_PARTS = frozenset({"table", "caption", "tr", "td", "th"})
_NESTED = _HEADINGS | _CONTAINERS | _TABLE_PARTS | {"pre", "code", "a"}
_MAY_REPEAT = _NESTED - {"pre", "code"} | {"q"}
"""Elements within which another one of them means something. An embed in a link is a link."""
_SECTIONS = frozenset({"div", "section", "article", "header", "footer", "address"})
_PARTS = frozenset({"p", "figure", "figcaption", "details", "summary", "dl", "dt", "dd"})
_BREAKS = _SECTIONS | _PARTS
"""Elements that are nothing but paragraphs: their beginning and end each become one `Break`."""
# Safe HTML has `<` only where a tag begins, and not in values of attributes.
_NO_TAG = re.compile(r"<(?!/?[a-zA-Z][^<>]*>)")
_MAX_DEPTH = 48
"""Of deeper elements only the content is kept, and the links."""
_ROW_GROUPS = frozenset({"thead", "tbody", "tfoot"})
_CELLS = frozenset({"td", "th"})
_NOT_IN_A_CELL = frozenset(["pre", "table", "blockquote", "hr", "h1", "h2", "h3", "h4", "h5", "h6"])
"""Elements that a cell of GitHub's tables cannot hold, being one line."""
_MAX_COLUMNS = 30
"""A cell over more columns means all of them, and is written over one."""
_GAPS_PER_CELL = 10
"""Hostile tables span more than they hold: then spans no longer count."""


class Break:
    """A boundary between two paragraphs."""


@dataclass(slots=True)
class MarkupElement:
    """An element with its children in order; a text is a child of type `str`."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["MarkupElement | Break | str"] = field(default_factory=list)

    def elements(self) -> Iterator["MarkupElement"]:
        """Yield all elements below this one, in order."""
        for child in self.children:
            if isinstance(child, MarkupElement):
                yield child
                yield from child.elements()

    def holds(self, tags: frozenset[str]) -> bool:
        """Return whether an element with one of the tags is below this one."""
        return any(element.tag in tags for element in self.elements())


_BREAK = Break()


def parse_elements(html: str) -> MarkupElement:
    """Return the root of a fragment; bad markup never raises."""
    parser = _Parser()
    # HTMLParser looks from each `<` that ends nowhere to the end of the text, which takes minutes
    # for the many of an imported post that nobody has cleaned.
    parser.feed(_NO_TAG.sub("&lt;", html))
    parser.close()
    return parser.root


class _Parser(HTMLParser):
    """A parser with a stack of open elements, which `_MAX_DEPTH` bounds."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = MarkupElement("")
        self._open = [self.root]
        self._names: Counter[str] = Counter()
        """How many elements of each name are open."""
        self._left_out: Counter[str] = Counter()
        """How many start tags made no element, and still await their end tags."""
        self._starts_code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._starts_code = tag == "pre"
        siblings = self._open[-1].children
        attributes = {name: value or "" for name, value in attrs}
        if tag in _BREAKS:
            siblings.append(_BREAK)
        elif tag in _LEAVES or self._divides_rows(tag):
            siblings.append(MarkupElement(tag, attributes))
        elif tag == "a" and not attributes.get("href"):
            self._left_out[tag] += 1
        elif tag in _NESTED or tag in SPAN_NAMES:
            self._start(MarkupElement(tag, attributes))

    def handle_endtag(self, tag: str) -> None:
        self._starts_code = False
        if tag in _BREAKS:
            self._open[-1].children.append(_BREAK)
        elif self._divides_rows(tag):
            self._open[-1].children.append(MarkupElement(tag))
        elif self._left_out[tag]:
            self._left_out[tag] -= 1
            self._end_line_of(tag)
        elif any(element.tag == tag for element in self._open[1:]):
            while self._end() != tag:
                pass

    def handle_data(self, data: str) -> None:
        # Browsers leave out a line end that stands right after `<pre>`.
        if self._starts_code:
            data = data.removeprefix("\n")
        self._starts_code = False
        if data:
            self._open[-1].children.append(data)

    def _divides_rows(self, tag: str) -> bool:
        """Return whether a tag begins or ends a section of a table: it becomes a mark there."""
        return tag in _ROW_GROUPS and self._open[-1].tag == "table"

    def _start(self, element: MarkupElement) -> None:
        name = SPAN_NAMES.get(element.tag, element.tag)
        # Bold within bold is bold, and code does not nest.
        is_repeated = self._names[name] and name not in _MAY_REPEAT
        is_deep = len(self._open) > _MAX_DEPTH and (name != "a" or self._names[name])
        if is_repeated or is_deep:
            self._left_out[element.tag] += 1
            self._end_line_of(element.tag)
            return
        self._names[name] += 1
        self._open[-1].children.append(element)
        self._open.append(element)

    def _end_line_of(self, tag: str) -> None:
        """Keep apart what stands before and after a tag that made no element."""
        if tag == "pre":
            self._open[-1].children.append(_BREAK)

    def _end(self) -> str:
        tag = self._open.pop().tag
        self._names[SPAN_NAMES.get(tag, tag)] -= 1
        return tag


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
    section_begins = [0]
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
        elif isinstance(child, MarkupElement) and child.tag in _ROW_GROUPS:
            loose = None
            section_begins.append(len(table.rows))
        else:
            _add_outside(table, child)
    # A cell that spans rows ends with its section, as browsers show it.
    for begin, end in pairwise([*section_begins, len(table.rows)]):
        _limit_spans(table.rows[begin:end])
    return table


def _limit_spans(section: Sequence[Row]) -> None:
    """Let no cell reach beyond its section; one that spans no row spans all that are left."""
    for number, row in enumerate(section):
        rows_left = len(section) - number
        for cell in row:
            span = cell_span(cell, "rowspan") or rows_left
            cell.attributes["rowspan"] = str(min(span, rows_left))


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


def cell_places(rows: Sequence[Row]) -> list[list[MarkupElement | None]]:
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
            width = max(1, cell_span(cell, "colspan"))
            if width > _MAX_COLUMNS or width > gaps_left:
                width = 1
            last = number + cell_span(cell, "rowspan")
            for column in range(len(placed), len(placed) + width):
                covered[column] = last
            placed += [cell] + [None] * (width - 1)
            gaps_left -= width - 1
        places.append(placed)
    return places


def cell_span(cell: MarkupElement, name: str) -> int:
    """Return how many columns or rows a cell spans, as it says; nonsense is one."""
    value = cell.attributes.get(name, "")
    if value.isdecimal() and len(value) <= 6:
        return int(value)
    return 1
