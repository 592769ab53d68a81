"""Write blocks: paragraphs, and what stands between them.

A writer holds the blocks of one container: the document, a list item, a quotation or a cell. The
function of a tag (`tag_writers.py`) is given the writer and an element. It writes into the writer's
line, or it lets an inner writer write the children and adds what comes of it as a block.

At its end, a line is rendered. Emphasis is written with stars where CommonMark's rules for them
hold, whatever stands beside them. Elsewhere HTML tags say it: in Chinese and Japanese, where bold
text often begins or ends with punctuation and touches a letter, and where two emphasised texts
touch each other.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from wparchive.export.commonmark.elements import Break, MarkupElement
from wparchive.export.commonmark.escape import (
    escape_heading,
    escape_line_start,
    escape_text,
    link_target,
)
from wparchive.export.commonmark.line import (
    Code,
    Gap,
    LinePiece,
    MarkdownLine,
    Raw,
    Span,
    SpanEdge,
    Text,
)

_MAX_LEVELS = 18
"""Renderers read no more than 20 levels of containers: what is deeper is written without."""


class MarkdownBlock(NamedTuple):
    """A finished block of Markdown."""

    markdown: str
    marker: str = ""
    """The marker of a list: two lists side by side need different ones."""
    is_paragraph: bool = False


class BlockWriter:
    """A writer of the blocks of one container."""

    def __init__(
        self, tag_writers: Mapping[str, "TagWriter"], line: MarkdownLine, level: int = 0
    ) -> None:
        self.line = line
        self.blocks: list[MarkdownBlock] = []
        self.heading = ""
        """The number signs of the open heading."""
        self.touches_next = False
        """Whether the element that is written now is part of a word with what follows it."""
        self.tag_writers = tag_writers
        self._level = level

    def write_children(self, element: MarkupElement) -> None:
        """Write all that an element holds."""
        for number, child in enumerate(element.children):
            if isinstance(child, str):
                self.line.write_text(child)
            elif isinstance(child, Break):
                self.end_block()
            else:
                self.touches_next = _touches_next(element, number)
                self.write_element(child)

    def write_element(self, element: MarkupElement) -> None:
        """Give an element to the function of its tag."""
        write_tag = self.tag_writers.get(element.tag)
        if write_tag is None:
            self.end_block()
            self.write_children(element)
            self.end_block()
        else:
            write_tag(self, element)

    def end_block(self) -> None:
        """End the paragraph or the heading."""
        pieces = self.line.take()
        if not pieces:
            return
        if self.heading:
            text = escape_heading(render_line(pieces, "<br>"))
            self.blocks.append(MarkdownBlock(f"{self.heading} {text}"))
            return
        lines = render_line(pieces).split("\n")
        text = "\n".join(escape_line_start(line) for line in lines)
        self.blocks.append(MarkdownBlock(text, is_paragraph=True))

    def add(self, markdown: str, marker: str = "") -> None:
        """Add a finished block."""
        self.end_block()
        self.blocks.append(MarkdownBlock(markdown, marker))

    def takes_code(self) -> bool:
        """Return whether a block of code may stand here, which would divide a word."""
        is_within_word = self.touches_next or not self.line.is_separated()
        return not (self.heading or self.line.spans or is_within_word)

    def may_nest(self, levels: int) -> bool:
        """Return whether a container of so many levels may be written here."""
        return self._level + levels <= _MAX_LEVELS

    def inner_writer(self, levels: int = 0) -> "BlockWriter":
        """Return a writer for a container in this one; what is open here is open there, too."""
        self.end_block()
        line = MarkdownLine(self.line.unwritten())
        return BlockWriter(self.tag_writers, line, self._level + levels)

    def inner_blocks(self, element: MarkupElement, levels: int = 0) -> list[MarkdownBlock]:
        """Return what an inner writer makes of an element's children."""
        writer = self.inner_writer(levels)
        writer.write_children(element)
        return writer.finish()

    def finish(self) -> list[MarkdownBlock]:
        """End what is open, and return all blocks."""
        self.end_block()
        return self.blocks


def _touches_next(element: MarkupElement, number: int) -> bool:
    following = element.children[number + 1 : number + 2]
    if not following or isinstance(following[0], Break):
        return False
    if isinstance(following[0], str):
        return not following[0][:1].isspace()
    return following[0].tag != "br"


TagWriter = Callable[[BlockWriter, MarkupElement], None]


class LineWriter(BlockWriter):
    """A writer of a cell, or of code with links, in one line: blocks are divided by breaks."""

    def end_block(self) -> None:
        """Write a line break."""
        self.line.break_once()

    def takes_code(self) -> bool:
        """Return False: a block is more than one line."""
        return False

    def text(self) -> str:
        """Return the cell, in which no bar divides cells."""
        return render_line(self.line.take(), "<br>").replace("|", "\\|")


def join_blocks(blocks: list[MarkdownBlock]) -> str:
    """Return blocks one after the other, with blank lines between them."""
    return "\n\n".join(block.markdown for block in blocks)


HARD_BREAK = "\\\n"
_MARKS = {"strong": "**", "em": "*", "del": "~~"}
_STARS = frozenset({"strong", "em"})


def render_line(pieces: Sequence[LinePiece], line_break: str = HARD_BREAK) -> str:
    """Return the Markdown of one line, which may hold line breaks.

    `line_break` says how these are written: headings and cells are one line of Markdown.
    """
    marks = _choose_marks(pieces)
    parts: list[str] = []
    for number, piece in enumerate(pieces):
        following = pieces[number + 1 : number + 2]
        if isinstance(piece, SpanEdge):
            parts.append(_render_edge(piece, marks.get(number)))
        else:
            parts.append(_render(piece, following, line_break))
    return "".join(parts)


def _render(piece: Text | Code | Raw | Gap, following: Sequence[LinePiece], line_break: str) -> str:
    if isinstance(piece, Text):
        return _render_text("".join(piece.parts), following)
    if isinstance(piece, Code):
        return _render_code("".join(piece.parts))
    if isinstance(piece, Raw):
        return piece.text
    return line_break * piece.breaks or " "


def _render_text(text: str, following: Sequence[LinePiece]) -> str:
    escaped = escape_text(text)
    # `![` would begin an image.
    if text.endswith("!") and following and _is_link(following[0]):
        return escaped[:-1] + "\\!"
    return escaped


def _is_link(piece: LinePiece) -> bool:
    if isinstance(piece, Raw):
        return piece.text.startswith("[")
    return isinstance(piece, SpanEdge) and bool(piece.span.target)


def _render_code(code: str) -> str:
    """Return code between backticks, more of them than stand in the code."""
    runs = {len(run) for run in re.findall(r"`+", code)}
    length = 1
    while length in runs:
        length += 1
    fence = "`" * length
    if code.startswith("`") or code.endswith("`"):
        code = f" {code} "
    return fence + code + fence


def _render_edge(edge: SpanEdge, mark: str | None) -> str:
    span = edge.span
    if span.target and edge.is_start:
        return "["
    if span.target:
        return f"]({link_target(span.target)})"
    if mark is not None:
        return mark
    if edge.is_start:
        return f"<{span.name}>"
    return f"</{span.name}>"


def _choose_marks(pieces: Sequence[LinePiece]) -> dict[int, str]:
    """Return the marks of the spans that marks can say, by place; the others need tags.

    A span that ends before a link and goes on in it has two starts and two ends.
    """
    starts: dict[Span, int] = {}
    marks: dict[int, str] = {}
    # Where bold and emphasis coincide, the outer one has all three stars and the inner one none.
    for end, piece in enumerate(pieces):
        if not isinstance(piece, SpanEdge) or piece.span.name not in _MARKS:
            continue
        span = piece.span
        if piece.is_start:
            starts[span] = end
            continue
        start = starts[span]
        if end == start + 1:
            marks[start] = marks[end] = ""  # stars around nothing would be shown
            continue
        is_double = _coincides(pieces, start, end)
        depth = 1 + is_double
        if not _may_stand(pieces, start - 1, start + depth):
            continue
        if not _may_stand(pieces, end + 1, end - depth):
            continue
        marks[start] = marks[end] = _MARKS[span.name]
        if is_double:
            marks[start] = marks[end] = "***"
            marks[start + 1] = marks[end - 1] = ""
    return marks


def _coincides(pieces: Sequence[LinePiece], start: int, end: int) -> bool:
    """Return whether a span of stars begins and ends together with another one, within it."""
    first = pieces[start + 1]
    last = pieces[end - 1]
    if not (isinstance(first, SpanEdge) and isinstance(last, SpanEdge) and first.span is last.span):
        return False
    outer = pieces[start]
    assert isinstance(outer, SpanEdge)
    return {outer.span.name, first.span.name} == _STARS


def _may_stand(pieces: Sequence[LinePiece], outside: int, inside: int) -> bool:
    """Return whether a mark has its meaning between two pieces, by CommonMark's flanking rule."""
    if not 0 <= outside < len(pieces):
        return True
    piece = pieces[outside]
    if isinstance(piece, SpanEdge) and piece.span.name in _MARKS:
        return False  # the stars of both would be one run
    before = _edge_character(piece, at_end=outside < inside)
    return _ends_word(before) or not _is_symbol(
        _edge_character(pieces[inside], at_end=outside > inside)
    )


def _edge_character(piece: LinePiece, at_end: bool) -> str:
    """Return the last or first character of a piece; a full stop stands for any punctuation."""
    if isinstance(piece, Gap):
        return " "
    if not isinstance(piece, Text):
        return "."
    if at_end:
        return piece.parts[-1][-1]
    return piece.parts[0][0]


def _ends_word(character: str) -> bool:
    """Return whether every renderer takes the character for punctuation or white space."""
    if character.isascii():
        return not character.isalnum()
    return character.isspace() or unicodedata.category(character).startswith("P")


def _is_symbol(character: str) -> bool:
    """Return whether any renderer takes the character for punctuation: some take symbols for it."""
    return unicodedata.category(character)[0] in "PS"
