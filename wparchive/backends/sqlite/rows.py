"""How a document becomes a row of an SQLite archive and comes back, derived from `wparchive/model/documents.py`.

One column for each field. Times that the archive notes are `2025-07-15T10:20:05.123Z`, times that a site states are
`2025-07-15T10:20:05Z` (WordPress knows no fractions): text of one width in each column, so that it sorts and compares as time.
Nested values are JSON; the sketch is packed 64-bit integers; `author_id` and the like repeat a part of the JSON beside them.
"""

import array
import sqlite3
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from types import NoneType
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints

import msgspec

from wparchive.model.documents import DOCUMENT_TYPES, RECORD_TYPES, Kind

Codec = Literal["plain", "bool", "seconds", "millis", "json", "integers"]

PARTS: dict[str, tuple[str, ...]] = {
    "author": ("id", "name", "slug"),
    "featured_media": ("id", "url"),
    "duplicate": ("of", "kind"),
}
"""Parts of nested values that analysts filter by: `author.id` becomes the column `author_id` too."""
BULKY = (
    "extra",
    "links",
    "images",
    "embeds",
    "sketch",
    "description",
    "excerpt",
    "text",
    "html",
    "document",
    "raw",
)
"""Stored last, so that reading the small columns of a row does not touch its overflow pages."""
SITE_TIMES = frozenset({"published_at", "modified_at"})
SQL_TYPES: dict[type, str] = {
    str: "TEXT",
    int: "INTEGER",
    bool: "INTEGER",
    float: "REAL",
    bytes: "BLOB",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column and the field it holds; `part` is set where it repeats one part of a nested field."""

    name: str
    field: str
    sql_type: str
    codec: Codec
    part: str | None = None


def iso_seconds(moment: datetime) -> str:
    """`2025-07-15T10:20:05Z`. Raises OverflowError where UTC would fall outside the years 1 to 9999."""
    return _utc(moment).isoformat(timespec="seconds")[:19] + "Z"


def iso_millis(moment: datetime) -> str:
    """`2025-07-15T10:20:05.123Z`. Raises OverflowError where UTC would fall outside the years 1 to 9999."""
    return _millis(_utc(moment))


@lru_cache(maxsize=8)
def _millis(utc: datetime) -> str:
    """A whole batch was seen at the same time."""
    return utc.isoformat(timespec="milliseconds")[:23] + "Z"


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def pack(integers: list[int]) -> bytes:
    """Signed 64-bit integers, little endian."""
    packed = array.array("q", integers)
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


def unpack(blob: bytes) -> list[int]:
    """The reverse of `pack`."""
    packed = array.array("q", blob)
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tolist()


def to_json(value: object) -> str:
    """Compact JSON text, not escaped."""
    return msgspec.json.encode(value).decode()


ENCODE: dict[Codec, Callable[[Any], Any]] = {
    "seconds": iso_seconds,
    "millis": iso_millis,
    "json": to_json,
    "integers": pack,
}
DECODE: dict[Codec, Callable[[Any], Any]] = {
    "bool": bool,
    "seconds": datetime.fromisoformat,
    "millis": datetime.fromisoformat,
    "json": msgspec.json.decode,
    "integers": unpack,
}


def _typed(name: str, annotation: Any) -> tuple[str, Codec]:
    """SQL type and codec of a field, by its annotation."""
    (type_,) = (
        [a for a in get_args(annotation) if a is not NoneType]
        if NoneType in get_args(annotation)
        else [annotation]
    )
    if type_ is datetime:
        return "TEXT", "seconds" if name in SITE_TIMES else "millis"
    if get_origin(type_) is Literal:
        return "TEXT", "plain"
    if type_ == list[int]:
        return "BLOB", "integers"
    return (
        (SQL_TYPES[type_], "bool" if type_ is bool else "plain")
        if type_ in SQL_TYPES
        else ("TEXT", "json")
    )


def _column_name(table: str, field: str) -> str:
    if field != "_id":
        return field
    return "revision_key" if table == "revisions" else "key"


def _columns(table: str) -> tuple[Column, ...]:
    hints = get_type_hints(RECORD_TYPES[table])
    ordered = sorted(hints, key=lambda name: BULKY.index(name) if name in BULKY else -1)
    columns: list[Column] = []
    for field in ordered:
        columns.append(Column(_column_name(table, field), field, *_typed(field, hints[field])))
        columns += [
            Column(f"{field}_{p}", field, "INTEGER" if p == "id" else "TEXT", "plain", p)
            for p in _parts(field, columns[-1])
        ]
    return tuple(columns)


def _parts(field: str, column: Column) -> tuple[str, ...]:
    return PARTS.get(field, ()) if column.codec == "json" else ()


COLUMNS: dict[str, tuple[Column, ...]] = {table: _columns(table) for table in RECORD_TYPES}


_SOURCES: dict[str, tuple[tuple[str, str | None, Callable[[Any], Any] | None], ...]] = {
    table: tuple((column.field, column.part, ENCODE.get(column.codec)) for column in columns)
    for table, columns in COLUMNS.items()
}
"""Where the value of each column comes from: field, part of it, and what makes it storable."""


def to_row(table: str, document: Mapping[str, Any]) -> tuple[Any, ...]:
    """The document's values in the order of `COLUMNS[table]`."""
    row: list[Any] = []
    for field, part, encode in _SOURCES[table]:
        value = document[field]
        if value is not None:
            if encode:
                value = encode(value)
            elif part:
                value = value.get(part)
        row.append(value)
    return tuple(row)


def from_row(table: str, row: sqlite3.Row | Mapping[str, Any]) -> dict[str, Any]:
    """The document of a row that was selected with (some or all of) its columns; absent columns are absent fields.

    A revision's `document` comes back with its own times and bytes.
    """
    document: dict[str, Any] = {}
    names = set(row.keys())
    for column in COLUMNS[table]:
        if column.part is None and column.name in names:
            value = row[column.name]
            decode = DECODE.get(column.codec)
            document[column.field] = decode(value) if decode and value is not None else value
    if table == "revisions" and "document" in names:
        document["document"] = msgspec.json.decode(
            row["document"], type=DOCUMENT_TYPES[cast(Kind, row["kind"])], strict=False
        )
    return document
