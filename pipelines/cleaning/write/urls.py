"""Resolve addresses in content: they become absolute and harmless, or none."""

import re
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

# ASCII only, and nothing in it that would have to be removed or encoded.
_USUAL = re.compile(r"https?://(?!https?:?/)[A-Za-z0-9][!#-;=?-_a-~]*")
# Slips: a scheme twice, without its colon, with a letter or a stroke too many or too few.
_BROKEN_SCHEME = re.compile(
    r"(?:https?:/+(https?):?/+|(https)s+:/+|(https?)//|(https?):/(?!/))(?=\w)", re.IGNORECASE
)
# A path from the root of the site, with nothing in it that would have to be resolved.
_USUAL_PATH = re.compile(r"(?:/[A-Za-z0-9_~%-][A-Za-z0-9_~%.-]*)+/?")
_ABSOLUTE = re.compile(r"https?://[^\s/?#\\<>\"'`\[\]:@]", re.IGNORECASE)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):/*", re.IGNORECASE)
_WEB_SCHEMES = frozenset({"http", "https"})
_OTHER_SCHEMES = frozenset({"mailto", "tel"})
# Browsers read `java\nscript:` as `javascript:`, so addresses are judged without these.
_IGNORED_BY_BROWSERS = re.compile(r"[\x00-\x1f\x7f]+")
_TO_ENCODE = re.compile(r"[\s<>\"`]")


def resolve(url: str, base: str | None) -> str | None:
    """Return the absolute http(s), mailto or tel address of what a tag says; None for any other.

    A relative address needs a `base`; without one it is None.
    """
    if _USUAL.fullmatch(url):
        return url
    if base and _USUAL_PATH.fullmatch(url):
        origin = _origin(base)
        if origin is not None:
            return origin + url
    return resolve_slowly(url, base)


def resolve_slowly(url: str, base: str | None) -> str | None:
    """Return what `resolve` returns, for any address; the oracle of its test."""
    url = url.strip()
    if not url.isprintable():
        url = _IGNORED_BY_BROWSERS.sub("", url).strip()
    broken = _BROKEN_SCHEME.match(url)
    if broken is not None:
        scheme_name = next(filter(None, broken.groups()))
        url = f"{scheme_name.lower()}://{url[broken.end() :]}"
    if _ABSOLUTE.match(url):
        return _encode(url)
    if not url:
        return None
    scheme = _SCHEME.match(url)
    if scheme is not None:
        if scheme.end() == len(url):  # "https://" alone
            return None
        if scheme[1].lower() in _OTHER_SCHEMES:
            return _encode(url)
    joined = _join(url, base)
    if joined is None:
        return None
    return _encode(joined)


def resolve_web(url: str | None, base: str | None) -> str | None:
    """Return what `resolve` returns if it is http or https: what media can be loaded from."""
    if not url:
        return None
    resolved = resolve(url, base)
    if resolved is None or resolved[:4].lower() != "http":
        return None
    return resolved


@lru_cache(maxsize=8)  # all addresses of a post have the same base
def _origin(base: str) -> str | None:
    root = resolve_slowly("/", base)
    if root is None:
        return None
    return root.removesuffix("/")


def _join(url: str, base: str | None) -> str | None:
    try:
        joined = urljoin(base or "", url)
        parts = urlsplit(joined)
    except ValueError:  # "http://[": an address that urllib refuses cannot be followed either
        return None
    if parts.scheme in _WEB_SCHEMES and parts.hostname:
        return joined
    return None


def _encode(url: str) -> str:
    return _TO_ENCODE.sub(_percent_encoded, url)


def _percent_encoded(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode())
