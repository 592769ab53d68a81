"""Decisions about a document seen again that need the whole stored one, not only its head.

| `lifecycle.decide` says | the whole documents show | decision |
|---|---|---|
| CHANGED | an equal source, another cleaner | REFRESHED |
| CHANGED | a text that changes at every request, kept today already | UNCHANGED |
| REFRESHED | the archive has written the new names already | UNCHANGED, with the hash |
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from wparchive.model.documents import Kind
from wparchive.model.event_records import edited_fields, refreshed_fields
from wparchive.model.lifecycle import (
    Decision,
    decide,
    left_alone,
    refreshed_instead,
    with_fields,
)
from wparchive.model.outcome import Outcome
from wparchive.model.source import is_of_another_cleaner, made_by_cleaner

UNSTEADY_AFTER = 3
"""Versions in a row that came without another date of modification, until a text counts as one
that changes at every request."""
_UNSTEADY_FIELDS = frozenset({"text", "excerpt", "links", "images", "embeds"})
"""Fields that may differ in such a text; a post of which others differ was edited."""


def decide_again(
    kind: Kind, stored: Mapping[str, Any], document: Mapping[str, Any], at: datetime
) -> Decision:
    """Decide what to do with a document seen at `at`; `stored` is the whole one that is held."""
    decision = decide(stored, document, at)
    if decision.outcome is Outcome.CHANGED:
        if made_by_cleaner(kind, stored, document):
            decision = refreshed_instead(decision, stored, at)
        elif kind == "posts":
            return _steadied(decision, stored, document, at)
    if decision.outcome is Outcome.REFRESHED:
        return _refreshed(decision, stored, document, at)
    return decision


def _steadied(
    decision: Decision, stored: Mapping[str, Any], document: Mapping[str, Any], at: datetime
) -> Decision:
    """Return a decision for a new version; of an unsteady text only the first one of a day."""
    same_date = stored["modified_local"] == document["modified_local"]
    if not same_date or not _UNSTEADY_FIELDS.issuperset(edited_fields(stored, document)):
        return with_fields(decision, unsteady=0)
    times = (stored.get("unsteady") or 0) + 1
    if times > UNSTEADY_AFTER and at.date() <= stored["changed_at"].date():
        return left_alone(stored, at)
    return with_fields(decision, unsteady=times)


def _refreshed(
    decision: Decision, stored: Mapping[str, Any], document: Mapping[str, Any], at: datetime
) -> Decision:
    """Return a decision for a refresh; it is counted where an earlier state is to be kept."""
    same_cleaner = not is_of_another_cleaner(stored, document)
    changed = refreshed_fields(stored, document)
    if same_cleaner and not changed:
        # `rename_references` has written names before the posts themselves were seen again.
        return left_alone(stored, at, refresh_hash=document["refresh_hash"])
    if not changed and stored["raw"] == document["raw"]:
        return decision
    return with_fields(decision, refreshes=decision.fields["refreshes"] + 1, refreshed_at=at)
