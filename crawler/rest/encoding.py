"""Answers in other encodings than UTF-8. Pure.

JSON is UTF-8 (RFC 8259), and WordPress writes nothing but ASCII. Servers and proxies that convert
texts, and plugins that write JSON by hand, send something else. Their headers are often wrong where
the text is UTF-8, so that the text counts before the header.
"""

import re
from dataclasses import dataclass

from w3lib.encoding import http_content_type_encoding, read_bom

# Python knows codecs of other kinds, too: of domain names, of escapes, of seven bits.
_OF_TEXTS = re.compile(
    r"cp\d+|iso8859[-_]\d+|latin[-_]?1|koi8[-_][rtu]|mac[-_]\w+|utf[-_](?:16|32)(?:[-_][bl]e)?"
    r"|euc[-_]\w+|shift[-_]?jis\w*|gb18030|big5\w*|johab|iso2022\w*"
)
# The first two characters of JSON are ASCII (RFC 4627, section 3).
_BY_NULLS = (
    (re.compile(rb"\0\0\0[^\0]"), "utf_32_be"),
    (re.compile(rb"[^\0]\0\0\0"), "utf_32_le"),
    (re.compile(rb"\0[^\0]\0[^\0]"), "utf_16_be"),
    (re.compile(rb"[^\0]\0[^\0]\0"), "utf_16_le"),
)
_BAD_BYTES_MIN = 8
_BAD_FOR_EACH_LETTER = 4
_BAD_BYTE = re.compile(r"[\udc80-\udcff]")
_LETTER = re.compile(r"[^\x00-\x7f\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class TextOfBody:
    """A body as UTF-8."""

    body: bytes
    """Byte for byte as received, where that is UTF-8 or cannot be read as anything else."""
    is_misread: bool = False
    """It is in another encoding, and nobody says in which one."""


def as_utf8(body: bytes, content_type: str) -> TextOfBody:
    """Return a body as UTF-8, whatever encoding it is in."""
    shown = _by_first_bytes(body)
    named = http_content_type_encoding(content_type) or ""
    # Seven bits, and letters by escapes: it passes for ASCII.
    has_escapes = named.startswith("iso2022") and b"\x1b" in body
    if shown is None and not has_escapes and _is_utf8(body):
        return TextOfBody(body)
    for name in (shown, named):
        text = _decoded(body, name)
        if text is not None:
            return TextOfBody(text.removeprefix("\ufeff").encode("utf-8", "surrogatepass"))
    return TextOfBody(body, is_misread=_is_of_another_encoding(body))


def _by_first_bytes(body: bytes) -> str | None:
    """Return the encoding that the first bytes show; None for UTF-8, and where they show none."""
    named, _ = read_bom(body[:4])
    if named is not None:
        return None if named == "utf-8" else str(named)
    return next((name for pattern, name in _BY_NULLS if pattern.match(body)), None)


def _decoded(body: bytes, encoding: str | None) -> str | None:
    if not encoding or not _OF_TEXTS.fullmatch(encoding.lower()):
        return None
    try:
        return body.decode(encoding)
    except (UnicodeError, LookupError):
        return None


def _is_utf8(body: bytes) -> bool:
    if body.isascii():  # as nearly all answers are, and by far the quickest to find out
        return True
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_of_another_encoding(body: bytes) -> bool:
    """Tell whether a body has far more bytes that are no UTF-8 than letters in UTF-8.

    A few bytes of another encoding pass for letters by chance.
    """
    text = body.decode("utf-8", "surrogateescape")
    letters = sum(1 for _ in _LETTER.finditer(text))
    bad = sum(1 for _ in _BAD_BYTE.finditer(text))
    return bad >= _BAD_BYTES_MIN and bad >= _BAD_FOR_EACH_LETTER * letters
