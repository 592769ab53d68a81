"""Cursors: where a page of a list ended, as opaque text that a URL can carry.

A cursor holds the *position* of the last item: the values that the list is ordered by. The next
page begins after them, so what is inserted before them meanwhile moves nothing (a keyset, not an
offset). A position is a NamedTuple; each kind of list has its own.
"""

import base64
import binascii
import zlib
from datetime import UTC, datetime
from typing import Annotated, Any, NamedTuple, TypeVar

import msgspec

from wparchive.errors import InvalidQuery

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
Integer = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""What a database can compare: a cursor may come from anybody."""
_LONGEST = 1_000_000
"""Bytes of a position. A cursor may come from anybody, and must not unpack into gigabytes."""

PositionType = TypeVar("PositionType")


class PublishedPosition(NamedTuple):
    """Position in posts by publication: dated ones in their direction, then undated ones by key."""

    published_at: Instant | None
    key: str


class IdentityPosition(NamedTuple):
    """Position in documents by site, type and id."""

    site: str
    type: str
    id: Integer


class LatestPosition(NamedTuple):
    """Position in what is listed by time, newest first; what has one time by key, descending."""

    at: Instant
    key: str


class FailurePosition(NamedTuple):
    """Position in failures: by site, type, id (those without one first) and key."""

    site: str
    type: str
    id: Integer | None
    key: str


def encode_cursor(what: str, position: Any) -> str:
    """Return the cursor of a position; `what` names the list, so that no other list takes it."""
    packed = zlib.compress(msgspec.json.encode((what, position)), 9)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode_cursor(what: str, cursor: str, type_: type[PositionType]) -> PositionType:
    """Return the position of a cursor. Raises InvalidQuery when it is none of this list's."""
    try:
        # A cursor has no padding, which an address would have to encode.
        packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        text = zlib.decompressobj().decompress(packed, _LONGEST)
        name, position = msgspec.json.decode(text, type=tuple[str, Any])
        if name == what:
            return _in_utc(msgspec.convert(position, type_))
    except (binascii.Error, zlib.error, ValueError, OverflowError, msgspec.MsgspecError) as error:
        raise InvalidQuery(
            f"not a cursor: {cursor[:40]!r}; give the one of an earlier answer, unchanged"
        ) from error
    raise InvalidQuery(
        f"this cursor continues {name}, not {what}: ask the question that gave it, in its order"
    )


def _in_utc(position: PositionType) -> PositionType:
    """Return the position. Raises OverflowError when a time in it does not exist in UTC."""
    if isinstance(position, datetime):
        position.astimezone(UTC)
    if isinstance(position, tuple):
        for value in position:
            _in_utc(value)
    return position
