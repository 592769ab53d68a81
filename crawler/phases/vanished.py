"""After a walk that proved complete: what is held and was no longer listed is asked for singly, and marked, never purged."""

from collections.abc import AsyncIterator
from typing import Literal

from crawler.errors import ApiError, CrawlError
from crawler.items import Item
from crawler.parsing import parse_record
from crawler.rest.api import Api
from crawler.rest.classify import GONE
from crawler.rest.client import RestClient
from crawler.rest.collections import Collection
from crawler.rest.responses import read_record
from crawler.run.lifecycle import CrawlRun
from crawler.run.report import TypeCount

Fate = Literal["live", "withdrawn", "deleted", "unknown"]
BRAKE_ROWS, BRAKE_SHARE = 20, 0.05


def brake_limit(held: int) -> int:
    """How many objects of a type one run may mark as vanished: max(20, 5 %)."""
    return max(BRAKE_ROWS, int(held * BRAKE_SHARE))


def fate_of(error: CrawlError) -> Fate:
    """What the answer for a single object says of it; anything unclear says nothing (`rest_no_route` removes a route, not its posts)."""
    if isinstance(error, ApiError):
        if error.code in GONE and error.status == 404:
            return "deleted"
        if error.status in (401, 403) and error.code.startswith(
            ("rest_forbidden", "rest_user_cannot_view", "rest_cannot_read")
        ):
            return "withdrawn"
    return "unknown"


class VanishedObjects:
    """Finds out what became of the objects that a complete walk did not list."""

    def __init__(self, fetcher: RestClient, run: CrawlRun, api: Api) -> None:
        self._fetcher = fetcher
        self._run = run
        self._api = api

    async def settle(self, collection: Collection, count: TypeCount) -> AsyncIterator[Item]:
        """Marks what vanished; yields items of objects that are live after all (a stale list)."""
        store, site = self._run.store, self._run.site_key
        missing = await self._run.guard(self._unseen(collection))
        held = await self._run.guard(store.held(collection.kind, site, collection.type))
        if self._brake(collection, count, len(missing), held):
            return
        fates: dict[Fate, list[int]] = {"live": [], "withdrawn": [], "deleted": [], "unknown": []}
        for id_ in missing:
            if self._run.stopping:
                return
            fate, item = await self._ask(collection, id_)
            fates[fate].append(id_)
            if item:
                yield item
        at = self._run.clock()
        count.withdrawn = await self._run.guard(
            store.mark(collection.kind, site, collection.type, fates["withdrawn"], "withdrawn", at)
        )
        count.deleted = await self._run.guard(
            store.mark(collection.kind, site, collection.type, fates["deleted"], "deleted", at)
        )
        if fates["unknown"]:
            count.proof = f"unproven: {len(fates['unknown'])} held objects are no longer listed, and the site does not say why"

    async def _unseen(self, collection: Collection) -> list[int]:
        run = self._run
        return [
            id_
            async for id_ in run.store.unseen(
                collection.kind, run.site_key, collection.type, run.started_at
            )
        ]

    def _brake(self, collection: Collection, count: TypeCount, missing: int, held: int) -> bool:
        """Hold back a suspiciously large withdrawal until a second run finds it again."""
        site = self._run.site
        assert site is not None
        own = (collection.kind, collection.type)  # a taxonomy may have the name of a post type
        before = [brake for brake in site["brakes"] if (brake.get("kind"), brake["type"]) == own]
        others = [brake for brake in site["brakes"] if (brake.get("kind"), brake["type"]) != own]
        if missing <= brake_limit(held) or (
            before and missing <= before[0]["count"] + brake_limit(held)
        ):
            site["brakes"] = others
            return False
        brake = {"kind": collection.kind, "type": collection.type, "count": missing}
        site["brakes"] = [
            *others,
            {**brake, "run": str(self._run.started_at), "at": self._run.clock()},
        ]
        count.proof = f"unproven: {missing} of {held} held objects would be withdrawn at once; run again to confirm"
        count.reasons.append(
            f"{missing} of {held} are no longer listed: nothing was withdrawn, a second run must find the same"
        )
        return True

    async def _ask(self, collection: Collection, id_: int) -> tuple[Fate, Item | None]:
        site = self._run.site
        assert site is not None
        try:
            response = await self._fetcher.get(
                self._api.url(f"{collection.route}/{id_}"), follow=False, tries=2
            )
            raw = read_record(response).text
            item = parse_record(raw, collection, site["_id"], site["home"])
            return ("live", item) if item.id == id_ else ("unknown", None)
        except CrawlError as error:
            return fate_of(error), None
        except ValueError:
            return "unknown", None
