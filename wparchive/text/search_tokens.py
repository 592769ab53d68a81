"""Text → search tokens: what both backends index and what queries are made of, for any script.

A token is a run of letters, marks and digits, folded. Scripts without spaces between words give
overlapping pairs of characters instead, so that any part of two or more characters is found as a
phrase.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import accumulate
from operator import add
from typing import Any

import regex

from wparchive.text.marks import compatible, decomposed
from wparchive.text.scripts import SPACELESS
from wparchive.text.words import ASCII_WORDS_SPACED, numpy_if_there

ANALYSER_VERSION = 2
ANALYSER_MARK = f"{ANALYSER_VERSION}/{unicodedata.unidata_version}"
"""Stored with the archive.

Tokens of another version, or by other Unicode tables, must be made again before they are compared.
"""
MAX_TOKEN = 64
"""Longer runs (base64, hashes) are cut into pieces of so many characters: index keys are short."""
MAX_CHARACTERS, MAX_TOKENS = 1_000_000, 200_000
"""What is indexed of one text: bounds the time and memory that a single post can take."""
MAX_SEARCH_BYTES = 4 * 1024 * 1024
"""The size of a post's token list. It leaves list and post together below MongoDB's 16 MB."""
PER_TOKEN = 14
"""Bytes that BSON adds to a string in a list."""
MAX_CACHED = 24
"""Characters of a run worth remembering: words come again, sentences in Chinese do not."""

# Folding may join an ASCII sign with a mark after it (`=` and a stroke): what they part is folded
# by itself.
_BETWEEN_ASCII_SIGNS = re.compile("[a-z0-9\x80-\U0010ffff]+")
_RUNS = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_PIECES = regex.compile(
    rf"(?P<spaceless>[{SPACELESS}][{SPACELESS}\p{{M}}]*)|[^{SPACELESS}]{{1,{MAX_TOKEN}}}"
)
# Letters that may lose an accent, and marks. A run without any is folded by casefold() alone.
_ACCENTABLE = re.compile(r"[\u00c0-\u024f\u0300-\u06ff\u1e00-\u1fff]")
_KATAKANA = "".join(map(chr, (*range(0x30A1, 0x30F7), 0x30FD, 0x30FE)))
# Hiragana and Katakana are found by each other: ネコ and ねこ are one word.
_HAS_KATAKANA = re.compile(f"[{_KATAKANA}]")
_AS_HIRAGANA = str.maketrans(_KATAKANA, "".join(chr(ord(sign) - 0x60) for sign in _KATAKANA))
# Accents, Hebrew points, Arabic vowels and the tatweel. Vowel signs of Indic scripts stay.
_OPTIONAL_MARKS = re.compile(
    r"[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]+"
)

# For the fast ways. These signs separate, and most texts in English are ASCII without them.
_TYPOGRAPHY = "’“”‘–—…"
_ASCII_SPACED_UTF8 = ASCII_WORDS_SPACED.encode() + bytes(range(0x80, 0x100))
_ASCII_RUNS = re.compile(rf"[a-z0-9]{{1,{MAX_TOKEN}}}")
# Most of Chinese and Japanese, words in Latin letters among it: characters that folding leaves
# alone, and punctuation that separates with or without it.
_PLAIN_CJK = "\u3005\u3041-\u3096\u30a1-\u30fa\u30fc\u4e00-\u9fff"
_IS_PLAIN_CJK = re.compile(f"[\x00-\x7f{_PLAIN_CJK}、。「」『』【】《》（），！？：；・]*")
_LONG_RUN = re.compile(rf"[a-z0-9]{{{MAX_TOKEN + 1}}}")
_WORTH_ARRAYS = 100
"""Characters of a text from which on numpy saves more than its calls take."""
_WORD = 1
_CJK = 2
_PLAIN_CJK_PIECES = re.compile(f"[{_PLAIN_CJK}]+|[a-z0-9]{{1,{MAX_TOKEN}}}")


def folded(run: str) -> str:
    """Return the text with letter case, compatibility forms, kana and optional marks unified.

    Optional are the accents of Latin, Greek and Cyrillic, Arabic vowel signs and the tatweel, and
    Hebrew points. The marks of other scripts make the word (Indic vowels, Japanese voicing) and
    stay.
    """
    text = with_one_kana(compatible(compatible(run).casefold()))
    if not _ACCENTABLE.search(text):
        return text
    return compatible(_OPTIONAL_MARKS.sub("", decomposed(text)))


def with_one_kana(text: str) -> str:
    """Return a text of the same length in which katakana are hiragana."""
    # Most texts have none, and to look for one is much faster than to translate.
    if _HAS_KATAKANA.search(text):
        return text.translate(_AS_HIRAGANA)
    return text


def tokens(text: str) -> list[str]:
    """Return the tokens of a text in its order, repeated as they occur, `MAX_TOKENS` at most."""
    lowered = _lowered(text)
    if lowered.isascii():
        found = _ascii_tokens(lowered)
    elif _IS_PLAIN_CJK.fullmatch(lowered):
        found = _plain_cjk_tokens(lowered)
    else:
        found = _tokens_by_word(lowered)
    return found[:MAX_TOKENS]


def tokens_slowly(text: str) -> list[str]:
    """Return the same as `tokens`, by the one rule that holds for every text."""
    found: list[str] = []
    for run in _BETWEEN_ASCII_SIGNS.findall(text[:MAX_CHARACTERS].lower()):
        for part in _RUNS.findall(folded(run)):
            for piece in _PIECES.finditer(part):
                if piece["spaceless"]:
                    found += _pairs(piece[0])
                else:
                    found.append(piece[0])
    return found[:MAX_TOKENS]


def spaced_tokens(text: str) -> str:
    """Return the tokens of a text with spaces between them, one or more."""
    lowered = _lowered(text)
    # So short a text cannot have more than `MAX_TOKENS` tokens.
    if len(lowered) <= MAX_TOKENS:
        if lowered.isascii():
            spaced = lowered.translate(ASCII_WORDS_SPACED)
            if not _may_have_long_runs(spaced):
                return spaced
        elif len(lowered) >= _WORTH_ARRAYS and _IS_PLAIN_CJK.fullmatch(lowered):
            return _spaced_plain_cjk(lowered)
    return " ".join(tokens(text))


def _lowered(text: str) -> str:
    text = text[:MAX_CHARACTERS]
    if not text.isascii():
        for sign in _TYPOGRAPHY:
            text = text.replace(sign, " ")
    return text.lower()


def _may_have_long_runs(spaced: str) -> bool:
    """Return whether a run may be longer than `MAX_TOKEN`: from space to space in long steps."""
    space = -1
    while space + MAX_TOKEN < len(spaced):
        further = spaced.rfind(" ", space + 1, space + MAX_TOKEN + 1)
        if further < 0:
            return True
        space = further
    return False


def _ascii_tokens(lowered: str) -> list[str]:
    """Return the tokens of lower-case ASCII by splitting, twice as fast as a regular expression."""
    spaced = lowered.translate(ASCII_WORDS_SPACED)
    if _may_have_long_runs(spaced):
        return _ASCII_RUNS.findall(lowered)
    return spaced.split()


def _plain_cjk_tokens(lowered: str) -> list[str]:
    """Return the tokens of text for which `_IS_PLAIN_CJK` holds, without Unicode properties."""
    found: list[str] = []
    for piece in _PLAIN_CJK_PIECES.findall(with_one_kana(lowered)):
        if piece.isascii():
            found.append(piece)
        else:
            found += _pairs(piece)
    return found


def _spaced_plain_cjk(lowered: str) -> str:
    """Return `_plain_cjk_tokens` with spaces between them, made by numpy where it is there.

    Each character gives up to three: a letter and the next one and a space, or itself and a space.
    """
    numpy = numpy_if_there()
    if numpy is None or _LONG_RUN.search(lowered):
        return " ".join(_plain_cjk_tokens(lowered))
    hiragana, kinds = _plain_cjk_tables()
    codes = hiragana[numpy.frombuffer(lowered.encode("utf-32-le"), "<u4")]
    kind = numpy.zeros(len(codes) + 2, numpy.uint8)
    kind[1:-1] = kinds[codes]
    is_cjk = kind == _CJK
    is_word = kind[1:-1] == _WORD
    is_pair = is_cjk[1:-1] & is_cjk[2:]
    is_last = is_word & (kind[2:] != _WORD)
    is_last |= is_cjk[1:-1] & ~is_cjk[:-2] & ~is_cjk[2:]
    spaced = numpy.zeros((len(codes), 3), "<u4")
    spaced[:, 0] = codes * (is_word | is_pair | is_last)
    spaced[:-1, 1] = codes[1:] * is_pair[:-1]
    spaced[:, 1] += is_last * numpy.uint32(ord(" "))
    spaced[:, 2] = is_pair * numpy.uint32(ord(" "))
    found: bytes = spaced[spaced != 0].tobytes()
    return found.decode("utf-32-le")


@cache
def _plain_cjk_tables() -> tuple[Any, Any]:
    """Return two tables by code point: hiragana for katakana, and the kind of each character."""
    numpy = numpy_if_there()
    hiragana = numpy.arange(2**16, dtype="<u4")
    hiragana[list(_AS_HIRAGANA)] = list(_AS_HIRAGANA.values())
    kinds = numpy.zeros(2**16, numpy.uint8)
    # Each character stands at the place of its code; no text has those from 0xD800 on.
    for run in _PLAIN_CJK_PIECES.finditer("".join(map(chr, range(0xD800)))):
        kinds[run.start() : run.end()] = _WORD if run[0].isascii() else _CJK
    return hiragana, kinds


def _tokens_by_word(lowered: str) -> list[str]:
    """Return the tokens of any lower-case text, with those of words remembered.

    Most runs between blanks are ASCII even where the text is not.
    """
    spaced = lowered.encode(errors="surrogatepass").translate(_ASCII_SPACED_UTF8)
    found: list[str] = []
    for run in spaced.decode(errors="surrogatepass").split():
        if run.isascii() and len(run) <= MAX_TOKEN:
            found.append(run)
        elif len(run) <= MAX_CACHED:
            found += _tokens_of_word(run)
        elif _IS_PLAIN_CJK.fullmatch(run):
            found += _plain_cjk_tokens(run)
        else:
            found += tokens_slowly(run)
    return found


_tokens_of_word = lru_cache(maxsize=20_000)(tokens_slowly)


def _pairs(run: str) -> list[str]:
    return list(map(add, run, run[1:])) or [run]


def searchable(post: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return what a search looks through, in both backends: title, text and names of terms."""
    names = (
        ref["name"]
        for field in ("tags", "categories", "terms")
        for ref in post[field]
        if ref["name"]
    )
    return post["title"], post["text"], "\n".join(names)


def search_tokens(post: Mapping[str, Any], ahead: Sequence[str] | None = None) -> list[str]:
    """Return every token of a post once, `MAX_SEARCH_BYTES` at most.

    A store without word positions keeps this list beside the post. `ahead` holds the
    `spaced_tokens` of title and text where somebody has made them already.
    """
    title, text, names = searchable(post)
    if ahead is None:
        ahead = (spaced_tokens(title), spaced_tokens(text))
    found = [token for part in ahead for token in part.split()]
    unique = list(dict.fromkeys(found + tokens(names)))
    if len(unique) * (4 * MAX_TOKEN + PER_TOKEN) <= MAX_SEARCH_BYTES:
        return unique
    sizes = accumulate(len(token.encode()) + PER_TOKEN for token in unique)
    return unique[: bisect_right(list(sizes), MAX_SEARCH_BYTES)]
