"""The writing side of an SQLite archive. All of SQLite's work is done one call after the other in a thread of its own, so that nothing
blocks the event loop, and in large crawls in a process of its own.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from wparchive.backends.saving import batch_of
from wparchive.backends.sqlite.sqlite_writer import SQLiteWriter
from wparchive.backends.sqlite.writer_process import WriterProcess
from wparchive.backends.store import Written
from wparchive.errors import ArchiveUnreachable
from wparchive.model.documents import Failure, Kind, MediaRef, Run, Site, State

UNSEEN_PAGE = 1000


class SQLiteStore:
    """Implements `wparchive.backends.store.Store` on one file.

    `apart` is asked before each call whether a process of its own is worth its start by now.
    """

    def __init__(
        self, path: Path, busy_timeout_s: float = 10.0, apart: Callable[[], bool] = lambda: False
    ) -> None:
        self._path = path
        self._busy_timeout_s = busy_timeout_s
        self._apart = apart
        self._writer: SQLiteWriter | WriterProcess | None = None
        self._thread: ThreadPoolExecutor | None = None

    async def open(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite")
        try:
            self._writer = await self._in_thread(SQLiteWriter, self._path, self._busy_timeout_s)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        if self._writer is not None:
            writer, self._writer = self._writer, None
            await self._in_thread(writer.close)
        if self._thread is not None:
            self._thread.shutdown(wait=False)

    async def _in_thread(self, work: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)

    async def _do(self, name: str, *arguments: Any) -> Any:
        return await self._in_thread(self._done, name, *arguments)

    def _done(self, name: str, *arguments: Any) -> Any:
        if self._writer is None:
            raise ArchiveUnreachable(f"{self._path} is not open")
        if isinstance(self._writer, SQLiteWriter) and self._apart():
            self._writer.close()
            self._writer = WriterProcess(self._path, self._busy_timeout_s)
        return self._writer.do(name, *arguments)

    async def save(
        self, kind: Kind, documents: Sequence[Mapping[str, Any]], at: datetime
    ) -> list[Written]:
        def work() -> list[Written]:
            batch = batch_of(kind, documents)
            return batch.written(self._done("save", kind, batch.documents, at))

        return cast(list[Written], await self._in_thread(work))

    async def mark_duplicates(self, keys: Sequence[str], at: datetime) -> int:
        return int(await self._do("mark_duplicates", keys, at))

    async def known(
        self, kind: Kind, site: str, type_: str, ids: Iterable[int]
    ) -> dict[int, MediaRef]:
        return cast(dict[int, MediaRef], await self._do("known", kind, site, type_, list(ids)))

    async def unseen(
        self, kind: Kind, site: str, type_: str, before: datetime
    ) -> AsyncIterator[int]:
        last = -(2**63)
        while ids := await self._do("unseen", kind, site, type_, before, last, UNSEEN_PAGE):
            for id_ in ids:
                yield id_
            last = ids[-1]

    async def mark(
        self, kind: Kind, site: str, type_: str, ids: Sequence[int], state: State, at: datetime
    ) -> int:
        return int(await self._do("mark", kind, site, type_, list(ids), state, at))

    async def touch(
        self, kind: Kind, site: str, type_: str, ids: Sequence[int], at: datetime
    ) -> None:
        await self._do("touch", kind, site, type_, list(ids), at)

    async def held(self, kind: Kind, site: str, type_: str) -> int:
        return int(await self._do("held", kind, site, type_))

    async def save_failures(self, failures: Sequence[Failure]) -> None:
        await self._do("save_failures", list(failures))

    async def clear_failures(self, site: str, type_: str, before: datetime) -> int:
        return int(await self._do("clear_failures", site, type_, before))

    async def save_site(self, site: Site) -> None:
        await self._do("save_site", site)

    async def load_site(self, site: str) -> Site | None:
        return cast(Site | None, await self._do("load_site", site))

    async def save_run(self, run: Run) -> None:
        await self._do("save_run", run)

    async def last_run(self, site: str, verdict: str | None = None) -> Run | None:
        return cast(Run | None, await self._do("last_run", site, verdict))
