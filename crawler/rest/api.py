"""The addresses of a site's API, in the three forms that exist. Pure.

| form | root | where |
|---|---|---|
| pretty | `https://h/wp-json/`, `https://h/index.php/wp-json/` | sites with permalinks |
| query | `https://h/?rest_route=/` | any site (`get_rest_url()` in wp-includes/rest-api.php) |
| WordPress.com | `https://public-api.wordpress.com/` | `/wp/v2/sites/{site}/posts` |
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit, urlunsplit

from crawler.site.host_names import usual_host

_DEFAULT_PORTS = (80, 443)
_THIS_MACHINE = {"0.0.0.0": "127.0.0.1", "::": "::1"}


@dataclass(frozen=True, slots=True)
class Api:
    """The root of a site's API."""

    root: str
    """Address of the index, without the fragment."""
    wordpress_com: str | None = None
    """The site's name in the paths of WordPress.com's API; None for an API of the site's own."""

    @property
    def is_query_form(self) -> bool:
        """Return True for `?rest_route=`."""
        return any(name == "rest_route" for name, _ in _query(urlsplit(self.root)))

    @property
    def home(self) -> str:
        """Return the address of the site's home.

        It follows from where the API answers and not from what its index claims, because a site
        could claim the address of another one.
        """
        if self.wordpress_com:
            return f"https://{self.wordpress_com}/"
        parts = urlsplit(self.root)
        path = parts.path
        if not self.is_query_form:
            path = re.sub(r"[^/]+/?$", "", path)  # the prefix, `wp-json` unless it was renamed
        path = re.sub(r"index\.php/?$", "", path)
        return urlunsplit((parts.scheme, parts.netloc, path or "/", "", ""))

    def home_as_claimed(self, claimed: object) -> str:
        """Return the home that the index claims, where that may be the same site; else `home`.

        A claim decides about `www.`, the name of this machine, and the page below which
        `?rest_route=` answered. Any other claim could be the address of another site, as copies of
        a site have it, and is not believed.
        """
        if not isinstance(claimed, str) or not is_same_place(self.home, claimed):
            return self.home
        own = urlsplit(self.home)
        named = urlsplit(claimed)
        path = own.path
        if self.is_query_form and _folder(path).startswith(_folder(named.path)):
            path = _folder(named.path)
        return urlunsplit((own.scheme, named.netloc.lower(), path, "", ""))

    def url(self, route: str, params: Iterable[tuple[str, str]] = ()) -> str:
        """Return the address of a route with its parameters."""
        parts = urlsplit(self.root)
        path = parts.path
        query = _query(parts)
        if self.is_query_form:
            query = [
                (name, _joined(value, route) if name == "rest_route" else value)
                for name, value in query
            ]
        elif self.wordpress_com:
            namespace, version, *rest = route.strip("/").split("/")
            path = "/" + "/".join([namespace, version, "sites", self.wordpress_com, *rest])
        else:
            path = f"{path.rstrip('/')}/{route.removeprefix('/')}"
        encoded = urlencode([*query, *params], safe="/,", quote_via=quote)
        return urlunsplit((parts.scheme, parts.netloc, path, encoded, ""))

    def route_of(self, address: str) -> str | None:
        """Return the route that an address names, or None for an address outside of this API.

        The scheme may differ. Raises ValueError for something that is no address.
        """
        parts = urlsplit(address)
        root = urlsplit(self.root)
        if parts.netloc.lower() != root.netloc.lower():
            return None
        for name, value in parse_qsl(parts.query):
            if name == "rest_route":
                return value.rstrip("/")
        if self.wordpress_com:
            found = re.fullmatch(r"/([^/]+/[^/]+)/sites/[^/]+(/.+)", parts.path)
            return f"/{found[1]}{found[2]}" if found else None
        base = root.path.rstrip("/")
        if self.is_query_form or not parts.path.startswith(f"{base}/"):
            return None
        return parts.path.removeprefix(base).rstrip("/") or None

    def query_form(self) -> "Api | None":
        """Return the same API as `?rest_route=`; None where there is no other form.

        Some caches ignore the query strings of pretty addresses, and give one page for all.
        """
        if self.is_query_form or self.wordpress_com:
            return None
        parts = urlsplit(self.home)
        return replace(self, root=urlunsplit(parts._replace(query="rest_route=/")))


def site_key(home: str) -> str:
    """Return host and path of a home: `https://Example.com/blog/` -> `example.com/blog`.

    Default ports are left out. An address that means "this machine" is that of the loopback.
    """
    parts = urlsplit(home)
    host = usual_host(parts.hostname or "")
    host = _THIS_MACHINE.get(host, host)
    if ":" in host:  # IPv6
        host = f"[{host}]"
    if parts.port and parts.port not in _DEFAULT_PORTS:
        host = f"{host}:{parts.port}"
    return host + parts.path.rstrip("/")


def is_same_place(one: str, other: str) -> bool:
    """Tell whether two homes are on one host, by whichever of its names."""
    try:
        places = [urlsplit(home) for home in (one, other)]
        # An address without a port counts as 80, also with https: below, both ports are the same.
        ports = {parts.port or 80 for parts in places}
    except ValueError:
        return False
    if any(parts.scheme not in ("http", "https") or "@" in parts.netloc for parts in places):
        return False
    hosts = {_usual_name(parts.hostname or "") for parts in places}
    return len(hosts) == 1 and "" not in hosts and (len(ports) == 1 or ports <= {80, 443})


def other_keys(key: str) -> list[str]:
    """Return the keys under which an archive may hold the same site from an earlier version."""
    host, slash, path = key.partition("/")
    name, colon, port = host.rpartition(":")
    if not colon or name.endswith(":"):  # a colon within an IPv6 address
        name, port = host, ""
    names = [f"www.{name}", name.removeprefix("www.")]
    if _usual_name(name.strip("[]")) == "localhost":
        names = ["localhost", "127.0.0.1", "[::1]", "0.0.0.0"]
    keys = [f"{other}{colon if port else ''}{port}{slash}{path}" for other in names]
    return [other for other in keys if other != key]


def _usual_name(host: str) -> str:
    """Return a host name without `www.`; one name for all addresses of this machine."""
    name = usual_host(host).removeprefix("www.")
    name = _THIS_MACHINE.get(name, name)
    if name in ("localhost", "::1") or re.fullmatch(r"127(\.[0-9]{1,3}){3}", name):
        return "localhost"
    return name


def _folder(path: str) -> str:
    return path.rstrip("/") + "/"


def _query(parts: SplitResult) -> list[tuple[str, str]]:
    return parse_qsl(parts.query, keep_blank_values=True)


def _joined(base: str, route: str) -> str:
    return (base.rstrip("/") + route) or "/"
