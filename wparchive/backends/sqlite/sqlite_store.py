"""The writing side of an SQLite archive.

A thread of its own does all of SQLite's work, one call after the other, so that nothing blocks the
event loop. In large crawls it is a process of its own.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar, TypeVarTuple

from wparchive.backends.helper_process import PROCESS_TROUBLE, WRITER_PROCESS, HelperProcess
from wparchive.backends.sqlite.sqlite_writer import SQLiteWriter, WriterCall
from wparchive.backends.storable_batch import StorableBatch, batch_of, cleaned_batch
from wparchive.backends.store import CleaningSelection, HeldAddress, Reference
from wparchive.errors import ArchiveUnreachable
from wparchive.model.document_parts import MediaRef
from wparchive.model.documents import Kind, State, StoredDocument
from wparchive.model.file_records import FileRecord
from wparchive.model.outcome import Written
from wparchive.model.run_records import Failure, HeldDigest, Run
from wparchive.model.sealed import GivenDocument
from wparchive.model.site_records import Lease, RecurringBlock, Site, SiteMemory, WalkCheckpoint

_Arguments = TypeVarTuple("_Arguments")
_Result = TypeVar("_Result")


class Writer(Protocol):
    """Whoever has the connection: this process, or one of its own."""

    def call(self, call: WriterCall[_Result]) -> _Result:
        """Run a call and return its result. Raises the archive's errors."""

    def close(self) -> None:
        """Close the archive; safe to call twice."""


class WriterHere:
    """Implements `Writer` in the thread that calls."""

    def __init__(self, path: Path, busy_timeout_s: float) -> None:
        self._writer = SQLiteWriter(path, busy_timeout_s)

    def call(self, call: WriterCall[_Result]) -> _Result:
        return call.run(self._writer)

    def close(self) -> None:
        self._writer.close()


class WriterProcess:
    """Implements `Writer` by a process of its own, which runs `writer_process.py`.

    The next call starts a process that was killed again.
    """

    def __init__(self, path: Path, busy_timeout_s: float) -> None:
        self._path = path
        self._busy_timeout_s = busy_timeout_s
        self._process = HelperProcess(WRITER_PROCESS)

    def call(self, call: WriterCall[_Result]) -> _Result:
        try:
            error, result = self._process.ask((self._path, self._busy_timeout_s, call))
        except PROCESS_TROUBLE as trouble:
            raise ArchiveUnreachable(
                f"the process that writes {self._path} ended: {type(trouble).__name__} {trouble}"
            ) from trouble
        if error is not None:
            raise error
        answer: _Result = result
        return answer

    def close(self) -> None:
        self._process.close()


class SQLiteStore:
    """Implements `wparchive.backends.store.Store` on one file.

    `use_process` is called before each call. It says whether a process of its own pays by now.
    """

    def __init__(
        self,
        path: Path,
        busy_timeout_s: float = 10.0,
        use_process: Callable[[], bool] = lambda: False,
    ) -> None:
        self._path = path
        self._busy_timeout_s = busy_timeout_s
        self._use_process = use_process
        self._writer: Writer | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._run: str | None = None

    async def open(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite")
        try:
            opening = partial(WriterHere, self._path, self._busy_timeout_s)
            self._writer = await self._in_thread(opening)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            await self._in_thread(writer.close)
        if self._thread is not None:
            self._thread.shutdown(wait=False)

    async def begin_run(self, run: str) -> None:
        self._run = run

    async def save(
        self, kind: Kind, documents: Sequence[GivenDocument], at: datetime, again: bool = False
    ) -> list[Written]:
        def work() -> list[Written]:
            # Done in this process: the other one is busy enough.
            batch = batch_of(kind, documents)
            return batch.written(
                self._now(SQLiteWriter.save, kind, batch.documents, at, self._run, again)
            )

        return await self._in_thread(work)

    async def rewrite(self, kind: Kind, documents: Sequence[Mapping[str, Any]]) -> list[Written]:
        def work() -> list[Written]:
            batch: StorableBatch = cleaned_batch(documents)
            return batch.written(self._now(SQLiteWriter.rewrite, kind, batch.documents))

        return await self._in_thread(work)

    async def mark_duplicates(self, keys: Sequence[str], at: datetime) -> int:
        return await self._call(SQLiteWriter.mark_duplicates, keys, at)

    async def known(
        self, kind: Kind, site: str, type_: str, ids: Sequence[int]
    ) -> dict[int, MediaRef]:
        return await self._call(SQLiteWriter.known, kind, site, type_, ids)

    async def live_ids(
        self, kind: Kind, site: str, type_: str, statuses: Sequence[str] = ()
    ) -> list[int]:
        return await self._call(SQLiteWriter.live_ids, kind, site, type_, statuses)

    async def addresses(self, kind: Kind, site: str) -> list[HeldAddress]:
        return await self._call(SQLiteWriter.addresses, kind, site)

    async def raw_records(
        self,
        kind: Kind,
        site: str,
        type_: str,
        ids: Sequence[int],
        statuses: Sequence[str] = (),
    ) -> dict[int, bytes]:
        return await self._call(SQLiteWriter.raw_records, kind, site, type_, ids, statuses)

    async def newest(self, kind: Kind, site: str, type_: str, until: str) -> tuple[str, str]:
        return await self._call(SQLiteWriter.newest, kind, site, type_, until)

    async def referring_posts(
        self, site: str, kind: Kind, type_: str, ids: Sequence[int]
    ) -> list[Reference]:
        return await self._call(SQLiteWriter.referring_posts, site, kind, type_, ids)

    async def set_state(
        self,
        kind: Kind,
        site: str,
        type_: str,
        ids: Sequence[int],
        state: State,
        at: datetime,
        again: bool = False,
    ) -> int:
        return await self._call(
            SQLiteWriter.set_state, kind, site, type_, ids, state, at, self._run, again
        )

    async def held(self, kind: Kind, site: str, type_: str, statuses: Sequence[str] = ()) -> int:
        return await self._call(SQLiteWriter.held, kind, site, type_, statuses)

    async def held_types(self, kind: Kind, site: str, prefix: str) -> list[str]:
        return await self._call(SQLiteWriter.held_types, kind, site, prefix)

    async def save_failures(self, failures: Sequence[Failure]) -> None:
        await self._call(SQLiteWriter.save_failures, failures)

    async def clear_failures(self, site: str, type_: str, before: datetime) -> int:
        return await self._call(SQLiteWriter.clear_failures, site, type_, before)

    async def save_site(self, site: Site) -> None:
        await self._call(SQLiteWriter.save_site, site)

    async def load_site(self, site: str) -> Site | None:
        return await self._call(SQLiteWriter.load_site, site)

    async def save_run(self, run: Run) -> None:
        await self._call(SQLiteWriter.save_run, run)

    async def lease(self, site: str) -> Lease | None:
        return await self._call(SQLiteWriter.lease, site)

    async def swap_lease(self, site: str, before: Lease | None, after: Lease | None) -> bool:
        return await self._call(SQLiteWriter.swap_lease, site, before, after)

    async def end_killed_runs(self, site: str, run: str) -> int:
        return await self._call(SQLiteWriter.end_killed_runs, site, run)

    async def save_checkpoint(self, checkpoint: WalkCheckpoint) -> None:
        await self._call(SQLiteWriter.save_checkpoint, checkpoint)

    async def checkpoints(self, site: str) -> list[WalkCheckpoint]:
        return await self._call(SQLiteWriter.checkpoints, site)

    async def count_read(self, checkpoint: WalkCheckpoint) -> int:
        return await self._call(SQLiteWriter.count_read, checkpoint)

    async def clear_checkpoints(self, site: str, keys: Sequence[str]) -> None:
        await self._call(SQLiteWriter.clear_checkpoints, site, keys)

    async def take_stock(self, site: str, run: str) -> HeldDigest:
        return await self._call(SQLiteWriter.take_stock, site, run)

    async def count_to_clean(self, selection: CleaningSelection) -> int:
        return await self._call(SQLiteWriter.count_to_clean, selection)

    async def next_to_clean(
        self, selection: CleaningSelection, after: str, limit: int
    ) -> Sequence[Mapping[str, Any]]:
        return await self._call(SQLiteWriter.next_to_clean, selection, after, limit)

    async def index_next(self, limit: int) -> int:
        return 0

    async def put_copies(self, collection: str, records: Sequence[StoredDocument]) -> list[Written]:
        return await self._call(SQLiteWriter.put_copies, collection, records)

    async def remove_records(self, collection: str, keys: Sequence[str]) -> None:
        await self._call(SQLiteWriter.remove_records, collection, keys)

    async def begin_history(self, at: datetime) -> None:
        await self._call(SQLiteWriter.begin_history, at)

    async def load_memory(self, site: str) -> SiteMemory | None:
        return await self._call(SQLiteWriter.load_memory, site)

    async def save_memory(self, memory: SiteMemory) -> None:
        await self._call(SQLiteWriter.save_memory, memory)

    async def recurring_blocks(self, site: str) -> list[RecurringBlock]:
        return await self._call(SQLiteWriter.recurring_blocks, site)

    async def save_recurring_blocks(self, site: str, blocks: Sequence[RecurringBlock]) -> None:
        await self._call(SQLiteWriter.save_recurring_blocks, site, blocks)

    async def files(self, keys: Sequence[str]) -> dict[str, FileRecord]:
        return await self._call(SQLiteWriter.files, keys)

    async def save_files(self, files: Sequence[FileRecord]) -> None:
        await self._call(SQLiteWriter.save_files, files)

    async def next_named(
        self, kind: Kind, site: str, after: str, limit: int
    ) -> list[StoredDocument]:
        return await self._call(SQLiteWriter.next_named, kind, site, after, limit)

    async def next_blocks(
        self, site: str, after: str, limit: int, keys: Sequence[str] | None = None
    ) -> list[StoredDocument]:
        return await self._call(SQLiteWriter.next_blocks, site, after, limit, keys)

    async def _call(
        self,
        method: Callable[[SQLiteWriter, *_Arguments], _Result],
        *arguments: *_Arguments,
    ) -> _Result:
        """Call a method of `SQLiteWriter`, wherever it is."""
        return await self._in_thread(partial(self._now, method, *arguments))

    def _now(
        self,
        method: Callable[[SQLiteWriter, *_Arguments], _Result],
        *arguments: *_Arguments,
    ) -> _Result:
        """Do the same, from the thread."""
        if self._writer is None:
            raise ArchiveUnreachable(f"{self._path} is not open")
        if isinstance(self._writer, WriterHere) and self._use_process():
            # Two connections would wait for each other's locks; this one is not needed any more.
            self._writer.close()
            self._writer = WriterProcess(self._path, self._busy_timeout_s)
        return self._writer.call(WriterCall(method, arguments))

    async def _in_thread(self, work: Callable[[], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
