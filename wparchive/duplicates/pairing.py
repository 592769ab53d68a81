"""The rule that says which posts share enough sketch keys to be compared in full."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations, pairwise
from typing import TypeVar

LEAST_SHARED = 2
"""Keys that two posts must share to be compared."""
COMMON_KEY = 50
"""A key in more posts than this pairs each post only with the next one that has it.

Boilerplate must not flood the comparison. A text that was copied more often than this is still
found, as a chain of neighbours.
"""
BOILERPLATE_KEY = 5000
"""A key in more posts than this pairs nothing."""
MOST_CANDIDATES = 10
"""Posts that are compared in full with a new one: those that share most keys."""

Id = TypeVar("Id", str, int)


def pairs_of_key(posts: Sequence[Id]) -> Iterable[tuple[Id, Id]]:
    """Return the pairs that one sketch key makes of the posts that have it.

    The posts are given in ascending order, and so are the pairs. Two posts become a candidate pair
    when `LEAST_SHARED` keys pair them.
    """
    if len(posts) > BOILERPLATE_KEY:
        return ()
    if len(posts) > COMMON_KEY:
        return pairwise(posts)
    return combinations(posts, 2)


def most_shared(
    sketches: Mapping[str, Sequence[int]],
    holders: Mapping[int, Sequence[Id]],
    is_self: Callable[[str, Id], bool],
) -> dict[str, list[Id]]:
    """Return for each sketch the posts that share most of its keys, `MOST_CANDIDATES` at most.

    `sketches` are given by post key. `holders` names the posts that have a sketch key, of which
    the first `COMMON_KEY` count. `is_self` says whether a holder is the post itself.
    """
    found: dict[str, list[Id]] = {}
    for key, sketch in sketches.items():
        shared: Counter[Id] = Counter()
        for part in sketch:
            # Nearly every key of a new post is its own alone: most look-ups end here.
            if part in holders:
                shared.update(holders[part][:COMMON_KEY])
        found[key] = [
            holder
            # One more, because the post itself may be the first of them.
            for holder, count in shared.most_common(MOST_CANDIDATES + 1)
            if count >= LEAST_SHARED and not is_self(key, holder)
        ][:MOST_CANDIDATES]
    return found
