"""From pairs to marks: which posts form a cluster, which is its original, what each copy is to it.

Pairs of versions are kept in memory, some 500 bytes each. The looser pairs (`contained`, `related`)
are read twice, as a stream.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Protocol

from wparchive.duplicates.evidence import ComparablePost
from wparchive.duplicates.find.cluster import Cluster, Edge, find_clusters
from wparchive.duplicates.mark_new import best_marks
from wparchive.duplicates.original import Reason, choose_original
from wparchive.duplicates.pair import (
    VERSION_KINDS,
    Pair,
    are_translations,
    compare_posts,
    declares,
)
from wparchive.duplicates.summary import PostSummary
from wparchive.model.document_parts import Duplicate

_AT_ONCE = 1000


class PostLookup(Protocol):
    """A place where posts and their texts are looked up by key."""

    def find(self, keys: Collection[str]) -> dict[str, PostSummary]:
        """Return posts by key; absent ones are left out."""

    def comparable(self, keys: Collection[str]) -> dict[str, ComparablePost]:
        """Return them with what they publish, by key."""


@dataclass(frozen=True, slots=True)
class Findings:
    """The results of the comparisons."""

    pairs: Callable[[], Iterable[Pair]]
    """Returns the pairs of different texts.

    The first of several equal texts stands for all of them.
    """
    exact: Collection[tuple[str, str]]
    """Posts with equal texts: the first one with a text, and another one."""
    known_versions: Collection[tuple[str, str, float]] = ()
    """Versions that were known before: key, original, Jaccard similarity."""


class MarkDecider:
    """The decision on marks. The result is the same for the same findings in any order."""

    def __init__(self, posts: PostLookup, findings: Findings, now: datetime) -> None:
        self._posts = posts
        self._findings = findings
        self._now = now
        self._first = {key: first for first, key in findings.exact}
        self._versions = {
            _ordered(pair.copy, pair.original): pair
            for pair in findings.pairs()
            if pair.kind in VERSION_KINDS
        }
        self._to_original: dict[tuple[str, str], Pair] = {}

    @cached_property
    def clusters(self) -> list[Cluster]:
        """Return originals with their copies."""
        edges = [Edge(first, key, 1.0) for first, key in self._findings.exact]
        edges += [Edge(p.copy, p.original, p.jaccard) for p in self._versions.values()]
        edges += [Edge(key, of, jaccard) for key, of, jaccard in self._findings.known_versions]
        return find_clusters(edges, self._choose, self._is_copy)

    def marks_of_copies(self, cluster: Cluster) -> dict[str, Duplicate]:
        """Return the marks of a cluster's copies, with the reason for its original."""
        marks = {}
        for copy in cluster.copies:
            marks[copy] = self._to_original[copy, cluster.original].mark()
            marks[copy]["reason"] = cluster.reason
        return marks

    def looser_marks(self) -> dict[str, Duplicate]:
        """Return the marks of posts that are no copies, but share a part with another post.

        A mark names an original rather than a copy where there is a choice.
        """
        copies = {copy for cluster in self.clusters for copy in cluster.copies}
        loose = list(self._loose_pairs(copies))
        of_originals = [pair for pair in loose if pair.original not in copies]
        # Who repeats a part of an original needs no mark that names one of its copies.
        served = {pair.copy for pair in of_originals}
        chosen = of_originals + [pair for pair in loose if pair.copy not in served]
        originals = self._summaries({pair.original for pair in chosen})
        return best_marks(
            [pair for pair in chosen if pair.original in originals], originals, self._now
        )

    def _loose_pairs(self, copies: Collection[str]) -> Iterator[Pair]:
        """Yield the pairs across clusters whose first post is no copy.

        A post that is near to a member of a cluster, but not to its original, is `related` to it.
        """
        original_of = {
            key: cluster.original
            for cluster in self.clusters
            for key in (cluster.original, *cluster.copies)
        }
        for pair in self._findings.pairs():
            own_original = original_of.get(pair.copy, pair.copy)
            other_original = original_of.get(pair.original, pair.original)
            if pair.copy in copies or own_original == other_original:
                continue
            if pair.kind in VERSION_KINDS:
                yield replace(pair, kind="related")
            else:
                yield pair

    def _summaries(self, keys: Collection[str]) -> dict[str, PostSummary]:
        ordered = sorted(keys)
        posts: dict[str, PostSummary] = {}
        for start in range(0, len(ordered), _AT_ONCE):
            posts |= self._posts.find(ordered[start : start + _AT_ONCE])
        return posts

    def _choose(self, keys: list[str]) -> tuple[str, Reason]:
        candidates = [post.candidate for post in self._posts.find(keys).values()]
        original, reason = choose_original(candidates, self._now)
        return original.key, reason

    def _is_copy(self, key: str, original: str) -> bool:
        pair = self._pair_with_original(key, original)
        if pair is None or pair.kind not in VERSION_KINDS:
            return False
        self._to_original[key, original] = pair
        return True

    def _pair_with_original(self, key: str, original: str) -> Pair | None:
        """Return what a member of a cluster is to its original.

        It is known where the same texts were compared before; otherwise they are compared now.
        """
        posts = self._posts.find((key, original))
        # One of the two may have been withdrawn since the comparison.
        if len(posts) < 2 or are_translations(posts[key], posts[original]):
            return None
        found = self._known_pair(posts[key], original) or self._compared(key, original)
        if found is None:
            return None
        kind = found.kind
        if declares(posts[key].candidate, posts[original].candidate):
            kind = "canonical"
        return replace(found, copy=key, original=original, kind=kind)

    def _known_pair(self, post: PostSummary, original: str) -> Pair | None:
        first = self._first.get(post.key, post.key)
        first_of_original = self._first.get(original, original)
        if first == first_of_original:
            words = post.candidate.word_count
            return Pair(post.key, original, "exact", 1.0, 1.0, False, words, words)
        # Of several equal texts only the first was compared, and the result is that of all of them.
        direct = self._versions.get(_ordered(post.key, original))
        return direct or self._versions.get(_ordered(first, first_of_original))

    def _compared(self, key: str, original: str) -> Pair | None:
        posts = self._posts.comparable((key, original))
        if len(posts) < 2:
            return None
        return compare_posts(posts[key], posts[original], self._now)


def _ordered(a: str, b: str) -> tuple[str, str]:
    return (min(a, b), max(a, b))
