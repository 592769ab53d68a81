"""The strategies that read what changed since the last run."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from crawler.items import Item
from crawler.phases.collect import Collector
from crawler.phases.full import FullStrategy
from crawler.phases.light import LightReader, differs, light_fields
from crawler.phases.plan import MeasuredCollection
from crawler.phases.references import References, batches
from crawler.phases.strategy import Strategy
from crawler.phases.vanished import brake_limit
from crawler.phases.watermarks import look_again_from, watermark_of
from crawler.polls.listing import LightRow
from crawler.polls.news import News, Question, is_whole, look_for_news, news_of_whole
from crawler.rest.collections import Collection
from crawler.rest.lenient_json import decode_record
from crawler.run.proof import Proof, Scope
from crawler.run.report import TypeKey
from crawler.run.run_state import RunState
from crawler.walk.by_ids import WalkByIds
from wparchive.model.documents import Site


class UpdateStrategy(Strategy):
    """Asks each collection what changed, and reads that.

    Posts are polled. The other kinds have no date of change, or rows that the site counts and does
    not show: their lists are read whole, with few fields. What the archive does not know at all is
    read in full, and so are comments, whose edits nothing else shows.
    """

    compares_all = False
    """Every post is compared, not only those that the polls show."""

    def __init__(self, run: RunState, collector: Collector) -> None:
        self._run = run
        self._collector = collector
        self._full = FullStrategy(run, collector)
        self._in_full: set[TypeKey] = set()
        self._vanished: dict[TypeKey, list[int]] = {}
        self._references = References(run, collector)

    async def measure(self, run: RunState, collection: Collection) -> MeasuredCollection:
        if await self._belongs_in_full(collection):
            self._in_full.add((collection.kind, collection.type))
        if self._is_in_full(collection) or "id" not in collection.capabilities.orderby:
            return await super().measure(run, collection)
        # The first page of the poll by id tells the size too, and spares a request.
        measured = MeasuredCollection(collection)
        reader = LightReader(run, self._collector, measured)
        first = await reader.first_page(self._size(collection))
        top_id = max(first.ids, default=None)
        return replace(measured, total=first.total, top_id=top_id, first=first)

    def expected(self, measured: MeasuredCollection) -> int | None:
        if self._is_in_full(measured.collection):
            return self._full.expected(measured)
        return None

    async def collect(self, measured: MeasuredCollection) -> AsyncIterator[Item]:
        collection = measured.collection
        if self._is_in_full(collection):
            async for item in self._full.collect(measured):
                yield item
            return
        held = await self._live_ids(collection)
        news = await self._news(measured, held)
        changed = await self._changed(collection, news.rows.values(), held)
        walk = WalkByIds(changed, collection.capabilities, width=self._collector.width)
        reader = self._collector.read(MeasuredCollection(collection), lambda: walk)
        async for item in reader.items():
            yield item
        count = self._run.count_of(collection)
        count.site_total = news.total
        missing = set(news.vanished) | walk.absent.intersection(held)
        if news.whole:
            missing |= set(held) - news.rows.keys()
        self._vanished[collection.kind, collection.type] = sorted(missing)
        if collection.kind != "posts" or len(missing) <= brake_limit(len(held)):
            await self._references.note_gone(collection, sorted(missing))
        count.proof = reader.proof(_scope(news, held))
        if news.trouble:
            count.proof = Proof.unproven(news.trouble)

    async def vanished(self, collection: Collection) -> list[int]:
        if self._is_in_full(collection):
            return await self._full.vanished(collection)
        return self._vanished[collection.kind, collection.type]

    async def afterwards(self) -> AsyncIterator[Item]:
        async for item in self._references.items():
            yield item

    async def _news(self, measured: MeasuredCollection, held: Sequence[int]) -> News:
        """Return what changed in a collection, as far as its list shows it."""
        collection = measured.collection
        reader = LightReader(self._run, self._collector, measured)
        size = self._size(collection)
        if measured.first is not None and is_whole(measured.first, size):
            return news_of_whole(measured.first)
        mark = watermark_of(self._site, collection.kind, collection.type)
        may_poll = collection.kind == "posts" and not self.compares_all
        if mark is None or mark["hidden"] or not may_poll:
            return await reader.read_all()
        date, modified = look_again_from(mark, self._site, self._run.cache_age_s)
        question = Question(
            held=held,
            capabilities=collection.capabilities,
            size=size,
            since_date=date,
            since_modified=modified,
            first=measured.first,
            search_at_most=brake_limit(len(held)),
        )
        return await look_for_news(question, reader.ask, lambda _: reader.read_all())

    async def _changed(
        self, collection: Collection, rows: Iterable[LightRow], held: Sequence[int]
    ) -> list[int]:
        """Return the ids of rows that are not held, or that differ from what is held."""
        found = {row.id: row.fields for row in rows}
        names = light_fields(collection)
        changed = sorted(found.keys() - set(held))
        for id_ in changed:
            self._references.note(collection, id_, found[id_], {})
        for batch in batches(sorted(found.keys() & set(held))):
            records = await self._run.store.raw_records(
                collection.kind, self._run.site_key, collection.type, batch
            )
            for id_ in batch:
                record = records.get(id_)
                if record is None or differs(found[id_], record, names):
                    changed.append(id_)
                    self._note(collection, id_, found[id_], record)
        await self._references.count_carriers(collection)
        return changed

    def _note(
        self, collection: Collection, id_: int, now: Mapping[str, Any], record: bytes | None
    ) -> None:
        if record is not None:
            self._references.note(collection, id_, now, decode_record(record)[0])

    async def _belongs_in_full(self, collection: Collection) -> bool:
        """Tell whether a collection is read as in a full run."""
        if collection.kind == "comments":
            return True
        if watermark_of(self._site, collection.kind, collection.type):
            return False
        return not await self._live_ids(collection)

    @property
    def _site(self) -> Site:
        assert self._run.site is not None
        return self._run.site

    def _is_in_full(self, collection: Collection) -> bool:
        return (collection.kind, collection.type) in self._in_full

    async def _live_ids(self, collection: Collection) -> list[int]:
        return await self._run.store.live_ids(collection.kind, self._run.site_key, collection.type)

    def _size(self, collection: Collection) -> int:
        return max(1, min(self._collector.per_page, collection.capabilities.per_page_maximum))


class ReconcileStrategy(UpdateStrategy):
    """Compares every object with the archive, and reads what differs in either direction."""

    compares_all = True


def _scope(news: News, held: Sequence[int]) -> Scope:
    """Return what is proved: the whole list was read, or the changes since the last run."""
    highest = max([*held[-1:], *news.rows, 0])
    if news.whole:
        return Scope.everything(highest)
    return Scope("changes", highest, whole=True)
