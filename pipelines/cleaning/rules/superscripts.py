"""Say how superscripts and subscripts are written: no digit becomes part of what it follows.

A footnote's mark is written as `[1]`, an exponent as `10^6`, a mixed fraction as `1 1/2`. Ordinals
(`21st`) and trade marks stay as they are, and so do subscripts: `H2O` is how people write it.
"""

import re
from collections.abc import Callable
from functools import partial

from pipelines.cleaning.builder import ContentBuilder, Superscript
from pipelines.cleaning.parse.events import Attributes

_MAX_PIECES = 16
_MARK = r"(?:[^\W_]{1,4}|[*†‡§]{1,4})"
_FOOTNOTE_MARK = re.compile(rf"{_MARK}(?:\s?[,;–-]\s?{_MARK}){{0,7}}")
# Digits, perhaps with a sign on one side, and sums of them and of the usual letters for a number.
_EXPONENT = re.compile(r"[+−–-]?[\dnx]{1,6}(?:[.,/+−–-][\dnx]{1,6}){0,2}[+−–-]?")
_DIGITS = re.compile(r"\d{1,3}")
_HAS_BASE = re.compile(r"[^\W_]|[)\]}]")
_ENDS_A_SENTENCE = re.compile(r"[.,;:!?…。、，．！？”“’»«›」』]")


def handle_superscript(content: ContentBuilder, attributes: Attributes) -> Callable[[], None]:
    """Begin a superscript: a footnote's mark if a link within the page is in it or around it."""
    return _start_superscript(content, content.links.is_within_page)


def handle_footnote_mark(content: ContentBuilder, attributes: Attributes) -> Callable[[], None]:
    """Begin a superscript whose class says that it is the mark of a footnote."""
    return _start_superscript(content, is_footnote_mark=True)


def handle_subscript(content: ContentBuilder, attributes: Attributes) -> None:
    """Begin a subscript. After a superscript and a stroke it is the lower half of a fraction."""
    superscript = content.last_superscript
    if superscript is None:
        return
    content.last_superscript = None
    written = content.text.since(superscript.text, _MAX_PIECES)
    if written is None or written[:1] != "^" or written[-1:] not in ("/", "⁄"):
        return
    upper = written[1:-1].strip()
    if _DIGITS.fullmatch(upper) and content.text.character_before(superscript.text).isdigit():
        content.replace_text(superscript, f" {upper}/")


def _start_superscript(content: ContentBuilder, is_footnote_mark: bool) -> Callable[[], None]:
    superscript = content.mark_superscript(is_footnote_mark)
    content.superscripts.append(superscript)
    return partial(_end_superscript, content)


def _end_superscript(content: ContentBuilder) -> None:
    superscript = content.superscripts.pop()
    written = content.text.since(superscript.text, _MAX_PIECES)
    if written is None:
        return
    written = written.strip()
    if superscript.is_footnote_mark:
        if _FOOTNOTE_MARK.fullmatch(written):
            _write_footnote_mark(content, superscript, written)
        return
    if not _is_exponent(written):
        return
    before = content.text.character_before(superscript.text)
    if _ENDS_A_SENTENCE.fullmatch(before):
        if _DIGITS.fullmatch(written):
            _write_footnote_mark(content, superscript, written)
    elif _HAS_BASE.fullmatch(before):
        content.replace_text(superscript, f"^{written}")
        content.last_superscript = superscript


def _is_exponent(written: str) -> bool:
    return _EXPONENT.fullmatch(written) is not None and written != "x"


def _write_footnote_mark(content: ContentBuilder, superscript: Superscript, mark: str) -> None:
    """Write a footnote's mark in brackets, into the HTML too: there the link is lost."""
    content.replace_text(superscript, f"[{mark}]")
    content.html.replace_since(superscript.html, f"[{mark}]")
