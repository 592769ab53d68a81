"""Names by id, for one type: remembered, and asked for in batches.

Each id is asked for once, however many items wait for it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from wparchive.model.documents import MediaRef

LookUp = Callable[[list[int]], Awaitable[dict[int, MediaRef]]]
GATHER_S = 0.005
"""Seconds for which ids are gathered before a look-up; the items of a page come in that time."""


class Closed(Exception):
    """The source will not give these names; `for_all` says whether it will not give any."""

    def __init__(self, reason: str, *, for_all: bool = True) -> None:
        super().__init__(reason)
        self.for_all = for_all


class NameTable:
    """Looks ids up in the archive first, then at the site.

    A look-up that failed is not remembered: one outage must not poison the run.
    """

    def __init__(self, archive: LookUp, site: LookUp, batch: int, limit: int = 20_000) -> None:
        self._archive = archive
        self._site = site
        self._batch = batch
        self._limit = limit
        self._known: dict[int, MediaRef] = {}
        self._pending: dict[int, asyncio.Future[MediaRef]] = {}
        self._waiting: list[int] = []
        self._task: asyncio.Task[None] | None = None
        self._closed: str | None = None

    async def get(self, ids: Sequence[int]) -> dict[int, MediaRef]:
        """Return a reference for each id; one without a name says why in `unresolved`."""
        known = {id_: self._known[id_] for id_ in ids if id_ in self._known}
        if len(known) == len(ids):
            return known
        # All unknown ids are announced before the first is waited for, so that they go together.
        waiting = {id_: self._announce(id_) for id_ in ids if id_ not in known}
        for id_, answer in waiting.items():
            # Others wait for the same answer: it must outlive a caller that is cancelled.
            known[id_] = await asyncio.shield(answer)
        return known

    def _announce(self, id_: int) -> asyncio.Future[MediaRef]:
        """Put an unknown id on the list of the next look-up."""
        if id_ not in self._pending:
            self._pending[id_] = asyncio.get_running_loop().create_future()
            self._waiting.append(id_)
        if self._task is None:
            self._task = asyncio.create_task(self._look_up())
        return self._pending[id_]

    async def _look_up(self) -> None:
        await asyncio.sleep(GATHER_S)
        while self._waiting:
            batch = self._waiting[: self._batch]
            self._waiting = self._waiting[self._batch :]
            for id_, ref in (await self._found(batch)).items():
                self._pending.pop(id_).set_result(ref)
        self._task = None

    async def _found(self, batch: list[int]) -> dict[int, MediaRef]:
        """Return a reference for each id, and remember it unless the look-up failed."""
        try:
            found = await self._find(batch)
        except Exception as error:
            # Whatever it was: the items that wait must go on, with the reason.
            return {id_: _unresolved(id_, str(error)) for id_ in batch}
        for id_, ref in found.items():
            self._remember(id_, ref)
        return found

    async def _find(self, batch: list[int]) -> dict[int, MediaRef]:
        found = await self._archive(batch)
        rest = [id_ for id_ in batch if id_ not in found]
        if not rest:
            return found
        reason = self._closed or "the site does not show it"
        if self._closed is None:
            try:
                found |= await self._site(rest)
            except Closed as closed:
                reason = str(closed)
                if closed.for_all:
                    self._closed = reason
        return {id_: found.get(id_) or _unresolved(id_, reason) for id_ in batch}

    def _remember(self, id_: int, ref: MediaRef) -> None:
        if len(self._known) >= self._limit:
            self._known.pop(next(iter(self._known)))
        self._known[id_] = ref


def _unresolved(id_: int, reason: str) -> MediaRef:
    return MediaRef(id=id_, name=None, slug=None, unresolved=reason[:200])
