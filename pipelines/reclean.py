"""Cleaning archived documents again in helper processes: `wparchive reclean`.

What is done to a document is in `helpers/reclean_batch.py`. It is loaded where it runs, and not by
the command: that takes as long as to load Scrapy, which the command does at the same time.
"""

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from contextlib import contextmanager
from functools import partial
from multiprocessing import forkserver, resource_tracker, set_forkserver_preload
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from pipelines.cleaner_facts import CLEANER_VERSION, MAX_CONTENT_BYTES
from pipelines.site_facts import SiteFacts
from wparchive.backends.helper_process import python_path
from wparchive.backends.recleaning import CleanedAgain, Cleaner
from wparchive.furniture.remove import NO_FURNITURE, Furniture
from wparchive.model.documents import Kind
from wparchive.tuning import tune_process

if TYPE_CHECKING:
    from scrapy.settings import Settings

MOST_DEATHS = 5
"""Processes that may end one after the other before nothing more is given to any."""
NO_PROCESS_LIVES = "not tried: the processes that clean are ended at once on this machine"
PROCESS_ENDED = "the process that cleaned it was ended, perhaps because it took too much memory"


def max_bytes() -> int:
    """Return the project's `CLEAN_MAX_BYTES`, so that a long post is cut where a crawl cuts it."""
    return _settings().getint("CLEAN_MAX_BYTES", MAX_CONTENT_BYTES)


def remembers_sites() -> bool:
    """Tell whether the project's `ARCHIVE_SITE_MEMORY` is on, as it is for a crawl."""
    return _settings().getbool("ARCHIVE_SITE_MEMORY", True)


def _settings() -> "Settings":
    # Scrapy is as much to load as all that cleans, and the helper processes do without it.
    from scrapy.utils.project import get_project_settings

    return get_project_settings()


def prepare_processes() -> None:
    """Begin to load what helper processes need, in the process that they are forked from.

    Meanwhile, this process can do something else. It is safe to call this twice.
    """
    set_forkserver_preload(
        [__name__, "pipelines.helpers.reclean_batch", "pipelines.cleaning.cleaner"]
    )
    with _interrupts_blocked(), _path_in_environment():
        forkserver.ensure_running()


class CleaningPool(Cleaner):
    """Processes that clean batches of documents again; use it as a context manager.

    With no processes a thread does the work, which is enough for a few documents.
    """

    version = CLEANER_VERSION

    def __init__(
        self,
        homes: Mapping[str, str],
        processes: int,
        furniture: Mapping[str, Furniture] = MappingProxyType({}),
        languages: Mapping[str, str | None] = MappingProxyType({}),
        watched: Mapping[str, frozenset[int]] = MappingProxyType({}),
    ) -> None:
        """Take what is known of sites, by site.

        That is addresses of front pages, furniture, languages, and keys of blocks to look for.
        """
        self._homes = homes
        self._furniture = furniture
        self._languages = languages
        self._watched = watched
        self._limit = max_bytes()
        self._processes = processes
        self._executor = _executor(processes)
        self._deaths = 0  # of processes one after the other

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._executor.shutdown(cancel_futures=True)

    async def clean(
        self, kind: Kind, documents: Sequence[Mapping[str, Any]]
    ) -> list[CleanedAgain | str]:
        """Return for each document its fields made anew, or why they cannot be made."""
        if self._deaths >= MOST_DEATHS:
            return [NO_PROCESS_LIVES] * len(documents)
        executor = self._executor
        try:
            return await self._cleaned_by(executor, kind, documents)
        except BrokenExecutor:
            # All batches under way fail with a process; the first one replaces them.
            if self._executor is executor:
                self._executor = _executor(self._processes)
        return await self._cleaned_one_by_one(kind, documents)

    async def _cleaned_one_by_one(
        self, kind: Kind, documents: Sequence[Mapping[str, Any]]
    ) -> list[CleanedAgain | str]:
        """Clean a batch in whose time a process has ended, and find out which document ended it."""
        results: list[CleanedAgain | str] = []
        executor = _executor(1)
        try:
            for document in documents:
                if self._deaths >= MOST_DEATHS:
                    results.append(NO_PROCESS_LIVES)
                    continue
                try:
                    results += await self._cleaned_by(executor, kind, [document])
                    self._deaths = 0
                except BrokenExecutor:
                    results.append(PROCESS_ENDED)
                    self._deaths += 1
                    executor = _executor(1)
        finally:
            executor.shutdown(cancel_futures=True)
        return results

    async def _cleaned_by(
        self, executor: Executor, kind: Kind, documents: Sequence[Mapping[str, Any]]
    ) -> list[CleanedAgain | str]:
        """Clean documents in one piece. Raises BrokenExecutor where a process has ended."""
        sites = {document["site"] for document in documents}
        facts = {site: self._facts(site) for site in sites}
        work = partial(_reclean_batch, kind, documents, facts, self._limit)
        with _interrupts_blocked():  # processes are started here, and inherit it
            future = asyncio.get_running_loop().run_in_executor(executor, work)
        return await future

    def _facts(self, site: str) -> SiteFacts:
        home = self._homes.get(site, f"https://{site}/")
        furniture = self._furniture.get(site, NO_FURNITURE)
        watched = self._watched.get(site, frozenset())
        return SiteFacts(home, furniture, self._languages.get(site), watched)


def _reclean_batch(
    kind: Kind, documents: Sequence[Mapping[str, Any]], sites: Mapping[str, SiteFacts], limit: int
) -> list[CleanedAgain | str]:
    # Not loaded before, because the command's own process seldom needs it.
    from pipelines.helpers.reclean_batch import reclean_batch

    return reclean_batch(kind, documents, sites, limit)


def _executor(processes: int) -> Executor:
    if not processes:
        return ThreadPoolExecutor(1)
    prepare_processes()
    # Forked from this process, they would inherit its threads and connections.
    context = multiprocessing.get_context("forkserver")
    return ProcessPoolExecutor(processes, context, _begin_process)


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Leave Ctrl-C, which reaches all processes of a terminal, to this one.

    What is started inside never gets it, not even while Python starts; this process gets it
    afterwards.
    """
    # Where this is not running yet, its start would lift the block.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _path_in_environment() -> Iterator[None]:
    """Tell processes that are started inside where this one imports from."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = python_path()
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before


def _begin_process() -> None:
    """Prepare a helper process; it ends when the one that started it is killed."""
    tune_process()
    threading.Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    # The pipes of a pool stay open when its owner is killed, because its processes hold both ends.
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    # `sys.exit` would only end this thread.
    os._exit(1)
