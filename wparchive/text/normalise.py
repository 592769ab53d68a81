"""The normal form of a text: two texts are equal when their normal forms are.

It is what fingerprints and sketches are made of. What WordPress, editors, keyboards and fonts
change without changing what is said is folded away: letter case, compatibility forms, curly quotes,
kinds of dashes, white space, invisible characters; in Arabic and Hebrew the letter variants and
vowel marks that writers may or may not set (the folding of Lucene's ArabicNormalizer and
PersianNormalizer).

Punctuation stays, in folded form. A correction of `-5` to `5`, `C` to `C++` or `$` to `€` makes
another text, and dropping punctuation would hide it from revisions. Only a dash, bullet or bar that
stands alone goes: it marks a list item or separates cells. Accents of Latin, Greek and Cyrillic
letters stay too; without them different words would be equal (`pêcher`, `pécher`).
"""

import re

from wparchive.text.marks import compatible

_SINGLE_QUOTES = "‘’‚‛‹›′‵´`ʻʼʽˈʹ\uff07"
_DOUBLE_QUOTES = "“”„‟«»″‶‴〝〞〟\uff02"
_DASHES = "‐‑‒–—―−⁃﹘﹣－"
# Vowel marks that writers may leave out, and the tatweel that only stretches a word; Arabic, then
# Hebrew.
_OPTIONAL = (
    "\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
)
# Joiners, bidi marks, the soft hyphen, variation selectors, tags: they are needed for display, and
# never for comparing.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e0fff"
)
_FOLDED: dict[str, str] = {
    **dict.fromkeys(_SINGLE_QUOTES, "'"),
    **dict.fromkeys(_DOUBLE_QUOTES, '"'),
    **dict.fromkeys(_DASHES, "-"),
    **dict.fromkeys("أإآٱٲٳ", "ا"),
    **dict.fromkeys("ىیېۍ", "ي"),
    **dict.fromkeys("کڪ", "ك"),
    **dict.fromkeys("ةۀہۂۃھەۿ", "ه"),
    "ؤ": "و",
    "ئ": "ي",
    "×": "x",  # wptexturize writes 3x4 as 3×4, and (tm) as ™
}
# One class, one character at a time: only such a pattern is searched for without trying to match at
# every place.
_FOLD = re.compile(f"[{re.escape(''.join(_FOLDED))}{_OPTIONAL}{_INVISIBLE}]")
# These have to be replaced before NFKC, which would take them apart in another way.
_BEFORE_NFKC = {"´": "'", "″": '"', "‴": '"', "™": "(tm)"}
# What is typed for typographic quotes and dashes: ''quoted'' and -- here.
_DOUBLED = re.compile(r"''|--+")
# Signs that are bullets or rules of a table when they stand alone, and no words.
_ALONE = frozenset("-•·*‣◦▪|")

# What the folding would do to the characters that are most frequent in English, and in Chinese and
# Japanese. Nearly every text in English is ASCII after the first, one in Chinese is in NFKC after
# the second, and neither then needs the costly folding.
_TYPOGRAPHY = {
    "’": "'",
    "“": '"',
    "”": '"',
    "‘": "'",
    "–": "-",
    "—": "-",
    "…": "...",
    "\u00a0": " ",
}
_FULL_WIDTH = {
    "，": ",",
    "：": ":",
    "（": "(",
    "）": ")",
    "？": "?",
    "！": "!",
    "；": ";",
    "\u3000": " ",
}
_ASCII_BLANKS = "\n\t\r\v\f\x1c\x1d\x1e\x1f"
_ASCII_ALONE = tuple(sign for sign in sorted(_ALONE) if sign.isascii())


def normalise(text: str) -> str:
    """Return the normal form of a text, on one line with single spaces.

    Every text has one, and the normal form of a normal form is itself.
    """
    if not text.isascii():
        text = _replaced(text, _TYPOGRAPHY)
    if text.isascii():
        return _ascii_tidied(_quotes_and_dashes(text.lower()))
    return _tidied(_quotes_and_dashes(_folded(_replaced(text, _FULL_WIDTH))))


def normalise_slowly(text: str) -> str:
    """Return the same as `normalise`, by the one way that every text can go."""
    return _tidied(_quotes_and_dashes(_folded(text)))


def _folded(text: str) -> str:
    text = compatible(_replaced(text, _BEFORE_NFKC))
    text = compatible(text.casefold())
    return compatible(_FOLD.sub(lambda match: _FOLDED.get(match[0], ""), text))


def _quotes_and_dashes(folded: str) -> str:
    """Write the quotes and dashes that are typed as two characters as one."""
    folded = folded.replace("`", "'")
    if "''" in folded or "--" in folded:
        folded = _DOUBLED.sub(_single, folded)
    return folded


def _single(match: re.Match[str]) -> str:
    if match[0] == "''":
        return '"'
    return "-"


def _tidied(folded: str) -> str:
    """Put single spaces between the words and drop signs that stand alone."""
    return " ".join(word for word in folded.split() if word not in _ALONE)


def _ascii_tidied(folded: str) -> str:
    """Return the same as `_tidied` for ASCII, without a list of words: a tenth of the time."""
    # Between paragraphs: to look for two spaces, of which so many are one, takes longer.
    folded = folded.replace("\n\n", " ")
    for blank in _ASCII_BLANKS:
        folded = folded.replace(blank, " ")
    unwanted = ["  "]
    # To look for one character first is much faster: most texts have few of these signs.
    unwanted += [f" {sign} " for sign in _ASCII_ALONE if sign in folded]
    tidied = f" {folded} "
    for part in unwanted:
        # Two that overlap, as in `- - -`, need a second turn.
        while part in tidied:
            tidied = tidied.replace(part, " ")
    return tidied.strip(" ")


def _replaced(text: str, table: dict[str, str]) -> str:
    for old, new in table.items():
        text = text.replace(old, new)
    return text
