"""The batch that settles which posts repeat which: equal texts, near copies, clusters and their originals, excerpts and relatives.

The result depends on the archive alone, not on the order in which posts came in or on what was marked before.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from archive.documents import Duplicate
from archive.duplicates.canonical import Reason, choose_canonical
from archive.duplicates.census import Census
from archive.duplicates.cluster import Cluster, Edge, cluster
from archive.duplicates.compare import Prepared
from archive.duplicates.index import DuplicateIndex
from archive.duplicates.marking import best_marks
from archive.duplicates.relation import KINDS, VERSION_KINDS, Entry, Relation, declares, relate
from archive.duplicates.workplace import Workplace

Stage = str
Progress = Callable[[Stage, int, int | None], None]
"""Told what is going on, how much of it is done and how much there is (None: not known)."""

PAIRS_AT_ONCE = 500
"""Pairs whose texts are in memory together: at most twice as many texts, made ready, some 150 MB for articles of usual length."""
MARKS_AT_ONCE = 1000


@dataclass(slots=True)
class Settled:
    """What a batch found."""

    posts: int = 0
    """Live posts looked at."""
    compared: int = 0
    """Pairs of texts compared in full."""
    relations: dict[str, int] = field(default_factory=dict)
    """Posts that repeat another, by kind."""
    clusters: int = 0
    changed: int = 0
    """Marks that are now other than before."""


def settle(
    index: DuplicateIndex,
    work: Path,
    now: datetime,
    selected: Callable[[Entry], bool] = lambda _: True,
    progress: Progress = lambda *_: None,
) -> Settled:
    """Find all duplicates among the live posts and mark them; marks that no longer hold are taken away.

    `selected` narrows what is settled: those posts are compared with the whole archive, and other posts' marks change only where they
    are in a cluster with one of them. `work` is a folder for what must survive a kill; it is removed at the end. `now` tells which
    publication dates are in the future and not believed.
    """
    with TemporaryDirectory(prefix="wparchive-duplicates-") as folder:
        census = Census(index, selected, lambda done: progress("reading sketches", done, None), Path(folder))
        workplace = Workplace(work, census.identity)
        if not workplace.has_candidates:
            progress("pairing", 0, None)
            workplace.keep_candidates(census.pairs())
    total = workplace.candidates()
    comparing = _Comparing(index, census, now)
    for done in workplace.compare(PAIRS_AT_ONCE, comparing.compared):
        progress("comparing", done, total)
    progress("clustering", 0, None)
    found = Settled(posts=len(census.keys), compared=total)
    marks = _Clustering(index, census, now, workplace).marks(found)
    changes = sorted(marks.items())
    for start in range(0, len(changes), MARKS_AT_ONCE):
        found.changed += index.mark(dict(changes[start : start + MARKS_AT_ONCE]))
        progress("marking", start, len(changes))
    workplace.clear()
    return found


class _Comparing:
    """Compares candidate pairs, given by number."""

    def __init__(self, index: DuplicateIndex, census: Census, now: datetime) -> None:
        self._index = index
        self._keys = census.keys
        self._now = now

    def compared(self, pairs: list[tuple[int, int]]) -> list[Relation]:
        keys = {self._keys[number] for pair in pairs for number in pair}
        entries = self._index.find(keys)
        texts = {key: Prepared(text) for key, text in self._index.texts(keys).items()}
        found = []
        for a, b in ((self._keys[a], self._keys[b]) for a, b in pairs):
            if a in texts and b in texts and a in entries and b in entries:  # a crawl may have withdrawn one meanwhile
                found.append(relate(entries[a], entries[b], texts[a], texts[b], self._now))
        return [relation for relation in found if relation]


class _Clustering:
    """Makes clusters and marks of relations."""

    def __init__(self, index: DuplicateIndex, census: Census, now: datetime, workplace: Workplace) -> None:
        self._index = index
        self._census = census
        self._now = now
        self._workplace = workplace
        self._versions = {_pair(r.copy, r.original): r for r in workplace.relations() if r.kind in VERSION_KINDS}
        self._to_original: dict[tuple[str, str], Relation] = {}

    def marks(self, found: Settled) -> dict[str, Duplicate | None]:
        """Every mark to be set or taken away, with the totals noted in `found`."""
        clusters = cluster(self._edges(), self._choose, self._is_copy)
        touched = [each for each in clusters if any(self._is_selected(key) for key in (each.canonical, *each.copies))]
        marks: dict[str, Duplicate | None] = {}
        were_copies = {key for key, _, _ in self._census.versions}
        for each in touched:
            if self._is_selected(each.canonical) or each.canonical in were_copies:
                marks[each.canonical] = None
            for copy in each.copies:
                mark = self._to_original[copy, each.canonical].mark()
                mark["reason"] = each.reason
                marks[copy] = mark
        for key, other in self._looser(clusters).items():
            if marks.get(key) is None and self._is_selected(key):
                marks[key] = other
        for number, key in enumerate(self._census.keys):
            if self._census.selected[number] and self._census.marked[number]:
                marks.setdefault(key, None)
        found.clusters = len(touched)
        kinds = [mark["kind"] for mark in marks.values() if mark]
        found.relations = {kind: kinds.count(kind) for kind in KINDS if kind in kinds}
        return marks

    def _edges(self) -> list[Edge]:
        keys = self._census.keys
        edges = [Edge(keys[first], keys[number], 1.0) for first, number in self._census.exact()]
        edges += [Edge(r.copy, r.original, r.jaccard) for r in self._versions.values()]
        return edges + [Edge(key, of, jaccard) for key, of, jaccard in self._census.versions if self._census.number(of) is not None]

    def _choose(self, keys: list[str]) -> tuple[str, Reason]:
        original, reason = choose_canonical([entry.member for entry in self._index.find(keys).values()], self._now)
        return original.key, reason

    def _is_copy(self, key: str, original: str) -> bool:
        relation = self._relation(key, original)
        if relation is None or relation.kind not in VERSION_KINDS:
            return False
        self._to_original[key, original] = relation
        return True

    def _relation(self, key: str, original: str) -> Relation | None:
        """What a member of a cluster is to its original: known from the comparison of the same texts, or compared now."""
        entries = self._index.find((key, original))
        if len(entries) < 2:
            return None
        firsts = self._first(key), self._first(original)
        known = self._versions.get(_pair(key, original)) or self._versions.get(_pair(*firsts))
        if firsts[0] == firsts[1]:
            known = Relation(key, original, "exact", 1.0, 1.0, False)
        if known is None:
            texts = {name: Prepared(text) for name, text in self._index.texts((key, original)).items()}
            known = relate(entries[key], entries[original], texts[key], texts[original], self._now) if len(texts) == 2 else None
        if known is None:
            return None
        declared = declares(entries[key].member, entries[original].member)
        return replace(known, copy=key, original=original, kind="canonical" if declared else known.kind)

    def _looser(self, clusters: Iterable[Cluster]) -> dict[str, Duplicate]:
        """Marks of excerpts, extended versions and relatives, of posts that are not copies; originals are preferred as what they repeat."""
        original_of = {key: each.canonical for each in clusters for key in (each.canonical, *each.copies)}
        copies = {copy for each in clusters for copy in each.copies}
        loose = [r for r in self._workplace.relations() if r.kind not in VERSION_KINDS or _pair(r.copy, r.original) in self._versions]
        loose = [r for r in loose if r.copy not in copies and original_of.get(r.copy, r.copy) != original_of.get(r.original, r.original)]
        loose = [replace(r, kind="related") if r.kind in VERSION_KINDS else r for r in loose]
        by_original = [r for r in loose if r.original not in copies]
        served = {r.copy for r in by_original}
        chosen = by_original + [r for r in loose if r.copy not in served]
        entries: dict[str, Entry] = {}
        originals = sorted({r.original for r in chosen})
        for start in range(0, len(originals), MARKS_AT_ONCE):
            entries |= self._index.find(originals[start : start + MARKS_AT_ONCE])
        return best_marks([r for r in chosen if r.original in entries], entries, self._now)

    def _first(self, key: str) -> str:
        number = self._census.number(key)
        return key if number is None else self._census.keys[self._census.first[number]]

    def _is_selected(self, key: str) -> bool:
        number = self._census.number(key)
        return number is not None and bool(self._census.selected[number])


def _pair(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a < b else (b, a)
