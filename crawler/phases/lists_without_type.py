"""Lists of `wp/v2` that a site's index names, and that no type and no taxonomy is about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crawler.errors import CrawlError, RunEnds
from crawler.rest.api import Api
from crawler.rest.classify import is_closed
from crawler.rest.collections import Collection, routes_of_type
from crawler.rest.lenient_json import decode_record
from crawler.rest.php_values import as_mapping
from crawler.rest.responses import RecordPage, read_page
from crawler.routes.core_lists import lists_without_type, what_a_list_holds
from crawler.run.run_state import RunState
from wparchive.model.documents import Kind

MOST_LOOKED_AT = 40
"""Such lists that are looked at in one run; each costs a request."""
_LOOKED_AT = "10"  # rows; the first ones may be hidden from visitors


@dataclass(slots=True)
class Listings:
    """The types and taxonomies of a site, by their names, as its listings describe them."""

    types: dict[str, Any] = field(default_factory=dict)
    taxonomies: dict[str, Any] = field(default_factory=dict)

    def of(self, kind: Kind) -> dict[str, Any]:
        """Return the listing in which a kind of objects is described."""
        return self.taxonomies if kind == "terms" else self.types


async def add_unlisted(
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
