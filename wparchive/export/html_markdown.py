"""Safe HTML → Markdown (CommonMark, with GitHub's tables).

In one pass and without recursion, so that no nesting is too deep.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_HEADINGS = {f"h{level}": "#" * level + " " for level in range(1, 7)}
_INLINE_MARKS = {
    "strong": "**",
    "b": "**",
    "em": "*",
    "i": "*",
    "del": "~~",
    "s": "~~",
    "code": "`",
}
_SECTIONS = {"div", "section", "article", "header", "footer", "address"}
_PARAGRAPHS = {"p", "figure", "figcaption", "details", "summary", "caption", "dl", "dt", "dd"}
_BLOCKS = _HEADINGS.keys() | _SECTIONS | _PARAGRAPHS
_CONTAINERS = {"ul", "ol", "li", "blockquote", "table", "tr", "td", "th"}
_EMBEDS = {"iframe", "video", "audio", "source"}
_DEEPEST = 40
"""Containers nested deeper than this no longer indent."""
_SPECIAL = re.compile(r"[\\`*\[\]<]|(?<!\w)_|_(?!\w)")
"""Characters that would be markup. An underscore inside a word is none."""
_TABLE_ROW = re.compile(r"\| .* \|")
_LINE_START = re.compile(r"^(#{1,6} |[-+>] ?|\d+[.)] |={3,}|-{3,})", re.MULTILINE)
"""Beginnings of lines that would make a heading, a list, a quotation or a rule."""
_NUMBER_DIGITS = 9
"""CommonMark takes no longer numbers for a list's first item."""


@dataclass(slots=True)
class _Container:
    """An open list, list item, quotation, table, row or cell, with the finished blocks in it."""

    tag: str
    number: int = 1
    blocks: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Span:
    """An open inline element, with the text in it."""

    tag: str
    target: str = ""
    parts: list[str] = field(default_factory=list)


def html_to_markdown(html: str) -> str:
    """Return the Markdown of an HTML fragment; the text of unknown elements is kept."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    return parser.finish()


class _Parser(HTMLParser):
    """Builds blocks from the inside out: a closing tag makes one block of what it holds."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.containers = [_Container("root")]
        self.spans = [_Span("root")]
        self.heading = ""
        self.verbatim: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if self.verbatim is not None:
            if tag == "br":
                self.verbatim.append("\n")
        elif tag == "pre":
            self._end_block()
            self.verbatim = []
        elif tag in _CONTAINERS:
            self._open(tag, values)
        elif tag in _BLOCKS:
            self._end_block()
            self.heading = _HEADINGS.get(tag, "")
        elif tag in _INLINE_MARKS or tag == "a":
            self.spans.append(_Span(tag, values.get("href", "")))
        else:
            self._void(tag, values)

    def handle_endtag(self, tag: str) -> None:
        if tag == "pre" and self.verbatim is not None:
            self._add(_fenced("".join(self.verbatim).strip("\n")))
            self.verbatim = None
        elif self.verbatim is not None:
            return
        elif tag in _CONTAINERS:
            self._close(tag)
        elif tag in _BLOCKS:
            self._end_block()
        elif any(span.tag == tag for span in self.spans[1:]):
            while self._end_span() != tag:
                pass

    def handle_data(self, data: str) -> None:
        span = self.spans[-1]
        if self.verbatim is not None:
            self.verbatim.append(data)
        elif span.tag == "code":
            span.parts.append(data)
        else:
            span.parts.append(_escaped_text(data))

    def finish(self) -> str:
        """End everything that is still open, and return the Markdown."""
        if self.verbatim is not None:
            self.handle_endtag("pre")
        self._end_block()
        while len(self.containers) > 1:
            self._close(self.containers[-1].tag)
        return "\n\n".join(self.containers[0].blocks) + "\n"

    def _void(self, tag: str, values: dict[str, str]) -> None:
        """Write an element without content; other unknown elements write nothing."""
        parts = self.spans[-1].parts
        source = values.get("src")
        if tag == "br":
            parts.append("\\\n")
        elif tag == "hr":
            self._add("---")
        elif tag == "img" and source:
            parts.append(f"![{_escaped_text(values.get('alt', ''))}]({_target(source)})")
        elif tag in _EMBEDS and source:
            parts.append(f"<{source}>")

    def _end_span(self) -> str:
        span = self.spans.pop()
        text = "".join(span.parts)
        self.spans[-1].parts.append(_spanned(span, text))
        return span.tag

    def _end_block(self) -> None:
        while len(self.spans) > 1:
            self._end_span()
        lines = (line.strip(" ") for line in "".join(self.spans[0].parts).split("\n"))
        self.spans[0].parts.clear()
        text = re.sub(r"^(\\\n)+|(\\\n?)+$", "", "\n".join(lines)).strip()
        if text and self.heading:
            # A heading is one line of Markdown.
            text = self.heading + text.replace("\\\n", " ")
            self.containers[-1].blocks.append(text)
        elif text:
            self.containers[-1].blocks.append(_escaped_lines(text))
        self.heading = ""

    def _add(self, block: str) -> None:
        self._end_block()
        self.containers[-1].blocks.append(block)

    def _open(self, tag: str, values: dict[str, str]) -> None:
        self._end_block()
        # Too deep ones are not opened. Their end tags find no such container and do nothing.
        if len(self.containers) < _DEEPEST:
            self.containers.append(_Container(tag, _first_number(values.get("start", ""))))

    def _close(self, tag: str) -> None:
        self._end_block()
        if not any(container.tag == tag for container in self.containers[1:]):
            return
        while True:
            done = self.containers.pop()
            if block := _block(done, self.containers[-1]):
                self.containers[-1].blocks.append(block)
            if done.tag == tag:
                return


def _first_number(start: str) -> int:
    """Return the number of a list's first item."""
    if start.isdigit() and len(start) <= _NUMBER_DIGITS:
        return int(start)
    return 1


def _spanned(span: _Span, text: str) -> str:
    """Return an inline element's Markdown; blanks at its ends move outside of its marks."""
    inner = text.strip()
    if not inner:
        return text
    head = text[: len(text) - len(text.lstrip())]
    tail = text[len(text.rstrip()) :]
    if span.tag == "a" and not span.target:
        return text
    if span.tag == "a":
        return f"{head}[{inner}]({_target(span.target)}){tail}"
    mark = _INLINE_MARKS.get(span.tag, "")
    if span.tag == "code" and "`" in inner:
        return f"{head}`` {inner} ``{tail}"
    return f"{head}{mark}{inner}{mark}{tail}"


def _escaped_text(text: str) -> str:
    """Return text in which nothing is markup, and white space is single blanks."""
    return _SPECIAL.sub(r"\\\g<0>", re.sub(r"\s+", " ", text))


def _target(url: str) -> str:
    if re.search(r"[\s()<>]", url):
        return f"<{url}>"
    return url


def _escaped_lines(text: str) -> str:
    """Return a paragraph whose lines begin no heading, list or quotation."""
    return _LINE_START.sub(_escaped_start, text)


def _escaped_start(match: re.Match[str]) -> str:
    start = match[0]
    if start[0].isdigit():
        return re.sub(r"([.)])", r"\\\1", start)
    return "\\" + start


def _fenced(code: str) -> str:
    """Return a code block; its fence is longer than any in the code."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", code)), default=0))
    return f"{fence}\n{code}\n{fence}"


def _block(done: _Container, parent: _Container) -> str:
    """Return a finished container as one block of its parent."""
    if done.tag in ("ul", "ol"):
        return "\n".join(done.blocks)
    if done.tag == "li":
        return _item(done, parent)
    if done.tag == "blockquote":
        return "\n".join(f"> {line}".rstrip() for line in "\n\n".join(done.blocks).split("\n"))
    if done.tag in ("td", "th"):
        return re.sub(r"\s*\\?\n\s*", " ", " ".join(done.blocks)).replace("|", "\\|") or " "
    if done.tag == "tr":
        return f"| {' | '.join(done.blocks)} |"
    return _table(done.blocks)


def _item(done: _Container, parent: _Container) -> str:
    marker = "- "
    if parent.tag == "ol":
        marker = f"{parent.number}. "
        parent.number += 1
    separator = "\n\n"
    if all(re.match(r"(- |\d+\. )", block) for block in done.blocks[1:]):
        separator = "\n"  # only lists follow the item's own text
    text = separator.join(done.blocks)
    # What belongs to an item stands under its text; blank lines stay empty.
    return marker + re.sub(r"\n(?=[^\n])", "\n" + " " * len(marker), text)


def _table(blocks: list[str]) -> str:
    """Return a table whose first row is its header: Markdown has no tables without one.

    What stands outside rows, a caption for instance, comes before it.
    """
    rows = [block for block in blocks if _TABLE_ROW.fullmatch(block)]
    outside = [block for block in blocks if not _TABLE_ROW.fullmatch(block)]
    if not rows:
        return "\n\n".join(outside)
    # An escaped `|` is text in a cell.
    columns = max(1, len(re.findall(r"(?<!\\)\|", rows[0])) - 1)
    table = "\n".join([rows[0], "|" + " --- |" * columns, *rows[1:]])
    return "\n\n".join([*outside, table])
