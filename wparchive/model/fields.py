"""Reading the annotations of record types, from which backends and exports derive their types."""

from datetime import datetime
from functools import cache
from types import NoneType
from typing import Annotated, Any, NotRequired, TypedDict, get_args, get_origin, get_type_hints
from typing import is_typeddict as is_typed_dict

import msgspec

ZonedTime = Annotated[datetime, msgspec.Meta(tz=True)]
"""Without a zone, a time would be another one on each machine."""
_Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]


def is_optional(annotation: Any) -> bool:
    """Return whether a field of this annotation may be None."""
    return NoneType in get_args(annotation)


def bare_type(annotation: Any) -> Any:
    """Return the annotation without `| None`: `Ref` for `Ref | None`."""
    if not is_optional(annotation):
        return annotation
    (type_,) = (part for part in get_args(annotation) if part is not NoneType)
    return type_


@cache
def part_type(type_: Any) -> Any:
    """Return the type of a part of a dictionary, in which all fields may be missing or None."""
    fields = checked_fields(type_)
    parts = {name: NotRequired[_inner(field) | None] for name, field in fields.items()}
    return TypedDict(f"part of {type_.__name__}", parts)  # type: ignore[operator]


def _inner(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is NotRequired else annotation


def checked_fields(type_: Any, lists_may_lack: bool = False) -> dict[str, Any]:
    """Return the fields of a typed dictionary, each with the type that it must have.

    What may be missing may be None as well: so it is in what comes from SQLite. `lists_may_lack`
    says that of lists, too: reports and sites of early versions have fewer of them.
    """
    fields: dict[str, Any] = {}
    for name, annotation in get_type_hints(type_).items():
        checked = checked_annotation(annotation)
        is_list = get_origin(bare_type(annotation)) is list
        if name not in type_.__required_keys__ or (lists_may_lack and is_list):
            checked = NotRequired[checked | None]
        fields[name] = checked
    return fields


def checked_annotation(annotation: Any) -> Any:
    """Return an annotation with times that have a zone, and lenient nested dictionaries."""
    type_ = bare_type(annotation)
    if is_typed_dict(type_):
        type_ = _checked_nested(type_)
    elif get_origin(type_) is list:
        type_ = list[checked_annotation(get_args(type_)[0])]  # type: ignore[misc]
    elif type_ is datetime:
        type_ = ZonedTime
    elif type_ is int:
        type_ = _Int64
    return type_ | None if is_optional(annotation) else type_


@cache
def _checked_nested(type_: Any) -> Any:
    return TypedDict(type_.__name__, checked_fields(type_))  # type: ignore[operator]
