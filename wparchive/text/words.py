"""Words of a normalised text, the unit of all comparing here."""

import re
from string import ascii_lowercase, digits

_ASCII_SPACED = "".join(
    letter if letter in ascii_lowercase + digits else " " for letter in map(chr, range(128))
)
# Scripts written without spaces: Thai, Lao, Myanmar, Khmer, kana, Han.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Thai and Lao vowels written before their consonant, then all signs written after or around one, then the two signs that put the
# next consonant below this one. Together they keep a written syllable in one piece: a single Thai letter says too little.
_BEFORE = "\u0e40-\u0e44\u0ec0-\u0ec4"
_AFTER = "\u0e30-\u0e3a\u0e45\u0e47-\u0e4e\u0eb0-\u0ebd\u0ec8-\u0ece\u102b-\u1038\u103a-\u103e\u1056-\u1059\u17b6-\u17d1\u17d3\u17dd\u3099\u309a"
_SYLLABLE = f"[{_BEFORE}]?[{_UNSPACED}](?:[{_AFTER}]|[\u1039\u17d2].)*"
# Vowel signs and other marks that `\w` leaves out although they belong to a word: combining marks, Cyrillic, Hebrew, Arabic,
# the Indic blocks up to Sinhala (without the two dandas, which are full stops), Tibetan, Balinese.
_MARKS = "\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff\u0f18-\u0fbc\u1b00-\u1b44"
# The repeats overlap (Indic letters are in both), which is harmless: nothing follows that could make them backtrack.
_ANY = re.compile(f"{_SYLLABLE}|(?:[^\\W_{_UNSPACED}]+[{_MARKS}]*)+")
# The same for texts in which nothing has to be kept together, as nearly all in Chinese, Japanese, Korean or Russian.
_SIGNS = re.compile(f"[{_BEFORE}{_AFTER}\u1039\u17d2{_MARKS}]")
_SIMPLE = re.compile(f"[{_UNSPACED}]|[^\\W_{_UNSPACED}]+")
_FIRST_UNSPACED = "\u0e00"


def words(normalised: str) -> list[str]:
    """Words of a text in normal form; in scripts without spaces, characters, or syllables where a script writes those.

    Punctuation is left out. One rule for mixed texts, so that there is no share of foreign characters at which two versions of a text
    fall apart.
    """
    if normalised.isascii():
        return normalised.translate(_ASCII_SPACED).split()
    return (_ANY if _SIGNS.search(normalised) else _SIMPLE).findall(normalised)


def unspaced(found: list[str]) -> int:
    """How many of these words are characters or syllables of scripts without spaces."""
    return sum(map(_is_unspaced, found))


class _Unspaced(dict[str, bool]):
    """Word → whether it is of such a script; remembered, because words come again."""

    def __missing__(self, word: str) -> bool:
        if len(self) >= _CACHED_WORDS:
            self.clear()
        found = self[word] = word >= _FIRST_UNSPACED and _UNSPACED_WORD.match(word) is not None
        return found


_UNSPACED_WORD = re.compile(f"[{_UNSPACED}]")
_CACHED_WORDS = 1 << 16
_is_unspaced = _Unspaced().__getitem__
