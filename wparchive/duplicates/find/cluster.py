"""Clusters of versions of one text: one original, and posts that are each near to it."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from wparchive.duplicates.original import Reason

OVERSIZED = 200
"""Components with more members are first cut at the edges under `STRICT` similarity.

In so large a component a chain of small edits is likelier than so many copies.
"""
# Above this, two posts are copies by themselves, and not by a chain of others.
STRICT = 0.8


@dataclass(frozen=True, slots=True)
class Edge:
    """Two posts, by key, that are versions of one text."""

    a: str
    b: str
    jaccard: float
    """1.0 for equal texts."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """An original and its copies, by key, ascending."""

    original: str
    reason: Reason
    copies: tuple[str, ...]


def components(edges: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Return the connected components, each ascending, in ascending order of their first member.

    The method is union-find with path halving.
    """
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        parent.setdefault(key, key)
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for a, b in edges:
        # The smallest key is the root, so that the order of the edges makes no difference.
        low, high = sorted((root(a), root(b)))
        parent[high] = low
    found: dict[str, list[str]] = defaultdict(list)
    for key in sorted(parent):
        found[root(key)].append(key)
    return sorted(found.values())


def find_clusters(
    edges: Collection[Edge],
    choose: Callable[[list[str]], tuple[str, Reason]],
    is_copy: Callable[[str, str], bool],
) -> list[Cluster]:
    """Return clusters in ascending order of their original, the same for edges in any order.

    `choose` names the original among keys. `is_copy(key, original)` compares two posts in full. A
    member that is only near to another member, not to the original, leaves; those that left form
    clusters of their own if they can. So in a chain A–B–C–D of small edits, D never becomes a copy
    of A.
    """
    neighbours = _neighbours(edges)
    clusters: list[Cluster] = []
    pending = [(component, 0.0) for component in components((edge.a, edge.b) for edge in edges)]
    while pending:
        component, least = pending.pop()
        if len(component) > OVERSIZED and not least:
            pending += [(part, STRICT) for part in _parts(component, neighbours, STRICT)]
            continue
        original, reason = choose(component)
        # Each member is compared with the original itself: a chain of edits joins no two texts.
        copies = tuple(key for key in component if key != original and is_copy(key, original))
        if copies:
            clusters.append(Cluster(original, reason, copies))
        left = sorted(set(component) - {original, *copies})
        pending += [(part, least) for part in _parts(left, neighbours, least)]
    return sorted(clusters, key=lambda cluster: cluster.original)


def _neighbours(edges: Iterable[Edge]) -> dict[str, list[tuple[str, float]]]:
    neighbours: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for edge in edges:
        neighbours[edge.a].append((edge.b, edge.jaccard))
        neighbours[edge.b].append((edge.a, edge.jaccard))
    return neighbours


def _parts(
    keys: Collection[str], neighbours: dict[str, list[tuple[str, float]]], least: float
) -> list[list[str]]:
    """Return the components of some posts, over the edges of at least so much similarity."""
    inside = set(keys)
    return components(
        (key, other)
        for key in keys
        for other, jaccard in neighbours[key]
        if other in inside and jaccard >= least
    )
