"""Say what each tag does: one function a tag, found by its name.

A tag that is not in the table ends the paragraph before it and after it.
"""

import re
from collections.abc import Callable, Sequence

from wparchive.export.commonmark.elements import (
    SPAN_NAMES,
    MarkupElement,
    Row,
    cell_places,
    cell_span,
    read_table,
)
from wparchive.export.commonmark.escape import (
    WITHIN_LINES,
    collapse_blanks,
    divides_at_ends,
    escape_text,
    fenced,
    html_code,
    link_target,
    plain_code,
)
from wparchive.export.commonmark.line import MarkdownLine, Span
from wparchive.export.commonmark.writer import (
    BlockWriter,
    LineWriter,
    MarkdownBlock,
    TagWriter,
    join_blocks,
)

_LINKS = frozenset({"a", "img"})
_NUMBER_DIGITS = 8
"""CommonMark takes numbers of nine digits: the last item of a list must not have more."""
_PLAIN_ADDRESS = re.compile(r"https?://(?!\S*xn--)[a-z0-9.-]+(?:/[A-Za-z0-9_./?=+#-]*)?")
"""Addresses that every renderer shows to the letter between `<` and `>`."""
_RULE = "***"
"""Dashes would be a list item in a list item."""


def write_span(writer: BlockWriter, element: MarkupElement) -> None:
    """Write an inline element."""
    _write_span(writer, element, Span(SPAN_NAMES[element.tag]))


def write_link(writer: BlockWriter, element: MarkupElement) -> None:
    """Write a link, around the first paragraph where it holds several."""
    target = element.attributes["href"]
    writer.line.end_links()
    if element.children == [target] and _PLAIN_ADDRESS.fullmatch(target):
        writer.line.write_raw(f"<{target}>")
    else:
        _write_span(writer, element, Span("a", target))


def _write_span(writer: BlockWriter, element: MarkupElement, span: Span) -> None:
    writer.line.open(span)
    writer.write_children(element)
    writer.line.close()


def write_image(writer: BlockWriter, element: MarkupElement) -> None:
    """Write an image."""
    source = element.attributes.get("src")
    if source:
        alt = escape_text(collapse_blanks(element.attributes.get("alt", "")).strip())
        writer.line.write_raw(f"![{alt}]({link_target(source)})")


def write_line_break(writer: BlockWriter, element: MarkupElement) -> None:
    """Write a line break."""
    writer.line.write_break()


def write_rule(writer: BlockWriter, element: MarkupElement) -> None:
    """Write a rule between two paragraphs."""
    writer.add(_RULE)


def write_heading(writer: BlockWriter, element: MarkupElement) -> None:
    """Write a heading."""
    writer.end_block()
    before = writer.heading
    writer.heading = "#" * int(element.tag[1])
    writer.write_children(element)
    writer.end_block()
    writer.heading = before


def write_code(writer: BlockWriter, element: MarkupElement) -> None:
    """Write code: several lines of it are a block, where a block may stand."""
    code = plain_code(element)
    if "\n" not in code and not element.holds(_LINKS):
        _write_code_line(writer, element, code)
    elif "\n" not in code:
        _write_code_pieces(writer, element)
    elif element.holds(_LINKS) or not writer.takes_code():
        if element.holds(frozenset({"a"})):
            writer.line.end_links()
        # What ends a line of code must not end the code, as a rule or a list within it would.
        lines = LineWriter(_CODE_TAG_WRITERS, writer.line)
        _write_span(lines, _with_breaks(element), Span("code"))
    else:
        writer.add(fenced(code, ""))


def _with_breaks(element: MarkupElement, is_preformatted: bool = False) -> MarkupElement:
    """Return an element in which the line ends of preformatted text are elements, too."""
    copy = MarkupElement(element.tag, element.attributes)
    for child in element.children:
        if isinstance(child, MarkupElement):
            copy.children.append(_with_breaks(child, is_preformatted or child.tag == "pre"))
        elif isinstance(child, str) and is_preformatted:
            for number, line in enumerate(child.split("\n")):
                copy.children += [MarkupElement("br")] * bool(number) + [line]
        else:
            copy.children.append(child)
    return copy


def _write_code_line(writer: BlockWriter, element: MarkupElement, code: str) -> None:
    """Write code on one line; a block at its end divides it from the word beside it."""
    divides_before, divides_after = divides_at_ends(element)
    if divides_before:
        writer.line.break_once()
    writer.line.write_code(code)
    if divides_after:
        writer.line.break_once()


def _write_code_pieces(writer: BlockWriter, element: MarkupElement) -> None:
    """Write code on one line with links: each link holds its own piece of code."""
    for child in element.children:
        if isinstance(child, str):
            writer.line.write_code(child)
        elif isinstance(child, MarkupElement) and child.tag == "a":
            writer.line.end_links()
            writer.line.open(Span("a", child.attributes["href"]))
            _write_code_pieces(writer, child)
            writer.line.close()
        elif isinstance(child, MarkupElement) and child.tag in ("img", "br"):
            writer.write_element(child)
        elif isinstance(child, MarkupElement) and child.tag in WITHIN_LINES:
            _write_code_pieces(writer, child)
        else:
            writer.line.break_once()
            if isinstance(child, MarkupElement):
                _write_code_pieces(writer, child)
                writer.line.break_once()


def write_preformatted(writer: BlockWriter, element: MarkupElement) -> None:
    """Write a block of code. One with links is written with tags, because a fence has none."""
    if element.holds(frozenset({"a"})):
        writer.line.end_links()
    writer.end_block()
    code = plain_code(element, is_preformatted=True)
    if element.holds(_LINKS):
        writer.add(html_code(element))
    elif code:
        writer.add(fenced(code, _language(element)))


def _language(element: MarkupElement) -> str:
    """Return the language of code, as the block or the only element in it says."""
    for candidate in [element, *element.elements()]:
        named = candidate.attributes.get("class") or candidate.attributes.get("lang", "")
        found = re.fullmatch(r"(?:lang(?:uage)?-)?([\w+#.-]+)", named)
        if found:
            return found[1]
    return ""


def write_quote(writer: BlockWriter, element: MarkupElement) -> None:
    """Write a quotation. A post of a network that holds no link is followed by its address."""
    if not writer.may_nest(1):
        writer.write_children(element)
        return
    blocks = writer.inner_blocks(element, 1)
    source = element.attributes.get("cite", "")
    if source and "data-embed" in element.attributes and not element.holds(frozenset({"a"})):
        link = BlockWriter(writer.tag_writers, MarkdownLine())
        write_link(link, MarkupElement("a", {"href": source}, [source]))
        blocks += link.finish()
    if blocks:
        # Blank lines have no blank after the mark.
        quoted = re.sub(r"^(?=[^\n])", "> ", join_blocks(blocks), flags=re.MULTILINE)
        writer.add(re.sub(r"^$", ">", quoted, flags=re.MULTILINE))


def write_list(writer: BlockWriter, element: MarkupElement) -> None:
    """Write a list; what stands outside its items becomes items of their own."""
    if not writer.may_nest(2):
        writer.write_children(element)
        return
    writer.end_block()
    is_ordered = element.tag == "ol"
    number = _first_number(element.attributes.get("start", ""))
    marker = _marker(writer, is_ordered)
    items = []
    for child in _items(element):
        blocks = writer.inner_blocks(child, 2)
        if blocks:
            start = f"{marker} "
            if is_ordered:
                start = f"{number}{marker} "
            items.append(_item(start, blocks))
        number += 1
    if items:
        writer.add("\n".join(items), marker)


def _items(element: MarkupElement) -> list[MarkupElement]:
    items: list[MarkupElement] = []
    stray: MarkupElement | None = None
    for child in element.children:
        if isinstance(child, MarkupElement) and child.tag == "li":
            items.append(child)
            stray = None
        elif stray is not None:
            stray.children.append(child)
        elif isinstance(child, MarkupElement) or (isinstance(child, str) and child.strip()):
            stray = MarkupElement("li", {}, [child])
            items.append(stray)
    return items


def _first_number(start: str) -> int:
    if start.isdecimal() and len(start) <= _NUMBER_DIGITS:
        return int(start)
    return 1


def _marker(writer: BlockWriter, is_ordered: bool) -> str:
    """Return a marker that the list before does not have, or both would be one list."""
    usual, other = ("-", "+")
    if is_ordered:
        usual, other = (".", ")")
    if writer.blocks and writer.blocks[-1].marker == usual:
        return other
    return usual


def _item(start: str, blocks: list[MarkdownBlock]) -> str:
    text = blocks[0].markdown
    before = blocks[0]
    for block in blocks[1:]:
        text += "\n"
        if not _may_follow(block, before):
            text += "\n"
        text += block.markdown
        before = block
    # What belongs to an item stands under its text; blank lines stay empty.
    return start + re.sub(r"\n(?=[^\n])", "\n" + " " * len(start), text)


def _may_follow(block: MarkdownBlock, before: MarkdownBlock) -> bool:
    """Return whether a block may follow another one without a blank line.

    A list may follow text, if it begins with a bullet or with 1.
    """
    is_list = bool(block.marker) and re.match(r"[-+] |1[.)] ", block.markdown) is not None
    return is_list and (before.is_paragraph or bool(before.marker))


def write_table(writer: BlockWriter, element: MarkupElement) -> None:
    """Write a table; what stands outside its cells comes before it."""
    table = read_table(element)
    writer.end_block()
    writer.write_children(table.outside)
    writer.end_block()
    if not any(table.rows):
        return
    if table.is_simple():
        writer.add(_grid_table(table.rows, lambda cell: _cell_text(writer, cell)))
    else:
        writer.add(_tagged_table(writer, table.rows))


def _cell_text(writer: BlockWriter, cell: MarkupElement) -> str:
    cell_writer = LineWriter(_CELL_TAG_WRITERS, MarkdownLine(writer.line.unwritten()))
    cell_writer.write_children(cell)
    return cell_writer.text()


def _grid_table(rows: Sequence[Row], cell_text: Callable[[MarkupElement], str]) -> str:
    """Return one of GitHub's tables, whose first row is its header: it has none without one.

    A cell over several columns or rows stands in the first of its places; the others are empty.
    """
    places = cell_places(rows)
    lines = []
    columns = max(1, *(len(row) for row in places))
    # Only the header needs all columns: shorter rows are filled by who renders them.
    places[0] += [None] * (columns - len(places[0]))
    for row in places:
        texts = [cell_text(cell) if cell else "" for cell in row]
        lines.append("| " + " | ".join(text or " " for text in texts) + " |")
    lines.insert(1, "|" + " --- |" * columns)
    return "\n".join(lines)


def _tagged_table(writer: BlockWriter, rows: Sequence[Row]) -> str:
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
        f' {name}="{cell_span(cell, name)}"'
        for name in ("colspan", "rowspan")
        if cell_span(cell, name) > 1
    )
    if content:
        content = f"\n\n{content}\n\n"
    return f"<{cell.tag}{spans}>{content}</{cell.tag}>"


def write_tagged(writer: BlockWriter, element: MarkupElement) -> None:
    """Write a list or an item in a cell with its tags."""
    writer.line.write_tag(f"<{element.tag}>")
    writer.write_children(element)
    writer.line.write_tag(f"</{element.tag}>")


TAG_WRITERS: dict[str, TagWriter] = {
    **dict.fromkeys(SPAN_NAMES, write_span),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), write_heading),
    "a": write_link,
    "img": write_image,
    "br": write_line_break,
    "hr": write_rule,
    "code": write_code,
    "pre": write_preformatted,
    "blockquote": write_quote,
    "ul": write_list,
    "ol": write_list,
    "table": write_table,
}
"""What each tag does."""

_CODE_TAG_WRITERS: dict[str, TagWriter] = {
    **dict.fromkeys(SPAN_NAMES, write_span),
    "a": write_link,
    "img": write_image,
    "br": write_line_break,
}
"""What each tag does in code that is written with tags."""

_CELL_TAG_WRITERS: dict[str, TagWriter] = {
    **TAG_WRITERS,
    **dict.fromkeys(("ul", "ol", "li"), write_tagged),
}
"""What each tag does in a cell that is one line."""
