"""The address that a user gives: checked, and made absolute. Pure."""

import re
from urllib.parse import urlsplit, urlunsplit

from crawler.errors import BadArguments

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_HOST = re.compile(r"[^\s/\\@<>\"']+")


def has_scheme(address: str) -> bool:
    """Return True for `https://example.com`, False for `example.com`."""
    return _SCHEME.match(address.strip()) is not None


def normalise_address(address: str) -> str:
    """Return an absolute http(s) address; without a scheme https is taken.

    Raises BadArguments for anything that cannot be the address of a site.
    """
    text = address.strip()
    if text and not has_scheme(text):
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        _ = parts.port  # raises ValueError for `host:port`
    except ValueError as error:
        raise BadArguments(f"not an address: {address!r} ({error})") from None
    if parts.scheme not in ("http", "https") or not _is_plausible(host):
        raise BadArguments(
            f"not the address of a site: {address!r}; give one such as https://example.com/blog"
        )
    if "@" in parts.netloc:  # it would do nothing, and be stored with the run
        raise BadArguments(
            "no user name or password in the address: "
            f"the crawl sees what every visitor of {host} sees"
        )
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", parts.query, ""))


def _is_plausible(host: str) -> bool:
    if not _HOST.fullmatch(host):
        return False
    return "." in host or ":" in host or host == "localhost"  # a colon: IPv6
