"""Make the records of `events`: what happened to objects at their sites, as runs saw it.

The `_id` of an event follows from the document that it happened to, as it stood before. A run that
was killed between the event and the document leaves an event that the next run writes again, with
its own time, or replaces. Readers pass over events that the document has not reached: see
`is_reached`.

That an object was archived for the first time is no record: `first_seen_at` of the document says
so. `arrival` makes the event of it.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from wparchive.model.blocks import text_of_blocks
from wparchive.model.documents import REWRITTEN_FIELDS, EventKind, Kind, State
from wparchive.model.history_records import EventRecord, Revision
from wparchive.model.lifecycle import LIFE_CYCLE_FIELDS
from wparchive.model.source import is_of_another_cleaner

FROM_THE_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""Since when an archive that was never of version 1 keeps every change."""
_UNTOLD = frozenset(
    {
        "_id",
        "raw",
        "extra",
        "flags",
        "html",
        "blocks",
        "word_count",
        "removed_words",
        "has",
        "link_domains",
        "embed_providers",
        "language_confidence",
        "language_source",
        "content_fingerprint",
        "sketch",
        "sketch_version",
        "version_hash",
        "refresh_hash",
        "cleaner_version",
        "duplicate",
        "search_ahead",
        *LIFE_CYCLE_FIELDS,
    }
)
"""Fields that follow from others, change with every request, or are the archive's own."""
_TEXTS = frozenset({"title", "text", "excerpt", "name", "description", "caption"})
"""Fields of which every change by the site makes a version, so that a refresh cannot concern them:
a difference is the work of the archive, which left out or took back what recurs on the site."""
_TITLES: Mapping[Kind, str] = {
    "posts": "title",
    "terms": "name",
    "authors": "name",
    "media": "title",
    "comments": "text",
}
# A title in an event is for people: it says which object, also after that one is gone.
_TITLE_LENGTH = 200


def title_fields(kind: Kind) -> tuple[str, str]:
    """Return the fields of a document that `title_of` and an event need, besides its identity."""
    return "link", _TITLES[kind]


def event_fields(kind: Kind) -> tuple[str, ...]:
    """Return the fields of a document that its events need, besides its key."""
    times = ("revision", "state", "state_since", "first_seen_at")
    return ("site", "type", "id", *title_fields(kind), *times)


_LATE_FIELDS = ("authors", "translations")
"""Fields that documents of earlier versions lack: that they are there now is no edit."""


def title_of(kind: Kind, document: Mapping[str, Any]) -> str:
    """Return what a document of any kind is called in a list."""
    return str(document[_TITLES[kind]])[:_TITLE_LENGTH]


def edited_fields(stored: Mapping[str, Any], document: Mapping[str, Any]) -> list[str]:
    """Return the names of the fields that differ between two versions, sorted."""
    names = (stored.keys() | document.keys()) - _UNTOLD - {"text"}
    names -= {name for name in _LATE_FIELDS if stored.get(name) is None}
    changed = {name for name in names if stored.get(name) != document.get(name)}
    if _site_text(stored, document) != _site_text(document, stored):
        changed.add("text")
    return sorted(changed)


def _site_text(document: Mapping[str, Any], other: Mapping[str, Any]) -> str | None:
    """Return the text of a version with what the archive left out of it.

    Where the other version has no blocks to be compared with, it is the text as it stands.
    """
    blocks = document.get("blocks")
    if blocks and other.get("blocks"):
        return text_of_blocks(blocks, with_removed=True)
    text: str | None = document.get("text")
    return text


def refreshed_fields(stored: Mapping[str, Any], document: Mapping[str, Any]) -> list[str]:
    """Return the names of the fields that the site changed without making a version, sorted.

    What another cleaner makes of a record does not count: it may make fields that were not there.
    """
    ignored = set(_TEXTS)
    if is_of_another_cleaner(stored, document):
        ignored |= set(REWRITTEN_FIELDS)
    return [name for name in edited_fields(stored, document) if name not in ignored]


def _event(
    kind: Kind,
    document: Mapping[str, Any],
    step: str,
    event: EventKind,
    at: datetime,
    run: str | None,
) -> EventRecord:
    return EventRecord(
        _id=f"{kind}:{document['_id']}#{step}",
        key=document["_id"],
        kind=kind,
        site=document["site"],
        type=document["type"],
        id=document["id"],
        event=event,
        at=at,
        run=run,
        revision=document.get("revision") or 1,
        title=title_of(kind, document),
        link=document["link"],
        changed=[],
        before=None,
        after=None,
    )


def edit_of(
    kind: Kind, stored: Mapping[str, Any], written: Mapping[str, Any], run: str | None
) -> EventRecord:
    """Return the event that one version replaced another; both are whole documents.

    A term or an author that has another name was renamed.
    """
    step = f"edit.{written['revision']}"
    changed = edited_fields(stored, written)
    found = _event(kind, written, step, "edited", written["changed_at"], run)
    found["changed"] = changed
    if "name" in changed:
        found["event"] = "renamed"
        found["before"] = stored["name"]
        found["after"] = written["name"]
    return found


def refresh_of(
    kind: Kind, stored: Mapping[str, Any], written: Mapping[str, Any], run: str | None
) -> EventRecord:
    """Return the event that a document was rewritten without a new version."""
    step = f"refresh.{written['revision']}.{written['refreshes']}"
    found = _event(kind, written, step, "refreshed", written["refreshed_at"], run)
    found["changed"] = refreshed_fields(stored, written)
    return found


def transition_of(
    kind: Kind,
    document: Mapping[str, Any],
    state: State,
    number: int,
    at: datetime,
    run: str | None,
) -> EventRecord:
    """Return the event of a document's change to a state, its `number`-th one."""
    event: EventKind = "returned"
    if state != "live":
        event = state
    if kind == "terms" and state == "deleted":
        event = "gone"
    return _event(kind, document, f"state.{number}", event, at, run)


def merge_of(gone: EventRecord, other: str) -> EventRecord:
    """Return the event that the posts of a deleted term have the term with the key `other` now."""
    number = gone["_id"].rpartition(".")[2]
    return {
        **gone,
        "_id": f"{gone['kind']}:{gone['key']}#merged.{number}",
        "event": "merged",
        "after": other,
    }


def arrival(kind: Kind, document: Mapping[str, Any], run: str | None = None) -> EventRecord:
    """Return the event that an object was archived for the first time."""
    found = _event(kind, document, "new", "new", document["first_seen_at"], run)
    found["revision"] = 1
    return found


def state_after(event: EventRecord) -> State | None:
    """Return the state that an event brought; None where it changed no state."""
    states: Mapping[EventKind, State] = {
        "returned": "live",
        "withdrawn": "withdrawn",
        "deleted": "deleted",
        "unpublished": "unpublished",
        "gone": "deleted",
    }
    return states.get(event["event"])


def is_reached(
    event: EventRecord, document: Mapping[str, Any], earlier: Iterable[Revision]
) -> bool:
    """Tell whether a document has taken the step that an event announced.

    It has not where a run was killed between the two. `earlier` are the earlier states of the
    document: an edit or a refresh has happened when one of them ended at its time.
    """
    step = event["_id"].rpartition("#")[2]
    name, _, number = step.partition(".")
    if name in ("state", "merged"):
        return int(number) <= (document.get("transitions") or 0)
    ends = {_step_after(record): record["until_at"] for record in earlier}
    return ends.get(step) == event["at"]


def _step_after(record: Revision) -> str:
    """Return the step that ended an earlier state."""
    if record.get("whole") is False:
        return f"refresh.{record['revision']}.{(record.get('refreshes') or 0) + 1}"
    return f"edit.{record['revision'] + 1}"


def events_before_version_2(
    revisions: Iterable[Mapping[str, Any]],
    documents: Iterable[tuple[Kind, Mapping[str, Any]]],
) -> Iterator[EventRecord]:
    """Yield what an archive of version 1 can still tell: its edits, and the last changes of state.

    `revisions` come without their documents. Of `documents`, only those in another state than at
    first are needed.
    """
    by_key = {(kind, document["_id"]): document for kind, document in documents}
    for revision in revisions:
        document = by_key.get((revision["kind"], revision["key"]))
        if document is not None:
            step = f"edit.{revision['revision'] + 1}"
            found = _event(revision["kind"], document, step, "edited", revision["until_at"], None)
            found["revision"] = revision["revision"] + 1
            yield found
    for (kind, _), document in by_key.items():
        if document["state"] != "live" or document["state_since"] > document["first_seen_at"]:
            # Earlier changes were not kept; this one is the first that is known.
            since = document["state_since"]
            yield transition_of(kind, document, document["state"], 0, since, None)
