"""The full strategy: read everything, then look for what has vanished."""

from array import array
from collections.abc import AsyncIterator
from functools import partial

from crawler.items import Item
from crawler.phases.collect import Collector
from crawler.phases.plan import MeasuredCollection
from crawler.phases.strategy import Strategy
from crawler.rest.collections import Collection
from crawler.run.checkpoints import can_go_on
from crawler.run.proof import Scope
from crawler.run.report import TypeKey
from crawler.run.run_state import RunState


class FullStrategy(Strategy):
    """Walks over the whole of each collection, or goes on where a run before was cut off.

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
        reader = self._collector.read(measured, held=await run.checkpoints.held(collection))
        if can_go_on(collection):
            reader.on_reached = partial(run.checkpoints.reached, collection)
        async for item in reader.items():
            yield item
        self._seen[_type_key(collection)] = reader.seen
        proof = reader.proof(Scope.everything(reader.last_id))
        run.count_of(collection).proof = proof
        if can_go_on(collection):
            # What was read must be in the archive before a checkpoint says so.
            await run.in_flight.drained()
            await run.checkpoints.ended(collection, reader.reached_id, proof.holds)

    async def vanished(self, collection: Collection) -> list[int]:
        run = self._run
        held = await run.store.live_ids(collection.kind, run.site_key, collection.type)
        seen = set(self._seen.pop(_type_key(collection), ()))
        return [id_ for id_ in held if id_ not in seen]


def _type_key(collection: Collection) -> TypeKey:
    return collection.kind, collection.type
