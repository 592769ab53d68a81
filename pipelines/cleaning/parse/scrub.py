"""Remove from HTML what parsers and databases disagree about: NUL, controls, lone surrogates.

Controls between U+0080 and U+009F are letters that an import took for Latin-1, while they were
Windows-1252: the apostrophe of `It\x92s`. Browsers read them so in a reference, `&#146;`.
"""

import re

_CONTROL_BYTES = bytes(code for code in (*range(0x20), 0x7F) if code not in b"\t\n\r")
_C1_BYTES = re.compile(rb"\xc2[\x80-\x9f]")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_C1_CONTROLS = range(0x80, 0xA0)
# Five of them mean nothing in Windows-1252 either.
_WINDOWS_1252 = {
    code: bytes([code]).decode("windows-1252", errors="ignore") for code in _C1_CONTROLS
}
_SURROGATES = re.compile("[\ud800-\udfff]")
# A control written as a reference, `&#27;` or `&#x1B;`, would come back when entities are decoded.
_CONTROL_REFERENCES = re.compile(
    r"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01]|127)(?!\d)"
    r"|[xX]0*(?:[0-8bBcCeEfF]|1[\da-fA-F]|7[fF])(?![\da-fA-F]));?"
)


def scrub(html: str, max_bytes: int) -> tuple[str, list[str]]:
    """Return the HTML without unusable characters and cut at `max_bytes` of UTF-8, and its flags.

    The flags are `surrogates` (lone ones were replaced by U+FFFD) and `truncated`.
    """
    flags = []
    try:
        encoded = html.encode()
    except UnicodeEncodeError:
        html = _SURROGATES.sub("\ufffd", html)
        encoded = html.encode()
        flags.append("surrogates")
    length = len(encoded)
    if length > max_bytes:
        encoded = encoded[:max_bytes]
        flags.append("truncated")
    # Bytes are cheaper to go through than characters. Few posts have anything to remove, so each
    # search is preceded by one for a single byte or character, which is ten times as fast.
    encoded = encoded.translate(None, _CONTROL_BYTES)
    has_controls = False
    if b"\xc2" in encoded:
        has_controls = _C1_BYTES.search(encoded) is not None
    if has_controls or len(encoded) != length:
        html = encoded.decode(errors="ignore")
    if has_controls:
        html = html.translate(_WINDOWS_1252)
    if "&" in html and "&#" in html:
        html = _CONTROL_REFERENCES.sub("", html)
    return html, flags


def scrub_slowly(html: str, max_bytes: int) -> tuple[str, list[str]]:
    """Return what `scrub` returns, step by step; the oracle of its test."""
    valid = _SURROGATES.sub("\ufffd", html)
    encoded = valid.encode()
    flags = []
    if valid != html:
        flags.append("surrogates")
    if len(encoded) > max_bytes:
        flags.append("truncated")
    # Half a character at the cut is dropped.
    cut = encoded[:max_bytes].decode(errors="ignore")
    without_controls = _CONTROLS.sub("", cut).translate(_WINDOWS_1252)
    return _CONTROL_REFERENCES.sub("", without_controls), flags
