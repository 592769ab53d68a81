"""From rendered HTML to clean content: scrub, one pass, and a second one only where too much was taken for furniture."""

import re
from collections.abc import Callable, Container
from html import unescape

from pipelines.cleaning.content import CleanContent
from pipelines.cleaning.feed import feed_events
from pipelines.cleaning.shortcodes import split_at_shortcodes
from pipelines.cleaning.sink import Sink
from pipelines.cleaning.text import one_line
from pipelines.cleaning.words import count_words

MAX_BYTES = 5_000_000
"""What is cleaned of one content, UTF-8 bytes; of nothing but short tags that takes one or two seconds."""

Feed = Callable[[str, Sink], None]

_CONTROLS = bytes(code for code in (*range(0x20), 0x7F) if code not in b"\t\n\r")
_C1 = re.compile(rb"\xc2[\x80-\x9f]")
_CONTROL_REFERENCE = re.compile(
    r"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01]|127)(?!\d)|[xX]0*(?:[0-8bBcCeEfF]|1[\da-fA-F]|7[fF])(?![\da-fA-F]));?"
)
_SURROGATES = re.compile("[\ud800-\udfff]")
# A block that holds two fifths of the text is the post, whatever it is called; a short one never is.
_LARGE_SHARE = 0.4
_LARGE_CHARS = 200
_MAX_PASSES = 4  # furniture within furniture; after that all of it is kept
_ALL = range(1 << 60)
_ONE_PARAGRAPH = re.compile(r"\s*<p>([^<]*)</p>\s*")


def clean_html(
    html: str, base_url: str | None, max_bytes: int = MAX_BYTES, feed: Feed = feed_events
) -> CleanContent:
    """Clean the rendered content of a post.

    `base_url` is the page's own address, against which relative ones are resolved; without it they are left out.
    Never raises on bad markup. Longer content is cut at `max_bytes` and flagged `truncated`: who calls keeps the original.
    """
    html, flags = _scrub(html, max_bytes)
    if not html or html.isspace():
        return CleanContent(flags=flags)
    sink = _run(html, base_url, (), feed)
    text = sink.result()
    kept: set[int] = set()
    while (large := _large_furniture(sink, text)) is not None:
        kept.add(large)
        sink = _run(html, base_url, kept if len(kept) < _MAX_PASSES else _ALL, feed)
        text = sink.result()
    if kept:
        flags.append("boilerplate_kept")
    return CleanContent(
        text,
        "".join(sink.html).strip(),
        sink.links,
        sink.images,
        sink.embeds,
        count_words(text),
        flags,
    )


def clean_text(rendered: str, one_line: bool = True) -> str:
    """Plain text of a title, name, excerpt or description: tags gone, entities decoded exactly once.

    On one line, for titles and names; else with line breaks between blocks, and without unexpanded shortcodes.
    """
    rendered, _ = _scrub(rendered, MAX_BYTES)
    if not one_line and (paragraph := _ONE_PARAGRAPH.fullmatch(rendered)):
        rendered = paragraph[1]
    if "<" not in rendered:
        return _plain(rendered, one_line)
    sink = Sink(None, shortcodes=not one_line)
    feed_events(rendered, sink)
    text = sink.result()
    return _flat(text) if one_line else text


def _plain(rendered: str, one_line: bool) -> str:
    text = unescape(rendered)
    return _flat(text if one_line or "[" not in text else " ".join(split_at_shortcodes(text)))


_flat = one_line


def _scrub(html: str, max_bytes: int) -> tuple[str, list[str]]:
    """Without what parsers and databases disagree about (NUL, controls, lone surrogates), and no longer than the cap."""
    flags = []
    try:
        raw = html.encode()
    except UnicodeEncodeError:
        raw = _SURROGATES.sub("\ufffd", html).encode()
        flags.append("surrogates")
    if len(raw) > max_bytes:
        raw = raw[:max_bytes]
        flags.append("truncated")
    raw = raw.translate(None, _CONTROLS)
    if b"\xc2" in raw:
        raw = _C1.sub(b"", raw)
    html = raw.decode(errors="ignore")
    if "&" in html and "&#" in html:  # one character is looked for ten times faster than two
        html = _CONTROL_REFERENCE.sub("", html)
    return html, flags


def _run(html: str, base_url: str | None, kept: Container[int], feed: Feed) -> Sink:
    sink = Sink(base_url, kept)
    feed(html, sink)
    return sink


def _large_furniture(sink: Sink, text: str) -> int | None:
    """Index of the first removed block that holds a large share of the whole text; None when there is none."""
    if not sink.furniture:
        return None
    total = len(text) + sum(size for size in sink.furniture if size > 0)
    for index, size in enumerate(sink.furniture):
        if size >= _LARGE_CHARS and size >= _LARGE_SHARE * total:
            return index
    return None
