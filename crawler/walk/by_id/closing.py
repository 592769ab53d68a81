"""The end of the walk in id order: when all is settled, its rows must form a chain (`chain.py`).

The functions here are pure, like those of `transitions.py`.
"""

from array import array
from collections.abc import Callable
from dataclasses import replace
from enum import Enum

from crawler.walk.by_id.by_include import INCLUDE_LIMIT
from crawler.walk.by_id.chain import END_LINKS, FEW_ROWS, Chain
from crawler.walk.by_id.effects import Doubt, Effect, QueueIds, WalkStep
from crawler.walk.by_id.known import Known, WalkState

ROWS_ADDED = (
    "the site adds rows to its answers, which may stand in place of others, and too many ids"
    " would have to be requested one by one"
)
NO_CHAIN = "some rows were never shown one after the other, and too many ids lie between them"


class ClosingEvent(Enum):
    """The meaning of the rows received, when nothing else is left to request."""

    FEW_SHOWN = "no answer had more rows than a site may add, and the list may have others"
    LINKED = "links lead from 0 to the highest id, or the walk is in doubt anyway"
    OPEN = "ids lie between rows that are not linked"
    TOO_MANY_OPEN = "more ids than may be requested lie there"


def after_settled(
    known: Known,
    chain: Chain,
    taken: "array[int]",
    *,
    total: int | None,
    in_doubt: bool,
    cost: Callable[[int], int],
) -> tuple[ClosingEvent, WalkStep]:
    """Return what the rows mean when all is settled, and the step that follows.

    `taken` has the ids that were taken, in rising order, `total` is what the site counts, and
    `cost` tells how many requests so many ids will take.
    """
    if in_doubt:
        return ClosingEvent.LINKED, WalkStep(WalkState.SETTLED, known)
    counts_others = total is None or total > len(taken)
    if known.may_exclude and counts_others and 0 < chain.largest <= FEW_ROWS:
        known = known.without((*chain.latest_rows(), *taken[-END_LINKS:]))
        return ClosingEvent.FEW_SHOWN, WalkStep(WalkState.TOP, known)
    ranges = list(chain.open_ids(taken))
    if not ranges:
        return ClosingEvent.LINKED, WalkStep(WalkState.SETTLED, known)
    probes = cost(sum(high - low + 1 for low, high in ranges))
    if probes > known.budget.probes:
        reason: Effect = Doubt(ROWS_ADDED if chain.added_at_once else NO_CHAIN)
        return ClosingEvent.TOO_MANY_OPEN, WalkStep(WalkState.SETTLED, known, (reason,))
    ids = tuple(id for low, high in ranges for id in range(low, high + 1))
    step = WalkStep(WalkState.SETTLED, known.without_probes(probes))
    return ClosingEvent.OPEN, replace(step, effects=(QueueIds(ids, INCLUDE_LIMIT),))
