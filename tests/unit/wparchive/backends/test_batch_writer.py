"""Batches by size or time; every caller waits for its own batch and no longer."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from wparchive.backends.batch_writer import BatchWriter
from wparchive.errors import ArchiveUnreachable, DocumentRejected
from wparchive.model.outcome import Outcome, Written

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NEVER = 3600.0


class Notebook:
    """A store that notes its batches.

    `gate` holds saves back. A number beyond 900 fails its batch, one beyond 800 only itself.
    """

    def __init__(self) -> None:
        self.batches: list[tuple[str, list[int]]] = []
        self.at: list[datetime] = []
        self.running = 0
        self.most_at_once = 0
        self.begun = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()

    async def save(
        self, kind: str, documents: Sequence[Mapping[str, Any]], at: datetime
    ) -> list[Written]:
        self.running += 1
        self.begun.set()
        self.most_at_once = max(self.most_at_once, self.running)
        await self.gate.wait()
        self.running -= 1
        numbers = [d["n"] for d in documents]
        self.batches.append((kind, numbers))
        self.at.append(at)
        if any(n > 900 for n in numbers):
            raise ArchiveUnreachable("gone")
        return [
            Written(
                str(n),
                None if n > 800 else Outcome.NEW,
                error=DocumentRejected("no") if n > 800 else None,
            )
            for n in numbers
        ]


def writer(store: Notebook, **options: Any) -> BatchWriter:
    return BatchWriter(store, now=lambda: NOW, **options)  # type: ignore[arg-type]


def test_a_full_batch_is_written_at_once():
    async def run():
        store = Notebook()
        adding = writer(store, max_size=3, max_wait_s=NEVER)
        written = await asyncio.gather(*(adding.add("posts", {"n": n}) for n in range(6)))
        assert [w.key for w in written] == ["0", "1", "2", "3", "4", "5"]
        assert store.batches == [("posts", [0, 1, 2, 3, 4, 5])]
        assert store.at == [NOW]

    asyncio.run(run())


def test_fewer_documents_than_a_batch_are_written_by_time():
    async def run():
        store = Notebook()
        assert (await writer(store, max_wait_s=0.01).add("posts", {"n": 1})).outcome is Outcome.NEW
        assert store.batches == [("posts", [1])]

    asyncio.run(run())


def test_one_save_at_a_time_and_what_comes_meanwhile_is_saved_together():
    async def run():
        store = Notebook()
        store.gate.clear()
        adding = writer(store, max_size=2, max_wait_s=NEVER)
        tasks = [asyncio.ensure_future(adding.add("posts", {"n": n})) for n in range(2)]
        await store.begun.wait()
        tasks += [asyncio.ensure_future(adding.add("posts", {"n": n})) for n in range(2, 15)]
        await asyncio.sleep(0)
        assert store.batches == []
        store.gate.set()
        await asyncio.gather(*tasks)
        assert store.most_at_once == 1
        assert store.batches == [
            ("posts", [0, 1]),
            ("posts", [2, 3, 4, 5]),
            ("posts", [6, 7, 8, 9]),
            ("posts", [10, 11, 12, 13]),
            ("posts", [14]),
        ]

    asyncio.run(run())


def test_kinds_are_batched_apart():
    async def run():
        store = Notebook()
        adding = writer(store, max_size=2, max_wait_s=NEVER)
        await asyncio.gather(
            *(adding.add(kind, {"n": n}) for n in range(2) for kind in ("posts", "terms"))
        )
        assert sorted(store.batches) == [("posts", [0, 1]), ("terms", [0, 1])]

    asyncio.run(run())


def test_what_a_save_raises_goes_to_those_of_its_batch_only():
    async def run():
        adding = writer(Notebook(), max_size=2, max_wait_s=NEVER)
        results: list[Any] = []
        for batch in ((1, 2), (3, 901), (4, 801)):
            results += await asyncio.gather(
                *(adding.add("posts", {"n": n}) for n in batch), return_exceptions=True
            )
        assert [type(r) for r in results] == [
            Written,
            Written,
            ArchiveUnreachable,
            ArchiveUnreachable,
            Written,
            Written,
        ]
        assert [r.error is None for r in (results[4], results[5])] == [True, False]

    asyncio.run(run())


def test_flush_writes_what_waits_and_raises_nothing():
    async def run():
        store = Notebook()
        adding = writer(store, max_wait_s=NEVER)
        tasks = [asyncio.ensure_future(adding.add("posts", {"n": n})) for n in (1, 901)]
        await asyncio.sleep(0)
        await adding.flush()
        assert store.batches == [("posts", [1, 901])]
        assert all(isinstance(task.exception(), ArchiveUnreachable) for task in tasks)
        await adding.flush()

    asyncio.run(run())


def test_what_is_pending_is_known_and_can_be_hurried():
    async def run():
        adding = writer(Notebook(), max_wait_s=NEVER)
        tasks = [asyncio.ensure_future(adding.add("posts", {"n": n})) for n in (1, 901)]
        await asyncio.sleep(0)
        assert adding.pending == 2
        adding.end_batches()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert adding.pending == 0

    asyncio.run(run())


def test_close_flushes_and_then_takes_nothing():
    async def run():
        store = Notebook()
        adding = writer(store, max_wait_s=NEVER)
        task = asyncio.ensure_future(adding.add("posts", {"n": 1}))
        await asyncio.sleep(0)
        await adding.close()
        await adding.close()
        assert (await task).outcome is Outcome.NEW
        with pytest.raises(RuntimeError, match="closed"):
            await adding.add("posts", {"n": 2})

    asyncio.run(run())


def test_a_caller_that_gives_up_does_not_disturb_its_neighbours():
    async def run():
        store = Notebook()
        adding = writer(store, max_wait_s=NEVER)
        first, second = (asyncio.ensure_future(adding.add("posts", {"n": n})) for n in (1, 2))
        await asyncio.sleep(0)
        first.cancel()
        await adding.flush()
        assert (await second).key == "2"
        assert first.cancelled()
        assert store.batches == [("posts", [1, 2])]

    asyncio.run(run())
