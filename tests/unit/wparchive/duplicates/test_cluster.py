"""Clusters: independent of the order of edges, without chains, each around one original."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from wparchive.duplicates import Cluster, Edge, find_clusters
from wparchive.duplicates.find.cluster import OVERSIZED, components
from wparchive.duplicates.original import Reason


def first(keys: list[str]) -> tuple[str, Reason]:
    return min(keys), "smallest key"


def edge(a: str, b: str, jaccard: float = 0.9) -> Edge:
    return Edge(a, b, jaccard)


def test_a_cluster_holds_what_is_near_to_its_original() -> None:
    assert find_clusters([edge("b", "a"), edge("b", "c")], first, lambda *_: True) == [
        Cluster("a", "smallest key", ("b", "c"))
    ]


def test_a_chain_is_cut_where_members_are_no_longer_near_to_the_original() -> None:
    chain = [edge("a", "b"), edge("b", "c"), edge("c", "d"), edge("d", "e")]
    near = {frozenset((e.a, e.b)) for e in chain}
    found = find_clusters(chain, first, lambda key, original: frozenset((key, original)) in near)
    assert found == [Cluster("a", "smallest key", ("b",)), Cluster("c", "smallest key", ("d",))]


def test_an_oversized_component_is_cut_at_weak_edges() -> None:
    groups = [[f"{group}{n:03}" for n in range(OVERSIZED // 2 + 1)] for group in "ab"]
    edges = [edge(keys[0], key) for keys in groups for key in keys[1:]] + [
        edge("a050", "b050", 0.6)
    ]
    assert [found.original for found in find_clusters(edges, first, lambda *_: True)] == [
        "a000",
        "b000",
    ]


pairs = st.lists(
    st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")).filter(
        lambda pair: pair[0] != pair[1]
    )
)


@settings(deadline=None)
@given(pairs, st.randoms(use_true_random=False))
def test_order_of_edges_does_not_matter(found: list[tuple[str, str]], rng: random.Random) -> None:
    edges = [edge(a, b) for a, b in found]
    shuffled = rng.sample(edges, len(edges))
    near = {frozenset(pair) for pair in found}

    def is_copy(key: str, original: str) -> bool:
        return frozenset((key, original)) in near

    clusters = find_clusters(edges, first, is_copy)
    assert clusters == find_clusters(shuffled, first, is_copy)
    members = [key for one in clusters for key in (one.original, *one.copies)]
    assert len(members) == len(set(members))
    assert all(is_copy(copy, one.original) for one in clusters for copy in one.copies)


@settings(deadline=None)
@given(pairs)
def test_components_join_exactly_what_is_connected(found: list[tuple[str, str]]) -> None:
    reach = {key: {key} for pair in found for key in pair}
    for _ in reach:
        for a, b in found:
            reach[a] = reach[b] = reach[a] | reach[b]
            for key in reach[a]:
                reach[key] = reach[a]
    assert [tuple(group) for group in components(found)] == sorted(
        {tuple(sorted(group)) for group in reach.values()}
    )
