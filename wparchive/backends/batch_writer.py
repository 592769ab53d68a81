"""Batches for a store: documents that come one by one are written together.

Each caller waits for its own batch.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from wparchive.backends.store import Saver
from wparchive.model.documents import Kind
from wparchive.model.outcome import Written
from wparchive.model.sealed import GivenDocument

BATCHES_AT_ONCE = 2
"""Batches of one save, where so many have come while the one before was written."""
Entry = tuple[GivenDocument, "asyncio.Future[Written]"]


class BatchWriter:
    """A writer of batches that end by size or by time, whichever comes first.

    So a crawl with fewer documents in flight than a batch holds never hangs. One save is in flight
    at a time: a database gains nothing from more, and the order of writes stays that of arrival.
    The documents that come meanwhile are saved together. So the transactions grow where the
    database is the slowest part.
    """

    def __init__(
        self,
        store: Saver,
        max_size: int = 100,
        max_wait_s: float = 0.5,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._max_size = max_size
        self._max_wait_s = max_wait_s
        self._now = now
        self._waiting: dict[Kind, list[Entry]] = {}
        self._timers: dict[Kind, asyncio.TimerHandle] = {}
        self._ended: set[Kind] = set()
        self._saves: set[asyncio.Task[None]] = set()
        self._one_at_a_time = asyncio.Lock()
        self._closed = False
        self.pending = 0
        """The number of documents whose fate is not known yet."""

    async def add(self, kind: Kind, document: GivenDocument) -> Written:
        """Return when the document's batch is written; a refused document has an `error`.

        Raises what the write raised (ArchiveUnreachable, ArchiveReadOnly), and RuntimeError once
        the writer is closed.
        """
        if self._closed:
            raise RuntimeError("the writer is closed")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Written] = loop.create_future()
        waiting = self._waiting.setdefault(kind, [])
        waiting.append((document, future))
        if len(waiting) >= self._max_size:
            self._end_batch(kind)
        elif kind not in self._timers and kind not in self._ended:
            self._timers[kind] = loop.call_later(self._max_wait_s, self._end_batch, kind)
        self.pending += 1
        try:
            return await future
        finally:
            self.pending -= 1

    def end_batches(self) -> None:
        """Begin to write everything that waits."""
        for kind in list(self._waiting):
            self._end_batch(kind)

    async def flush(self) -> None:
        """Write everything that waits. Errors go to those who added, not to this caller."""
        self.end_batches()
        if self._saves:
            await asyncio.gather(*self._saves)

    async def close(self) -> None:
        """Flush and take nothing more; safe to call twice. The store stays open."""
        self._closed = True
        await self.flush()

    def _end_batch(self, kind: Kind) -> None:
        if timer := self._timers.pop(kind, None):
            timer.cancel()
        if kind not in self._ended:
            self._ended.add(kind)
            save = asyncio.get_running_loop().create_task(self._save(kind))
            # The event loop keeps no strong reference to a task: without this one it could be
            # collected.
            self._saves.add(save)
            save.add_done_callback(self._saves.discard)

    async def _save(self, kind: Kind) -> None:
        async with self._one_at_a_time:
            waiting = self._waiting.pop(kind)
            self._ended.discard(kind)
            limit = self._max_size * BATCHES_AT_ONCE
            entries = waiting[:limit]
            rest = waiting[limit:]
            if rest:
                self._waiting[kind] = rest
                self._end_batch(kind)
            try:
                fates = await self._store.save(
                    kind, [document for document, _ in entries], self._now()
                )
            except BaseException as error:
                _fail(entries, error)
                if not isinstance(error, Exception):
                    raise
            else:
                for (_, future), fate in zip(entries, fates, strict=True):
                    if not future.done():  # done: its caller was cancelled
                        future.set_result(fate)


def _fail(entries: list[Entry], error: BaseException) -> None:
    for _, future in entries:
        if not future.done() and isinstance(error, asyncio.CancelledError):
            future.cancel()
        elif not future.done():
            future.set_exception(error)
