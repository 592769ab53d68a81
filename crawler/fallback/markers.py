"""The mark in a record that says where it was read, where that is not the API alone. Pure."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from wparchive.model.documents import Completeness, PostSource

MARKER = "_wparchive"
"""The member of a record that says where it was read, where that is not the API alone."""
LEVELS: tuple[Completeness, ...] = get_args(Completeness)
"""From the most to the least."""
_SOURCES = frozenset(get_args(PostSource))


def with_page_content(raw: bytes, content: str, modified: str) -> bytes:
    """Return a record of the API with the content of its public page behind all its members.

    `modified` is the record's own date of change: from another date on the content may be old.
    """
    marker: dict[str, Any] = {"source": "api+page", "content": content, "modified": modified}
    lacking = [part for part in lacking_parts(raw) if part != "content"]
    if lacking:
        marker["without"] = lacking
    return _marked(raw, marker)


def without_parts(raw: bytes, lacking: Iterable[str]) -> bytes:
    """Return a part of a record, with a mark that says what the site could not send of it.

    Raises ValueError for what is no object.
    """
    return _marked(raw, {"source": "api", "without": list(lacking)})


def lacking_parts(raw: bytes) -> list[str]:
    """Return what the site could not send of a record; nothing for a whole one."""
    # Nearly all records are whole, and need not be decoded to see that.
    if b'"without"' not in raw or f'"{MARKER}"'.encode() not in raw:
        return []
    try:
        return _lacking(json.loads(raw).get(MARKER))
    except (ValueError, AttributeError, RecursionError):
        return []


def _lacking(marker: Any) -> list[str]:
    """Return what a record lacks by its marker."""
    lacking = marker.get("without") if isinstance(marker, dict) else None
    return [str(name) for name in lacking] if isinstance(lacking, list) else []


def _marked(raw: bytes, marker: Mapping[str, Any]) -> bytes:
    """Return a record with a marker behind all its members."""
    member = json.dumps({MARKER: marker}, ensure_ascii=False).encode("utf-8", "replace")
    # The rest of the record stays as it was received, byte for byte.
    body, brace, _ = raw.rpartition(b"}")
    if not brace:
        raise ValueError("the record is no object")
    comma = b"" if body.rstrip().endswith(b"{") else b","
    return body + comma + member[1:]


def source_fields(marker: Any) -> dict[str, Any]:
    """Return the fields of an item that a record's marker sets; none where it has none."""
    if not isinstance(marker, dict) or str(marker.get("source")) not in _SOURCES:
        return {}
    if marker["source"] == "api":
        lacks_content = "content" in _lacking(marker)
        return {"completeness": "address"} if lacks_content else {}
    fields: dict[str, Any] = {"source": marker["source"], "completeness": "record"}
    if marker["source"] == "api+page":
        fields["content_rendered"] = str(marker.get("content") or "")
    elif str(marker.get("completeness")) in LEVELS:
        fields["completeness"] = marker["completeness"]
    return fields


def source_flags(record: Mapping[str, Any]) -> list[str]:
    """Return the flags of a record that its marker calls for."""
    marker = record.get(MARKER)
    if _lacking(marker):
        return ["incomplete"]
    if not isinstance(marker, dict) or not source_fields(marker):
        return []
    if marker.get("zone") == "unknown":
        return ["zone_unknown"]
    if marker.get("source") != "api+page":
        return []
    if marker.get("modified") == (record.get("modified_gmt") or ""):
        return []
    return ["page_outdated"]


def marker_of(raw: bytes) -> Mapping[str, Any] | None:
    """Return the marker of a record; None where it comes from the API alone."""
    if f'"{MARKER}"'.encode() not in raw:
        return None
    try:
        marker = json.loads(raw).get(MARKER)
    except (ValueError, AttributeError, RecursionError):
        return None
    return marker if source_fields(marker).get("source") else None
