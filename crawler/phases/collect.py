"""Reading one collection: a walk says what to request next, a reader makes the requests."""

import asyncio
from array import array
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial

from crawler.fallback.markers import lacking_parts
from crawler.items import Item
from crawler.phases.batch_size import BatchSize, BatchTimes
from crawler.phases.measure import MeasuredCollection
from crawler.phases.pages_ahead import (
    AcceptedPage,
    MakeItems,
    PagesAhead,
    Records,
    items_of,
)
from crawler.phases.record_requests import Answered, RecordRequests
from crawler.run.checkpoints import ArrivalMarks
from crawler.run.failures import NotArchived
from crawler.run.proof import Proof, Scope
from crawler.run.run_state import RunState
from crawler.walk import Certificate, Page, PageRequest, Problem, Unreadable, Walk
from crawler.walk.choice import choose_walk
from wparchive.model.documents import document_key


@dataclass(frozen=True, slots=True)
class HeldRows:
    """The rows of a collection that the archive holds from a run that was not complete."""

    number: int
    """How many there are; they are the first ones in the order of ids."""
    fields: tuple[str, ...]
    """The fields of a record that show whether a row is held as it is now."""
    current: Callable[[Records], Awaitable[frozenset[int]]]
    """Returns the ids of those of some rows, with these fields, that are held as they are now."""


@dataclass(frozen=True, slots=True)
class Collector:
    """The maker of the readers of one run; a strategy asks it for one."""

    run: RunState
    per_page: int = 100
    """Rows of one request."""
    width: int = 1
    """Requests of one walk in flight."""
    probe_max: int = 1000
    """Requests that one walk may spend on gaps."""
    answer_max_s: float = 0.0
    """Seconds above which fewer rows are requested at once; 0: never."""

    def read(
        self,
        measured: MeasuredCollection,
        make_walk: Callable[[], Walk] | None = None,
        make_items: MakeItems | None = None,
        held: HeldRows | None = None,
    ) -> "CollectionReader":
        """Return a reader of the collection, or of the part that `measured.filters` leaves.

        `make_walk` makes the walk, the best one that the route allows by default. It is called
        again when the site needs to be asked in another form. `make_items` makes items of the
        records of a page, `items_of` by default. What is `held` and unchanged is not read again.
        """
        batches = BatchTimes(BatchSize(self.per_page, self.answer_max_s))
        if make_walk is None:
            make_walk = partial(
                choose_walk,
                measured.collection.capabilities,
                per_page=self.per_page,
                width=self.width,
                probe_budget=self.probe_max,
                held_rows=held.number if held else 0,
                rows_now=batches.rows,
            )
        if make_items is None:
            make_items = partial(items_of, run=self.run)
        return CollectionReader(self.run, measured, make_walk, make_items, held, batches)


class CollectionReader:
    """A reader of one collection with a walk; it counts what it read."""

    def __init__(
        self,
        run: RunState,
        measured: MeasuredCollection,
        make_walk: Callable[[], Walk],
        make_items: MakeItems,
        held: HeldRows | None = None,
        batches: BatchTimes | None = None,
    ) -> None:
        self._run = run
        self._held = held
        self._make_items = make_items
        self._measured = measured
        self._collection = measured.collection
        self._count = run.count_of(measured.collection)
        self._make_walk = make_walk
        self._requests = RecordRequests(
            run,
            measured.collection,
            measured.filters,
            was_open=measured.was_open,
            light_fields=held.fields if held else ("id",),
            batches=batches,
        )
        self._walk = make_walk()
        self._light_rows = 0
        self._doubt = ""
        self.on_reached: Callable[[int], None] = lambda up_to_id: None
        """Called with the id up to which everything is in the archive, as it rises."""
        self.last_id = 0
        """The highest id that the walk accepted."""
        self.seen: array[int] = array("q")
        """Every id that the walk accepted, 8 bytes each; some of them twice."""

    @property
    def certificate(self) -> Certificate:
        """Return what the walk knows so far, with what speaks against its end."""
        certificate = self._walk.certificate
        if self._doubt and certificate.proved:
            return replace(certificate, proved=False, reason=self._doubt)
        return certificate

    @property
    def reached_id(self) -> int:
        """Return the id up to which everything was accepted; 0 in a walk without order of ids."""
        return self._walk.settled_id

    async def items(self) -> AsyncIterator[Item]:
        """Yield the items of the collection, some of them twice where it is walked twice.

        A walk that the site's own behaviour made impossible is tried once more in another form.
        """
        async for item in self._drive(self._walk):
            yield item
        while not self._run.stopping and await self._change_form():
            self._walk = self._make_walk()
            self._count.unchanged -= self._light_rows  # they will be counted again
            self._light_rows = 0
            async for item in self._drive(self._walk):
                yield item
        # Totals were not believed any more, and the lists end early all the same.
        if not self._requests.believes_totals and await self._is_proved_too_early():
            top_id = self._measured.top_id
            self._doubt = (
                f"the lists end before {top_id}, and the site does not say that it is gone"
            )
        for unreadable in self.certificate.unreadable:
            lost = self._unfetched(unreadable)
            kept, words = await self._what_can_be_had(lost.id)
            for item in await self._make_items(kept):
                yield item
            await self._run.failures.add(replace(lost, message=lost.message + words))
        if self.certificate.proved:
            self._count.hidden = self.certificate.hidden or 0

    async def _what_can_be_had(self, id_: int | None) -> tuple[AcceptedPage, str]:
        """Return a page with the part of a record that the site can send, and words about it.

        The page is empty where there is none. A whole record that is held stays.
        """
        collection = self._collection
        nothing = AcceptedPage(collection, ())
        if id_ is None or self._run.stopping:
            return nothing, ""
        stored = await self._run.store.raw_records(
            collection.kind, self._run.site_key, collection.type, [id_], collection.statuses
        )
        if id_ in stored and not lacking_parts(stored[id_]):
            return nothing, "; what is held of it stays"
        found = await self._requests.part_of(id_)
        if found is None:
            return nothing, ""
        raw, warc = found
        self.seen.append(id_)
        words = f"; kept without {', '.join(lacking_parts(raw))}"
        return AcceptedPage(collection, ((id_, raw),), warc=warc), words

    def proof(self, scope: Scope) -> Proof:
        """Return the proof that the certificate of the walk allows for this scope."""
        if self.certificate.proved:
            return Proof.proved(scope)
        if self._run.stopping:
            return Proof.unproven("the run ended before the walk did")
        return Proof.unproven(self.certificate.reason)

    async def _change_form(self) -> bool:
        """Ask in another form where the site needs it; tell whether that is to be tried."""
        if self.certificate.query_ignored:
            return self._requests.use_query_form()
        if self._requests.believes_totals and await self._is_proved_too_early():
            self._requests.distrust_totals()
            return True
        return False

    async def _is_proved_too_early(self) -> bool:
        """Tell whether a walk is proved, and the highest id from before it is shown and was not
        reached.

        Then the site's total counts the page, not the collection, or its lists are not true.
        """
        top_id = self._measured.top_id
        if not self.certificate.proved or top_id is None or self.last_id >= top_id:
            return False
        return await self._requests.shows(top_id)

    async def _drive(self, walk: Walk) -> AsyncIterator[Item]:
        """Yield the items of one walk; make its requests until it is finished or the run ends.

        The next page is requested while the items of earlier ones are made.
        """
        pending: dict[asyncio.Task[Answered], PageRequest] = {}
        in_flight = self._run.in_flight
        marks = ArrivalMarks(in_flight.arrived_up_to)
        ahead = PagesAhead(self._make_items)
        try:
            # A run that stops asks nothing more, and still takes the answers under way.
            while not walk.finished and (pending or not self._run.stopping):
                if not self._run.stopping and ahead.has_room:
                    for request in walk.requests():
                        answer = asyncio.ensure_future(self._answer(request))
                        pending[answer] = request
                tasks = {*pending, *ahead.tasks}
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in [task for task in pending if task.done()]:
                    ahead.add(self._give(walk, pending.pop(task), task.result()))
                for item in ahead.ready_items():
                    yield item
                # These items are given, not stored. The id counts once all that was sent so far has
                # arrived.
                marks.given(in_flight.sent_so_far, ahead.settled_id)
                self.on_reached(marks.reached())
                self._count_progress(walk.certificate)
            async for item in ahead.other_items():
                yield item
        finally:
            for unfinished in (*pending, *ahead.tasks):
                unfinished.cancel()

    async def _answer(self, request: PageRequest) -> Answered:
        """Make a request; for a light one, also find out which rows are held as they are now."""
        answered = await self._requests.answer(request)
        if not request.light or isinstance(answered.outcome, Problem):
            return answered
        assert self._held is not None
        current = await self._held.current(answered.records)
        return replace(answered, outcome=replace(answered.outcome, current=current))

    def _give(self, walk: Walk, request: PageRequest, answered: Answered) -> AcceptedPage:
        """Give an answer to the walk; return the records that it accepts."""
        self._count.requests += 1
        if isinstance(answered.outcome, Problem):
            walk.fail(request, answered.outcome)
            return AcceptedPage(self._collection, ())
        self._count.short_page |= _is_short(request, answered.outcome)
        accepted = set(walk.feed(request, answered.outcome))
        # The 0 is for an answer without ids: `max` of a single number is a TypeError.
        self.last_id = max(self.last_id, *accepted, 0)
        self.seen.extend(accepted)
        if request.light:  # the archive has them
            self._note_held(accepted)
            return AcceptedPage(self._collection, (), settled_id=walk.settled_id)
        records = []
        for id_, raw in answered.records:
            if id_ in accepted:
                accepted.discard(id_)  # a page may hold the same id twice
                records.append((id_, raw))
        return AcceptedPage(
            self._collection, tuple(records), answered.repaired, walk.settled_id, answered.warc
        )

    def _note_held(self, ids: set[int]) -> None:
        """Count rows that are held as they are now, and have posts compared with the others."""
        self._count.unchanged += len(ids)
        for id_ in sorted(ids):
            self._count.archived.add(id_)
        self._light_rows += len(ids)
        if self._collection.kind == "posts":
            site = self._run.site_key
            type_ = self._collection.type
            self._run.compare_again([document_key(site, type_, id_) for id_ in sorted(ids)])

    def _count_progress(self, certificate: Certificate) -> None:
        """Take over what the walk has counted so far."""
        self._count.listed = certificate.listed
        if certificate.site_total is None:
            return
        self._count.expected = certificate.site_total
        if not self._measured.filters:
            self._count.site_total = certificate.site_total

    def _unfetched(self, unreadable: Unreadable) -> NotArchived:
        """Return the failure for a record, or a stretch of records, that the site cannot send."""
        message = unreadable.message or unreadable.cause
        place = str(unreadable.id)
        if unreadable.id is None:
            place = f"{unreadable.after_id}..{unreadable.before_id}"
            message += f" (ids {place})"
        return NotArchived(
            kind=self._collection.kind,
            type=self._collection.type,
            id=unreadable.id,
            stage="fetch",
            cause=unreadable.cause,
            message=message,
            url=self._requests.address_of(place),
        )


def _is_short(request: PageRequest, page: Page) -> bool:
    """Tell whether a window has fewer rows than the site counts in it."""
    if request.purpose != "slice" or not page.total:
        return False
    return len(page.ids) < min(request.size, page.total - request.rank)
