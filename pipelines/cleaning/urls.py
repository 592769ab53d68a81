"""Addresses in content: absolute and harmless, or none."""

import re
from urllib.parse import urljoin, urlsplit

_WEB = re.compile(r"https?://[^\s/?#\\<>\"'`]", re.I)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.I)
_OTHER_SCHEMES = frozenset({"mailto", "tel"})
_IGNORED_BY_BROWSERS = re.compile(r"[\x00-\x1f\x7f]+")  # so `java\nscript:` must be judged without them
_TO_ENCODE = re.compile(r"[\s<>\"`]")


def resolve(url: str, base: str | None) -> str | None:
    """The absolute http(s), mailto or tel address; None for anything else, as for a relative one without a base."""
    url = url.strip()
    if not url.isprintable():
        url = _IGNORED_BY_BROWSERS.sub("", url)
    if _WEB.match(url) is None:
        scheme = _SCHEME.match(url)
        if scheme is not None and scheme[1].lower() in _OTHER_SCHEMES:
            return _encode(url)
        joined = _join(url, base) if base and url else None
        if joined is None or _WEB.match(joined) is None:
            return None
        url = joined
    return _encode(url)


def resolve_web(url: str, base: str | None) -> str | None:
    """As `resolve`, http and https only: what an image or an embed can be loaded from."""
    resolved = resolve(url, base)
    return resolved if resolved is not None and _WEB.match(resolved) else None


def _join(url: str, base: str | None) -> str | None:
    try:
        joined = urljoin(base or "", url)
        return joined if urlsplit(joined).netloc else None
    except ValueError:  # "http://[": an address that urllib refuses cannot be followed either
        return None


def _encode(url: str) -> str:
    return _TO_ENCODE.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), url)
