"""Making documents and records storable: what no database takes is replaced and flagged.

| found | becomes | flag |
|---|---|---|
| lone surrogate in a text | U+FFFD | `surrogates` |
| NUL in a text | U+FFFD | `nul` |
| integer beyond 64 bits | the same digits as text | `big_integers` |
| NaN, infinity | None | `not_finite` |
| a time outside the years 1 to 9999 in UTC | None | `bad_dates` |
| nesting beyond 60 levels | None from there on | `too_deep` |
| a document beyond 11 MiB | parts emptied, text cut, at last raw emptied | `html_dropped`, ... |

All of it can be made again from `raw`, which is the last to go. The limit leaves room for the
search tokens in MongoDB's 16 MB. Both backends apply the same rules, so that a document is the same
in both. The rules for single values are in `storable_values.py`.
"""

from array import array
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import NoneType
from typing import Any, ClassVar, get_type_hints

import msgspec

from wparchive.errors import DocumentRejected
from wparchive.model.documents import Kind, document_key
from wparchive.model.lifecycle import LIFE_CYCLE_FIELDS, stored_time
from wparchive.model.record_types import DOCUMENT_TYPES
from wparchive.model.storable_values import (
    INT64,
    bounded_decoder,
    storable_float,
    storable_integer,
    storable_text,
)
from wparchive.tuning import deflate, inflate

# MongoDB takes 16 MB. Up to 4 MB of search tokens and the life-cycle fields come on top.
MAX_DOCUMENT_BYTES = 11 * 1024 * 1024
_SHRINK_RESERVE = 1024
"""Bytes for the flags that shrinking adds, and for small values that are longer in BSON."""
# MongoDB takes 100 levels. A document is kept inside a revision, some levels deeper.
MAX_NESTING = 60
DERIVED_FIELDS = ("blocks", "html", "links", "images", "embeds", "extra")
"""The fields that are emptied in a document that is too big, in this order: exports need `html`."""

IDENTITY_FIELDS = frozenset({"_id", "site", "type", "version_hash", "refresh_hash"})
_GIVEN_FIELDS: dict[Kind, frozenset[str]] = {
    kind: frozenset(get_type_hints(type_)) - {*LIFE_CYCLE_FIELDS, "duplicate"}
    for kind, type_ in DOCUMENT_TYPES.items()
}
"""The fields that a document may come with."""
REQUIRED_FIELDS: dict[Kind, frozenset[str]] = {
    kind: _GIVEN_FIELDS[kind] & type_.__required_keys__  # type: ignore[attr-defined]
    for kind, type_ in DOCUMENT_TYPES.items()
}


_encode = msgspec.json.Encoder().encode
_decode = bounded_decoder(6).decode
"""Six levels: by field, lists of objects, and the rows of cells of those that are tables."""


def compress(raw: bytes) -> bytes:
    """Return a record as the field `raw` keeps it, in the format of zlib."""
    return deflate(raw)


def decompress(blob: bytes) -> bytes:
    """Return a record as it was received. Raises zlib.error."""
    return inflate(blob)


def storable_document(kind: Kind, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy that both databases take, with flags that say what was replaced.

    Raises DocumentRejected where the identity is wrong, a field is missing or unknown, or a value
    is no data at all.
    """
    _check(kind, document)
    copy, sanitiser = _sanitise(document)
    if sanitiser.size > MAX_DOCUMENT_BYTES:
        # `_sanitise` may overestimate the size; ask again, exactly.
        copy, sanitiser = _sanitise_part_by_part(document)
    if sanitiser.size > MAX_DOCUMENT_BYTES:
        _shrink(copy, sanitiser)
    copy["flags"] += sorted(sanitiser.flags.difference(copy["flags"]))
    if kind == "posts":
        copy.setdefault("duplicate", None)
    return copy


def storable_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of some fields of a document that both databases take.

    Flags are only added where `flags` is among the fields. Raises DocumentRejected for what is no
    data.
    """
    copy, sanitiser = _sanitise(fields)
    if "flags" in copy:
        copy["flags"] += sorted(sanitiser.flags.difference(copy["flags"]))
    return copy


def _check(kind: Kind, document: Mapping[str, Any]) -> None:
    key = document.get("_id")
    absent = REQUIRED_FIELDS[kind] - document.keys()
    unknown = document.keys() - _GIVEN_FIELDS[kind] - {"duplicate"}
    if absent or unknown:
        raise DocumentRejected(
            f"{key!r} is not a document of {kind}: "
            f"missing {sorted(absent)}, unknown {sorted(unknown)}"
        )
    id_ = document["id"]
    # Not `isinstance`: `True` is an integer, too, and no id.
    if type(id_) is not int or id_ not in INT64:
        raise DocumentRejected(f"{key!r} has the id {id_!r}: expected an integer of 64 bits")
    expected = document_key(document["site"], document["type"], id_)
    if key != expected:
        raise DocumentRejected(f"{key!r} is not {expected!r}, which its fields say")


def storable_record(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of a site, a run or a failure that both databases take.

    Times inside nested values become ISO text, as JSON would have them.
    """
    sanitiser = _Sanitiser()
    copy: dict[str, Any] = {}
    for name, value in record.items():
        if not isinstance(value, datetime):
            value = _times_as_text(value)
        copy[name] = sanitiser.value(value, name)
    return copy


def _times_as_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: _times_as_text(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_times_as_text(part) for part in value]
    return value


_Rule = Callable[[Any, Any, str, int], Any]


class _Sanitiser:
    """A copier that replaces what no database takes, and notes how, and how big the copies are."""

    def __init__(self) -> None:
        self.flags: set[str] = set()
        self.size = 0
        """Bytes in BSON, rounded up."""

    def value(self, value: Any, where: str, depth: int = 0) -> Any:
        """Return a copy. Raises DocumentRejected for what is no data.

        `where` is the name of the field that holds the value, for messages.
        """
        self.size += 16
        # The exact type settles nearly all values in one look-up.
        rule = self._RULES.get(type(value)) or self._rule_of(value, where)
        return rule(self, value, where, depth)

    def _rule_of(self, value: Any, where: str) -> _Rule:
        """Return the rule of the type that the value's type is derived from."""
        for type_, rule in self._RULES.items():
            if isinstance(value, type_):
                return rule
        raise DocumentRejected(f"field {where!r} holds a {type(value).__name__}, which is no data")

    def _as_it_is(self, value: Any, where: str, depth: int) -> Any:
        return value

    def _text(self, value: str, where: str, depth: int) -> str:
        # The strings of BeautifulSoup and lxml are objects with more in them than their text.
        text = storable_text(str.__str__(value), self.flags)
        encoded = text.encode()
        if b"\x00" in encoded:
            self.flags.add("nul")
            text = text.replace("\x00", "\ufffd")
            encoded = text.encode()
        self.size += len(encoded)
        return text

    def _integer(self, value: int, where: str, depth: int) -> int | str:
        return storable_integer(value, self.flags)

    def _float(self, value: float, where: str, depth: int) -> float | None:
        return storable_float(value, self.flags)

    def _bytes(self, value: bytes, where: str, depth: int) -> bytes:
        self.size += len(value)
        return value

    def _time(self, value: datetime, where: str, depth: int) -> datetime | None:
        try:
            return stored_time(value)
        except ValueError as error:
            raise DocumentRejected(f"field {where!r}: {error}") from None
        except OverflowError:
            self.flags.add("bad_dates")
            return None

    def _list(self, value: Sequence[Any], where: str, depth: int) -> list[Any] | None:
        if where == "sketch":
            return self._sketch(value)
        if self._is_too_deep(depth):
            return None
        return [self.value(part, where, depth + 1) for part in value]

    def _sketch(self, value: Sequence[Any]) -> list[Any]:
        self.size += 16 * len(value)
        try:
            # An array takes integers of 64 bits and nothing else, and tests them all at once.
            return array("q", value).tolist()
        except (TypeError, OverflowError) as error:
            raise DocumentRejected(
                f"field 'sketch' holds more than integers of 64 bits: {error}"
            ) from None

    def _mapping(self, value: Mapping[Any, Any], where: str, depth: int) -> dict[str, Any] | None:
        if self._is_too_deep(depth):
            return None
        return {
            self._text(str(name), where, depth): self.value(part, where, depth + 1)
            for name, part in value.items()
        }

    def _is_too_deep(self, depth: int) -> bool:
        if depth < MAX_NESTING:
            return False
        self.flags.add("too_deep")
        return True

    _RULES: ClassVar[Mapping[type, _Rule]] = {
        str: _text,
        int: _integer,
        bool: _as_it_is,
        NoneType: _as_it_is,
        dict: _mapping,
        list: _list,
        tuple: _list,
        bytes: _bytes,
        float: _float,
        datetime: _time,
    }


def _sanitise_part_by_part(record: Mapping[str, Any]) -> tuple[dict[str, Any], _Sanitiser]:
    """Return a storable copy and what was found; slow, obvious, and exact about the size."""
    sanitiser = _Sanitiser()
    copy = {name: sanitiser.value(value, name) for name, value in record.items()}
    return copy, sanitiser


def _sanitise(record: Mapping[str, Any]) -> tuple[dict[str, Any], _Sanitiser]:
    """Return what `_sanitise_part_by_part` returns, fast; the size may be up to 9 times too big.

    Nested values are copied by a detour through JSON, which msgspec does in C, where they hold
    nothing to replace. That is so in nearly all documents.
    """
    nested = {
        name: value
        for name, value in record.items()
        if isinstance(value, (list, dict)) and name != "sketch"
    }
    copied = _copied_by_json(nested)
    if copied is None:
        return _sanitise_part_by_part(record)
    copies, json_bytes = copied
    sanitiser = _Sanitiser()
    sanitiser.size = 9 * json_bytes  # two bytes of JSON, such as `0,`, may count as 16
    copy: dict[str, Any] = {}
    for name, value in record.items():
        copy[name] = copies[name] if name in copies else sanitiser.value(value, name)
    return copy, sanitiser


def _copied_by_json(nested: dict[str, Any]) -> tuple[dict[str, Any], int] | None:
    """Return a copy and its length as JSON; None where something may have to be replaced.

    Times, NaN and whatever else JSON does not know come back as something else.
    """
    try:
        text = _encode(nested)
        copy: dict[str, Any] = _decode(text)
    except (TypeError, ValueError, RecursionError, msgspec.MsgspecError):
        return None
    if copy != nested or b"\\u0000" in text:
        return None
    return copy, len(text)


def _size(value: Any) -> int:
    sanitiser = _Sanitiser()
    sanitiser.value(value, "")
    return sanitiser.size


def _shrink(document: dict[str, Any], sanitiser: _Sanitiser) -> None:
    """Empty what can be made again until the document is within `MAX_DOCUMENT_BYTES`."""
    # What can be made again from `raw` goes first, then the ends of the longest texts.
    over = sanitiser.size - MAX_DOCUMENT_BYTES + _SHRINK_RESERVE
    for name in DERIVED_FIELDS:
        if over > 0 and document.get(name):
            over -= _size(document[name])
            document[name] = type(document[name])()
            sanitiser.flags.add(f"{name}_dropped")
    for name in _texts_by_length(document):
        if over > 0:
            # A database counts bytes. Half a character at the cut is left out.
            kept = document[name].encode()[:-over].decode(errors="ignore")
            over -= _size(document[name]) - _size(kept)
            document[name] = kept
            sanitiser.flags.add("truncated")
    if over > 0:
        over -= len(document["raw"])
        document["raw"] = b""
        sanitiser.flags.add("raw_dropped")
    if over > 0:
        raise DocumentRejected(
            f"{document['_id']!r} is {over} bytes beyond {MAX_DOCUMENT_BYTES} "
            "with nothing left to leave out"
        )


def _texts_by_length(document: Mapping[str, Any]) -> list[str]:
    """Return the names of the text fields that may be cut, the longest first."""
    texts = [
        name
        for name, value in document.items()
        if isinstance(value, str) and name not in IDENTITY_FIELDS
    ]
    return sorted(texts, key=lambda name: -len(document[name]))
