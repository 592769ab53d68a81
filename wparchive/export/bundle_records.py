"""The records of a bundle: read from its lines, and looked at before an archive takes them. Pure.

A bundle may come from anybody. Its records must be what `model/documents.py` says, because neither
database looks at types, and whoever reads an archive relies on them.
"""

import re
import zlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Annotated, Any, NotRequired, TypedDict, get_args, get_origin, get_type_hints
from typing import is_typeddict as is_typed_dict

import msgspec

from wparchive.backends.copying import OF_ONE_SITE, REMOVED
from wparchive.errors import DocumentRejected
from wparchive.model.documents import (
    DOCUMENT_TYPES,
    KINDS,
    RECORD_TYPES,
    StoredDocument,
    TypeReport,
    document_key,
)
from wparchive.model.fields import bare_type, is_optional
from wparchive.model.file_records import EarlierFile, is_digest
from wparchive.model.storable import storable_fields
from wparchive.reading.files import digests_of
from wparchive.text.safe_html import is_safe_html

RAW_BYTES_MAX = 256 << 20
"""A crawl takes answers of 32 MiB unless it is told otherwise; what unpacks to more than this was
made to fill somebody's memory."""
_WHOLE = (*KINDS, REMOVED)
"""Collections of objects of a site; the others are about them, and lack more in early versions."""
_Time = Annotated[datetime, msgspec.Meta(tz=True)]
"""Without a zone, a time would be another one on each machine."""
_Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]


def decoded_record(line: bytes) -> StoredDocument:
    """Return the record in a line as JSON has it. Raises ValueError where it is none at all."""
    try:
        record = msgspec.json.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    if not isinstance(record, dict) or not isinstance(record.get("_id"), str):
        raise ValueError("it has no _id")
    return record


def restored_record(record: StoredDocument, collection: str) -> StoredDocument:
    """Return a record with times and bytes as archives give them.

    Raises ValueError with the cause where a field is not what the data format says.
    """
    restored = _restored(record, _checked_type(collection))
    if collection == "revisions" and restored["kind"] in KINDS:
        type_ = _checked_type(restored["kind"])
        if restored.get("whole") is False:
            type_ = _part_of(DOCUMENT_TYPES[restored["kind"]])
        restored["document"] = _restored(restored["document"], type_, is_closed=False)
    return restored


def require_harmless(record: StoredDocument, collection: str) -> None:
    """Raise ValueError with the cause where a restored record is nothing that a crawl writes."""
    if collection in _WHOLE:
        key = document_key(record["site"], record["type"], record["id"])
        if record["_id"] != key:
            raise ValueError(f"its fields say that it is {key}")
        _require_whole_record(record)
    if collection == "files" and not all(map(is_digest, digests_of(record))):
        raise ValueError("it names no file by its hash")
    document = record.get("document") if collection == "revisions" else record
    html = document.get("html") if isinstance(document, Mapping) else None
    if html and not is_safe_html(html):
        raise ValueError("its html is not the safe HTML that a crawl writes")


def is_record_of(record: StoredDocument, collection: str, site: str) -> bool:
    """Tell whether a record is of a site: another one could replace what other sites have."""
    key = record["_id"]
    if collection in OF_ONE_SITE:
        return bool(key == site)
    if record.get("site") != site:
        return False
    if collection == "events":
        return f":{site}/" in key
    if collection in _WHOLE:
        # Not more parts: `example.com` may not write below `example.com/blog`.
        return re.fullmatch(rf"{re.escape(site)}/[^/]+/[^/]+", key) is not None
    return bool(re.match(rf"{re.escape(site)}[/#@]", key))


def _restored(record: StoredDocument, type_: Any, is_closed: bool = True) -> StoredDocument:
    """Return a record whose fields have the types of a typed dictionary.

    A closed one has no other fields. What is nested stays as it is. Raises ValueError.
    """
    unknown = record.keys() - type_.__annotations__.keys()
    if unknown and is_closed:
        raise ValueError(f"unknown fields: {', '.join(sorted(unknown)[:5])[:200]}")
    try:
        typed: Mapping[str, Any] = msgspec.convert(record, type_)
        # Flags are only texts; given them, it would note there what it has found.
        fields = {name: value for name, value in record.items() if name != "flags"}
        is_storable = storable_fields(fields) == fields
    except (msgspec.MsgspecError, DocumentRejected, RecursionError) as error:
        raise ValueError(str(error)) from error
    if not is_storable:
        raise ValueError("it holds signs or numbers that no database takes")
    return {name: _top_value(value, typed.get(name)) for name, value in record.items()}


def _top_value(value: Any, typed: Any) -> Any:
    """Return a time or bytes in the place of their text; any other value as it is."""
    return typed if isinstance(value, str) and typed is not None else value


def _require_whole_record(record: StoredDocument) -> None:
    """Raise ValueError where `raw` is not one whole compressed record, of a size to be read."""
    if not record["raw"]:
        return
    unpacker = zlib.decompressobj()
    try:
        unpacker.decompress(record["raw"], RAW_BYTES_MAX)
    except zlib.error as error:
        raise ValueError(f"its raw record is damaged ({error})") from error
    if not unpacker.eof or unpacker.unused_data:
        raise ValueError("its raw record is cut off, or unpacks to too much")


@cache
def _checked_type(collection: str) -> Any:
    """Return the type of a collection's records, as lenient as what archives hold."""
    type_ = RECORD_TYPES["posts" if collection == REMOVED else collection]
    fields = _checked_fields(type_, lists_may_lack=collection not in _WHOLE)
    deeper: Mapping[tuple[str, str], Any] = {
        ("runs", "types"): list[_part_of(TypeReport)],  # type: ignore[misc]
        ("files", "earlier"): list[_checked(EarlierFile)],  # type: ignore[misc]
    }
    fields |= {name: value for (of, name), value in deeper.items() if of == collection}
    if collection == REMOVED:
        fields["removed_at"] = _Time
    return TypedDict(collection, fields)  # type: ignore[operator]


@cache
def _part_of(type_: Any) -> Any:
    """Return the type of a part of a dictionary, in which all fields may be missing or None."""
    fields = _checked_fields(type_)
    parts = {name: NotRequired[_inner(field) | None] for name, field in fields.items()}
    return TypedDict(f"part of {type_.__name__}", parts)  # type: ignore[operator]


def _inner(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is NotRequired else annotation


def _checked_fields(type_: Any, lists_may_lack: bool = False) -> dict[str, Any]:
    """Return the fields of a typed dictionary, each with the type that it must have.

    What may be missing may be None as well: so it is in what comes from SQLite. `lists_may_lack`
    says that of lists, too: reports and sites of early versions have fewer of them.
    """
    fields: dict[str, Any] = {}
    for name, annotation in get_type_hints(type_).items():
        checked = _checked(annotation)
        is_list = get_origin(bare_type(annotation)) is list
        if name not in type_.__required_keys__ or (lists_may_lack and is_list):
            checked = NotRequired[checked | None]
        fields[name] = checked
    return fields


def _checked(annotation: Any) -> Any:
    """Return an annotation with times that have a zone, and lenient nested dictionaries."""
    type_ = bare_type(annotation)
    if is_typed_dict(type_):
        type_ = _checked_nested(type_)
    elif get_origin(type_) is list:
        type_ = list[_checked(get_args(type_)[0])]  # type: ignore[misc]
    elif type_ is datetime:
        type_ = _Time
    elif type_ is int:
        type_ = _Int64
    return type_ | None if is_optional(annotation) else type_


@cache
def _checked_nested(type_: Any) -> Any:
    return TypedDict(type_.__name__, _checked_fields(type_))  # type: ignore[operator]
