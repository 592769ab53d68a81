"""Read in a class on which devices an element is shown: on wide screens, or on narrow ones."""

import re

_HIDING = frozenset({"hide", "hidden", "no"})
_SHOWING = frozenset({"show", "visible", "visibility", "only", "disable", "disabled", "kvs", "vs"})
_DEVICES = {
    **{name: name for name in ("desktop", "tablet", "mobile", "xs", "sm", "md", "lg", "xl")},
    **{name: name for name in ("small", "medium", "large", "laptop", "pc", "sp")},
    **{"mob": "mobile", "phone": "mobile", "tab": "tablet"},
}
_ALL_DEVICES = (
    frozenset({"desktop", "tablet", "mobile"}),
    frozenset({"xs", "sm", "md", "lg"}),
    frozenset({"small", "medium", "large"}),
)
# `d-md-block` of Bootstrap, `md:hidden` of Tailwind.
_DISPLAY = re.compile(r"(?:d-)?(?:xs|sm|md|lg|xl|xxl)[-:](?:none|hidden|block|flex|grid|inline\S*)")
_PART = re.compile(r"[-_]+")


def device_names(class_: str) -> frozenset[str]:
    """Return the names in a class by which an element is shown on some devices only."""
    return frozenset(
        name for name in class_.split() if _DISPLAY.fullmatch(name) or _device_of(name)
    )


def is_hidden_everywhere(names: frozenset[str]) -> bool:
    """Return whether names hide an element on all devices that their builder knows."""
    hidden = {_device_of(name) for name in names if not _HIDING.isdisjoint(_PART.split(name))}
    return any(devices <= hidden for devices in _ALL_DEVICES)


def _device_of(name: str) -> str | None:
    parts = _PART.split(name)
    if _HIDING.isdisjoint(parts) and _SHOWING.isdisjoint(parts):
        return None
    return next((_DEVICES[part] for part in parts if part in _DEVICES), None)
