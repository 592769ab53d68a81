"""Writing the safe form of a start tag: allow-listed attributes, checked and escaped."""

import re
from collections.abc import Mapping

from pipelines.cleaning.rules import SAFE_ATTRIBUTES

_NUMBER = re.compile(r"\d{1,6}")
_SIGNED = re.compile(r"-?\d{1,9}")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_CHECKED = {
    "colspan": _NUMBER,
    "rowspan": _NUMBER,
    "width": _NUMBER,
    "height": _NUMBER,
    "start": _SIGNED,
    "value": _SIGNED,
    "lang": _LANGUAGE,
    "dir": re.compile(r"ltr|rtl|auto", re.I),
}
"""Attributes whose value must have this form."""
_ADDRESSES = frozenset({"href", "src", "cite"})
_EVERYWHERE = SAFE_ATTRIBUTES["*"]
_COPIED = {name: (allowed | _EVERYWHERE) - _ADDRESSES for name, allowed in SAFE_ATTRIBUTES.items()}


def escape(text: str) -> str:
    """Text for an element's content."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    return text.replace(">", "&gt;") if ">" in text else text


def escape_value(text: str) -> str:
    """Text for an attribute between double quotes."""
    return escape(text).replace('"', "&quot;")


def open_tag(name: str, attrs: Mapping[str, str], **resolved: str | None) -> str:
    """The start tag of a safe element; addresses come only from `resolved`, never from the source."""
    copied = _COPIED.get(name, _EVERYWHERE)
    if not resolved and copied.isdisjoint(attrs):  # as most have nothing but a class
        return f"<{name}>"
    written = "".join(
        [f' {key}="{escape_value(value)}"' for key, value in resolved.items() if value is not None]
    )
    for key, value in attrs.items():
        if key in copied and key not in resolved and _fits(key, value):
            written += f' {key}="{escape_value(value)}"'
    return f"<{name}{written}>"


def _fits(key: str, value: str) -> bool:
    form = _CHECKED.get(key)
    return form is None or form.fullmatch(value) is not None
