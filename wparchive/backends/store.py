"""What a backend must do for a crawl: the asynchronous, writing side. (Reading is in `reader.py`.)

The Protocol speaks of objects and runs, not of queries, so that each backend can use its own strength.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from wparchive.model.documents import Failure, Kind, MediaRef, Run, Site, State


class Outcome(StrEnum):
    """What writing a document did."""

    NEW = "new"
    CHANGED = "changed"
    REFRESHED = "refreshed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Written:
    """The fate of one document of a batch, in the batch's order."""

    key: str
    outcome: Outcome | None
    """None when the document was refused."""
    returned: bool = False
    """It was withdrawn or deleted before and is live again."""
    error: Exception | None = None
    """Why it was refused (`DocumentRejected`)."""


class Saver(Protocol):
    """What takes documents: a store, or something around one."""

    async def save(
        self, kind: Kind, documents: Sequence[Mapping[str, Any]], at: datetime
    ) -> list[Written]:
        """Write documents of one kind, idempotently, and say what became of each.

        `documents` come without the life-cycle fields (state, state_since, first_seen_at, last_seen_at, changed_at, revision):
        the store sets them. New: inserted. Other `version_hash`: the stored one goes to `revisions`, then is replaced.
        Equal version, other `refresh_hash`: replaced in place. Both equal: only `last_seen_at`. In all cases `state` becomes live.
        `duplicate` is kept on refresh and reset on a new version. A post that was pruned as a duplicate comes back first, as it was.
        A refused document fails alone.
        Raises ArchiveUnreachable, ArchiveReadOnly when nothing could be written.
        """


class Store(Saver, Protocol):
    """The writing side of an archive. One writer per site at a time."""

    async def open(self) -> None:
        """Connect, and create what is missing (tables, indexes).

        Raises ArchiveUnreachable, ArchiveReadOnly, ArchiveTooNew.
        """

    async def close(self) -> None:
        """Release everything; safe to call twice, and when `open` failed."""

    async def mark_duplicates(self, keys: Sequence[str], at: datetime) -> int:
        """Compare posts that were just written with all others and mark what repeats; returns how many marks changed.

        A hint, good at once; `at` is the time of the crawl. Raises ArchiveUnreachable, ArchiveReadOnly.
        """

    async def known(
        self, kind: Kind, site: str, type_: str, ids: Iterable[int]
    ) -> dict[int, MediaRef]:
        """Names and slugs of live terms, authors or media (`url` and `alt` for media; title as name) that the archive holds."""

    def unseen(self, kind: Kind, site: str, type_: str, before: datetime) -> AsyncIterator[int]:
        """Ids of live documents last seen before that time, ascending."""

    async def mark(
        self, kind: Kind, site: str, type_: str, ids: Sequence[int], state: State, at: datetime
    ) -> int:
        """Set the state of documents; returns how many changed. Nothing is ever removed."""

    async def touch(
        self, kind: Kind, site: str, type_: str, ids: Sequence[int], at: datetime
    ) -> None:
        """Note that these were seen alive."""

    async def held(self, kind: Kind, site: str, type_: str) -> int:
        """Number of live documents."""

    async def save_failures(self, failures: Sequence[Failure]) -> None:
        """Upsert; `first_at` is kept and `attempts` counted up."""

    async def clear_failures(self, site: str, type_: str, before: datetime) -> int:
        """Forget failures of a type last met before that time (called after a walk that proved complete)."""

    async def save_site(self, site: Site) -> None:
        """Upsert; `first_seen_at` is kept."""

    async def load_site(self, site: str) -> Site | None:
        """What is remembered of a site."""

    async def save_run(self, run: Run) -> None:
        """Upsert the run's report."""

    async def last_run(self, site: str, verdict: str | None = None) -> Run | None:
        """The newest finished run of a site, optionally of that verdict."""
