"""Write safe HTML: allow-listed tags and attributes, every value checked and escaped."""

import re
from collections.abc import Mapping

from pipelines.cleaning.parse.events import Attributes
from wparchive.text.safe_html import LANGUAGE_CLASS, SAFE_ATTRIBUTES

_NUMBER = re.compile(r"[0-9]{1,6}")
_SIGNED = re.compile(r"-?\d{1,9}")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
# Attributes whose value must have this form.
_FORMS = {
    "colspan": _NUMBER,
    "rowspan": _NUMBER,
    "width": _NUMBER,
    "height": _NUMBER,
    "start": _SIGNED,
    "value": _SIGNED,
    "class": LANGUAGE_CLASS,
    "lang": _LANGUAGE,
    "dir": re.compile(r"ltr|rtl|auto", re.IGNORECASE),
}
# Addresses are never copied from the source: the caller resolves them and passes the result.
_ADDRESSES = frozenset({"href", "src", "cite"})
_EVERYWHERE = SAFE_ATTRIBUTES["*"]
_NONE: Mapping[str, str | None] = {}
_COPIED = {name: (allowed | _EVERYWHERE) - _ADDRESSES for name, allowed in SAFE_ATTRIBUTES.items()}


class SafeHtmlWriter:
    """A writer that joins tags and escaped text to safe HTML."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self.write_tag = self._parts.append
        """Write a tag that is known to be safe, to the letter. It is the list's own method,
        because it is called for every tag; so the list of parts is never replaced."""

    def write(self, text: str) -> None:
        """Write text."""
        if "&" in text or "<" in text or ">" in text:
            text = escape(text)
        self._parts.append(text)

    def write_space(self, space: str) -> None:
        """Write white space: a space or a line break.

        What was skipped may have stood between two of them. They are one, as a parser reads them.
        """
        if not self._parts or not self._parts[-1].isspace():
            self._parts.append(space)
        elif space == "\n":
            self._parts[-1] = space

    def open(
        self, name: str, attributes: Attributes, values: Mapping[str, str | None] = _NONE
    ) -> None:
        """Write a start tag, see `start_tag`."""
        self._parts.append(start_tag(name, attributes, values))

    def open_link(self, url: str) -> None:
        """Write the start tag of a link to a resolved address."""
        self._parts.append(f'<a href="{escape_value(url)}">')

    def position(self) -> int:
        """Return the present place, for `replace_since`."""
        return len(self._parts)

    def replace_since(self, position: int, text: str) -> None:
        """Write another text in place of all text and tags that were written since."""
        self._parts[position:] = [escape(text)]

    def rewrite(self, position: int, text: str) -> None:
        """Write another text in place of the one that stands at a place."""
        self._parts[position] = escape(text)

    def ends_with_break(self) -> bool:
        """Return whether a single line break was written last."""
        last = [part for part in self._parts[-4:] if not part.isspace()]
        return last[-1:] == ["<br>"] and last[-2:-1] != ["<br>"]

    def result(self) -> str:
        """Return the whole HTML."""
        return "".join(self._parts).strip()


def escape(text: str) -> str:
    """Return text for an element's content; `html.escape(text, quote=False)` is the slow way."""
    # Most text has none of the three, and looking is cheaper than replacing.
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    return text


def escape_value(text: str) -> str:
    """Return text for an attribute between double quotes."""
    return escape(text).replace('"', "&quot;")


def start_tag(name: str, attributes: Attributes, values: Mapping[str, str | None] = _NONE) -> str:
    """Return the start tag of a safe element.

    Of `attributes`, as the source has them, only allowed ones with a well-formed value are copied.
    `values` are attributes that the cleaner sets itself; those that are None are left out.
    """
    # Most tags have nothing but a class.
    if not values and _COPIED.get(name, _EVERYWHERE).isdisjoint(attributes):
        return f"<{name}>"
    return start_tag_slowly(name, attributes, values)


def start_tag_slowly(
    name: str, attributes: Attributes, values: Mapping[str, str | None] = _NONE
) -> str:
    """Return what `start_tag` returns, for any attributes; the oracle of its test."""
    copied = _COPIED.get(name, _EVERYWHERE)
    tag = f"<{name}"
    for key, value in values.items():
        if value is not None:
            tag += f' {key}="{escape_value(value)}"'
    for key, value in attributes.items():
        if key in copied and key not in values and _is_well_formed(key, value):
            tag += f' {key}="{escape_value(value)}"'
    return tag + ">"


def _is_well_formed(key: str, value: str) -> bool:
    form = _FORMS.get(key)
    return form is None or form.fullmatch(value) is not None
