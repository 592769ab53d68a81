"""The end of the walk in id order: when all is settled, its rows must form a chain (`chain.py`).

The functions here are pure, like those of `transitions.py`.
"""

from array import array
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from crawler.walk.by_id.by_include import INCLUDE_LIMIT
from crawler.walk.by_id.chain import END_LINKS, FEW_ROWS, ROWS_ADDED, Chain
from crawler.walk.by_id.effects import (
    Doubt,
    Effect,
    QueueIds,
    QueueRoomTest,
    QueueSample,
    WalkStep,
)
from crawler.walk.by_id.hidden import COUNTED_STILL, LEFT_OUT, HiddenStage, next_look
from crawler.walk.by_id.known import Known, WalkState

NO_CHAIN = "some rows were never shown one after the other, and too many ids lie between them"
COPIES_SHOWN = "the site shows copies of rows in place of others, which never came"


class ClosingEvent(Enum):
    """The meaning of the rows received, when nothing else is left to request."""

    FEW_SHOWN = "no answer had more rows than a site may add, and the list may have others"
    LINKED = "links lead from 0 to the highest id, or the walk is in doubt anyway"
    OPEN = "ids lie between rows that are not linked"
    TOO_MANY_OPEN = "more ids than may be requested lie there"
    ROOM_UNSURE = "ids were requested as many at once as may come only if the site adds no rows"
    TOP_UNSURE = "the site adds rows to its answers, and two from the top do not agree yet"
    HIDDEN = "the site counts rows that no list has shown, and some ids may have them"
    TOO_MANY_HIDDEN = (
        "lists leave out rows, and more ids may have them than may be requested, or none"
    )
    COPIED = "copies stood in place of rows that never came"


ASKS_ON = frozenset(
    {
        ClosingEvent.FEW_SHOWN,
        ClosingEvent.OPEN,
        ClosingEvent.ROOM_UNSURE,
        ClosingEvent.TOP_UNSURE,
        ClosingEvent.HIDDEN,
    }
)
"""The events after which the walk makes more requests."""


@dataclass(frozen=True, slots=True)
class Closing:
    """All that is known when nothing else is left to request."""

    known: Known
    chain: Chain
    taken: "array[int]"
    """The ids that were taken, in rising order."""
    broken: tuple[int, ...]
    """The ids of records that the site cannot send."""
    total: int | None
    """The rows that the site counts."""
    hidden: int
    """Those of them that did not come, apart from the ones that the site cannot send."""
    in_doubt: bool
    at_once: int
    """How many ids surely fit into one request."""
    room_test: tuple[int, ...]
    """Known rows to request at once, to see whether so many come."""
    may_ask_at_once: bool
    """Records can be requested by `include`."""
    cost: Callable[[int], int]
    """Tells how many requests so many ids will take."""


def after_settled(closing: Closing) -> tuple[ClosingEvent, WalkStep]:
    """Return what the rows mean when all is settled, and the step that follows."""
    known = closing.known
    chain = closing.chain
    taken = closing.taken
    if closing.in_doubt:
        return ClosingEvent.LINKED, WalkStep(WalkState.SETTLED, known)
    counts_others = closing.total is None or closing.total > len(taken)
    if known.may_exclude and counts_others and 0 < chain.largest <= FEW_ROWS:
        # A row that breaks its answers would break this one, too.
        broken = closing.broken[:INCLUDE_LIMIT]
        known = known.without((*chain.latest_rows(), *taken[-END_LINKS:], *broken))
        return ClosingEvent.FEW_SHOWN, WalkStep(WalkState.TOP, known)
    ranges = list(chain.open_ids(taken))
    if not ranges:
        return _after_linked(closing)
    probes = closing.cost(sum(high - low + 1 for low, high in ranges))
    if probes > known.budget.probes:
        return _in_doubt(known, ROWS_ADDED if chain.added_at_once else NO_CHAIN)
    ids = tuple(id for low, high in ranges for id in range(low, high + 1))
    step = WalkStep(WalkState.SETTLED, known.without_probes(probes))
    return ClosingEvent.OPEN, replace(step, effects=(QueueIds(ids, INCLUDE_LIMIT),))


def _after_linked(closing: Closing) -> tuple[ClosingEvent, WalkStep]:
    """Return what the rows mean when they form a chain: the site may count others."""
    known = closing.known
    chain = closing.chain
    if closing.room_test:
        step = WalkStep(WalkState.SETTLED, known, (QueueRoomTest(closing.room_test),))
        return ClosingEvent.ROOM_UNSURE, step
    # Of few rows at once all may be added, also where the highest ids were asked for.
    is_top_unsure = chain.added_at_once > 0 and chain.largest <= FEW_ROWS
    if is_top_unsure and not chain.shows_top(max(closing.taken, default=0)):
        return _after_unsure_top(known)
    look = next_look(
        known.hidden_look,
        chain,
        closing.taken,
        closing.hidden,
        closing.at_once,
        closing.may_ask_at_once,
    )
    known = replace(closing.known, hidden_look=look)
    settled = WalkStep(WalkState.SETTLED, known)
    if look.stage is HiddenStage.DONE:
        return _after_last_look(closing, settled)
    is_single = look.stage.is_single
    if look.stage.is_sample:
        effects = (QueueSample(look.ids, is_single),)
        return ClosingEvent.HIDDEN, replace(settled, effects=effects)
    probes = len(look.ids) if is_single else closing.cost(len(look.ids))
    if probes > known.budget.probes:
        return ClosingEvent.TOO_MANY_HIDDEN, replace(settled, effects=(Doubt(LEFT_OUT),))
    known = known.without_probes(probes)
    queued: Effect = QueueIds(look.ids, INCLUDE_LIMIT)
    if is_single:
        queued = QueueSample(look.ids, alone=True)
    return ClosingEvent.HIDDEN, WalkStep(WalkState.SETTLED, known, (queued,))


def _after_last_look(closing: Closing, settled: WalkStep) -> tuple[ClosingEvent, WalkStep]:
    """Return the step to the end, when nothing more is requested because rows are hidden."""
    chain = closing.chain
    lacks = closing.hidden > 0 or closing.total is None
    # No list tells where rows stand that come by their ids alone.
    is_unlisted = len(closing.taken) > 0 and not chain.largest
    if (settled.known.hidden_look.leaves_out or is_unlisted) and lacks:
        return ClosingEvent.TOO_MANY_HIDDEN, replace(settled, effects=(Doubt(COUNTED_STILL),))
    if chain.has_copies and lacks:
        return ClosingEvent.COPIED, replace(settled, effects=(Doubt(COPIES_SHOWN),))
    return ClosingEvent.LINKED, settled


def _after_unsure_top(known: Known) -> tuple[ClosingEvent, WalkStep]:
    """Return the step to another request for the highest ids, or to the end."""
    if not known.top_checks:
        return _in_doubt(known, ROWS_ADDED)
    checks = known.top_checks - 1
    rank = known.shown_top_rank
    known = replace(known, top_checks=checks, checks_top=True, excluded=(), top_rank=rank)
    return ClosingEvent.TOP_UNSURE, WalkStep(WalkState.TOP, known)


def _in_doubt(known: Known, reason: str) -> tuple[ClosingEvent, WalkStep]:
    return ClosingEvent.TOO_MANY_OPEN, WalkStep(WalkState.SETTLED, known, (Doubt(reason),))
