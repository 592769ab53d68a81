"""Documents as rows of an SQLite archive, derived from `wparchive/model/record_types.py`.

There is one column for each field. Times that the archive notes are `2025-07-15T10:20:05.123Z`,
times that a site states are `2025-07-15T10:20:05Z` (WordPress knows no fractions). Each column has
text of one width, so that it sorts and compares as time. Nested values are JSON; the sketch is
packed 64-bit integers, `blocks` is compressed JSON; `author_id` and the like repeat a part of the
JSON beside them.
"""

import array
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal, cast, get_origin, get_type_hints

import msgspec

from wparchive.errors import ArchiveDamaged
from wparchive.model.documents import BULKY_FIELDS, Kind, StoredDocument
from wparchive.model.fields import bare_type
from wparchive.model.record_types import DOCUMENT_TYPES, RECORD_TYPES
from wparchive.tuning import deflate, inflate

Codec = Literal["plain", "bool", "seconds", "millis", "json", "deflated", "integers"]

KEY_COLUMNS = {"revisions": "revision_key", "events": "event_key"}
"""The column of `_id` in tables that have the key of a document as well; `key` in all others."""
PARTS: dict[str, tuple[str, ...]] = {
    "author": ("id", "name", "slug"),
    "featured_media": ("id", "url"),
    "duplicate": ("of", "kind"),
}
"""Parts of nested values that analysts filter by: `author.id` is the column `author_id` too."""
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
    """A column and the field that it holds; `part` is set where it repeats a part of a field."""

    name: str
    field: str
    sql_type: str
    codec: Codec
    part: str | None = None


def iso_seconds(time: datetime) -> str:
    """Return a time as `2025-07-15T10:20:05Z`.

    Raises OverflowError where it would fall outside the years 1 to 9999 in UTC.
    """
    # Without the offset, in whose place stands Z.
    return _utc(time).isoformat(timespec="seconds")[:19] + "Z"


def iso_millis(time: datetime) -> str:
    """Return a time as `2025-07-15T10:20:05.123Z`. Raises as `iso_seconds` does."""
    return _millis(_utc(time))


@lru_cache(maxsize=8)  # a whole batch was seen at the same time
def _millis(utc: datetime) -> str:
    return utc.isoformat(timespec="milliseconds")[:23] + "Z"


def _utc(time: datetime) -> datetime:
    if time.tzinfo is UTC:
        return time
    return time.astimezone(UTC)


def pack(integers: list[int]) -> bytes:
    """Return signed 64-bit integers as bytes, little endian."""
    packed = array.array("q", integers)
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


def unpack(blob: bytes) -> list[int]:
    """Return the integers that `pack` packed."""
    packed = array.array("q", blob)
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tolist()


def deflated_json(value: object) -> bytes:
    """Return a value as compressed JSON."""
    return deflate(msgspec.json.encode(value))


def inflated_json(blob: bytes) -> Any:
    """Return what `deflated_json` packed; an empty list for no bytes, as old rows have them."""
    if not blob:
        return []
    return msgspec.json.decode(inflate(blob))


def to_json(value: object) -> str:
    """Return a value as compact JSON text; other alphabets are not escaped."""
    return msgspec.json.encode(value).decode()


ENCODE: dict[Codec, Callable[[Any], Any]] = {
    "seconds": iso_seconds,
    "millis": iso_millis,
    "json": to_json,
    "deflated": deflated_json,
    "integers": pack,
}
DECODE: dict[Codec, Callable[[Any], Any]] = {
    "bool": bool,
    "seconds": datetime.fromisoformat,
    "millis": datetime.fromisoformat,
    "json": msgspec.json.decode,
    "deflated": inflated_json,
    "integers": unpack,
}


def _typed(name: str, annotation: Any) -> tuple[str, Codec]:
    """Return the SQL type and the codec of a field, by its annotation."""
    type_ = bare_type(annotation)
    if type_ is datetime:
        if name in SITE_TIMES:
            return "TEXT", "seconds"
        return "TEXT", "millis"
    if type_ is bool:
        return "INTEGER", "bool"
    if type_ in SQL_TYPES:
        return SQL_TYPES[type_], "plain"
    if get_origin(type_) is Literal:
        return "TEXT", "plain"
    if type_ == list[int]:
        return "BLOB", "integers"
    if name == "blocks":
        return "BLOB", "deflated"
    return "TEXT", "json"


def _column_name(table: str, field: str) -> str:
    if field != "_id":
        return field
    return KEY_COLUMNS.get(table, "key")


def _columns(table: str) -> tuple[Column, ...]:
    hints = get_type_hints(RECORD_TYPES[table])
    columns: list[Column] = []
    for field in sorted(hints, key=_rank):
        sql_type, codec = _typed(field, hints[field])
        columns.append(Column(_column_name(table, field), field, sql_type, codec))
        if codec == "json":
            columns += [_part_column(field, part) for part in PARTS.get(field, ())]
    return tuple(columns)


def _rank(field: str) -> int:
    """Return the place of a bulky field among the last columns; -1 for all others."""
    if field in BULKY_FIELDS:
        return BULKY_FIELDS.index(field)
    return -1


def _part_column(field: str, part: str) -> Column:
    sql_type = "INTEGER" if part == "id" else "TEXT"
    return Column(f"{field}_{part}", field, sql_type, "plain", part)


TABLE_COLUMNS: dict[str, tuple[Column, ...]] = {table: _columns(table) for table in RECORD_TYPES}
ADDED_DEFAULTS = {
    "cleaner_version": "0",
    "blocks": "x''",
    "has": "'[]'",
    "link_domains": "'[]'",
    "embed_providers": "'[]'",
    "authors": "'[]'",
    "translations": "'[]'",
}
"""What rows of earlier versions have in columns that were added later; in others they have NULL."""


_FIELD_TYPES = {kind: get_type_hints(type_) for kind, type_ in DOCUMENT_TYPES.items()}
_SOURCES: dict[str, tuple[tuple[str, str | None, Callable[[Any], Any] | None], ...]] = {
    table: tuple((column.field, column.part, ENCODE.get(column.codec)) for column in columns)
    for table, columns in TABLE_COLUMNS.items()
}
"""Where the value of each column comes from: the field, its part, and the encoding function."""


def to_row(table: str, document: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the document's values in the order of `TABLE_COLUMNS[table]`."""
    row: list[Any] = []
    for field, part, encode in _SOURCES[table]:
        value = document.get(field)
        if value is not None:
            if encode:
                value = encode(value)
            elif part:
                value = value.get(part)
        row.append(value)
    return tuple(row)


def encoders(table: str) -> dict[str, Callable[[Any], Any]]:
    """Return the functions that make the values of single fields storable, by field."""
    return {
        column.field: ENCODE.get(column.codec, _unchanged)
        for column in TABLE_COLUMNS[table]
        if column.part is None
    }


def _unchanged(value: Any) -> Any:
    return value


def from_row(table: str, row: sqlite3.Row | Mapping[str, Any]) -> StoredDocument:
    """Return the document of a row that was selected with (some or all of) its columns.

    Absent columns are absent fields. A revision's `document` comes back with its own times and
    bytes.
    """
    document: StoredDocument = {}
    names = row.keys()
    # A row finds a value by its name only by comparing names.
    values = list(row)
    if isinstance(row, Mapping):
        values = list(row.values())
    for place, field, decode in _fields_of(table, tuple(names)):
        value = values[place]
        if decode is not None and value is not None:
            value = decode(value)
        document[field] = value
    if table == "revisions" and "document" in names:
        document["document"] = _kept_document(cast(Kind, row["kind"]), row["document"])
    return document


class RowDocument(Mapping[str, Any]):
    """The document of a row, of which each field is decoded when it is first asked for.

    Another process gets it as the row that it is, and decodes there what it asks for.
    """

    __slots__ = ("_fields", "_found", "_names", "_table", "_values")

    def __init__(self, table: str, names: tuple[str, ...], values: tuple[Any, ...]) -> None:
        """Take a row of a table: the names of its columns, and their values."""
        self._table = table
        self._names = names
        self._values = values
        self._fields = _fields_by_name(table, names)
        self._found: StoredDocument = {}

    def __getitem__(self, name: str) -> Any:
        if name in self._found:
            return self._found[name]
        place, decode = self._fields[name]
        value = self._values[place]
        if decode is not None and value is not None:
            value = decode(value)
        self._found[name] = value
        return value

    def __contains__(self, name: object) -> bool:
        return name in self._fields

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __reduce__(self) -> tuple[Any, ...]:
        return RowDocument, (self._table, self._names, self._values)


def read_row(table: str, row: sqlite3.Row) -> StoredDocument:
    """Return the document of a row. Raises ArchiveDamaged for a damaged one."""
    try:
        return from_row(table, row)
    except (ValueError, msgspec.MsgspecError) as error:
        raise ArchiveDamaged(
            f"a row of {table} is damaged ({error}): restore a copy of the archive's file, "
            "or save what is there with sqlite3's .recover"
        ) from error


@lru_cache(maxsize=256)  # there are as many as statements that select rows
def _fields_of(
    table: str, names: tuple[str, ...]
) -> tuple[tuple[int, str, Callable[[Any], Any] | None], ...]:
    """Return the columns of a statement that make fields: place, field, decoding."""
    return tuple(
        (names.index(column.name), column.field, DECODE.get(column.codec))
        for column in TABLE_COLUMNS[table]
        if column.part is None and column.name in names
    )


@lru_cache(maxsize=16)
def _fields_by_name(
    table: str, names: tuple[str, ...]
) -> dict[str, tuple[int, Callable[[Any], Any] | None]]:
    return {field: (place, decode) for place, field, decode in _fields_of(table, names)}


def _kept_document(kind: Kind, text: str) -> StoredDocument:
    """Return the document of a revision, whole or in part, with its times and bytes."""
    document: StoredDocument = msgspec.json.decode(text)
    for name, type_ in _FIELD_TYPES[kind].items():
        # In a part of a document, None also stands for what an earlier version did not have.
        if document.get(name) is not None:
            document[name] = msgspec.convert(document[name], type_, strict=False)
    return document
