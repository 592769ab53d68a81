"""A site's API as plain data: its root, its collections, and the URLs of both. Pure."""

import contextlib
import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from crawler.walk import Capabilities
from wparchive.model.documents import Kind

# Not content, or not readable by visitors (field types of the editor, menus, templates, fonts).
NOT_ARCHIVED = dict.fromkeys(
    ("nav_menu_item", "wp_navigation", "nav_menu"), "menus, not content"
) | dict.fromkeys(
    (
        "wp_block",
        "wp_template",
        "wp_template_part",
        "wp_global_styles",
        "wp_font_family",
        "wp_font_face",
        "wp_pattern_category",
    ),
    "parts of themes and of the editor, not content",
)


# What core's posts, media, tags and users routes can do: assumed where a site does not describe a route.
CORE = Capabilities(
    frozenset({"page", "per_page", "offset", "order", "orderby", "include", "exclude"}),
    frozenset({"id", "date"}),
    100,
)


@dataclass(frozen=True, slots=True)
class Collection:
    """One list of objects that a site publishes."""

    kind: Kind
    type: str
    """WordPress's name: `post`, `category`, `user`, ..."""
    route: str
    """Path under the API's root: `/wp/v2/posts`."""
    taxonomies: Mapping[str, str] = field(default_factory=dict)
    """For posts: slug of each taxonomy -> the field of a record that holds its ids (`post_tag` -> `tags`)."""
    capabilities: Capabilities = CORE


@dataclass(frozen=True, slots=True)
class Api:
    """The root of a site's API and the three forms of address that exist (`get_rest_url()` in wp-includes/rest-api.php)."""

    root: str
    """`https://h/wp-json/`, `https://h/index.php/wp-json/`, `https://h/?rest_route=/` or `https://public-api.wordpress.com/...`."""
    wordpress_com: str | None = None
    """For WordPress.com's public API, the site's name in its paths."""

    def url(self, route: str, params: Iterable[tuple[str, str]] = ()) -> str:
        """Address of a route with its parameters."""
        parts = urlsplit(self.root)
        query = parse_qsl(parts.query, keep_blank_values=True)
        path = parts.path
        if any(name == "rest_route" for name, _ in query):
            base = next(value for name, value in query if name == "rest_route").rstrip("/")
            query = [
                (name, (base + route) or "/") if name == "rest_route" else (name, value)
                for name, value in query
            ]
        elif self.wordpress_com:
            namespace, version, *rest = route.strip("/").split("/")
            path = "/" + "/".join([namespace, version, "sites", self.wordpress_com, *rest])
        else:
            path = path.rstrip("/") + (route if route.startswith("/") else f"/{route}")
        return urlunsplit(
            (
                parts.scheme,
                parts.netloc,
                path,
                urlencode([*query, *params], safe="/,", quote_via=quote),
                "",
            )
        )

    def query_form(self) -> "Api | None":
        """The same API as `?rest_route=`, for caches that ignore query strings of pretty addresses; None where it is that already."""
        parts = urlsplit(self.root)
        if "rest_route" in parts.query or self.wordpress_com:
            return None
        home = re.sub(r"(index\.php/)?[^/]+/?$", "", parts.path)
        return replace(
            self, root=urlunsplit((parts.scheme, parts.netloc, home or "/", "rest_route=/", ""))
        )


def site_key(home: str) -> str:
    """Host and path of a home address: `https://Example.com/blog/` -> `example.com/blog`. Default ports are left out."""
    parts = urlsplit(home)
    host = parts.hostname or ""
    if not host.isascii():
        with contextlib.suppress(UnicodeError):  # names that IDNA does not take stay as they are
            host = host.encode("idna").decode()
    if ":" in host:
        host = f"[{host}]"
    port = f":{parts.port}" if parts.port and parts.port not in (80, 443) else ""
    return f"{host.lower()}{port}{parts.path.rstrip('/')}"


def read_capabilities(routes: Mapping[str, Any], route: str) -> Capabilities:
    """What the index says of a route's GET arguments; core's own abilities where it says nothing."""
    described = routes.get(route)
    endpoints = described.get("endpoints") if isinstance(described, dict) else None
    for endpoint in endpoints if isinstance(endpoints, list) else ():
        args = (
            endpoint.get("args")
            if isinstance(endpoint, dict) and "GET" in _names(endpoint.get("methods"))
            else None
        )
        if isinstance(args, dict) and args:
            orderby = _mapping(args.get("orderby")).get("enum")
            maximum = _mapping(args.get("per_page")).get("maximum")
            return Capabilities(
                frozenset(map(str, args)),
                frozenset(map(str, orderby)) if isinstance(orderby, list) else frozenset(),
                maximum if type(maximum) is int and 0 < maximum <= 1000 else 100,
            )
    return CORE


def read_collections(
    api: Api, types: Mapping[str, Any], taxonomies: Mapping[str, Any], routes: Mapping[str, Any]
) -> tuple[list[Collection], list[dict[str, str]]]:
    """Every archivable collection in the order of the crawl (names before what needs them), and what is left out with its reason."""
    skipped = [
        {"name": name, "reason": reason}
        for name, reason in NOT_ARCHIVED.items()
        if name in types or name in taxonomies
    ]
    found: list[Collection] = []
    for slug, about in taxonomies.items():
        if slug not in NOT_ARCHIVED and (route := _route(api, slug, about, skipped)):
            found.append(
                Collection("terms", slug, route, capabilities=read_capabilities(routes, route))
            )
    found.append(
        Collection(
            "authors",
            "user",
            "/wp/v2/users",
            capabilities=read_capabilities(routes, "/wp/v2/users"),
        )
    )
    bases = {
        slug: str(_mapping(about).get("rest_base") or slug) for slug, about in taxonomies.items()
    }
    for slug, about in sorted(
        types.items(),
        key=lambda pair: (pair[0] != "attachment", pair[0] != "page", pair[0] == "post"),
    ):
        if slug not in NOT_ARCHIVED and (route := _route(api, slug, about, skipped)):
            fields = _taxonomies_of(slug, about, taxonomies, bases)
            kind: Kind = "media" if slug == "attachment" else "posts"
            found.append(Collection(kind, slug, route, fields, read_capabilities(routes, route)))
    return found, skipped


def comments(routes: Mapping[str, Any]) -> Collection:
    """The comments' collection, which is archived only when asked for."""
    return Collection(
        "comments",
        "comment",
        "/wp/v2/comments",
        capabilities=read_capabilities(routes, "/wp/v2/comments"),
    )


def _taxonomies_of(
    slug: str, about: Any, taxonomies: Mapping[str, Any], bases: Mapping[str, str]
) -> dict[str, str]:
    """Taxonomies of a type, as both sides name them: plugins register on either."""
    named = _names(_mapping(about).get("taxonomies"))
    named += [
        name
        for name, other in taxonomies.items()
        if slug in _names(_mapping(other).get("types")) and name not in named
    ]
    return {name: bases[name] for name in named if name in bases and name not in NOT_ARCHIVED}


def _route(api: Api, slug: str, about: Any, skipped: list[dict[str, str]]) -> str | None:
    """The collection's route, from `wp:items` where it is of the same API, else from rest_namespace and rest_base."""
    about = _mapping(about)
    if not re.fullmatch(r"[\w-]{1,100}", slug):  # WordPress's sanitize_key() leaves nothing else
        skipped.append(
            {
                "name": ascii(slug[:100]),
                "reason": "no name that WordPress gives to a type or taxonomy",
            }
        )
        return None
    base, namespace = (
        str(about.get("rest_base") or slug),
        str(about.get("rest_namespace") or "wp/v2"),
    )
    for what, path in (("rest_base", base), ("rest_namespace", namespace)):
        if not re.fullmatch(r"[\w~%-][\w.~%-]*(/[\w~%-][\w.~%-]*)*", path):
            skipped.append({"name": slug, "reason": f"its {what} is no plain path: {path[:60]!r}"})
            return None
    guessed = f"/{namespace}/{base}"
    links = _mapping(about.get("_links")).get("wp:items") or _mapping(about.get("_links")).get(
        "https://api.w.org/items"
    )
    href = _mapping(links[0]).get("href") if isinstance(links, list) and links else None
    if not isinstance(href, str):
        return guessed
    try:
        route = _route_below(api, html.unescape(href))
    except ValueError:
        route = None
    if route is None and not href.rstrip("/").endswith(
        guessed
    ):  # the usual path at another of the site's hosts is no news
        skipped.append(
            {
                "name": f"{slug} (wp:items)",
                "reason": f"its list is said to be elsewhere and was not followed: {href[:80]!a}",
            }
        )
    return route or guessed


def _route_below(api: Api, href: str) -> str | None:
    """The route of an address that is under this API's root (scheme aside), None when it is anywhere else."""
    parts, root = urlsplit(href), urlsplit(api.root)
    if parts.netloc.lower() != root.netloc.lower():
        return None
    if routes := [value for name, value in parse_qsl(parts.query) if name == "rest_route"]:
        return routes[0].rstrip("/")
    if api.wordpress_com:
        found = re.fullmatch(r"/([^/]+/[^/]+)/sites/[^/]+(/.+)", parts.path)
        return f"/{found[1]}{found[2]}" if found else None
    base = root.path.rstrip("/")
    return (
        parts.path[len(base) :].rstrip("/") or None
        if parts.path.startswith(base + "/") and "rest_route" not in root.query
        else None
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    """PHP prints an empty map as a list: anything that is no map counts as empty."""
    return value if isinstance(value, dict) else {}


def _names(value: Any) -> list[str]:
    """A PHP list of names, which is an object where its keys have holes, or a single name. Route methods are also `{"GET": true}`."""
    if isinstance(value, str):
        return [value]
    pairs = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [key if isinstance(key, str) and part is True else str(part) for key, part in pairs]
