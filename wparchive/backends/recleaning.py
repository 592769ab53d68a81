"""Cleaning the documents of an archive again, in batches: read, clean, write.

The cleaner is a parameter, because it belongs to the crawler and not to the library.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from wparchive.backends.store import CleaningSelection, Store
from wparchive.furniture.noted import Found
from wparchive.model.documents import REWRITTEN_FIELDS, Kind, StoredDocument
from wparchive.model.outcome import Outcome

BATCH_SIZE = 100
"""Documents that are read, cleaned and written together."""
NOT_COUNTED = frozenset({"version_hash", "refresh_hash", "cleaner_version"})
"""Fields that change with others, or in every document."""


class CleanedAgain(NamedTuple):
    """The result of cleaning one document again; it goes from process to process."""

    changes: StoredDocument
    """The fields that are others than the stored ones, storable, and perhaps some that are not."""
    block_keys: frozenset[int] = frozenset()
    """The keys of a post's blocks, as it is now."""
    found: Sequence[Found] = ()
    """Those of its blocks that were looked for."""


CleanResults = Sequence[CleanedAgain | str]
"""For each document what was made of it, or why nothing could be made."""


class Cleaner(Protocol):
    """The cleaner of documents that are there. The crawler has one; the library knows only this."""

    async def clean(self, kind: Kind, documents: Sequence[Mapping[str, Any]]) -> CleanResults:
        """Return for each document what cleaning it again makes of it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference that cleaning one document again made."""

    key: str
    fields: dict[str, tuple[Any, Any]]
    """Before and after, of each field that differs."""


@dataclass(slots=True)
class RecleanSummary:
    """The counts of cleaning again; complete up to the last batch also when interrupted."""

    documents: Counter[Kind] = field(default_factory=Counter)
    """Documents cleaned again, by kind."""
    changed: Counter[Kind] = field(default_factory=Counter)
    """Those of them in which any field differs."""
    fields: Counter[tuple[Kind, str]] = field(default_factory=Counter)
    """Differences by field."""
    passed_over: int = 0
    """Documents that were written anew by somebody else meanwhile."""
    failures: dict[str, str] = field(default_factory=dict)
    """Why documents could not be cleaned or written, by key."""
    shown: list[Difference] = field(default_factory=list)
    """The first differences, as many as were asked for."""


@dataclass(slots=True)
class Recleaner:
    """The work of cleaning some selections again. Use it once; `summary` says what it did."""

    store: Store
    cleaner: Cleaner
    parallel: int = 1
    """Batches that are being cleaned at the same time."""
    dry_run: bool = False
    """Write nothing."""
    show: int = 0
    """Differences to keep in the summary."""
    on_progress: Callable[[int], None] = lambda documents: None
    """Called with the number of documents of each finished batch."""
    on_cleaned: Callable[[Kind, Mapping[str, Any], CleanedAgain], None] = (
        lambda kind, before, made: None
    )
    """Called for each document that is as cleaning makes it now, with what it was before."""
    summary: RecleanSummary = field(default_factory=RecleanSummary)

    async def run(self, selection: CleaningSelection) -> None:
        """Clean one selection again. What is done stays done when this is cancelled."""
        cleaning: deque[tuple[Sequence[Mapping[str, Any]], asyncio.Future[CleanResults]]] = deque()
        task: asyncio.Future[CleanResults]
        after = ""
        try:
            while True:
                documents = await self.store.next_to_clean(selection, after, BATCH_SIZE)
                if documents:
                    after = documents[-1]["_id"]
                    task = asyncio.ensure_future(self.cleaner.clean(selection.kind, documents))
                    cleaning.append((documents, task))
                # Go on reading until every process has a batch and one more waits.
                while cleaning and (not documents or len(cleaning) > self.parallel):
                    batch, task = cleaning.popleft()
                    await _completed(self._finish(selection.kind, batch, await task))
                if not documents:
                    return
        finally:
            for _, task in cleaning:
                task.cancel()

    async def _finish(
        self, kind: Kind, documents: Sequence[Mapping[str, Any]], results: CleanResults
    ) -> None:
        """Write what differs of one batch, and count it."""
        made: list[tuple[Mapping[str, Any], CleanedAgain]] = []
        for document, result in zip(documents, results, strict=True):
            if isinstance(result, str):
                self.summary.failures[document["_id"]] = result
            else:
                changes = _that_differ(document, result.changes)
                made.append((document, result._replace(changes=changes)))
        left = await self._left_alone(kind, made)
        for document, result in made:
            if document["_id"] not in left:
                self._count(kind, document, result.changes)
                self.on_cleaned(kind, document, result)
        self.on_progress(len(documents))

    async def _left_alone(
        self, kind: Kind, made: Sequence[tuple[Mapping[str, Any], CleanedAgain]]
    ) -> set[str]:
        """Write documents that differ; returns the keys of those that could not be written."""
        rewritten = [
            {"_id": document["_id"], "raw": document["raw"], **result.changes}
            for document, result in made
            if result.changes
        ]
        if self.dry_run or not rewritten:
            return set()
        left: set[str] = set()
        for fate in await self.store.rewrite(kind, rewritten):
            if fate.error is not None:
                self.summary.failures[fate.key] = str(fate.error)
            elif fate.outcome is Outcome.UNCHANGED:
                self.summary.passed_over += 1
            else:
                continue
            left.add(fate.key)
        return left

    def _count(self, kind: Kind, before: Mapping[str, Any], changes: StoredDocument) -> None:
        fields = changed_fields(before, changes)
        self.summary.documents[kind] += 1
        self.summary.changed[kind] += bool(fields)
        self.summary.fields.update((kind, name) for name in fields)
        if fields and len(self.summary.shown) < self.show:
            self.summary.shown.append(Difference(before["_id"], fields))


def _that_differ(before: Mapping[str, Any], made: StoredDocument) -> StoredDocument:
    """Return those of the fields that are others than before."""
    return {
        name: value for name, value in made.items() if name not in before or before[name] != value
    }


async def _completed(work: Coroutine[Any, Any, None]) -> None:
    """Wait for work also when this is cancelled: a batch that is being written counts as done."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


def changed_fields(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, tuple[Any, Any]]:
    """Return what differs between a document and the same one cleaned again, by field."""
    return {
        name: (before[name], after[name])
        for name in REWRITTEN_FIELDS
        if name in before
        and name in after
        and name not in NOT_COUNTED
        and before[name] != after[name]
    }
