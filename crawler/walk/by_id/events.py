"""Name the event that an answer is to the walk in id order. `walk.py` has the table of effects.

The functions here only read: they name the event, and the walk acts on it.
"""

from collections.abc import Container, Sequence
from enum import Enum
from itertools import pairwise

from crawler.walk.by_id.known import Known
from crawler.walk.by_id.position import MAX_EMPTY_WINDOWS, Position
from crawler.walk.by_id.slices import SliceAnswer
from crawler.walk.protocol import Page, PageRequest, Problem, ProblemKind
from crawler.walk.windows import lower_page_size

LOOK_UP_AFTER = 3
"""Empty windows, where the site counts rows behind them, after which the highest ids are asked
for."""
FEW_PROBES = 2
"""Requests by id that settle the rows up to the top at once. Where it takes more, the walk looks
for them by rank first."""


class OrderEvent(Enum):
    """The meaning of the order of the ids, as soon as a slice is received."""

    RISING = "the ids rise, as requested"
    WHOLE = "the ids do not rise, but these are all rows of the collection"
    DISORDERED = "the ids do not rise"


class RowEvent(Enum):
    """The meaning of one row of a slice, as soon as the slice is received."""

    NEW = "it lies above the floor, and was not taken yet"
    KNOWN = "it was taken"
    LATE = "it lies at or below the floor, and was not taken"


class SliceEvent(Enum):
    """The meaning of the answer to a slice when its turn comes."""

    ANCHORED = "it begins at rank 0, or with a row at or below the floor that was taken before"
    GAP = "it begins above the floor, behind a gap that the walk left"
    ANCHOR_MISSING = "it begins with a row that is no anchor, or behind the end: rows have vanished"
    TOO_FAR = "it was requested ahead, for rows behind those that came"
    NO_ROWS = "the collection is empty"
    EMPTY = "it has no row"


class AcceptedEvent(Enum):
    """The news that an anchored slice, or one behind a gap, brings."""

    FULL = "as many rows as were requested, with new ones or from further on"
    SHORT = "fewer rows than were requested, with new ones or from further on"
    LAST = "the last row of the collection"
    LAST_OF_FULL = "the last row that is counted, at the end of as many rows as were requested"
    REPEATED = "the same rows as the slice before, although another rank was requested"
    OUTGROWN = "more rows than a collection that ends can have got meanwhile"
    STUCK = "no new row, and none from further on"


class EmptyEvent(Enum):
    """The meaning of a slice without a new row."""

    ALL_SEEN = "no row that is counted lies behind it, or too many windows were empty"
    SUSPECT = "several windows were empty, although rows are counted behind them"
    MORE_BEHIND = "there are rows behind it"


class TopEvent(Enum):
    """The meaning of the highest ids."""

    SAME_PAGE = "the same rows as the last slice: the site ignores the query"
    ALIKE = "the same rows as an earlier slice, although the site counts more"
    TOP_DISORDERED = "the ids do not fall"
    REACHED = "the highest id is at or below the floor"
    JOINED = "the lowest of them is at or below the floor, or they are requested once more"
    STAYS = "rows that were to be left out: the site adds them to its answers"
    OTHERS = "other rows, or none: those that were to be left out are left out"
    EMPTY_LIST = "no row, as in the only slice, and the site counts none"
    ELSEWHERE = "the list by default shows rows, or counts some, though no slice has shown any"
    UNORDERED = "no row, although the list by default has some"
    BEYOND = "rows stand behind the end that a total told"
    DEEPER = "no row is shown, and there are rows before them that can be asked for"
    UNREADABLE = "no row can be read"
    HIGHER = "rows are counted behind empty windows, and there may be some that can be read"
    OFFSET_IGNORED = "slices brought the same rows for every offset; page numbers may help"
    FEW_MISSED = "few ids lie between the floor and the top, or nothing else is left to try"
    MISSED = "many ids lie between the floor and the top"
    UNCOUNTED = "as MISSED after all retries, and the site gives no totals"


class ProblemEvent(Enum):
    """The meaning of a problem with a slice, or with the highest ids."""

    ENDED = "the site or the route is closed to the walk"
    SIZE_REFUSED = "the site refuses so many rows"
    OFFSET_REFUSED = "the site refuses `offset`, but takes page numbers"
    REFUSED = "the site refuses another parameter"
    FAILED = "the site cannot make this answer"


def row_event(known: Known, id: int, taken: Container[int]) -> RowEvent:
    """Return what a row of a slice means. `taken` holds the ids that were taken already."""
    if id in taken:
        return RowEvent.KNOWN
    if id <= known.position.floor:
        return RowEvent.LATE
    return RowEvent.NEW


def order_event(request: PageRequest, page: Page) -> OrderEvent:
    """Return what the order of the ids of a slice means."""
    if is_rising(page.ids):
        return OrderEvent.RISING
    if request.rank == 0 and page.total is not None and page.total <= len(set(page.ids)):
        return OrderEvent.WHOLE
    return OrderEvent.DISORDERED


def slice_event(known: Known, answer: SliceAnswer, begins_known: bool) -> SliceEvent:
    """Return what the answer to a slice means.

    `begins_known` says that its first row came with an earlier slice.
    """
    position = known.position
    if answer.ids and (answer.rank == 0 or _is_anchor(position, answer.ids[0], begins_known)):
        return SliceEvent.ANCHORED
    if answer.rank > position.rank:
        return SliceEvent.TOO_FAR
    if answer.ids and position.gap:
        return SliceEvent.GAP
    if answer.ids or (_is_past_end(answer) and not position.gap):
        return SliceEvent.ANCHOR_MISSING
    if answer.rank == 0 and answer.total == 0:
        return SliceEvent.NO_ROWS
    return SliceEvent.EMPTY


def accepted_event(known: Known, answer: SliceAnswer, outgrown: bool) -> AcceptedEvent:
    """Return what a slice brings that is about to be accepted."""
    rises = answer.ids[-1] > known.position.floor
    if not rises and _repeats(known, answer):
        return AcceptedEvent.REPEATED
    if known.page_size.reaches_end(answer.request, answer.page, answer.total, known.sizes.by_page):
        # A total that is capped most often ends with a full page.
        is_full = len(answer.page.ids) >= answer.request.size
        return AcceptedEvent.LAST_OF_FULL if is_full else AcceptedEvent.LAST
    if outgrown:
        return AcceptedEvent.OUTGROWN
    if not rises and _is_stuck(known, answer):
        return AcceptedEvent.STUCK
    if len(answer.ids) == answer.request.size:
        return AcceptedEvent.FULL
    return AcceptedEvent.SHORT


def empty_event(known: Known, answer: SliceAnswer) -> EmptyEvent:
    """Return what a slice without a new row means."""
    none_higher = known.top <= known.position.floor
    if answer.total is None:
        all_seen = none_higher or known.budget.empty_windows == 0
    else:
        all_seen = answer.total <= end_of(known, answer)
    if all_seen:
        return EmptyEvent.ALL_SEEN
    # A total may lie: after some empty windows the highest ids tell whether any row is left.
    windows = MAX_EMPTY_WINDOWS - known.budget.empty_windows
    if none_higher and not known.looked_up and windows >= LOOK_UP_AFTER:
        return EmptyEvent.SUSPECT
    return EmptyEvent.MORE_BEHIND


def end_of(known: Known, answer: SliceAnswer) -> int:
    """Return the rank behind the last row that the site looked at for a slice."""
    return answer.rank + known.page_size.rows_looked_at(answer.request, answer.page)


def top_event(
    known: Known,
    page: Page,
    probes: int,
    may_page: bool,
    can_look_deeper: bool,
    shows_rest: bool,
) -> TopEvent:
    """Return what the highest ids mean.

    `probes` is the number of requests that all ids between the floor and the top would take, and
    `shows_rest` says that no row above the floor is missing from them.
    """
    event = _event_of_query(known, page)
    if event is not None:
        return event
    if not page.ids:
        return _empty_top_event(known, page, can_look_deeper)
    if page.ids[0] <= known.position.floor:
        return TopEvent.REACHED
    if not known.trusts_ends and shows_rest:
        return TopEvent.JOINED
    if known.repeated:
        if may_page and not known.sizes.by_page:
            return TopEvent.OFFSET_IGNORED
        return TopEvent.FEW_MISSED
    return _missed_event(known, page, probes)


def _event_of_query(known: Known, page: Page) -> TopEvent | None:
    """Return what rows mean that do not fit what was asked for, or that were asked for otherwise.

    None where they are the highest ids, as they were asked for.
    """
    if known.looks_elsewhere:
        return TopEvent.ELSEWHERE if page.ids or page.total else TopEvent.EMPTY_LIST
    if known.checks_top:
        return TopEvent.JOINED if page.ids else TopEvent.REACHED
    if known.repeated and page.ids == known.last.ids:
        return TopEvent.SAME_PAGE
    is_left_out = not set(known.excluded) & set(page.ids)
    if known.excluded and is_left_out:
        return TopEvent.OTHERS
    if not known.asked_one and _is_alike(known, page):
        return TopEvent.ALIKE
    if known.excluded:
        return TopEvent.STAYS
    if not is_rising(page.ids[::-1]):
        return TopEvent.TOP_DISORDERED
    return None


def problem_event(request: PageRequest, problem: Problem, may_page: bool) -> ProblemEvent:
    """Return what a problem with a slice, or with the highest ids, means."""
    if problem.kind in (ProblemKind.FATAL, ProblemKind.CLOSED):
        return ProblemEvent.ENDED
    if problem.kind is ProblemKind.CONTENT:
        return ProblemEvent.FAILED
    # A refusal that names no parameter most often means the number of rows.
    may_be_size = not problem.parameters or "per_page" in problem.parameters
    if may_be_size and lower_page_size(request.size):
        return ProblemEvent.SIZE_REFUSED
    if "offset" in problem.parameters and may_page:
        return ProblemEvent.OFFSET_REFUSED
    return ProblemEvent.REFUSED


def _is_alike(known: Known, page: Page) -> bool:
    """Return whether the site may give these rows for every query, although it counts more."""
    if not page.ids or (page.total or 0) <= len(page.ids):
        return False
    if page.ids == known.last.ids:
        return known.looked_up
    return page.ids == known.first_ids


def _empty_top_event(known: Known, page: Page, can_look_deeper: bool) -> TopEvent:
    if can_look_deeper:
        return TopEvent.DEEPER
    if known.looked_up:
        return TopEvent.HIGHER
    if known.elsewhere and known.has_seen_none:
        return TopEvent.UNORDERED
    return TopEvent.UNREADABLE


def _missed_event(known: Known, page: Page, probes: int) -> TopEvent:
    if known.looked_up:
        return TopEvent.HIGHER
    if known.ended_by_total:
        return TopEvent.BEYOND
    if probes <= FEW_PROBES:
        return TopEvent.FEW_MISSED
    if known.budget.retries:
        return TopEvent.MISSED
    total = known.last.total if known.last.ids else page.total
    if total is None and known.budget.empty_windows > 0:
        return TopEvent.UNCOUNTED
    return TopEvent.FEW_MISSED


def _is_anchor(position: Position, id: int, is_known: bool) -> bool:
    # Behind a gap nothing is expected to be known.
    return id <= position.floor and (is_known or position.gap)


def _is_past_end(answer: SliceAnswer) -> bool:
    return answer.rank > 0 and (answer.total is None or answer.total <= answer.rank)


def _is_stuck(known: Known, answer: SliceAnswer) -> bool:
    if known.rank_after(answer) <= known.position.rank:
        return True
    is_end = answer.total is None or answer.total <= end_of(known, answer)
    return is_end and answer.page.ids == known.last.ids


def _repeats(known: Known, answer: SliceAnswer) -> bool:
    ids = answer.page.ids
    if len(ids) < 2 or ids != known.last.ids:
        return False
    # Windows that overlap show the same rows where the site hides all others.
    hidden = known.page_size.rows_looked_at(answer.request, answer.page) - len(ids)
    return abs(answer.rank - known.last.rank) > max(0, hidden)


def is_rising(ids: Sequence[int]) -> bool:
    """Return whether each id is higher than the one before it."""
    return all(low < high for low, high in pairwise(ids))
