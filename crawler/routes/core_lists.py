"""WordPress's own lists, and lists of `wp/v2` that no type describes. Pure.

A site says twice what it has: `/wp/v2/types` and `/wp/v2/taxonomies` describe types, and the index
names routes. What only one of them knows would be lost without a word by a crawl that reads the
other.
"""

import re
from collections.abc import Container, Mapping
from typing import Any

from crawler.rest.php_values import as_id, as_mapping, as_names, as_text, as_values
from wparchive.model.documents import Kind

CORE_TYPES: Mapping[str, Mapping[str, Any]] = {
    "post": {"rest_base": "posts", "taxonomies": ["category", "post_tag"]},
    "page": {"rest_base": "pages", "taxonomies": []},
    "attachment": {"rest_base": "media", "taxonomies": []},
}
CORE_TAXONOMIES: Mapping[str, Mapping[str, Any]] = {
    "category": {"rest_base": "categories", "types": ["post"]},
    "post_tag": {"rest_base": "tags", "types": ["post"]},
}
"""What every WordPress has, also where it does not list its types and taxonomies."""
_OWN = "/wp/v2/"
_LIST = re.compile(r"/wp/v2/[\w-]+")
# Types and taxonomies have numbers as ids. Widgets, templates and sidebars do not.
_ITEM = re.compile(r"(/wp/v2/[\w-]+)/\(\?P<id>\[?\\d\]?\+\)")
_NOT_CONTENT = frozenset(
    f"{_OWN}{name}"
    for name in (
        *("users", "comments", "blocks", "navigation", "menus", "menu-items", "font-families"),
        *("templates", "template-parts", "global-styles", "wp_pattern_category", "widgets"),
    )
)
"""Lists that are read in another way, or are parts of themes and of the editor."""


def core_route(name: str) -> str | None:
    """Return the usual route of one of WordPress's own types; None for any other name."""
    about = CORE_TYPES.get(name) or CORE_TAXONOMIES.get(name)
    return f"{_OWN}{about['rest_base']}" if about else None


def with_core(
    listing: Mapping[str, Any], core: Mapping[str, Any], routes: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a listing of types or taxonomies, with those of WordPress that it leaves out.

    `routes` is the field of that name in the index. Where it names routes and not this one, the
    owner has switched the list off. An index without any route says nothing.
    """
    there = {
        name: about
        for name, about in core.items()
        if not routes or may_answer_get(routes, f"{_OWN}{about['rest_base']}")
    }
    return {**there, **listing}


def lists_without_type(routes: Mapping[str, Any], taken: Container[str]) -> list[str]:
    """Return the lists of `wp/v2` that the index names, and that no route in `taken` is."""
    found = {match[1] for match in map(_ITEM.fullmatch, routes) if match}
    return [
        route
        for route in routes
        if route in found and route not in taken and route not in _NOT_CONTENT
        if may_answer_get(routes, route)
    ]


def may_answer_get(routes: Mapping[str, Any], route: str) -> bool:
    """Tell whether the index names a route, and does not say that it has other methods alone."""
    endpoints = as_values(as_mapping(routes.get(route)).get("endpoints"))
    methods = [as_names(as_mapping(endpoint).get("methods")) for endpoint in endpoints]
    return route in routes and (not methods or any("GET" in names for names in methods))


def what_a_list_holds(records: list[Any]) -> tuple[Kind, str] | None:
    """Return kind and type of the objects of a list, by its first records; None for others.

    WordPress writes the type of a post, and the taxonomy of a term, into every record.
    """
    for record in map(as_mapping, records):
        if as_id(record.get("id")) is None:
            return None
        type_ = as_text(record.get("type"))
        taxonomy = as_text(record.get("taxonomy"))
        if taxonomy:
            return "terms", taxonomy
        if type_:
            return ("media" if type_ == "attachment" else "posts"), type_
    return None
