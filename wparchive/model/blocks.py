"""The blocks of a post: its content in order, part by part, each with its plain text. Pure.

The cleaner writes them in its one pass over the HTML, and the post's `text` is written from them
(`text_of_blocks`). A block that is `removed` stands among the blocks and not in the text: whoever
removes blocks, or takes them back, needs no HTML.

    | kind | what it is | fields beside `text` |
    |---|---|---|
    | heading | a heading | `level` |
    | paragraph | a paragraph, a caption, a term or its definition | |
    | list_item | the first block of a list item | `depth`, `ordered`, `number` |
    | quote | a paragraph of a quotation | |
    | code | preformatted text | `language` |
    | table | a table of values, or rows of one | `rows` |
    | figure | an image; `text` is its caption | `url`, `alt` |
    | embed | foreign content; its `text` is empty | `url`, `provider`, `title` |
    | formula | a formula that stands alone | |

Layout tables are no tables: what stands in their cells are blocks by themselves.
"""

from collections.abc import Iterable
from typing import Literal, NotRequired, TypedDict

BlockKind = Literal[
    "heading",
    "paragraph",
    "list_item",
    "quote",
    "code",
    "table",
    "figure",
    "embed",
    "formula",
]
_MAX_INDENTED_LEVELS = 16  # indentation must not grow with hostile nesting


class TableRow(TypedDict):
    """A row of a table. It is an object, because not every database takes lists within lists."""

    cells: list[str]
    """The text of each cell, on one line."""


class Block(TypedDict):
    """A part of a post's content."""

    kind: BlockKind
    """What it is. It decides which other fields there are."""
    text: str
    """Its plain text, without list marker and indentation; lines end with a line feed. Empty for an
    image without a caption and for embeds."""
    tight: NotRequired[bool]
    """True if no blank line stands before it, as before items of a list and lines of a layout."""
    depth: NotRequired[int]
    """How many lists are around it; absent outside of lists."""
    ordered: NotRequired[bool]
    """Whether the list item that it begins is numbered. Present if it begins one."""
    number: NotRequired[int]
    """The number of the list item that it begins."""
    quoted: NotRequired[bool]
    """True if it stands in a quotation and is of another kind: a heading, a list item."""
    level: NotRequired[int]
    """The level of a heading: 1 to 6."""
    language: NotRequired[str]
    """The language of code, in lower case, if the page says it."""
    rows: NotRequired[list[TableRow]]
    """The rows of a table. All rows have the same number of cells. A cell that spans several
    columns or rows stands in each of them. Short rows end with empty cells."""
    url: NotRequired[str]
    """The absolute address of an image or an embed."""
    alt: NotRequired[str]
    """The alternative text of an image; may be empty."""
    provider: NotRequired[str]
    """The provider of an embed (`youtube`), or else the host of its address."""
    title: NotRequired[str]
    """The title of an embed; may be empty. A quoted post has its text in the blocks before it."""
    removed: NotRequired[str]
    """Why the block is no part of the text; absent if it is part of it."""


def text_of_blocks(blocks: Iterable[Block], with_removed: bool = False) -> str:
    """Return the plain text of blocks; `with_removed` as if none of them had been removed.

    A blank line separates blocks. List items and what else is `tight` only end the line; after
    removed blocks the gap is the widest of those that were passed over.
    """
    parts: list[str] = []
    is_apart = False
    for block in blocks:
        if not block["text"]:
            continue
        if "tight" not in block:
            is_apart = True
        if "removed" in block and not with_removed:
            continue
        parts.append("\n\n" if is_apart else "\n")
        parts.append(placed_text(block))
        is_apart = False
    return "".join(parts).strip("\n")


def placed_text(block: Block) -> str:
    """Return the text of a block with its list marker and indentation."""
    text = block["text"]
    depth = block.get("depth", 0)
    if not depth:
        return text
    within = _indentation(depth)
    if "\n" in text and block["kind"] != "code":  # code is kept to the letter
        text = text.replace("\n", "\n" + within)
    if "ordered" not in block:
        return within + text
    marker = "- "
    if block["ordered"]:
        marker = f"{block.get('number', 1)}. "
    return _indentation(depth - 1) + marker + text


def _indentation(levels: int) -> str:
    return "  " * min(levels, _MAX_INDENTED_LEVELS)
