"""Rules for single values that no database takes, shared by the crawler and the archive.

| found | becomes | flag |
|---|---|---|
| lone surrogate in a text | U+FFFD | `surrogates` |
| integer beyond 64 bits | the same digits as text | `big_integers` |
| NaN, infinity | None | `not_finite` |

Each function notes its flag in the set that it is given.
"""

import math
from typing import Annotated, Any, NewType

import msgspec

INT64 = range(-(2**63), 2**63)


def storable_text(value: str, flags: set[str]) -> str:
    """Return the text with U+FFFD for each lone surrogate, which UTF-8 cannot express."""
    try:
        value.encode()
    except UnicodeEncodeError:
        flags.add("surrogates")
        # UTF-16 is the encoding of surrogates: two that form a pair become one character.
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def storable_integer(value: int, flags: set[str]) -> int | str:
    """Return the integer, or its digits as text where it needs more than 64 bits."""
    if value in INT64:
        return int(value)
    flags.add("big_integers")
    try:
        return str(value)
    except ValueError:  # Python refuses to print more than 4,300 decimal digits
        return hex(value)


def storable_float(value: float, flags: set[str]) -> float | None:
    """Return the number, or None for NaN and the infinities."""
    if math.isfinite(value):
        return value
    flags.add("not_finite")
    return None


def bounded_decoder(levels: int) -> msgspec.json.Decoder[Any]:
    """Return a JSON decoder that refuses values which a database would refuse.

    It raises msgspec.DecodeError for integers beyond 64 bits and for more than `levels` of nesting.
    Any decoder of msgspec refuses surrogates and infinities. The only value that it lets through
    and that still needs mending is NUL in a text.
    """
    integer = Annotated[int, msgspec.Meta(ge=INT64.start, le=INT64.stop - 1)]
    scalar: Any = integer | float | str | bool | None
    nested: Any = list[scalar] | dict[str, scalar]
    new_type: Any = NewType  # type checkers know it for names in the source only
    for level in range(1, levels):
        # A new type is hashed by identity. The union itself would be hashed through all its levels,
        # with twice the work for each further one.
        value: Any = new_type(f"Value{level}", scalar | nested)
        nested = list[value] | dict[str, value]
    return msgspec.json.Decoder(nested)
