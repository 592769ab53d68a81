"""Escape what Markdown would take for markup, and write code, where nothing is markup."""

import re
from collections.abc import Iterable, Iterator
from html import escape
from typing import NamedTuple

from wparchive.export.commonmark.elements import SPAN_NAMES, Break, MarkupElement

_BLANKS = re.compile(r"[ \t\n\r\f\v\x1c-\x1f\x85\u2028\u2029]+")
_OTHER_THAN_SINGLE_BLANKS = re.compile(r"[\t\n\r\f\v\x1c-\x1f\x85\u2028\u2029]|  ")
_SPECIAL = re.compile(r"[\\`*\[\]<~]|&(?=#?\w+;)|_+")
_CUT = re.compile(r"[^\w&#]")
_STRETCH = 100_000
_LETTER = re.compile(r"[^\W_]")
_LINE_START = re.compile(
    r"^(?:(?P<number>\d{1,9})(?P<dot>[.)])(?=\s|$)"
    r"|(?P<mark>>|#{1,6}(?=\s|$)|[-+](?=\s|$)|=+\s*$|[-:|][-:| ]*$))"
)
"""Beginnings of lines that would make a heading, a list, a quotation, a rule or a table."""


def collapse_blanks(text: str) -> str:
    """Return text whose white space is single blanks; no-break spaces stay."""
    if _OTHER_THAN_SINGLE_BLANKS.search(text) is None:
        return text
    return _BLANKS.sub(" ", text)


def escape_text(text: str) -> str:
    """Return text in which nothing is markup within a line."""
    return "".join(_SPECIAL.sub(_escape_special, stretch) for stretch in _stretches(text))


def _stretches(text: str) -> Iterator[str]:
    """Yield a text in parts, cut where neither an entity nor a word goes on.

    A substitution keeps all its matches until its end: in megabytes of brackets these are millions.
    """
    start = 0
    while start < len(text):
        found = _CUT.search(text, start + _STRETCH)
        end = len(text)
        if found is not None:
            end = found.end()
        yield text[start:end]
        start = end


def _escape_special(found: re.Match[str]) -> str:
    special = found[0]
    if special == "&":
        return "&amp;"
    if special[0] == "_" and _is_within_word(found):
        return special
    return "".join(f"\\{character}" for character in special)


def _is_within_word(found: re.Match[str]) -> bool:
    """Return whether letters or digits stand on both sides: such underscores are no markup."""
    before = found.string[max(0, found.start() - 1) : found.start()]
    after = found.string[found.end() : found.end() + 1]
    return bool(_LETTER.match(before) and _LETTER.match(after))


def escape_line_start(line: str) -> str:
    """Return a line that begins no block."""
    return _LINE_START.sub(_escape_start, line)


def _escape_start(found: re.Match[str]) -> str:
    if found["number"]:
        return f"{found['number']}\\{found['dot']}"
    return f"\\{found[0]}"


def escape_heading(text: str) -> str:
    """Return a heading's text, which is already escaped; number signs at its end are kept."""
    end = len(text.rstrip("#"))
    if end < len(text):
        return f"{text[:end]}\\{text[end:]}"
    return text


def link_target(url: str) -> str:
    """Return an address as the target of a link or image."""
    url = re.sub(r"&(?=#?\w+;)", "&amp;", _BLANKS.sub("%20", url))
    if not re.search(r"[\s()<>\\]", url):
        return url
    return "<" + re.sub(r"[<>\\]", r"\\\g<0>", url) + ">"


WITHIN_LINES = frozenset({*SPAN_NAMES, "a", "code", "img"})
"""Elements that end no line of code. Highlighters make a list item or a row of each line."""
_IMAGE = "\N{OBJECT REPLACEMENT CHARACTER}"
"""What stands for an image where lines are counted; code with images is written with tags."""


class CodePart(NamedTuple):
    """A text in code."""

    text: str
    is_preformatted: bool = False
    """Whether its blanks and line ends are shown as they are."""


def plain_code(element: MarkupElement, is_preformatted: bool = False) -> str:
    """Return the lines of code in an element, without blank lines at both ends."""
    parts = list(_parts(element, is_preformatted))
    code = "".join(_lines(parts))
    if is_preformatted:
        return code.strip("\n")
    if "\n" not in code.strip():
        return code.replace("\n", " ")
    lines = "".join(_lines(parts, is_block=True)).split("\n")
    return "\n".join(line.rstrip(" ") for line in lines).strip("\n")


def _lines(parts: Iterable[CodePart | None], is_block: bool = False) -> list[str]:
    """Return the texts of code with its line ends. In a block, no line begins with a blank."""
    texts: list[str] = []
    for part in parts:
        before = texts[-1] if texts else "\n"
        text = ""
        if part is not None:
            text = part.text
        elif not before.endswith("\n"):
            text = "\n"
        if is_block and part and not part.is_preformatted and before.endswith(("\n", " ")):
            text = text.lstrip(" ")
        if text:
            texts.append(text)
    return texts


def divides_at_ends(element: MarkupElement) -> tuple[bool, bool]:
    """Return whether code begins, and whether it ends, with what ends a line."""
    parts = [part for part in _parts(element, False) if part is None or part.text.strip()]
    return parts[:1] == [None], parts[-1:] == [None]


def _parts(element: MarkupElement, is_preformatted: bool) -> Iterator[CodePart | None]:
    """Yield the texts and line breaks in an element, and None where a line of code ends."""
    for child in element.children:
        if isinstance(child, Break):
            yield None
        elif isinstance(child, MarkupElement):
            yield from _element_parts(child, is_preformatted)
        elif is_preformatted:
            yield CodePart(child, is_preformatted=True)
        else:
            yield CodePart(collapse_blanks(child))


def _element_parts(element: MarkupElement, is_preformatted: bool) -> Iterator[CodePart | None]:
    if element.tag == "br":
        yield CodePart("\n", is_preformatted=True)
        return
    if element.tag == "img":
        yield CodePart(_IMAGE)
        return
    if element.tag not in WITHIN_LINES:
        yield None
    yield from _parts(element, is_preformatted or element.tag == "pre")
    if element.tag not in WITHIN_LINES:
        yield None


def fenced(code: str, language: str) -> str:
    """Return a block of code; its fence is longer than any in the code."""
    longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{code}\n{fence}"


def html_code(element: MarkupElement) -> str:
    """Return a block of code as HTML, with its links and images."""
    parts: list[str] = []
    begins_line = True
    for part in _html_parts(element):
        if part is None and begins_line:
            continue
        parts.append("\n" if part is None else part)
        # Nobody sees the tags of a link.
        if not parts[-1].startswith(("<a ", "</a>")):
            begins_line = parts[-1].endswith("\n")
    return f"<pre><code>{''.join(parts).strip(chr(10))}</code></pre>"


def _html_parts(element: MarkupElement) -> Iterator[str | None]:
    """Yield the texts, line breaks and tags in an element, and None where a line of code ends."""
    for child in element.children:
        if isinstance(child, str):
            yield escape(child, quote=False)
        elif isinstance(child, Break):
            yield None
        elif child.tag == "br":
            yield "\n"
        elif child.tag == "img":
            yield _start_tag("img", child, ("src", "alt"))
        elif child.tag == "a":
            yield _start_tag("a", child, ("href",))
            yield from _html_parts(child)
            yield "</a>"
        elif child.tag in WITHIN_LINES:
            yield from _html_parts(child)
        else:
            yield None
            yield from _html_parts(child)
            yield None


def _start_tag(tag: str, element: MarkupElement, names: tuple[str, ...]) -> str:
    values = ((name, element.attributes.get(name, "")) for name in names)
    return f"<{tag}" + "".join(f' {name}="{escape(value)}"' for name, value in values) + ">"
