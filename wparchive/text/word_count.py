"""Count words in any script."""

import re
from functools import lru_cache
from unicodedata import category

# Scripts written without spaces count by the letter: Han, kana, Thai, Lao, Burmese, Khmer.
# Vowel and tone marks are no letters. (`wparchive.text.scripts` lists marks and digits too: it cuts
# texts up, and counts nothing.)
_UNSPACED = (
    # Han and kana
    "\u3005\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff"
    # Thai
    "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46"
    # Lao
    "\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6\u0edc-\u0edf"
    # Burmese and Khmer
    "\u1000-\u102a\u103f\u1050-\u1055\u1780-\u17b3"
)
_MARK_CATEGORIES = frozenset({"Mn", "Mc"})
# `\w` leaves out marks that belong to a word (vowel signs of Indic scripts), and the two joiners
# that stand within one.
_MARKS = (
    "".join(chr(code) for code in range(0x300, 0x10000) if category(chr(code)) in _MARK_CATEGORIES)
    + "\u200c\u200d"
)
# Characters of words that are more than letters between separators.
_RULED = re.compile(f"[{_UNSPACED}{_MARKS}]")
_UNSPACED_RUN = re.compile(f"[{_UNSPACED}]+")
_WORD = re.compile(rf"[^\W_][\w{_MARKS}']*")


_LETTERS = re.compile("[À-ÖØ-öø-ſЀ-ѿ]+")  # of Latin and Cyrillic; all they need is to be counted
_APOSTROPHE = "’"  # counts as the one of ASCII
_TYPOGRAPHY = "“”‘–—…\u00a0"  # separates; most texts in English are ASCII without it

# Tables for the fast way, which counts bytes of UTF-8.
_ASCII = bytes(range(0x80))
# First bytes of Thai, Lao, kana and Han, the scripts without spaces that have many texts.
_UNSPACED_LEADS = bytes([0xE0, *range(0xE3, 0xEA)])
_ALL_BUT_UNSPACED_LEADS = bytes(code for code in range(256) if code not in _UNSPACED_LEADS)
# After this, a word is a run of `a`; every byte of a character beyond ASCII counts as a letter.
_LETTERS_AND_SPACES = bytes(
    ord("a") if code >= 0x80 or chr(code).isalnum() else ord(" ") for code in range(256)
)
_WITHIN_WORDS = b"'_"  # they neither begin nor end a word, so it can be counted without them
_MAX_DIFFERENT = 128  # each different character beyond ASCII costs a pass over the text at most


def count_words(text: str) -> int:
    """Return how many words a text has.

    Chinese, Japanese, Thai, Lao, Khmer and Burmese put no spaces between words, so their letters
    are counted. An apostrophe does not end a word, a hyphen does: `don't` is one, `well-known` two.
    """
    if not text.isascii():
        text = text.replace(_APOSTROPHE, "'")
        for sign in _TYPOGRAPHY:
            text = text.replace(sign, " ")
    encoded = text.encode(errors="surrogatepass")
    if text.isascii():
        return _count_runs(encoded)
    if encoded.translate(None, _ALL_BUT_UNSPACED_LEADS):
        return count_words_slowly(text)
    beyond_ascii = encoded.translate(None, _ASCII).decode(errors="surrogatepass")
    different = set(_LETTERS.sub("", beyond_ascii))
    if len(different) > _MAX_DIFFERENT or any(map(_is_ruled, different)):
        return count_words_slowly(text)
    for character in different:
        if not character.isalnum():
            encoded = encoded.replace(character.encode(errors="surrogatepass"), b" ")
    return _count_runs(encoded)


def _count_runs(encoded: bytes) -> int:
    runs = encoded.translate(_LETTERS_AND_SPACES, _WITHIN_WORDS)
    return (b" " + runs).count(b" a")


def count_words_slowly(text: str) -> int:
    """Return what `count_words` returns, by the rules for any script; the oracle of its test."""
    text = text.replace(_APOSTROPHE, "'")
    rest, runs = _UNSPACED_RUN.subn(" ", text)
    unspaced = len(text) - (len(rest) - runs)  # each run left one space behind
    return unspaced + len(_WORD.findall(rest))


@lru_cache(maxsize=4096)  # a site writes in few scripts
def _is_ruled(character: str) -> bool:
    """Return whether words with this character are more than letters between separators."""
    return _RULED.match(character) is not None
