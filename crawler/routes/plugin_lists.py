"""The lists of plugins that a run reads: those of the table, and others where they are wanted."""

from collections.abc import Container, Mapping, Sequence
from typing import Any

from crawler.arguments import routes_of
from crawler.errors import CrawlError, RunEnds
from crawler.phases.pages_ahead import Records
from crawler.phases.record_requests import RecordRequests
from crawler.rest.classify import is_down
from crawler.rest.collections import Collection
from crawler.rest.responses import read_json
from crawler.routes.offered import collection_of, known_collections, recognised, unknown_routes
from crawler.routes.plugin_shapes import KNOWN_SHAPES
from crawler.run.failures import NotArchived
from crawler.run.run_state import CompletePage, RunState

LOOKED_AT = 10
"""So many records of an unknown list show what it is, and whether it is about people."""


async def plugin_collections(
    run: RunState, routes: Mapping[str, Any], others: Sequence[Collection]
) -> list[Collection]:
    """Return the collections of the lists outside `wp/v2`; what is left out goes into the report.

    `routes` is the field of that name in the index, `others` are the collections of WordPress
    itself. Raises CrawlError where the site is down.
    """
    taken = {part.type for part in others}
    # A plugin may have its types listed by a route of its own, and tell WordPress so.
    routes_read = {part.route for part in others}
    found = known_collections(routes, taken | routes_read)
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
    # An editor may be sent rows that no visitor sees, and nothing tells which ones these are.
    return run.report.credentials == "user"


class WholeRecords:
    """A stage between a list and its items: what a list only names is asked for singly."""

    def __init__(self, run: RunState, then: CompletePage) -> None:
        self._run = run
        self._then = then

    async def completed(self, collection: Collection, records: Records) -> Records:
        """Return the records of a page, each of them whole, after what comes `then`.

        A record that does not come is kept as a failure; what is held of it stays. Raises
        ArchiveError, and CrawlError where the run is to end.
        """
        if collection.shape is None or not collection.shape.asks_each:
            return await self._then(collection, records)
        whole = []
        for id_, _ in records:
            if self._run.stopping:
                break
            raw = await self._record(collection, id_)
            if raw is not None:
                whole.append((id_, raw))
        return tuple(whole)

    async def _record(self, collection: Collection, id_: int) -> bytes | None:
        requests = RecordRequests(self._run, collection)
        try:
            raw, _ = await requests.record(id_)
            return raw
        except RunEnds:
            raise
        except CrawlError as error:
            failure = NotArchived(
                kind=collection.kind,
                type=collection.type,
                id=id_,
                stage="fetch",
                cause=getattr(error, "cause", type(error).__name__),
                message=f"the list names it, and it was not sent: {error}",
                url=requests.address_of(id_),
            )
            await self._run.failures.add(failure)
            return None


async def _recognised(run: RunState, route: str, routes: Mapping[str, Any]) -> Collection | None:
    """Return the collection of a list that no entry describes; None where it is no list."""
    try:
        url = run.address(route, [("per_page", str(LOOKED_AT))])
        # Two tries are enough: nobody has asked for this list by name. WARC files keep nothing of
        # it either, because it may be about people. Where it is read, it is asked for again.
        as_visitor = asks_lists_as_visitor(run)
        response = await run.get(url, tries=2, anonymous=as_visitor, recorded=False)
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
