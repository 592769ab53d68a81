"""Decide what the walk in id order does after an event: the table in `walk.py`, row by row.

The functions here are pure. They return a `WalkStep` and change nothing themselves.
"""

from collections.abc import Callable, Container, Iterable
from dataclasses import replace

from crawler.walk.by_id.by_include import INCLUDE_LIMIT
from crawler.walk.by_id.effects import (
    DistrustEnds,
    Doubt,
    Effect,
    LostStretch,
    LowerLimit,
    NoteOrderIgnored,
    NoteQueryIgnored,
    NoteStayed,
    QueueGap,
    QueueIds,
    QueueRange,
    WalkStep,
)
from crawler.walk.by_id.events import (
    AcceptedEvent,
    EmptyEvent,
    ProblemEvent,
    SliceEvent,
    TopEvent,
    accepted_event,
    empty_event,
    end_of,
    slice_event,
    top_event,
)
from crawler.walk.by_id.known import Known, WalkState
from crawler.walk.by_id.requests import step_deeper
from crawler.walk.by_id.slices import SliceAnswer
from crawler.walk.protocol import Page, PageRequest, Problem
from crawler.walk.windows import lower_page_size

LOOK_AHEAD = 10
"""Ids above the floor among which a last row that cannot be read is looked for."""
DEEPER_LIMIT = 100
"""Requests for the highest ids of a list whose newest rows are counted and not shown."""

Cost = Callable[[int, int], int]
"""The number of requests by id that the ids from the first to the second will take."""


def given_up(known: Known, reason: str, *effects: Effect) -> WalkStep:
    """Return the step of a walk that is given up."""
    return WalkStep(WalkState.STOPPED, known, (*effects, Doubt(reason)))


def without_order(known: Known) -> WalkStep:
    """Return the step after a list that does not keep to the order of ids."""
    reason = "the site does not keep to the order of ids"
    return given_up(known, reason, NoteOrderIgnored())


# The turn of a slice has come


def after_slice(
    known: Known, answer: SliceAnswer, begins_known: bool, cost: Cost, outgrown: str
) -> WalkStep:
    """Return the step after the answer to a slice.

    `begins_known` says that its first row was taken before it was received. `outgrown` says why the
    collection may have no end, and is empty where it has one.
    """
    # The slice that its first row came with may have been received after it.
    begins_known = begins_known or bool(set(answer.ids[:1]) & set(known.last.ids))
    match slice_event(known, answer, begins_known):
        case SliceEvent.ANCHORED:
            return _after_accepted(known, answer, outgrown)
        case SliceEvent.GAP:
            first = answer.ids[0]
            # Before the slice is accepted, because then the floor rises above the gap.
            known, effects = _gap_closed(known, first - 1, first, cost)
            step = _after_accepted(known, answer, outgrown)
            return replace(step, effects=(*effects, *step.effects))
        case SliceEvent.ANCHOR_MISSING:
            return _again(known.stepped_back(answer.total))
        case SliceEvent.TOO_FAR:
            # An earlier slice brought fewer rows than it was to bring. This one is not lost: its
            # rows were taken, and only its place proves nothing.
            return _again(known)
        case SliceEvent.NO_ROWS:
            return WalkStep(WalkState.TOP, known.looking_elsewhere())
        case SliceEvent.EMPTY:
            if answer.left_out:  # its row proved nothing, but it shows the site's page size
                known = replace(known, sizes=known.sizes.after(answer, known.page_size))
            return _after_empty(known, answer)


def _again(known: Known) -> WalkStep:
    """Return the step to the next slice, where it does not follow on those in flight."""
    return WalkStep(known.slice_state, known, starts_again=True)


def _after_accepted(known: Known, answer: SliceAnswer, outgrown: str) -> WalkStep:
    # Both depend on what was known before this slice.
    event = accepted_event(known, answer, bool(outgrown))
    rank = known.rank_after(answer)
    known = replace(known.accepted(answer), repeated=event is AcceptedEvent.REPEATED)
    match event:
        case AcceptedEvent.FULL | AcceptedEvent.SHORT:
            known = replace(known, was_full=event is AcceptedEvent.FULL)
            known = known.advanced(answer, rank).after_bisection()
            return WalkStep(known.slice_state, known)
        case AcceptedEvent.LAST:
            return WalkStep(WalkState.SETTLED, known)
        case AcceptedEvent.LAST_OF_FULL:
            known = replace(known.advanced(answer, rank), ended_by_total=True)
            return WalkStep(WalkState.TOP, known)
        case AcceptedEvent.REPEATED:
            # `offset` may do nothing, or the list may end in these rows. The top tells which.
            return WalkStep(WalkState.TOP, known)
        case AcceptedEvent.OUTGROWN:
            return given_up(known, outgrown)
        case AcceptedEvent.STUCK:
            return _after_empty(known.advanced(answer, rank), answer)


def _after_empty(known: Known, answer: SliceAnswer) -> WalkStep:
    match empty_event(known, answer):
        case EmptyEvent.ALL_SEEN if known.has_seen_none and not answer.total:
            return WalkStep(WalkState.TOP, known.looking_elsewhere())
        case EmptyEvent.ALL_SEEN:
            # The highest ids are asked for once more, and what they say now is the end.
            return WalkStep(WalkState.TOP, replace(known, looked_up=False))
        case EmptyEvent.SUSPECT:
            return WalkStep(WalkState.TOP, replace(known, looked_up=True))
        case EmptyEvent.MORE_BEHIND:
            # At least one rank further on, or the same slice would be requested for ever.
            rank = max(end_of(known, answer), known.position.rank + 1)
            return _again(known.behind_gap(rank).without_empty_window())


def _gap_closed(
    known: Known, last: int, before: int | None, cost: Cost
) -> tuple[Known, tuple[Effect, ...]]:
    """Queue the ids above the floor up to `last`, or where they are too many, say so."""
    position = known.position
    low = position.floor + 1
    probes = cost(low, last)
    if probes <= known.budget.probes:
        return known.without_probes(probes), (QueueGap(low, last),)
    reason = "unreadable rows leave more ids open than may be requested by id"
    return known, (LostStretch(position.floor, before, position.gap_problem, reason),)


# The highest ids are received


def after_top(
    known: Known,
    request: PageRequest,
    page: Page,
    *,
    cost: Cost,
    taken: Container[int],
    listed: int,
    may_page: bool,
) -> WalkStep:
    """Return the step after the highest ids.

    `taken` holds the ids that were taken, and `listed` counts the rows accepted. `may_page` says
    that the route knows page numbers.
    """
    floor = known.position.floor
    top = max(page.ids[:1], default=0)
    deeper = _can_look_deeper(known, request, page, listed)
    shows_rest = _shows_rest(known, request, page)
    event = top_event(known, page, cost(floor + 1, top), may_page, deeper, shows_rest)
    return _after_top_event(known.with_top(top, request.rank), event, request, page, cost, taken)


def _after_top_event(
    known: Known,
    event: TopEvent,
    request: PageRequest,
    page: Page,
    cost: Cost,
    taken: Container[int],
) -> WalkStep:
    match event:
        case TopEvent.SAME_PAGE:
            return WalkStep(WalkState.STOPPED, known, (NoteQueryIgnored(),))
        case TopEvent.ALIKE:
            return _after_alike_top(known, page)
        case TopEvent.TOP_DISORDERED:
            return without_order(known)
        case TopEvent.STAYS | TopEvent.OTHERS:
            return _after_exclusion(known, request, page, taken)
        case TopEvent.REACHED | TopEvent.EMPTY_LIST:
            return WalkStep(WalkState.SETTLED, known)
        case TopEvent.ELSEWHERE:
            return WalkStep(WalkState.TOP, replace(known, looks_elsewhere=False, elsewhere=True))
        case TopEvent.UNORDERED:
            reason = "the order of ids shows no row, and the list by default has some"
            return given_up(known, reason, NoteOrderIgnored())
        case TopEvent.JOINED:
            higher = (id for id in page.ids[::-1] if id > known.position.floor)
            return _with_unseen(known, higher, taken)
        case TopEvent.DEEPER:
            return _after_deeper(known, request)
        case TopEvent.UNREADABLE:
            return _after_unreadable_top(known, request, page)
        case TopEvent.FEW_MISSED:
            known, effects = _gap_closed(known, known.top, None, cost)
            return WalkStep(WalkState.SETTLED, known, effects)
        case _:
            return _again(_known_after_missed(known, event))


def _after_deeper(known: Known, request: PageRequest) -> WalkStep:
    rank = known.top_rank + step_deeper(known, request)
    return WalkStep(WalkState.TOP, replace(known, top_rank=rank))


def _known_after_missed(known: Known, event: TopEvent) -> Known:
    """Return what is known where the walk goes on with slices."""
    match event:
        case TopEvent.MISSED:
            return known.at_safe_rank()
        case TopEvent.UNCOUNTED:
            # Without totals nobody knows how far the rows go on: one full page is a fair step.
            rank = known.position.rank + max(1, known.page_size.largest)
            return known.behind_gap(rank).without_empty_window()
        case TopEvent.OFFSET_IGNORED:
            return known.by_page()
        case TopEvent.BEYOND:
            return known.without_totals()
        case _:
            return known


def _after_exclusion(
    known: Known, request: PageRequest, page: Page, taken: Container[int]
) -> WalkStep:
    """Return the step after a request for all rows but some."""
    stayed = tuple(id for id in page.ids if id in known.excluded)
    if stayed:
        return WalkStep(WalkState.SETTLED, known, (NoteStayed(stayed),))
    step = _with_unseen(known, page.ids, taken)
    if not page.ids:
        # Rows that are hidden may be all that the site looked at. Others may stand behind them.
        hidden = page.total is not None and not known.page_size.saw_all(request, page)
        return replace(step, effects=(DistrustEnds(only_if_hiding=not hidden),))
    if page.ids[-1:] <= known.excluded[-1:]:
        return step
    # The last row may be one that was published meanwhile, and that the site adds now.
    if known.exclusions:
        return replace(step, known=replace(known, may_exclude=True))
    return replace(step, effects=(*step.effects, DistrustEnds(only_if_hiding=False)))


def _with_unseen(known: Known, ids: Iterable[int], taken: Container[int]) -> WalkStep:
    """Return the step to the end, where those ids are requested that were not taken."""
    unseen = tuple(id for id in ids if id not in taken)
    return WalkStep(WalkState.SETTLED, known, (QueueIds(unseen, INCLUDE_LIMIT),))


def _after_alike_top(known: Known, page: Page) -> WalkStep:
    # An id that nobody has: a site that hears the query answers with no row. One that answers with
    # these rows once more does not hear it.
    nobody = max(known.position.floor, known.top) + 1
    known = replace(known, asked_one=True, last_foreign=page.ids)
    return WalkStep(WalkState.TOP, known, (QueueIds((nobody,), 1),))


def _after_unreadable_top(known: Known, request: PageRequest, page: Page) -> WalkStep:
    if known.page_size.saw_all(request, page):
        return WalkStep(WalkState.SETTLED, known)
    position = known.position
    lost = LostStretch(position.floor, None, position.gap_problem, "the last rows cannot be read")
    return WalkStep(WalkState.SETTLED, known, (lost,))


def _shows_rest(known: Known, request: PageRequest, page: Page) -> bool:
    """Tell whether the highest ids are all visible rows above the floor."""
    if not page.ids:
        return False
    if page.ids[-1] <= known.position.floor:
        return True
    # If the first rows are the last rows, then there are no others.
    is_whole = page.ids[::-1] == known.first_ids
    looked_at = request.rank + known.page_size.rows_looked_at(request, page)
    return is_whole and (page.total is None or page.total <= looked_at)


def _can_look_deeper(known: Known, request: PageRequest, page: Page, listed: int) -> bool:
    """Tell whether rows before those of an answer from the top can be shown."""
    step = step_deeper(known, request)
    if page.total is None or known.sizes.by_page or not step:
        return False
    looked_at = request.rank + min(request.size, known.page_size.largest)
    # Each step is a request. Where they would be too many, the end of the list stays in doubt.
    hidden = page.total - listed
    return looked_at < page.total and hidden <= step * DEEPER_LIMIT


# Problems


def after_problem(
    known: Known, event: ProblemEvent, request: PageRequest, problem: Problem
) -> WalkStep:
    """Return the step after a problem with a slice or the highest ids.

    The step after a slice that FAILED depends on more: see `after_failed_slice`.
    """
    is_top = request.purpose == "top"
    match event:
        case ProblemEvent.ENDED:
            return given_up(known, problem.reason or "no answer")
        case _ if known.excluded:  # nothing more is known of the others
            return WalkStep(WalkState.SETTLED, known, (DistrustEnds(only_if_hiding=False),))
        case ProblemEvent.SIZE_REFUSED:
            size = lower_page_size(request.size) or 1
            known = known.with_all_sizes_lowered(size)
            return replace(_once_more(known, is_top), effects=(LowerLimit(size),))
        case ProblemEvent.OFFSET_REFUSED:
            return _once_more(known.by_page(), is_top)
        case ProblemEvent.REFUSED:
            return _after_refusal(known, problem)
        case ProblemEvent.FAILED:
            return _after_failed_top(known, problem)


def after_failed_slice(
    known: Known, state: WalkState, request: PageRequest, problem: Problem, streak_limit: int
) -> WalkStep:
    """Return the step after the first slice in flight FAILED in this state."""
    if state is WalkState.SLICES and known.sizes.slice.is_trial(request.size):
        return _again(known.after_failed_trial())
    if state is WalkState.SLICES:
        # The contents of a record fail far more often than the list of ids.
        return WalkStep(WalkState.IDS_ONLY, replace(known, failed_slice=request))
    half = known.bisection.halved(request, known.position)
    if half:
        return WalkStep(WalkState.BISECTION, replace(known, bisection=half))
    # Its only row cannot be had. It will be found by id, in the gap it leaves.
    rank = request.rank + request.size
    known = known.behind_failed_row(rank, problem, alone=known.streak == 0)
    return after_unreadable(known, known.slice_state, problem, streak_limit)


def after_unreadable(
    known: Known, state: WalkState, problem: Problem, streak_limit: int
) -> WalkStep:
    """Return the step to a state after one more record that the site cannot send."""
    known = replace(known, streak=known.streak + 1)
    if known.streak <= streak_limit:
        return WalkStep(state, known)
    reason = f"{known.streak} records in a row could not be had: {problem.reason}"
    return given_up(known, reason)


def _once_more(known: Known, is_top: bool) -> WalkStep:
    """Return the step to the same request in another form."""
    if is_top:
        return WalkStep(WalkState.TOP, known)
    return _again(known)


def _after_refusal(known: Known, problem: Problem) -> WalkStep:
    names = ", ".join(sorted(problem.parameters))
    reason = problem.message or f"the site refuses {names}"
    if problem.parameters & {"orderby", "order"}:
        return given_up(known, reason, NoteOrderIgnored())
    return given_up(known, reason)


def _after_failed_top(known: Known, problem: Problem) -> WalkStep:
    if known.sizes.top > 1:
        return WalkStep(WalkState.TOP, known.with_top_halved())
    # Nothing says how high its id is. It is most likely among the next few.
    floor = known.position.floor
    lost = LostStretch(floor, None, problem, "the last row cannot be read")
    nearby = QueueRange(floor + 1, floor + LOOK_AHEAD)
    return WalkStep(WalkState.SETTLED, known, (lost, nearby))
