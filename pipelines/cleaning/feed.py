"""Feeding events to a sink: from Beautiful Soup's lxml builder without a tree, or from a finished tree.

`feed_events` overrides the public handlers that a tree builder calls on its soup (`handle_starttag`, `handle_data`, `handle_endtag`) and
`endData`, through which comments come, and passes them on; no Tag is made, which is about four fifths of Beautiful Soup's time. That
these are the only calls is a property of bs4 4.15's lxml builder, so bs4 is pinned below 5 and a test holds `feed_events` against
`feed_tree`, which rests on nothing but documented behaviour.

lxml's own trees are no way out: nesting of 256 levels and more gives an empty tree without an error, while events arrive at any depth.
`huge_tree` lets attributes and comments above 10 MB pass instead of turning them into text.
"""

from typing import Any, Protocol

from bs4 import BeautifulSoup, Comment, NavigableString, PageElement, Tag
from bs4.element import PreformattedString

# Parsing starts inside the body: else a leading script or title would open a head, and short texts would be taken for file names.
_BODY = "<body>"


class Receiver(Protocol):
    """What is fed: see `Sink`."""

    def start(self, name: str, attrs: dict[str, str]) -> None: ...
    def text(self, data: str) -> None: ...
    def comment(self, data: str) -> None: ...
    def end(self) -> None: ...


def feed_events(html: str, sink: Receiver) -> None:
    """Parse HTML into events; no tree is built."""
    _EventSoup(_BODY + html, sink)


class _EventSoup(BeautifulSoup):
    """A soup that hands on what its builder tells it, and keeps nothing."""

    def __init__(self, markup: str, sink: Receiver) -> None:
        self._sink = sink
        self._pending: list[str] = []
        super().__init__(markup, "lxml", huge_tree=True)

    def handle_starttag(self, name: str, namespace: Any, nsprefix: Any, attrs: Any, *positions: Any, **more: Any) -> None:
        if self._pending:
            self.endData()
        self._sink.start(name, attrs)

    def handle_data(self, data: str) -> None:
        self._pending.append(data)

    def handle_endtag(self, name: str, nsprefix: Any = None) -> None:
        self._sink.end()

    def endData(self, containerClass: type[NavigableString] | None = None) -> None:
        if not self._pending:
            return
        data = "".join(self._pending)
        self._pending.clear()
        if containerClass is None:
            self._sink.text(data)
        elif issubclass(containerClass, Comment):
            self._sink.comment(data)


def feed_tree(html: str, sink: Receiver) -> None:
    """The same events from a finished tree, by the public API only."""
    soup = BeautifulSoup(_BODY + html, "lxml", multi_valued_attributes=None, huge_tree=True)
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
