"""The walk in id order as one state machine. The package says why it proves what it proves.

The states are those of `WalkState`. `events.py` says what each answer means, `transitions.py` what
the walk does then, and `requests.py` what it requests next. All three are pure. `WalkById` is the
one owner of the state: it gives each answer to them, and keeps what they return. The table in the
docstring of the package says what the walk does at each event.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from crawler.walk.by_id.by_include import (
    INCLUDE_LIMIT,
    IdBatch,
    IncludeQueue,
)
from crawler.walk.by_id.chain import Chain
from crawler.walk.by_id.closing import ASKS_ON, Closing, after_settled
from crawler.walk.by_id.effects import NoteQueryIgnored, WalkStep, carry_out
from crawler.walk.by_id.events import (
    OrderEvent,
    ProblemEvent,
    RowEvent,
    is_rising,
    order_event,
    problem_event,
    row_event,
)
from crawler.walk.by_id.known import SLICE_STATES, Known, WalkState
from crawler.walk.by_id.position import Budget, Sizes
from crawler.walk.by_id.records import RecordsById, TakenRows
from crawler.walk.by_id.requests import may_request_ahead, next_slice, top_request
from crawler.walk.by_id.slices import SlicesInFlight
from crawler.walk.by_id.transitions import (
    after_failed_slice,
    after_problem,
    after_slice,
    after_top,
    after_unreadable,
    given_up,
    without_order,
)
from crawler.walk.certificate import CertificateBuilder
from crawler.walk.learnt_size import LearntSize
from crawler.walk.protocol import Capabilities, Certificate, Page, PageRequest, Problem, ProblemKind

OLD_NEWS_LIMIT = 200
"""Slices in a row that may bring rows and none that is new; steps back take a few dozen."""


class WalkById:
    """The walk for routes with `orderby=id`, and `offset` or `page`.

    `width` is the most requests in flight, `probe_budget` bounds the requests by id that gaps may
    take, and `streak_limit` the records in a row that may fail. The first `held_rows` rows were
    read by an earlier walk. `rows_now` says how many rows the site can answer for quickly now.
    """

    def __init__(
        self,
        capabilities: Capabilities,
        *,
        per_page: int = 100,
        width: int = 1,
        probe_budget: int = 1000,
        streak_limit: int = 20,
        held_rows: int = 0,
        rows_now: Callable[[], int] | None = None,
    ) -> None:
        parameters = capabilities.parameters
        maximum = max(1, capabilities.per_page_maximum)
        size = max(1, min(per_page, maximum))
        self._width = width
        self._probe_budget = probe_budget
        self._streak_limit = streak_limit
        self._may_page = "page" in parameters
        self._held_rows = held_rows
        self._rows_now = rows_now or (lambda: size)
        self._builder = CertificateBuilder()
        self._state = WalkState.SLICES
        self._known = Known(
            Sizes(LearntSize(size), top=size, by_page="offset" not in parameters),
            Budget(probe_budget),
            may_exclude="exclude" in parameters,
        )
        self._slices = SlicesInFlight()
        self._outstanding: dict[int, IdBatch | None] = {}  # in flight by number, dropped ones too
        self._taken = TakenRows()
        self._chain = Chain()
        self._queue = IncludeQueue.for_route(capabilities)
        self._records = RecordsById(self._queue, self._taken, self._chain, self._builder)
        self._is_closed = False  # the chain was looked at, and has no hole
        self._old_news = 0  # slices in a row that brought rows, and none that was new
        self._least_rows = size  # the fewest rows that a slice was to have

    @property
    def finished(self) -> bool:
        """Return whether the walk is STOPPED, or SETTLED with nothing left to request by id."""
        if self._state is not WalkState.SETTLED:
            return self._state is WalkState.STOPPED
        return self._is_closed and not self._waits

    @property
    def _waits(self) -> bool:
        """Return whether there is something to request by id, or to wait for."""
        waits = any(self._outstanding.values())
        return bool(self._queue or self._taken.outdated or waits)

    @property
    def certificate(self) -> Certificate:
        """Return what is known so far."""
        return self._builder.certificate(self.finished)

    @property
    def settled_id(self) -> int:
        """Return the floor."""
        return self._known.position.floor

    def requests(self) -> list[PageRequest]:
        """Return the requests to make now. At most `width` requests are in flight at a time."""
        made: list[PageRequest] = []
        while not self.finished and len(self._outstanding) < self._width:
            request = self._next_request()
            if request is None:
                break
            made.append(request)
        least = min(self._least_rows, self._known.sizes.size)
        if self._builder.is_endless(least, self._probe_budget):
            self._give_up(f"no end after {self._builder.requests} requests")
        return made

    def feed(self, request: PageRequest, page: Page) -> list[int]:
        """Take an answer. Return the ids to archive."""
        taken = self._feed(request, page)
        self._close()
        return taken

    def _feed(self, request: PageRequest, page: Page) -> list[int]:
        batch = self._outstanding.pop(request.number)
        if self._state is WalkState.STOPPED:
            return []
        self._builder.note_clashes(page)
        self._known = self._known.noted(request, page)
        if batch:
            return self._feed_records(batch, page)
        if request.purpose == "top":
            self._feed_top(request, page)
            return []
        if request in self._slices:
            return self._feed_slice(request, page)
        return []  # a slice that was dropped meanwhile

    def _feed_records(self, batch: IdBatch, page: Page) -> list[int]:
        result = self._records.feed(self._known, batch, page)
        if result is None:
            self._go(WalkStep(WalkState.STOPPED, self._known, (NoteQueryIgnored(),)))
            return []
        self._known, found = result
        return found

    def fail(self, request: PageRequest, problem: Problem) -> None:
        """Take the news that a request has no usable answer."""
        self._fail(request, problem)
        self._close()

    def _fail(self, request: PageRequest, problem: Problem) -> None:
        batch = self._outstanding.pop(request.number)
        if self._state is WalkState.STOPPED:
            return
        # A site that cannot be reached ends the walk, whatever the request was for.
        if batch and problem.kind is not ProblemKind.FATAL:
            if self._records.fail(batch, problem):
                known = self._known.after_broken_record()
                self._go(after_unreadable(known, self._state, problem, self._streak_limit))
            return
        event = problem_event(request, problem, self._may_page)
        if event is ProblemEvent.FAILED and request.purpose == "slice":
            self._fail_slice(request, problem)
            return
        self._go(after_problem(self._known, event, request, problem))

    # What to request

    def _next_request(self) -> PageRequest | None:
        if self._taken.outdated >= INCLUDE_LIMIT or not self._is_among_held():
            self._records.queue_outdated()
        # Gaps wait until the end: the more rows have come at once by then, the more ids can be
        # requested at once.
        if self._queue.batches or (self._state is WalkState.SETTLED and self._queue):
            return self._batch_request()
        if self._state is WalkState.SETTLED:
            return None
        if self._state is WalkState.TOP:
            return self._top_request()
        return self._slice_request()

    def _number(self, batch: IdBatch | None = None) -> int:
        number = self._builder.count_request()
        self._outstanding[number] = batch
        return number

    def _batch_request(self) -> PageRequest:
        batch = self._records.next_batch(self._known, self._quick_rows())
        return self._records.request(self._number(batch), batch)

    def _top_request(self) -> PageRequest | None:
        # What is still in flight may bring rows, and the highest ids are the last word.
        if self._outstanding:
            return None
        return top_request(self._known, self._number())

    def _slice_request(self) -> PageRequest | None:
        known = self._known
        total = self._builder.total
        if self._slices and not may_request_ahead(known, self._slices, self._state, total):
            return None
        number = self._number()
        request, self._known = next_slice(
            known, self._slices, number, self._held_rows, self._quick_rows
        )
        self._slices.add(request)
        return request

    def _quick_rows(self) -> int:
        """Return the most rows to request now: one more at least than those that overlap."""
        rows = max(self._known.overlap + 1, self._rows_now())
        self._least_rows = min(self._least_rows, rows)
        return rows

    def _is_among_held(self) -> bool:
        """Return whether the next slice is a light one."""
        rank = self._known.position.rank
        return self._state in SLICE_STATES and self._known.may_be_light(rank, self._held_rows)

    # A step: the only place where the state changes

    def _go(self, step: WalkStep) -> None:
        """Take a step: keep what is known now, do what follows, and enter the next state."""
        self._known = step.known
        for effect in step.effects:
            carry_out(effect, self._builder, self._queue, self._taken, self._chain)
        if step.starts_again:
            self._slices.clear()
        if self._state is WalkState.STOPPED:
            return
        if self._state is WalkState.SETTLED and step.state is not WalkState.STOPPED:
            return  # only an answer to a slice that was dropped can say so
        if step.state not in SLICE_STATES:
            self._slices.clear()
        if step.state is not WalkState.TOP:
            # The next look at the top begins at the very first row: there may be newer ones.
            self._known = replace(self._known, top_rank=0)
        self._state = step.state

    def _give_up(self, reason: str) -> None:
        self._go(given_up(self._known, reason))

    # Slices, and the highest ids

    def _feed_slice(self, request: PageRequest, page: Page) -> list[int]:
        match order_event(request, page):
            case OrderEvent.RISING:
                if page.ids and page.ids[0] in self._taken:
                    self._slices.note_begun_known(request)
                # Rows are taken at once, because only this answer has their records.
                taken = self._take(request, page)
                self._add_to_chain(request, page)
                for first, its_page in self._slices.in_turn(request, page):
                    self._judge(first, its_page)
                return taken
            case OrderEvent.WHOLE:
                self._builder.note_total(page.total or 0)
                self._chain.note_whole()
                self._go(WalkStep(WalkState.SETTLED, self._known))
                return self._take(request, page)
            case OrderEvent.DISORDERED:
                self._go(without_order(self._known))
                return []

    def _judge(self, request: PageRequest, page: Page) -> None:
        """Take the answer to a slice whose turn has come."""
        known = self._known.shown(request, page)
        answer = known.believe(request, page)
        # Posts answer with total 0 for any `offset` past the end: that is no total to keep.
        if answer.total or (answer.total == 0 and answer.rank == 0):
            self._builder.note_total(answer.total)
        begins_known = self._slices.pop_begun_known(request)
        outgrown = self._builder.outgrown(known.sizes.limit)
        self._go(after_slice(known, answer, begins_known, self._queue.cost, outgrown))

    def _add_to_chain(self, request: PageRequest, page: Page) -> None:
        page_size = self._known.page_size
        by_page = self._known.sizes.by_page
        total = self._known.total_of(request, page)
        is_last = page_size.reaches_end(request, page, total, by_page)
        rises = request.purpose == "slice"
        looked_at = page_size.rows_looked_at(request, page) if page.total_pages else request.size
        counted = request.size if total is None else total - request.rank
        lacking = min(looked_at, counted) - len(page.ids)
        if page.copies and lacking > 0:
            self._chain.note_copies(page.ids)
            return
        if rises:
            self._chain.note_lacking(request, page.ids, lacking)
        self._chain.add_list(request, page.ids, looked_at, is_last and rises)

    def _feed_top(self, request: PageRequest, page: Page) -> None:
        step = after_top(
            self._known,
            request,
            page,
            cost=self._queue.cost,
            taken=self._taken,
            listed=self._builder.listed,
            may_page=self._may_page,
        )
        if ("order", "desc") in request.params and page.ids:
            # An answer further down is asked for only where no row before it is shown.
            self._chain.note_top(page.ids[0], max(self._taken.rising()[-1:], default=0))
        if ("order", "desc") in request.params and is_rising(page.ids[::-1]):
            self._add_to_chain(request, page)
        self._go(step)

    def _fail_slice(self, request: PageRequest, problem: Problem) -> None:
        if request not in self._slices:
            return  # a slice that was dropped meanwhile
        was_first = self._slices.cut(request)
        self._known = replace(self._known, was_full=False)
        if was_first:
            self._go(
                after_failed_slice(self._known, self._state, request, problem, self._streak_limit)
            )

    def _take(self, request: PageRequest, page: Page) -> list[int]:
        """Take the rows of a slice that are new. Return those whose records came with them."""
        known = self._known
        rows = {id: row_event(known, id, self._taken) for id in page.ids}
        new = tuple(id for id, event in rows.items() if event is not RowEvent.KNOWN)
        self._taken.add(new)
        if request.size > 1:  # a slice of one row may show its anchor and nothing else
            self._count_old_news(page, bool(new))
        if request.light:
            new = self._taken.await_outdated(new, page)
        elif request.ids_only:
            self._records.queue_rows_of_slice(request, new)
            return []
        self._builder.count_listed(len(new))
        return list(new)

    def _count_old_news(self, page: Page, brought_news: bool) -> None:
        if brought_news:
            self._old_news = 0
        elif page.ids:
            self._old_news += 1
        if self._old_news > OLD_NEWS_LIMIT:
            self._give_up(f"no new row in {self._old_news} requests")

    # The end

    def _close(self) -> None:
        """Look at the chain of rows when nothing else is left, and request what it lacks."""
        if self._state is not WalkState.SETTLED or self._waits or self._is_closed:
            return
        taken = self._taken.rising()
        event, step = after_settled(
            Closing(
                self._known,
                self._chain,
                taken,
                broken=self._builder.unreadable_ids,
                total=self._builder.total,
                hidden=self._builder.hidden or 0,
                in_doubt=self._builder.is_in_doubt,
                at_once=self._records.batch_limit(self._known),
                room_test=self._records.rows_to_test(taken),
                may_ask_at_once=not self._queue.single,
                cost=partial(self._records.cost, self._known),
            )
        )
        self._is_closed = event not in ASKS_ON
        self._go(step)
        if step.state is WalkState.TOP:
            self._state = step.state  # the only way back from SETTLED
