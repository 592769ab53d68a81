"""What no database will take, made storable before it is asked: the record is kept, and flagged where something had to give.

| found | becomes | flag |
|---|---|---|
| lone surrogate in a text | U+FFFD | `surrogates` |
| NUL in a text | U+FFFD | `nul` |
| integer beyond 64 bits | the same digits as text | `big_integers` |
| NaN, infinity | None | `not_finite` |
| a time outside the years 1 to 9999 in UTC | None | `bad_dates` |
| nesting beyond 60 levels | None from there on | `too_deep` |
| a document beyond 11 MiB | html, then links, images, embeds and extra emptied, then text cut, then raw | `html_dropped`, ... |

All of it can be made again from `raw`, which is the last to go. The limit leaves room for the search tokens in MongoDB's 16 MB.
Both backends apply the same rules, so that a document is the same in both.
"""

import zlib
from array import array
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import NoneType
from typing import Any, ClassVar, get_type_hints

import msgspec

from wparchive.errors import DocumentRejected
from wparchive.model.documents import DOCUMENT_TYPES, Kind, document_key
from wparchive.model.lifecycle import LIFE_CYCLE_FIELDS, moment
from wparchive.model.storable_values import (
    INT64,
    bounded_decoder,
    storable_float,
    storable_integer,
    storable_text,
)

try:
    from isal import (
        isal_zlib as fast_zlib,
    )  # comes with the extra `crawl` on the machines that it is built for
except ImportError:
    fast_zlib = None  # type: ignore[assignment]

MAX_BYTES = 11 * 1024 * 1024
MAX_DEPTH = 60
DERIVED = ("html", "links", "images", "embeds", "extra")
"""What goes first from a document that is too big, in this order."""

IDENTITY = frozenset({"_id", "site", "type", "version_hash", "refresh_hash"})
REQUIRED: dict[Kind, frozenset[str]] = {
    kind: frozenset(get_type_hints(type_)) - {*LIFE_CYCLE_FIELDS, "duplicate"}
    for kind, type_ in DOCUMENT_TYPES.items()
}


_encode = msgspec.json.Encoder().encode
_decode = bounded_decoder(3).decode  # lists of objects, by field


def compress(raw: bytes) -> bytes:
    """The record as `raw` keeps it: zlib's format, whoever writes it."""
    return fast_zlib.compress(raw, 3) if fast_zlib else zlib.compress(raw, 4)


def decompress(blob: bytes) -> bytes:
    """The record as received. Raises zlib.error."""
    return zlib.decompress(blob)


def storable(kind: Kind, document: Mapping[str, Any]) -> dict[str, Any]:
    """A copy that both databases take, with the flags of what had to give.

    Raises DocumentRejected where the identity is wrong, a field is missing or unknown, or a value is no data at all.
    """
    _check(kind, document)
    mender: _Mender = _Copier()
    copy = mender.copy(document)
    if mender.size > MAX_BYTES:
        mender = _Mender()
        copy = mender.copy(document)
    if mender.size > MAX_BYTES:
        _shrink(copy, mender)
    copy["flags"] += sorted(mender.flags.difference(copy["flags"]))
    if kind == "posts":
        copy.setdefault("duplicate", None)
    return copy


def _check(kind: Kind, document: Mapping[str, Any]) -> None:
    key = document.get("_id")
    missing, unknown = (
        REQUIRED[kind] - document.keys(),
        document.keys() - REQUIRED[kind] - {"duplicate"},
    )
    if missing or unknown:
        raise DocumentRejected(
            f"{key!r} is not a document of {kind}: missing {sorted(missing)}, unknown {sorted(unknown)}"
        )
    id_ = document["id"]
    if type(id_) is not int or id_ not in INT64:
        raise DocumentRejected(f"{key!r} has the id {id_!r}: expected an integer of 64 bits")
    if key != document_key(document["site"], document["type"], id_):
        raise DocumentRejected(
            f"{key!r} is not {document_key(document['site'], document['type'], id_)!r}, which its fields say"
        )


def plain(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record of ours (site, run, failure) made storable; times inside nested values become ISO text, as JSON would have them."""
    mender = _Mender()
    return {
        k: mender.mended(v if isinstance(v, datetime) else _texted(v), k) for k, v in record.items()
    }


def _texted(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {k: _texted(v) for k, v in value.items()}
    return [_texted(v) for v in value] if isinstance(value, (list, tuple)) else value


_Mend = Callable[[Any, Any, str, int], Any]


class _Mender:
    """Copies values, mending what needs it; notes how, and how big the copies are."""

    def __init__(self) -> None:
        self.flags: set[str] = set()
        self.size = 0
        """Bytes in BSON, rounded up."""

    def copy(self, record: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self.mended(value, name) for name, value in record.items()}

    def mended(self, value: Any, where: str, depth: int = 0) -> Any:
        """`where` is the top-level field, for messages. Raises DocumentRejected for what is no data."""
        self.size += 16
        mend = self._MENDS.get(type(value)) or self._mend_of(value, where)
        return mend(self, value, where, depth)

    def _mend_of(self, value: Any, where: str) -> _Mend:
        """Of the type that the value's type is derived from."""
        for type_, mend in self._MENDS.items():
            if isinstance(value, type_):
                return mend
        raise DocumentRejected(f"field {where!r} holds a {type(value).__name__}, which is no data")

    def _as_it_is(self, value: Any, where: str, depth: int) -> Any:
        return value

    def _text(self, value: str, where: str, depth: int) -> str:
        value = str.__str__(value)  # BeautifulSoup's and lxml's strings are more than strings
        value = storable_text(value, self.flags)
        encoded = value.encode()
        if b"\x00" in encoded:
            self.flags.add("nul")
            return self._text(value.replace("\x00", "\ufffd"), where, depth)
        self.size += len(encoded)
        return value

    def _integer(self, value: int, where: str, depth: int) -> int | str:
        return storable_integer(value, self.flags)

    def _float(self, value: float, where: str, depth: int) -> float | None:
        return storable_float(value, self.flags)

    def _bytes(self, value: bytes, where: str, depth: int) -> bytes:
        self.size += len(value)
        return value

    def _time(self, value: datetime, where: str, depth: int) -> datetime | None:
        try:
            return moment(value)
        except ValueError as error:
            raise DocumentRejected(f"field {where!r}: {error}") from None
        except OverflowError:
            self.flags.add("bad_dates")
            return None

    def _list(self, value: Sequence[Any], where: str, depth: int) -> list[Any] | None:
        if where == "sketch":
            return self._integers(value)
        return None if self._too_deep(depth) else [self.mended(v, where, depth + 1) for v in value]

    def _integers(self, value: Sequence[Any]) -> list[Any]:
        self.size += 16 * len(value)
        try:
            return array("q", value).tolist()
        except (TypeError, OverflowError) as error:
            raise DocumentRejected(
                f"field 'sketch' holds more than integers of 64 bits: {error}"
            ) from None

    def _mapping(self, value: Mapping[Any, Any], where: str, depth: int) -> dict[str, Any] | None:
        if self._too_deep(depth):
            return None
        return {
            self._text(str(k), where, depth): self.mended(v, where, depth + 1)
            for k, v in value.items()
        }

    def _too_deep(self, depth: int) -> bool:
        if depth >= MAX_DEPTH:
            self.flags.add("too_deep")
        return depth >= MAX_DEPTH

    _MENDS: ClassVar[Mapping[type, _Mend]] = {
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


class _Copier(_Mender):
    """The same, with nested values copied in C, by way of JSON, where none needs mending; then `size` may be up to 9 times too big."""

    def copy(self, record: Mapping[str, Any]) -> dict[str, Any]:
        nested = {
            name: value
            for name, value in record.items()
            if isinstance(value, (list, dict)) and name != "sketch"
        }
        copied = self._copied(nested)
        if copied is None:
            return super().copy(record)
        return {
            name: copied[name] if name in copied else self.mended(value, name)
            for name, value in record.items()
        }

    def _copied(self, nested: dict[str, Any]) -> dict[str, Any] | None:
        """None where something may need mending: times, NaN and whatever else JSON does not know come back as something else."""
        try:
            text = _encode(nested)
            copy: dict[str, Any] = _decode(text)
        except (TypeError, ValueError, RecursionError, msgspec.MsgspecError):
            return None
        if copy != nested or b"\\u0000" in text:
            return None
        self.size += 9 * len(text)  # two bytes of JSON, such as `0,`, may count as 16
        return copy


def _size(value: Any) -> int:
    mender = _Mender()
    mender.mended(value, "")
    return mender.size


def _shrink(document: dict[str, Any], mender: _Mender) -> None:
    """Empty what can be made again until the document is within `MAX_BYTES`."""
    over = mender.size - MAX_BYTES
    for name in DERIVED:
        if over > 0 and document.get(name):
            over -= _size(document[name])
            document[name] = "" if name == "html" else []
            mender.flags.add(f"{name}_dropped")
    texts = [
        name for name, value in document.items() if isinstance(value, str) and name not in IDENTITY
    ]
    for name in sorted(texts, key=lambda name: -len(document[name])):
        if over > 0:
            kept = document[name].encode()[:-over].decode(errors="ignore")
            over -= _size(document[name]) - _size(kept)
            document[name] = kept
            mender.flags.add("truncated")
    if over > 0:
        over -= len(document["raw"])
        document["raw"] = b""
        mender.flags.add("raw_dropped")
    if over > 0:
        raise DocumentRejected(
            f"{document['_id']!r} is {over} bytes beyond {MAX_BYTES} with nothing left to leave out"
        )
