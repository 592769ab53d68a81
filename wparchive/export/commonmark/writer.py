"""Write blocks: paragraphs, and what stands between them.

A writer holds the blocks of one container: the document, a list item, a quotation or a cell. The
function of a tag (`tag_writers.py`) is given the writer and an element. It writes into the writer's
line, or it lets an inner writer write the children and adds what comes of it as a block.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from wparchive.export.commonmark.elements import Break, MarkupElement
from wparchive.export.commonmark.escape import escape_heading, escape_line_start
from wparchive.export.commonmark.line import MarkdownLine
from wparchive.export.commonmark.render import render_line

_MAX_LEVELS = 18
"""Renderers read no more than 20 levels of containers: what is deeper is written without."""


class Block(NamedTuple):
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
        self.blocks: list[Block] = []
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
            self.blocks.append(Block(f"{self.heading} {text}"))
            return
        lines = render_line(pieces).split("\n")
        text = "\n".join(escape_line_start(line) for line in lines)
        self.blocks.append(Block(text, is_paragraph=True))

    def add(self, markdown: str, marker: str = "") -> None:
        """Add a finished block."""
        self.end_block()
        self.blocks.append(Block(markdown, marker))

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

    def inner_blocks(self, element: MarkupElement, levels: int = 0) -> list[Block]:
        """Return what an inner writer makes of an element's children."""
        writer = self.inner_writer(levels)
        writer.write_children(element)
        return writer.finish()

    def finish(self) -> list[Block]:
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


class CellWriter(BlockWriter):
    """A writer of one cell, which is a single line: blocks are divided by `<br>`."""

    def end_block(self) -> None:
        """Write a line break."""
        self.line.break_once()

    def takes_code(self) -> bool:
        """Return False: a block is more than one line."""
        return False

    def text(self) -> str:
        """Return the cell, in which no bar divides cells."""
        return render_line(self.line.take(), "<br>").replace("|", "\\|")


def join_blocks(blocks: list[Block]) -> str:
    """Return blocks one after the other, with blank lines between them."""
    return "\n\n".join(block.markdown for block in blocks)
