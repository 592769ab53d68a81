"""Find out what became of objects that a run should have seen and did not.

Each is asked for singly and marked by the answer; nothing is ever removed from the archive.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from math import ceil
from typing import Literal

from crawler.arguments import confirms_vanished
from crawler.errors import ApiError, CrawlError
from crawler.fallback.published import is_below
from crawler.items import Item
from crawler.parsing import parse_record
from crawler.phases.record_requests import RecordRequests
from crawler.rest.classify import GONE
from crawler.rest.collections import Collection
from crawler.routes.shape import RouteShape
from crawler.run.proof import Proof
from crawler.run.report import TypeCount
from crawler.run.run_state import RunState
from wparchive.model.documents import State
from wparchive.model.site_records import Brake

Fate = Literal["live", "withdrawn", "deleted", "unknown"]
# The larger of the two counts: a small site may lose a few rows, a large one a few per cent.
BRAKE_ROWS = 20
BRAKE_SHARE = 0.05
SAMPLE_IDS = 1000
"""The most ids that a brake keeps, by which a second run knows what it held back."""
_NO_PAGE = frozenset({404, 410})
_NO_ROUTE = "rest_no_route"
_INVALID = "rest_invalid_param"
_NOT_PUBLIC = ("rest_forbidden", "rest_user_cannot_view", "rest_cannot_read")
"""Beginnings of WordPress's codes for an object that exists and is not for visitors."""


def brake_limit(held: int) -> int:
    """Return how many objects of a type one run may mark as vanished, of `held` live ones."""
    return max(BRAKE_ROWS, int(held * BRAKE_SHARE))


def fate_of(error: CrawlError, shape: RouteShape | None = None) -> Fate:
    """Return what a failed request for a single object says about the object.

    `shape` is that of a plugin's list, which has error codes of its own. Anything unclear says
    nothing: `rest_no_route`, for instance, is about the route.
    """
    if not isinstance(error, ApiError):
        return "unknown"
    not_public: tuple[str, ...] = _NOT_PUBLIC
    if shape is not None:
        not_public += shape.not_public
        if _plugin_knows_none(error):
            return "deleted"
    if error.status == 404 and error.code in GONE:
        return "deleted"
    if error.status in (401, 403) and error.code.startswith(not_public):
        return "withdrawn"
    return "unknown"


def _plugin_knows_none(error: ApiError) -> bool:
    """Tell whether a plugin says that it has no object of an id.

    Some check the id as they check any parameter, and refuse one that is no object of theirs.
    """
    if error.status == 400:
        return error.code == _INVALID and "id" in error.parameters
    return error.status == 404 and error.code not in ("", _NO_ROUTE)


def _found_before(brake: Brake, ids: Sequence[int]) -> int:
    """Estimate how many of these ids a brake has held back, from the sample that it keeps."""
    sample = brake.get("sample")
    if not sample:  # of an early version
        return brake["count"]
    missing = set(ids)
    return ceil(brake["count"] * sum(id_ in missing for id_ in sample) / len(sample))


class VanishedObjects:
    """A search for what became of objects that are no longer listed."""

    def __init__(self, run: RunState) -> None:
        self._run = run

    async def look(self, collection: Collection, ids: Sequence[int]) -> AsyncIterator[Item]:
        """Ask for each object and mark it; yield items of objects that are live after all.

        The list of the site was stale for those. Raises ArchiveError.
        """
        run = self._run
        count = run.count_of(collection)
        held = await run.store.held(
            collection.kind, run.site_key, collection.type, collection.statuses
        )
        if self._is_held_back(collection, ids, held):
            return
        fates: dict[Fate, list[int]] = {"live": [], "withdrawn": [], "deleted": [], "unknown": []}
        for id_ in ids:
            if run.stopping:
                return
            fate, item = await self._ask(collection, id_)
            fates[fate].append(id_)
            if item:
                yield item
        count.withdrawn = await self._mark(collection, fates["withdrawn"], "withdrawn")
        count.deleted = await self._mark(collection, fates["deleted"], "deleted")
        # Objects that the site could not send are counted as missing. They may well be listed.
        unknown = [id_ for id_ in fates["unknown"] if id_ not in count.failed]
        if unknown:
            count.proof = Proof.unproven(
                f"{len(unknown)} held objects are no longer listed, and the site does not say why"
            )

    async def _mark(self, collection: Collection, ids: list[int], state: State) -> int:
        """Set the state of objects; return how many changed it."""
        run = self._run
        return await run.store.set_state(
            collection.kind, run.site_key, collection.type, ids, state, run.clock()
        )

    def _is_held_back(self, collection: Collection, ids: Sequence[int], held: int) -> bool:
        """Tell whether so many objects are missing that a second run must confirm it.

        Maintenance, a language filter, or another site behind the same name look like that. The
        brake is kept with the site, so that the next run knows of it.
        """
        site = self._run.site
        assert site is not None
        # Very old brakes have no kind; a taxonomy may have the name of a post type.
        key = (collection.kind, collection.type)
        before = [brake for brake in site["brakes"] if (brake.get("kind"), brake["type"]) == key]
        others = [brake for brake in site["brakes"] if brake not in before]
        limit = brake_limit(held)
        if before:
            limit += _found_before(before[0], ids)
        missing = len(ids)
        if missing <= limit or confirms_vanished(self._run.report.arguments):
            site["brakes"] = others
            return False
        site["brakes"] = [*others, self._brake(collection, ids)]
        self._report_brake(self._run.count_of(collection), missing, held)
        return True

    def _brake(self, collection: Collection, ids: Sequence[int]) -> Brake:
        return Brake(
            kind=collection.kind,
            type=collection.type,
            count=len(ids),
            sample=list(ids[:: ceil(len(ids) / SAMPLE_IDS)]),
            run=str(self._run.report.started_at),
            at=self._run.clock(),
        )

    def _report_brake(self, count: TypeCount, missing: int, held: int) -> None:
        count.proof = Proof.unproven(
            f"{missing} of {held} held objects would be withdrawn at once; "
            "run again to confirm, or with -a confirm=vanished"
        )
        count.reasons.append(
            f"{missing} of {held} are no longer listed: nothing was withdrawn, "
            "a second run must find the same"
        )

    async def _ask(self, collection: Collection, id_: int) -> tuple[Fate, Item | None]:
        """Return what the site says of one object, and its item where it is live."""
        run = self._run
        try:
            raw, warc = await RecordRequests(run, collection).record(id_)
            # With credentials a draft is shown too, and for visitors that post is gone.
            if not collection.has_in_lists(raw):
                return "withdrawn", None
            if run.complete_page is not None:
                [(_, raw)] = await run.complete_page(collection, ((id_, raw),))
            item = parse_record(raw, collection, run.site_key, run.home)
        except CrawlError as error:
            if collection.shape is not None and getattr(error, "code", "") == _NO_ROUTE:
                return await self._fate_by_page(await self._held_link(collection, id_)), None
            return fate_of(error, collection.shape), None
        # Neither a broken answer nor another object says what became of this one.
        except ValueError:
            return "unknown", None
        if item.id != id_:
            return "unknown", None
        item.warc = warc
        fate = await self._fate_elsewhere(collection, item)
        return fate, item if fate == "live" else None

    async def _fate_elsewhere(self, collection: Collection, item: Item) -> Fate:
        """Return what WordPress, or the public page, says of an object that a plugin still shows.

        WordPress knows whether it is public. Where it does not say, the object's own page tells
        visitors. So a product that a shop hides while it is sold out stays live, and one in the
        trash does not.
        """
        if collection.shape is None or not collection.shape.twin:
            return "live"
        twin = replace(collection, route=collection.shape.twin, shape=None)
        try:
            await RecordRequests(self._run, twin).record(item.id)
        except CrawlError as error:
            fate = fate_of(error)
            return await self._fate_by_page(item.link) if fate == "unknown" else fate
        return "live"

    async def _held_link(self, collection: Collection, id_: int) -> str | None:
        """Return the address of an object's page, as the archive has it; None where it has none.

        Many plugins show no object of their lists alone.
        """
        run = self._run
        held = await run.store.raw_records(collection.kind, run.site_key, collection.type, [id_])
        try:
            return parse_record(held[id_], collection, run.site_key, run.home).link
        except (KeyError, ValueError):
            return None

    async def _fate_by_page(self, link: str | None) -> Fate:
        """Return what the public page of an object says; a redirect elsewhere says nothing."""
        run = self._run
        assert run.client is not None
        if link is None or not is_below(link, run.home):
            return "unknown"
        try:
            page = await run.client.get(link, tries=2, follow=False, accept="text/html, */*;q=0.5")
        except CrawlError:
            return "unknown"
        # Not `deleted`: the page of a draft is a 404 to visitors as well.
        if page.status in _NO_PAGE:
            return "withdrawn"
        return "live" if page.status == 200 else "unknown"
