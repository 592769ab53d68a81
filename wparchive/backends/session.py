"""The statements that a backend gives to `saving.py`."""

from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from wparchive.model.documents import EventKind, Kind, StoredDocument
from wparchive.model.history_records import EventRecord, Revision

_Result = TypeVar("_Result")
Errors = dict[str, Exception]
"""Why single documents were not written, by key."""


class Session(Protocol):
    """The statements that one call of `save` needs, for documents of one kind; used once.

    A method that writes returns the documents that the database refused, or raises where a refusal
    concerns the whole archive. Every mapping is by document key and may be empty.
    """

    async def heads(self, keys: Sequence[str]) -> dict[str, StoredDocument]:
        """Return the `head_fields` of the documents that are there."""

    async def move_back(self, keys: Sequence[str]) -> list[str]:
        """Move posts that were pruned back among the others; returns which there were."""

    async def stored(self, keys: Sequence[str]) -> dict[str, StoredDocument]:
        """Return whole documents as they stand."""

    async def rewritable(self, cleaned: Mapping[str, StoredDocument]) -> dict[str, StoredDocument]:
        """Return the parts of documents, with `raw`, that `rewrite` needs to set these fields."""

    async def put_revisions(self, revisions: Mapping[str, Revision]) -> Errors:
        """Insert or replace revisions; the keys are those of the documents."""

    async def insert(self, documents: Mapping[str, StoredDocument]) -> Errors:
        """Insert documents that were not there."""

    async def replace(self, documents: Mapping[str, StoredDocument]) -> Errors:
        """Replace documents that are there."""

    async def put_events(self, events: Mapping[str, EventRecord]) -> Errors:
        """Insert or replace events; keys and errors are by the `_id` of the events."""

    async def titled_heads(self, keys: Sequence[str]) -> dict[str, StoredDocument]:
        """Return the identity, the life-cycle fields and the title of documents."""

    def of_kind(self, kind: Kind) -> "Session":
        """Return a session for documents of another kind, in the same transaction."""

    async def referring(self, kind: Kind, objects: Sequence[StoredDocument]) -> list[str]:
        """Return the keys of documents that refer to any of some terms or authors.

        Those that were withdrawn or deleted are none of them.
        """

    async def events_of_run(self, site: str, run: str, event: EventKind) -> list[EventRecord]:
        """Return the events of one kind that a run saw happen to objects of the session's kind."""

    async def edits_of_run(
        self, site: str, run: str
    ) -> list[tuple[StoredDocument, StoredDocument]]:
        """Return the posts that a run found edited, as they were and as they are."""

    async def update(self, changes: Mapping[str, StoredDocument]) -> Errors:
        """Set some fields of documents that are there; never any that is indexed as text."""

    async def rewrite(self, cleaned: Mapping[str, StoredDocument]) -> Errors:
        """Set the cleaned fields of documents that `rewritable` returned.

        What is indexed of a post is indexed again where `is_indexed_anew` says so.
        """


async def put_events(session: Session, events: Sequence[EventRecord]) -> Errors:
    """Write events; returns the errors by the key of the document."""
    refused_events = await session.put_events({event["_id"]: event for event in events})
    keys = {event["_id"]: event["key"] for event in events}
    return {keys[id_]: error for id_, error in refused_events.items()}


def run_at_once(work: Coroutine[Any, Any, _Result]) -> _Result:
    """Return the result of a coroutine that never waits, without an event loop.

    So a backend whose statements are plain calls can use what is written for those that wait.
    Raises RuntimeError where the coroutine does wait.
    """
    try:
        work.send(None)
    except StopIteration as stop:
        result: _Result = stop.value
        return result
    work.close()
    raise RuntimeError("the coroutine waits for something")
