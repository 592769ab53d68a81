"""Write blocks of code."""

import re
from collections.abc import Iterator
from html import escape

from wparchive.export.commonmark.elements import SPAN_NAMES, Break, MarkupElement
from wparchive.export.commonmark.escape import collapse_blanks

_WITHIN_LINES = frozenset({*SPAN_NAMES, "a", "code", "img"})
"""Elements that end no line of code. Highlighters make a list item or a row of each line."""


def plain_code(element: MarkupElement, is_preformatted: bool = False) -> str:
    """Return the lines of code in an element, without blank lines at both ends."""
    parts: list[str] = []
    for part in _parts(element, is_preformatted):
        if part is not None:
            parts.append(part)
        elif parts and not parts[-1].endswith("\n"):
            parts.append("\n")
    code = "".join(parts)
    if is_preformatted:
        return code.strip("\n")
    lines = code.strip().split("\n")
    if len(lines) == 1:
        return code.replace("\n", " ")
    return "\n".join(line.strip(" ") for line in lines)


def _parts(element: MarkupElement, is_preformatted: bool) -> Iterator[str | None]:
    """Yield the texts and line breaks in an element, and None where a line of code ends."""
    for child in element.children:
        if isinstance(child, Break):
            yield None
        elif isinstance(child, MarkupElement):
            yield from _element_parts(child, is_preformatted)
        elif is_preformatted:
            yield child
        else:
            yield collapse_blanks(child)


def _element_parts(element: MarkupElement, is_preformatted: bool) -> Iterator[str | None]:
    if element.tag == "br":
        yield "\n"
        return
    if element.tag not in _WITHIN_LINES:
        yield None
    yield from _parts(element, is_preformatted)
    if element.tag not in _WITHIN_LINES:
        yield None


def fenced(code: str, language: str) -> str:
    """Return a block of code; its fence is longer than any in the code."""
    longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{code}\n{fence}"


def html_code(element: MarkupElement) -> str:
    """Return a block of code as HTML, with its links and images."""
    return f"<pre><code>{_html(element).strip(chr(10))}</code></pre>"


def _html(element: MarkupElement) -> str:
    parts: list[str] = []
    for child in element.children:
        if isinstance(child, str):
            parts.append(escape(child, quote=False))
        elif isinstance(child, Break) or child.tag == "br":
            parts.append("\n")
        elif child.tag == "img":
            parts.append(_start_tag("img", child, ("src", "alt")))
        elif child.tag == "a":
            parts.append(f"{_start_tag('a', child, ('href',))}{_html(child)}</a>")
        else:
            parts.append(_html(child))
            if child.tag not in _WITHIN_LINES:
                parts.append("\n")
    return "".join(parts)


def _start_tag(tag: str, element: MarkupElement, names: tuple[str, ...]) -> str:
    values = ((name, element.attributes.get(name, "")) for name in names)
    return f"<{tag}" + "".join(f' {name}="{escape(value)}"' for name, value in values) + ">"
