"""Safe HTML → Markdown (CommonMark, with GitHub's tables), in one pass and without recursion, so that no nesting is too deep."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

HEADINGS = {f"h{level}": "#" * level + " " for level in range(1, 7)}
MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~", "s": "~~", "code": "`"}
BLOCKS = (
    frozenset(
        [
            "p",
            "div",
            "section",
            "article",
            "figure",
            "figcaption",
            "header",
            "footer",
            "address",
            "dl",
            "dt",
            "dd",
            "details",
            "summary",
            "caption",
        ]
    )
    | HEADINGS.keys()
)
CONTAINERS = frozenset(["ul", "ol", "li", "blockquote", "table", "tr", "td", "th"])
DEEPEST = 40
"""Containers nested deeper than this no longer indent."""
SPECIAL = re.compile(r"[\\`*\[\]<]|(?<!\w)_|_(?!\w)")
ROW = re.compile(r"\| .* \|")
LINE_START = re.compile(r"^(#{1,6} |[-+>] ?|\d+[.)] |={3,}|-{3,})", re.MULTILINE)


@dataclass(slots=True)
class Container:
    """An open list, list item, quotation, table, row or cell, with the finished blocks in it."""

    tag: str
    number: int = 1
    blocks: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Span:
    """An open inline element, with the text in it."""

    tag: str
    target: str = ""
    parts: list[str] = field(default_factory=list)


def html_to_markdown(html: str) -> str:
    """The Markdown of an HTML fragment; text of unknown elements is kept."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    return parser.finish()


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.containers = [Container("root")]
        self.spans = [Span("root")]
        self.heading = ""
        self.verbatim: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if self.verbatim is not None:
            self.verbatim += "\n" if tag == "br" else ""
        elif tag == "pre":
            self._end_block()
            self.verbatim = []
        elif tag in CONTAINERS:
            self._open(tag, values)
        elif tag in BLOCKS:
            self._end_block()
            self.heading = HEADINGS.get(tag, "")
        elif tag in MARKS or tag == "a":
            self.spans.append(Span(tag, values.get("href", "")))
        else:
            self._void(tag, values)

    def handle_endtag(self, tag: str) -> None:
        if tag == "pre" and self.verbatim is not None:
            self._add(_fenced("".join(self.verbatim).strip("\n")))
            self.verbatim = None
        elif self.verbatim is not None:
            return
        elif tag in CONTAINERS:
            self._close(tag)
        elif tag in BLOCKS:
            self._end_block()
        elif any(span.tag == tag for span in self.spans[1:]):
            while self._end_span() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self.verbatim is not None:
            self.verbatim.append(data)
        else:
            code = self.spans[-1].tag == "code"
            self.spans[-1].parts.append(data if code else _plain(data))

    def finish(self) -> str:
        """Everything that is still open ends here."""
        if self.verbatim is not None:
            self.handle_endtag("pre")
        self._end_block()
        while len(self.containers) > 1:
            self._close(self.containers[-1].tag)
        return "\n\n".join(self.containers[0].blocks) + "\n"

    def _void(self, tag: str, values: dict[str, str]) -> None:
        if tag == "br":
            self.spans[-1].parts.append("\\\n")
        elif tag == "hr":
            self._add("---")
        elif tag == "img" and values.get("src"):
            self.spans[-1].parts.append(
                f"![{_plain(values.get('alt', ''))}]({_target(values['src'])})"
            )
        elif tag in ("iframe", "video", "audio", "source") and values.get("src"):
            self.spans[-1].parts.append(f"<{values['src']}>")

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
        if text:
            self.containers[-1].blocks.append(
                self.heading + (text.replace("\\\n", " ") if self.heading else _escaped(text))
            )
        self.heading = ""

    def _add(self, block: str) -> None:
        self._end_block()
        self.containers[-1].blocks.append(block)

    def _open(self, tag: str, values: dict[str, str]) -> None:
        self._end_block()
        if len(self.containers) < DEEPEST:
            start = values.get("start", "")
            self.containers.append(
                Container(tag, int(start) if start.isdigit() and len(start) < 10 else 1)
            )

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


def _spanned(span: Span, text: str) -> str:
    """An inline element's Markdown; blanks at its ends move outside, where Markdown wants them."""
    inner = text.strip()
    if not inner:
        return text
    head, tail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    if span.tag == "a":
        return f"{head}[{inner}]({_target(span.target)}){tail}" if span.target else text
    mark = MARKS.get(span.tag, "")
    if span.tag == "code" and "`" in inner:
        return f"{head}`` {inner} ``{tail}"
    return f"{head}{mark}{inner}{mark}{tail}"


def _plain(text: str) -> str:
    """Text in which nothing is markup."""
    return SPECIAL.sub(r"\\\g<0>", re.sub(r"\s+", " ", text))


def _target(url: str) -> str:
    return f"<{url}>" if re.search(r"[\s()<>]", url) else url


def _escaped(text: str) -> str:
    """A paragraph that would begin like a heading, list or quotation does not."""
    return LINE_START.sub(
        lambda match: (
            "\\" + match[0] if not match[0][0].isdigit() else re.sub(r"([.)])", r"\\\1", match[0])
        ),
        text,
    )


def _fenced(code: str) -> str:
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", code)), default=0))
    return f"{fence}\n{code}\n{fence}"


def _block(done: Container, parent: Container) -> str:
    """A finished container as one block of its parent."""
    if done.tag in ("ul", "ol"):
        return "\n".join(done.blocks)
    if done.tag == "li":
        return _item(done, parent)
    if done.tag == "blockquote":
        return "\n".join(f"> {line}".rstrip() for line in "\n\n".join(done.blocks).split("\n"))
    if done.tag in ("td", "th"):
        return re.sub(r"\s*\\?\n\s*", " ", " ".join(done.blocks)).replace("|", "\\|") or " "
    return f"| {' | '.join(done.blocks)} |" if done.tag == "tr" else _table(done.blocks)


def _item(done: Container, parent: Container) -> str:
    marker = "- "
    if parent.tag == "ol":
        marker, parent.number = f"{parent.number}. ", parent.number + 1
    tight = all(re.match(r"(- |\d+\. )", block) for block in done.blocks[1:])
    text = ("\n" if tight else "\n\n").join(done.blocks)
    return marker + re.sub(r"\n(?=[^\n])", "\n" + " " * len(marker), text)


def _table(blocks: list[str]) -> str:
    """The first row is the header: Markdown has no tables without one. What stands outside rows, a caption for instance, comes first."""
    rows = [block for block in blocks if ROW.fullmatch(block)]
    outside = [block for block in blocks if not ROW.fullmatch(block)]
    if not rows:
        return "\n\n".join(outside)
    columns = max(1, len(re.findall(r"(?<!\\)\|", rows[0])) - 1)
    return "\n\n".join([*outside, "\n".join([rows[0], "|" + " --- |" * columns, *rows[1:]])])
