"""The tables that exports write: the kinds of things that an archive holds, and their columns.

The columns are derived from `wparchive/model/record_types.py`, so that no format can lack a field.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, cast, get_type_hints

from wparchive.errors import InvalidQuery
from wparchive.model.document_parts import Ref
from wparchive.model.history_records import Revision
from wparchive.model.record_types import DOCUMENT_TYPES
from wparchive.reading.events import Event
from wparchive.reading.views import iso_time, ref_name
from wparchive.text.marks import without_controls

PLUGIN_FIELD = "extra."
"""The beginning of the name of a column that is a plugin's field."""
_ALL_PLUGIN_FIELDS = f"{PLUGIN_FIELD}*"
_MOST_HELD = 10_000
"""Names of plugin fields that are remembered, to name one that is like a misspelt one."""
_NAMES_SAID = 3
_TYPES: Mapping[str, type] = {
    **dict(DOCUMENT_TYPES.items()),
    "revisions": Revision,
    "events": Event,
}
_TIMES = {"events": "at", "revisions": "from_at"}
"""By kind, the field with the time of a row; of other kinds it is `published_at`, if any."""
_INTERNAL_FIELDS = frozenset({"position"})


@dataclass(frozen=True, slots=True)
class ExportTable:
    """A table to be written: documents of one kind, and the fields that become columns."""

    kind: str = "posts"
    fields: tuple[str, ...] = ()
    """Names of fields, plugin fields as `extra.NAME`. Empty for all fields of the kind."""
    raw: bool = False
    """True for the records as received, too."""

    def annotations(self) -> dict[str, Any]:
        """Return the columns in their order, each with the annotation of its field."""
        known = _annotations(self.kind)
        names = self.fields or tuple(known)
        return {name: known.get(name, str) for name in names}

    def stored_fields(self) -> tuple[str, ...]:
        """Return all fields of the kind by the names under which the archive holds them."""
        return tuple(
            name for name in get_type_hints(_TYPES[self.kind]) if name not in _INTERNAL_FIELDS
        )

    @property
    def time_field(self) -> str | None:
        """Return the field with the time of a row; None where the kind has none."""
        name = _TIMES.get(self.kind, "published_at")
        if name not in _annotations(self.kind):
            return None
        return name


@cache
def _annotations(kind: str) -> dict[str, Any]:
    """Return the fields of a kind with their annotations; `_id` gets a plain name."""
    own_key = "key"
    if kind == "revisions":
        own_key = "revision_key"  # `key` is that of the document
    found = {}
    for name, annotation in get_type_hints(_TYPES[kind]).items():
        if name == "_id":
            name = own_key
        if name != "raw" and name not in _INTERNAL_FIELDS:
            found[name] = annotation
    return found


def table_of(
    kind: str, fields: Iterable[str], documents: Iterable[Mapping[str, Any]], raw: bool = False
) -> ExportTable:
    """Return the table that somebody asks for.

    A pattern such as `extra.*` or `extra.acf.*` stands for the plugin fields that the documents
    have; only then are these iterated. Raises InvalidQuery, also for a pattern that fits nothing.
    """
    table = ExportTable(kind, raw=raw)
    names = tuple(dict.fromkeys(name.strip() for name in fields if name.strip()))
    for name in names:
        _require_field(kind, name)
    patterns = [name for name in names if name.startswith(PLUGIN_FIELD) and "*" in name]
    if not patterns:
        return replace(table, fields=names)
    held = sorted({PLUGIN_FIELD + name for one in documents for name in _plugin_fields(one)})
    for pattern in patterns:
        # `extra.*` asks for what there is; another pattern that fits nothing is misspelt.
        if not any(fnmatchcase(field, pattern) for field in held) and (
            pattern != _ALL_PLUGIN_FIELDS or len(names) == 1
        ):
            raise _no_such_field(kind, pattern, held)
    return replace(table, fields=tuple(dict.fromkeys(_expanded(names, held))))


def with_fields_checked(
    documents: Iterable[Mapping[str, Any]], table: ExportTable
) -> Iterable[Mapping[str, Any]]:
    """Return the documents, with an error at their end for a plugin field that none of them had.

    The error is InvalidQuery. What an archive holds is not asked for before: that would be another
    pass over all documents.
    """
    asked = {name for name in table.fields if name.startswith(PLUGIN_FIELD)}
    if not asked:
        return documents
    return _checked(documents, table.kind, asked)


def _checked(
    documents: Iterable[Mapping[str, Any]], kind: str, missing: set[str]
) -> Iterator[Mapping[str, Any]]:
    held: set[str] = set()
    is_empty = True
    for document in documents:
        is_empty = False
        if missing:
            names = {PLUGIN_FIELD + name for name in _plugin_fields(document)}
            missing = missing - names
            if len(held) < _MOST_HELD:
                held |= names
        yield document
    if missing and not is_empty:
        raise _no_such_field(kind, min(missing), sorted(held))


def _plugin_fields(document: Mapping[str, Any]) -> Iterator[str]:
    return (field["k"] for field in document.get("extra") or ())


def _no_such_field(kind: str, name: str, held: list[str]) -> InvalidQuery:
    """Return the error for a plugin field that no selected document has."""
    message = f"none of the selected {kind} has the plugin field {name!r}"
    if alike := get_close_matches(name, held, _NAMES_SAID):
        return InvalidQuery(f"{message}: did you mean {' or '.join(map(repr, alike))}?")
    if not held:
        return InvalidQuery(f"{message}, nor any other one")
    said = ", ".join(held[:_NAMES_SAID])
    if len(held) > _NAMES_SAID:
        said += f" and {len(held) - _NAMES_SAID:,} more"
    return InvalidQuery(f"{message}; they have {said} ({_ALL_PLUGIN_FIELDS} for all)")


def _expanded(names: Iterable[str], held: list[str]) -> Iterator[str]:
    for name in names:
        if name.startswith(PLUGIN_FIELD) and "*" in name:
            yield from (field for field in held if fnmatchcase(field, name))
        else:
            yield name


def _require_field(kind: str, name: str) -> None:
    """Raise InvalidQuery for a field that the kind does not have."""
    known = [*_annotations(kind), *_MADE_COLUMNS.get(kind, ())]
    has_plugin_fields = "extra" in known
    if name in known or (has_plugin_fields and name.startswith(PLUGIN_FIELD)):
        return
    message = f"{kind} have no field {name!r}"
    if near := _near_field(name, known):
        message += f": did you mean {near!r}?"
    else:
        message += f"; they have {', '.join(known)}"
        if has_plugin_fields:
            message += ", and plugin fields as extra.NAME (extra.* for all)"
    raise InvalidQuery(message)


def _near_field(name: str, known: list[str]) -> str | None:
    """Return the field that somebody may have meant; None where none is near."""
    plain = name.strip().lower()
    meant = [field for field in _SYNONYMS.get(plain, "").split() if field in known]
    return next(iter([*meant, *get_close_matches(plain, known, 1)]), None)


_SYNONYMS = {
    "url": "link address",
    "uri": "link",
    "permalink": "link",
    "address": "link url",
    "date": "published_at at started_at",
    "time": "published_at at",
    "published": "published_at",
    "created": "published_at first_seen_at",
    "pubdate": "published_at",
    "updated": "modified_at",
    "modified": "modified_at",
    "changed": "modified_at",
    "content": "text html",
    "body": "text html",
    "summary": "excerpt description",
    "headline": "title",
    "name": "title author_name",
    "category": "categories",
    "tag": "tags",
    "writer": "author",
    "by": "author",
    "lang": "language",
    "words": "word_count",
    "length": "word_count",
    "image": "featured_media images",
    "picture": "featured_media images",
    "thumbnail": "featured_media",
    "_id": "key",
    "source_url": "link url",
    "copy_of": "duplicate_of",
    "event": "what",
    "kind": "type what",
}
"""Fields that other programs call by another name; the first one that a kind has is meant."""
_MADE_COLUMNS = {"posts": ("duplicate_of", "duplicate_kind")}
"""By kind, the columns that are made of a part of a field."""
_DUPLICATE_PARTS = {"duplicate_of": "of", "duplicate_kind": "kind"}


def field_value(document: Mapping[str, Any], name: str) -> Any:
    """Return the value of a column of a document; None where it has none."""
    if name.startswith(PLUGIN_FIELD):
        return plugin_value(document, name.removeprefix(PLUGIN_FIELD))
    if name in _DUPLICATE_PARTS:
        return (document["duplicate"] or {}).get(_DUPLICATE_PARTS[name])
    if name == "revision_key" or (name == "key" and "key" not in document):
        name = "_id"
    return document.get(name)


def plugin_value(document: Mapping[str, Any], name: str) -> Any:
    """Return the value of a plugin's field; None where the document has none of that name."""
    for field in document.get("extra") or ():
        if field["k"] == name:
            return field["v"]
    return None


def cell_value(value: Any) -> Any:
    """Return a value as one cell: names of references, times as ISO 8601, JSON for the rest."""
    if isinstance(value, datetime):
        return iso_time(value)
    if isinstance(value, bool):
        # 1 and 0 are the same to all programs. `True` is Python's own word.
        return int(value)
    if isinstance(value, Mapping) and "name" in value and "slug" in value:
        return ref_name(cast(Ref, value))
    if isinstance(value, (list, tuple)):
        parts = [cell_value(part) for part in value]
        if all(isinstance(part, str) for part in parts) and not _holds_objects(value, parts):
            return "; ".join(parts)
    if isinstance(value, (list, tuple, Mapping)):
        return json_text(value)
    return value


def _holds_objects(values: Iterable[Any], parts: Iterable[Any]) -> bool:
    """Tell whether an object of a list has no name, and would be JSON in the middle of a cell."""
    return any(
        isinstance(value, Mapping) and part.startswith("{")
        for value, part in zip(values, parts, strict=True)
    )


def json_text(value: Any) -> str:
    """Return a value as JSON."""
    return json.dumps(value, ensure_ascii=False, default=_json_value)


def _json_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso_time(value)
    return None  # bytes: what is compressed has no place in a text


def spreadsheet_text(value: Any) -> Any:
    """Return a value that no spreadsheet takes for a formula: a text of a site may begin like one.

    An apostrophe before it is the usual sign for "this is text" (OWASP, CSV injection). Signs that
    do something to a terminal or to the text around them are left out.
    """
    if isinstance(value, str):
        value = without_controls(value)
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\n")):
        return f"'{value}"
    return value
