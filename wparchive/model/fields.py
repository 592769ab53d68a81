"""Reading the annotations of `documents.py`, from which backends and exports derive their types."""

from types import NoneType
from typing import Any, get_args


def is_optional(annotation: Any) -> bool:
    """Return whether a field of this annotation may be None."""
    return NoneType in get_args(annotation)


def bare_type(annotation: Any) -> Any:
    """Return the annotation without `| None`: `Ref` for `Ref | None`."""
    if not is_optional(annotation):
        return annotation
    (type_,) = (part for part in get_args(annotation) if part is not NoneType)
    return type_
