"""Redirects of the API's routes that stay within the site. Pure.

| the site sends `/wp-json/wp/v2/posts` to | caused by |
|---|---|
| `/wp-json/wp/v2/posts/` | rules of the web server that add a slash, or take it off |
| the same path with https | a rule that knows no exception for the API |
| the same path on the host with or without `www.` | the same |

Anything else could lead to another site's records: it is a refusal, and is not followed.
"""

from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, urljoin, urlsplit, urlunsplit

STATUSES = frozenset({301, 302, 303, 307, 308})
"""Statuses that name another address for the same request."""


@dataclass(frozen=True, slots=True)
class RouteForm:
    """How a site wants the addresses of its routes, as its redirects have shown it."""

    scheme: str
    netloc: str
    ends_with_slash: bool

    def applied_to(self, url: str) -> str:
        """Return an address in this form."""
        parts = urlsplit(url)
        path = parts.path.rstrip("/")
        if self.ends_with_slash:
            path += "/"
        return urlunsplit((self.scheme, self.netloc, path or "/", parts.query, ""))


def form_of(url: str) -> RouteForm:
    """Return the form that an address has."""
    parts = urlsplit(url)
    return RouteForm(parts.scheme, parts.netloc, parts.path.endswith("/"))


def origin_of(url: str) -> tuple[str, str]:
    """Return scheme and host of an address: what a form is learned for."""
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def target_within_site(url: str, location: str) -> str | None:
    """Return where a redirect of a route leads, absolute; None where it is not to be followed."""
    try:
        target = urljoin(url, location)
        before = urlsplit(url)
        after = urlsplit(target)
        is_same = _same_host(before, after) and _same_route(before, after)
    except ValueError:  # no address at all
        return None
    if not is_same or target == url:
        return None
    return target


def _same_host(before: SplitResult, after: SplitResult) -> bool:
    """Tell whether two addresses are of one site. A way back from https to http is not taken."""
    if (before.scheme, after.scheme) not in {("http", "http"), ("http", "https"), ("https",) * 2}:
        return False
    if after.username or after.password:
        return False
    names = {(parts.hostname or "").removeprefix("www.") for parts in (before, after)}
    if len(names) > 1:
        return False
    if before.scheme != after.scheme:
        return _has_default_port(before) and _has_default_port(after)
    return before.port == after.port


def _has_default_port(parts: SplitResult) -> bool:
    return parts.port in (None, {"http": 80, "https": 443}[parts.scheme])


def _same_route(before: SplitResult, after: SplitResult) -> bool:
    """Tell whether two addresses ask for the same: a lost parameter would give another page."""
    same_path = before.path.rstrip("/") == after.path.rstrip("/")
    return same_path and _parameters(before) == _parameters(after)


def _parameters(parts: SplitResult) -> list[tuple[str, str]]:
    return sorted(parse_qsl(parts.query, keep_blank_values=True))
