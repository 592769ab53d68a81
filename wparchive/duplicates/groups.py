"""Marked posts brought together again: originals with their copies, and who copies whom."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from wparchive.duplicates.index import DuplicateIndex
from wparchive.duplicates.pair import PostSummary
from wparchive.model.documents import Duplicate

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Copy:
    """A post and what it repeats."""

    entry: PostSummary
    mark: Duplicate
    original: PostSummary | None
    """None where the archive no longer holds the original as live."""

    @property
    def delay(self) -> timedelta | None:
        """How long after the original it was published; None when a date is missing."""
        if (
            self.original is None
            or self.original.member.published_at is None
            or self.entry.member.published_at is None
        ):
            return None
        return self.entry.member.published_at - self.original.member.published_at

    @property
    def across_sites(self) -> bool:
        return self.original is not None and self.original.site != self.entry.site


@dataclass(frozen=True, slots=True)
class Group:
    """An original and its copies, in the order of their publication."""

    original: str
    copies: tuple[Copy, ...]

    @property
    def sites(self) -> list[str]:
        """The original's site first, the others by name."""
        first = [copy.original.site for copy in self.copies[:1] if copy.original]
        return first + sorted({copy.entry.site for copy in self.copies} - set(first))


@dataclass(frozen=True, slots=True)
class Flow:
    """What one site has of another."""

    source: str
    target: str
    copies: int
    median_delay: timedelta | None


def copies(index: DuplicateIndex, kinds: Collection[str], of: str | None = None) -> Iterator[Copy]:
    """All marked posts of these kinds with their originals, ascending by key; a bounded number in memory."""
    pending: list[tuple[PostSummary, Duplicate]] = []
    for entry in index.marked(of):
        if entry.duplicate and entry.duplicate["kind"] in kinds:
            pending.append((entry, entry.duplicate))
        if len(pending) >= _AT_ONCE:
            yield from _joined(index, pending)
            pending = []
    yield from _joined(index, pending)


def grouped(found: Iterable[Copy]) -> list[Group]:
    """Groups with most copies first, then by original."""
    by_original: dict[str, list[Copy]] = defaultdict(list)
    for copy in found:
        by_original[copy.mark["of"]].append(copy)
    groups = [
        Group(original, tuple(sorted(members, key=_by_publication)))
        for original, members in by_original.items()
    ]
    return sorted(groups, key=lambda group: (-len(group.copies), group.original))


def flows(found: Iterable[Copy]) -> list[Flow]:
    """Who copies whom: one flow for each pair of different sites, the largest first."""
    by_sites: dict[tuple[str, str], list[Copy]] = defaultdict(list)
    for copy in found:
        if copy.original is not None and copy.across_sites:
            by_sites[copy.original.site, copy.entry.site].append(copy)
    result = []
    for (source, target), members in by_sites.items():
        delays = [copy.delay.total_seconds() for copy in members if copy.delay is not None]
        result.append(
            Flow(
                source, target, len(members), timedelta(seconds=median(delays)) if delays else None
            )
        )
    return sorted(result, key=lambda flow: (-flow.copies, flow.source, flow.target))


def original_of(index: DuplicateIndex, key: str) -> str:
    """The post at the end of the chain of marks that begins at this one; a crawl's marks may form chains, a batch's do not."""
    seen = {key}
    while (
        (entry := index.find([key]).get(key))
        and entry.duplicate
        and entry.duplicate["of"] not in seen
    ):
        key = entry.duplicate["of"]
        seen.add(key)
    return key


def _joined(index: DuplicateIndex, pending: list[tuple[PostSummary, Duplicate]]) -> Iterator[Copy]:
    originals = index.find({mark["of"] for _, mark in pending}) if pending else {}
    return (Copy(entry, mark, originals.get(mark["of"])) for entry, mark in pending)


def _by_publication(copy: Copy) -> tuple[bool, float, str]:
    published = copy.entry.member.published_at
    return published is None, published.timestamp() if published else 0.0, copy.entry.key
