"""The state that all parts of a run share: the site, and the items on their way."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from crawler.credentials import Credentials
from crawler.items import Item, Progress
from crawler.parsing import RecordSource
from crawler.rest.api import Api
from crawler.rest.client import RestClient
from crawler.rest.collections import Collection
from crawler.rest.responses import RestResponse
from crawler.run.checkpoints import Checkpoints
from crawler.run.failures import FailureLog
from crawler.run.output import Traffic
from crawler.run.report import RunReport, TypeCount, TypeKey
from crawler.run.verdict import ExitStatus
from wparchive.backends.batch_writer import BatchWriter
from wparchive.backends.leases import SiteLease
from wparchive.backends.remembering import SiteLearner, distrust_counts
from wparchive.backends.store import Store
from wparchive.errors import ArchiveBusy, ArchiveError
from wparchive.furniture.remove import NO_FURNITURE, Furniture
from wparchive.model.site_records import Site

logger = logging.getLogger(__name__)

BYTES_IN_FLIGHT_MAX = 10_000_000
"""Limit on the raw bytes of all items in the pipelines.

Each byte costs 10 to 20 bytes of memory, in all the forms and processes that an item goes through.
CONCURRENT_ITEMS alone would let a site with long posts take gigabytes.
"""
LOOK_EVERY_S = 0.01  # while the last items of a collection are waited for
CompletePage = Callable[
    [Collection, tuple[tuple[int, bytes], ...]], Awaitable[tuple[tuple[int, bytes], ...]]
]
"""Returns the records of a page, by id, with the content that the API leaves out."""
FinishPage = Callable[[Sequence[bytes], RecordSource], Awaitable[list[Item | None]]]
"""Gives the items of records; None for each record that is to be parsed here."""


def utc_now() -> datetime:
    """Return the time in UTC, to the millisecond: the precision that both backends keep."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


class ItemsInFlight:
    """The items in the pipelines: their number is counted, and their memory is bounded."""

    def __init__(self) -> None:
        self._writer: BatchWriter | None = None
        self._items = 0
        self._bytes = 0
        self.sent_so_far = 0
        """The number of the last item that was sent; the first one has 1."""
        self._on_their_way: dict[int, None] = {}
        self._arrival = asyncio.Event()

    def end_in(self, writer: BatchWriter) -> None:
        """Note the store stage's writer, which writes the items in batches."""
        self._writer = writer

    async def sent(self, item: Progress) -> None:
        """Count an item in, once there is room for it. A single item always has room."""
        while self._items and self._bytes + item.received_bytes > BYTES_IN_FLIGHT_MAX:
            self._arrival.clear()
            await self._arrival.wait()
        self._items += 1
        self._bytes += item.received_bytes
        self.sent_so_far += 1
        item.number = self.sent_so_far
        self._on_their_way[item.number] = None

    def arrived_up_to(self) -> int:
        """Return the number up to which every item has arrived."""
        # A dict keeps its order, so its first key is the oldest item that is on its way.
        return next(iter(self._on_their_way), self.sent_so_far + 1) - 1

    def arrived(self, item: Any) -> None:
        """Count an item out: it was written, or it will not be.

        A stage that is not ours may have put an object of another class in the place of the item.
        """
        # Scrapy's `item_scraped` signal would do as well, at the cost of a task for each item.
        if not self._items:
            return
        if isinstance(item, Item):
            self._bytes -= item.received_bytes
            self._on_their_way.pop(item.number, None)
        else:
            # Nobody knows how large the item was that this one replaced: take the mean.
            self._bytes -= self._bytes // self._items
        self._items -= 1
        if not self._items:
            self._on_their_way.clear()  # items of other classes have no number
        self._arrival.set()

    async def drained(self) -> None:
        """Wait until every item has been written or refused."""
        while self._items > 0:
            # The last items of a collection do not fill a batch: write it before its time.
            if self._writer and self._writer.pending >= self._items:
                self._writer.end_batches()
            self._arrival.clear()
            # Items also move into the writer's batch without arriving, so look again soon.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._arrival.wait(), LOOK_EVERY_S)


@dataclass
class RunState:
    """One crawl of one site, while it goes on.

    It knows nothing of Scrapy: a test builds one from a store and a report.
    """

    store: Store
    report: RunReport
    clock: Callable[[], datetime] = utc_now
    traffic: Callable[[], Traffic] = Traffic
    """Returns what was sent and received so far."""
    lease: SiteLease | None = None
    """The right to write documents of the site; None in tests that need none."""

    credentials: Credentials | None = None
    """With which the site is asked; None for a visitor."""
    site: Site | None = None
    """Known once the first phase has found it; so are `api` and `client`."""
    api: Api | None = None
    client: RestClient | None = None
    collections: dict[TypeKey, Collection] = field(default_factory=dict)
    """Everything that the site lists, whether this run reads it or not."""
    closed: dict[TypeKey, str] = field(default_factory=dict)
    """What the site keeps closed to visitors, with the reason."""
    site_date: datetime | None = None
    """The `Date` of the first answer: the start of the run by the site's own clock."""
    cache_age_s: float = 0.0
    """The age of the oldest answer, as caches in front of the site name it."""
    stopping: bool = False
    """The run is to end: nothing new is begun, and what is in flight is finished."""

    complete_page: CompletePage | None = None
    """Counts records whose content the API leaves out, and completes them; None in tests."""
    finish_page: FinishPage | None = None
    """Makes the items of a page in a helper process, once helper processes have been started."""
    make_learner: Callable[[], SiteLearner] | None = None
    """Makes the learner of the site's furniture; None where ARCHIVE_SITE_MEMORY is off."""
    learner: SiteLearner | None = None
    """Learns what the site repeats in its posts, once the site is found."""
    compare_again: Callable[[Sequence[str]], None] = lambda keys: None
    """Takes keys of posts that are held already, and are to be compared with the others."""
    in_flight: ItemsInFlight = field(default_factory=ItemsInFlight)
    resume_within: timedelta = timedelta()
    """The greatest age of a run that this one goes on from."""
    failures: FailureLog = field(init=False)
    checkpoints: Checkpoints = field(init=False)

    def __post_init__(self) -> None:
        self.checkpoints = Checkpoints(self.store, self.report, self.clock, self.resume_within)
        self.failures = FailureLog(self.store, self.report, self.clock)

    @property
    def site_key(self) -> str:
        """Return the key of the site; the address as given until the site is found."""
        return self.report.site

    @property
    def furniture(self) -> Furniture:
        """Return what is left out of the texts of posts that are archived now."""
        if self.learner is None:
            return NO_FURNITURE
        return self.learner.furniture

    @property
    def home(self) -> str:
        """Return the address of the site's front page; empty until the site is found."""
        if self.site is None:
            return ""
        return self.site["home"]

    @property
    def known_site(self) -> Site:
        """Return the site, once the first phase has found it."""
        assert self.site is not None, "the site is not found yet"
        return self.site

    @property
    def language(self) -> str | None:
        """Return the language that the site's front page declares."""
        if self.site is None:
            return None
        return self.site.get("language")

    def count_of(self, collection: Collection) -> TypeCount:
        """Return the counts of a collection's type."""
        return self.report.count(collection.kind, collection.type)

    async def begin_learning(self, should_stop: Callable[[], bool]) -> None:
        """Read what is remembered of the site, before the first of its posts is archived.

        Raises ArchiveError.
        """
        if self.make_learner is None:
            await distrust_counts(self.store, self.site_key)
            return
        learner = self.make_learner()
        learner.should_stop = should_stop
        learner.on_progress = self._note_reread
        await learner.begin()
        self.learner = learner

    async def settle_learning(self) -> None:
        """Decide what recurs and take it out of the texts, once all posts are archived.

        A run that was told to stop leaves it to the next one. Raises ArchiveError.
        """
        if self.learner is None or self.stopping:
            return
        try:
            self.report.learned = await self.learner.settle()
        except ArchiveError:
            raise
        except Exception:  # a defect there is no reason to lose the run
            logger.exception("what recurs was not learned; the next run counts all posts again")

    def _note_reread(self, posts: int) -> None:
        self.report.reread += posts

    def stop(self, exit_status: ExitStatus, reason: str) -> None:
        """End the run early. Only the first reason counts."""
        self.report.stop(exit_status, reason)
        self.stopping = True

    def lose_archive(self, error: ArchiveError) -> None:
        """End the run because the archive cannot be opened or was lost, or is another run's."""
        status = ExitStatus.ARCHIVE
        if isinstance(error, ArchiveBusy):
            status = ExitStatus.BUSY
        self.stop(status, str(error))

    async def take_site(self) -> None:
        """Make sure that no other run writes the site, until `release`.

        Notes in the archive which earlier runs were killed. Raises ArchiveBusy, ArchiveError.
        """
        if self.lease is None:
            return
        await self.lease.take(self.site_key, self.report.run_id)
        self.lease.keep(on_loss=self.lose_archive)
        await self.store.end_killed_runs(self.site_key, self.report.run_id)

    async def release(self) -> None:
        """Let other runs write the site. Raises ArchiveError."""
        if self.lease is not None:
            await self.lease.release()

    def address(self, route: str, params: Iterable[tuple[str, str]] = ()) -> str:
        """Return the address of a route of the site's API."""
        assert self.api is not None, "the site is not found yet"
        return self.api.url(route, params)

    async def get(
        self,
        url: str,
        *,
        tries: int | None = None,
        plain: bool = False,
        was_open: bool = False,
        anonymous: bool = False,
        recorded: bool = True,
    ) -> RestResponse:
        """Ask the site for one address of its API; redirects are followed only within the site.

        A list that moved elsewhere is a refusal: it would give another site's records. The
        others are those of `RestClient.get`, which also says what is raised.
        """
        assert self.client is not None, "the site is not found yet"
        response = await self.client.get(
            url,
            follow=False,
            tries=tries,
            plain=plain,
            was_open=was_open,
            anonymous=anonymous,
            recorded=recorded,
            expects_json=True,
        )
        self.note_clock(response)
        return response

    def note_clock(self, response: RestResponse) -> None:
        """Take over what an answer says of the site's clock, and of caches in front of it."""
        if self.site_date is None:
            with suppress(ValueError):
                date = parsedate_to_datetime(response.headers.get("date", ""))
                self.site_date = date.astimezone(UTC)
        age = response.headers.get("age", "")
        # Eight digits are three years. More is a mistake of a cache.
        if age.isdecimal() and len(age) < 9:
            self.cache_age_s = max(self.cache_age_s, float(age))
