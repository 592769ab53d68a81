"""What becomes of a document that is seen (again): pure decisions that both backends carry out.

The order in which a backend must write is: the revision, then the document. A kill in between leaves the old document and a
revision that equals it; the next run decides the same again and overwrites that revision, whose `_id` is derived.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from wparchive.backends.store import Outcome
from wparchive.model.documents import Failure, Kind, MediaRef, Revision, Site, State

HEAD_FIELDS = (
    "version_hash",
    "refresh_hash",
    "state",
    "state_since",
    "first_seen_at",
    "changed_at",
    "revision",
)
"""What a backend must read of a stored document to decide."""
LIFE_CYCLE_FIELDS = (
    "state",
    "state_since",
    "first_seen_at",
    "last_seen_at",
    "changed_at",
    "revision",
)
"""What the store sets; documents come without these."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with one document."""

    outcome: Outcome
    fields: dict[str, Any] = field(default_factory=dict)
    """Fields to set: all life-cycle fields when the document is written, only the changed ones when it is not."""
    returned: bool = False
    """It was withdrawn or deleted."""

    @property
    def writes(self) -> bool:
        """The whole document is to be written; otherwise only `fields`."""
        return self.outcome is not Outcome.UNCHANGED

    @property
    def keeps_revision(self) -> bool:
        """The stored document is to be copied to `revisions` first."""
        return self.outcome is Outcome.CHANGED

    @property
    def keeps_duplicate(self) -> bool:
        """What the archive knows of the post as a duplicate still holds."""
        return self.outcome is Outcome.REFRESHED


def moment(at: datetime) -> datetime:
    """The time as both backends can keep it: UTC, whole milliseconds. Raises ValueError without a time zone."""
    if at.tzinfo is UTC and not at.microsecond:
        return at  # as nearly all are
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone: times in the archive are UTC")
    return at.astimezone(UTC).replace(microsecond=at.microsecond // 1000 * 1000)


def decide(head: Mapping[str, Any] | None, document: Mapping[str, Any], at: datetime) -> Decision:
    """What to do with a document seen at `at` (see `moment`), where the archive holds `head` (its `HEAD_FIELDS`) or nothing."""
    if head is None:
        first = {
            "state": "live",
            "state_since": at,
            "first_seen_at": at,
            "last_seen_at": at,
            "changed_at": at,
            "revision": 1,
        }
        return Decision(Outcome.NEW, first)
    returned = head["state"] != "live"
    seen = {"last_seen_at": at} | ({"state": "live", "state_since": at} if returned else {})
    if head["version_hash"] != document["version_hash"]:
        fields = _carried(head) | seen | {"changed_at": at, "revision": head["revision"] + 1}
        return Decision(Outcome.CHANGED, fields, returned)
    if head["refresh_hash"] != document["refresh_hash"]:
        return Decision(Outcome.REFRESHED, _carried(head) | seen, returned)
    return Decision(Outcome.UNCHANGED, seen, returned)


def _carried(head: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: head[name]
        for name in ("state", "state_since", "first_seen_at", "changed_at", "revision")
    }


def revision_of(kind: Kind, stored: Mapping[str, Any], at: datetime) -> Revision:
    """The version that a document seen at `at` replaces. `stored` is the whole document as it stands."""
    return Revision(
        _id=f"{stored['_id']}#{stored['revision']}",
        key=stored["_id"],
        kind=kind,
        site=stored["site"],
        type=stored["type"],
        id=stored["id"],
        revision=stored["revision"],
        from_at=stored["changed_at"],
        until_at=at,
        document=dict(stored),
    )


def state_fields(state: State, at: datetime) -> dict[str, Any]:
    """What marking a document of another state sets."""
    return {"state": state, "state_since": at}


def merged_failures(
    stored: Mapping[str, Mapping[str, Any]], failures: Iterable[Failure]
) -> list[Failure]:
    """Failures as they are to be written, one for each `_id`: the first time is kept, attempts count the runs that met it."""
    merged: dict[str, Mapping[str, Any]] = dict(stored)
    met: dict[str, Failure] = {}
    for failure in failures:
        before = merged.get(failure["_id"])
        attempts = 1 if before is None else before["attempts"] + (before["run"] != failure["run"])
        first_at = failure["first_at"] if before is None else before["first_at"]
        met[failure["_id"]] = cast(Failure, {**failure, "first_at": first_at, "attempts": attempts})
        merged[failure["_id"]] = met[failure["_id"]]
    return list(met.values())


def merged_site(stored: Mapping[str, Any] | None, site: Site) -> Site:
    """The site as it is to be written: when it was first seen is kept."""
    return (
        site if stored is None else cast(Site, {**site, "first_seen_at": stored["first_seen_at"]})
    )


def media_ref(named: Mapping[str, Any]) -> MediaRef:
    """The reference that an archived term, author or media item answers for: `id`, `name` (or `title`), `slug`, `url`, `alt`."""
    ref = MediaRef(id=named["id"], name=named.get("name", named.get("title")), slug=named["slug"])
    if named.get("url"):
        ref["url"] = named["url"]
    if named.get("alt"):
        ref["alt"] = named["alt"]
    return ref
