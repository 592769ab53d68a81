"""Ask how large each collection is, before it is read."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial

from crawler.errors import ApiClosed, ApiError, CrawlError
from crawler.polls.listing import Listing, Milestone
from crawler.polls.ranks import RANKS_FROM_TOP, at_rank
from crawler.rest.classify import is_closed
from crawler.rest.collections import Collection
from crawler.rest.responses import RecordPage, read_page
from crawler.run.proof import Proof
from crawler.run.run_state import RunState
from crawler.site.attempts import led_away, same_site_elsewhere, way_on


@dataclass(frozen=True, slots=True)
class MeasuredCollection:
    """A collection, or a part of it, with the size that the site named before the walk."""

    collection: Collection
    total: int | None = None
    """None when the site does not say; the same holds for `top_id`."""
    top_id: int | None = None
    """The highest id. A walk that ends below it has not seen everything."""
    filters: tuple[tuple[str, str], ...] = ()
    """Query parameters that leave only a part of the collection: `modified_after`, ..."""
    first: Listing | None = None
    """The first page by id, newest first, where a strategy asked for it already."""

    @property
    def was_open(self) -> bool:
        """Tell whether the site has answered for this collection."""
        return self.total is not None or self.top_id is not None


MeasureOne = Callable[[Collection], Awaitable[MeasuredCollection]]
"""Asks one collection for its size. Raises CrawlError."""


async def measure(
    run: RunState, collections: list[Collection], measure_one: MeasureOne | None = None
) -> list[MeasuredCollection]:
    """Ask each collection for its size; a closed one is left out, with its reason in the report.

    `measure_one` asks one collection, `measure_size` by default. Raises ApiClosed when there are
    collections of posts and all of them are closed.
    """
    opened: list[MeasuredCollection] = []
    refusals: list[CrawlError] = []
    for collection in collections:
        if run.stopping:
            break
        if collection.not_read:
            await _leave_out(run, collection, collection.not_read, is_doubtful=True)
            continue
        try:
            measured = await (measure_one or partial(measure_size, run))(collection)
        except CrawlError as error:
            if is_closed(error):
                refusals.append(error)
                await _refuse(run, collection, error)
                continue
            measured = MeasuredCollection(collection)  # the walk will find out what is wrong
        run.count_of(collection).site_total = measured.total
        opened.append(measured)
    if refusals and _lost_all_posts(collections, opened):
        why = why_not_read(run, refusals[-1])
        advice = way_on(str(refusals[-1]), run.address("/"))
        raise ApiClosed(f"the site's posts are {why}; {advice}")
    return opened


async def measure_size(
    run: RunState, collection: Collection, filters: tuple[tuple[str, str], ...] = ()
) -> MeasuredCollection:
    """Ask a collection, or the part that `filters` leave, for its size. Raises CrawlError.

    The newest rows may be counted and not shown. Then the ones before them are asked for.
    """

    async def page_of(params: Iterable[tuple[str, str]]) -> RecordPage:
        asked = (*collection.list_filters, *filters, *collection.selected("id"), *params)
        url = run.address(collection.route, asked)
        return read_page(await run.get(url, anonymous=collection.anonymous), collection.shape)

    if "id" not in collection.capabilities.orderby:
        answer = await page_of((("per_page", "1"),))
        return MeasuredCollection(collection, answer.total, None, filters)
    total = None
    for back in RANKS_FROM_TOP:
        answer = await page_of(at_rank(back, "desc").params)
        if not back:
            total = answer.total
        if answer.records:
            top_id = collection.id_of(answer.records[0])
            if top_id is not None and total and answer.total == total and not filters:
                milestone = Milestone(top_id, total - 1 - back)
                run.count_of(collection).milestone = milestone
            return MeasuredCollection(collection, total, top_id, filters)
        # Only images and comments hide with their post: in any other list the top row is shown.
        # The next rank to ask for is `2 * back + 1`, and a short list ends before it.
        if collection.kind not in ("media", "comments") or (total or 0) <= 2 * back + 1:
            break
    return MeasuredCollection(collection, total, None, filters)


def _lost_all_posts(collections: list[Collection], opened: list[MeasuredCollection]) -> bool:
    """Tell whether there were collections of posts, and none of them is open."""
    wanted = any(_is_of_wordpress(part) for part in collections)
    return wanted and not any(_is_of_wordpress(part.collection) for part in opened)


def _is_of_wordpress(collection: Collection) -> bool:
    """Tell whether a collection is one of WordPress's posts, and no list of a plugin."""
    return collection.kind == "posts" and collection.shape is None


async def _refuse(run: RunState, collection: Collection, error: CrawlError) -> None:
    """Note that a list is closed. That is a fact about the site, and the run may be complete.

    It is not complete in these cases:

    - The list was asked for, or was open in an earlier run.
    - Something other than WordPress refuses posts: a firewall's 403, a proxy's 404.
    - A list of posts is not there, although the index names it.
    """
    reason = why_not_read(run, error)
    is_contradicted = _is_contradicted(collection, error)
    if is_contradicted:
        reason += "; the site's index names this list"
    home = led_away(str(error), run.address("/"))
    if home:
        reason += f"; {same_site_elsewhere(home)}"
    run.closed[collection.kind, collection.type] = reason
    is_doubtful = is_contradicted or _is_foreign_refusal(collection, error)
    await _leave_out(run, collection, reason, is_doubtful)


async def _leave_out(run: RunState, collection: Collection, reason: str, is_doubtful: bool) -> None:
    """Note that a list is not read, and how much of it is held. Raises ArchiveError.

    The run is not complete where that is doubtful, where the list was asked for, or where some of
    it is held.
    """
    held = await run.store.held(collection.kind, run.site_key, collection.type, collection.statuses)
    asked_for = bool(run.report.arguments.get("types"))
    named = f"{reason}; {held} are held from earlier runs"
    run.report.skipped.append({"name": collection.type, "reason": named if held else reason})
    if asked_for or held or is_doubtful:
        count = run.count_of(collection)
        count.proof = Proof.skipped(reason)
        count.reasons.append(named)


def why_not_read(run: RunState, error: CrawlError) -> str:
    """Return why a list is not read that refuses."""
    if isinstance(error, ApiError) and error.status == 404:
        # Most often, a plugin or the owner has switched the route off.
        return f"no such route: {error}"
    if led_away(str(error), run.address("/")):
        return f"at another address: {error}"
    return f"closed to visitors: {error}"


def _is_contradicted(collection: Collection, error: CrawlError) -> bool:
    """Tell whether a list of posts is not there, although the site's index names its route."""
    is_missing = isinstance(error, ApiError) and error.status == 404
    return is_missing and collection.in_index and _is_of_wordpress(collection)


def _is_foreign_refusal(collection: Collection, error: CrawlError) -> bool:
    """Tell whether posts are refused by something that is not WordPress: no code of its own."""
    return _is_of_wordpress(collection) and isinstance(error, ApiError) and not error.code
