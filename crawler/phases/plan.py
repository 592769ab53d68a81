"""Plan a run: find each collection that a site shows. `measure.py` asks for their sizes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from crawler.arguments import context_of, statuses_of, wants_unpublished
from crawler.errors import (
    BadArguments,
    BrokenJson,
    CrawlError,
    ResponseError,
    RobotsForbid,
    RunEnds,
)
from crawler.phases.languages import with_languages
from crawler.rest.api import Api
from crawler.rest.classify import is_closed
from crawler.rest.collections import (
    TOO_MANY,
    Collection,
    comments_collection,
    read_collections,
    routes_of_type,
)
from crawler.rest.lenient_json import decode_record
from crawler.rest.php_values import as_mapping
from crawler.rest.responses import RecordPage, RestResponse, read_object, read_page
from crawler.routes.core_lists import (
    CORE_TAXONOMIES,
    CORE_TYPES,
    lists_without_type,
    what_a_list_holds,
    with_core,
)
from crawler.routes.plugin_lists import asks_lists_as_visitor, plugin_collections
from crawler.run.run_state import RunState
from crawler.site.discovery import Discovered
from wparchive.model.documents import Kind
from wparchive.model.run_arguments import names_in, routes_of, types_of, wants_comments
from wparchive.reading.suggestions import near_names

TYPES_ROUTE = "/wp/v2/types"
TAXONOMIES_ROUTE = "/wp/v2/taxonomies"
MOST_LOOKED_AT = 40
"""Lists without a type that are looked at in one run; each costs a request."""
_LOOKED_AT = "10"  # rows; the first ones may be hidden from visitors
# A cache in front of the site may answer one request with the page of another.
_LISTING_TRIES = 3


@dataclass(slots=True)
class Listings:
    """The types and taxonomies of a site, by their names, as its listings describe them."""

    types: dict[str, Any] = field(default_factory=dict)
    taxonomies: dict[str, Any] = field(default_factory=dict)

    def of(self, kind: Kind) -> dict[str, Any]:
        """Return the listing in which a kind of objects is described."""
        return self.taxonomies if kind == "terms" else self.types


async def plan(run: RunState, found: Discovered) -> list[Collection]:
    """Return the collections to read, in order, as the argument `types` chooses them.

    Raises BadArguments for a type that the site does not have.
    """
    arguments = run.report.arguments
    routes = found.routes
    types = await _listing(run, TYPES_ROUTE, CORE_TYPES)
    taxonomies = await _listing(run, TAXONOMIES_ROUTE, CORE_TAXONOMIES)
    listings = Listings(
        with_core(types, CORE_TYPES, routes), with_core(taxonomies, CORE_TAXONOMIES, routes)
    )
    wanted = types_of(arguments)
    collections, skipped = _collections(found, listings, wanted)
    if await _add_unlisted(run, listings, routes, collections):
        collections, skipped = _collections(found, listings, wanted)
    _note_skipped(run, skipped, is_doubt=not wanted)
    collections += await plugin_collections(run, found.routes, collections)
    if routes_of(arguments) != "none":
        types_read = {collection.type for collection in collections}
        run.report.skipped = [part for part in run.report.skipped if part["name"] not in types_read]
    if wants_comments(arguments):
        collections.append(comments_collection(found.routes))
    if run.credentials is not None:
        collections = await _as_asked_by_user(run, collections)
    collections = await with_languages(run, collections, routes)
    # All of them, also those that are not chosen: a chosen post names terms of the others.
    run.collections = {(collection.kind, collection.type): collection for collection in collections}
    found.site["capabilities"] = [_described(collection) for collection in collections]
    if routes_of(arguments) == "none" and not wanted:
        collections = [part for part in collections if part.shape is None]
    chosen = choose(collections, arguments.get("types", ""))
    if wants_comments(arguments):
        chosen += [part for part in collections if part.kind == "comments" and part not in chosen]
    return chosen


def _note_skipped(run: RunState, skipped: list[dict[str, str]], is_doubt: bool) -> None:
    """Note in the report what is not read. What is too much to be read may be a doubt."""
    run.report.skipped += skipped
    for part in skipped:
        if part["reason"] == TOO_MANY and is_doubt:
            run.report.doubts.append(f"types and taxonomies: {part['name']} ({TOO_MANY})")


def _collections(
    found: Discovered, listings: Listings, wanted: list[str]
) -> tuple[list[Collection], list[dict[str, str]]]:
    return read_collections(found.api, listings.types, listings.taxonomies, found.routes, wanted)


async def _as_asked_by_user(run: RunState, collections: list[Collection]) -> list[Collection]:
    """Return the collections as they are asked for with credentials.

    Lists of media and authors have no status by which those of unpublished posts could be left out.
    So they are asked for as by a visitor, unless unpublished posts are wanted, or visitors may not
    have them. Lists of plugins always are: nothing tells which of their rows only editors see.
    """
    arguments = run.report.arguments
    anonymous = not wants_unpublished(arguments) and await _is_open_to_visitors(run)
    statuses = statuses_of(arguments)
    context = context_of(arguments)
    found = []
    for each in collections:
        if each.shape is not None:
            found.append(replace(each, anonymous=asks_lists_as_visitor(run)))
            continue
        if each.kind == "posts" and "status" in each.capabilities.parameters:
            each = replace(each, statuses=statuses, context=context)
        if each.kind in ("media", "authors"):
            each = replace(each, anonymous=anonymous)
        found.append(each)
    return found


async def _is_open_to_visitors(run: RunState) -> bool:
    try:
        return bool(read_object(await run.get(run.address(TYPES_ROUTE), anonymous=True)))
    except CrawlError:
        return False


def choose(collections: list[Collection], wanted: str) -> list[Collection]:
    """Return the collections that `wanted` names: `post`, `posts`, `post_tag`, `tags`.

    An empty `wanted` means all of them. Raises BadArguments.
    """
    names = names_in(wanted)
    if not names:
        return collections
    chosen = []
    for name in names:
        matching = [part for part in collections if name in (part.type, _base(part))]
        if not matching:
            raise BadArguments(_no_such_type(name, collections))
        chosen += matching
    # In the order of the plan, each once, whatever the argument repeats.
    return [part for part in collections if part in chosen]


def _no_such_type(name: str, collections: list[Collection]) -> str:
    """Return what to say of a type that the site lacks. It names those that are like it."""
    types = [part.type for part in collections]
    near = near_names(name, [*types, *map(_base, collections)])
    hint = ""
    if name.rstrip("s") == "comment":
        hint = " (comments are asked for with -a comments=1)"
    elif near:
        hint = f" (did you mean {' or '.join(map(repr, near))}?)"
    return f"the site has no type {name!r}{hint}; it has: {', '.join(types)}"


def _base(collection: Collection) -> str:
    """Return the end of a collection's path: `tags` of `/wp/v2/tags`."""
    return collection.route.rsplit("/", 1)[-1]


async def _listing(
    run: RunState, route: str, core: Mapping[str, Mapping[str, Any]]
) -> Mapping[str, Any]:
    """Return the types or taxonomies of the site, as `/types` and `/taxonomies` list them.

    Where that list cannot be had, return what every WordPress has, and note the doubt: the verdict
    must not say complete.
    """
    for tries_left in reversed(range(_LISTING_TRIES)):
        try:
            return read_listing(await run.get(run.address(route)), route)
        except (ResponseError, RobotsForbid) as error:
            if not tries_left or is_closed(error):
                run.report.doubts.append(
                    f"{route} cannot be read ({error}): only WordPress's own types are archived, "
                    "there may be others"
                )
                break
    return core


def read_listing(response: RestResponse, route: str) -> dict[str, Any]:
    """Return a listing of types or taxonomies, which is the answer of a route.

    Raises BrokenJson for an object that describes nothing: it would pass for an empty site.
    """
    listing = read_object(response)
    # A site can hide all its taxonomies. It cannot be without any type.
    if not listing and route == TAXONOMIES_ROUTE:
        return listing
    if not any(_is_description(about) for about in listing.values()):
        names = ", ".join(listing)[:100]
        raise BrokenJson(f"no list of types or taxonomies: {names}")
    return listing


def _is_description(about: object) -> bool:
    """Tell whether a part of a listing describes a type or a taxonomy."""
    return isinstance(about, dict) and bool(about.keys() & {"slug", "rest_base", "_links"})


async def _add_unlisted(
    run: RunState, listings: Listings, routes: Mapping[str, Any], collections: list[Collection]
) -> bool:
    """Describe in the listings what only the index names; tell whether there was anything.

    `routes` is the field of that name in the index. `collections` are those that the listings
    describe. What cannot be read is noted in the report: as left out where the owner has closed it,
    else as a doubt. Raises CrawlError where the run is to end.
    """
    assert run.api is not None
    left = lists_besides(run.api, listings, routes, collections)
    if len(left) > MOST_LOOKED_AT:
        _doubt(run, left[MOST_LOOKED_AT], f"and {len(left) - MOST_LOOKED_AT - 1} others: too many")
    planned = {(part.kind, part.type): part for part in collections}
    found = False
    for route in left[:MOST_LOOKED_AT]:
        named = await _named(run, route)
        if named is None:
            continue
        kind, type_ = named
        there = planned.get(named)
        if there is not None and there.in_index:
            _doubt(run, route, f"it holds {type_}, whose list is said to be {there.route}")
            continue
        # A link to another place would count before the route.
        about = {**as_mapping(listings.of(kind).get(type_)), "_links": {}}
        base = route.rpartition("/")[2]
        listings.of(kind)[type_] = {**about, "rest_base": base, "rest_namespace": "wp/v2"}
        found = True
    return found


def lists_besides(
    api: Api, listings: Listings, routes: Mapping[str, Any], collections: list[Collection]
) -> list[str]:
    """Return the lists that the index names and the listings do not, whether they are read or not.

    `collections` are those that the listings describe.
    """
    read = {part.type for part in collections}
    taken = {part.route for part in collections}
    for name, about in (*listings.types.items(), *listings.taxonomies.items()):
        if name not in read:
            taken.update(routes_of_type(api, name, as_mapping(about)))
    return lists_without_type(routes, taken)


async def _named(run: RunState, route: str) -> tuple[Kind, str] | None:
    """Return kind and type of the objects of a list; None where it holds nothing to read."""
    try:
        url = run.address(route, [("per_page", _LOOKED_AT), ("_fields", "id,type,taxonomy")])
        page = read_page(await run.get(url, tries=2))
        named = what_a_list_holds([decode_record(raw)[0] for raw in page.records])
    except RunEnds:
        raise
    except (CrawlError, ValueError) as error:
        if isinstance(error, CrawlError) and is_closed(error):
            _leave_out(run, route, f"closed to visitors: {error}")
        else:
            _doubt(run, route, str(error))
        return None
    if named is None:
        _note_nothing(run, route, page)
    return named


def _note_nothing(run: RunState, route: str, page: RecordPage) -> None:
    if page.records:
        _leave_out(run, route, "its records are no posts and no terms")
    elif page.total:
        _doubt(run, route, f"it counts {page.total} objects and shows none of the first")
    else:
        _leave_out(run, route, "it is empty, and no type describes it")


def _leave_out(run: RunState, route: str, reason: str) -> None:
    run.report.skipped.append({"name": route, "reason": reason})


def _doubt(run: RunState, route: str, reason: str) -> None:
    run.report.doubts.append(
        f"{route} is named in the site's index and described by no type, and is not read ({reason})"
    )


def _described(collection: Collection) -> dict[str, Any]:
    """Return what the archive keeps of a collection's abilities."""
    capabilities = collection.capabilities
    return {
        "route": collection.route,
        "kind": collection.kind,
        "type": collection.type,
        "parameters": sorted(capabilities.parameters),
        "orderby": sorted(capabilities.orderby),
        "per_page_maximum": capabilities.per_page_maximum,
        "in_index": collection.in_index,
        "languages": list(collection.languages.codes) if collection.languages else [],
    }
