"""Collect what could not be archived, and save it with its cause."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from crawler.run.report import RunReport
from crawler.run.verdict import archive_is_lost
from wparchive.backends.store import Store
from wparchive.model.documents import Kind, document_key
from wparchive.model.file_records import without_users
from wparchive.model.run_records import Failure

SAVE_AT = 100  # failures in memory at which they are saved
MESSAGE_MAX = 2000  # characters of a message that a failure keeps
SHORT_MESSAGE_MAX = 200  # characters of a message that the report shows


@dataclass(frozen=True, slots=True, kw_only=True)
class NotArchived:
    """One object, or one stretch of a collection, that could not be archived."""

    kind: Kind
    type: str
    id: int | None
    """None when only its place is known."""
    stage: str
    """Where it failed: `fetch`, `parse`, or the name of a pipeline stage."""
    cause: str
    """Short name of the cause: `http_500`, `ValueError`."""
    message: str
    url: str | None = None
    raw: bytes = b""
    """The record as received, where there is one."""


class FailureLog:
    """The failures of a run, counted in its report and saved in batches."""

    def __init__(self, store: Store, report: RunReport, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._report = report
        self._clock = clock
        self._unsaved: list[Failure] = []

    async def add(self, lost: NotArchived) -> None:
        """Count a failure and keep it. Raises what `save` raises."""
        lost = _without_users(lost)
        shown_id = "?" if lost.id is None else lost.id
        reason = f"{lost.type} {shown_id}: {lost.stage}: {lost.message[:SHORT_MESSAGE_MAX]}"
        count = self._report.count(lost.kind, lost.type)
        if lost.id is not None and lost.id in count.failed and reason in count.reasons:
            return  # an update may ask for the same object several times
        count.lose(lost.id, reason)
        await self.keep(lost)

    def note(self, lost: NotArchived) -> None:
        """Keep a failure that no type counts, until the next time that failures are saved."""
        self._report.failures += 1
        self._unsaved.append(self._document(_without_users(lost)))

    async def keep(self, lost: NotArchived) -> None:
        """Keep a failure that no type counts. Raises what `save` raises."""
        self.note(lost)
        await self._save_many()

    async def keep_gone(self, lost: NotArchived) -> None:
        """Keep what the site names and no longer has. Raises what `save` raises.

        The run has not failed on it, and may be complete, so it does not count as a failure.
        """
        self._unsaved.append(self._document(_without_users(lost)))
        await self._save_many()

    async def _save_many(self) -> None:
        if len(self._unsaved) >= SAVE_AT:
            await self.save()

    async def save(self) -> None:
        """Write what was collected; it stays in memory when the archive does not take it.

        An archive that is lost is not asked again, because that would take as long again.
        Raises ArchiveError.
        """
        if not self._unsaved or archive_is_lost(self._report):
            return
        # Other failures may be added while these are written.
        batch = self._unsaved
        self._unsaved = []
        try:
            await self._store.save_failures(batch)
        # `BaseException`, for a wait that is cancelled: these failures must not be lost with it.
        except BaseException:
            self._unsaved = batch + self._unsaved
            raise

    @property
    def unsaved(self) -> list[Failure]:
        """Return the failures that are not in the archive yet."""
        return list(self._unsaved)

    def _document(self, lost: NotArchived) -> Failure:
        now = self._clock()
        return Failure(
            _id=self._document_id(lost),
            site=self._report.site,
            type=lost.type,
            id=lost.id,
            stage=lost.stage,
            cause=lost.cause,
            message=lost.message[:MESSAGE_MAX],
            url=lost.url,
            raw=zlib.compress(lost.raw) if lost.raw else None,
            run=self._report.run_id,
            first_at=now,
            last_at=now,
            attempts=1,
        )

    def _document_id(self, lost: NotArchived) -> str:
        """Return the key of the failure. A later run that meets it again writes it anew."""
        if lost.id is None:
            return f"{self._report.site}/{lost.type}/{lost.url}#{lost.stage}"
        return f"{document_key(self._report.site, lost.type, lost.id)}#{lost.stage}"


def _without_users(lost: NotArchived) -> NotArchived:
    """Return a failure without the users and the passwords in its addresses."""
    url = None if lost.url is None else without_users(lost.url)
    return replace(lost, url=url, message=without_users(lost.message))
