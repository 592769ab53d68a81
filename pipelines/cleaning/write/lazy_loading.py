"""Find where an image or a frame is really loaded from, when a plug-in postpones loading."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from pipelines.cleaning.parse.events import Attributes

# Plug-ins put the address here and a placeholder into `src`.
_LAZY_SOURCES = (
    "data-src",
    "data-lazy-src",
    "data-original",
    "data-ezsrc",
    "data-cfsrc",
    "data-pagespeed-lazy-src",
    "data-orig-src",
    "data-lazyload",
    "data-breeze",
    "data-wpfc-original-src",
    "nitro-lazy-src",
    # of consent plug-ins
    "data-src-cmplz",
    "data-cookieblock-src",
    "data-suppressedsrc",
    "suppressedsrc",
)
_LAZY_SETS = ("data-srcset", "data-lazy-srcset", "nitro-lazy-srcset", "data-breeze-srcset")
_ALL_LAZY = frozenset({*_LAZY_SOURCES, *_LAZY_SETS})
# What any other plug-in calls its own. Beside a picture that is shown they may name a larger one.
_ANY_SOURCE = re.compile(r"data-(?:[\w-]{1,30}-)?src")
_ANY_SET = re.compile(r"data-(?:[\w-]{1,30}-)?srcset")
_LAZY_CLASS = re.compile(r"lazy|lozad|unveil", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?:)?//[^\s/]|/[\w%-]", re.IGNORECASE)
_PICTURE = re.compile(
    r"(?:(?:https?:)?//|/|\.{1,2}/)\S+\.(?:jpe?g|png|gif|webp|avif|svg|bmp|jfif)(?:[?#]\S*)?",
    re.IGNORECASE,
)
PLAYER = re.compile(
    r"(?:https?:)?//(?:(?:www\.)?youtube(?:-nocookie)?\.com/(?:embed/|watch\?)|youtu\.be/"
    r"|player\.vimeo\.com/video/|(?:www\.)?vimeo\.com/\d"
    r"|(?:www\.)?dailymotion\.com/(?:embed/|video/)"
    r"|open\.spotify\.com/embed|w\.soundcloud\.com/player|fast\.wistia\.(?:net|com)/embed"
    r"|www\.google\.\w+/maps/embed)",
    re.IGNORECASE,
)
"""How addresses of well-known players begin."""
_PLACEHOLDER = re.compile(
    r"(?:^|/)(?:blank|spacer|placeholder|transparent|pixel|1x1|loading|loader|lazy)[\w-]{0,30}"
    r"\.(?:gif|png|svg)(?:\?|$)",
    re.IGNORECASE,
)
_UNUSABLE = ("data:", "about:", "blob:", "javascript:", "#", "{{")
# ShortPixel's placeholder says which picture it stands for.
_NAMED_IN_DATA = re.compile(r"data:image/svg\+xml;u=(https?%3A[^;,\s]{1,2000})", re.IGNORECASE)
_NO_SIZE = frozenset({"0", "1"})
# The size that WordPress appends to the name of a scaled picture.
_SCALED = re.compile(r"-\d+x\d+(?=\.\w+$)")


def image_source(attributes: Attributes) -> str | None:
    """Return the address of an `img`, None when none is usable.

    Lazy attributes come first, then the largest of a lazy set, `src`, the largest of `srcset`, any
    other attribute that is a picture's address. Where the class says that the picture is loaded
    late, that attribute comes before `src`.
    """
    lazy = None
    if not _ALL_LAZY.isdisjoint(attributes):
        lazy = _first(attributes, _LAZY_SOURCES) or _largest_of(attributes, _LAZY_SETS)
    return (
        lazy
        or _unless_placeholder(attributes)
        or _largest_of(attributes, ("srcset",))
        or _first_named(attributes)
        or _first_picture(attributes)
        or _in_data(attributes)
    )


def largest_source(attributes: Attributes) -> str | None:
    """Return the largest candidate of a `source` of a `picture`; None when none is usable."""
    return (
        _largest_of(attributes, (*_LAZY_SETS, "srcset"))
        or _first(attributes, ("data-src",))
        or _first_named(attributes)
    )


def largest_of_set(srcset: str) -> str | None:
    """Return the largest candidate of a `srcset`; None when none is usable."""
    return _largest(srcset)


def frame_source(attributes: Attributes) -> str | None:
    """Return the address of an `iframe`, `video` or `audio`; None for a blank frame."""
    return (
        _first(attributes, _LAZY_SOURCES)
        or _first(attributes, ("src",))
        or _first_address(attributes)
    )


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


def _unless_placeholder(attributes: Attributes) -> str | None:
    """Return `src`; None where it is a placeholder and another attribute names a picture."""
    source = _first(attributes, ("src",))
    if source is None:
        return None
    if _LAZY_CLASS.search(attributes.get("class", "")) and _first_named(attributes):
        return None
    if _PLACEHOLDER.search(source) and (_first_named(attributes) or _first_picture(attributes)):
        return None
    return source


def _first_named(attributes: Attributes) -> str | None:
    """Return the address in an attribute that is called a source, or the largest of a set."""
    names = tuple(name for name in attributes if _ANY_SOURCE.fullmatch(name))
    sets = tuple(name for name in attributes if _ANY_SET.fullmatch(name))
    address = _first(attributes, names)
    if address is not None and _ADDRESS.match(address):
        return address
    return _largest_of(attributes, sets)


def _first_picture(attributes: Attributes) -> str | None:
    for name, value in attributes.items():
        if name not in ("src", "alt", "title") and _PICTURE.fullmatch(value.strip()):
            return value.strip()
    return None


def _in_data(attributes: Attributes) -> str | None:
    named = _NAMED_IN_DATA.match(attributes.get("src", ""))
    return unquote(named[1]) if named is not None else None


def _first_address(attributes: Attributes) -> str | None:
    """Return what is no picture: a player's poster is one."""
    for name, value in attributes.items():
        if not name.startswith(("data-", "consent-")) or not _ADDRESS.match(value):
            continue
        if not _PICTURE.fullmatch(value.strip()):
            return value.strip()
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
