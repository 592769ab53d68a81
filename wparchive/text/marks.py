"""Normal forms of Unicode in linear time.

To normalise, Python sorts the combining marks of each letter by insertion, so that a run of a
million marks takes hours. No script puts more than a few on a letter; Unicode's own Stream-Safe
Text Format (UAX 15) allows 30.
"""

import re
from unicodedata import normalize

import regex

_MAX_MARKS = 30
_MAY_BE_MARKS = re.compile(rf"[^\w\s\x00-\x7f]{{{_MAX_MARKS + 1}}}")
"""Python's own `re` knows no marks; it sees soon that a text has no such run."""
_MARKS = regex.compile(rf"(\p{{M}}{{{_MAX_MARKS}}})\p{{M}}+")


def compatible(text: str) -> str:
    """Return the text in NFKC, with 30 combining marks in a row at most."""
    return _without_long_runs(normalize("NFKC", _without_long_runs(text)))


def decomposed(text: str) -> str:
    """Return the text in NFKD, with 30 combining marks in a row at most."""
    return _without_long_runs(normalize("NFKD", _without_long_runs(text)))


def _without_long_runs(text: str) -> str:
    if _MAY_BE_MARKS.search(text) is None:
        return text
    return _MARKS.sub(r"\1", text)
