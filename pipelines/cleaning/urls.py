"""Addresses in content: absolute and harmless, or none."""

import re
from urllib.parse import urljoin, urlsplit

_USUAL = re.compile(
    r"https?://[A-Za-z0-9][!#-;=?-_a-~]*"
)  # ASCII, nothing in it to remove or to encode
_PLAIN = re.compile(r"https?://[^\s/?#\\<>\"'`\[\]:@]", re.I)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):/*", re.I)
_OTHER_SCHEMES = frozenset({"mailto", "tel"})
_IGNORED_BY_BROWSERS = re.compile(
    r"[\x00-\x1f\x7f]+"
)  # so `java\nscript:` must be judged without them
_TO_ENCODE = re.compile(r"[\s<>\"`]")


def resolve(url: str, base: str | None) -> str | None:
    """The absolute http(s), mailto or tel address; None for anything else, as for a relative one without a base."""
    if _USUAL.fullmatch(url):
        return url
    url = url.strip()
    if not url.isprintable():
        url = _IGNORED_BY_BROWSERS.sub("", url).strip()
    if _PLAIN.match(url):
        return _encode(url)
    scheme = _SCHEME.match(url)
    if not url or (scheme is not None and scheme.end() == len(url)):
        return None
    if scheme is not None and scheme[1].lower() in _OTHER_SCHEMES:
        return _encode(url)
    joined = _join(url, base)
    return _encode(joined) if joined is not None else None


def resolve_web(url: str, base: str | None) -> str | None:
    """As `resolve`, http and https only: what an image or an embed can be loaded from."""
    resolved = resolve(url, base)
    return resolved if resolved is not None and resolved[:4].lower() == "http" else None


def _join(url: str, base: str | None) -> str | None:
    try:
        joined = urljoin(base or "", url)
        parts = urlsplit(joined)
    except ValueError:  # "http://[": an address that urllib refuses cannot be followed either
        return None
    return joined if parts.scheme in ("http", "https") and parts.hostname else None


def _encode(url: str) -> str:
    return _TO_ENCODE.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), url)
