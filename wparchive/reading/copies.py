"""Copies in an archive, as analysts ask for them: groups, who copies whom, what a copy changed."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from wparchive.duplicates.groups import Copy, CopyGroup, Flow, copies, flows, grouped, original_of
from wparchive.duplicates.index import DuplicateIndex
from wparchive.duplicates.pair import DUPLICATE_KINDS, VERSION_KINDS
from wparchive.errors import NotFound
from wparchive.reading.arguments import (
    OneOrMany,
    link_forms,
    require_known,
    require_unicode,
    short_link_keys,
    sites_of,
    values_of,
)
from wparchive.reading.views import text_difference
from wparchive.text.diff import Piece

_TEXTS_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class SiteCopies:
    """The number of posts of a site that are versions of other posts."""

    copies: int
    across_sites: int
    """Those of them whose original is on another site."""


@dataclass(frozen=True, slots=True)
class CopyTotals:
    """The number of posts that repeat others."""

    kinds: dict[str, int]
    """Copies by kind, the closest kind first."""
    sites: dict[str, SiteCopies]
    """Copies that are versions of one text, by site, the most first."""


class ChangedCopy(NamedTuple):
    """A copy, and what it changed."""

    copy: Copy
    pieces: list[Piece]
    """Empty for an equal text, and where the original is no longer there."""


def _delay_s(copy: Copy) -> float | None:
    if copy.delay is None:
        return None
    return copy.delay.total_seconds()


COPY_COLUMNS: dict[str, Callable[[Copy], Any]] = {
    "key": lambda copy: copy.post.key,
    "of": lambda copy: copy.mark["of"],
    "kind": lambda copy: copy.mark["kind"],
    "direction": lambda copy: copy.mark.get("direction"),
    "jaccard": lambda copy: copy.mark["jaccard"],
    "containment": lambda copy: copy.mark["containment"],
    "own_words": lambda copy: copy.mark.get("own_words"),
    "shared_words": lambda copy: copy.mark.get("shared_words"),
    "reason": lambda copy: copy.mark.get("reason"),
    "delay_s": _delay_s,
    "site": lambda copy: copy.post.site,
    "original_site": lambda copy: copy.original and copy.original.site,
    "title": lambda copy: copy.post.title,
    "original_title": lambda copy: copy.original and copy.original.title,
    "published_at": lambda copy: copy.post.candidate.published_at,
    "original_published_at": lambda copy: copy.original and copy.original.candidate.published_at,
    "link": lambda copy: copy.post.candidate.link,
    "original_link": lambda copy: copy.original and copy.original.candidate.link,
}
"""Each column of a copy's record, and where its value comes from."""


def copy_record(copy: Copy) -> dict[str, Any]:
    """Return a copy as one flat record."""
    return {name: value(copy) for name, value in COPY_COLUMNS.items()}


def flow_record(flow: Flow) -> dict[str, Any]:
    """Return who copies whom, how much and how fast, as one flat record."""
    delay = flow.median_delay
    return {
        "original_site": flow.source,
        "site": flow.target,
        "copies": flow.copies,
        "words": flow.words,
        "shared_words": flow.shared_words,
        "share": flow.share,
        "median_delay_s": None if delay is None else delay.total_seconds(),
    }


def copy_totals(found: Iterable[Copy]) -> CopyTotals:
    """Return how many copies there are, by kind and by site."""
    kinds: Counter[str] = Counter()
    own: Counter[str] = Counter()
    elsewhere: Counter[str] = Counter()
    for copy in found:
        kinds[copy.mark["kind"]] += 1
        if copy.mark["kind"] in VERSION_KINDS:
            own[copy.post.site] += 1
            elsewhere[copy.post.site] += copy.across_sites
    return CopyTotals(
        kinds={kind: kinds[kind] for kind in DUPLICATE_KINDS if kinds[kind]},
        sites={site: SiteCopies(count, elsewhere[site]) for site, count in own.most_common()},
    )


class Duplicates:
    """The copies that an archive knows of: those that crawls and `duplicates find` have marked."""

    def __init__(self, index: DuplicateIndex) -> None:
        self._index = index

    def copies(
        self, *, site: OneOrMany = None, kind: OneOrMany = None, across_sites: bool = False
    ) -> Iterator[Copy]:
        """Yield the copies on these sites (any, when none is named), ascending by key.

        Kinds are `canonical`, `exact`, `near` (the default: versions of one text), `contained` and
        `related`. `across_sites` leaves out copies on their original's own site. Raises
        InvalidQuery.
        """
        sites = sites_of(site)
        kinds = values_of(kind) or tuple(VERSION_KINDS)
        for name in kinds:
            require_known("kind", name, DUPLICATE_KINDS)
        return (
            copy
            for copy in copies(self._index, kinds)
            if (not sites or copy.post.site in sites) and (copy.across_sites or not across_sites)
        )

    def groups(
        self, *, site: OneOrMany = None, kind: OneOrMany = None, across_sites: bool = False
    ) -> list[CopyGroup]:
        """Return copies by their originals, the largest groups first; arguments as of `copies`."""
        return grouped(self.copies(site=site, kind=kind, across_sites=across_sites))

    def group(self, post: str) -> CopyGroup:
        """Return the group that a post is in, as original or copy; it is named by key or address.

        Raises NotFound when there is no such post, and when it is no copy and has none.
        """
        # A copy's own mark may point to another copy, while `find` has not run.
        original = original_of(self._index, self._key(post))
        found = grouped(copies(self._index, DUPLICATE_KINDS, original))
        if not found:
            raise NotFound(
                f"{post} is no copy and has no copies: `wparchive duplicates find` looks for them"
            )
        return found[0]

    def flows(self, *, site: OneOrMany = None, kind: OneOrMany = None) -> list[Flow]:
        """Return who copies whom, the largest flow first; arguments as of `copies`."""
        return flows(self.copies(site=site, kind=kind))

    def totals(self) -> CopyTotals:
        """Return how many posts repeat others, by kind and by site."""
        return copy_totals(copies(self._index, DUPLICATE_KINDS))

    def moved_out(self) -> list[tuple[str, datetime]]:
        """Return the keys of the posts that `duplicates prune` has moved out, and when."""
        return list(self._index.removed())

    def changes(self, group: CopyGroup, full: bool = False) -> Iterator[ChangedCopy]:
        """Yield each copy of a group with its differences from the original.

        Long stretches of unchanged text are left out, unless `full`.
        """
        # A group may have thousands of copies, whose texts do not fit in memory together.
        for start in range(0, len(group.copies), _TEXTS_AT_ONCE):
            chunk = group.copies[start : start + _TEXTS_AT_ONCE]
            texts = self._index.texts({group.original, *(copy.post.key for copy in chunk)})
            for copy in chunk:
                yield ChangedCopy(copy, _changes(copy, texts, full))

    def _key(self, post: str) -> str:
        """Return the key of a live post that is named by key or address.

        Raises NotFound, InvalidQuery.
        """
        for key in (require_unicode(post).strip(), *short_link_keys(post)):
            if self._index.find([key]):
                return key
        for _, keys in sorted(self._index.linked(link_forms(post)).items()):
            return keys[0]
        raise NotFound(
            f"no live post {post!r} in {self._index.address}: "
            "a post is named by its key (site/type/id) or address"
        )


def _changes(copy: Copy, texts: dict[str, str], full: bool) -> list[Piece]:
    old = texts.get(copy.mark["of"])
    new = texts.get(copy.post.key)
    if old is None or new is None or copy.mark["kind"] == "exact":
        return []
    return text_difference(old, new, full)
