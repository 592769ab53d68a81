"""Counting words in any script."""

import re
from unicodedata import category

# Scripts written without spaces count by the letter: Han, kana, Thai, Lao, Burmese, Khmer. Vowel and tone marks are no letters.
_SPACELESS = (
    "\u3005\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d"
    "\U00020000-\U0003ffff\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6\u0edc-\u0edf"
    "\u1000-\u102a\u103f\u1050-\u1055\u1780-\u17b3"
)
# `\w` leaves out the marks that belong to a word (vowel signs of Indic scripts), and the two joiners within one.
_MARKS = (
    "".join(chr(code) for code in range(0x300, 0x10000) if category(chr(code)) in ("Mn", "Mc"))
    + "\u200c\u200d"
)
_LETTERS = re.compile(f"[{_SPACELESS}]+")
_WORD = re.compile(rf"[^\W_][\w{_MARKS}']*")
# What is neither letter nor digit ends a word, but for the two that may stand in one, and are none by themselves.
_ASCII_WORDS = [
    None if letter in "'_" else letter if letter.isalnum() else " "
    for letter in map(chr, range(128))
]


def count_words(text: str) -> int:
    """Words of a text; for Chinese, Japanese, Thai, Lao, Khmer and Burmese its letters, because they put no spaces between words.

    An apostrophe does not end a word, a hyphen does: `don't` is one, `well-known` two.
    """
    text = text.replace("’", "'")
    if not text.isascii():
        text = text.replace("“", '"').replace("”", '"').replace("–", "-").replace("—", "-")
    if text.isascii():
        return len(text.translate(_ASCII_WORDS).split())
    rest, runs = _LETTERS.subn(" ", text)
    letters = len(text) - (len(rest) - runs)
    return letters + len(_WORD.findall(rest))
