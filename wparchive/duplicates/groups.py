"""Marked posts brought together again: originals with their copies, and who copies whom."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from wparchive.duplicates.index import DuplicateIndex
from wparchive.duplicates.summary import PostSummary
from wparchive.model.document_parts import Duplicate

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Copy:
    """A post and what it repeats."""

    post: PostSummary
    mark: Duplicate
    original: PostSummary | None
    """None where the archive no longer holds the original as live."""

    @property
    def delay(self) -> timedelta | None:
        """Return how long after the original it was published; None when a date is missing."""
        if self.original is None:
            return None
        published = self.post.candidate.published_at
        first_published = self.original.candidate.published_at
        if published is None or first_published is None:
            return None
        return published - first_published

    @property
    def across_sites(self) -> bool:
        """Return whether the original is on another site."""
        return self.original is not None and self.original.site != self.post.site


@dataclass(frozen=True, slots=True)
class CopyGroup:
    """An original and its copies, in the order of their publication."""

    original: str
    copies: tuple[Copy, ...]

    @property
    def sites(self) -> list[str]:
        """Return the original's site, then the others by name."""
        first = [copy.original.site for copy in self.copies[:1] if copy.original]
        return first + sorted({copy.post.site for copy in self.copies} - set(first))


@dataclass(frozen=True, slots=True)
class Flow:
    """The posts that one site has copied from another."""

    source: str
    target: str
    copies: int
    median_delay: timedelta | None
    words: int = 0
    """Words of these copies; those whose marks do not say them (of earlier versions) count 0."""
    shared_words: int = 0
    """Those of them that stand in the originals, too."""

    @property
    def share(self) -> float | None:
        """Return the part of the copies' words that they share, 0..1; None where none is known."""
        if not self.words:
            return None
        return self.shared_words / self.words


def copies(index: DuplicateIndex, kinds: Collection[str], of: str | None = None) -> Iterator[Copy]:
    """Yield all marked posts of these kinds with their originals, ascending by key.

    With `of`, only the copies of that post. A bounded number of posts is in memory.
    """
    pending: list[tuple[PostSummary, Duplicate]] = []
    for post in index.marked(of):
        if post.duplicate and post.duplicate["kind"] in kinds:
            pending.append((post, post.duplicate))
        if len(pending) >= _AT_ONCE:
            yield from _with_originals(index, pending)
            pending = []
    yield from _with_originals(index, pending)


def grouped(found: Iterable[Copy]) -> list[CopyGroup]:
    """Return the groups of copies: those with most copies first, then by original."""
    by_original: dict[str, list[Copy]] = defaultdict(list)
    for copy in found:
        by_original[copy.mark["of"]].append(copy)
    groups = [
        CopyGroup(original, tuple(sorted(members, key=_by_publication)))
        for original, members in by_original.items()
    ]
    return sorted(groups, key=lambda group: (-len(group.copies), group.original))


def flows(found: Iterable[Copy]) -> list[Flow]:
    """Return one flow for each pair of different sites, the largest first."""
    by_sites: dict[tuple[str, str], list[Copy]] = defaultdict(list)
    for copy in found:
        if copy.original is not None and copy.across_sites:
            by_sites[copy.original.site, copy.post.site].append(copy)
    result = [
        Flow(source, target, len(members), _median_delay(members), *_words(members))
        for (source, target), members in by_sites.items()
    ]
    return sorted(result, key=lambda flow: (-flow.copies, flow.source, flow.target))


def _words(found: Iterable[Copy]) -> tuple[int, int]:
    """Return how many words copies have, and how many of them they share with the originals."""
    counted = [copy.mark for copy in found if "own_words" in copy.mark]
    own = sum(mark["own_words"] for mark in counted)
    return own, sum(mark.get("shared_words", 0) for mark in counted)


def _median_delay(found: Iterable[Copy]) -> timedelta | None:
    delays = [copy.delay.total_seconds() for copy in found if copy.delay is not None]
    if not delays:
        return None
    return timedelta(seconds=median(delays))


def original_of(index: DuplicateIndex, key: str) -> str:
    """Return the post at the end of the chain of marks that begins at this one.

    Marks that a crawl has set may form chains; those of `wparchive duplicates find` do not.
    """
    seen = {key}
    while True:
        post = index.find([key]).get(key)
        # Two crawls may have marked two posts as copies of each other.
        if post is None or post.duplicate is None or post.duplicate["of"] in seen:
            return key
        key = post.duplicate["of"]
        seen.add(key)


def _with_originals(
    index: DuplicateIndex, pending: list[tuple[PostSummary, Duplicate]]
) -> Iterator[Copy]:
    if not pending:
        return iter(())
    originals = index.find({mark["of"] for _, mark in pending})
    return (Copy(post, mark, originals.get(mark["of"])) for post, mark in pending)


def _by_publication(copy: Copy) -> tuple[bool, float, str]:
    published = copy.post.candidate.published_at
    if published is None:
        return True, 0.0, copy.post.key
    return False, published.timestamp(), copy.post.key
