"""Parse HTML into events: start, text, comment and end, in the order of the document.

Before, `scrub` removes what parsers and databases disagree about: NUL, controls, lone surrogates.
Controls between U+0080 and U+009F are letters that an import took for Latin-1, while they were
Windows-1252: the apostrophe of `It\x92s`. Browsers read them so in a reference, `&#146;`.

An author who pastes `<bean id="a"/>` or `List<String>` into a block of code without escaping it
gets elements that no browser knows. They are words of the code: `escape_markup_in_code` escapes
them. Tags that a highlighter or an editor writes into code stay tags.

Beautiful Soup spends about four fifths of its time on its tree, and one pass needs no tree.
Two ways to avoid it were measured with a receiver that does nothing:

- a soup whose public `handle_starttag`, `handle_data` and `handle_endtag` are overridden takes
  229 µs a post: the builder still copies every attribute and looks after namespaces, which HTML
  does not have;
- a builder whose `start`, `end`, `data` and `comment` are overridden takes 93 µs (lxml alone: 79).
  These four are lxml's documented interface of a parser target, so this way also depends on fewer
  internals of Beautiful Soup. Without a soup around it, which would look for an encoding and for
  XML, and count what it has parsed, it takes 38 µs less.

`feed_events` is the second way, without a soup. `feed_tree` stands beside it: it is slow, uses
nothing but the public tree, and is the oracle of the tests.

Using lxml's own tree does not help: content nested 256 levels or deeper gives an empty tree without
an error, while events arrive at any depth. `huge_tree` costs nothing; without it a comment above
10 MB turns into text.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from bs4 import BeautifulSoup, Comment, Tag
from bs4.builder._lxml import LXMLTreeBuilder
from bs4.element import NavigableString, PageElement, PreformattedString

Attributes = Mapping[str, str]
"""The attributes of a start tag, by name in lower case."""

# Parsing starts inside the body. Otherwise a leading script or title would open a head, and
# Beautiful Soup would take a short text for the name of a file.
_BODY = "<body>"
_KEEPS_WHITE_SPACE = frozenset({"pre", "textarea", "xmp", "listing"})

# Tags that stand in code.
_OPENING = re.compile(r"<(pre|code)\b[^<>]*>")
_NAMED = re.compile(r"<(?=/?([A-Za-z][^\s<>/]*))")
_INSTRUCTION = re.compile(r"<(?=\?|!\[CDATA\[)")
_DECLARATION = re.compile(r"<(?=!)")
# A highlighter has written such code, and has escaped what needs it.
_HIGHLIGHTED = re.compile(r"<span\b[^<>]{0,200}?\b(?:class|style|data-[\w-]+)\s*=")
_FORMATTING_NAMES = (
    "a abbr b bdi bdo big blockquote br center code del div em font h1 h2 h3 h4 h5 h6 hr i img ins"
    " kbd li mark ol p pre q s samp small span strike strong sub sup tt u ul var wbr"
)
_OTHER_NAMES = (
    "address amp-img applet area article aside audio base body button canvas caption cite col"
    " colgroup data datalist dd details dfn dialog dir dl dt embed fieldset figcaption figure"
    " footer form frame frameset head header hgroup html iframe input label legend link listing"
    " main map marquee menu meta meter nav noscript object optgroup option output param picture"
    " progress rp rt ruby script search section select source style summary table tbody td"
    " template textarea tfoot th thead time title tr track video xmp"
    # pictures of buttons
    " svg g path rect circle line polygon polyline defs use"
)
_FORMATTING = frozenset(_FORMATTING_NAMES.split())
_HTML = _FORMATTING | frozenset(_OTHER_NAMES.split())


class EventReceiver(Protocol):
    """An object that is told what the parser finds.

    Events are balanced: each `start` is closed by its `end`, innermost first.
    """

    def start(self, name: str, attributes: Attributes) -> None:
        """Receive a start tag; `name` is in lower case."""

    def text(self, data: str) -> None:
        """Receive the text between two tags, entities decoded; it is never empty."""

    def comment(self, data: str) -> None:
        """Receive the inside of a comment."""

    def end(self) -> None:
        """Receive the end of the innermost open element."""


Feed = Callable[[str, EventReceiver], None]
"""A function that parses HTML and tells a receiver what it finds."""


def feed_events(html: str, receiver: EventReceiver) -> None:
    """Parse HTML into events without building a tree."""
    try:
        builder = _idle_builders.pop()
    except IndexError:
        builder = _EventBuilder()
    builder.attach(receiver)
    builder.parse(_BODY + html)
    builder.detach()
    # A builder that an exception has left does not come here: its parser is within a post.
    _idle_builders.append(builder)


class _EventBuilder(LXMLTreeBuilder):
    """A builder that hands on what the parser tells it, and builds nothing.

    A builder and its parser are used again and again: making them costs as much as a short post.
    """

    def __init__(self) -> None:
        super().__init__(huge_tree=True)
        self._pending: list[str] = []  # the parser cuts a text at entities and at buffer ends
        # The parser calls the list's own method, in place of one of ours that would do the same.
        self.data = self._pending.append  # type: ignore[assignment, method-assign]
        self._parser = super().parser_for(None)

    def attach(self, receiver: EventReceiver) -> None:
        """Hand the events of the next parse to this receiver."""
        self._on_start = receiver.start
        self._on_text = receiver.text
        self._on_comment = receiver.comment
        self._on_end = receiver.end

    def detach(self) -> None:
        """Forget the receiver: an idle builder would keep the last post in memory."""
        del self._on_start
        del self._on_text
        del self._on_comment
        del self._on_end

    def parse(self, html: str) -> None:
        """Let the parser read a whole content."""
        self._parser.feed(html)
        self._parser.close()

    def start(self, tag: Any, attrib: Any, nsmap: Any = None) -> None:
        if self._pending:
            self._flush()
        self._on_start(tag, attrib)

    def end(self, tag: Any) -> None:
        if self._pending:
            self._flush()
        self._on_end()

    def comment(self, text: Any) -> None:
        if self._pending:
            self._flush()
        self._on_comment(text)

    def pi(self, target: str, data: str) -> None:
        """Ignore processing instructions: they mean nothing in HTML."""

    def doctype(self, name: str, pubid: str, system: str) -> None:
        """Ignore a doctype: it means nothing within content."""

    def close(self) -> None:
        if self._pending:
            self._flush()
        super().close()

    def _flush(self) -> None:
        data = "".join(self._pending)
        self._pending.clear()
        self._on_text(data)


# As many builders as threads ever parsed at the same time.
_idle_builders: list[_EventBuilder] = []


def feed_tree(html: str, receiver: EventReceiver) -> None:
    """Send the same events from a finished tree, by Beautiful Soup's public API only."""
    soup = BeautifulSoup(
        _BODY + html,
        "lxml",
        multi_valued_attributes=None,
        preserve_whitespace_tags=set(_KEEPS_WHITE_SPACE),
        huge_tree=True,
    )
    # A stack instead of recursion, because content nests deeper than Python functions may.
    # None stands for the end of the element whose children were put before it.
    pending: list[PageElement | None] = list(reversed(soup.contents))
    while pending:
        node = pending.pop()
        if node is None:
            receiver.end()
        elif isinstance(node, Tag):
            attributes = {str(key): str(value) for key, value in node.attrs.items()}
            receiver.start(node.name, attributes)
            pending.append(None)
            pending.extend(reversed(node.contents))
        elif isinstance(node, Comment):
            receiver.comment(str(node))
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            receiver.text(str(node))


_CONTROL_BYTES = bytes(code for code in (*range(0x20), 0x7F) if code not in b"\t\n\r")
_C1_BYTES = re.compile(rb"\xc2[\x80-\x9f]")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_C1_CONTROLS = range(0x80, 0xA0)
# Five of them mean nothing in Windows-1252 either.
_WINDOWS_1252 = {
    code: bytes([code]).decode("windows-1252", errors="ignore") for code in _C1_CONTROLS
}
_SURROGATES = re.compile("[\ud800-\udfff]")
# A control written as a reference, `&#27;` or `&#x1B;`, would come back when entities are decoded.
_CONTROL_REFERENCES = re.compile(
    r"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01]|127)(?!\d)"
    r"|[xX]0*(?:[0-8bBcCeEfF]|1[\da-fA-F]|7[fF])(?![\da-fA-F]));?"
)


MAX_TAGS = 100_000
"""How many tags of one content are cleaned. Every one may become a block, a link or an image, which
take far more memory than the few bytes of the tag. For some, the parser looks at each tag that is
open. The richest of 1,936 posts of nine sites has 2,417."""


def scrub(html: str, max_bytes: int, max_tags: int = MAX_TAGS) -> tuple[str, list[str]]:
    """Return the HTML without unusable characters, its flags, and at most so many bytes and tags.

    The flags are `surrogates` (lone ones were replaced by U+FFFD) and `truncated`: it was cut at
    `max_bytes` of UTF-8, or where the tags became too many.
    """
    flags = []
    try:
        encoded = html.encode()
    except UnicodeEncodeError:
        html = _SURROGATES.sub("\ufffd", html)
        encoded = html.encode()
        flags.append("surrogates")
    length = len(encoded)
    encoded = _before_tag(encoded[:max_bytes], max_tags)
    if len(encoded) != length:
        flags.append("truncated")
    # Bytes are cheaper to go through than characters. Few posts have anything to remove, so each
    # search is preceded by one for a single byte or character, which is ten times as fast.
    encoded = encoded.translate(None, _CONTROL_BYTES)
    has_controls = False
    if b"\xc2" in encoded:
        has_controls = _C1_BYTES.search(encoded) is not None
    if has_controls or len(encoded) != length:
        html = encoded.decode(errors="ignore")
    if has_controls:
        html = html.translate(_WINDOWS_1252)
    if "&" in html and "&#" in html:
        html = _CONTROL_REFERENCES.sub("", html)
    return html, flags


def _before_tag(encoded: bytes, number: int) -> bytes:
    """Return what stands before the tag behind the first `number` of them."""
    if encoded.count(b"<") <= number:
        return encoded
    place = -1
    for _ in range(number + 1):
        place = encoded.find(b"<", place + 1)
    return encoded[:place]


def scrub_slowly(html: str, max_bytes: int, max_tags: int = MAX_TAGS) -> tuple[str, list[str]]:
    """Return what `scrub` returns, step by step; the oracle of its test."""
    valid = _SURROGATES.sub("\ufffd", html)
    encoded = valid.encode()
    flags = []
    if valid != html:
        flags.append("surrogates")
    # Half a character at the cut is dropped.
    cut = encoded[:max_bytes].decode(errors="ignore")
    before, *tags = cut.split("<")
    cut = "<".join([before, *tags[:max_tags]])
    if cut != valid:
        flags.append("truncated")
    without_controls = _CONTROLS.sub("", cut).translate(_WINDOWS_1252)
    return _CONTROL_REFERENCES.sub("", without_controls), flags


def escape_markup_in_code(html: str) -> str:
    """Return the HTML in which no block of code has tags that HTML does not know.

    Where there is one, the code is raw markup: of its tags only those that format text stay.
    """
    if "<pre" not in html and "<code" not in html:
        return html
    parts: list[str] = []
    position = 0
    while True:
        opening = _OPENING.search(html, position)
        if opening is None:
            break
        end = html.find(f"</{opening[1]}", opening.end())
        if end < 0:
            break
        parts += [html[position : opening.end()], _escaped(html[opening.end() : end])]
        position = end
    return "".join([*parts, html[position:]])


def _escaped(code: str) -> str:
    if _HIGHLIGHTED.search(code):
        return code
    names = {found[1] for found in _NAMED.finditer(code)}
    if all(_is_html(name) for name in names) and not _INSTRUCTION.search(code):
        return code

    def escape(found: re.Match[str]) -> str:
        if found[1].lower() in _FORMATTING and _is_html(found[1]):
            return found[0]
        return "&lt;"

    return _DECLARATION.sub("&lt;", _INSTRUCTION.sub("&lt;", _NAMED.sub(escape, code)))


def _is_html(name: str) -> bool:
    """Return whether HTML has a tag of this name. `List<Object>` is none: nobody writes it so."""
    is_mixed = name[1:] != name[1:].lower() and name != name.upper()
    is_mixed |= len(name) > 1 and name[0].isupper() and not name.isupper()
    return name.lower() in _HTML and not is_mixed
