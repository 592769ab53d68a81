"""What an API says about itself: index, routes with their arguments, types and taxonomies.

Shapes: `get_index()` in wp-includes/rest-api/class-wp-rest-server.php, and
endpoints/class-wp-rest-{post-types,taxonomies}-controller.php.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from demo.collection import Collection, Limits

_PLAIN = {"namespace": "wp/v2", "methods": ["GET"], "endpoints": [{"methods": ["GET"], "args": {}}]}


def route(collection: Collection, limits: Limits, root: str) -> dict[str, Any]:
    """Return a collection's route with the schemas of its arguments."""
    endpoint = {"methods": ["GET"], "args": collection.parameters(limits)}
    links = {"self": [{"href": f"{root}wp/v2/{collection.base}"}]}
    return {"namespace": "wp/v2", "methods": ["GET"], "endpoints": [endpoint], "_links": links}


def routes(collections: Sequence[Collection], limits: Limits, root: str) -> dict[str, Any]:
    """Return all routes of the namespace wp/v2."""
    all_: dict[str, Any] = {"/wp/v2": _PLAIN, "/wp/v2/types": _PLAIN, "/wp/v2/taxonomies": _PLAIN}
    for collection in collections:
        all_[f"/wp/v2/{collection.base}"] = route(collection, limits, root)
        all_[f"/wp/v2/{collection.base}/(?P<id>[\\d]+)"] = _PLAIN
    return all_


def index(identity: Mapping[str, Any], routes_: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document of the API's root.

    `identity` holds name, description, url, home, gmt_offset and timezone_string.
    """
    return {
        **identity,
        "namespaces": ["oembed/1.0", "wp/v2"],
        "authentication": [],
        "routes": {"/": _PLAIN | {"namespace": ""}, **routes_},
        "_links": {"help": [{"href": "https://developer.wordpress.org/rest-api/"}]},
    }


def types(collections: Sequence[Collection], root: str) -> dict[str, Any]:
    """Return the document of /types."""
    return {
        each.type: _entry(each, root) | {"taxonomies": list(each.taxonomies)}
        for each in collections
        if each.family == "post"
    }


def taxonomies(collections: Sequence[Collection], root: str) -> dict[str, Any]:
    """Return the document of /taxonomies."""

    def used_by(taxonomy: str) -> list[str]:
        return [each.type for each in collections if taxonomy in each.taxonomies]

    return {
        each.type: _entry(each, root) | {"types": used_by(each.type)}
        for each in collections
        if each.family == "term"
    }


def _entry(collection: Collection, root: str) -> dict[str, Any]:
    return {
        "name": collection.type.replace("_", " ").title(),
        "slug": collection.type,
        "description": "",
        "hierarchical": collection.hierarchical,
        "rest_base": collection.base,
        "rest_namespace": "wp/v2",
        "_links": {"wp:items": [{"href": f"{root}wp/v2/{collection.base}"}]},
    }
