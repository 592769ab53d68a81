"""Find where an image or a frame is really loaded from, when a plug-in postpones loading."""

import re
from collections.abc import Iterator

from pipelines.cleaning.parse.events import Attributes

# Plug-ins put the address here and a placeholder into `src`.
_LAZY_SOURCES = (
    "data-src",
    "data-lazy-src",
    "data-original",
    "data-ezsrc",
    "data-cfsrc",
    "data-pagespeed-lazy-src",
)
_LAZY_SETS = ("data-srcset", "data-lazy-srcset")
_UNUSABLE = ("data:", "about:", "blob:", "javascript:")
_NO_SIZE = frozenset({"0", "1"})
# The size that WordPress appends to the name of a scaled picture.
_SCALED = re.compile(r"-\d+x\d+(?=\.\w+$)")


def image_source(attributes: Attributes) -> str | None:
    """Return the address of an `img`, None when none is usable.

    Lazy attributes come first, then the largest of a lazy set, `src`, the largest of `srcset`.
    """
    return (
        _first(attributes, _LAZY_SOURCES)
        or _largest_of(attributes, _LAZY_SETS)
        or _first(attributes, ("src",))
        or _largest_of(attributes, ("srcset",))
    )


def frame_source(attributes: Attributes) -> str | None:
    """Return the address of an `iframe`, `video` or `audio`; None for a blank frame."""
    return _first(attributes, _LAZY_SOURCES) or _first(attributes, ("src",))


def same_file(one: str, other: str) -> bool:
    """Return whether two addresses are one file, whatever their scheme, query or scaled size."""
    return _file(one) == _file(other)


def is_pixel(attributes: Attributes) -> bool:
    """Return whether this is a counting pixel, not a picture."""
    width = attributes.get("width", "").strip(" px")
    height = attributes.get("height", "").strip(" px")
    return width in _NO_SIZE and height in _NO_SIZE


def _first(attributes: Attributes, names: tuple[str, ...]) -> str | None:
    for name in names:
        value = attributes.get(name)
        if not value:
            continue
        value = value.strip()
        if value and not value.lower().startswith(_UNUSABLE):
            return value
    return None


def _largest_of(attributes: Attributes, names: tuple[str, ...]) -> str | None:
    for name in names:
        value = attributes.get(name)
        if not value:
            continue
        found = _largest(value)
        if found:
            return found
    return None


def _largest(srcset: str) -> str | None:
    """Return the candidate with the greatest width or density."""
    best = None
    best_size = 0.0
    for url, size in _candidates(srcset):
        if url.lower().startswith(_UNUSABLE):
            continue
        if best is None or size > best_size:
            best = url
            best_size = size
    return best


def _candidates(srcset: str) -> Iterator[tuple[str, float]]:
    """Yield the address and size of each candidate.

    A regular expression cannot do this: addresses hold commas, and hostile white space would take
    quadratic time.
    """
    url = ""
    for token in srcset.split():
        if url:
            size, _, rest = token.partition(",")
            yield url, _size(size[:-1])
            url = rest.strip(",")
        elif token.endswith(","):
            if token.strip(","):
                yield token.strip(","), 0.0
        else:
            url = token.lstrip(",")
    if url:
        yield url, 0.0


def _size(number: str) -> float:
    try:
        return float(number)
    except ValueError:
        return 0.0


def _file(url: str) -> str:
    without_scheme = url.partition(":")[2]
    path = without_scheme.partition("?")[0].partition("#")[0]
    return _SCALED.sub("", path)
