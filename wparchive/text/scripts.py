"""The scripts of texts: which need no spaces between words, and which languages they write.

Short texts show their language by letters that others lack, and by small words.

To add a script without spaces, add its letters, marks and digits here. Then raise
`SKETCH_VERSION`, and `ANALYSER_VERSION` of the search tokens: the same text gives other words and
other tokens.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from wparchive.text.language_tags import base_of

SPACELESS_RANGES = (
    (0x0E01, 0x0E3A),  # Thai
    (0x0E40, 0x0E4E),
    (0x0E50, 0x0E59),
    (0x0E81, 0x0EDF),  # Lao
    (0x1000, 0x1049),  # Myanmar
    (0x1050, 0x109D),
    (0x1780, 0x17D3),  # Khmer
    (0x17D7, 0x17D7),
    (0x17DC, 0x17F9),
    (0x3005, 0x3005),  # Han: the iteration mark and numerals
    (0x3007, 0x3007),
    (0x3021, 0x3029),
    (0x3038, 0x303B),
    (0x3041, 0x3096),  # Hiragana
    (0x309D, 0x309F),
    (0x30A1, 0x30FA),  # Katakana
    (0x30FC, 0x312F),  # the long vowel mark of both, more Katakana, Bopomofo
    (0x31A0, 0x31BF),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0xA48C),  # Han, Yi
    (0xA9E0, 0xA9FE),  # Myanmar
    (0xAA60, 0xAA76),
    (0xAA7A, 0xAA7F),
    (0xF900, 0xFAD9),  # Han
    (0xFF66, 0xFF6F),  # Katakana of half width
    (0xFF71, 0xFF9D),
    (0x116D0, 0x116E3),  # Myanmar
    (0x16FE3, 0x16FE3),  # Han
    (0x16FF0, 0x16FF6),
    (0x1AFF0, 0x1B168),  # Katakana and Hiragana
    (0x20000, 0x33FFF),  # Han: rare ideographs, and room for more of them
)
"""First and last code point of each range: letters, marks and digits, without punctuation."""

SPACELESS = "".join(f"{chr(first)}-{chr(last)}" for first, last in SPACELESS_RANGES)
"""The same, to stand in a character class of `re` or `regex`."""

FIRST_SPACELESS = chr(SPACELESS_RANGES[0][0])
"""A word that sorts before this character is not of these scripts."""

_LETTERS = {
    "Hang": re.compile("[\uac00-\ud7a3\u1100-\u11ff]"),
    "Kana": re.compile("[\u3041-\u30ff\uff66-\uff9d]"),
    "Hani": re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufad9]"),
    "Cyrl": re.compile("[\u0400-\u052f]"),
    "Arab": re.compile("[\u0600-\u06ff\u0750-\u077f]"),
    "Hebr": re.compile("[\u0590-\u05ff]"),
    "Grek": re.compile("[\u0370-\u03ff]"),
    "Thai": re.compile("[\u0e00-\u0e7f]"),
    "Deva": re.compile("[\u0900-\u097f]"),
    "Beng": re.compile("[\u0980-\u09ff]"),
    "Taml": re.compile("[\u0b80-\u0bff]"),
    "Latn": re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]"),
}
"""The letters of the scripts that are told apart."""
LANGUAGES_OF_SCRIPTS = {
    "Hang": ("ko",),
    "Kana": ("ja",),
    "Hani": ("zh", "ja"),
    "Cyrl": ("ru", "be", "bg", "kk", "ky", "mk", "mn", "sr", "tg", "uk"),
    "Arab": ("ar", "ckb", "fa", "ku", "ps", "sd", "ug", "ur"),
    "Hebr": ("he", "yi"),
    "Grek": ("el",),
    "Thai": ("th",),
    "Deva": ("hi", "mr", "ne", "sa"),
    "Beng": ("bn", "as"),
    "Taml": ("ta",),
}
"""The languages of each script but the Latin one, the likeliest first."""
# Serbian, Kurdish and Kazakh are written in two scripts each.
_ALSO_LATIN = frozenset({"sr", "ku", "kk"})
_FOREIGN_SHARE = 0.02
"""Of the letters of a text; names of another language have fewer in a text of some length."""
_ALPHABETS: Mapping[str, Mapping[str, str]] = {
    "Cyrl": {
        "ru": "ёищъыьэюяй",
        "uk": "ґєиіїщьюяй",
        "be": "ёіўыьэюяй",
        "bg": "ищъьюяй",
        "sr": "иђјљњћџ",
        "mk": "иѓѕјљњќџѝѐ",
        "kk": "ёищъыьэюяйәғқңөұүһі",
        "ky": "ёищъыьэюяйңөү",
        "mn": "ёищъыьэюяйөү",
        "tg": "ёищъыьэюяйғӣқӯҳҷ",
    },
    "Arab": {
        "ar": "يكةىأإؤ",
        "fa": "پچژگکیيكأؤ",
        "ur": "پچژگکیٹڈڑںہےھۓأؤ",
        "ps": "پچژګکیيټډړږښڼېۍأؤ",
        "ckb": "پچژگکیيڕڵۆێەڤھ",
        "ug": "پچژگكيېۇۆۈۋڭەھى",
        "sd": "پچڃڄجھگڳڱکيٻڀٺٽٿڊڌڍڏڙڪڻڦ",
    },
}
"""For each language, the letters of its own among those that not all of its script's have."""
_FOREIGN_LETTERS = {
    base: frozenset("".join(alphabets.values())) - frozenset(alphabet)
    for alphabets in _ALPHABETS.values()
    for base, alphabet in alphabets.items()
}
"""For each of these languages, the letters that it lacks and another one of its script has."""
_OWN_LETTERS = {
    "sr": frozenset("ђјљњћџ"),
    "mk": frozenset("ѓѕјљњќџ"),
    "uk": frozenset("єіїґ"),
    "be": frozenset("іў"),
}
"""Cyrillic letters that Russian lacks, and that hardly a sentence of the language does without."""
_TYPOGRAPHY = "’“”‘–—…"
"""Signs of no script, that texts have which are ASCII otherwise."""
_LETTER = re.compile(r"[^\W\d_]")
_KANA = re.compile("[\u3041-\u30ff\uff66-\uff9d]")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufad9]")
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f][A-Za-z0-9\u00c0-\u024f_.+#'’-]*")
_SPACELESS_SCRIPTS = frozenset({"Hani", "Kana", "Thai"})
_LETTERS_OF_A_WORD = 2
# Without those that are words of programs and queries as well: `for`, `in`, `if`, `and`, `from`.
_SMALL_WORDS = """
    a are at be been but can did had has have he her his how i it its just me more my no of our
    she so some than that the their them then there they this to very was we were what when which
    who will would you your
"""
_SMALL_WORDS_OF_ENGLISH = frozenset(_SMALL_WORDS.split())
_LEAST_SMALL = 0.12
"""Of the words of English prose a quarter are of these; of code and lists of names hardly any."""
_FEWEST_SMALL = 3


def main_script(sample: str) -> str | None:
    """Return the script of most letters of a text (ISO 15924); Kana also means Japanese Han."""
    if not sample.isascii():
        for sign in _TYPOGRAPHY:
            sample = sample.replace(sign, " ")
    if sample.isascii():
        return "Latn" if _LETTERS["Latn"].search(sample) else None
    return main_script_slowly(sample)


def main_script_slowly(sample: str) -> str | None:
    """Return what `main_script` returns, for any text; the oracle of its test."""
    counts = {name: len(pattern.findall(sample)) for name, pattern in _LETTERS.items()}
    if counts["Kana"] * 8 > counts["Hani"]:
        counts["Kana"] += counts["Hani"]
    # These say with one letter what takes several Latin ones.
    for name in ("Hani", "Kana", "Hang"):
        counts[name] *= 2
    name = max(counts, key=counts.__getitem__)
    return name if counts[name] else None


def scripts_of(tag: str) -> frozenset[str]:
    """Return the scripts that texts of a language are written in, by its tag."""
    return _scripts_of_base(base_of(tag))


@lru_cache
def _scripts_of_base(base: str) -> frozenset[str]:
    """Return the scripts that texts of a language are written in."""
    found = {script for script, languages in LANGUAGES_OF_SCRIPTS.items() if base in languages}
    if not found or base in _ALSO_LATIN:
        found.add("Latn")
    return frozenset(found)


def can_be_written(tag: str, sample: str) -> bool:
    """Tell whether a language has the letters of a text, as far as alphabets are known."""
    letters = _FOREIGN_LETTERS.get(base_of(tag))
    if letters is None:
        return True
    foreign = letters.intersection(sample.lower())
    if not foreign:
        return True
    found = sum(sample.lower().count(letter) for letter in foreign)
    return found < _FOREIGN_SHARE * len(_LETTER.findall(sample))


def language_of_letters(sample: str) -> str | None:
    """Return the one language that has all the letters of a text; None where several have."""
    alphabets = _ALPHABETS.get(main_script(sample) or "", {})
    able = [base for base in alphabets if can_be_written(base, sample)]
    if len(able) == 1:
        return able[0]
    return None


def likely_languages(script: str, sample: str) -> tuple[str, ...]:
    """Return the languages that a text in a script may be in, the likeliest first.

    It is one where only one has all the letters; of texts in Latin letters English.
    """
    only = language_of_letters(sample)
    if only is not None:
        return (only,)
    return LANGUAGES_OF_SCRIPTS.get(script, ("en",))


def lacks_own_letters(base: str, sample: str) -> bool:
    """Tell whether a text has none of the letters that a Cyrillic language has beside Russian."""
    own = _OWN_LETTERS.get(base)
    return own is not None and own.isdisjoint(sample.lower())


def is_simplified(sample: str) -> bool:
    """Tell whether a text in Chinese characters is written as in mainland China.

    Those characters that Japanese has as well are taken for Chinese where no kana stands beside
    them.
    """
    han = "".join(_HAN.findall(sample))
    if not han or _KANA.search(sample):
        return False
    try:
        han.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def is_english_prose(text: str) -> bool:
    """Tell whether a text has the small words of English, which code and names have not."""
    found = [word.lower() for word in _LATIN_WORD.findall(text)]
    small = sum(word in _SMALL_WORDS_OF_ENGLISH for word in found)
    return small >= _FEWEST_SMALL and small >= _LEAST_SMALL * len(found)


def without_latin_words(text: str) -> str:
    """Return a text without its words in Latin letters."""
    return _LATIN_WORD.sub(" ", text)


def script_beside_names(title: str) -> str | None:
    """Return the script that a title is written in, names in Latin letters apart.

    `Docker`, `k8s` and `MyBatis` are names in any language; `how` and `to` are not.
    """
    script = main_script(title)
    other = without_latin_words(title)
    script_of_other = main_script(other)
    if script != "Latn" or script_of_other is None:
        return script
    size = len(_LETTER.findall(other))
    if script_of_other not in _SPACELESS_SCRIPTS:
        size = len(other.split()) * _LETTERS_OF_A_WORD
    small = [word for word in _LATIN_WORD.findall(title) if word.islower() and word.isalpha()]
    if size >= len(small) * _LETTERS_OF_A_WORD:
        return script_of_other
    return script
