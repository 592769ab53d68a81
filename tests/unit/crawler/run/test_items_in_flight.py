"""What is on its way is bounded, and waited for."""

import asyncio
from datetime import UTC, datetime

from crawler.items import Item, Term
from crawler.run.run_state import BYTES_IN_FLIGHT_MAX, ItemsInFlight
from wparchive.backends.batch_writer import BatchWriter
from wparchive.model.outcome import Outcome, Written


def item(size: int = 2) -> Item:
    return Term(site="e.com", type="category", id=1, raw=b"x" * size)


def test_what_was_sent_is_waited_for() -> None:
    async def run() -> bool:
        in_flight = ItemsInFlight()
        for _ in range(2):
            await in_flight.sent(item())
        waiting = asyncio.create_task(in_flight.drained())
        in_flight.arrived(item())
        await asyncio.sleep(0)
        early = waiting.done()
        in_flight.arrived(item())
        await waiting
        await in_flight.drained()
        return early

    assert asyncio.run(run()) is False


def test_large_records_wait_for_room_and_one_alone_always_has_it() -> None:
    async def run() -> list[bool]:
        in_flight, large = ItemsInFlight(), item(BYTES_IN_FLIGHT_MAX + 1)
        await in_flight.sent(large)
        waiting = asyncio.create_task(in_flight.sent(item()))
        await asyncio.sleep(0)
        early = waiting.done()
        in_flight.arrived(large)
        await waiting
        half = item(BYTES_IN_FLIGHT_MAX // 2)
        await in_flight.sent(half)
        waiting = asyncio.create_task(in_flight.sent(half))
        await asyncio.sleep(0)
        late = waiting.done()
        in_flight.arrived(half)
        await waiting
        return [early, late]

    assert asyncio.run(run()) == [False, False]


def test_the_last_batch_does_not_wait_for_its_time() -> None:
    class Store:
        async def save(
            self, kind: str, documents: list[dict[str, str]], at: datetime
        ) -> list[Written]:
            return [Written(document["_id"], Outcome.NEW) for document in documents]

    async def run() -> None:
        in_flight, sent = ItemsInFlight(), item()
        writer = BatchWriter(Store(), max_wait_s=3600, now=lambda: datetime(2026, 1, 1, tzinfo=UTC))  # type: ignore[arg-type]
        in_flight.end_in(writer)

        async def through() -> None:
            await writer.add("terms", {"_id": "1"})
            in_flight.arrived(sent)

        await in_flight.sent(sent)
        task = asyncio.create_task(through())
        await asyncio.wait_for(in_flight.drained(), 30)
        await task

    asyncio.run(run())


def test_an_object_in_the_place_of_an_item_makes_room_too() -> None:
    async def run() -> None:
        in_flight = ItemsInFlight()
        for _ in range(3):
            await in_flight.sent(item(BYTES_IN_FLIGHT_MAX // 3))
        waiting = asyncio.create_task(in_flight.sent(item(BYTES_IN_FLIGHT_MAX // 3)))
        await asyncio.sleep(0)
        assert not waiting.done()
        in_flight.arrived({"of": "a user's own class"})
        await waiting
        for _ in range(5):  # one more than there are: told twice, it is counted once
            in_flight.arrived(object())
        await in_flight.drained()

    asyncio.run(run())
