"""From relations between pairs of posts to one mark for each post that repeats another: clusters, originals, excerpts, relatives.

Holds in memory what concerns versions of one text (some 500 bytes a pair); looser relations are read twice, as a stream.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Protocol

from wparchive.duplicates.compare.comparison import Prepared
from wparchive.duplicates.find.cluster import Cluster, Edge, cluster
from wparchive.duplicates.mark_new import best_marks
from wparchive.duplicates.original import Reason, choose_canonical
from wparchive.duplicates.pair import VERSION_KINDS, Pair, PostSummary, declares, relate
from wparchive.model.documents import Duplicate

_AT_ONCE = 1000


class Posts(Protocol):
    """Where posts and their texts are looked up."""

    def find(self, keys: Collection[str]) -> dict[str, PostSummary]:
        """Posts by key; absent ones are left out."""

    def texts(self, keys: Collection[str]) -> dict[str, str]:
        """Their texts by key."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What comparing has found."""

    relations: Callable[[], Iterable[Pair]]
    """Pairs of different texts, of which exact copies are represented by their first."""
    exact: Collection[tuple[str, str]]
    """The first post with a text, and another with the same."""
    known: Collection[tuple[str, str, float]] = ()
    """Versions known from before: key, original, Jaccard similarity."""


class Settlement:
    """Settles findings. The same for the same findings in any order."""

    def __init__(self, posts: Posts, findings: Findings, now: datetime) -> None:
        self._posts = posts
        self._findings = findings
        self._now = now
        self._first = {key: first for first, key in findings.exact}
        self._versions = {
            _pair(r.copy, r.original): r for r in findings.relations() if r.kind in VERSION_KINDS
        }
        self._to_original: dict[tuple[str, str], Pair] = {}

    @cached_property
    def clusters(self) -> list[Cluster]:
        """Originals with their copies."""
        edges = [Edge(first, key, 1.0) for first, key in self._findings.exact]
        edges += [Edge(r.copy, r.original, r.jaccard) for r in self._versions.values()]
        edges += [Edge(key, of, jaccard) for key, of, jaccard in self._findings.known]
        return cluster(edges, self._choose, self._is_copy)

    def copies(self, of: Cluster) -> dict[str, Duplicate]:
        """The marks of a cluster's copies."""
        marks = {}
        for copy in of.copies:
            marks[copy] = self._to_original[copy, of.canonical].mark()
            marks[copy]["reason"] = of.reason
        return marks

    def looser(self) -> dict[str, Duplicate]:
        """Marks of excerpts, extended versions and relatives that are no copies; they name an original where there is a choice."""
        original_of = {
            key: each.canonical for each in self.clusters for key in (each.canonical, *each.copies)
        }
        copies = {copy for each in self.clusters for copy in each.copies}
        loose = [
            replace(r, kind="related") if r.kind in VERSION_KINDS else r
            for r in self._findings.relations()
            if r.copy not in copies
            and original_of.get(r.copy, r.copy) != original_of.get(r.original, r.original)
        ]
        of_originals = [r for r in loose if r.original not in copies]
        served = {r.copy for r in of_originals}
        chosen = of_originals + [r for r in loose if r.copy not in served]
        originals = sorted({r.original for r in chosen})
        entries: dict[str, PostSummary] = {}
        for start in range(0, len(originals), _AT_ONCE):
            entries |= self._posts.find(originals[start : start + _AT_ONCE])
        return best_marks([r for r in chosen if r.original in entries], entries, self._now)

    def _choose(self, keys: list[str]) -> tuple[str, Reason]:
        original, reason = choose_canonical(
            [entry.member for entry in self._posts.find(keys).values()], self._now
        )
        return original.key, reason

    def _is_copy(self, key: str, original: str) -> bool:
        relation = self._relation(key, original)
        if relation is None or relation.kind not in VERSION_KINDS:
            return False
        self._to_original[key, original] = relation
        return True

    def _relation(self, key: str, original: str) -> Pair | None:
        """What a member of a cluster is to its original: known from the comparison of the same texts, or compared now."""
        entries = self._posts.find((key, original))
        if len(entries) < 2:
            return None
        found = self._known(key, original) or self._compared(entries[key], entries[original])
        if found is None:
            return None
        declared = declares(entries[key].member, entries[original].member)
        return replace(
            found, copy=key, original=original, kind="canonical" if declared else found.kind
        )

    def _known(self, key: str, original: str) -> Pair | None:
        firsts = self._first.get(key, key), self._first.get(original, original)
        if firsts[0] == firsts[1]:
            return Pair(key, original, "exact", 1.0, 1.0, False)
        return self._versions.get(_pair(key, original)) or self._versions.get(_pair(*firsts))

    def _compared(self, a: PostSummary, b: PostSummary) -> Pair | None:
        texts = self._posts.texts((a.key, b.key))
        return (
            relate(a, b, Prepared(texts[a.key]), Prepared(texts[b.key]), self._now)
            if len(texts) == 2
            else None
        )


def _pair(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a < b else (b, a)
