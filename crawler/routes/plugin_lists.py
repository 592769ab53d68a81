"""The lists of plugins that a run reads: those of the table, and others where they are wanted."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from crawler.errors import ApiError, CrawlError, RunEnds
from crawler.phases.measure import why_not_read
from crawler.phases.pages_ahead import Records
from crawler.phases.record_requests import RecordRequests
from crawler.rest.classify import is_closed
from crawler.rest.collections import Collection
from crawler.rest.responses import read_json
from crawler.routes.offered import (
    collection_of,
    known_collections,
    recognised,
    type_of,
    unknown_routes,
)
from crawler.routes.plugin_shapes import KNOWN_SHAPES, UNKNOWN_PREFIX, UNKNOWN_SHAPE
from crawler.routes.shape import RouteShape
from crawler.run.failures import NotArchived
from crawler.run.run_state import CompletePage, RunState
from wparchive.model.run_arguments import routes_of

LOOKED_AT = 10
"""So many records of an unknown list show what it is, and whether it is about people."""


async def plugin_collections(
    run: RunState, routes: Mapping[str, Any], others: Sequence[Collection]
) -> list[Collection]:
    """Return the collections of the lists outside `wp/v2`; what is left out goes into the report.

    `routes` is the field of that name in the index, `others` are the collections of WordPress
    itself. Raises CrawlError where the run is to end.
    """
    taken = {part.type for part in others}
    # A plugin may have its types listed by a route of its own, and tell WordPress so.
    routes_read = {part.route for part in others}
    found = known_collections(routes, taken | routes_read)
    held = [shape.type for shape in KNOWN_SHAPES]
    if routes_of(run.report.arguments) == "all":
        held += (unknown := await run.store.held_types("posts", run.site_key, UNKNOWN_PREFIX))
        taken |= {part.type for part in found}
        found += await _unknown_collections(run, routes, taken, unknown)
    if not run.stopping:
        await _note_gone(run, held, taken | {part.type for part in found})
    return found


async def _unknown_collections(
    run: RunState, routes: Mapping[str, Any], taken: Container[str], held: Container[str]
) -> list[Collection]:
    """Return the collections of the lists that no entry describes, but for types that are taken.

    One that cannot be read is among them where its type is `held`, or where nothing shows that
    the site keeps it closed: it stands against a complete run. Raises CrawlError where the run is
    to end.
    """
    unknown, refused = unknown_routes(routes)
    reasons = {each.route: each.reason for each in refused}
    found: dict[str, Collection] = {}
    for route in (*reasons, *unknown):
        if run.stopping:
            break
        type_ = type_of(route)
        if type_ in taken or type_ in found:
            _leave_out(run, route, f"another list of the site has the type {type_}")
            continue
        if route in reasons:
            looked: RouteShape | _NotRead = _NotRead(reasons[route])
        else:
            looked = await _looked_at(run, route, is_held=type_ in held)
        if isinstance(looked, RouteShape):
            found[type_] = collection_of(looked, route, routes)
        # It stays in the plan as one that was not read, so that the run is not complete.
        elif type_ in held or looked.is_doubtful:
            shape = replace(UNKNOWN_SHAPE, type=type_, routes=(route,))
            found[type_] = replace(collection_of(shape, route, routes), not_read=looked.reason)
        else:
            _leave_out(run, route, looked.reason)
    return list(found.values())


def _leave_out(run: RunState, name: str, reason: str) -> None:
    run.report.skipped.append({"name": name, "reason": reason})


async def _note_gone(run: RunState, types: Iterable[str], there: Container[str]) -> None:
    """Name in the report the lists that a site no longer has, and that the archive holds.

    Their documents stay as they are: a plugin that is away says nothing about its objects. Raises
    ArchiveError.
    """
    for type_ in types:
        if type_ in there:
            continue
        held = await run.store.held("posts", run.site_key, type_)
        if held:
            reason = f"the site no longer has this list; {held} are held from earlier runs"
            _leave_out(run, type_, reason)


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


@dataclass(frozen=True, slots=True)
class _NotRead:
    """A list that is not read after the first look at it."""

    reason: str
    is_doubtful: bool = False
    """Nothing shows that visitors may not have it, or that it is no list of records."""


async def _looked_at(run: RunState, route: str, is_held: bool) -> RouteShape | _NotRead:
    """Return the shape of a list that no entry describes, or why it is not read.

    One list of a plugin that is out of order is no reason to read nothing of the site. Raises
    CrawlError where the run is to end.
    """
    try:
        url = run.address(route, [("per_page", str(LOOKED_AT))])
        # Two tries are enough: nobody has asked for this list by name. WARC files keep nothing of
        # it either, because it may be about people. Where it is read, it is asked for again.
        as_visitor = asks_lists_as_visitor(run)
        response = await run.get(url, tries=2, anonymous=as_visitor, recorded=False)
        shape = recognised(route, read_json(response), is_held)
    except RunEnds:
        raise
    except CrawlError as error:
        return _refused(run, error)
    return _NotRead(shape) if isinstance(shape, str) else shape


def _refused(run: RunState, error: CrawlError) -> _NotRead:
    """Return what a failed look at a list says of the list."""
    if isinstance(error, ApiError):
        # Without a code of WordPress, a firewall or a proxy says it, and of this visitor alone.
        if error.status in (401, 403) and not error.code:
            return _NotRead(f"refused, and not by WordPress: {error}", is_doubtful=True)
        if error.status == 400 and error.code:
            return _NotRead(f"it wants parameters that the index does not name: {error}")
    if is_closed(error):
        return _NotRead(why_not_read(run, error))
    return _NotRead(f"it could not be looked at: {error}", is_doubtful=True)
