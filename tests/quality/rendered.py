"""What a reader finds in HTML: the two sides of the law of the Markdown export."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from markdown_it import MarkdownIt

_MARKS = frozenset(
    {"b", "strong", "i", "em", "u", "s", "del", "ins", "mark", "small", "sub", "sup"}
)
_PHRASES = frozenset({"a", "abbr", "bdi", "bdo", "cite", "dfn", "q", "ruby", "span", "time"})
_LETTERS = frozenset({"code", "kbd", "samp", "var", "img"})
_INLINE = _MARKS | _PHRASES | _LETTERS
"""Elements that do not divide words; all others do."""
_CODE = frozenset({"pre", "code"})
_TABLE = frozenset({"table", "tr", "td", "th"})
_SECTIONS = frozenset({"thead", "tbody", "tfoot"})
_IMAGE = "\N{OBJECT REPLACEMENT CHARACTER}"
"""What stands for an image in a line of code: a line that holds one is not empty."""

_ALL_ROWS = 100


@dataclass
class Found:
    """Words, links and images in order, tables as rows of cells, and blocks of code as lines."""

    words: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    images: list[tuple[str, str]] = field(default_factory=list)
    tables: list[list[list[str]]] = field(default_factory=list)
    code_blocks: list[list[str]] = field(default_factory=list)
    code: str = ""
    """All code, without white space."""


def render(markdown: str) -> str:
    """Return the HTML of Markdown, with addresses as they are written."""
    renderer = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    # The renderer would encode addresses, and decode them where they are shown.
    renderer.normalizeLink = str  # type: ignore[method-assign]
    renderer.normalizeLinkText = str  # type: ignore[method-assign]
    return renderer.render(markdown)


def find(html: str) -> Found:
    """Return what a reader finds in HTML."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.finish()


@dataclass
class _Table:
    rows: list[list[str]] = field(default_factory=list)
    covered: set[tuple[int, int]] = field(default_factory=set)
    """The places, by row and column, that a cell from above spans."""
    cell: list[str] | None = None
    """The text of the open cell."""
    place: int = 0
    """The column of the open cell."""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found = Found()
        self._text: list[str] = []
        self._code: list[str] = []
        self._open_code: list[list[str]] = []
        self._in_pre = 0
        self._starts_pre = False
        self._tables: list[_Table] = []
        self._quotes: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._divide(tag)
        self._starts_pre = tag == "pre"
        if tag == "a" and values.get("href"):
            self.found.links.append(values["href"])
        elif tag == "img":
            self.found.images.append((values.get("src", ""), " ".join(values["alt"].split())))
            if self._open_code:
                self._open_code[0].append(_IMAGE)
        elif tag == "blockquote":
            source = values.get("cite", "") if "data-embed" in values else ""
            self._quotes.append((source, len(self.found.links)))
        elif tag in _TABLE and self._open_code:
            pass  # markup in code is code
        elif tag == "table":
            self._tables.append(_Table())
        elif tag == "tr" and self._tables:
            self._tables[-1].rows.append([])
        elif tag in _SECTIONS and self._tables:
            self._tables[-1].covered.clear()
        elif tag in ("td", "th") and self._tables:
            self._start_cell(values)
        elif tag in _CODE:
            self._in_pre += tag == "pre"
            self._open_code.append([])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self._divide(tag)
        self._starts_pre = False
        if tag == "blockquote" and self._quotes:
            self._end_quote()
        elif tag in _TABLE and self._open_code:
            pass
        elif tag == "table" and self._tables:
            self._end_cell()
            rows = [row for row in map(_trimmed, self._tables.pop().rows) if row]
            if rows:
                self.found.tables.append(rows)
        elif tag in _SECTIONS and self._tables:
            self._tables[-1].covered.clear()
        elif tag in ("td", "th") and self._tables:
            self._end_cell()
        elif tag in _CODE and self._open_code:
            self._end_code(tag)

    def handle_data(self, data: str) -> None:
        if self._starts_pre:
            data = data.removeprefix("\n")  # as browsers do
        self._starts_pre = False
        self._write(data)
        if self._open_code and data:
            self._code.append(data)
            if self._in_pre:
                self._open_code[0].append(data)
            else:
                self._open_code[0] += self._collapsed(data)

    def _collapsed(self, data: str) -> list[str]:
        """Return text with its blanks collapsed; none is shown at the start of a line."""
        text = " ".join(f"x{data}x".split())[1:-1]
        if not self._open_code[0] or self._open_code[0][-1].endswith(("\n", " ")):
            text = text.lstrip()
        return [text] * bool(text)

    def finish(self) -> Found:
        self.found.words = "".join(self._text).split()
        self.found.code = "".join("".join(self._code).split())
        return self.found

    def _write(self, text: str) -> None:
        self._text.append(text)
        for table in self._tables:
            if table.cell is not None:
                table.cell.append(text)

    def _divide(self, tag: str) -> None:
        if tag in _INLINE:
            return
        self._write("\n")
        if self._open_code:
            lines = self._open_code[0]
            if tag == "br" or (lines and not lines[-1].endswith("\n")):
                lines.append("\n")

    def _end_code(self, tag: str) -> None:
        text = "".join(self._open_code.pop())
        self._in_pre -= tag == "pre"
        if self._open_code:
            return
        lines = [line.replace("\xa0", " ").rstrip() for line in text.split("\n")]
        lines = "\n".join(lines).strip("\n").split("\n")
        if any(lines) and (tag == "pre" or len(lines) > 1):
            self.found.code_blocks.append(lines)

    def _end_quote(self) -> None:
        """A quoted post without links is read with its address."""
        source, links = self._quotes.pop()
        if source and len(self.found.links) == links:
            self.found.links.append(source)
            self._write(f"\n{source}\n")

    def _start_cell(self, values: dict[str, str]) -> None:
        self._end_cell()
        table = self._tables[-1]
        if not table.rows:
            table.rows.append([])
        number = len(table.rows) - 1
        row = table.rows[-1]
        while (number, len(row)) in table.covered:
            row.append("")
        width = int(values.get("colspan", 1)) or 1
        height = int(values.get("rowspan", 1)) or _ALL_ROWS
        width = 1 if width > 30 else width
        for down in range(1, min(height, _ALL_ROWS)):
            table.covered |= {(number + down, len(row) + right) for right in range(width)}
        table.cell = []
        table.place = len(row)
        row += [""] * width

    def _end_cell(self) -> None:
        table = self._tables[-1]
        if table.cell is not None and table.rows:
            table.rows[-1][table.place] = " ".join("".join(table.cell).split())
        table.cell = None


def _trimmed(row: list[str]) -> list[str]:
    while row and not row[-1]:
        row = row[:-1]
    return row
