"""The reading side that every backend has: the questions that an archive answers.

Reading never creates or changes an archive. Opening a reader raises ArchiveMissing,
ArchiveUnreachable and ArchiveTooNew; any question raises ArchiveUnreachable when the archive is
lost. `wparchive.reading.library` is what analysts use; it is a thin layer over this Protocol.
`questions.py` has the filters, groups and figures that questions and answers are made of.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Protocol

from wparchive.backends.cursor import (
    FailurePosition,
    IdentityPosition,
    LatestPosition,
)
from wparchive.backends.questions import (
    DocumentFilter,
    EventFilter,
    Filter,
    Group,
    LinkFound,
    Matches,
    MovedOut,
    Order,
    PostPosition,
    PostTotals,
    SearchOrder,
    SlugFound,
    TypeCounts,
)
from wparchive.model.digest import HeldRecord
from wparchive.model.documents import Kind, PostDocument
from wparchive.model.file_records import FileRecord
from wparchive.model.history_records import EventRecord, Revision
from wparchive.model.run_records import Failure, ManifestChunk, Run
from wparchive.model.site_records import Lease, RecurringBlock, Site
from wparchive.text.search_query import Query


class Reader(Protocol):
    """The reading side of an archive.

    Several threads may ask at the same time. Iterators stream: they hold a bounded number of
    documents in memory, and each answers from one moment of the archive where the database can do
    that. `after` is the position of the last item of the page before; None begins. `limit` None
    means all.
    """

    address: str
    """Where it is, without a password."""

    def close(self) -> None:
        """Release everything; safe to call twice."""

    def analyser(self) -> str:
        """Return the mark of the analyser that made the search index."""

    def sites(self) -> list[Site]:
        """Return the remembered sites, by key."""

    def held(self) -> list[TypeCounts]:
        """Return the counts of every kind and type, by site."""

    def runs(
        self, sites: tuple[str, ...], limit: int | None, after: LatestPosition | None = None
    ) -> Iterator[Run]:
        """Yield the runs on sites (any, when none is named), newest first."""

    def leases(self) -> list[Lease]:
        """Return the leases of all sites that are being crawled, or were when a run was killed."""

    def posts(
        self,
        filter_: Filter,
        order: Order,
        limit: int | None,
        raw: bool,
        after: PostPosition | None = None,
    ) -> Iterator[PostDocument]:
        """Yield the posts that a filter means; without `raw` unless it is asked for."""

    def count(self, filter_: Filter) -> int:
        """Return how many posts a filter means."""

    def words(self, filter_: Filter) -> int:
        """Return the sum of their word counts."""

    def totals(self, filter_: Filter) -> PostTotals:
        """Return the figures of the posts that a filter means, as a whole."""

    def tally(self, filter_: Filter, group: Group) -> dict[str | None, int]:
        """Return how many posts have each value of a field; None counts posts without one.

        Months are `2024-05`, in UTC. A post counts once for each of its tags, categories and
        authors, and for each thing that it has, provider of its embeds, and domain that it links
        to; custom terms are `taxonomy=name`.
        """

    def tallies(
        self, filter_: Filter, groups: Sequence[Group]
    ) -> dict[Group, dict[str | None, int]]:
        """Return the tallies of several groups, without the posts that have no value."""

    def tally_pairs(
        self, filter_: Filter, first: Group, second: Group
    ) -> dict[tuple[str | None, str | None], int]:
        """Return how many posts have each pair of values of two different groups."""

    def search(
        self,
        query: Query,
        filter_: Filter,
        order: SearchOrder,
        limit: int,
        after: str | None = None,
    ) -> Matches:
        """Return a page of up to `limit` matching posts; `after` is the cursor of the last page.

        Each backend ranks by relevance in its own way, and its cursors hold what it needs to go on
        exactly. Raises InvalidQuery for a cursor of another list.
        """

    def matches(self, query: Query, filter_: Filter) -> int:
        """Return how many posts a search finds."""

    def indexed_words(self, beginning: str, shortest: int, longest: int) -> dict[str, int]:
        """Return words of the search index that begin so, with in how many posts they are.

        `shortest` and `longest` are characters. A server may look at some posts only.
        """

    def get(self, key: str) -> tuple[Kind, dict[str, Any]] | None:
        """Return the document with that key and its kind; None when there is none."""

    def get_posts(self, keys: list[str]) -> list[PostDocument]:
        """Return posts in the order of their keys, without `raw`; absent ones are left out."""

    def posts_at(self, links: Sequence[str]) -> list[LinkFound]:
        """Return the posts with any of these public addresses: live ones first, then the newest."""

    def slugs_with(self, part: str, written: tuple[str, ...], limit: int) -> list[SlugFound]:
        """Return posts with a text in their slug, and in the path of their address.

        `written` are the spellings of the text in addresses. Posts whose slug is just the text come
        first, live ones before others, then the newest.
        """

    def moved_out(self, names: Sequence[str]) -> list[MovedOut]:
        """Return the posts in `removed` with one of these keys, addresses or slugs, by key."""

    def posts_naming(self, post: PostDocument, links: tuple[str, ...]) -> list[str]:
        """Return the keys of the posts that name a post as their translation.

        `links` are the spellings of its address.
        """

    def documents(
        self,
        kind: Kind,
        filter_: DocumentFilter,
        limit: int | None = None,
        after: IdentityPosition | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Yield the documents of one kind, whole, by site, type and id."""

    def revisions(self, key: str) -> list[Revision]:
        """Return what is kept of earlier states of the documents with a key, oldest first."""

    def events(
        self, filter_: EventFilter, after: LatestPosition | None = None
    ) -> Iterator[EventRecord]:
        """Yield the recorded events, newest first, then by `_id`, descending."""

    def arrivals(
        self, kind: Kind, filter_: EventFilter, after: LatestPosition | None = None
    ) -> Iterator[EventRecord]:
        """Yield the events that objects of a kind were archived for the first time.

        Newest first, then by key, descending; the position holds a key.
        """

    def publications(self, site: str, since: datetime) -> Iterator[tuple[str, datetime]]:
        """Yield type and date of the live posts of a site, by the date, ascending."""

    def events_of(self, key: str) -> list[EventRecord]:
        """Return the recorded events of the documents with a key, in any order."""

    def held_records(self, site: str) -> Iterator[HeldRecord]:
        """Yield every record of a site by kind, type and id, with the hashes taken at its time."""

    def damage(self) -> str:
        """Return what the database finds broken in its file; "" for none, and for a server."""

    def manifest(self, site: str) -> Iterator[ManifestChunk]:
        """Yield what the last run that ended has written down of a site."""

    def records(self, collection: str, site: str, after: str, limit: int) -> list[dict[str, Any]]:
        """Return up to `limit` whole records of a site, ascending by `_id`, which follow `after`.

        A collection is one of `RECORD_TYPES`, or `removed`: then the posts have `removed_at`.
        """

    def history_since(self) -> datetime | None:
        """Return since when every change is kept; None for an archive of version 1."""

    def failures(
        self,
        sites: tuple[str, ...],
        types: tuple[str, ...],
        limit: int | None = None,
        after: FailurePosition | None = None,
    ) -> Iterator[Failure]:
        """Yield what could not be archived, by site, type, id and key."""

    def files(self, keys: Sequence[str]) -> dict[str, FileRecord]:
        """Return the records of files by `_id`, which are few; absent ones are left out."""

    def recurring_blocks(self, site: str) -> list[RecurringBlock]:
        """Return the blocks that recur on a site, those in most posts first."""
