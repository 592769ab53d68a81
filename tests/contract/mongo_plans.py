"""What an index of MongoDB can do for a command: its documented rules, for tests.

An index serves a question if its first key is bounded by the question, or if the question sorts by
it. It serves the sort as well if the keys that are sorted by follow, in the index, only keys that
the question names exactly (one value or several); and if all their directions are those of the
sort, or all the opposite ones. https://www.mongodb.com/docs/manual/tutorial/equality-sort-range-guideline/
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

Keys = tuple[tuple[str, int], ...]
BY_KEY: Keys = (("_id", 1),)
_RANGES = {"$gt", "$gte", "$lt", "$lte", "$regex"}


def branches(query: Mapping[str, Any]) -> Iterator[dict[str, list[Any]]]:
    """Yield the conjunctions that a query is made of, as the conditions on each field."""
    parts: list[list[dict[str, list[Any]]]] = []
    for field, condition in query.items():
        if field == "$and":
            parts += [list(branches(part)) for part in condition]
        elif field == "$or":
            parts.append([branch for part in condition for branch in branches(part)])
        else:
            parts.append([{field: [condition]}])
    for chosen in product(*parts):
        merged: dict[str, list[Any]] = {}
        for branch in chosen:
            for field, conditions in branch.items():
                merged.setdefault(field, []).extend(conditions)
        yield merged


def _is_exact(conditions: Sequence[Any]) -> bool:
    return any(not isinstance(one, Mapping) or "$in" in one or "$all" in one for one in conditions)


def _is_bounded(conditions: Sequence[Any]) -> bool:
    if _is_exact(conditions):
        return True
    return any(isinstance(one, Mapping) and _RANGES & one.keys() for one in conditions)


def _matches_nothing(branch: Mapping[str, list[Any]]) -> bool:
    return any({"$in": []} in conditions for conditions in branch.values())


def serves(keys: Keys, branch: Mapping[str, list[Any]], sort: Keys) -> bool:
    """Tell whether an index serves a conjunction and its sort."""
    exact = {field for field, conditions in branch.items() if _is_exact(conditions)}
    first = keys[0][0]
    if not sort:
        return first in branch and _is_bounded(branch[first])
    wanted = [key for key in sort if key[0] not in exact]
    following = [key for key in keys if key[0] not in exact][: len(wanted)]
    if [name for name, _ in following] != [name for name, _ in wanted]:
        return False
    signs = {left * right for (_, left), (_, right) in zip(following, wanted, strict=True)}
    return len(signs) <= 1 and (not wanted or first in exact or first == wanted[0][0])


def unserved(command: Mapping[str, Any], indexes: Sequence[Keys]) -> list[dict[str, list[Any]]]:
    """Return the conjunctions of a command that no index serves."""
    sort: Keys = ()
    if "aggregate" in command:
        query = command["pipeline"][0].get("$match", {})
    else:
        query = command.get("filter", command.get("query", {}))
        sort = tuple((name, int(way)) for name, way in command.get("sort", {}).items())
    return [
        branch
        for branch in branches(query)
        if not _matches_nothing(branch)
        and not any(serves(keys, branch, sort) for keys in (*indexes, BY_KEY))
    ]
