"""One call of `Store.save`, seen from the outside: what of it can be stored, and what became of each document, in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from wparchive.backends.store import Outcome, Written
from wparchive.errors import DocumentRejected
from wparchive.model.documents import Kind
from wparchive.model.storable import storable


@dataclass(slots=True)
class Batch:
    """A batch made storable. A key given more than once is written once, in its last form."""

    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Storable documents by key."""
    order: list[str | Written] = field(default_factory=list)
    """For each document given: its key, or the refusal it already met."""

    def written(self, fates: Mapping[str, Written]) -> list[Written]:
        """The fate of every document given. Of a key given twice the first tells the outcome, the others are unchanged."""
        told: set[str] = set()
        result: list[Written] = []
        for entry in self.order:
            if isinstance(entry, Written):
                result.append(entry)
                continue
            fate = fates[entry]
            result.append(
                replace(fate, outcome=Outcome.UNCHANGED, returned=False)
                if entry in told and fate.outcome
                else fate
            )
            told.add(entry)
        return result


def batch_of(kind: Kind, documents: Sequence[Mapping[str, Any]]) -> Batch:
    """Prepare documents of one kind."""
    batch = Batch()
    for document in documents:
        try:
            copy = storable(kind, document)
        except DocumentRejected as error:
            batch.order.append(refused(str(document.get("_id")), error))
        else:
            batch.documents[copy["_id"]] = copy
            batch.order.append(copy["_id"])
    return batch


def refused(key: str, error: Exception) -> Written:
    """The fate of a document that was not written."""
    rejected = (
        error
        if isinstance(error, DocumentRejected)
        else DocumentRejected(f"{key!r} was refused: {error}")
    )
    return Written(key, None, error=rejected)
