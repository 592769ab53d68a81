"""Write superscripts and subscripts as text: `10^6` is not `106`, and `$19.95` is not `$1995`.

A raised number is an exponent, the mark of a footnote, a part of a fraction or the cents of a
price. What stands before and after it tells which.
"""

import re
from collections.abc import Callable
from functools import partial

from pipelines.cleaning.builder import ContentBuilder, Superscript
from pipelines.cleaning.parse.events import Attributes
from pipelines.cleaning.rules.prices import (
    MAX_PRICE,
    cents_before_currency,
    continued_price,
    is_note_of_price,
    may_be_cents,
)

_MAX_PIECES = 16
_STROKES = ("/", "⁄")
_MARK = r"(?:[^\W_]{1,4}|[*†‡§]{1,4})"
_FOOTNOTE_MARK = re.compile(rf"{_MARK}(?:\s?[,;–-]\s?{_MARK}){{0,7}}")
# Digits, perhaps with a sign on one side, and sums of them and of the usual letters for a number.
_EXPONENT = re.compile(r"[+−–-]?[\dnx]{1,6}(?:[.,/+−–-][\dnx]{1,6}){0,2}[+−–-]?")
_DIGITS = re.compile(r"\d{1,3}")
# Several notes at once; `1,5` after a letter may be an exponent.
_NOTES = re.compile(r"\d{1,3}(?:\s?[,;–-]\s?\d{1,3}){0,7}")
_SURELY_NOTES = re.compile(r"\d{1,3}(?:, \d{1,3}){1,7}|\d{1,3}(?:,\d{1,3}){2,7}")
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
    if written is None or written[:1] != "^" or written[-1:] not in _STROKES:
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
    price_before = ""
    if written[:1].isdigit():
        price_before = content.text.text_before(superscript.text, MAX_PRICE)
        if _end_in_price(content, superscript, price_before, written):
            return
    _end_number(content, superscript, written)
    if may_be_cents(price_before, written):
        content.on_next_text = partial(_revise_exponent, content, superscript, price_before)


def _end_number(content: ContentBuilder, superscript: Superscript, written: str) -> None:
    """Write a raised number as an exponent or as the mark of a footnote."""
    if not _is_exponent(written) and not _NOTES.fullmatch(written):
        return
    before = content.text.character_before(superscript.text)
    if _ENDS_A_SENTENCE.fullmatch(before):
        if _NOTES.fullmatch(written):
            _write_footnote_mark(content, superscript, written)
    elif before.isalpha() and _SURELY_NOTES.fullmatch(written):
        _write_footnote_mark(content, superscript, written)
    elif _HAS_BASE.fullmatch(before) and _is_exponent(written):
        content.replace_text(superscript, f"^{written}")
        content.last_superscript = superscript


def _end_in_price(
    content: ContentBuilder, superscript: Superscript, before: str, raised: str
) -> bool:
    """Write what is raised in a price; return False where it is not known to be one."""
    price = continued_price(before, raised)
    if price is not None:
        content.replace_text(superscript, price)
        return True
    if is_note_of_price(before, raised):
        _write_footnote_mark(content, superscript, raised)
        content.on_next_text = partial(_revise_note, content, superscript, raised)
        return True
    return False


def _revise_note(
    content: ContentBuilder, superscript: Superscript, raised: str, next_text: str
) -> None:
    """Write the upper half of a fraction in place of a footnote's mark, if a stroke follows."""
    if next_text.startswith(_STROKES) and content.text.since(superscript.text, 1) is not None:
        content.replace_text(superscript, f"^{raised}")
        content.html.rewrite(superscript.html, raised)
        content.last_superscript = superscript


def _revise_exponent(
    content: ContentBuilder, superscript: Superscript, before: str, next_text: str
) -> None:
    """Write cents in place of an exponent or a mark, if a currency follows."""
    written = content.text.since(superscript.text, _MAX_PIECES)
    if written is None:
        return
    raised = written.strip(" ^[]")
    cents = cents_before_currency(before, raised, next_text)
    if cents is None:
        return
    space = written[len(written.rstrip()) :]
    content.replace_text(superscript, cents + space)
    if written.startswith("["):
        content.html.rewrite(superscript.html, raised)


def _is_exponent(written: str) -> bool:
    return _EXPONENT.fullmatch(written) is not None and written != "x"


def _write_footnote_mark(content: ContentBuilder, superscript: Superscript, mark: str) -> None:
    """Write a footnote's mark in brackets, into the HTML too: there the link is lost."""
    content.replace_text(superscript, f"[{mark}]")
    content.html.replace_since(superscript.html, f"[{mark}]")
