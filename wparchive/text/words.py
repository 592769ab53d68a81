"""Words of a normalised text: the unit of all comparing."""

import re
from functools import cache
from string import ascii_lowercase, digits
from typing import Any

from wparchive.text.scripts import FIRST_SPACELESS, SPACELESS

_LETTERS_AND_DIGITS = frozenset(ascii_lowercase + digits)
ASCII_WORDS_SPACED = "".join(
    letter if letter in _LETTERS_AND_DIGITS else " " for letter in map(chr, range(128))
)
"""A table for `str.translate`: what is neither letter nor digit becomes a space."""

# Signs that keep a written syllable in one piece, because a single Thai letter says too little:
# Thai and Lao vowels that are written before their consonant,
_BEFORE = "\u0e40-\u0e44\u0ec0-\u0ec4"
# signs that are written after or around one (Thai, Lao, Myanmar, Khmer, Japanese voicing marks),
_AFTER = (
    "\u0e30-\u0e3a\u0e45\u0e47-\u0e4e\u0eb0-\u0ebd\u0ec8-\u0ece\u102b-\u1038\u103a-\u103e"
    "\u1056-\u1059\u17b6-\u17d1\u17d3\u17dd\u3099\u309a"
)
# and the two signs that put the next consonant below this one.
_STACKED = "\u1039\u17d2"
_SYLLABLE = f"[{_BEFORE}]?[{SPACELESS}](?:[{_AFTER}]|[{_STACKED}]\\w)*"
# Vowel signs and other marks that `\w` leaves out although they belong to a word: combining marks,
# Cyrillic, Hebrew, Arabic, the Indic blocks up to Sinhala (without the two dandas, which are full
# stops), Tibetan, Balinese.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963"
    "\u0966-\u0dff\u0f18-\u0fbc\u1b00-\u1b44"
)
# The repeats overlap (Indic letters are in both), which is harmless: nothing follows that could
# make them backtrack.
_WORD = re.compile(f"{_SYLLABLE}|(?:[^\\W_{SPACELESS}]+[{_MARKS}]*)+")
# The same for texts in which nothing has to be kept together, as nearly all in Chinese, Japanese,
# Korean or Russian: half the time.
_SIMPLE_WORD = re.compile(f"[{SPACELESS}]|[^\\W_{SPACELESS}]+")
_SIGN = re.compile(f"[{_BEFORE}{_AFTER}{_STACKED}{_MARKS}]")
_SPACELESS_WORD = re.compile(f"[{SPACELESS}]")


def words(normalised: str) -> list[str]:
    """Return the words of a text in normal form, without punctuation.

    In scripts without spaces these are characters, or syllables where a script writes those. The
    rule is the same for mixed texts. It looks at single characters and not at their share of the
    text, so that two versions of a text are always cut up in the same way.
    """
    if normalised.isascii():
        return normalised.translate(ASCII_WORDS_SPACED).split()
    if has_joining_signs(normalised):
        return words_slowly(normalised)
    return _SIMPLE_WORD.findall(normalised)


def words_slowly(normalised: str) -> list[str]:
    """Return the same as `words`, by the one rule that holds for every text."""
    return _WORD.findall(normalised)


def has_joining_signs(normalised: str) -> bool:
    """Return whether the text has signs that join characters into a syllable or to a word."""
    return _SIGN.search(normalised) is not None


def count_spaceless(found: list[str]) -> int:
    """Return how many of these words are of scripts without spaces."""
    # The comparison is cheap, and answers for nearly all words of other scripts.
    late = [word for word in found if word >= FIRST_SPACELESS]
    return sum(_SPACELESS_WORD.match(word) is not None for word in late)


@cache
def numpy_if_there() -> Any:
    """Return numpy, or None. It is loaded late: most commands compare nothing."""
    try:
        import numpy
    except ImportError:
        return None
    return numpy
