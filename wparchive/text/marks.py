"""Signs of Unicode that stand on others or control them; normal forms in linear time.

To normalise, Python sorts the combining marks of each letter by insertion, so that a run of a
million marks takes hours. No script puts more than a few on a letter; Unicode's own Stream-Safe
Text Format (UAX 15) allows 30.
"""

import re
from typing import Any
from unicodedata import normalize

import regex

# UAX 15, stream-safe text: no script needs more marks on one letter, "Zalgo" has hundreds.
_MAX_MARKS = 30
_MAY_BE_MARKS = re.compile(rf"[^\w\s\x00-\x7f]{{{_MAX_MARKS + 1}}}")
"""Python's own `re` knows no marks; it sees soon that a text has no such run."""
_MARK = regex.compile(r"\p{M}")
_MARKS = regex.compile(rf"(\p{{M}}{{{_MAX_MARKS}}})\p{{M}}+")

_LINE_ENDS = (0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029)
_TURNS = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
"""The signs that turn the direction of what follows (UAX 9). The marks of direction that act on one
place alone (U+200E, U+200F) are no danger."""
_CONTROLS = (*range(0x09), *range(0x0E, 0x20), *range(0x7F, 0xA0), *_TURNS)
HIDDEN_CONTROLS = (*range(0x7F, 0xA0), 0x2028, 0x2029, *_TURNS)
"""What JSON and XML may hold as it is, and some programs take for the end of a line, or obey."""

# Tables and `replace`, and no substitution by a pattern: that keeps all its matches until its end,
# which are millions in megabytes of such signs.
_REMOVED = {**dict.fromkeys(_CONTROLS), **dict.fromkeys(_LINE_ENDS, "\n")}
_REPLACED = dict.fromkeys((*_CONTROLS, *_LINE_ENDS), "\ufffd")
_ESCAPED = {code: f"\\u{code:04x}" for code in HIDDEN_CONTROLS}
_ESCAPED_BYTES = {chr(code).encode(): escape.encode() for code, escape in _ESCAPED.items()}
_MAY_HAVE_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_MAY_HAVE_CONTROL_BYTES = re.compile(
    rb"\x7f|\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]|\xe2\x81[\xa6-\xa9]"
)


def without_controls(text: str) -> str:
    """Return a text without characters that control what shows it; all ends of lines are `\\n`."""
    if _MAY_HAVE_CONTROLS.search(text) is None:
        return text
    return text.replace("\r\n", "\n").translate(_REMOVED)


def one_line(name: str) -> str:
    """Return a name without controls, on one line with single spaces."""
    return " ".join(without_controls(name).split())


def harmless_value(value: Any) -> Any:
    """Return a value of a template; a text, or marked-up text, without controls."""
    return without_controls(value) if isinstance(value, str) else value


def visible_controls(text: str) -> str:
    """Return a text with a replacement character for each control, but line feeds and tabs."""
    if _MAY_HAVE_CONTROLS.search(text) is None:
        return text
    return text.translate(_REPLACED)


def escaped_controls(json: str) -> str:
    """Return JSON with escapes for what it may hold, and what breaks a line or a terminal."""
    if _MAY_HAVE_CONTROLS.search(json) is None:
        return json
    return json.translate(_ESCAPED)


def unbroken(line: bytes) -> bytes:
    """Return what `escaped_controls` returns, for JSON as bytes."""
    if _MAY_HAVE_CONTROL_BYTES.search(line) is None:
        return line
    for sign, escape in _ESCAPED_BYTES.items():
        line = line.replace(sign, escape)
    return line


def compatible(text: str) -> str:
    """Return the text in NFKC, with 30 combining marks in a row at most."""
    return _without_long_runs(normalize("NFKC", _without_long_runs(text)))


def decomposed(text: str) -> str:
    """Return the text in NFKD, with 30 combining marks in a row at most."""
    return _without_long_runs(normalize("NFKD", _without_long_runs(text)))


def _without_long_runs(text: str) -> str:
    # A run that is too long covers one of these places at least. Few texts have a mark there, and
    # to look at a thirtieth of a text is much faster than to look at all of it.
    if _MARK.search(text[:: _MAX_MARKS + 1]) is None or _MAY_BE_MARKS.search(text) is None:
        return text
    return _without_long_runs_slowly(text)


def _without_long_runs_slowly(text: str) -> str:
    """Return what `_without_long_runs` returns, for any text; the oracle of its test."""
    return _MARKS.sub(r"\1", text)
