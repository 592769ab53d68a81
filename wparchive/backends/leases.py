"""The lease of a site: of two runs of one site at the same time, only one goes on.

A lease is a small document in the archive. Whoever has it counts its `beat` up every few seconds.
A run that finds the lease of another one watches it: a beat that moves belongs to a run that is
alive, and a lease whose beat stands still for a whole term is taken over. So no two clocks are ever
compared. The watcher measures the term with its own clock, which no change of the time moves
(`term_clock`).

Every change is one comparison and one write at once (`LeaseStore.swap_lease`): of two runs that
want the same lease in the same moment, one gets it.

A holder whose lease was taken meanwhile, because its machine was paused for instance, finds out
before it writes: `SiteLease.check` asks the archive, and `fenced_store` asks it before every write.
"""

import asyncio
import os
import socket
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar, cast
from uuid import uuid4

from wparchive.backends.retrying import store_methods
from wparchive.backends.signs_of_life import has_died, is_same, process_mark
from wparchive.backends.store import Store
from wparchive.errors import ArchiveBusy
from wparchive.model.site_records import Lease

BEATS_A_TERM = 6
"""Beats in the time after which a lease that stands still is taken over."""
# Whoever watches a lease looks more often than it beats: a lease in use is seen soon.
_LOOKS_A_BEAT = 4
NOT_FENCED = frozenset({"open", "close", "lease", "swap_lease"})
"""Methods of `Store` that a run without the lease may call. All others that write may not."""
_READING = frozenset(
    {
        "known",
        "live_ids",
        "addresses",
        "raw_records",
        "newest",
        "referring_posts",
        "held",
        "load_site",
        "count_read",
        "checkpoints",
        "count_to_clean",
        "next_to_clean",
        "load_memory",
        "recurring_blocks",
        "next_blocks",
        "files",
        "next_named",
    }
)
_Result = TypeVar("_Result")


class LeaseStore(Protocol):
    """The part of a store that keeps leases."""

    async def lease(self, site: str) -> Lease | None:
        """Return the lease of a site, as it stands now; None where nobody has it."""

    async def swap_lease(self, site: str, before: Lease | None, after: Lease | None) -> bool:
        """Put one lease in the place of another, if that one still stands as it was.

        None is no lease. Returns False, and changes nothing, where another holder or another beat
        is found. A call that is made again after it has worked returns True again.
        """


def term_clock() -> float:
    """Return seconds that nobody sets, and that also count while the machine sleeps."""
    if hasattr(time, "CLOCK_BOOTTIME"):  # Linux
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


@dataclass(frozen=True, slots=True)
class Watch:
    """The length of a lease, and the clock that measures it."""

    term_s: float = 60.0
    """A lease whose beat stands still for so long may be taken over."""
    clock: Callable[[], float] = term_clock

    @property
    def beat_every_s(self) -> float:
        """Return the seconds between two beats."""
        return self.term_s / BEATS_A_TERM


class SiteLease:
    """The lease that one run has, or wants."""

    def __init__(self, store: LeaseStore, now: Callable[[], datetime], watch: Watch) -> None:
        self._store = store
        self._now = now
        self._watch = watch
        self._mine: Lease | None = None
        self._beating: asyncio.Task[None] | None = None

    @property
    def held(self) -> bool:
        """Return whether this run has taken the lease, as far as it knows."""
        return self._mine is not None

    async def take(self, site: str, run: str) -> None:
        """Take the lease of a site; wait as long as it needs to see that its holder is dead.

        Raises ArchiveBusy where its holder is alive, ArchiveError.
        """
        mine = _new_lease(site, run, self._now())
        found = await self._store.lease(site)
        while not await self._takes(found, mine):
            found = await self._store.lease(site)
        self._mine = mine

    async def _takes(self, found: Lease | None, mine: Lease) -> bool:
        """Put `mine` in the place of a lease that was found; raise ArchiveBusy if it is in use."""
        if found is not None and not has_died(found):
            await self._watched(found)
        return await self._store.swap_lease(mine["_id"], found, mine)

    async def _watched(self, found: Lease) -> None:
        """Return once a lease has stood still for a term. Raises ArchiveBusy when it moves."""
        until = self._watch.clock() + self._watch.term_s
        while self._watch.clock() < until:
            await asyncio.sleep(self._watch.beat_every_s / _LOOKS_A_BEAT)
            now = await self._store.lease(found["_id"])
            if now is None or has_died(now):
                return
            if not is_same(found, now):
                raise ArchiveBusy(f"{now['_id']} is being crawled: {holder_text(now)}")

    def keep(self, on_loss: Callable[[ArchiveBusy], None]) -> None:
        """Begin to count the beat up; `on_loss` is called once if somebody has taken the lease."""
        self._beating = asyncio.ensure_future(self._beat_on(on_loss))

    async def _beat_on(self, on_loss: Callable[[ArchiveBusy], None]) -> None:
        while self.held:
            await asyncio.sleep(self._watch.beat_every_s)
            try:
                await self.beat()
            except ArchiveBusy as error:
                on_loss(error)
                return

    async def beat(self) -> None:
        """Count the beat up. Raises ArchiveBusy where the lease was taken by somebody else."""
        mine = self._mine
        if mine is None:
            return
        next_one: Lease = {**mine, "beat": mine["beat"] + 1, "beat_at": self._now()}
        if not await self._store.swap_lease(mine["_id"], mine, next_one):
            raise await self._loss(mine)
        self._mine = next_one

    async def check(self) -> None:
        """Raise ArchiveBusy where the lease was taken by somebody else."""
        mine = self._mine
        if mine is None:
            return
        found = await self._store.lease(mine["_id"])
        # Only the holder is compared: this run's own beat may go on meanwhile.
        if found is None or found["holder"] != mine["holder"]:
            raise await self._loss(mine)

    async def _loss(self, mine: Lease) -> ArchiveBusy:
        found = await self._store.lease(mine["_id"])
        if found is None:
            return ArchiveBusy(
                f"the lease of this run of {mine['_id']} is no longer in the archive: it was "
                "dropped, restored or replaced, or another run has come and gone"
            )
        return ArchiveBusy(
            f"this run of {mine['_id']} stood still for too long, and its lease was taken: "
            f"{holder_text(found)}"
        )

    async def release(self) -> None:
        """Give the lease back, if this run still has it; safe to call twice."""
        if self._beating is not None:
            self._beating.cancel()
            with suppress(asyncio.CancelledError):
                await self._beating
            self._beating = None
        mine = self._mine
        self._mine = None
        if mine is not None:
            await self._store.swap_lease(mine["_id"], mine, None)


def fenced_store(store: Store, lease: SiteLease) -> Store:
    """Return a store that writes nothing once the lease is another run's.

    Such a call raises ArchiveBusy. Questions are answered as before, and so is everything before
    the run has a lease: a run that only looks for its site writes nothing.
    """
    return cast(Store, _FencedStore(store, lease))


class _FencedStore:
    def __init__(self, store: Store, lease: SiteLease) -> None:
        for name in store_methods():
            method = getattr(store, name)
            if name not in NOT_FENCED | _READING:
                method = _fenced(method, lease)
            setattr(self, name, method)


def _fenced(
    method: Callable[..., Awaitable[_Result]], lease: SiteLease
) -> Callable[..., Awaitable[_Result]]:
    async def careful(*arguments: Any, **named: Any) -> _Result:
        await lease.check()
        return await method(*arguments, **named)

    return careful


def holder_text(lease: Lease) -> str:
    """Return who has a lease, in words."""
    since = lease["since"].isoformat(timespec="seconds").replace("+00:00", "Z")
    return f"run {lease['run']} on {lease['host']}, process {lease['pid']}, since {since}"


def _new_lease(site: str, run: str, now: datetime) -> Lease:
    pid = os.getpid()
    return Lease(
        _id=site,
        holder=uuid4().hex,
        run=run,
        host=socket.gethostname(),
        pid=pid,
        process=process_mark(pid),
        since=now,
        beat=0,
        beat_at=now,
    )
