"""Words of a normalised text, the unit of all comparing here."""

import re

_PLAIN = re.compile("[a-z0-9]+")
# Scripts written without spaces count by the character: Thai, Lao, Myanmar, Khmer, kana, Han.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Vowel signs and other marks that `\w` leaves out although they belong to a word: combining marks, Cyrillic, Hebrew, Arabic,
# the Indic blocks up to Sinhala (without the two dandas, which are full stops), Tibetan, Balinese.
_MARKS = "\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff\u0f18-\u0fbc\u1b00-\u1b44"
# The repeats overlap (Indic letters are in both), which is harmless: nothing follows that could make them backtrack.
_ANY = re.compile(f"[{_UNSPACED}]|(?:[^\\W_{_UNSPACED}]+[{_MARKS}]*)+")


def words(normalised: str) -> list[str]:
    """Words of a text in normal form; in scripts without spaces, characters. Punctuation is left out.

    One rule for mixed texts, so that no share of foreign characters exists at which two versions of a text fall apart.
    """
    return (_PLAIN if normalised.isascii() else _ANY).findall(normalised)
