"""A store that outlives a database's hiccup: what is lost is asked for again before the caller hears of it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from wparchive.backends.store import Store, Written
from wparchive.errors import ArchiveUnreachable
from wparchive.model.documents import Failure, Kind, MediaRef, Run, Site, State

logger = logging.getLogger(__name__)
T = TypeVar("T")


class RetryingStore:
    """Implements `wparchive.backends.store.Store` around another.

    Everything but opening and hints is tried for `patience_s` seconds, as all of it may be tried twice.
    """

    def __init__(self, store: Store, patience_s: float) -> None:
        self._store = store
        self._patience_s = patience_s

    async def _patiently(self, work: Callable[[], Awaitable[T]]) -> T:
        wait_s, waited_s = 0.5, 0.0
        while True:
            try:
                return await work()
            except ArchiveUnreachable as error:
                if waited_s >= self._patience_s:
                    raise
                logger.warning(
                    "the archive does not answer, trying again in %.1f s: %s", wait_s, error
                )
                await asyncio.sleep(wait_s)
                waited_s, wait_s = waited_s + wait_s, min(wait_s * 2, 10.0)

    async def open(self) -> None:
        await self._store.open()

    async def close(self) -> None:
        await self._store.close()

    async def save(
        self, kind: Kind, documents: Sequence[Mapping[str, Any]], at: datetime
    ) -> list[Written]:
        return await self._patiently(lambda: self._store.save(kind, documents, at))

    async def mark_duplicates(self, keys: Sequence[str], at: datetime) -> int:
        return await self._store.mark_duplicates(keys, at)  # a hint, not worth waiting for

    async def known(
        self, kind: Kind, site: str, type_: str, ids: Iterable[int]
    ) -> dict[int, MediaRef]:
        wanted = list(ids)
        return await self._patiently(lambda: self._store.known(kind, site, type_, wanted))

    async def unseen(
        self, kind: Kind, site: str, type_: str, before: datetime
    ) -> AsyncIterator[int]:
        async def collect() -> list[int]:
            return [id_ async for id_ in self._store.unseen(kind, site, type_, before)]

        for id_ in await self._patiently(collect):
            yield id_

    async def mark(
        self, kind: Kind, site: str, type_: str, ids: Sequence[int], state: State, at: datetime
    ) -> int:
        return await self._patiently(lambda: self._store.mark(kind, site, type_, ids, state, at))

    async def touch(
        self, kind: Kind, site: str, type_: str, ids: Sequence[int], at: datetime
    ) -> None:
        await self._patiently(lambda: self._store.touch(kind, site, type_, ids, at))

    async def held(self, kind: Kind, site: str, type_: str) -> int:
        return await self._patiently(lambda: self._store.held(kind, site, type_))

    async def save_failures(self, failures: Sequence[Failure]) -> None:
        await self._patiently(lambda: self._store.save_failures(failures))

    async def clear_failures(self, site: str, type_: str, before: datetime) -> int:
        return await self._patiently(lambda: self._store.clear_failures(site, type_, before))

    async def save_site(self, site: Site) -> None:
        await self._patiently(lambda: self._store.save_site(site))

    async def load_site(self, site: str) -> Site | None:
        return await self._patiently(lambda: self._store.load_site(site))

    async def save_run(self, run: Run) -> None:
        await self._patiently(lambda: self._store.save_run(run))

    async def last_run(self, site: str, verdict: str | None = None) -> Run | None:
        return await self._patiently(lambda: self._store.last_run(site, verdict))
