"""Make documents of feeds, sitemaps and pages fit for a parser. Pure.

A megabyte of text costs a parser little. A megabyte of `<x/>`, of attributes or of references to
entities becomes a hundred megabytes of nodes, and takes seconds.
"""

import re
from html.entities import name2codepoint

_CHUNK_BYTES = 1 << 16
_ATTRIBUTES_MAX = 500_000
"""Signs of equality: each attribute has one."""
_ENTITIES_MAX = 1000
"""Declarations of entities; no feed and no sitemap needs one."""
_REFERENCES_MAX = 100_000
"""References to entities that XML does not have of itself, `&nbsp;` for instance."""
_PREDEFINED = (b"&amp;", b"&lt;", b"&gt;", b"&quot;", b"&apos;", b"&#")
_CDATA, _CDATA_END = b"<![CDATA[", b"]]>"
_REFERENCE = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,10});")
_NUMBERS = {**name2codepoint, "apos": 39}


def bounded(body: bytes, tags_max: int) -> bytes:
    """Return the beginning of a document that has at most so many tags, closing ones included."""
    left = {b"<": tags_max, b"=": _ATTRIBUTES_MAX, b"<!E": _ENTITIES_MAX, b"&": _REFERENCES_MAX}
    for start in range(0, len(body), _CHUNK_BYTES):
        end = start + _CHUNK_BYTES
        for sign in left:
            left[sign] -= body.count(sign, start, end)
        left[b"&"] += sum(body.count(sign, start, end) for sign in _PREDEFINED)
        if min(left.values()) < 0:
            return body[:start]
    return body


def with_numeric_references(body: bytes) -> bytes:
    """Return XML with `&#160;` and `&#38;` in place of `&nbsp;` and `&amp;`.

    Broken feeds use the names of HTML, which XML does not know. And behind the first error in a
    document, libxml2 leaves out even the references that XML knows by name.
    """
    first, *others = body.split(_CDATA)
    parts = [_with_numbers(first)]
    for other in others:
        text, end, markup = other.partition(_CDATA_END)
        parts += [_CDATA, text, end, _with_numbers(markup)]
    return b"".join(parts)


def _with_numbers(markup: bytes) -> bytes:
    """Return markup with numbers in place of names; CDATA, which is text, is not in it."""
    if b"&" not in markup:
        return markup
    for name in {found[1].decode("ascii") for found in _REFERENCE.finditer(markup)}:
        if name in _NUMBERS:
            markup = markup.replace(b"&%s;" % name.encode(), b"&#%d;" % _NUMBERS[name])
    return markup
