"""Drives the walk over one collection: makes the requests that the walk asks for, and yields the items that it accepts."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from crawler.errors import BrokenJson, CrawlError
from crawler.items import Item
from crawler.parsing import parse_record
from crawler.rest.api import Api
from crawler.rest.classify import problem_of
from crawler.rest.client import RestClient
from crawler.rest.collections import Collection
from crawler.rest.record_fields import record_date, record_id
from crawler.rest.responses import RecordPage, read_page, read_record
from crawler.run.lifecycle import CrawlRun
from crawler.run.report import TypeCount
from crawler.walk import Certificate, Page, PageRequest, Problem, ProblemKind, Walk, choose_walk


@dataclass(frozen=True, slots=True)
class Answered:
    """An ask's answer: what the walk needs, and the records themselves."""

    outcome: Page | Problem
    records: tuple[tuple[int, bytes], ...] = ()
    repaired: bool = False

    def without_total(self) -> "Answered":
        """The same, from a site whose totals cannot be believed."""
        return (
            replace(self, outcome=replace(self.outcome, total=None, total_pages=None))
            if isinstance(self.outcome, Page)
            else self
        )


class Collector:
    """Collects one site's collections, one after the other."""

    def __init__(
        self,
        fetcher: RestClient,
        run: CrawlRun,
        api: Api,
        *,
        per_page: int,
        width: int,
        probe_max: int,
    ) -> None:
        self._fetcher = fetcher
        self._run = run
        self._api = api
        self._per_page = per_page
        self._width = width
        self._probe_max = probe_max

    async def collect(self, collection: Collection) -> AsyncIterator[Item]:
        """Items of a collection; afterwards its count says what was proved.

        A walk that the site's own behaviour made impossible is tried once more in the form that is left.
        """
        count = self._run.report.count(collection.kind, collection.type)
        api: Api | None = self._api
        totals = True
        while api is not None:
            walk = choose_walk(
                collection.capabilities,
                per_page=self._per_page,
                width=self._width,
                probe_budget=self._probe_max,
            )
            async for item in self._walk(walk, api, collection, count, totals):
                yield item
            certificate = walk.certificate
            if self._run.stopping:
                break
            if certificate.query_ignored:
                api = api.query_form()
            elif totals and certificate.proved and await self._ended_early(collection, count):
                totals = False
            else:
                break
        await self._certify(collection, count, certificate)

    async def _ended_early(self, collection: Collection, count: TypeCount) -> bool:
        """Whether the highest id of the census is beyond the walk and still shown: a total that counts the page, not the collection."""
        if count.top_id is None or count.last_id >= count.top_id:
            return False
        ask = PageRequest((), "single", 0, (count.top_id,), light=True)
        return isinstance(
            outcome := (await self._answer(self._api, collection, ask)).outcome, Page
        ) and bool(outcome.ids)

    async def _walk(
        self, walk: Walk, api: Api, collection: Collection, count: TypeCount, totals: bool
    ) -> AsyncIterator[Item]:
        pending: dict[asyncio.Task[Answered], PageRequest] = {}
        while not walk.finished and not (self._run.stopping and not pending):
            if not self._run.stopping:
                pending |= {
                    asyncio.ensure_future(self._answer(api, collection, ask)): ask
                    for ask in walk.asks()
                }
            done, _ = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                ask, answered = pending.pop(task), task.result()
                count.requests += 1
                for item in await self._take(
                    walk, ask, answered if totals else answered.without_total(), collection, count
                ):
                    yield item
            count.site_total = (
                walk.certificate.site_total
                if walk.certificate.site_total is not None
                else count.site_total
            )
            count.listed = walk.certificate.listed
        for task in pending:
            task.cancel()

    async def _take(
        self,
        walk: Walk,
        ask: PageRequest,
        answered: Answered,
        collection: Collection,
        count: TypeCount,
    ) -> list[Item]:
        """Give an answer to the walk; the items of the records that it accepts."""
        if isinstance(answered.outcome, Problem):
            walk.fail(ask, answered.outcome)
            return []
        accepted = set(walk.feed(ask, answered.outcome))
        count.last_id = max(count.last_id, *accepted, 0)
        items = []
        for id_, raw in answered.records:
            if id_ in accepted:
                accepted.discard(id_)
                if item := await self._parse(raw, id_, collection):
                    item.flags += ["repaired"] if answered.repaired else []
                    items.append(item)
        return items

    async def _parse(self, raw: bytes, id_: int, collection: Collection) -> Item | None:
        site = self._run.site
        assert site is not None
        try:
            return parse_record(raw, collection, site["_id"], site["home"])
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            await self._run.fail(
                collection.kind,
                collection.type,
                id_,
                "parse",
                type(error).__name__,
                str(error),
                raw=raw,
            )
            return None

    async def _answer(self, api: Api, collection: Collection, ask: PageRequest) -> Answered:
        single = ask.purpose == "single"
        route = f"{collection.route}/{ask.ids[0]}" if single else collection.route
        params = [*ask.params, *((("_fields", "id"),) if ask.light else ())]
        url = api.url(route, params)
        try:
            try:
                return _answered(await self._read(url, single), ask)
            except BrokenJson:  # once more, uncompressed: a proxy that cuts or mislabels gzip is the most common cause
                return _answered(await self._read(url, single, plain=True), ask)
        except CrawlError as error:
            return Answered(problem_of(error, ask))

    async def _read(self, url: str, single: bool, *, plain: bool = False) -> RecordPage:
        response = await self._fetcher.get(url, follow=False, tries=2, plain=plain)
        if single:
            record = read_record(response)
            return RecordPage([record.text], None, None, record.repaired)
        return read_page(response)

    async def _certify(
        self, collection: Collection, count: TypeCount, certificate: Certificate
    ) -> None:
        count.hidden = (certificate.hidden or 0) if certificate.proved else 0
        if certificate.proved:
            count.proof = "proved"
        elif self._run.stopping:
            count.proof = "unproven: the run ended before the walk did"
        else:
            count.proof = f"unproven: {certificate.reason}"
        for poisoned in certificate.poisoned:
            place = (
                str(poisoned.id)
                if poisoned.id is not None
                else f"{poisoned.after_id}..{poisoned.before_id}"
            )
            where = "" if poisoned.id is not None else f" (ids {place})"
            message = f"{poisoned.message or poisoned.cause}{where}"
            url = self._api.url(f"{collection.route}/{place}")
            await self._run.fail(
                collection.kind,
                collection.type,
                poisoned.id,
                "fetch",
                poisoned.cause,
                message,
                url=url,
            )


def _answered(answer: RecordPage, ask: PageRequest) -> Answered:
    """Records with their ids; one without any id cannot be placed, which makes the answer unusable as it is."""
    found = [(record_id(raw), raw) for raw in answer.records]
    records = tuple((id_, raw) for id_, raw in found if id_ is not None)
    if len(records) < len(found):
        return Answered(Problem(ProblemKind.CONTENT, "a record without id", "no_id"))
    dates = (
        tuple(record_date(raw) for _, raw in records) if ("orderby", "date") in ask.params else ()
    )
    return Answered(
        Page(tuple(id_ for id_, _ in records), answer.total, answer.total_pages, dates),
        records,
        answer.repaired,
    )
