"""Write safe HTML as Markdown: CommonMark with GitHub's tables and strikethrough.

Rendering the result gives the words, links, images, table cells and lines of code of the HTML.
Where Markdown cannot say something, its HTML tags are used, which CommonMark allows.
"""

from wparchive.export.commonmark.elements import parse_elements
from wparchive.export.commonmark.escape import collapse_blanks, escape_heading, escape_text
from wparchive.export.commonmark.line import MarkdownLine
from wparchive.export.commonmark.tag_writers import TAG_WRITERS
from wparchive.export.commonmark.writer import BlockWriter, join_blocks


def html_to_markdown(html: str) -> str:
    """Return the Markdown of an HTML fragment; the text of unknown elements is kept."""
    writer = BlockWriter(TAG_WRITERS, MarkdownLine())
    writer.write_children(parse_elements(html))
    return join_blocks(writer.finish()) + "\n"


def markdown_heading(text: str) -> str:
    """Return plain text as a heading of the first level, without a line end."""
    return "# " + escape_heading(escape_text(collapse_blanks(text).strip()))
