"""Escape what Markdown would take for markup."""

import re

_BLANKS = re.compile(r"[ \t\n\r\f\v\x1c-\x1f\x85\u2028\u2029]+")
_SPECIAL = re.compile(r"[\\`*\[\]<~]|&(?=#?\w+;)|_+")
_LETTER = re.compile(r"[^\W_]")
_LINE_START = re.compile(
    r"^(?:(?P<number>\d{1,9})(?P<dot>[.)])(?=\s|$)"
    r"|(?P<mark>>|#{1,6}(?=\s|$)|[-+](?=\s|$)|=+\s*$|[-:|][-:| ]*$))"
)
"""Beginnings of lines that would make a heading, a list, a quotation, a rule or a table."""


def collapse_blanks(text: str) -> str:
    """Return text whose white space is single blanks; no-break spaces stay."""
    return _BLANKS.sub(" ", text)


def escape_text(text: str) -> str:
    """Return text in which nothing is markup within a line."""
    return _SPECIAL.sub(_escape_special, text)


def _escape_special(found: re.Match[str]) -> str:
    special = found[0]
    if special == "&":
        return "&amp;"
    if special[0] == "_" and _is_within_word(found):
        return special
    return "".join(f"\\{character}" for character in special)


def _is_within_word(found: re.Match[str]) -> bool:
    """Return whether letters or digits stand on both sides: such underscores are no markup."""
    before = found.string[max(0, found.start() - 1) : found.start()]
    after = found.string[found.end() : found.end() + 1]
    return bool(_LETTER.match(before) and _LETTER.match(after))


def escape_line_start(line: str) -> str:
    """Return a line that begins no block."""
    return _LINE_START.sub(_escape_start, line)


def _escape_start(found: re.Match[str]) -> str:
    if found["number"]:
        return f"{found['number']}\\{found['dot']}"
    return f"\\{found[0]}"


def escape_heading(text: str) -> str:
    """Return a heading's text, which is already escaped; number signs at its end are kept."""
    end = len(text.rstrip("#"))
    if end < len(text):
        return f"{text[:end]}\\{text[end:]}"
    return text


def link_target(url: str) -> str:
    """Return an address as the target of a link or image."""
    url = re.sub(r"&(?=#?\w+;)", "&amp;", _BLANKS.sub("%20", url))
    if not re.search(r"[\s()<>\\]", url):
        return url
    return "<" + re.sub(r"[<>\\]", r"\\\g<0>", url) + ">"
