"""Where an image or frame is really loaded from, when a plug-in postpones loading."""

import re
from collections.abc import Iterator, Mapping

_SOURCES = (
    "data-src",
    "data-lazy-src",
    "data-original",
    "data-ezsrc",
    "data-cfsrc",
    "data-pagespeed-lazy-src",
)
_SETS = ("data-srcset", "data-lazy-srcset")
_UNUSABLE = ("data:", "about:", "blob:", "javascript:")
_SIZE = re.compile(r"-\d+x\d+(?=\.\w+$)")


def image_source(attrs: Mapping[str, str]) -> str | None:
    """The address of an `img`, None when nothing is usable: lazy attributes, the largest of a lazy set, `src`, the largest of `srcset`."""
    return (
        _first(attrs, _SOURCES)
        or _largest_of(attrs, _SETS)
        or _first(attrs, ("src",))
        or _largest_of(attrs, ("srcset",))
    )


def frame_source(attrs: Mapping[str, str]) -> str | None:
    """The address of an `iframe`, `video` or `audio`; None for a blank frame."""
    return _first(attrs, _SOURCES) or _first(attrs, ("src",))


def same_file(one: str, other: str) -> bool:
    """Whether two addresses are one file, up to scheme, query and the size that WordPress appends (`-300x200`)."""
    return _file(one) == _file(other)


def is_pixel(attrs: Mapping[str, str]) -> bool:
    """Whether this is a counting pixel, not a picture."""
    return (
        attrs.get("width", "").strip(" px") in _NOTHING
        and attrs.get("height", "").strip(" px") in _NOTHING
    )


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
    for url, size in _candidates(srcset):
        if not url.lower().startswith(_UNUSABLE) and (best is None or size > best[0]):
            best = size, url
    return best[1] if best else None


def _candidates(srcset: str) -> Iterator[tuple[str, float]]:
    """Address and size of each candidate. No regular expression: addresses hold commas, and hostile white space would take for ever."""
    url = ""
    for token in srcset.split():
        if url:
            size, _, rest = token.partition(",")
            yield url, _number(size[:-1])
            url = rest.strip(",")
        elif token.endswith(","):
            if token.strip(","):
                yield token.strip(","), 0.0
        else:
            url = token.lstrip(",")
    if url:
        yield url, 0.0


def _number(size: str) -> float:
    try:
        return float(size)
    except ValueError:
        return 0.0


def _file(url: str) -> str:
    return _SIZE.sub("", url.partition(":")[2].partition("?")[0].partition("#")[0])
