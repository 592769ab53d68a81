"""The address that a user gives: checked, and made absolute. Pure."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler.errors import BadArguments
from crawler.site.host_names import usual_netloc
from wparchive.backends.address import redacted

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_AFTER_PATH = re.compile(r"(?s)[?#;].*")
_PATH_PARAMETERS = re.compile(r";[^/]*")
_POST = ("p", "page_id", "attachment_id", "post_type")
_LIST = ("cat", "tag", "author", "m", "s", "paged")
_OF_WORDPRESS = frozenset({*_POST, *_LIST, "lang", "rest_route"})
"""Parameters that name a page of a site; others may be secrets, and name none."""
_HOST = re.compile(r"[^\s/\\@<>\"']+")


def has_scheme(address: str) -> bool:
    """Return True for `https://example.com`, False for `example.com`."""
    return _SCHEME.match(address.strip()) is not None


def normalise_address(address: str) -> str:
    """Return an absolute http(s) address; without a scheme https is taken.

    Parameters that WordPress does not know are left out, those within the path (`;jsessionid=1`)
    and the fragment, too: they may be secrets, and would be stored with the run.
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
        reason = str(error)
        if "ort" in reason:  # Python's message repeats it, and it may be a password
            reason = "the port is not a number"
        raise BadArguments(f"not an address: {_without_secrets(text)!r} ({reason})") from None
    if parts.scheme not in ("http", "https") or not _is_plausible(host):
        raise BadArguments(
            f"not the address of a site: {_without_secrets(address)!r}; "
            "give one such as https://example.com/blog"
        )
    if "@" in parts.netloc:  # it would do nothing, and be stored with the run
        raise BadArguments(
            "no user name or password in the address: "
            f"the crawl sees what every visitor of {host} sees"
        )
    query = [pair for pair in parse_qsl(parts.query) if pair[0] in _OF_WORDPRESS]
    encoded = urlencode(query, safe="/")
    path = _PATH_PARAMETERS.sub("", parts.path) or "/"
    netloc = usual_netloc(parts.scheme, host, parts.port)
    return urlunsplit((parts.scheme, netloc, path, encoded, ""))


def _without_secrets(address: str) -> str:
    """Return an address that cannot be used, as a message may show it.

    User and password must not reach a report or a log, not even in a mistyped address.
    """
    return _AFTER_PATH.sub("?***", redacted(address))


def _is_plausible(host: str) -> bool:
    if not _HOST.fullmatch(host):
        return False
    return "." in host or ":" in host or host == "localhost"  # a colon: IPv6
