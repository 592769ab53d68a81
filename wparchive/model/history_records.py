"""The shape of what the archive keeps of the past: earlier states of documents, and events."""

from datetime import datetime
from typing import Any, NotRequired, TypedDict

from wparchive.model.documents import EventKind, Kind


class Revision(TypedDict):
    """An earlier state of a document: a version that a later one replaced, or a version as it was
    before a refresh."""

    _id: str
    """`site/type/id#revision` of a version, `site/type/id#revision.refreshes` of a state before a
    refresh."""
    key: str
    """The document's `_id`."""
    kind: Kind
    """The collection that the document is in."""
    site: str
    """The document's site."""
    type: str
    """The document's type."""
    id: int
    """The document's id."""
    revision: int
    """Which version this was."""
    refreshes: NotRequired[int]
    """How often it had been refreshed."""
    whole: NotRequired[bool]
    """Absent, None or True: `document` is whole. False: it holds only the fields that the refresh
    changed, as they were. All other fields are those of the state that follows."""
    from_at: datetime
    """When it was first seen."""
    until_at: datetime
    """When a crawl found that another one had replaced it."""
    raw_sha256: NotRequired[str | None]
    """SHA-256 of its record as received, in hexadecimal digits."""
    document: dict[str, Any]
    """The document as it was. If it is not whole, `raw` is packed with the record of the state that
    follows as a dictionary (zlib's preset dictionary: its last 32 KiB, decompressed)."""


class EventRecord(TypedDict):
    """Something that happened to an object, as a run saw it. Records are only ever added.

    First sightings are no records: they are in `first_seen_at` of the documents.
    """

    _id: str
    """`kind:site/type/id#step`. The step follows from the document as it was before: `edit.2`,
    `refresh.2.1`, `state.1`."""
    key: str
    """The document's `_id`."""
    kind: Kind
    """The collection that the document is in."""
    site: str
    """The document's site."""
    type: str
    """The document's type."""
    id: int
    """The document's id."""
    event: EventKind
    """`edited` (it has another version), `refreshed` (it was rewritten without one), `withdrawn`,
    `deleted`, `returned` (it is live again), `unpublished` (it is not public any more, and was read
    with credentials). An edit that changed the name of a term or an author is `renamed`. A term
    that was deleted is `gone`, and also `merged` if its posts have another term now."""
    at: datetime
    """When the run saw it."""
    run: str | None
    """`_id` of the run; None where it is not known (archives of version 1)."""
    revision: int
    """The version that the document then had."""
    title: str
    """Title or name that the object had then. A comment has the beginning of its text here."""
    link: str | None
    """Its address then."""
    changed: list[str]
    """Names of the fields that differ, for `edited`, `refreshed` and `renamed`."""
    before: str | None
    """The old name, for `renamed`."""
    after: str | None
    """The new name, for `renamed`; the key of the other term, for `merged`."""
