"""The safe HTML that an archive holds: which tags and attributes it has, and how it is recognised.

The cleaner writes it. Whatever comes from elsewhere must have the same form to the letter: a reader
puts it into a page as it is.
"""

import re
from html import unescape

_NAMES = (
    "a abbr b bdi bdo br cite code del dfn em i img ins kbd mark q ruby s samp small strong sub sup"
    " time u var blockquote dd details div dl dt figcaption figure hr li ol p pre summary ul"
    " h1 h2 h3 h4 h5 h6 caption table tbody td tfoot th thead tr"
)
SAFE_TAGS = frozenset(_NAMES.split())
"""All tags that safe HTML may have. In none of them, a parser reads text otherwise than in others,
as it does in `script`, `svg` or `textarea`."""
SAFE_ATTRIBUTES: dict[str, frozenset[str]] = {
    "a": frozenset({"href", "data-embed"}),
    "img": frozenset({"src", "alt", "width", "height"}),
    "blockquote": frozenset({"cite", "data-embed"}),
    "td": frozenset({"colspan", "rowspan"}),
    "th": frozenset({"colspan", "rowspan"}),
    "ol": frozenset({"start"}),
    "li": frozenset({"value"}),
    "pre": frozenset({"class"}),
    "code": frozenset({"class"}),
    "time": frozenset({"datetime"}),
    "abbr": frozenset({"title"}),
    "*": frozenset({"dir", "lang"}),
}
"""Attributes that safe HTML may have, by tag; `*` is every tag."""
LANGUAGE_CLASS = re.compile(r"lang(?:uage)?-[A-Za-z0-9+#.-]{1,30}")
"""The form of a class: no other one is written, because classes are how pages are styled."""
_TAG = re.compile(rf'</?({"|".join(sorted(SAFE_TAGS))})((?: [a-z-]+="[^"<>]*")*)>')
_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
_ADDRESSES = {
    "href": re.compile(r"(?:https?|ftp|mailto|tel):[^\s<>\"`]*", re.IGNORECASE),
    "src": re.compile(r"https?:[^\s<>\"`]*", re.IGNORECASE),
    "cite": re.compile(r"https?:[^\s<>\"`]*", re.IGNORECASE),
    "class": LANGUAGE_CLASS,
}
"""The forms that the values of some attributes must have."""


def is_safe_html(html: str) -> bool:
    """Tell whether a text is safe HTML as the cleaner writes it.

    Every `<` begins an allowed tag, and each attribute is an allowed one between double quotes. So
    all parsers read it alike, and none finds anything in it that runs.
    """
    if "<" not in html:
        return True
    # What is left over is text: a `<` in it would begin what no rule has looked at.
    rest = _TAG.sub(_kept_if_unsafe, html)
    return "<" not in rest


def _kept_if_unsafe(found: re.Match[str]) -> str:
    """Return nothing in the place of a tag whose attributes are allowed; else the tag."""
    name, attributes = found.groups()
    if not attributes:
        return ""
    allowed = SAFE_ATTRIBUTES.get(name, frozenset()) | SAFE_ATTRIBUTES["*"]
    for key, value in _ATTRIBUTE.findall(attributes):
        form = _ADDRESSES.get(key)
        if key not in allowed or (form and not form.fullmatch(unescape(value))):
            return found[0]
    return ""
