"""White space and unseen characters in texts: collapsed as browsers do, or kept as in code."""

import re

# Controls, and characters that are never seen. ZWJ, ZWNJ and the marks of writing direction are
# kept, because they change how letters are shown.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u180e\u200b\u2060\ufeff\ud800-\udfff]+"
)


def collapse_whitespace(text: str) -> str:
    """Return the text on one line, with single spaces and without unseen characters."""
    text = text.strip()
    # The usual text has nothing to change. A space is the only white space that is printable.
    if text.isprintable() and "  " not in text:
        return text
    return collapse_whitespace_slowly(text)


def collapse_whitespace_slowly(text: str) -> str:
    """Return what `collapse_whitespace` returns, for any text; the oracle of its test."""
    seen = _UNSEEN.sub("", " ".join(text.split()))
    return " ".join(seen.split())  # what was removed may have stood between two spaces


def preformatted_text(text: str) -> str:
    """Return preformatted text with its lines and indentation, without unseen characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    return _UNSEEN.sub("", text).strip("\n").rstrip()
