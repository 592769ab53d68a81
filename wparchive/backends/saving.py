"""Saving a batch of documents: the steps and their order, the same for all backends.

    batch = batch_of(kind, documents)                           make them storable
    fates = await save_batch(session, kind, batch.documents, at)    write them
    return batch.written(fates)                                 answer in the order of the call

A backend brings a `Session`, with nothing in it but the statements of its database.
"""

from collections.abc import Container, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol, TypeVar

from wparchive.errors import DocumentRejected
from wparchive.model.documents import (
    REWRITTEN_FIELDS,
    EventKind,
    EventRecord,
    Kind,
    Revision,
    State,
    StoredDocument,
    document_key,
)
from wparchive.model.earlier import earlier_state, state_before_refresh
from wparchive.model.event_records import (
    edit_of,
    merge_of,
    refresh_of,
    refreshed_fields,
    transition_of,
)
from wparchive.model.features import FEATURE_FIELDS
from wparchive.model.lifecycle import (
    Decision,
    as_first_told,
    decide,
    document_to_write,
    state_fields,
)
from wparchive.model.outcome import Outcome, Written
from wparchive.model.references import CARRIERS, is_renamed, successor_of, with_new_names
from wparchive.model.sealed import SealedDocument
from wparchive.model.second_look import decide_again
from wparchive.model.storable import storable_document, storable_fields

_Result = TypeVar("_Result")
_RENAMED_AT_ONCE = 200
"""Documents that get a new name together."""
_INDEXED_FIELDS = ("title", "text", "sketch", *FEATURE_FIELDS)
"""The fields that cleaning makes and by which posts are found."""
StorableDocument = StoredDocument | SealedDocument
"""A document that every database takes; those that helper processes finish come sealed."""
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
        """Return of documents, with `raw`, what `rewrite` needs to set these fields of them."""

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


async def save_batch(
    session: Session,
    kind: Kind,
    batch: Mapping[str, StorableDocument],
    at: datetime,
    run: str | None = None,
    again: bool = False,
) -> dict[str, Written]:
    """Write storable documents, by key, and return what became of each.

    `again` says that the same call was made before and failed, perhaps after it had written some.
    """
    documents = opened(batch)
    heads = await _heads(session, kind, list(documents))
    decisions = {key: decide(heads.get(key), document, at) for key, document in documents.items()}
    # A head is too small to tell an edit from the work of a new cleaner; an earlier state needs the
    # whole document anyway.
    stored = await session.stored([key for key in heads if decisions[key].writes])
    for key, before in stored.items():
        # Decided again, because `wparchive reclean` may have written since the heads were read.
        decisions[key] = decide_again(kind, before, documents[key], at)
    finished = _finished(kind, documents, decisions, heads)

    # First the earlier state and the events, then the document. A kill in between leaves the old
    # document, with a state that equals it; the next run decides the same again and overwrites
    # both, because each `_id` follows from the document. The other order could lose a version.
    errors = await session.put_revisions(_earlier_states(kind, decisions, stored, finished, at))
    news = _events(kind, decisions, stored, finished, run)
    news += _transitions(kind, decisions, documents, heads, at, run)
    errors |= await put_events(session, news)
    # Names in other documents come before the name itself: a kill in between repeats them.
    await rename_references(session, kind, stored, finished, at)
    written = {key: document for key, document in finished.items() if key not in errors}
    errors |= await session.insert({k: new for k, new in written.items() if k not in heads})
    errors |= await session.replace({k: new for k, new in written.items() if k in heads})
    errors |= await session.update(_fields_of_unchanged(decisions))
    if again:
        decisions = {key: as_first_told(heads.get(key), d, at) for key, d in decisions.items()}
    return _fates(decisions, errors)


def _finished(
    kind: Kind,
    documents: Mapping[str, StoredDocument],
    decisions: Mapping[str, Decision],
    heads: Mapping[str, StoredDocument],
) -> dict[str, StoredDocument]:
    """Return the documents that are to be written whole, with their life-cycle fields."""
    return {
        key: document_to_write(kind, documents[key], decision, heads.get(key))
        for key, decision in decisions.items()
        if decision.writes
    }


def _earlier_states(
    kind: Kind,
    decisions: Mapping[str, Decision],
    stored: Mapping[str, StoredDocument],
    finished: Mapping[str, StoredDocument],
    at: datetime,
) -> dict[str, Revision]:
    """Return what is to be kept of the documents that are about to be replaced."""
    found: dict[str, Revision] = {}
    for key, before in stored.items():
        if key in finished:
            earlier = earlier_state(kind, decisions[key], before, finished[key], at)
            if earlier is not None:
                found[key] = earlier
    return found


def _events(
    kind: Kind,
    decisions: Mapping[str, Decision],
    stored: Mapping[str, StoredDocument],
    finished: Mapping[str, StoredDocument],
    run: str | None,
) -> list[EventRecord]:
    """Return the edits and refreshes of a batch.

    A refresh in which the site changed nothing is the work of a new cleaner, and no event.
    """
    found: list[EventRecord] = []
    for key, before in stored.items():
        outcome = decisions[key].outcome
        if outcome is Outcome.CHANGED:
            found.append(edit_of(kind, before, finished[key], run))
        elif outcome is Outcome.REFRESHED and refreshed_fields(before, finished[key]):
            found.append(refresh_of(kind, before, finished[key], run))
    return found


def _transitions(
    kind: Kind,
    decisions: Mapping[str, Decision],
    documents: Mapping[str, StoredDocument],
    heads: Mapping[str, StoredDocument],
    at: datetime,
    run: str | None,
) -> list[EventRecord]:
    """Return the events that objects of a batch are live again, or not public any more."""
    found: list[EventRecord] = []
    for key, decision in decisions.items():
        if decision.moved:
            revision = decision.fields.get("revision", heads[key]["revision"])
            document = {**documents[key], "revision": revision}
            number = decision.fields["transitions"]
            found.append(transition_of(kind, document, decision.moved, number, at, run))
    return found


async def put_events(session: Session, events: Sequence[EventRecord]) -> Errors:
    """Write events; returns the errors by the key of the document."""
    refused_events = await session.put_events({event["_id"]: event for event in events})
    keys = {event["_id"]: event["key"] for event in events}
    return {keys[id_]: error for id_, error in refused_events.items()}


def _fields_of_unchanged(decisions: Mapping[str, Decision]) -> dict[str, StoredDocument]:
    """Return the fields to set of what is not rewritten: what has returned, or a hash.

    Of what was live all the time there is nothing to set, and nothing is written.
    """
    unchanged = {key: decision for key, decision in decisions.items() if not decision.writes}
    return {key: decision.fields for key, decision in unchanged.items() if decision.fields}


async def set_states(
    session: Session,
    kind: Kind,
    keys: Sequence[str],
    state: State,
    at: datetime,
    run: str | None,
    again: bool = False,
) -> int:
    """Set the state of documents; returns how many changed. `again` is as in `save_batch`."""
    heads = await session.titled_heads(keys)
    # What the first call has changed already is known by the time, which is that of the call.
    first = {"state": state, "state_since": at}
    done = [key for key, head in heads.items() if again and first.items() <= head.items()]
    changing = {key: head for key, head in heads.items() if head["state"] != state}
    changes = {key: state_fields(head, state, at) for key, head in changing.items()}
    events = [
        transition_of(kind, head, state, changes[key]["transitions"], at, run)
        for key, head in changing.items()
    ]
    # The event comes first, for the reason told in `save_batch`.
    errors = await put_events(session, events)
    errors |= await session.update({k: new for k, new in changes.items() if k not in errors})
    for error in errors.values():
        raise error
    return len(done) + len(changes)


async def note_merged_terms(session: Session, site: str, run: str) -> None:
    """Write an event for each term that a run found deleted and whose posts have another one now.

    It is called at the end of a run, which reads terms before posts.
    """
    gone = await session.of_kind("terms").events_of_run(site, run, "gone")
    if not gone:
        return
    edits = await session.of_kind("posts").edits_of_run(site, run)
    found: list[EventRecord] = []
    for event in gone:
        other = successor_of(event["type"], event["id"], edits)
        if other is not None:
            found.append(merge_of(event, document_key(site, event["type"], other)))
    for error in (await put_events(session, found)).values():
        raise error


async def rename_references(
    session: Session,
    kind: Kind,
    stored: Mapping[str, StoredDocument],
    finished: Mapping[str, StoredDocument],
    at: datetime,
) -> None:
    """Write the new names of terms and authors into the live documents that refer to them.

    It is a refresh of those documents: their earlier states are kept. The event is that of the term
    or author alone.
    """
    renamed = [
        finished[key]
        for key, before in stored.items()
        if key in finished and is_renamed(kind, before, finished[key])
    ]
    for carriers in CARRIERS.get(kind, ()):
        others = session.of_kind(carriers)
        keys = await others.referring(kind, renamed)
        for start in range(0, len(keys), _RENAMED_AT_ONCE):
            before = await others.stored(keys[start : start + _RENAMED_AT_ONCE])
            after = {
                key: with_new_names(document, kind, renamed, at) for key, document in before.items()
            }
            earlier = {
                key: state_before_refresh(carriers, document, after[key], at)
                for key, document in before.items()
                if document != after[key]
            }
            await others.put_revisions(earlier)
            await others.replace({key: after[key] for key in earlier})


def _fates(decisions: Mapping[str, Decision], errors: Errors) -> dict[str, Written]:
    """Return what became of each document, by what was decided and what was refused."""
    fates: dict[str, Written] = {}
    for key, decision in decisions.items():
        if key in errors:
            fates[key] = refused(key, errors[key])
        else:
            fates[key] = Written(key, decision.outcome, decision.returned)
    return fates


async def _heads(session: Session, kind: Kind, keys: Sequence[str]) -> dict[str, StoredDocument]:
    """Return the heads of what is there, after what was pruned has come back.

    A pruned post that the site still shows comes back with its history, not as a new one.
    """
    heads = await session.heads(keys)
    absent = [key for key in keys if key not in heads]
    if kind != "posts" or not absent:
        return heads
    returned = await session.move_back(absent)
    if returned:
        heads |= await session.heads(returned)
    return heads


async def rewrite_batch(
    session: Session, batch: Mapping[str, StorableDocument]
) -> dict[str, Written]:
    """Replace the cleaned fields of a `cleaned_batch`, and return what became of each document.

    A document whose raw record is not the same any more is left alone: what was made of the old
    record does not belong to the new one.
    """
    documents = opened(batch)
    cleaned = {key: _rewritten_fields(document) for key, document in documents.items()}
    stored = await session.rewritable(cleaned)
    same = {
        key: fields
        for key, fields in cleaned.items()
        if key in stored and stored[key]["raw"] == documents[key]["raw"]
    }
    errors = await session.rewrite(same)
    fates: dict[str, Written] = {}
    for key in documents:
        if key in errors:
            fates[key] = refused(key, errors[key])
        elif key in same:
            fates[key] = Written(key, Outcome.REFRESHED)
        else:
            fates[key] = Written(key, Outcome.UNCHANGED)
    return fates


def _rewritten_fields(document: Mapping[str, Any]) -> StoredDocument:
    """Return the fields of a document that change when it is cleaned again."""
    return {name: document[name] for name in REWRITTEN_FIELDS if name in document}


@dataclass(slots=True)
class StorableBatch:
    """Documents made storable. A key given more than once is written once, in its last form."""

    documents: dict[str, StorableDocument] = field(default_factory=dict)
    """Storable documents by key."""
    order: list[str | Written] = field(default_factory=list)
    """For each document given: its key, or the refusal it already met."""

    def written(self, fates: Mapping[str, Written]) -> list[Written]:
        """Return the fate of every document given.

        Of a key given twice the first tells the outcome; the others are unchanged.
        """
        told: set[str] = set()
        result: list[Written] = []
        for entry in self.order:
            if isinstance(entry, Written):
                result.append(entry)
                continue
            fate = fates[entry]
            if entry in told and fate.outcome:
                fate = replace(fate, outcome=Outcome.UNCHANGED, returned=False)
            result.append(fate)
            told.add(entry)
        return result


def batch_of(kind: Kind, documents: Sequence[Mapping[str, Any] | SealedDocument]) -> StorableBatch:
    """Return documents of one kind made storable, with the refusals of those that cannot be."""
    batch = StorableBatch()
    for document in documents:
        if isinstance(document, SealedDocument):  # it was made storable before it was sealed
            batch.documents[document.key] = document
            batch.order.append(document.key)
            continue
        try:
            copy = storable_document(kind, document)
        except DocumentRejected as error:
            batch.order.append(refused(str(document.get("_id")), error))
        else:
            batch.documents[copy["_id"]] = copy
            batch.order.append(copy["_id"])
    return batch


def cleaned_batch(documents: Sequence[Mapping[str, Any]]) -> StorableBatch:
    """Return of cleaned documents `raw` and the fields to rewrite, made storable."""
    batch = StorableBatch()
    for document in documents:
        key = document["_id"]
        try:
            fields = storable_fields(_rewritten_fields(document))
        except DocumentRejected as error:
            batch.order.append(refused(key, error))
        else:
            batch.documents[key] = fields | {"raw": document["raw"]}
            batch.order.append(key)
    return batch


def is_indexed_anew(kind: Kind, fields: Container[str]) -> bool:
    """Tell whether a document has to be indexed again where these fields of it change."""
    return kind == "posts" and any(name in fields for name in _INDEXED_FIELDS)


def opened(documents: Mapping[str, StorableDocument]) -> dict[str, StoredDocument]:
    """Return documents none of which is sealed."""
    found: dict[str, StoredDocument] = {}
    for key, document in documents.items():
        if isinstance(document, SealedDocument):
            document = document.opened()
        found[key] = document
    return found


def refused(key: str, error: Exception) -> Written:
    """Return the fate of a document that was not written."""
    if not isinstance(error, DocumentRejected):
        error = DocumentRejected(f"{key!r} was refused: {error}")
    return Written(key, None, error=error)


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
