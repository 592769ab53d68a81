"""Write superscripts and subscripts as text: `10^6` is not `106`, and `$19.95` is not `$1995`.

A raised number is an exponent, the mark of a footnote, a part of a fraction or the cents of a
price. What stands before and after it tells which.
"""

import re
from collections.abc import Callable
from functools import partial

from pipelines.cleaning.builder import ContentBuilder, Superscript
from pipelines.cleaning.parse.events import Attributes
from pipelines.cleaning.write.text import Bookmark

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
# After a digit, a straight quotation mark is that of inches or minutes.
_ENDS_A_QUOTATION = re.compile(r"(?:[^\W\d_]{2}|[.,;:!?…])[\"']$")
# A chemical symbol has two letters at most: `14C` is no note about C.
_WORD_BEGIN = re.compile(r"[\"'“‘„«(]?[^\W\d_]{3}|[^\W\d_A-Z]{2}|A ")
# Shops raise the cents of a price. What names no currency is no price here.
_CURRENCY_SIGN = "[$¢£¥฿៛\u20a0-\u20c0﷼＄￠￡￥]"
_CODES = (
    "EUR|Euros?|USD|GBP|CHF|AUD|CAD|NZD|SGD|HKD|JPY|CNY|RMB|PLN|CZK|HUF|RON|BGN|SEK|NOK|DKK|RUB"
    "|UAH|TRY|INR|IDR|BRL|MXN|ZAR|TL|kr|Rs|Rp|RM|Fr"
)
_CODES_BEHIND = f"{_CODES}|euros?|dollars?|zł|Kč|Ft|lei|лв|руб|грн|р|元|円|圆|원|บาท"
_AMOUNT = r"(?<![\d.,^])(\d{1,3}(?:[.,'’\s]\d{3})+|\d{1,7})"
_PRICE = re.compile(
    rf"(?:{_CURRENCY_SIGN}|(?<![^\W\d_])(?:{_CODES})\.?:?)\s?{_AMOUNT}([.,]\d\d|[.,])?$"
)
_BARE_AMOUNT = re.compile(rf"{_AMOUNT}([.,])?$")
_ENDS_WITH_CURRENCY = re.compile(rf"(\d?)\s?(?:{_CURRENCY_SIGN}|元|円|圆|원)$")
# A dollar may begin a formula, and the sign of the next price is none of this one.
_CURRENCY = re.compile(
    rf"\s?(?:\$(?![\w\\])|(?!\$){_CURRENCY_SIGN}(?!\s?\d)|(?:{_CODES_BEHIND})(?![^\W\d_]))"
)
_CENTS = re.compile(r"\d\d")
# Numbers of footnotes are small. Of these the others are exponents, as of any number.
_USUAL_CENTS = re.compile(r"0\d|[6-9]\d|\d[059]")
_FRACTION = re.compile(r"\d{1,2}/\d{1,2}")
_TENTHS = "9"  # of a cent, in prices of petrol
_NOTES_OF_PRICE = re.compile(r"\d{1,2}(?:\s?[,;]\s?\d{1,2}){0,7}")
_POWER_OF_TEN = re.compile(r"\d|1\d")
_MAX_PRICE = 40
"""Characters of a text in which its price stands at the end."""


def handle_superscript(content: ContentBuilder, attributes: Attributes) -> Callable[[], None]:
    """Begin a superscript: a footnote's mark if a link within the page is in it or around it."""
    return _start_superscript(content, content.links.is_within_page)


def handle_footnote_mark(content: ContentBuilder, attributes: Attributes) -> Callable[[], None]:
    """Begin a superscript whose class says that it is the mark of a footnote."""
    return _start_superscript(content, is_footnote_mark=True)


def handle_raised_part(content: ContentBuilder, attributes: Attributes) -> Callable[[], None]:
    """Begin the cents of a price, which a part may follow: what it is paid for."""
    _start_superscript(content, is_footnote_mark=False)
    return partial(_end_raised_part, content)


def _end_raised_part(content: ContentBuilder) -> None:
    _end_superscript(content)
    content.last_part_end = content.text.bookmark()


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
        price_before = content.text.text_before(superscript.text, _MAX_PRICE)
        if _end_in_price(content, superscript, price_before, written):
            return
    _end_number(content, superscript, written)
    if _may_be_cents(price_before, written):
        content.on_next_text = partial(_revise_exponent, content, superscript, price_before)


def _end_number(content: ContentBuilder, superscript: Superscript, written: str) -> None:
    """Write a raised number as an exponent or as the mark of a footnote."""
    if not _is_exponent(written) and not _NOTES.fullmatch(written):
        return
    before = content.text.character_before(superscript.text)
    if not before or before.isspace():
        place = content.text.bookmark()
        content.on_next_text = partial(_write_gap_before_word, content, place)
    elif _ends_a_sentence(content, superscript, before):
        if _NOTES.fullmatch(written):
            _write_footnote_mark(content, superscript, written)
    elif before.isalpha() and _SURELY_NOTES.fullmatch(written):
        _write_footnote_mark(content, superscript, written)
    elif _HAS_BASE.fullmatch(before) and _is_exponent(written):
        content.replace_text(superscript, f"^{written}")
        content.last_superscript = superscript


def _ends_a_sentence(content: ContentBuilder, superscript: Superscript, before: str) -> bool:
    if before in "\"'":
        return _ENDS_A_QUOTATION.search(content.text.text_before(superscript.text, 3)) is not None
    return _ENDS_A_SENTENCE.fullmatch(before) is not None


def _write_gap_before_word(content: ContentBuilder, place: Bookmark, next_text: str) -> None:
    """Write a space between the number of a note or a verse and its first word."""
    if place == content.text.bookmark() and _WORD_BEGIN.match(next_text):
        content.write(" ")


def _end_in_price(
    content: ContentBuilder, superscript: Superscript, before: str, raised: str
) -> bool:
    """Write what is raised in a price; return False where it is not known to be one."""
    price = _continued_price(before, raised)
    if price is not None:
        content.replace_text(superscript, price)
        return True
    if _is_note_of_price(before, raised):
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
    cents = _cents_before_currency(before, raised, next_text)
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


def _continued_price(before: str, raised: str) -> str | None:
    """Return how a price goes on: `.95` for the raised `95` of `€19`.

    None if no price stands before, or if the raised part does not belong to it.
    """
    if _goes_on_with_currency(before, raised):
        return _decimal_mark(before, ",") + raised
    after_sign = _ENDS_WITH_CURRENCY.search(before)
    if after_sign is not None and after_sign[1] and _USUAL_CENTS.fullmatch(raised):
        return raised  # the sign is the decimal mark: `19€95`
    price = _PRICE.search(before)
    if price is None:
        return None
    number, decimals = price.groups("")
    if len(decimals) > 1:
        return raised if raised == _TENTHS else _fraction(raised)
    if _is_power_of_ten(number, raised):
        return None
    if _USUAL_CENTS.fullmatch(raised):
        return _decimal_mark(before, ".") + raised
    return _fraction(raised)


def _is_note_of_price(before: str, raised: str) -> bool:
    """Return whether a raised number can only be the mark of a footnote: no price has a power."""
    if not _NOTES_OF_PRICE.fullmatch(raised):
        return False
    if _ENDS_WITH_CURRENCY.search(before):
        return True
    price = _PRICE.search(before)
    if price is None or _CENTS.fullmatch(raised):
        return False
    return not _is_power_of_ten(price[1], raised)


def _may_be_cents(before: str, raised: str) -> bool:
    """Return whether a raised number is that of cents if a currency follows."""
    number = _BARE_AMOUNT.search(before)
    if number is None or not _USUAL_CENTS.fullmatch(raised):
        return False
    return not _is_power_of_ten(number[1], raised)


def _cents_before_currency(before: str, raised: str, after: str) -> str | None:
    """Return how a number goes on of which `_may_be_cents` is true; None if no currency follows."""
    if not _CURRENCY.match(after):
        return None
    return _decimal_mark(before, ",") + raised


def _goes_on_with_currency(before: str, raised: str) -> bool:
    """Return whether the raised part is cents with their currency."""
    if not _CENTS.match(raised) or not _CURRENCY.fullmatch(raised, 2):
        return False
    return _BARE_AMOUNT.search(before) is not None


def _decimal_mark(before: str, usual: str) -> str:
    """Return the mark between a number and its cents; empty where it stands there.

    It differs from that of thousands. A number before its currency mostly has a comma.
    """
    if before.endswith((".", ",")):
        return ""
    number = _BARE_AMOUNT.search(before)
    if number is not None and "." in number[1]:
        return ","
    if number is not None and "," in number[1]:
        return "."
    return usual


def _fraction(raised: str) -> str | None:
    if _FRACTION.fullmatch(raised):
        return f" {raised}"
    return None


def _is_power_of_ten(number: str, raised: str) -> bool:
    return number == "10" and _POWER_OF_TEN.fullmatch(raised) is not None
