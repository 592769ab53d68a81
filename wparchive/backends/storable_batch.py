"""The documents of one call made storable, and what became of each in the order of the call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from wparchive.errors import DocumentRejected
from wparchive.model.documents import REWRITTEN_FIELDS, Kind, StoredDocument
from wparchive.model.outcome import Outcome, Written
from wparchive.model.sealed import SealedDocument
from wparchive.model.storable import storable_document, storable_fields

StorableDocument = StoredDocument | SealedDocument
"""A document that every database takes; those that helper processes finish come sealed."""


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
            # Counts of a report add up all answers, so that one document is not counted twice.
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
    """Return `raw` and the fields to rewrite of cleaned documents, made storable."""
    batch = StorableBatch()
    for document in documents:
        key = document["_id"]
        try:
            fields = storable_fields(fields_to_rewrite(document))
        except DocumentRejected as error:
            batch.order.append(refused(key, error))
        else:
            batch.documents[key] = fields | {"raw": document["raw"]}
            batch.order.append(key)
    return batch


def fields_to_rewrite(document: Mapping[str, Any]) -> StoredDocument:
    """Return the fields of a document that change when it is cleaned again."""
    return {name: document[name] for name in REWRITTEN_FIELDS if name in document}


def opened(documents: Mapping[str, StorableDocument]) -> dict[str, StoredDocument]:
    """Return documents with all sealed ones opened."""
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
