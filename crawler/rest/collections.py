"""The collections of a site, read from the descriptions that its API gives of itself. Pure."""

import html
import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from crawler.rest.api import Api
from crawler.rest.php_values import as_mapping, as_names, as_values
from crawler.rest.record_fields import record_id, record_text
from crawler.routes.core_lists import core_route
from crawler.routes.denied import PERSONAL_TYPES
from crawler.routes.language_lists import LanguageLists
from crawler.routes.shape import RouteShape
from crawler.walk import Capabilities
from wparchive.model.documents import Kind

_MENUS = "menus: their own lists show them (-a routes=known)"
_EDITOR = "parts of themes and of the editor, not content"
NOT_ARCHIVED = {
    "nav_menu_item": _MENUS,
    "wp_navigation": _MENUS,
    "nav_menu": _MENUS,
    "wp_block": _EDITOR,
    "wp_template": _EDITOR,
    "wp_template_part": _EDITOR,
    "wp_global_styles": _EDITOR,
    "wp_font_family": _EDITOR,
    "wp_font_face": _EDITOR,
    "wp_pattern_category": _EDITOR,
}
"""Types and taxonomies of WordPress that are no content, with the reason in the report."""

CORE_CAPABILITIES = Capabilities(
    parameters=frozenset({"page", "per_page", "offset", "order", "orderby", "include", "exclude"}),
    orderby=frozenset({"id", "date"}),
    per_page_maximum=100,
)
"""What the routes of WordPress itself can do: assumed where a site does not describe a route."""

# Names come before what needs them: posts name authors, terms, media and pages.
_ORDER = {"attachment": 0, "page": 1, "post": 3}
# The place of custom post types in that order.
_OTHER_TYPES = 2
_CORE_NAMES = {*_ORDER, "category", "post_tag"}

MOST_TYPES = 250
"""The most types, and the most taxonomies, of a site that are read without being asked for.

Each of them costs requests. Sites with many plugins have a few dozen.
"""
TOO_MANY = f"a site's first {MOST_TYPES} types and taxonomies are read; name others: -a types=..."
_MOST_NAMED = 20  # badly named types that the report names
_NO_NAME = "no name that WordPress gives to a type or taxonomy"
_TYPE_NAME = re.compile(r"[\w-]{1,100}")  # WordPress's sanitize_key() leaves nothing else
# A site's own index names its routes: `..` or `//` in one must not lead out of the API.
_PLAIN_PATH = re.compile(r"[\w~%-][\w.~%-]*(/[\w~%-][\w.~%-]*)*")


_TYPES_OF_NO_LIST = frozenset({"pingback", "trackback", "note"})
"""Types of comments. Lists for visitors have those of the type `comment` alone."""


@dataclass(frozen=True, slots=True)
class Collection:
    """All objects of one type, as one route of the API lists them."""

    kind: Kind
    type: str
    """WordPress's name: `post`, `category`, `user`, ..."""
    route: str
    """Path under the API's root: `/wp/v2/posts`."""
    taxonomies: Mapping[str, str] = field(default_factory=dict)
    """For posts: taxonomy -> the field of a record that holds its ids (`post_tag` -> `tags`)."""
    capabilities: Capabilities = CORE_CAPABILITIES
    statuses: tuple[str, ...] = ()
    """Of posts: the statuses that a user of the site asks for; empty for a visitor."""
    context: str = ""
    """`edit` where posts are read as their editors get them."""
    anonymous: bool = False
    """It is asked for without the run's credentials."""
    shape: RouteShape | None = None
    """The shape of a plugin's list outside `wp/v2`; None for the lists of WordPress itself."""
    in_index: bool = False
    """The site's index names the route."""
    languages: LanguageLists | None = None
    """The lists by language that it may have besides the one by default."""
    not_read: str = ""
    """Why it is not read, where the first look at it found that; empty where it is read."""

    @property
    def record_filters(self) -> tuple[tuple[str, str], ...]:
        """Return the query parameters of every request for a record."""
        return (("context", self.context),) if self.context else ()

    @property
    def list_filters(self) -> tuple[tuple[str, str], ...]:
        """Return the query parameters of every request for a list."""
        if self.shape is not None:
            return self.shape.params
        if not self.statuses:
            return self.record_filters
        return (*self.record_filters, ("status", ",".join(self.statuses)))

    def selected(self, *names: str) -> tuple[tuple[str, str], ...]:
        """Return the query parameter that asks for some fields of a record alone."""
        if self.shape is not None and not self.shape.selects_fields:
            return ()
        return (("_fields", ",".join(names)),)

    def id_of(self, raw: bytes) -> int | None:
        """Return the id of a record; None where there is none that fits into 64 bits."""
        if self.shape is not None and "id" in self.shape.fields:
            return self.shape.id_of(raw)
        id_ = record_id(raw)
        if id_ == 0 and self.shape is None:
            return None  # WordPress counts from 1, plugins may count from 0
        return id_

    def has_in_lists(self, raw: bytes) -> bool:
        """Tell whether a record that was requested alone may stand in the list of this run.

        A single record is shown to a user whatever its status. Pingbacks are shown singly, too, and
        no list that a visitor may read has them.
        """
        if self.kind == "comments" and record_text(raw, "type") in _TYPES_OF_NO_LIST:
            return False
        status = record_text(raw, "status") if self.statuses else None
        return status is None or status in self.statuses


def read_capabilities(routes: Mapping[str, Any], route: str) -> Capabilities:
    """Return what the index says of a route's GET arguments.

    `routes` is the field of that name in the index. A route that it does not describe can do what
    the routes of WordPress itself can do.
    """
    described = as_mapping(routes.get(route))
    for endpoint in map(as_mapping, as_values(described.get("endpoints"))):
        args = as_mapping(endpoint.get("args"))
        if args and "GET" in as_names(endpoint.get("methods")):
            return _capabilities(args)
    return CORE_CAPABILITIES


def read_collections(
    api: Api,
    types: Mapping[str, Any],
    taxonomies: Mapping[str, Any],
    routes: Mapping[str, Any],
    wanted: Container[str] = (),
) -> tuple[list[Collection], list[dict[str, str]]]:
    """Return the collections to archive, in the order of the crawl, and what is left out.

    `types` and `taxonomies` are the answers of `/wp/v2/types` and `/wp/v2/taxonomies`. What is
    left out has a `name` and a `reason`; the reason of whatever is one too many is `TOO_MANY`.
    What is `wanted` by its name, or by the name of its list, is never too many, and may be about
    people.
    """
    skipped: list[dict[str, str]] = []
    types = _without_people(_bounded(types, wanted, skipped), wanted, skipped)
    taxonomies = _bounded(taxonomies, wanted, skipped)
    reader = _Reader(api, types, taxonomies, routes, skipped)
    found = [*reader.terms(), _authors(routes), *reader.posts()]
    return found, reader.skipped


def routes_of_type(api: Api, name: str, described: Mapping[str, Any]) -> list[str]:
    """Return where the list of a type or taxonomy may be, the likeliest route first.

    The link `wp:items` counts where it leads into the same API. Then come the route that is made of
    `rest_namespace` and `rest_base`, and the usual one of WordPress's own types.
    """
    base = str(described.get("rest_base") or name)
    namespace = str(described.get("rest_namespace") or "wp/v2")
    href = _items_link(described)
    linked = _route_of(api, href) if href else None
    usual = f"/{namespace}/{base}" if _PLAIN_PATH.fullmatch(f"{namespace}/{base}") else None
    return list(dict.fromkeys(filter(None, (linked, usual, core_route(name)))))


def comments_collection(routes: Mapping[str, Any]) -> Collection:
    """Return the collection of comments, which is archived only when asked for."""
    route = "/wp/v2/comments"
    return Collection("comments", "comment", route, capabilities=read_capabilities(routes, route))


def _authors(routes: Mapping[str, Any]) -> Collection:
    route = "/wp/v2/users"
    return Collection("authors", "user", route, capabilities=read_capabilities(routes, route))


def _capabilities(args: Mapping[str, Any]) -> Capabilities:
    orderby = as_mapping(args.get("orderby")).get("enum")
    if not isinstance(orderby, list):
        orderby = []
    maximum = as_mapping(args.get("per_page")).get("maximum")
    # Not `isinstance`: for Python, `true` in the JSON would be an integer.
    if type(maximum) is not int or not 0 < maximum <= 1000:
        maximum = CORE_CAPABILITIES.per_page_maximum
    return Capabilities(frozenset(map(str, args)), frozenset(map(str, orderby)), maximum)


class _Reader:
    """A reader of the collections of one site, which notes in `skipped` what it leaves out."""

    def __init__(
        self,
        api: Api,
        types: Mapping[str, Any],
        taxonomies: Mapping[str, Any],
        routes: Mapping[str, Any],
        skipped: list[dict[str, str]],
    ) -> None:
        self._api = api
        self._types = types
        self._taxonomies = taxonomies
        self._routes = routes
        self.skipped = skipped
        for name, reason in NOT_ARCHIVED.items():
            if name in types or name in taxonomies:
                self._skip(name, reason)

    def terms(self) -> Iterator[Collection]:
        for taxonomy, described in self._taxonomies.items():
            route = self._route(taxonomy, as_mapping(described))
            if route:
                capabilities = read_capabilities(self._routes, route)
                yield Collection(
                    "terms",
                    taxonomy,
                    route,
                    capabilities=capabilities,
                    in_index=route in self._routes,
                )

    def posts(self) -> Iterator[Collection]:
        """Yield the collections of media, pages, custom types and posts."""
        for type_ in sorted(self._types, key=lambda name: _ORDER.get(name, _OTHER_TYPES)):
            described = as_mapping(self._types[type_])
            route = self._route(type_, described)
            if route:
                kind: Kind = "media" if type_ == "attachment" else "posts"
                taxonomies = self._taxonomies_of(type_, described)
                capabilities = read_capabilities(self._routes, route)
                yield Collection(
                    kind,
                    type_,
                    route,
                    taxonomies,
                    capabilities,
                    in_index=route in self._routes,
                )

    def _taxonomies_of(self, type_: str, described: Mapping[str, Any]) -> dict[str, str]:
        """Return a type's taxonomies with their fields.

        Both sides are read, because plugins register the relation on either.
        """
        names = as_names(described.get("taxonomies"))
        for name, taxonomy in self._taxonomies.items():
            if type_ in as_names(as_mapping(taxonomy).get("types")) and name not in names:
                names.append(name)
        return {
            name: str(as_mapping(self._taxonomies[name]).get("rest_base") or name)
            for name in names
            if name in self._taxonomies and name not in NOT_ARCHIVED
        }

    def _route(self, name: str, described: Mapping[str, Any]) -> str | None:
        """Return the route of a type or taxonomy, or None where it is left out.

        Of the places where the list may be, the first one counts that the index names.
        """
        if name in NOT_ARCHIVED:
            return None
        places = routes_of_type(self._api, name, described)
        route = next((place for place in places if place in self._routes), None)
        if route is None:
            for field_name in ("rest_base", "rest_namespace"):
                path = str(described.get(field_name) or name)
                if not _PLAIN_PATH.fullmatch(path):
                    self._skip(name, f"its {field_name} is no plain path: {path[:60]!r}")
                    return None
            route = places[0]
        href = _items_link(described)
        if href is not None and _route_of(self._api, href) is None:
            # The usual path at another of the site's hosts is no news.
            if not href.rstrip("/").endswith(route):
                reason = f"its list is said to be elsewhere and was not followed: {href[:80]!a}"
                self._skip(f"{name} (wp:items)", reason)
        return route

    def _skip(self, name: str, reason: str) -> None:
        self.skipped.append({"name": name, "reason": reason})


def _bounded(
    listing: Mapping[str, Any], wanted: Container[str], skipped: list[dict[str, str]]
) -> dict[str, Any]:
    """Return the entries of a listing that are read, in its order. Add the others to `skipped`."""
    badly_named = [name for name in listing if not _TYPE_NAME.fullmatch(name)]
    shown = [ascii(name[:100]) for name in badly_named[:_MOST_NAMED]]
    if len(badly_named) > _MOST_NAMED:
        shown.append(f"{len(badly_named) - _MOST_NAMED:,} others")
    skipped += [{"name": name, "reason": _NO_NAME} for name in shown]
    usable = [name for name in listing if _TYPE_NAME.fullmatch(name)]
    # The sort is stable: among equals the site's own order stays.
    usable.sort(key=lambda name: _urgency(name, listing[name], wanted))
    asked_for = sum(1 for name in usable if not _urgency(name, listing[name], wanted))
    chosen = set(usable[: max(MOST_TYPES, asked_for)])
    if len(chosen) < len(usable):
        skipped.append({"name": f"{len(usable) - len(chosen):,} others", "reason": TOO_MANY})
    return {name: about for name, about in listing.items() if name in chosen}


def _without_people(
    types: Mapping[str, Any], wanted: Container[str], skipped: list[dict[str, str]]
) -> dict[str, Any]:
    """Return the types that are no records of people, or are asked for. Add others to `skipped`."""
    kept = {}
    for name, about in types.items():
        if name in PERSONAL_TYPES and _urgency(name, about, wanted):
            reason = f"{PERSONAL_TYPES[name]}; ask for it by its name: -a types={name}"
            skipped.append({"name": name, "reason": reason})
        else:
            kept[name] = about
    return kept


def _urgency(name: str, about: Any, wanted: Container[str]) -> int:
    """Return the rank of a type among too many: 0 for one that is asked for by name."""
    if name in wanted or str(as_mapping(about).get("rest_base")) in wanted:
        return 0
    # WordPress's own come before those of plugins.
    return 1 + (name not in _CORE_NAMES)


def _route_of(api: Api, href: str) -> str | None:
    """Return the route that a link names; None for a link that leads out of the API."""
    try:
        return api.route_of(html.unescape(href))
    except ValueError:  # no address at all
        return None


def _items_link(described: Mapping[str, Any]) -> str | None:
    """Return the address of a type's list, from its links."""
    links = as_mapping(described.get("_links"))
    # The first name is WordPress's short form of the second.
    items = links.get("wp:items") or links.get("https://api.w.org/items")
    if not isinstance(items, list) or not items:
        return None
    href = as_mapping(items[0]).get("href")
    return href if isinstance(href, str) else None
