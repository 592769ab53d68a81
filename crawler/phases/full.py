"""The full strategy: read everything, then look for what has vanished."""

from array import array
from collections.abc import AsyncIterator
from functools import partial

from crawler.items import Item
from crawler.phases.collect import Collector, HeldRows
from crawler.phases.languages import OtherLanguages
from crawler.phases.light import differs, light_fields, light_rows
from crawler.phases.measure import MeasuredCollection
from crawler.phases.pages_ahead import Records
from crawler.phases.strategy import Strategy
from crawler.rest.collections import Collection
from crawler.run.checkpoints import can_go_on
from crawler.run.proof import Proof, Scope
from crawler.run.report import TypeKey
from crawler.run.run_state import RunState


class FullStrategy(Strategy):
    """A walk over the whole of each collection; it goes on where a run before ended early.

    Its proof covers everything up to the highest id that the walk was shown: higher ids may have
    come after it.
    """

    def __init__(self, run: RunState, collector: Collector) -> None:
        self._run = run
        self._collector = collector
        self._seen: dict[TypeKey, array[int]] = {}

    def expected(self, measured: MeasuredCollection) -> int | None:
        return measured.total

    async def collect(self, measured: MeasuredCollection) -> AsyncIterator[Item]:
        run = self._run
        collection = measured.collection
        others = OtherLanguages(run, self._collector, measured)
        held = await self._held(collection, others)
        reader = self._collector.read(measured, make_items=others.items_of, held=held)
        if can_go_on(collection):
            reader.on_reached = partial(run.checkpoints.reached, collection)
        async for item in reader.items():
            yield item
        if not run.stopping:
            async for item in others.items(reader.seen):
                yield item
        self._seen[_type_key(collection)] = reader.seen
        proof = reader.proof(Scope.everything(max(reader.seen, default=0)))
        if proof.holds and others.trouble:
            proof = Proof.unproven(others.trouble)
        run.count_of(collection).proof = proof
        if can_go_on(collection):
            # What was read must be in the archive before a checkpoint says so.
            await run.in_flight.drained()
            await run.checkpoints.ended(collection, reader.reached_id, proof.holds)

    async def _held(self, collection: Collection, others: OtherLanguages) -> HeldRows | None:
        """Return what an incomplete run has read; None where there is nothing to go on with.

        Raises ArchiveError.
        """
        rows = await self._run.checkpoints.rows_read(collection)
        if not rows:
            return None
        current = partial(self._current, collection, others)
        return HeldRows(rows, light_fields(collection), current)

    async def _current(
        self, collection: Collection, others: OtherLanguages, rows: Records
    ) -> frozenset[int]:
        """Return the ids of those rows that the archive holds as they are now.

        They are not read again, so that the translations that they name are noted here.
        """
        run = self._run
        ids = [id_ for id_, _ in rows]
        held = await run.store.raw_records(
            collection.kind, run.site_key, collection.type, ids, collection.statuses
        )
        names = light_fields(collection)
        current = frozenset(
            row.id
            for row in light_rows(rows)
            if row.id in held and row.fields and not differs(row.fields, held[row.id], names)
        )
        others.note((id_, held[id_]) for id_ in current)
        return current

    async def vanished(self, collection: Collection) -> list[int]:
        run = self._run
        held = await run.store.live_ids(
            collection.kind, run.site_key, collection.type, collection.statuses
        )
        seen = set(self._seen.pop(_type_key(collection), ()))
        return [id_ for id_ in held if id_ not in seen]


def _type_key(collection: Collection) -> TypeKey:
    return collection.kind, collection.type
