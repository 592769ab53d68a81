"""Collect the pieces of one line: a paragraph, a heading or a cell, with its inline elements.

White space and line breaks at the ends of an element move outside of it, because Markdown knows no
emphasis that begins or ends with them. So the start of an element waits for its first content, and
a gap is only written before the content that follows it.
"""

from dataclasses import dataclass, field

from wparchive.export.commonmark.escape import collapse_blanks


@dataclass(slots=True, eq=False)
class Span:
    """An open inline element; a link has a target."""

    name: str
    target: str = ""
    is_written: bool = False
    """A link is written once: what follows in other paragraphs stands beside it."""


@dataclass(slots=True)
class Text:
    """Text that is not escaped yet."""

    parts: list[str]


@dataclass(slots=True)
class Code:
    """Code within the line."""

    parts: list[str]


@dataclass(slots=True)
class Raw:
    """Finished Markdown."""

    text: str


@dataclass(slots=True)
class Gap:
    """A blank, or line breaks."""

    breaks: int = 0


@dataclass(slots=True)
class SpanEdge:
    """The start or end of a span."""

    span: Span
    is_start: bool


LinePiece = Text | Code | Raw | Gap | SpanEdge


@dataclass(slots=True)
class MarkdownLine:
    """The pieces that were written since the last line, and the spans that are open."""

    spans: list[Span] = field(default_factory=list)
    """All that are open, innermost last; they go on in the next line."""
    pieces: list[LinePiece] = field(default_factory=list)
    _gap: Gap | None = None
    _waiting: list[Span] = field(default_factory=list)
    _started: list[Span] = field(default_factory=list)
    _is_fresh: bool = True
    """Whether nothing stands before, so that a gap would not be seen."""
    _is_empty: bool = True
    """Whether nothing can be seen since the last line break: a link without content cannot."""

    def __post_init__(self) -> None:
        self._waiting = self.unwritten()

    def unwritten(self) -> list[Span]:
        """Return the open spans of a line that begins now: all but links that were written."""
        return [span for span in self.spans if not (span.target and span.is_written)]

    def open(self, span: Span) -> None:
        """Begin an inline element."""
        self.spans.append(span)
        self._waiting.append(span)

    def close(self) -> None:
        """End the innermost inline element; a link without content is written all the same."""
        span = self.spans[-1]
        if span.target and not span.is_written:
            self._start_content()
        self.spans.pop()
        self._end(span)

    def write_text(self, text: str) -> None:
        """Write text, in which nothing is markup."""
        self._write(text, Text)

    def write_code(self, text: str) -> None:
        """Write text as code."""
        self._write(text, Code)

    def write_raw(self, markdown: str) -> None:
        """Write finished Markdown that stands within the open spans."""
        self._start_content()
        self._is_empty = False
        self.pieces.append(Raw(markdown))

    def write_tag(self, tag: str) -> None:
        """Write the tag of a block within a cell; open spans end before it and go on after it."""
        self._interrupt()
        self.pieces.append(Raw(tag))

    def end_links(self) -> None:
        """End the open links, as browsers do where another link begins."""
        unended = (*self._waiting, *self._started)
        links = [span for span in self.spans if span.target and span in unended]
        if not links:
            return
        if not all(link.is_written for link in links):
            self._start_content()
        for span in reversed(self.spans[self.spans.index(links[0]) :]):
            self._end(span)
        self._waiting = [span for span in self.unwritten() if span not in self._started]

    def write_break(self) -> None:
        """Write a line break, unless nothing stands before or after it."""
        if self._gap is None:
            self._gap = Gap()
        self._gap.breaks += 1

    def break_once(self) -> None:
        """Write a line break where there is none yet, and something can be seen before it."""
        if self._is_empty:
            return
        if self._gap is None or not self._gap.breaks:
            self.write_break()

    def is_separated(self) -> bool:
        """Return whether what is written next stands apart from what is before it."""
        return self._is_fresh or self._gap is not None

    def take(self) -> list[LinePiece]:
        """End the line and return its pieces; the open spans begin again with the next one."""
        self._interrupt()
        taken = self.pieces
        self.pieces = []
        return taken

    def _interrupt(self) -> None:
        self._end_all()
        self._gap = None
        self._is_fresh = True
        self._is_empty = True

    def _end_all(self) -> None:
        for span in reversed(self.spans):
            self._end(span)
        self._waiting = self.unwritten()

    def _write(self, text: str, kind: type[Text] | type[Code]) -> None:
        text = collapse_blanks(text)
        body = text.strip()
        if not text:
            return
        if text[0].isspace():
            self._gap = self._gap or Gap()
        if not body:
            return
        self._start_content()
        self._is_empty = False
        self._append(body, kind)
        if text[-1].isspace():
            self._gap = Gap()

    def _append(self, body: str, kind: type[Text] | type[Code]) -> None:
        if self.pieces:
            last = self.pieces[-1]
            if isinstance(last, kind):
                last.parts.append(body)
                return
        self.pieces.append(kind([body]))

    def _start_content(self) -> None:
        if self._gap is not None and not self._is_fresh:
            self.pieces.append(self._gap)
            self._is_empty = self._is_empty or bool(self._gap.breaks)
        self._gap = None
        self._is_fresh = False
        for span in self._waiting:
            if span.target and span.is_written:
                continue  # an inner writer wrote the link
            span.is_written = True
            self._started.append(span)
            self.pieces.append(SpanEdge(span, is_start=True))
        self._waiting = []

    def _end(self, span: Span) -> None:
        """Write the end of a span, if its start was written in this line."""
        if span in self._waiting:
            self._waiting.remove(span)
        elif span in self._started:
            self._started.remove(span)
            self.pieces.append(SpanEdge(span, is_start=False))
