"""The form of a text by which two texts count as equal: the key of fingerprints and near-duplicate sketches.

What WordPress, editors, keyboards and fonts change without changing what is said is folded away: letter case, compatibility
forms, curly quotes, kinds of dashes, white space, invisible characters, and in Arabic and Hebrew the letter variants and vowel
marks that writers may or may not set (the folding of Lucene's ArabicNormalizer and PersianNormalizer).

Punctuation stays, in folded form. A correction of `-5` to `5`, `C` to `C++` or `$` to `€` is another text, and dropping
punctuation would hide it from revisions. Only a dash, bullet or bar that stands alone goes: it marks a list item or separates cells.
Accents of Latin, Greek and Cyrillic letters stay too; without them other words would be equal (`pêcher`, `pécher`).
"""

import re
from unicodedata import normalize

_SINGLE = "‘’‚‛‹›′‵´`ʻʼʽˈʹ\uff07"
_DOUBLE = "“”„‟«»″‶‴〝〞〟\uff02"
_DASHES = "‐‑‒–—―−⁃﹘﹣－"
# Vowel marks that writers may leave out, and the tatweel that only stretches a word; Arabic, then Hebrew.
_OPTIONAL = "\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
# Joiners, bidi marks, soft hyphen, variation selectors, tags: needed for display, never for comparing.
_INVISIBLE = "\u00ad\u034f\u061c\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff"

_FOLDED: dict[str, str] = {
    **dict.fromkeys(_SINGLE, "'"),
    **dict.fromkeys(_DOUBLE, '"'),
    **dict.fromkeys(_DASHES, "-"),
    **dict.fromkeys("أإآٱٲٳ", "ا"),
    **dict.fromkeys("ىیېۍ", "ي"),
    **dict.fromkeys("کڪ", "ك"),
    **dict.fromkeys("ةۀہۂۃھەۿ", "ه"),
    "ؤ": "و",
    "ئ": "ي",
    "×": "x",  # wptexturize writes 3x4 as 3×4, and (tm) as ™
}
# One class, one character at a time: only such a pattern is searched for without trying to match at every place.
_FOLD = re.compile(f"[{re.escape(''.join(_FOLDED))}{_OPTIONAL}{_INVISIBLE}]")
_COMMON = (
    ("’", "'"),
    ("“", '"'),
    ("”", '"'),
    ("‘", "'"),
    ("–", "-"),
    ("—", "-"),
    ("…", "..."),
    ("\u00a0", " "),
)
_SPACING = ("´", "'"), ("″", '"'), ("‴", '"'), ("™", "(tm)")  # NFKC would take these apart
# What NFKC would do anyway; but a text whose only compatibility forms were these is then known to be in NFKC after a look at it.
_FULL_WIDTH = (
    ("，", ","),
    ("：", ":"),
    ("（", "("),
    ("）", ")"),
    ("？", "?"),
    ("！", "!"),
    ("；", ";"),
    ("\u3000", " "),
)
_DOUBLED = re.compile(r"''|--+")
_ALONE = frozenset("-•·*‣◦▪|")


def normalise(text: str) -> str:
    """The comparing form of a text, on one line with single spaces. Total, and idempotent: a second pass changes nothing."""
    if not text.isascii():
        text = _replaced(
            text, _COMMON
        )  # most texts in English are ASCII afterwards, and the costly folding is not needed
    folded = text.lower() if text.isascii() else _fold(text)
    folded = folded.replace("`", "'")
    if "''" in folded or "--" in folded:
        folded = _DOUBLED.sub(_single, folded)
    words = folded.split()
    if not _ALONE.isdisjoint(words):
        words = [word for word in words if word not in _ALONE]
    return " ".join(words)


def _replaced(text: str, pairs: tuple[tuple[str, str], ...]) -> str:
    for old, new in pairs:
        text = text.replace(old, new)
    return text


def _fold(text: str) -> str:
    text = _replaced(_replaced(text, _SPACING), _FULL_WIDTH)
    text = normalize("NFKC", normalize("NFKC", text).casefold())
    return normalize("NFKC", _FOLD.sub(_folded, text))


def _folded(match: re.Match[str]) -> str:
    return _FOLDED.get(match[0], "")


def _single(match: re.Match[str]) -> str:
    return '"' if match[0][0] == "'" else "-"
