"""The groups by which posts are counted, and the values that a post has of each."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from wparchive.backends.questions import FEATURE_GROUPS, Group
from wparchive.model.documents import term_label
from wparchive.model.features import author_names_of

GROUP_FIELDS: dict[Group, str] = {
    "site": "site",
    "type": "type",
    "state": "state",
    "language": "language",
}
TERM_FIELDS: dict[Group, str] = {"tag": "tags", "category": "categories"}
FIELDS_OF_GROUPS: dict[Group, str] = {
    **GROUP_FIELDS,
    **FEATURE_GROUPS,
    **TERM_FIELDS,
    "term": "terms",
    "author": "authors",
    "year": "published_at",
    "month": "published_at",
}
"""The field of a post that a group is about."""
AUTHOR_NAMES: dict[str, Any] = {
    "$setDifference": [
        {
            "$map": {
                "input": {"$concatArrays": [["$author"], {"$ifNull": ["$authors", []]}]},
                "as": "ref",
                "in": {"$ifNull": ["$$ref.name", "$$ref.slug"]},
            }
        },
        [None],
    ]
}
"""The expression of what `author_names_of` returns, in any order."""
PERIODS: dict[Group, str] = {"year": "%Y", "month": "%Y-%m"}
SINGLE_GROUPS: frozenset[Group] = frozenset({*GROUP_FIELDS, *PERIODS})
"""Groups of which a post has one value at most."""


def group_values(post: Mapping[str, Any], group: Group) -> list[str | None]:
    """Return the values that a post has of a group, as `Reader.tally` counts them."""
    value = post.get(FIELDS_OF_GROUPS[group].partition(".")[0])
    values: list[str | None] = [value]
    if group in PERIODS:
        # `%Y` writes four digits on a server, and in Python as few as the year has.
        values = [value and value.strftime(PERIODS[group].replace("%Y", f"{value.year:04}"))]
    elif group == "author":
        values = list(author_names_of(post))
    elif group == "term":
        values = [term_label(ref["taxonomy"], ref["name"], ref["slug"]) for ref in value or ()]
    elif group in TERM_FIELDS:
        values = [ref["name"] or ref["slug"] for ref in value or ()]
    elif group in FEATURE_GROUPS:
        values = list(value or ())
    return values or [None]


def values_counted(
    posts: Iterable[Mapping[str, Any]], groups: Sequence[Group]
) -> dict[Group, dict[str | None, int]]:
    """Return how many posts have each value of each group, in one pass."""
    counts: dict[Group, Counter[str | None]] = {group: Counter() for group in groups}
    for post in posts:
        for group, counted in counts.items():
            counted.update(group_values(post, group))
    for counted in counts.values():
        counted.pop(None, None)
    return {group: dict(counted) for group, counted in counts.items()}


def group_key(group: Group) -> Any:
    """Return the expression of `$group` for a group, whose list is unwound; see `group_name`."""
    field = FIELDS_OF_GROUPS[group]
    if group in PERIODS:
        return {"$dateToString": {"date": f"${field}", "format": PERIODS[group]}}
    if group == "term" or group in TERM_FIELDS:
        return {name: f"${field}.{name}" for name in ("taxonomy", "name", "slug")}
    return f"${field}"


def group_name(key: Any, group: Group) -> str | None:
    """Return the value of a group that a key of `$group` stands for, as `group_values` does."""
    if isinstance(key, Mapping):
        if group == "term" and "taxonomy" in key:
            return term_label(key["taxonomy"], key.get("name"), key.get("slug"))
        return key.get("name") or key.get("slug")
    return cast(str | None, key)
