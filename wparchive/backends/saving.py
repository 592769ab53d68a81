"""Saving a batch of documents: the steps and their order, the same for all backends.

    batch = batch_of(kind, documents)                           make them storable
    fates = await save_batch(session, kind, batch.documents, at)    write them
    return batch.written(fates)                                 answer in the order of the call

A backend brings a `Session`, with nothing in it but the statements of its database.
"""

from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol, TypeVar

from wparchive.errors import DocumentRejected
from wparchive.model.documents import REWRITTEN_FIELDS, Kind, Revision, StoredDocument
from wparchive.model.lifecycle import (
    LIFE_CYCLE_FIELDS,
    Decision,
    decide,
    document_to_write,
    refreshed_instead,
    revision_of,
)
from wparchive.model.outcome import Outcome, Written
from wparchive.model.sealed import SealedDocument
from wparchive.model.source import made_by_cleaner
from wparchive.model.storable import storable_document

_Result = TypeVar("_Result")
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

    async def put_revisions(self, revisions: Mapping[str, Revision]) -> Errors:
        """Insert or replace revisions; the keys are those of the documents."""

    async def insert(self, documents: Mapping[str, StoredDocument]) -> Errors:
        """Insert documents that were not there."""

    async def replace(self, documents: Mapping[str, StoredDocument]) -> Errors:
        """Replace documents that are there."""

    async def update(self, changes: Mapping[str, StoredDocument]) -> Errors:
        """Set some fields of documents that are there; never any that is indexed as text."""

    async def rewrite(self, cleaned: Mapping[str, StoredDocument]) -> Errors:
        """Set the cleaned fields of documents that `stored` returned, and index them again."""


async def save_batch(
    session: Session, kind: Kind, batch: Mapping[str, StorableDocument], at: datetime
) -> dict[str, Written]:
    """Write storable documents, by key, and return what became of each."""
    documents = opened(batch)
    heads = await _heads(session, kind, list(documents))
    decisions = {key: decide(heads.get(key), document, at) for key, document in documents.items()}
    # A head is too small to tell an edit from the work of a new cleaner; a revision needs the whole
    # document anyway.
    changed = [key for key, decision in decisions.items() if decision.keeps_revision]
    stored = await session.stored(changed)
    for key, before in stored.items():
        # Decided again, because `wparchive reclean` may have written since the heads were read.
        decisions[key] = decide(before, documents[key], at)
        if decisions[key].keeps_revision and made_by_cleaner(kind, before, documents[key]):
            decisions[key] = refreshed_instead(decisions[key], before, at)

    # First the revision, then the document. A kill in between leaves the old document, and a
    # revision that equals it; the next run decides the same again and overwrites that revision,
    # because its `_id` follows from the document. The other order could lose a version.
    revisions = {
        key: revision_of(kind, before, at)
        for key, before in stored.items()
        if decisions[key].keeps_revision
    }
    errors = await session.put_revisions(revisions)
    finished = {
        key: document_to_write(documents[key], decision, heads.get(key))
        for key, decision in decisions.items()
        if decision.writes and key not in errors
    }
    errors |= await session.insert({k: new for k, new in finished.items() if k not in heads})
    errors |= await session.replace({k: new for k, new in finished.items() if k in heads})
    errors |= await session.update(_returned_as_they_were(decisions))
    return _fates(decisions, errors)


def _returned_as_they_were(decisions: Mapping[str, Decision]) -> dict[str, StoredDocument]:
    """Return the fields to set of what has returned and is otherwise unchanged.

    Of what was live all the time there is nothing to set, and nothing is written.
    """
    unchanged = {key: decision for key, decision in decisions.items() if not decision.writes}
    return {key: decision.fields for key, decision in unchanged.items() if decision.fields}


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
    """Replace the cleaned fields of storable documents, and return what became of each.

    A document whose raw record is not the same any more is left alone: what was made of the old
    record does not belong to the new one.
    """
    documents = opened(batch)
    stored = await session.stored(list(documents))
    same = {
        key: _rewritten_fields(document)
        for key, document in documents.items()
        if key in stored and stored[key]["raw"] == document["raw"]
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


def opened(documents: Mapping[str, StorableDocument]) -> dict[str, StoredDocument]:
    """Return documents none of which is sealed."""
    found: dict[str, StoredDocument] = {}
    for key, document in documents.items():
        if isinstance(document, SealedDocument):
            document = document.opened()
        found[key] = document
    return found


def without_life_cycle(document: Mapping[str, Any]) -> StoredDocument:
    """Return a stored document as a crawl would hand it to a store."""
    return {name: value for name, value in document.items() if name not in LIFE_CYCLE_FIELDS}


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
