"""Signs of Unicode that stand on others or control them; normal forms in linear time.

To normalise, Python sorts the combining marks of each letter by insertion, so that a run of a
million marks takes hours. No script puts more than a few on a letter; Unicode's own Stream-Safe
Text Format (UAX 15) allows 30.
"""

import re
from unicodedata import normalize

import regex

# UAX 15, stream-safe text: no script needs more marks on one letter, "Zalgo" has hundreds.
_MAX_MARKS = 30
_MAY_BE_MARKS = re.compile(rf"[^\w\s\x00-\x7f]{{{_MAX_MARKS + 1}}}")
"""Python's own `re` knows no marks; it sees soon that a text has no such run."""
_MARKS = regex.compile(rf"(\p{{M}}{{{_MAX_MARKS}}})\p{{M}}+")

_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and the signs that turn the direction of what follows (UAX 9). The marks of
direction that act on one place alone (U+200E, U+200F) are no danger."""
_CONTROLS_IN_JSON = re.compile(rb"\x7f|\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]|\xe2\x81[\xa6-\xa9]")
"""What JSON may hold as it is (in UTF-8), and some programs take for the end of a line, or obey:
control characters, and signs that turn the direction of what follows."""


def without_controls(text: str) -> str:
    """Return a text without characters that control what shows it; all ends of lines are `\\n`."""
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))


def unbroken(line: bytes) -> bytes:
    """Return JSON with escapes for what it may hold, and what breaks a line or a terminal."""
    return _CONTROLS_IN_JSON.sub(_json_escape, line)


def _json_escape(match: re.Match[bytes]) -> bytes:
    return f"\\u{ord(match[0].decode()):04x}".encode()


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
