"""Feeding events to a sink: from Beautiful Soup's lxml builder without a tree, or from a finished tree.

A tree is about four fifths of Beautiful Soup's time, and one pass needs none. Two ways were measured with a sink that does nothing:
a soup whose public `handle_starttag`, `handle_data` and `handle_endtag` are overridden (229 µs a post: the builder still copies every
attribute and looks after namespaces, which HTML has not), and the builder whose `start`, `end`, `data` and `comment` are overridden
(93 µs; 79 for lxml alone). These four are lxml's documented parser-target interface, so the second also rests on less of bs4.
A test holds `feed_events` against `feed_tree`, which uses nothing but the public tree.

lxml's own trees are no way out: nesting of 256 levels and more gives an empty tree without an error, while events arrive at any depth.
`huge_tree` costs nothing; without it a comment above 10 MB turns into text.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from bs4 import BeautifulSoup, Comment, Tag
from bs4.builder._lxml import LXMLTreeBuilder
from bs4.element import NavigableString, PageElement, PreformattedString

# Parsing starts inside the body: else a leading script or title would open a head, and short texts would be taken for file names.
_BODY = "<body>"


class Receiver(Protocol):
    """What is fed: see `Sink`."""

    def start(self, name: str, attrs: Mapping[str, str]) -> None: ...
    def text(self, data: str) -> None: ...
    def comment(self, data: str) -> None: ...
    def end(self) -> None: ...


def feed_events(html: str, sink: Receiver) -> None:
    """Parse HTML into events; no tree is built."""
    try:
        builder = _idle.pop()
    except IndexError:
        builder = _EventBuilder()
    builder.work_for(sink)
    BeautifulSoup(_BODY + html, builder=builder)
    builder.rest()
    _idle.append(builder)


class _EventBuilder(LXMLTreeBuilder):
    """A builder that hands on what the parser tells it, and builds nothing.

    It and its parser are used again and again: to make them costs as much as a short post. One that an exception has left is not.
    """

    def __init__(self) -> None:
        super().__init__(huge_tree=True)
        self._pending: list[str] = []  # the parser cuts text at entities and buffer ends
        self._parser = super().parser_for(None)

    def work_for(self, sink: Receiver) -> None:
        self._sink_start, self._sink_text, self._sink_comment, self._sink_end = (
            sink.start,
            sink.text,
            sink.comment,
            sink.end,
        )

    def rest(self) -> None:
        """Without a sink, or it would keep the last post in memory."""
        del self._sink_start, self._sink_text, self._sink_comment, self._sink_end

    def parser_for(self, encoding: str | None) -> Any:
        return self._parser if encoding is None else super().parser_for(encoding)

    def start(self, tag: Any, attrib: Any, nsmap: Any = None) -> None:
        if self._pending:
            self._flush()
        self._sink_start(tag, attrib)

    def end(self, tag: Any) -> None:
        if self._pending:
            self._flush()
        self._sink_end()

    def data(self, data: Any) -> None:
        self._pending.append(data)

    def comment(self, text: Any) -> None:
        if self._pending:
            self._flush()
        self._sink_comment(text)

    def pi(self, target: str, data: str) -> None:
        """Processing instructions mean nothing in HTML."""

    def doctype(self, name: str, pubid: str, system: str) -> None:
        """Nor does a doctype within content."""

    def close(self) -> None:
        if self._pending:
            self._flush()
        super().close()

    def _flush(self) -> None:
        data = "".join(self._pending)
        self._pending.clear()
        self._sink_text(data)


_idle: list[_EventBuilder] = []
"""Builders that are not at work: as many as there were ever threads at work at once."""


def feed_tree(html: str, sink: Receiver) -> None:
    """The same events from a finished tree, by the public API only."""
    keeping = {"pre", "textarea", "xmp", "listing"}
    soup = BeautifulSoup(
        _BODY + html,
        "lxml",
        multi_valued_attributes=None,
        preserve_whitespace_tags=keeping,
        huge_tree=True,
    )
    # A stack instead of recursion: content nests deeper than Python may call.
    pending: list[PageElement | None] = list(reversed(soup.contents))
    while pending:
        node = pending.pop()
        if node is None:
            sink.end()
        elif isinstance(node, Tag):
            sink.start(node.name, {str(key): str(value) for key, value in node.attrs.items()})
            pending.append(None)
            pending.extend(reversed(node.contents))
        elif isinstance(node, Comment):
            sink.comment(str(node))
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            sink.text(str(node))
