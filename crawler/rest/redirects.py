"""Redirects of the API's routes that stay within the site. Pure.

| the site sends `/wp-json/wp/v2/posts` to | caused by |
|---|---|
| `/wp-json/wp/v2/posts/` | rules of the web server that add a slash, or take it off |
| the same path with https | a rule that knows no exception for the API |
| the same path on the host with or without `www.` | the same |
| the same path on the host that the index names as home | a site of two names, or that moved |

Anything else could lead to another site's records: it is a refusal, and is not followed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, urljoin, urlsplit, urlunsplit

from crawler.rest.api import is_same_place
from crawler.site.host_names import usual_host
from wparchive.backends.address import redacted

# A redirect may carry a token or a session, which no report should repeat.
_UNKNOWN_PARAMETERS = re.compile(
    r"([?&#](?!rest_route=|_fields=|order|per_page=|page=|offset=|include=)[^=&#\s]{1,80})=[^&#\s]*"
)
_TARGET_LENGTH = 200
STATUSES = frozenset({301, 302, 303, 307, 308})
"""Statuses that name another address for the same request."""


@dataclass(frozen=True, slots=True)
class RouteForm:
    """The form in which a site wants the addresses of its routes, as its redirects show it."""

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


def target_within_site(url: str, location: str, homes: Iterable[str] = ()) -> str | None:
    """Return where a redirect of a route leads, absolute; None where it is not to be followed.

    `homes` are addresses that the site's own index names as its home.
    """
    try:
        target = urljoin(url, location)
        before = urlsplit(url)
        after = urlsplit(target)
        is_same = _may_follow(before, after) and _same_route(before, after)
        is_same = is_same and (_same_host(url, target) or _is_on_host_of(homes, after))
    except ValueError:  # no address at all
        return None
    if not is_same or target == url:
        return None
    return target


def words_of_redirect(location: str) -> str:
    """Return where a redirect leads that is not followed, in words without secrets."""
    target = _UNKNOWN_PARAMETERS.sub(r"\1=***", redacted(location))[:_TARGET_LENGTH]
    try:
        scheme = urlsplit(location).scheme
    except ValueError:  # no address at all
        scheme = ""
    if scheme in ("", "http", "https"):
        return f"redirects to {target}"
    return f"led to {target}, which is no address of the web"


def _may_follow(before: SplitResult, after: SplitResult) -> bool:
    """Tell whether a scheme may follow another. A way back from https to http is not taken."""
    if after.username or after.password:
        return False
    return (before.scheme, after.scheme) in {("http", "http"), ("http", "https"), ("https",) * 2}


def _same_host(url: str, target: str) -> bool:
    """Tell whether two addresses are on one host, by whichever of its names."""
    before = urlsplit(url)
    after = urlsplit(target)
    if not is_same_place(url, target):
        return False
    if before.scheme != after.scheme:
        return _has_default_port(before) and _has_default_port(after)
    return before.port == after.port


def _is_on_host_of(homes: Iterable[str], after: SplitResult) -> bool:
    """Tell whether an address is on the host of one of the homes, or on https for one on http."""
    for home in map(urlsplit, homes):
        if usual_host(home.hostname or "") != usual_host(after.hostname or ""):
            continue
        if home.scheme == after.scheme and home.port == after.port:
            return True
        if _has_default_port(home) and _has_default_port(after):
            return True
    return False


def _has_default_port(parts: SplitResult) -> bool:
    return parts.port in (None, {"http": 80, "https": 443}.get(parts.scheme))


def _same_route(before: SplitResult, after: SplitResult) -> bool:
    """Tell whether two addresses ask for the same: a lost parameter would give another page."""
    same_path = before.path.rstrip("/") == after.path.rstrip("/")
    return same_path and _parameters(before) == _parameters(after)


def _parameters(parts: SplitResult) -> list[tuple[str, str]]:
    return sorted(parse_qsl(parts.query, keep_blank_values=True))
