"""The values that questions to an archive, and their answers, are made of.

`reader.py` has the questions themselves: each backend answers them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple, Self, get_args

from wparchive.backends.cursor import (
    IdentityPosition,
    LatestPosition,
    PublishedPosition,
)
from wparchive.model.documents import EventKind, Kind, State
from wparchive.model.features import Feature
from wparchive.model.history_records import EventRecord
from wparchive.text.search_query import Query

Order = Literal["newest", "oldest", "key"]
"""By publication, or by site, type and id.

Of one moment, `newest` lists the highest key first and `oldest` the lowest. Posts without a date
come last in both, by key.
"""
SearchOrder = Literal["relevance", "newest", "oldest"]
Group = Literal[
    "site",
    "type",
    "state",
    "year",
    "month",
    "tag",
    "category",
    "term",
    "author",
    "language",
    "has",
    "provider",
    "domain",
]
"""What posts can be counted by."""
GROUPS: tuple[Group, ...] = get_args(Group)
Lacked = Literal["tag", "category", "term", "author", "language"]
"""What a post may be without."""
ALL_LACKED: tuple[Lacked, ...] = get_args(Lacked)
FEATURE_GROUPS: dict[Group, str] = {
    "has": "has",
    "provider": "embed_providers",
    "domain": "link_domains",
}
"""Fields of posts that are lists of values, by the group that counts them."""
EVENT_KINDS: tuple[EventKind, ...] = get_args(EventKind)
EVENTS_OF_NAMES: tuple[EventKind, ...] = ("renamed", "merged", "gone")
"""Events of terms and authors alone."""
COPY_KINDS = ("canonical", "exact", "near")
"""Kinds of `duplicate` that `unique` leaves out.

Excerpts, extended versions and related stories are texts of their own.
"""
PostPosition = PublishedPosition | IdentityPosition
"""Where a page of posts ended: an IdentityPosition in the order `key`, else a PublishedPosition."""


class LinkFound(NamedTuple):
    """A post that was looked for by its public address."""

    key: str
    link: str


class MovedOut(NamedTuple):
    """A post that `wparchive duplicates prune` has moved out of the archive."""

    key: str
    copy_of: str | None
    copy_kind: str
    """`exact`, `near`, ...; empty where it is not marked as a copy."""
    moved_at: datetime

    @classmethod
    def from_removed(cls, post: Mapping[str, Any]) -> Self:
        """Make it of a record in `removed`."""
        mark = post.get("duplicate") or {"of": None, "kind": ""}
        return cls(post["_id"], mark["of"], mark["kind"], post["removed_at"])


class SlugFound(NamedTuple):
    """A post that was looked for by its slug."""

    key: str
    slug: str


@dataclass(frozen=True, slots=True)
class Filter:
    """The conditions for posts to be selected.

    Fields narrow one another; several values of one field widen it. Empty means any.
    """

    sites: tuple[str, ...] = ()
    """Site keys."""
    types: tuple[str, ...] = ()
    """Post types."""
    tags: tuple[str, ...] = ()
    """Names or slugs of tags, exactly (slugs in any case)."""
    categories: tuple[str, ...] = ()
    """Names or slugs of categories."""
    terms: tuple[str, ...] = ()
    """Terms of taxonomies of the site's own, as `taxonomy=name` or `taxonomy=slug`."""
    authors: tuple[str, ...] = ()
    """Names or slugs of authors."""
    languages: tuple[str, ...] = ()
    """Languages: `pt` also means `pt-BR`, `zh-Hant` only Chinese in traditional characters."""
    has: tuple[Feature, ...] = ()
    """What they have: a table, code, a video."""
    embeds: tuple[str, ...] = ()
    """Providers of their embeds."""
    links_to: tuple[str, ...] = ()
    """Domains that they link to; a domain means its subdomains too."""
    without: tuple[Lacked, ...] = ()
    """What they lack, all of it: they have no tag at all, no author, no known language."""
    keys: tuple[str, ...] | None = None
    """Only these posts, by key; None for any, and empty for none."""
    since: datetime | None = None
    """Published at or after."""
    until: datetime | None = None
    """Published before."""
    states: tuple[State, ...] = ("live",)
    """Empty for any state."""
    matching: Query | None = None
    """What a search asks for; None takes posts with any words."""
    unique: bool = False
    """Leave out copies: posts whose `duplicate` is canonical, exact or near."""


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """The conditions for documents of another kind to be selected. Empty means any."""

    sites: tuple[str, ...] = ()
    """Site keys."""
    types: tuple[str, ...] = ()
    """Taxonomies for terms; the other kinds have one type each."""
    states: tuple[State, ...] = ("live",)
    """Empty for any state."""
    post: int | None = None
    """Only comments on the post with this id, or media that were uploaded to it."""


@dataclass(frozen=True, slots=True)
class TypeCounts:
    """The counts of one type that an archive holds for a site."""

    site: str
    kind: Kind
    type: str
    live: int
    withdrawn: int
    deleted: int
    unpublished: int = 0


@dataclass(frozen=True, slots=True)
class TotalsPart:
    """The figures of the chosen posts of one site and type."""

    site: str
    type: str
    posts: int
    words: int
    first: datetime | None
    """Earliest publication; None when no post has a date."""
    last: datetime | None


@dataclass(frozen=True, slots=True)
class PostTotals:
    """The counts of a selection."""

    posts: int
    words: int
    sites: int
    types: dict[str, int]
    """Posts by type, the most frequent first."""
    first_year: str | None
    """Of the earliest publication; None when no post has a date."""
    last_year: str | None

    @classmethod
    def of(cls, parts: Sequence[TotalsPart]) -> "PostTotals":
        """Return the totals of a selection from those of its parts."""
        types: Counter[str] = Counter()
        for part in parts:
            types[part.type] += part.posts
        first = min((part.first for part in parts if part.first), default=None)
        last = max((part.last for part in parts if part.last), default=None)
        return cls(
            posts=types.total(),
            words=sum(part.words for part in parts),
            sites=len({part.site for part in parts}),
            types=dict(sorted(types.items(), key=lambda item: (-item[1], item[0]))),
            first_year=_year_text(first),
            last_year=_year_text(last),
        )


def _year_text(at: datetime | None) -> str | None:
    if at is None:
        return None
    return f"{at.year:04}"


@dataclass(frozen=True, slots=True)
class EventFilter:
    """The conditions for events to be selected."""

    events: tuple[EventKind, ...]
    """Kinds of events; never empty."""
    since: datetime
    """At or after."""
    until: datetime | None = None
    """Before."""
    sites: tuple[str, ...] = ()
    """Empty for any."""
    kinds: tuple[Kind, ...] = ()
    """Kinds of objects. Empty for posts, with what happens to terms and authors alone."""

    def means(self, event: EventRecord) -> bool:
        """Tell whether an event is meant: what backends ask their databases, in plain words."""
        of_kind = event["kind"] in self.kinds
        if not self.kinds:
            of_kind = event["kind"] == "posts" or event["event"] in EVENTS_OF_NAMES
        in_time = self.since <= event["at"] and (self.until is None or event["at"] < self.until)
        on_site = not self.sites or event["site"] in self.sites
        return of_kind and in_time and on_site and event["event"] in self.events

    def chosen(
        self, events: Iterable[EventRecord], after: LatestPosition | None
    ) -> Iterator[EventRecord]:
        """Yield those of a few events that are meant and follow a position, newest first."""
        meant = [event for event in events if self.means(event)]
        for event in sorted(meant, key=lambda event: (event["at"], event["_id"]), reverse=True):
            if after is None or (event["at"], event["_id"]) < (after.at, after.key):
                yield event


@dataclass(frozen=True, slots=True)
class Matches:
    """A page of what a search found."""

    scores: dict[str, float]
    """Keys in their order, with their relevance: higher is better; comparable in one answer."""
    next: str | None
    """Cursor of the page after this one; None when this is the last."""
