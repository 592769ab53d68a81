"""Decide what becomes of a document that is seen (again). Pure; all backends carry it out.

| the archive holds | the document seen has | outcome |
|---|---|---|
| nothing | | NEW: inserted |
| the same version, of the same cleaner | the same refresh hash | UNCHANGED: nothing is written |
| the same version, of the same cleaner | another refresh hash | REFRESHED: replaced in place |
| the same version, of another cleaner | | REFRESHED |
| another version, of the same cleaner | | CHANGED: the stored one becomes a revision |
| another version, of another cleaner | an equal source (`source.py`) | REFRESHED |
| another version, of another cleaner | another source | CHANGED |

What is no longer live comes back to life in all cases, also where nothing else changes. A post that
is not public, and is read with credentials, is `unpublished` instead of `live`.
`backends/saving.py` holds the order in which a backend writes.
"""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, cast

from wparchive.model.document_parts import MediaRef
from wparchive.model.documents import Kind, State, state_when_seen
from wparchive.model.history_records import Revision
from wparchive.model.outcome import Outcome
from wparchive.model.run_records import Failure
from wparchive.model.site_records import Site
from wparchive.model.source import is_of_another_cleaner
from wparchive.tuning import inflate

_COUNTED_FIELDS = (
    "state",
    "state_since",
    "first_seen_at",
    "last_seen_at",
    "changed_at",
    "revision",
    "refreshes",
    "refreshed_at",
    "transitions",
)
_HEAD_FIELDS = ("version_hash", "refresh_hash", "cleaner_version", *_COUNTED_FIELDS)
LIFE_CYCLE_FIELDS = (
    *_COUNTED_FIELDS,
    "raw_sha256",
    "unsteady",
)
"""The fields that the store sets; documents come without them. `unsteady` is for posts."""


REFERENCE_FIELDS: Mapping[Kind, str] = {"authors": "author", "media": "featured_media"}
"""The field of a post that names an object of a kind; terms stand in several fields."""


def newest_fields(kind: Kind) -> tuple[str, ...]:
    """Return the fields with the site-local dates of publication and change that a kind has."""
    if kind in ("posts", "media"):
        return ("published_local", "modified_local")
    if kind == "comments":
        return ("published_local",)
    return ()


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision about one document."""

    outcome: Outcome
    fields: dict[str, Any] = field(default_factory=dict)
    """Fields to set: all life-cycle fields when the document is written, else the changed ones, of
    which there are none for a live document."""
    returned: bool = False
    """It is live, and was not before."""
    moved: State | None = None
    """The state that it is in now, where that is another one than before."""

    @property
    def writes(self) -> bool:
        """The whole document is to be written; otherwise only `fields`."""
        return self.outcome is not Outcome.UNCHANGED

    @property
    def keeps_revision(self) -> bool:
        """The stored document is to be copied to `revisions` first."""
        return self.outcome is Outcome.CHANGED


def head_fields(kind: Kind) -> tuple[str, ...]:
    """Return the fields that a backend must read of a stored document to decide: its head."""
    if kind == "posts":
        return (*_HEAD_FIELDS, "duplicate", "unsteady")
    return _HEAD_FIELDS


def stored_time(at: datetime) -> datetime:
    """Return the time as every backend can keep it: UTC, whole milliseconds.

    Raises ValueError without a time zone.
    """
    if at.tzinfo is UTC and not at.microsecond:
        return at  # as nearly all are
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone: times in the archive are UTC")
    return at.astimezone(UTC).replace(microsecond=at.microsecond // 1000 * 1000)


def decide(head: Mapping[str, Any] | None, document: Mapping[str, Any], at: datetime) -> Decision:
    """Decide what to do with a document seen at `at` (see `stored_time`).

    `head` holds the `head_fields` of the stored document; None where there is none. The answer
    CHANGED may still become REFRESHED: see `made_by_cleaner` (`source.py`).
    """
    if head is None:
        return Decision(Outcome.NEW, _first_seen(document, at))
    moved = _moved(head, document)
    seen = _seen_again(head, moved, at)
    # A new version comes first: it also replaces what a refresh would.
    if head["version_hash"] != document["version_hash"]:
        changed = {"changed_at": at, "revision": head["revision"] + 1, "refreshes": 0}
        return Decision(Outcome.CHANGED, _carried(head) | seen | changed, moved == "live", moved)
    same_refresh = head["refresh_hash"] == document["refresh_hash"]
    if not same_refresh or is_of_another_cleaner(head, document):
        return Decision(Outcome.REFRESHED, _carried(head) | seen, moved == "live", moved)
    if moved:
        return Decision(Outcome.UNCHANGED, seen, moved == "live", moved)
    return Decision(Outcome.UNCHANGED)


def as_first_told(head: Mapping[str, Any] | None, decision: Decision, at: datetime) -> Decision:
    """Return a decision as the first try of the same batch made it, for the answer alone.

    The connection may be lost after documents were written and before that is acknowledged. To the
    second try they are unchanged; but they bear the time of the batch, which no other has.
    """
    if head is None or decision.outcome is not Outcome.UNCHANGED or head["last_seen_at"] != at:
        return decision
    if head["first_seen_at"] == at:
        return Decision(Outcome.NEW)
    returned = head["state_since"] == at
    if head["changed_at"] == at:
        return Decision(Outcome.CHANGED, returned=returned)
    if returned and head.get("refreshed_at") != at:
        return Decision(Outcome.UNCHANGED, returned=True)
    return Decision(Outcome.REFRESHED, returned=returned)


def refreshed_instead(decision: Decision, stored: Mapping[str, Any], at: datetime) -> Decision:
    """Return the decision CHANGED as REFRESHED, where `made_by_cleaner` says so."""
    fields = _carried(stored) | _seen_again(stored, decision.moved, at)
    return Decision(Outcome.REFRESHED, fields, decision.returned, decision.moved)


def left_alone(stored: Mapping[str, Any], at: datetime, **fields: Any) -> Decision:
    """Return the decision UNCHANGED, with fields to set nevertheless."""
    moved = _moved(stored, stored)
    if moved:
        fields |= _seen_again(stored, moved, at)
    return Decision(Outcome.UNCHANGED, fields, moved == "live", moved)


def with_fields(decision: Decision, **fields: Any) -> Decision:
    """Return a decision that sets some more fields."""
    return replace(decision, fields=decision.fields | fields)


def document_to_write(
    kind: Kind, document: Mapping[str, Any], decision: Decision, head: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return a document as it is to be written, with its life-cycle fields.

    What a post is known to repeat is kept on a refresh: its text is the same. A new version has to
    be compared again.
    """
    finished = {**document, **decision.fields}
    if "raw_sha256" not in document:  # helper processes have made it ahead
        finished["raw_sha256"] = record_sha256(document["raw"])
    if kind != "posts":
        return finished
    before = head or {}
    finished.setdefault("unsteady", before.get("unsteady") or 0)
    if decision.outcome is Outcome.REFRESHED and "duplicate" in before:
        finished["duplicate"] = before["duplicate"]
    return finished


def _moved(head: Mapping[str, Any], document: Mapping[str, Any]) -> State | None:
    """Return the state of a document that is seen, where it is another one than before."""
    state = state_when_seen(document)
    if state == head["state"]:
        return None
    return state


def _first_seen(document: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    times = dict.fromkeys(("state_since", "first_seen_at", "last_seen_at", "changed_at"), at)
    counts = {"revision": 1, "refreshes": 0, "transitions": 0}
    return {"state": state_when_seen(document), "refreshed_at": None, **counts, **times}


def _seen_again(head: Mapping[str, Any], moved: State | None, at: datetime) -> dict[str, Any]:
    if moved is None:
        return {"last_seen_at": at}
    return {"last_seen_at": at} | state_fields(head, moved, at)


def _carried(head: Mapping[str, Any]) -> dict[str, Any]:
    # All life-cycle fields but `last_seen_at`, which always moves. Documents of early versions lack
    # the counts.
    names = ("state", "state_since", "first_seen_at", "changed_at", "revision")
    counts = {name: head.get(name) or 0 for name in ("refreshes", "transitions")}
    return (
        {name: head[name] for name in names} | counts | {"refreshed_at": head.get("refreshed_at")}
    )


def revision_of(kind: Kind, stored: Mapping[str, Any], at: datetime) -> Revision:
    """Return the version that a document seen at `at` replaces.

    `stored` is the whole document as it stands.
    """
    return Revision(
        _id=f"{stored['_id']}#{stored['revision']}",
        key=stored["_id"],
        kind=kind,
        site=stored["site"],
        type=stored["type"],
        id=stored["id"],
        revision=stored["revision"],
        refreshes=stored.get("refreshes") or 0,
        whole=True,
        from_at=stored["changed_at"],
        until_at=at,
        raw_sha256=stored.get("raw_sha256") or record_sha256(stored["raw"]),
        document=dict(stored),
    )


def state_fields(head: Mapping[str, Any], state: State, at: datetime) -> dict[str, Any]:
    """Return the fields that change with a document's state."""
    transitions = (head.get("transitions") or 0) + 1
    return {"state": state, "state_since": at, "transitions": transitions}


def record_sha256(raw: bytes) -> str:
    """Return the SHA-256 of a record as received, in hexadecimal digits; `raw` is compressed.

    What is no whole record (a document may have been too large to keep it) counts as it is.
    """
    try:
        record = inflate(raw)
    except zlib.error:
        record = raw
    return sha256(record).hexdigest()


def merged_failures(
    stored: Mapping[str, Mapping[str, Any]], failures: Iterable[Failure]
) -> list[Failure]:
    """Return failures as they are to be written, one for each `_id`.

    The first time is kept; `attempts` counts the runs that met the failure.
    """
    merged: dict[str, Mapping[str, Any]] = dict(stored)
    met: dict[str, Failure] = {}
    for failure in failures:
        key = failure["_id"]
        first_at = failure["first_at"]
        attempts = 1
        if before := merged.get(key):
            first_at = before["first_at"]
            attempts = before["attempts"] + (before["run"] != failure["run"])
        met[key] = cast(Failure, {**failure, "first_at": first_at, "attempts": attempts})
        merged[key] = met[key]
    return list(met.values())


def merged_site(stored: Mapping[str, Any] | None, site: Site) -> Site:
    """Return the site as it is to be written: the time when it was first seen is kept."""
    if stored is None:
        return site
    return cast(Site, {**site, "first_seen_at": stored["first_seen_at"]})


def media_ref(named: Mapping[str, Any]) -> MediaRef:
    """Return the reference to an archived term, author or media item.

    `named` has `id`, `slug`, `name` or `title`, and for media `url` and `alt`.
    """
    ref = MediaRef(id=named["id"], name=named.get("name", named.get("title")), slug=named["slug"])
    if named.get("url"):
        ref["url"] = named["url"]
    if named.get("alt"):
        ref["alt"] = named["alt"]
    return ref
