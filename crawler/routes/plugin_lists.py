"""The lists of plugins that a run reads: those of the table, and others where they are wanted."""

from collections.abc import Container, Mapping, Sequence
from typing import Any

from crawler.arguments import routes_of
from crawler.errors import CrawlError, RunEnds
from crawler.rest.classify import is_down
from crawler.rest.collections import Collection
from crawler.rest.responses import read_json
from crawler.routes.offered import collection_of, known_collections, recognised, unknown_routes
from crawler.routes.plugin_shapes import KNOWN_SHAPES
from crawler.run.run_state import RunState


async def plugin_collections(
    run: RunState, routes: Mapping[str, Any], others: Sequence[Collection]
) -> list[Collection]:
    """Return the collections of the lists outside `wp/v2`; what is left out goes into the report.

    `routes` is the field of that name in the index, `others` are the collections of WordPress
    itself. Raises CrawlError where the site is down.
    """
    taken = {part.type for part in others}
    found = known_collections(routes, taken)
    await _note_gone(run, taken | {part.type for part in found})
    if routes_of(run.report.arguments) != "all":
        return found
    unknown, refused = unknown_routes(routes)
    run.report.skipped += [{"name": each.route, "reason": each.reason} for each in refused]
    for route in unknown:
        if run.stopping:
            break
        collection = await _recognised(run, route, routes)
        if collection is not None and collection.type not in taken:
            found.append(collection)
    return found


async def _note_gone(run: RunState, there: Container[str]) -> None:
    """Name in the report the known lists that a site no longer has, and that the archive holds.

    Their documents stay as they are: a plugin that is away says nothing about its objects. Raises
    ArchiveError.
    """
    for shape in KNOWN_SHAPES:
        if shape.type in there:
            continue
        held = await run.store.held("posts", run.site_key, shape.type)
        if held:
            reason = f"the site no longer has this list; {held} are held from earlier runs"
            run.report.skipped.append({"name": shape.type, "reason": reason})


def asks_lists_as_visitor(run: RunState) -> bool:
    """Tell whether lists of plugins are asked for without the run's credentials.

    Those that the web server itself asks every visitor for are sent.
    """
    return run.report.credentials == "user"


async def _recognised(run: RunState, route: str, routes: Mapping[str, Any]) -> Collection | None:
    """Return the collection of a list that no entry describes; None where it is no list."""
    try:
        url = run.address(route, [("per_page", "1")])
        response = await run.get(url, tries=2, anonymous=asks_lists_as_visitor(run))
        shape = recognised(route, read_json(response))
    except RunEnds:
        raise
    except CrawlError as error:
        if is_down(error):
            raise
        shape = f"closed to visitors: {error}"
    if isinstance(shape, str):
        run.report.skipped.append({"name": route, "reason": shape})
        return None
    return collection_of(shape, route, routes)
