"""The walk in id order: slices that overlap by one row, so that no row that stays is missed.

A slice is one snapshot of rows that follow each other in id order. If it begins at rank 0, or with
a row at or below the floor that was taken before, then no row between the floor and its last id is
missing from it, and the floor rises to that last id. Otherwise rows before it have vanished, or
rows were skipped.

The walk is one state machine. The states are those of `WalkState`; `events.py` says what each
answer means, and in this table "slices" stands for the state in which the next slice is requested:
BISECTION while that search is not over, else SLICES.

state            event            what the walk does                                 next state
---------------  ---------------  -------------------------------------------------  ----------
                 A slice is received
any slice state  RISING           keeps it until its turn comes                      the same
                 WHOLE            takes its rows: they are all that there are        SETTLED
                 DISORDERED       gives up; another walk may do better               STOPPED

                 Each row of such a slice
any slice state  NEW              takes it                                           the same
                 KNOWN            drops it: it was taken                             the same
                 LATE             takes it                                           the same

                 The turn of a slice has come
any slice state  ANCHORED         accepts it                                         see below
                 GAP              queues the ids in the gap, then accepts it         see below
                 ANCHOR_MISSING   steps back                                         slices
                 TOO_FAR          requests again from its position                   slices
                 NO_ROWS          has read the empty collection                      SETTLED
                 EMPTY            looks for rows behind it                           see below

                 A slice is accepted: the floor rises to its last id
any slice state  FULL             goes on to its last row, may request ahead         slices
                 SHORT            goes on to its last row                            slices
                 LAST             has reached the end                                SETTLED
                 REPEATED         compares it with the highest ids                   TOP
                 OUTGROWN         gives up                                           STOPPED
                 STUCK            looks for rows behind it                           see below

                 A slice has no new row
any slice state  ALL_SEEN         settles the end from the top                       TOP
                 SUSPECT          looks from the top whether any row is left         TOP
                 MORE_BEHIND      goes on behind it, and leaves a gap                slices

                 The highest ids are received
TOP              REACHED          has reached the end                                SETTLED
                 JOINED           queues those that it did not receive               SETTLED
                 EMPTY_LIST       has read the empty collection                      SETTLED
                 DEEPER           looks at the rows before the ones looked at        TOP
                 UNREADABLE       has reached the end, in doubt if rows are counted  SETTLED
                 HIGHER           goes on behind the rows that cannot be read        slices
                 FEW_MISSED       queues the ids from the floor to the top           SETTLED
                 MISSED           looks again where it saw its anchor last           slices
                 UNCOUNTED        goes on behind its position, and leaves a gap      slices
                 OFFSET_IGNORED   requests by page number from now on                slices
                 SAME_PAGE        gives up; another form of URL may do better        STOPPED
                 ALIKE            requests one more id, to see whether it is heard   TOP
                 TOP_DISORDERED   gives up; another walk may do better               STOPPED

                 A request for a slice, or for the highest ids, meets a problem
SLICES           FAILED           requests the same slice again, but only its ids    IDS_ONLY
IDS_ONLY         FAILED           halves the slice, or skips its only row            slices
BISECTION        FAILED           halves the slice, or skips its only row            slices
TOP              FAILED           requests fewer rows                                TOP
TOP, one row     FAILED           queues a few ids above the floor, in doubt         SETTLED
any              SIZE_REFUSED     lowers all sizes                                   slices, TOP
                 OFFSET_REFUSED   requests by page number from now on                slices, TOP
                 REFUSED          gives up; another walk may do better               STOPPED
                 ENDED            gives up                                           STOPPED

                 A batch of ids is answered
any              FOUND            takes the records                                  the same
                 FOREIGN          gives up; another form of URL may do better        STOPPED

                 A batch of ids meets a problem
any              AGAIN            requests the ids in smaller batches, or singly     the same
                 IS_UNREADABLE    names the record in the certificate                the same
                 IMPOSSIBLE       names the id in the certificate, in doubt          the same

Only FULL and SHORT leave the slices in flight that were requested ahead. Every other event at the
turn of a slice drops them: their answers are not judged any more, and of their problems only FAILED
is ignored. Only the first slice in flight changes the state when it is FAILED; a later one is
dropped with those behind it, and requested again. SETTLED can only become STOPPED. A problem that
is FATAL means ENDED for a batch of ids too.

Records by id (`by_include.py`) are requested beside all this: what a failed slice held comes
before any other request, and what lies in gaps comes after SETTLED. The walk is finished when it is
STOPPED, or SETTLED with nothing left to request by id. It also stops when too many records in a row
cannot be had, or when its requests have no end.

A row below the floor that was not taken is LATE, and it is taken: nothing that was received is
dropped. It became visible after the walk had passed its place, or the list does not keep to the
order of ids, as where a plugin shows the newest post in every answer and the floor rises too early.
That is why an anchor must be a row that came with an earlier slice: then all slices overlap, and
together they show every rank of the list.

The last row of a slice proves nothing at first: it may be the newest one, in place of the row that
stands there. It is taken, but the floor rises only to the row before it, and the next slice begins
there. A slice that shows both rows, one after the other, and several rows behind them, proves that
the list ends its answers honestly. Then the last rows count, and slices overlap by one row. A slice
that reaches the end of the list counts whole in any case.

A walk that goes on where an earlier one stopped knows how many rows that one has read. As long as
the slices lie among these, it requests only the few fields that show whether a row is held as it is
now. Such a row is accepted at once; all others are requested by id, as many as possible at a time.
So the proof is that of any other walk: it was shown every row.
"""

from collections.abc import Callable
from dataclasses import replace

from crawler.walk.by_id.by_include import (
    INCLUDE_LIMIT,
    BatchAnswerEvent,
    BatchEvent,
    IdBatch,
    IncludeQueue,
    Split,
    batch_answer_event,
    batch_request,
)
from crawler.walk.by_id.events import (
    AcceptedEvent,
    EmptyEvent,
    OrderEvent,
    ProblemEvent,
    RowEvent,
    SliceEvent,
    TopEvent,
    accepted_event,
    empty_event,
    end_of,
    order_event,
    problem_event,
    row_event,
    slice_event,
    top_event,
)
from crawler.walk.by_id.known import Known, WalkState
from crawler.walk.by_id.position import Budget, Sizes
from crawler.walk.by_id.slices import SliceAnswer, SlicesInFlight, slice_request
from crawler.walk.certificate import CertificateBuilder
from crawler.walk.id_set import IdSet
from crawler.walk.protocol import Capabilities, Certificate, Page, PageRequest, Problem, ProblemKind
from crawler.walk.windows import Window, lower_page_size

SLICE_STATES = frozenset({WalkState.SLICES, WalkState.IDS_ONLY, WalkState.BISECTION})
LOOK_AHEAD = 10
"""Ids above the floor among which a last row that cannot be read is looked for."""
DEEPER_LIMIT = 100
"""Requests for the highest ids of a list whose newest rows are counted and not shown."""
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
        self._builder = CertificateBuilder()
        self._state = WalkState.SLICES
        self._known = Known(
            Sizes(size, limit=size, top=size, by_page="offset" not in parameters),
            Budget(probe_budget),
        )
        self._queue = IncludeQueue(min(INCLUDE_LIMIT, maximum), single="include" not in parameters)
        self._slices = SlicesInFlight()
        self._outstanding: dict[int, IdBatch | None] = {}  # in flight by number, dropped ones too
        self._taken = IdSet()  # all ids that were taken, or wait to be requested by id
        self._awaited: set[int] = set()  # ids that slices showed, without their records
        self._begun_known: set[int] = set()  # slices whose first row was taken before them
        self._last_foreign: tuple[int, ...] = ()  # ids that came where others were requested
        self._failed_slice: PageRequest | None = None  # to be requested again, only its ids
        self._top_rank = 0  # from the top; no row before it is shown
        self._was_full = False  # the last slice was FULL: it is worth requesting ahead
        self._streak = 0  # single records or rows that failed one after the other
        self._old_news = 0  # slices in a row that brought rows, and none that was new
        self._held_rows = held_rows
        self._rows_now = rows_now or (lambda: size)
        self._least_rows = size  # the fewest rows that a slice was to have
        self._outdated: list[int] = []  # ids of light slices that are still to be requested

    @property
    def finished(self) -> bool:
        """Return whether the walk is STOPPED, or SETTLED with nothing left to request by id."""
        if self._state is not WalkState.SETTLED:
            return self._state is WalkState.STOPPED
        return not self._queue and not self._outdated and not any(self._outstanding.values())

    @property
    def certificate(self) -> Certificate:
        """Return what can be vouched for so far."""
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
        batch = self._outstanding.pop(request.number)
        if self._state is WalkState.STOPPED:
            return []
        self._streak = 0
        self._known = self._known.noted(request, page)
        if batch:
            return self._feed_batch(batch, page)
        if request.purpose == "top":
            self._enter(self._after_top(request, page))
            return []
        if request in self._slices:
            return self._feed_slice(request, page)
        return []  # a slice that was dropped meanwhile

    def fail(self, request: PageRequest, problem: Problem) -> None:
        """Take the news that a request has no usable answer."""
        batch = self._outstanding.pop(request.number)
        if self._state is WalkState.STOPPED:
            return
        if batch and problem.kind is not ProblemKind.FATAL:
            self._fail_batch(batch, problem)
            return
        self._enter(self._after_problem(request, problem))

    # What to request

    def _next_request(self) -> PageRequest | None:
        if len(self._outdated) >= INCLUDE_LIMIT or not self._is_among_held():
            self._queue.add(tuple(self._outdated), INCLUDE_LIMIT)
            self._outdated.clear()
        # Gaps wait until the end: the more rows have come at once by then, the more ids can be
        # requested at once.
        if self._queue.batches or (self._state is WalkState.SETTLED and self._queue):
            return self._batch_request()
        if self._state is WalkState.SETTLED:
            return None
        if self._state is WalkState.TOP:
            return self._top_request()
        if self._slices and not self._may_request_ahead():
            return None
        request = self._slice_request()
        self._slices.add(request)
        return request

    def _may_request_ahead(self) -> bool:
        if self._state is not WalkState.SLICES or not self._was_full:
            return False
        return self._slices.next_rank + 1 < (self._builder.total or 0)

    def _number(self, batch: IdBatch | None = None) -> int:
        number = self._builder.count_request()
        self._outstanding[number] = batch
        return number

    def _batch_request(self) -> PageRequest:
        # Totals show when the site cuts an answer short. Without them, no more ids are requested
        # than rows ever came at once.
        limit = INCLUDE_LIMIT
        if self._builder.total is None:
            limit = self._known.page_size.largest
        batch = self._queue.next_batch(min(limit, self._quick_rows()))
        return batch_request(self._number(batch), batch, self._queue.single)

    def _top_request(self) -> PageRequest | None:
        if self._outstanding:
            return None
        size = self._known.sizes.top
        params = [("orderby", "id"), ("order", "desc"), ("per_page", str(size))]
        rank = self._top_rank
        if rank:
            params.append(("offset", str(rank)))
        number = self._number()
        return PageRequest(tuple(params), "top", number, ids_only=True, rank=rank, size=size)

    def _slice_request(self) -> PageRequest:
        known = self._known
        if self._slices:
            rank = self._slices.next_rank
            return self._request_of(known.window(rank, self._size_from(rank, known.sizes.size)))
        if self._failed_slice:
            request = replace(self._failed_slice, number=self._number(), ids_only=True)
            self._failed_slice = None
            return request
        rank = known.position.rank
        window = known.window(rank, self._size_from(rank, known.next_size()))
        if window.start > known.position.rank:
            # Page numbers can express no window that overlaps: take the one behind.
            self._known = known.behind_gap(window.start)
        return self._request_of(window)

    def _request_of(self, window: Window) -> PageRequest:
        light = self._known.may_be_light(window.start, self._held_rows)
        return slice_request(self._number(), window, light)

    def _size_from(self, rank: int, size: int) -> int:
        """Return the rows to request from a rank: no light slice goes beyond the rows held."""
        light_rows = self._held_rows - rank
        is_light = self._known.may_be_light(rank, self._held_rows)
        if not is_light or self._known.sizes.by_page:
            return min(size, self._quick_rows())
        return min(size, light_rows)

    def _quick_rows(self) -> int:
        """Return the most rows to request now: one more at least than those that overlap."""
        rows = max(self._known.overlap + 1, self._rows_now())
        self._least_rows = min(self._least_rows, rows)
        return rows

    def _is_among_held(self) -> bool:
        """Return whether the next slice is a light one."""
        rank = self._known.position.rank
        return self._state in SLICE_STATES and self._known.may_be_light(rank, self._held_rows)

    # State

    def _enter(self, state: WalkState) -> None:
        if self._state is WalkState.STOPPED:
            return
        if self._state is WalkState.SETTLED and state is not WalkState.STOPPED:
            return  # only an answer to a slice that was dropped can say so
        if state not in SLICE_STATES:
            self._slices.clear()
        if state is not WalkState.TOP:
            self._top_rank = 0
        self._state = state

    def _go_on(self) -> WalkState:
        """Return the state for the next slice. Slices in flight stay."""
        if self._failed_slice:
            return WalkState.IDS_ONLY
        if self._known.bisection.rows:
            return WalkState.BISECTION
        return WalkState.SLICES

    def _start_again(self) -> WalkState:
        """Drop the slices in flight, and return the state for the next slice."""
        self._slices.clear()
        return self._go_on()

    def _given_up(self, reason: str) -> WalkState:
        """Add the reason to the certificate, and return the state of a walk that was given up."""
        self._builder.doubt(reason)
        return WalkState.STOPPED

    def _give_up(self, reason: str) -> None:
        self._enter(self._given_up(reason))

    def _without_order(self) -> WalkState:
        self._builder.note_order_ignored()
        return self._given_up("the site does not keep to the order of ids")

    # A slice is received

    def _feed_slice(self, request: PageRequest, page: Page) -> list[int]:
        match order_event(request, page):
            case OrderEvent.RISING:
                if page.ids and page.ids[0] in self._taken:
                    self._begun_known.add(request.number)
                # Rows are taken at once, because only this answer has their records.
                taken = self._take(request, page)
                for first, its_page in self._slices.in_turn(request, page):
                    self._judge(first, its_page)
                return taken
            case OrderEvent.WHOLE:
                self._builder.note_total(page.total or 0)
                self._enter(WalkState.SETTLED)
                return self._take(request, page)
            case OrderEvent.DISORDERED:
                self._enter(self._without_order())
                return []

    def _take(self, request: PageRequest, page: Page) -> list[int]:
        """Take the rows of a slice that are new. Return those whose records came with them."""
        new = tuple(id for id in dict.fromkeys(page.ids) if self._takes(id))
        if request.size > 1:  # a slice of one row may show its anchor and nothing else
            self._count_old_news(page, bool(new))
        if request.light:
            new = self._current(new, page)
        elif request.ids_only:
            # In two batches, because one request for all these records has just failed.
            half = max(1, -(-len(new) // 2))
            self._awaited.update(new)
            self._queue.add(new, half, Split(request.size, of_slice=True))
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

    def _current(self, new: tuple[int, ...], page: Page) -> tuple[int, ...]:
        """Return the rows of a light slice that are held as they are now; note the others."""
        outdated = [id for id in new if id not in page.current]
        self._outdated += outdated
        self._awaited.update(outdated)
        return tuple(id for id in new if id in page.current)

    def _takes(self, id: int) -> bool:
        """Take a row, unless it was taken before; tell whether it is new."""
        match row_event(self._known, id, self._taken):
            case RowEvent.KNOWN:
                return False
            case RowEvent.NEW | RowEvent.LATE:
                self._taken.add(id)
                return True

    # The turn of a slice has come

    def _judge(self, request: PageRequest, page: Page) -> None:
        self._known = self._known.shown(request, page)
        answer = self._known.believe(request, page)
        # Posts answer with total 0 for any `offset` past the end: that is no total to keep.
        if answer.total or (answer.total == 0 and answer.rank == 0):
            self._builder.note_total(answer.total)
        self._was_full = False
        self._enter(self._after_slice(answer))

    def _after_slice(self, answer: SliceAnswer) -> WalkState:
        known = self._known
        match slice_event(known, answer, self._begins_known(answer)):
            case SliceEvent.ANCHORED:
                return self._after_accepted(answer)
            case SliceEvent.GAP:
                self._queue_gap(answer.ids[0] - 1, before=answer.ids[0])
                return self._after_accepted(answer)
            case SliceEvent.ANCHOR_MISSING:
                self._known = known.stepped_back(answer.total)
                return self._start_again()
            case SliceEvent.TOO_FAR:
                return self._start_again()
            case SliceEvent.NO_ROWS:
                return WalkState.SETTLED
            case SliceEvent.EMPTY:
                if answer.left_out:  # its row proved nothing, but it shows the site's page size
                    sizes = known.sizes.after(answer, known.page_size)
                    self._known = replace(known, sizes=sizes)
                return self._after_empty(answer)

    def _begins_known(self, answer: SliceAnswer) -> bool:
        """Return whether a slice begins with a row that came with an earlier slice."""
        if answer.request.number in self._begun_known:
            self._begun_known.discard(answer.request.number)
            return True
        # It may have been received before the slice that its first row came with.
        return bool(answer.ids) and answer.ids[0] in self._known.last.ids

    def _after_accepted(self, answer: SliceAnswer) -> WalkState:
        # The event depends on what was known before this slice.
        outgrown = self._builder.has_outgrown(self._known.sizes.limit)
        event = accepted_event(self._known, answer, outgrown)
        rank = self._known.rank_after(answer)
        self._accept(answer, repeated=event is AcceptedEvent.REPEATED)
        match event:
            case AcceptedEvent.FULL | AcceptedEvent.SHORT:
                self._was_full = event is AcceptedEvent.FULL
                self._known = self._known.advanced(answer, rank).after_bisection()
                return self._go_on()
            case AcceptedEvent.LAST:
                return WalkState.SETTLED
            case AcceptedEvent.REPEATED:
                return WalkState.TOP
            case AcceptedEvent.OUTGROWN:
                first = self._builder.first_total
                listed = self._builder.listed
                return self._given_up(
                    f"the collection grew from {first} to more than {listed} rows during the walk"
                )
            case AcceptedEvent.STUCK:
                self._known = self._known.advanced(answer, rank)
                return self._after_empty(answer)

    def _after_empty(self, answer: SliceAnswer) -> WalkState:
        known = self._known
        match empty_event(known, answer):
            case EmptyEvent.ALL_SEEN:
                # The highest ids are asked for once more, and what they say now is the end.
                self._known = replace(known, looked_up=False)
                return WalkState.TOP
            case EmptyEvent.SUSPECT:
                self._known = replace(known, looked_up=True)
                return WalkState.TOP
            case EmptyEvent.MORE_BEHIND:
                rank = max(end_of(known, answer), known.position.rank + 1)
                self._known = known.behind_gap(rank)
                self._known = self._known.without_empty_window()
                return self._start_again()

    def _accept(self, answer: SliceAnswer, repeated: bool) -> None:
        self._known = replace(self._known.accepted(answer), repeated=repeated)

    def _queue_gap(self, last: int, before: int | None) -> None:
        """Queue the ids above the floor up to `last`, or where they are too many, say so."""
        known = self._known
        low = known.position.floor + 1
        probes = self._queue.cost(low, last)
        if probes > known.budget.probes:
            self._builder.add_lost_stretch(
                known.position.floor,
                before,
                known.position.gap_problem,
                "unreadable rows leave more ids open than may be requested by id",
            )
            return
        self._known = known.without_probes(probes)
        self._queue.add_range(low, last, taken=self._taken.between(low, last))

    # The highest ids are received

    def _after_top(self, request: PageRequest, page: Page) -> WalkState:
        known = self._known
        floor = known.position.floor
        top = page.ids[0] if page.ids else 0
        probes = self._queue.cost(floor + 1, top)
        deeper = self._can_look_deeper(request, page)
        shows_rest = self._shows_rest(request, page)
        event = top_event(known, page, probes, self._may_page, deeper, shows_rest)
        self._known = known.with_top(top)
        return self._after_top_event(event, request, page)

    def _after_top_event(self, event: TopEvent, request: PageRequest, page: Page) -> WalkState:
        known = self._known
        floor = known.position.floor
        top = known.top
        match event:
            case TopEvent.SAME_PAGE:
                self._builder.note_query_ignored()
                return WalkState.STOPPED
            case TopEvent.ALIKE:
                self._known = replace(known, asked_one=True)
                self._last_foreign = page.ids
                self._queue.add((max(floor, top) + 1,), 1)
                return WalkState.TOP
            case TopEvent.TOP_DISORDERED:
                return self._without_order()
            case TopEvent.REACHED | TopEvent.EMPTY_LIST:
                return WalkState.SETTLED
            case TopEvent.JOINED:
                return self._after_joined(page)
            case TopEvent.HIGHER:
                return self._start_again()
            case TopEvent.DEEPER:
                self._top_rank += self._step_deeper(request)
                return WalkState.TOP
            case TopEvent.UNREADABLE:
                return self._after_unreadable_top(request, page)
            case TopEvent.FEW_MISSED:
                self._queue_gap(top, before=None)
                return WalkState.SETTLED
            case TopEvent.MISSED:
                self._known = known.at_safe_rank()
                return self._start_again()
            case TopEvent.UNCOUNTED:
                rank = known.position.rank + max(1, known.page_size.largest)
                self._known = known.behind_gap(rank).without_empty_window()
                return self._start_again()
            case TopEvent.OFFSET_IGNORED:
                return self._request_by_page()

    def _after_joined(self, page: Page) -> WalkState:
        floor = self._known.position.floor
        unseen = tuple(id for id in page.ids[::-1] if floor < id and id not in self._taken)
        self._queue.add(unseen, INCLUDE_LIMIT)
        return WalkState.SETTLED

    def _after_unreadable_top(self, request: PageRequest, page: Page) -> WalkState:
        if not self._known.page_size.saw_all(request, page):
            position = self._known.position
            self._builder.add_lost_stretch(
                position.floor, None, position.gap_problem, "the last rows cannot be read"
            )
        return WalkState.SETTLED

    def _shows_rest(self, request: PageRequest, page: Page) -> bool:
        """Tell whether the highest ids are all visible rows above the floor."""
        known = self._known
        if not page.ids:
            return False
        if page.ids[-1] <= known.position.floor:
            return True
        # If the first rows are the last rows, then there are no others.
        is_whole = page.ids[::-1] == known.first_ids
        looked_at = request.rank + known.page_size.rows_looked_at(request, page)
        return is_whole and (page.total is None or page.total <= looked_at)

    def _can_look_deeper(self, request: PageRequest, page: Page) -> bool:
        """Tell whether rows before those of an answer from the top can be shown."""
        known = self._known
        step = self._step_deeper(request)
        if page.total is None or known.sizes.by_page or not step:
            return False
        looked_at = request.rank + min(request.size, known.page_size.largest)
        hidden = page.total - self._builder.listed
        return looked_at < page.total and hidden <= step * DEEPER_LIMIT

    def _step_deeper(self, request: PageRequest) -> int:
        """Return by how many rows to move. Half of the rows are looked at twice.

        So a row that moves meanwhile is not passed over.
        """
        return -(-min(request.size, self._known.page_size.largest) // 2)

    # Problems

    def _after_problem(self, request: PageRequest, problem: Problem) -> WalkState:
        is_top = request.purpose == "top"
        match problem_event(request, problem, self._may_page):
            case ProblemEvent.ENDED:
                return self._given_up(problem.reason or "no answer")
            case ProblemEvent.SIZE_REFUSED:
                size = lower_page_size(request.size) or 1
                self._known = self._known.with_all_sizes_lowered(size)
                self._queue.lower_limit(size)
                return WalkState.TOP if is_top else self._start_again()
            case ProblemEvent.OFFSET_REFUSED:
                state = self._request_by_page()
                return WalkState.TOP if is_top else state
            case ProblemEvent.REFUSED:
                return self._refused(problem)
            case ProblemEvent.FAILED:
                if is_top:
                    return self._after_failed_top(problem)
                if request in self._slices:
                    return self._after_failed_slice(request, problem)
                return self._state  # a slice that was dropped meanwhile

    def _refused(self, problem: Problem) -> WalkState:
        if problem.parameters & {"orderby", "order"}:
            self._builder.note_order_ignored()
        names = ", ".join(sorted(problem.parameters))
        return self._given_up(problem.message or f"the site refuses {names}")

    def _after_failed_top(self, problem: Problem) -> WalkState:
        known = self._known
        if known.sizes.top > 1:
            self._known = known.with_top_halved()
            return WalkState.TOP
        floor = known.position.floor
        self._builder.add_lost_stretch(floor, None, problem, "the last row cannot be read")
        self._queue.add_range(floor + 1, floor + LOOK_AHEAD)
        return WalkState.SETTLED

    def _after_failed_slice(self, request: PageRequest, problem: Problem) -> WalkState:
        was_first = self._slices.cut(request)
        self._was_full = False
        if not was_first:
            return self._state
        if self._state is WalkState.SLICES:
            self._failed_slice = request
            return WalkState.IDS_ONLY
        half = self._known.bisection.halved(request, self._known.position)
        if half:
            self._known = replace(self._known, bisection=half)
            return WalkState.BISECTION
        return self._skip_row(request, problem)

    def _skip_row(self, request: PageRequest, problem: Problem) -> WalkState:
        """Go on behind a row that cannot be had. It will be found by id, in the gap it leaves."""
        rank = request.rank + request.size
        self._known = self._known.behind_failed_row(rank, problem, alone=self._streak == 0)
        self._count_streak(problem)
        return self._go_on()

    def _count_streak(self, problem: Problem) -> None:
        self._streak += 1
        if self._streak > self._streak_limit:
            self._give_up(f"{self._streak} records in a row could not be had: {problem.reason}")

    def _request_by_page(self) -> WalkState:
        self._known = self._known.by_page()
        return self._start_again()

    # Records by id

    def _feed_batch(self, batch: IdBatch, page: Page) -> list[int]:
        match batch_answer_event(batch, page, self._last_foreign):
            case BatchAnswerEvent.FOREIGN:
                self._builder.note_query_ignored()
                self._enter(WalkState.STOPPED)
                return []
            case BatchAnswerEvent.FOUND:
                return self._found(batch, page)

    def _found(self, batch: IdBatch, page: Page) -> list[int]:
        if page.ids and not set(page.ids) & set(batch.ids):
            self._last_foreign = page.ids
        result = self._queue.answered(batch, page, self._known.page_size.largest)
        if result.split_slice:
            self._known = self._known.with_size(max(2, result.split_slice // 2))
        found = [id for id in result.found if self._takes_by_id(id)]
        self._builder.count_listed(len(found))
        return found

    def _takes_by_id(self, id: int) -> bool:
        """Take a record that was requested by id; a slice may have brought it meanwhile."""
        if id in self._awaited:
            self._awaited.discard(id)
            return True
        if id in self._taken:
            return False
        self._taken.add(id)
        return True

    def _fail_batch(self, batch: IdBatch, problem: Problem) -> None:
        match self._queue.failed(batch, problem):
            case BatchEvent.AGAIN:
                return
            case BatchEvent.IS_UNREADABLE:
                self._builder.add_unreadable(batch.ids[0], problem)
                self._count_streak(problem)
            case BatchEvent.IMPOSSIBLE:
                id = batch.ids[0]
                self._builder.add_lost_stretch(
                    id - 1, id + 1, problem, "records cannot be requested by id"
                )
