"""Text → search tokens: the one analyser that both backends index with and that queries go through, for any script.

A token is a run of letters, marks and digits, folded. Scripts without spaces between words (Chinese, Japanese, Thai, Lao,
Khmer, Burmese) give overlapping pairs of characters instead, so that any part of two or more characters is found as a phrase.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
from operator import add
from typing import Any

import regex

ANALYSER_VERSION = 1
ANALYSER_MARK = f"{ANALYSER_VERSION}/{unicodedata.unidata_version}"
"""Stored with the archive: tokens of another version, or by other Unicode tables, must be made again before they can be compared."""
MAX_TOKEN = 64
"""Longer runs (base64, hashes) are cut into pieces of so many characters: an index key has to be short."""
MAX_CACHED = 24
"""Characters of a run worth remembering: words come again, sentences in Chinese do not."""
MAX_CHARACTERS, MAX_TOKENS = 1_000_000, 200_000
"""What is indexed of one text: bounds the time and memory that a single post can take."""

MAX_SEARCH_BYTES = 4 * 1024 * 1024
"""Of a post's token list: leaves it and the post itself below MongoDB's 16 MB."""
PER_TOKEN = 14
"""What BSON adds to a string in a list."""

_UNSPACED = (
    r"\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Yi}"
    r"\u30fc"  # the long vowel mark belongs to two scripts
)
_ASCII_RUNS = re.compile(rf"[a-z0-9]{{1,{MAX_TOKEN}}}")
# Letters and digits of ASCII as they are, all else in it a space; the second leaves what is not ASCII alone.
_ASCII_SPACED = "".join(letter if letter.isalnum() else " " for letter in map(chr, range(128)))
_ASCII_SPACED_UTF8 = _ASCII_SPACED.encode() + bytes(range(0x80, 0x100))
_TYPOGRAPHIC = "’“”‘–—…"  # they separate, and most texts in English are ASCII without them
_RUNS = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_BEGINS_UNSPACED = regex.compile(rf"[{_UNSPACED}]")
_PIECES = regex.compile(rf"[{_UNSPACED}][{_UNSPACED}\p{{M}}]*|[^{_UNSPACED}]{{1,{MAX_TOKEN}}}")
# Most of Chinese and Japanese, words in Latin letters among it: characters that folding leaves alone, and punctuation that separates with
# or without it. Unicode properties would find the same in twice the time.
_PLAIN_CJK = "\u3005\u3041-\u3096\u30a1-\u30fa\u30fc\u4e00-\u9fff"
_IS_PLAIN_CJK = re.compile(f"[\x00-\x7f{_PLAIN_CJK}、。「」『』【】《》（），！？：；・]*")
_PLAIN_CJK_PIECES = re.compile(f"[{_PLAIN_CJK}]+|[a-z0-9]{{1,{MAX_TOKEN}}}")
_ACCENTABLE = re.compile(r"[\u00c0-\u024f\u0300-\u06ff\u1e00-\u1fff]")
_OPTIONAL_MARKS = re.compile(
    r"[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]+"
)


def folded(run: str) -> str:
    """Case and compatibility forms unified (full width, ligatures), without the marks that writers leave out at will.

    These are the accents of Latin, Greek and Cyrillic, Arabic vowel signs and the tatweel, and Hebrew points. The marks of other
    scripts make the word (Indic vowels, Japanese voicing) and stay.
    """
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", run).casefold())
    if not _ACCENTABLE.search(text):
        return text
    return unicodedata.normalize(
        "NFKC", _OPTIONAL_MARKS.sub("", unicodedata.normalize("NFKD", text))
    )


def tokens(text: str) -> list[str]:
    """The tokens of a text in its order, repeated as they occur, `MAX_TOKENS` at most."""
    text = text[:MAX_CHARACTERS]
    if not text.isascii():
        for mark in _TYPOGRAPHIC:
            text = text.replace(mark, " ")
    lowered = text.lower()
    if lowered.isascii():
        found = _of_ascii(lowered)
    elif _IS_PLAIN_CJK.fullmatch(lowered):
        found = _of_plain_cjk(lowered)
    else:
        found = _of_any(lowered)
    return found[:MAX_TOKENS]


def _of_ascii(lowered: str) -> list[str]:
    """By translating and splitting, twice as fast as a regular expression, which is left to runs that have to be cut."""
    runs = lowered.translate(_ASCII_SPACED).split()
    return (
        runs
        if len(lowered) <= MAX_TOKEN or max(map(len, runs), default=0) <= MAX_TOKEN
        else _ASCII_RUNS.findall(lowered)
    )


def _of_plain_cjk(lowered: str) -> list[str]:
    found: list[str] = []
    for piece in _PLAIN_CJK_PIECES.findall(lowered):
        if piece.isascii() or len(piece) == 1:
            found.append(piece)
        else:
            found += map(add, piece, piece[1:])
    return found


def _of_any(lowered: str) -> list[str]:
    found: list[str] = []
    spaced = (
        lowered.encode(errors="surrogatepass")
        .translate(_ASCII_SPACED_UTF8)
        .decode(errors="surrogatepass")
    )
    for run in (
        spaced.split()
    ):  # most are ASCII even where the text is not, and need no Unicode properties
        if run.isascii() and len(run) <= MAX_TOKEN:
            found.append(run)
        else:
            found += _of_word(run) if len(run) <= MAX_CACHED else _of_run(run)
    return found


def _of_run(run: str) -> Sequence[str]:
    """Tokens of a run that is not all ASCII, and that may hold punctuation."""
    if _IS_PLAIN_CJK.fullmatch(run):
        return _of_plain_cjk(run)
    found: list[str] = []
    for part in _RUNS.findall(folded(run)):
        for piece in _PIECES.findall(part):
            found += _pairs(piece) if _BEGINS_UNSPACED.match(piece) else [piece]
    return found


_of_word = lru_cache(maxsize=20_000)(_of_run)


def _pairs(run: str) -> Sequence[str]:
    return list(map(add, run, run[1:])) or [run]


def searchable(post: Mapping[str, Any]) -> tuple[str, str, str]:
    """What a search looks through, in both backends: title, text and names of terms."""
    names = (
        ref["name"]
        for field in ("tags", "categories", "terms")
        for ref in post[field]
        if ref["name"]
    )
    return post["title"], post["text"], "\n".join(names)


def search_tokens(post: Mapping[str, Any]) -> list[str]:
    """Every token of a post once, `MAX_SEARCH_BYTES` at most: what a store without word positions keeps beside it."""
    unique = list(dict.fromkeys(token for part in searchable(post) for token in tokens(part)))
    if len(unique) * (4 * MAX_TOKEN + PER_TOKEN) <= MAX_SEARCH_BYTES:
        return unique
    sizes = accumulate(len(token.encode()) + PER_TOKEN for token in unique)
    return unique[: bisect_right(list(sizes), MAX_SEARCH_BYTES)]
