"""JSON as WordPress sends it."""

import json
from collections.abc import Sequence
from typing import Any


def encode(value: Any) -> bytes:
    """Return JSON as PHP writes it: ASCII only, with escaped slashes."""
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/").encode()


def select(value: Any, fields: Sequence[str]) -> Any:
    """Return the parts of an object that `_fields` names; of each object in a list.

    Dots lead into nested objects: `title.rendered`.
    """
    if isinstance(value, list):
        return [select(item, fields) for item in value]
    if not isinstance(value, dict):
        return value
    inner: dict[str, list[str]] = {}
    for path in fields:
        name, _, rest = path.strip().partition(".")
        inner.setdefault(name, []).append(rest)
    selected = {}
    for name, paths in inner.items():
        if name not in value:
            continue
        if "" in paths:  # the whole field is asked for
            selected[name] = value[name]
        else:
            selected[name] = select(value[name], paths)
    return selected
