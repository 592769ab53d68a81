"""Where an image or frame is really loaded from, when a plug-in postpones loading."""

import re
from collections.abc import Mapping

_SOURCES = ("data-src", "data-lazy-src", "data-original", "data-ezsrc", "data-cfsrc", "data-pagespeed-lazy-src")
_SETS = ("data-srcset", "data-lazy-srcset")
_CANDIDATE = re.compile(r"\s*,*\s*(\S*[^\s,])(?:\s+([0-9.]+)[wx])?\s*(?:,|$)")
_UNUSABLE = ("data:", "about:", "blob:", "javascript:")
_SIZE = re.compile(r"-\d+x\d+(?=\.\w+$)")


def image_source(attrs: Mapping[str, str]) -> str | None:
    """The address of an `img`, None when nothing is usable: lazy attributes, the largest of a lazy set, `src`, the largest of `srcset`."""
    return _first(attrs, _SOURCES) or _largest_of(attrs, _SETS) or _first(attrs, ("src",)) or _largest_of(attrs, ("srcset",))


def frame_source(attrs: Mapping[str, str]) -> str | None:
    """The address of an `iframe`, `video` or `audio`; None for a blank frame."""
    return _first(attrs, _SOURCES) or _first(attrs, ("src",))


def same_file(one: str, other: str) -> bool:
    """Whether two addresses are one file, up to scheme, query and the size that WordPress appends (`-300x200`)."""
    return _file(one) == _file(other)


def is_pixel(attrs: Mapping[str, str]) -> bool:
    """Whether this is a counting pixel, not a picture."""
    return attrs.get("width", "").strip(" px") in _NOTHING and attrs.get("height", "").strip(" px") in _NOTHING


_NOTHING = frozenset({"0", "1"})


def _first(attrs: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    for name in names:
        value = attrs.get(name)
        if value and not (value := value.strip()).lower().startswith(_UNUSABLE) and value:
            return value
    return None


def _largest_of(attrs: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    for name in names:
        value = attrs.get(name)
        if value and (found := _largest(value)):
            return found
    return None


def _largest(srcset: str) -> str | None:
    """The candidate with the greatest width or density."""
    best: tuple[float, str] | None = None
    for url, size in _CANDIDATE.findall(srcset):
        width = _number(size)
        if not url.lower().startswith(_UNUSABLE) and (best is None or width > best[0]):
            best = width, url
    return best[1] if best else None


def _number(size: str) -> float:
    try:
        return float(size)
    except ValueError:
        return 0.0


def _file(url: str) -> str:
    return _SIZE.sub("", url.partition(":")[2].partition("?")[0].partition("#")[0])
