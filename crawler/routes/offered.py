"""The lists of plugins that a site's index names, and what becomes of each. Pure."""

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from crawler.errors import BrokenJson
from crawler.rest.collections import CORE_CAPABILITIES, Collection, read_capabilities
from crawler.rest.lenient_json import decode_record
from crawler.rest.php_values import as_id, as_mapping, as_names, as_values
from crawler.routes.denied import why_denied
from crawler.routes.people import sign_of_people
from crawler.routes.plugin_shapes import KNOWN_SHAPES, UNKNOWN_PREFIX, UNKNOWN_SHAPE
from crawler.routes.shape import RouteShape
from crawler.walk import Capabilities

MOST_UNKNOWN = 40
"""Lists that no entry describes and that are looked at, in one run; each costs a request."""
_NO_CAPABILITIES = Capabilities(frozenset(), frozenset())
_OWN = re.compile(r"/wp/v2(/|$)")
_ROUTE = re.compile(r"/[\w.-]+(/[\w.-]+)+")
"""A path without patterns: neither the index itself nor a single object."""
_NOT_IN_A_TYPE = re.compile(r"\W+", re.ASCII)


@dataclass(frozen=True, slots=True)
class RefusedRoute:
    """A list that is not read."""

    route: str
    reason: str


def known_routes(
    routes: Mapping[str, Any], taken: Container[str] = ()
) -> Iterator[tuple[RouteShape, str]]:
    """Yield the shapes of the table that a site has, each with its route.

    `routes` is the field of that name in the index. `taken` are types that the site itself has,
    and the routes by which they are read: such a list is left out, because documents would be
    mixed, or be there twice.
    """
    for shape in KNOWN_SHAPES:
        route = next((route for route in shape.routes if route in routes), None)
        if route is not None and shape.type not in taken and route not in taken:
            yield shape, route


def known_collections(routes: Mapping[str, Any], taken: Container[str] = ()) -> list[Collection]:
    """Return the collections of the known lists that a site has."""
    return [collection_of(shape, route, routes) for shape, route in known_routes(routes, taken)]


def collection_of(shape: RouteShape, route: str, routes: Mapping[str, Any]) -> Collection:
    """Return the collection of one list."""
    capabilities = read_capabilities(routes, route)
    if capabilities is CORE_CAPABILITIES:  # the index names no parameter
        capabilities = _NO_CAPABILITIES
    # A list that knows no pages sends all that it has in one answer.
    if capabilities.parameters.isdisjoint({"page", "offset"}):
        shape = replace(shape, is_whole=True)
    capabilities = replace(capabilities, count_proves=True)
    return Collection(
        "posts", shape.type, route, shape.terms, capabilities, shape=shape, in_index=True
    )


def unknown_routes(routes: Mapping[str, Any]) -> tuple[list[str], list[RefusedRoute]]:
    """Return the lists that no entry describes, and those of them that are never read.

    They lie outside `wp/v2`, have no pattern in their path, and need no parameter.
    """
    known = {route for shape in KNOWN_SHAPES for route in shape.routes}
    found = []
    refused = []
    for route, described in routes.items():
        if route in known or _OWN.match(route) or not _ROUTE.fullmatch(route):
            continue
        # The root of a namespace is an index of routes, and no list.
        if not _may_be_read(as_mapping(described)) or route == f"/{_namespace(described)}":
            continue
        reason = why_denied(route)
        if reason is None:
            found.append(route)
        else:
            refused.append(RefusedRoute(route, reason))
    refused += [
        RefusedRoute(route, f"more than {MOST_UNKNOWN} lists that the project does not know")
        for route in found[MOST_UNKNOWN:]
    ]
    return found[:MOST_UNKNOWN], refused


def recognised(route: str, text: bytes, is_held: bool = False) -> RouteShape | str:
    """Return the shape of a list by the first answer of its route, or why it is none.

    `text` is JSON: a list of objects with ids, or an object with one such list and a `total`.
    An empty list has a shape only where records of it are held from earlier runs (`is_held`).
    Raises BrokenJson.
    """
    try:
        # The decoder takes objects alone, and the answer may be a list.
        answer = decode_record(b'{"answer":' + text + b"}")[0]["answer"]
    except ValueError as error:
        raise BrokenJson(f"cannot be decoded: {error}") from error
    shape = replace(UNKNOWN_SHAPE, type=type_of(route), routes=(route,))
    sign = sign_of_people(answer)
    if sign:
        return f"its records have fields of people ({sign}): not read"
    if isinstance(answer, list):
        return _why_none(answer, is_held) or shape
    fields = as_mapping(answer)
    lists = [name for name, value in fields.items() if isinstance(value, list)]
    # Settings, too, may be an object with one list in it. Only a list of records has a total.
    if len(lists) != 1 or "total" not in fields:
        return "no list of records"
    records = fields[lists[0]]
    return _why_none(records, is_held) or replace(shape, wrapper=lists[0])


def type_of(route: str) -> str:
    """Return the type of the documents of a list that no entry describes."""
    return UNKNOWN_PREFIX + _NOT_IN_A_TYPE.sub("_", route.strip("/"))[:90]


def _id_of(record: Any) -> int | None:
    if not isinstance(record, dict):
        return None
    ids = (as_id({"id": record.get(name)}) for name in UNKNOWN_SHAPE.fields["id"])
    return next((id_ for id_ in ids if id_ is not None and id_ >= 0), None)


def _why_none(records: list[Any], is_held: bool) -> str:
    """Return why a list cannot be read by the ids of its records; empty where it can."""
    if not records:
        return "" if is_held else "it is empty now, so its shape is not known"
    lacking = sum(_id_of(record) is None for record in records)
    if not lacking:
        return ""
    if lacking == len(records):
        return "its records have no ids"
    return f"{lacking} of the first {len(records)} records have no id"


def _may_be_read(described: Mapping[str, Any]) -> bool:
    """Tell whether a route answers GET without a parameter that it needs."""
    for endpoint in map(as_mapping, as_values(described.get("endpoints"))):
        args = as_mapping(endpoint.get("args"))
        if "GET" in as_names(endpoint.get("methods")):
            return not any(as_mapping(about).get("required") is True for about in args.values())
    return False


def _namespace(described: Any) -> str:
    return str(as_mapping(described).get("namespace"))
