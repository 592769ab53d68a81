"""XML text: escaping, CDATA sections, and what no XML may contain."""

import re
from xml.sax.saxutils import escape

FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 has no way to write (its production `Char`); control characters get into posts by copy and paste."""


def plain(text: str) -> str:
    """Text for an element or an attribute in double quotes."""
    return escape(FORBIDDEN.sub("", text), {'"': "&quot;"})


def cdata(text: str) -> str:
    """A CDATA section; a `]]>` inside is split over two."""
    return f"<![CDATA[{FORBIDDEN.sub('', text).replace(']]>', ']]]]><![CDATA[>')}]]>"


def element(name: str, content: str) -> str:
    """An element; `name` may carry attributes."""
    return f"<{name}>{content}</{name.partition(' ')[0]}>"
