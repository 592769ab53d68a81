"""Saving a batch of documents: the steps and their order, the same for all backends.

    batch = batch_of(kind, documents)                               make them storable
    fates = await save_batch(session, kind, batch.documents, at)    write them
    return batch.written(fates)                                     answer in the order of the call

The first and the last step are in `storable_batch.py`. A backend brings a `Session` (`session.py`),
with nothing in it but the statements of its database.
"""

from collections.abc import Container, Mapping, Sequence
from datetime import datetime

from wparchive.backends.session import Errors, Session, put_events
from wparchive.backends.storable_batch import StorableDocument, fields_to_rewrite, opened, refused
from wparchive.model.documents import Kind, State, StoredDocument, document_key
from wparchive.model.earlier import earlier_state, state_before_refresh
from wparchive.model.event_records import (
    edit_of,
    merge_of,
    refresh_of,
    refreshed_fields,
    transition_of,
)
from wparchive.model.features import FEATURE_FIELDS
from wparchive.model.history_records import EventRecord, Revision
from wparchive.model.lifecycle import (
    Decision,
    as_first_told,
    decide,
    document_to_write,
    state_fields,
)
from wparchive.model.outcome import Outcome, Written
from wparchive.model.references import CARRIERS, is_renamed, successor_of, with_new_names
from wparchive.model.second_look import decide_again

_RENAMED_AT_ONCE = 200
"""Documents that get a new name together."""
_INDEXED_FIELDS = ("title", "text", "sketch", *FEATURE_FIELDS)
"""The fields that cleaning makes and by which posts are found."""


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
    decisions, stored = await _decided(session, kind, documents, heads, at)
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


async def _decided(
    session: Session,
    kind: Kind,
    documents: Mapping[str, StoredDocument],
    heads: Mapping[str, StoredDocument],
    at: datetime,
) -> tuple[dict[str, Decision], Mapping[str, StoredDocument]]:
    """Decide what to do with each document; return also those that are to be replaced."""
    decisions = {key: decide(heads.get(key), document, at) for key, document in documents.items()}
    # A head is too small to tell an edit from the work of a new cleaner; an earlier state needs the
    # whole document anyway.
    stored = await session.stored([key for key in heads if decisions[key].writes])
    for key, before in stored.items():
        # Decided again, because `wparchive reclean` may have written since the heads were read.
        decisions[key] = decide_again(kind, before, documents[key], at)
    return decisions, stored


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
        # WordPress records no merge. The posts that lost this term and all got the same one tell.
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
    """Return what became of each document: as it was decided, or refused by the database."""
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
    cleaned = {key: fields_to_rewrite(document) for key, document in documents.items()}
    stored = await session.rewritable(cleaned)
    same = {
        key: fields
        for key, fields in cleaned.items()
        # A crawl may have written while the document was cleaned in another process.
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


def is_indexed_anew(kind: Kind, fields: Container[str]) -> bool:
    """Tell whether a document has to be indexed again where these fields of it change."""
    return kind == "posts" and any(name in fields for name in _INDEXED_FIELDS)
