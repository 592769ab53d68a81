"""Tell the raised parts of prices from exponents and from marks of footnotes.

Shops raise the cents: `€19<sup>95</sup>`. What names no currency is no price here.
"""

import re

_SIGN = "[$¢£¥฿៛\u20a0-\u20c0﷼＄￠￡￥]"
_CODES = (
    "EUR|Euros?|USD|GBP|CHF|AUD|CAD|NZD|SGD|HKD|JPY|CNY|RMB|PLN|CZK|HUF|RON|BGN|SEK|NOK|DKK|RUB"
    "|UAH|TRY|INR|IDR|BRL|MXN|ZAR|TL|kr|Rs|Rp|RM|Fr"
)
_CODES_BEHIND = f"{_CODES}|euros?|dollars?|zł|Kč|Ft|lei|лв|руб|грн|р|元|円|圆|원|บาท"
_NUMBER = r"(?<![\d.,^])(\d{1,3}(?:[.,'’\s]\d{3})+|\d{1,7})"
_PRICE = re.compile(rf"(?:{_SIGN}|(?<![^\W\d_])(?:{_CODES})\.?:?)\s?{_NUMBER}([.,]\d\d|[.,])?$")
_BARE_NUMBER = re.compile(rf"{_NUMBER}([.,])?$")
_ENDS_WITH_CURRENCY = re.compile(rf"(\d?)\s?(?:{_SIGN}|元|円|圆|원)$")
# A dollar may begin a formula, and the sign of the next price is none of this one.
_CURRENCY = re.compile(
    rf"\s?(?:\$(?![\w\\])|(?!\$){_SIGN}(?!\s?\d)|(?:{_CODES_BEHIND})(?![^\W\d_]))"
)
_CENTS = re.compile(r"\d\d")
# Numbers of footnotes are small. Of these the others are exponents, as of any number.
_USUAL_CENTS = re.compile(r"0\d|[6-9]\d|\d[059]")
_FRACTION = re.compile(r"\d{1,2}/\d{1,2}")
_TENTHS = "9"  # of a cent, in prices of petrol
_NOTES = re.compile(r"\d{1,2}(?:\s?[,;]\s?\d{1,2}){0,7}")
_POWER_OF_TEN = re.compile(r"\d|1\d")
MAX_PRICE = 40
"""Characters of a text in which its price stands at the end."""


def continued_price(before: str, raised: str) -> str | None:
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


def is_note_of_price(before: str, raised: str) -> bool:
    """Return whether a raised number can only be the mark of a footnote: no price has a power."""
    if not _NOTES.fullmatch(raised):
        return False
    if _ENDS_WITH_CURRENCY.search(before):
        return True
    price = _PRICE.search(before)
    if price is None or _CENTS.fullmatch(raised):
        return False
    return not _is_power_of_ten(price[1], raised)


def may_be_cents(before: str, raised: str) -> bool:
    """Return whether a raised number is that of cents if a currency follows."""
    number = _BARE_NUMBER.search(before)
    if number is None or not _USUAL_CENTS.fullmatch(raised):
        return False
    return not _is_power_of_ten(number[1], raised)


def cents_before_currency(before: str, raised: str, after: str) -> str | None:
    """Return how a number goes on of which `may_be_cents` is true; None if no currency follows."""
    if not _CURRENCY.match(after):
        return None
    return _decimal_mark(before, ",") + raised


def _goes_on_with_currency(before: str, raised: str) -> bool:
    """Return whether the raised part is cents with their currency."""
    if not _CENTS.match(raised) or not _CURRENCY.fullmatch(raised, 2):
        return False
    return _BARE_NUMBER.search(before) is not None


def _decimal_mark(before: str, usual: str) -> str:
    """Return the mark between a number and its cents; empty where it stands there.

    It differs from that of thousands. A number before its currency mostly has a comma.
    """
    if before.endswith((".", ",")):
        return ""
    number = _BARE_NUMBER.search(before)
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
