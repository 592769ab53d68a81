"""Query parameters as WordPress's controllers check them, with the same errors. Pure.

Source: wp-includes/rest-api.php, `rest_validate_value_from_schema()`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

Query = Mapping[str, str]
Family = Literal["post", "term", "user", "comment"]
"""The controller that a type has: all post types share one, all taxonomies another."""
Keys = Mapping[str, Any]
"""Fields of a record by which it is ordered and filtered."""
Filter = Callable[[Keys], bool]

FILTERS: dict[Family, tuple[str, ...]] = {
    "post": ("author", "parent", "slug", "after", "before", "modified_after", "modified_before"),
    "term": ("parent", "slug"),
    "user": ("slug",),
    "comment": ("post", "parent", "after", "before"),
}
_DATE = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d(:?\d\d)?)?")


class ApiError(Exception):
    """An error response: HTTP status, WordPress's code, message and further data."""

    def __init__(self, status: int, code: str, message: str, **data: Any) -> None:
        super().__init__(message)
        self.status = status
        self.document = {"code": code, "message": message, "data": {"status": status, **data}}


def invalid(name: str, why: str) -> ApiError:
    """Return the 400 `rest_invalid_param` for one parameter."""
    detail = {name: {"code": "rest_invalid_param", "message": why, "data": None}}
    return ApiError(
        400,
        "rest_invalid_param",
        f"Invalid parameter(s): {name}",
        params={name: why},
        details=detail,
    )


def number(query: Query, name: str, default: int, low: int, high: int | None = None) -> int:
    """Return an integer parameter. Raises ApiError for one that is out of bounds."""
    text = query.get(name, str(default))
    if not re.fullmatch(r"\s*[+-]?\d+\s*", text):
        raise invalid(name, f"{name} is not of type integer.")
    value = int(text)
    if high is None and value < low:
        raise invalid(name, f"{name} must be greater than or equal to {low}")
    if high is not None and not low <= value <= high:
        raise invalid(name, f"{name} must be between {low} (inclusive) and {high} (inclusive)")
    return value


def numbers(query: Query, name: str) -> list[int]:
    """Return a parameter that is a list of integers, separated by commas."""
    parts = [part for part in re.split(r"[\s,]+", query.get(name, "")) if part]
    for index, part in enumerate(parts):
        if not re.fullmatch(r"[+-]?\d+", part):
            raise invalid(name, f"{name}[{index}] is not of type integer.")
    return [int(part) for part in parts]


def one_of(name: str, value: str, choices: Sequence[str]) -> str:
    """Return a parameter that must be one of several words. Raises ApiError for any other."""
    if value not in choices:
        raise invalid(name, f"{name} is not one of {_spoken(choices)}.")
    return value


def filter_schema(name: str) -> dict[str, Any]:
    """Return the schema of a filter, as the index shows it."""
    if name.endswith(("after", "before")):
        return {"type": "string", "format": "date-time"}
    item_type = "string" if name == "slug" else "integer"
    return {"type": "array", "items": {"type": item_type}}


def field_filter(name: str, query: Query) -> Filter:
    """Return the filter of one parameter of `FILTERS`."""
    if name.endswith(("after", "before")):
        return _date_filter(name, query[name])
    if name == "slug":
        slugs = set(query[name].split(","))
        return lambda keys: keys.get(name) in slugs
    ids = set(numbers(query, name))
    return lambda keys: keys.get(name) in ids


def term_filter(base: str, ids: set[int]) -> Filter:
    """Return the filter for records that have one of these terms; `base` is the field."""
    return lambda keys: not ids.isdisjoint(keys.get(base, ()))


def _date_filter(name: str, text: str) -> Filter:
    if not _DATE.fullmatch(text):
        raise invalid(name, "Invalid date.")
    column = "modified" if name.startswith("modified") else "date"
    bound = text[:19].replace(" ", "T").upper()
    if name.endswith("after"):
        return lambda keys: str(keys.get(column, "")) > bound
    return lambda keys: str(keys.get(column, "")) < bound


def _spoken(words: Sequence[str]) -> str:
    """Return "a and b" or "a, b, and c", as WordPress writes lists."""
    if len(words) == 2:
        return f"{words[0]} and {words[1]}"
    return f"{', '.join(words[:-1])}, and {words[-1]}"
