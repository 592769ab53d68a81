"""Lines of a post, each with its links: what rules by structure and position look at."""

import re
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate

from pipelines.cleaning.rules.addresses import Destination, destination_of
from pipelines.cleaning.rules.stub_words import plain
from wparchive.model.blocks import Block
from wparchive.model.document_parts import Link

# Kinds of blocks whose lines are lines of running text.
_TEXT_KINDS = frozenset({"heading", "paragraph", "list_item", "quote"})
_MAX_GAP = 5_000  # characters between two links, in which the next one is looked for first
_MAX_LONG_SEARCHES = 50
_WORD = re.compile(r"\w")
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_PROSE = 40  # characters: a line of so many is a sentence
_SENTENCE = 12  # characters of a script without spaces, where they end like a sentence
_SENTENCE_ENDS = ("。", "！", "？", "」", "”")


class TextLine:
    """A line of a block; a block of any other kind than text is one line."""

    __slots__ = (
        *("_is_link", "_targets"),
        *("block", "is_text", "kind", "linked", "links", "places", "text"),
    )

    def __init__(self, block: int, kind: str, text: str) -> None:
        self.block = block
        """The number of its block."""
        self.kind = kind
        """The kind of its block."""
        self.text = text
        self.is_text = kind in _TEXT_KINDS
        """Whether it is a line of running text."""
        self.places: list[tuple[int, int]] = []
        """Where its links begin and end in its text, in order."""
        self.links: list[Link] = []
        """Its links."""
        self.linked = 0
        """The number of characters in its links."""
        # Rules ask again and again; lines get their links before the first one asks.
        self._is_link: bool | None = None
        self._targets: list[Destination] | None = None

    def add_link(self, begin: int, link: Link) -> None:
        """Add a link that begins at a place in the text."""
        size = len(link["text"])
        self.linked += size
        self.places.append((begin, begin + size))
        self.links.append(link)

    @property
    def is_link(self) -> bool:
        """Whether it is nothing but links, and signs around them."""
        if self._is_link is None:
            is_most = bool(self.places) and 2 * self.linked >= len(self.text)
            self._is_link = is_most and _WORD.search(self.around_links()) is None
        return self._is_link

    @property
    def is_media(self) -> bool:
        """Whether it is an image or an embed."""
        return self.kind in ("figure", "embed")

    @property
    def is_prose(self) -> bool:
        """Whether it is as long as a sentence, and most of it is no link."""
        size = len(self.text)
        if not self.is_text or self.kind == "heading" or size < _SENTENCE:
            return False
        if size < _PROSE and not is_unspaced(self.text):
            return False
        if size < _PROSE // 2 and not self.text.endswith(_SENTENCE_ENDS):
            return False
        return 2 * self.linked < size

    @property
    def plain(self) -> str:
        """Its text as the phrases of plug-ins are written down."""
        return plain(self.text)

    def around_links(self) -> str:
        """Return its text without its links, which are a space each."""
        parts = []
        position = 0
        for start, end in self.places:
            parts.append(self.text[position:start])
            position = end
        parts.append(self.text[position:])
        return " ".join(parts)

    def targets(self, base_url: str | None) -> list[Destination]:
        """Return where its links lead from the page at `base_url`, which is that of all calls."""
        if self._targets is None:
            self._targets = [destination_of(link["url"], base_url) for link in self.links]
        return self._targets


def is_unspaced(text: str) -> bool:
    """Return whether a text has letters of a script without spaces, of which few say much."""
    return _UNSPACED.search(text) is not None


def lines_of(
    blocks: Sequence[Block], links: Sequence[Link], text_before: Sequence[int] = ()
) -> list[TextLine]:
    """Return the lines of blocks, with their links.

    `text_before` says of each link how many characters stand in lines before it, if that is known.
    """
    lines = []
    for number, block in enumerate(blocks):
        kind = block["kind"]
        text = block["text"]
        if "\n" in text and kind in _TEXT_KINDS:
            lines += [TextLine(number, kind, line) for line in text.split("\n")]
        else:
            lines.append(TextLine(number, kind, text))
    if links:
        _place_links(lines, links, text_before or [0] * len(links))
    return lines


def _place_links(
    lines: Sequence[TextLine], links: Sequence[Link], text_before: Sequence[int]
) -> None:
    """Find each link in the lines, by its text and order.

    Links stand in the order of their ends. One whose text goes over several lines is not found.
    """
    # Where each line begins, and how much text stands before it: line breaks do not count.
    texts = [line.text for line in lines]
    sizes = list(accumulate(map(len, texts), initial=0))
    starts = [size + number for number, size in enumerate(sizes)]
    whole = "\n".join(texts)
    last = len(lines) - 1
    long_searches = 0
    position = current = 0
    for link, size in zip(links, text_before, strict=True):
        text = link["text"]
        if not text:
            continue
        # Its words may stand in the text before it too. Lines can only have grown since it was
        # read: by marks of lists and by signs between cells.
        begin = position
        if size > sizes[current]:
            begin = max(begin, starts[bisect_left(sizes, size, current, last)])
        found = whole.find(text, begin, begin + len(text) + _MAX_GAP)
        if found < 0 and long_searches < _MAX_LONG_SEARCHES:
            long_searches += 1
            found = whole.find(text, position)
        if found < 0:
            continue
        position = found + len(text)
        while current < last and starts[current + 1] <= found:
            current += 1
        lines[current].add_link(found - starts[current], link)


def without_lines(
    blocks: Sequence[Block], lines: Sequence[TextLine], removed: Mapping[int, str]
) -> list[Block]:
    """Return blocks in which the lines with these numbers are marked as removed, with the reason.

    A block of which some lines stay is split.
    """
    numbers: list[list[int]] = [[] for _ in blocks]
    for number, line in enumerate(lines):
        numbers[line.block].append(number)
    touched = {lines[number].block for number in removed}
    parts: list[Block] = []
    for block_number, block in enumerate(blocks):
        if block_number in touched:
            parts += _split(block, lines, numbers[block_number], removed)
        else:
            parts.append(block)
    return parts


def _split(
    block: Block, lines: Sequence[TextLine], numbers: Collection[int], removed: Mapping[int, str]
) -> list[Block]:
    parts: list[Block] = []
    last_reason: str | None = None
    for number in numbers:
        reason = removed.get(number)
        if parts and reason == last_reason:
            parts[-1]["text"] += "\n" + lines[number].text
            continue
        part = block.copy()
        part["text"] = lines[number].text
        if parts:
            part["tight"] = True
            # What goes on in a list item begins no other one.
            part.pop("ordered", None)
            part.pop("number", None)
        if reason is not None:
            part["removed"] = reason
        parts.append(part)
        last_reason = reason
    return parts
