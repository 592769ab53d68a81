"""What analysts ask of an archive: the synchronous, reading side that both backends keep, and the parts they share.

Reading never creates or changes an archive. A reader raises ArchiveMissing, ArchiveUnreachable and ArchiveTooNew when it is opened.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol, get_args

from wparchive.model.documents import (
    CommentDocument,
    Failure,
    Kind,
    PostDocument,
    Revision,
    Run,
    Site,
    State,
)
from wparchive.text.search_query import Query

Order = Literal["newest", "oldest", "key"]
"""By publication (posts without a date last), or by site, type and id."""
SearchOrder = Literal["relevance", "newest", "oldest"]
Group = Literal["site", "type", "state", "year", "month", "tag", "category", "author", "language"]
GROUPS: tuple[Group, ...] = get_args(Group)
EventKind = Literal["new", "edited", "withdrawn", "deleted"]
HAPPENINGS: tuple[EventKind, ...] = get_args(EventKind)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which posts are meant. Fields narrow one another; several values of one field widen it. Empty means any."""

    sites: tuple[str, ...] = ()
    """Site keys."""
    types: tuple[str, ...] = ()
    """Post types."""
    tags: tuple[str, ...] = ()
    """Names or slugs of tags, exactly (slugs in any case)."""
    categories: tuple[str, ...] = ()
    """Names or slugs of categories."""
    authors: tuple[str, ...] = ()
    """Names or slugs of authors."""
    since: datetime | None = None
    """Published at or after."""
    until: datetime | None = None
    """Published before."""
    states: tuple[State, ...] = ("live",)
    """Empty for any state."""
    unique: bool = False
    """Leave out copies: posts whose `duplicate` is canonical, exact or near."""


COPY_KINDS = ("canonical", "exact", "near")
"""Kinds of `duplicate` that `unique` leaves out; excerpts, extended versions and related stories are texts of their own."""


@dataclass(frozen=True, slots=True)
class TypeCounts:
    """How much of one type an archive holds for a site."""

    site: str
    kind: Kind
    type: str
    live: int
    withdrawn: int
    deleted: int


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a post, as crawls saw it."""

    at: datetime
    what: EventKind
    key: str
    title: str
    link: str | None
    revision: int
    """The version that the event ended (`edited`) or concerned."""


class Reader(Protocol):
    """The reading side of an archive. Iterators stream: they hold a bounded number of documents in memory."""

    address: str
    """Where it is, without a password."""

    def close(self) -> None:
        """Release everything; safe to call twice."""

    def analyser(self) -> str:
        """The mark of the analyser that made the search index."""

    def sites(self) -> list[Site]:
        """The remembered sites, by key."""

    def held(self) -> list[TypeCounts]:
        """Counts of every kind and type, by site."""

    def runs(self, site: str, limit: int) -> list[Run]:
        """Newest runs of a site first."""

    def posts(
        self, filter_: Filter, order: Order, limit: int | None, raw: bool
    ) -> Iterator[PostDocument]:
        """The posts that a filter means; without their `raw` records unless these are asked for."""

    def count(self, filter_: Filter) -> int:
        """How many posts a filter means."""

    def words(self, filter_: Filter) -> int:
        """Sum of their word counts."""

    def tally(self, filter_: Filter, group: Group) -> dict[str | None, int]:
        """Posts by value of a field; months as `2024-05` in UTC, None for posts without one. A post counts once for each of its tags."""

    def search(
        self, query: Query, filter_: Filter, order: SearchOrder, limit: int
    ) -> list[tuple[str, float]]:
        """Keys of matching posts with their relevance (higher is better; comparable within one answer only)."""

    def matches(self, query: Query, filter_: Filter) -> int:
        """How many posts a search finds."""

    def get(self, key: str) -> tuple[Kind, dict[str, Any]] | None:
        """The document with that key and the kind it is of."""

    def get_posts(self, keys: list[str]) -> list[PostDocument]:
        """Posts by key, in the order of the keys and without `raw`; absent ones are left out."""

    def find_link(self, links: tuple[str, ...]) -> str | None:
        """Key of a post with one of these public addresses; a live one is preferred."""

    def documents(self, kind: Kind, site: str) -> Iterator[dict[str, Any]]:
        """Live documents of one kind of a site, by type and id."""

    def comments(self, site: str, post: int) -> list[CommentDocument]:
        """Live comments on a post, by id."""

    def revisions(self, key: str) -> list[Revision]:
        """Earlier versions of a document, oldest first."""

    def events(
        self, what: EventKind, sites: tuple[str, ...], since: datetime, until: datetime | None
    ) -> Iterator[Event]:
        """What happened to posts in that time, newest first."""

    def failures(self, sites: tuple[str, ...], types: tuple[str, ...]) -> Iterator[Failure]:
        """What could not be archived, by site, type and id."""
