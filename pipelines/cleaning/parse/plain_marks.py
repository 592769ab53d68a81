"""Find what plain text says that HTML says with tags: addresses, and Markdown nobody rendered.

Importers and editors leave `[text](address)`, `**strong**` and `## Heading` in paragraphs. An
address that stands in a text is as good as a link.
"""

import re
from itertools import islice
from typing import NamedTuple

_HEADING = re.compile(r"\s*#{2,6}[ \t\xa0]+(?=\S)")
# Every quantifier over a run that may not match is bounded, so this takes linear time.
_LINK = (
    r"(?<![\]\\])(?P<image>!?)\[(?P<label>[^\[\]\n]{1,300})\]"
    r"\((?P<target>(?:https?|ftp)://[^\s()<>]{1,1000})\)"
)
# Not `f**k` and `2**3**4`; letters without spaces between words may stand on both sides.
_STRONG = (
    r"(?<![A-Za-z0-9*\\])\*\*(?=[^\s*])(?P<strong>[^*\n]{1,300}?)(?<=[^\s*])\*\*(?![A-Za-z0-9*])"
)
_HOST = r"(?!127\.)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}(?::\d{1,5})?"
# Scripts without spaces and full-width signs end an address.
_ADDRESS = (
    rf"(?<![A-Za-z0-9@/.=_-])(?<!=[\"'])(?P<address>(?:https?|ftp)://{_HOST}"
    r"(?:[/?#][^\s<>\"{}|\\^`\[\]\u00ab\u00bb\u2018-\u201f\u2026\u3000-\u9fff"
    r"\uac00-\ud7af\uff00-\uffef\u0e00-\u0e7f]{0,2000})?)(?![A-Za-z0-9])"
)
_MARK = re.compile(f"{_LINK}|{_STRONG}|{_ADDRESS}")
_AFTER_ADDRESS = ".,;:!?'*_~…"

MAX_MARKS = 20_000
"""How many marks of one content become tags. Text behind them stays as it is: each link takes far
more memory than the few bytes of an address."""


class Mark(NamedTuple):
    """A part of a text that HTML would say with a tag."""

    tag: str
    """`a`, `img` or `strong`."""
    text: str
    href: str = ""


def split_at_marks(text: str, begins_line: bool, most: int = MAX_MARKS) -> list[str | Mark]:
    """Return the text in order, its first `most` marks apart; the signs of a heading are left out.

    Only a text that `begins_line` has a heading.
    """
    parts: list[str | Mark] = []
    position = 0
    if begins_line and "##" in text:
        heading = _HEADING.match(text)
        if heading is not None:
            position = heading.end()
    if not _may_have_marks(text):
        most = 0
    for found in islice(_MARK.finditer(text, position), most):
        mark, end = _mark(found)
        if found.start() > position:
            parts.append(text[position : found.start()])
        parts.append(mark)
        position = end
    if position < len(text):
        parts.append(text[position:])
    return parts


def _may_have_marks(text: str) -> bool:
    """Tell whether `_MARK` can be found; most texts are known to have none by two quick looks."""
    return "://" in text or "**" in text


def without_marks(text: str, begins_line: bool = True) -> str:
    """Return the text as it reads without the signs of its marks."""
    words = ""
    for part in split_at_marks(text, begins_line):
        if isinstance(part, str):
            words += part
        elif part.tag == "img":
            words += " "
        elif part.text != part.href:
            words += without_marks(part.text, begins_line=False)
        else:
            words += part.text
    return words


def _mark(found: re.Match[str]) -> tuple[Mark, int]:
    """Return a mark and its end in the text."""
    if found["target"]:
        tag = "a"
        if found["image"]:
            tag = "img"
        return Mark(tag, found["label"], found["target"]), found.end()
    if found["strong"]:
        return Mark("strong", found["strong"]), found.end()
    address = _without_punctuation(found["address"])
    return Mark("a", address, address), found.start() + len(address)


def _without_punctuation(address: str) -> str:
    """Return an address without what belongs to the sentence around it."""
    unopened = address.count(")") - address.count("(")
    while address:
        if address[-1] == ")" and unopened > 0:
            unopened -= 1
        elif address[-1] not in _AFTER_ADDRESS:
            break
        address = address[:-1]
    return address
