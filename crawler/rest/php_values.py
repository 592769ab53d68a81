"""JSON values as PHP prints them: the same field comes as different types on different sites.

PHP has one type for lists and maps, and plugins filter every field. So a list with a hole is
printed as an object, an empty map as a list, a number as a string. Each function here takes any
JSON value and returns the type that is wanted.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any


def as_mapping(value: Any) -> Mapping[str, Any]:
    """Return an object unchanged, and {} for anything else, such as PHP's `[]` for an empty map."""
    return value if isinstance(value, dict) else {}


def as_values(value: Any) -> list[Any]:
    """Return the members of a list, which is printed as an object where its keys have holes."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return list(value.values())
    return []


def as_names(value: Any) -> list[str]:
    """Return a list of names, from a list, an object, `{"GET": true}` or a single name."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [key if part is True else str(part) for key, part in value.items()]
    return [str(part) for part in as_values(value)]


def as_text(value: Any) -> str:
    """Return a text or a number as text; anything else as the empty text."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def as_text_or_none(value: Any) -> str | None:
    """Return a text that is not empty; None for anything else."""
    return value if isinstance(value, str) and value else None


def as_rendered(value: Any) -> str:
    """Return the HTML of `{"rendered": html}`, or the text itself where a plugin flattened it."""
    if isinstance(value, dict):
        value = value.get("rendered")
    return as_text(value)


def as_integer(value: Any) -> int | None:
    """Return an integer, also from "12" and 12.0; None for everything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**63:
        return int(value)
    # A number of 19 digits may be too large for 64 bits, and so for every database.
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,18}", value.strip()):
        return int(value)
    return None


def as_ids(value: Any) -> list[int]:
    """Return the ids of a list, each once: of integers, numerals, or objects with an `id`."""
    if isinstance(value, list) and {*map(type, value)} == {int}:
        return _unique(value)  # by far the most common case
    ids = (as_id(part) for part in as_values(value))
    return _unique(id_ for id_ in ids if id_ is not None)


def as_id(value: Any) -> int | None:
    """Return an id: an integer, a numeral, or that of an object which a plugin put in its place."""
    if isinstance(value, dict):
        names = ("id", "ID", "term_id", "user_id")
        value = next((value[name] for name in names if name in value), None)
    return as_integer(value)


def _unique(ids: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(ids))
