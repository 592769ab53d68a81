"""Earlier states of a document: what is kept of each, and how they are read again.

A version that another one replaced is kept whole. Of a state before a refresh only the fields are
kept that the refresh changed, and its record packed with the record of the next state as a
dictionary: most of them differ in a date, so that a few bytes tell the difference.
"""

import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from wparchive.model.documents import REWRITTEN_FIELDS, Kind, StoredDocument
from wparchive.model.history_records import Revision
from wparchive.model.lifecycle import Decision, record_sha256, revision_of
from wparchive.model.outcome import Outcome
from wparchive.model.source import is_of_another_cleaner

_DICTIONARY_BYTES = 32 * 1024
"""What zlib uses of a preset dictionary: its end."""
_KEPT_APART = frozenset({"raw", "duplicate", "search_ahead", "search"})
"""Fields of no part in a difference: the record, which is packed, and what is no part of the
history (a mark that says which post this one repeats is the archive's own)."""


def earlier_state(
    kind: Kind,
    decision: Decision,
    stored: Mapping[str, Any],
    written: Mapping[str, Any],
    at: datetime,
) -> Revision | None:
    """Return what is to be kept of a document that is about to be replaced at `at`.

    `stored` and `written` are whole. None where the decision replaces nothing that the site made.
    """
    if decision.keeps_revision:
        return revision_of(kind, stored, at)
    if decision.outcome is not Outcome.REFRESHED:
        return None
    if decision.fields["refreshes"] == (stored.get("refreshes") or 0):
        return None
    return state_before_refresh(kind, stored, written, at)


def state_before_refresh(
    kind: Kind, stored: Mapping[str, Any], written: Mapping[str, Any], at: datetime
) -> Revision:
    """Return what a refresh at `at` takes away from a document; both are whole.

    Where another cleaner wrote, its texts count as those of the earlier state as well: they are a
    better reading of the same record, as after `wparchive reclean`.
    """
    found = revision_of(kind, stored, at)
    found["_id"] = f"{found['_id']}.{found['refreshes']}"
    found["whole"] = False
    found["from_at"] = stored.get("refreshed_at") or stored["changed_at"]
    ignored = set(_KEPT_APART)
    if is_of_another_cleaner(stored, written):
        ignored |= set(REWRITTEN_FIELDS)
    document: StoredDocument = {
        name: stored.get(name)
        for name in stored.keys() | written.keys()
        if name not in ignored and stored.get(name) != written.get(name)
    }
    if stored["raw"] != written["raw"]:
        document["raw"] = packed_record(stored["raw"], written["raw"])
    found["document"] = document
    return found


def packed_record(raw: bytes, next_raw: bytes) -> bytes:
    """Return a compressed record packed with the one that follows it as a dictionary."""
    packer = zlib.compressobj(9, zdict=_dictionary(next_raw))
    return packer.compress(_unpacked(raw)) + packer.flush()


def unpacked_record(packed: bytes, next_raw: bytes) -> bytes:
    """Return the compressed record that `packed_record` packed. Raises zlib.error."""
    unpacker = zlib.decompressobj(zdict=_dictionary(next_raw))
    return zlib.compress(unpacker.decompress(packed) + unpacker.flush())


def _dictionary(raw: bytes) -> bytes:
    # zlib takes no empty dictionary.
    return _unpacked(raw)[-_DICTIONARY_BYTES:] or b"{}"


def _unpacked(raw: bytes) -> bytes:
    """Return a record as it was received; empty where a document was too large to keep it."""
    if not raw:
        return b""
    return zlib.decompress(raw)


def earlier_states(
    current: Mapping[str, Any], kept: Iterable[Revision]
) -> list[tuple[Revision, StoredDocument]]:
    """Return the earlier states of a document, oldest first, each with its whole document.

    `kept` are all records of the document; those of a run that was killed before it had replaced
    the document are passed over.
    """
    found: list[tuple[Revision, StoredDocument]] = []
    following = dict(current)
    for record in reversed(reached_states(current, kept)):
        following = _earlier_document(record, following)
        found.append((record, following))
    return found[::-1]


def reached_states(current: Mapping[str, Any], kept: Iterable[Revision]) -> list[Revision]:
    """Return the records that really precede the document, oldest first."""
    standing = (current["revision"], current.get("refreshes") or 0)
    reached: dict[tuple[int, int], Revision] = {}
    ends: dict[int, int] = {}
    for record in kept:
        place = (record["revision"], record.get("refreshes") or 0)
        is_whole = record.get("whole") is not False
        if is_whole and record["revision"] < current["revision"]:
            ends[record["revision"]] = place[1]
        # A state that is kept both ways was first to be refreshed, by a run that was killed, and
        # then replaced: it is the whole one that happened.
        if (is_whole and place[0] < standing[0]) or (not is_whole and place < standing):
            if is_whole or place not in reached:
                reached[place] = record
    return [
        reached[place] for place in sorted(reached) if place[1] <= ends.get(place[0], standing[1])
    ]


def _earlier_document(record: Revision, following: Mapping[str, Any]) -> StoredDocument:
    """Return the document of an earlier state. Raises zlib.error where a record is damaged."""
    if record.get("whole") is not False:
        return record["document"]
    document = {**following, **record["document"]}
    packed = record["document"].get("raw")
    if packed is not None:
        document["raw"] = unpacked_record(packed, following["raw"])
    return document


def damaged_states(current: Mapping[str, Any], kept: Iterable[Revision]) -> list[str]:
    """Return the `_id` of each earlier state whose record is not the one that came."""
    damaged: list[str] = []
    following: Mapping[str, Any] = current
    for record in reversed(reached_states(current, kept)):
        try:
            following = _earlier_document(record, following)
            is_whole = record.get("raw_sha256") in (None, record_sha256(following["raw"]))
        except (zlib.error, TypeError):
            # What was packed with a damaged record cannot be read either. Somebody may have put
            # text in place of bytes.
            is_whole = False
        if not is_whole:
            damaged.append(record["_id"])
    return damaged
