"""All that the walk in id order knows.

It is frozen: a method returns what is known next, and only the walk (`walk.py`) keeps it.
"""

from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import pairwise

from crawler.walk.by_id.hidden import HiddenLook
from crawler.walk.by_id.page_size import PageSize
from crawler.walk.by_id.position import Bisection, Budget, LastSlice, Position, Sizes
from crawler.walk.by_id.slices import SliceAnswer
from crawler.walk.protocol import Page, PageRequest, Problem
from crawler.walk.windows import Window, window_by_offset, window_by_page

ENOUGH_CONFIRMED = 5
"""Rows behind the last row of a slice that show that it stands there. A site may end every answer
with its newest row; so many newer ones are not published between two answers."""

TOP_CHECKS = 4
"""How often the highest ids are requested at the end until two answers agree."""
EXCLUSIONS = 3
"""How often rows are left out of a list to see whether they come all the same: a newer one may be
published meanwhile."""


class WalkState(Enum):
    """The kind of request that the walk makes next."""

    SLICES = "the next slice"
    IDS_ONLY = "the slice that failed once more, but only its ids"
    BISECTION = "smaller slices, to find the row that makes every answer fail"
    TOP = "the highest ids"
    SETTLED = "only what the queue still holds by id"
    STOPPED = "nothing: the walk was given up, and the certificate has the reason"


SLICE_STATES = frozenset({WalkState.SLICES, WalkState.IDS_ONLY, WalkState.BISECTION})


@dataclass(frozen=True, slots=True)
class Known:
    """All that the walk has learnt about the list, as the events (`events.py`) need it."""

    sizes: Sizes
    budget: Budget
    position: Position = field(default_factory=Position)
    page_size: PageSize = field(default_factory=PageSize)
    last: LastSlice = field(default_factory=LastSlice)
    bisection: Bisection = field(default_factory=Bisection)
    top: int = 0
    """The highest id, when it was requested last."""
    looked_up: bool = False
    """The highest ids were asked for since the floor rose, because windows were empty."""
    looks_elsewhere: bool = False
    """No row was ever shown in the order of ids, and the list as it is by default comes next."""
    elsewhere: bool = False
    """That list shows rows, or counts some."""
    ended_by_total: bool = False
    """The total said that the list ends with a slice that was full."""
    believes_totals: bool = True
    """No row was shown behind the end that a total told."""
    asked_one: bool = False
    """One id was requested, to see whether the site hears a query at all."""
    repeated: bool = False
    """The last slice brought the same rows as the one before, for another rank."""
    first_ids: tuple[int, ...] = ()
    """The ids received last from rank 0."""
    may_exclude: bool = False
    """The route can leave out rows by id, and was not asked yet to leave out its only ones."""
    excluded: tuple[int, ...] = ()
    """The only rows that the list shows, once the others are asked for; empty before."""
    exclusions: int = EXCLUSIONS
    """Requests for other rows that are left, once everything else is settled."""
    top_checks: int = TOP_CHECKS
    """Requests for the highest ids that are left where the site adds rows to its answers."""
    checks_top: bool = False
    """The highest ids are requested only to see whether answers agree."""
    hidden_look: HiddenLook = field(default_factory=HiddenLook)
    """The ids that were requested because rows are counted and not shown."""
    confirmed: int = 0
    """Rows received behind the last rows of slices, by slices that show these at their places."""
    failed_slice: PageRequest | None = None
    """A slice to be requested again, but only its ids."""
    top_rank: int = 0
    """The rank, counted from the top, of the highest id requested next. No row before it is shown.
    """
    shown_top_rank: int = 0
    """The rank, counted from the top, from which on the highest ids were shown last."""
    was_full: bool = False
    """The last slice was FULL: it is worth requesting ahead."""
    rows_given_up: int = 0
    """Rows given up since a slice showed more than two."""
    streak: int = 0
    """Single records or rows that failed one after the other."""
    last_foreign: tuple[int, ...] = ()
    """Ids that came where others were requested."""

    @property
    def slice_state(self) -> WalkState:
        """Return the state in which the next slice is requested."""
        if self.failed_slice:
            return WalkState.IDS_ONLY
        if self.bisection.rows:
            return WalkState.BISECTION
        return WalkState.SLICES

    def believe(self, request: PageRequest, page: Page) -> SliceAnswer:
        """Return the answer to a slice, with its total where that can be believed."""
        total = self.total_of(request, page)
        is_end = self.page_size.reaches_end(request, page, total, self.sizes.by_page)
        is_sure = is_end or self.overlap == 1 or self.bisection.rows > 0
        left_out = int(bool(page.ids) and not is_sure)
        return SliceAnswer(request, page, total, left_out)

    def total_of(self, request: PageRequest, page: Page) -> int | None:
        """Return the total of an answer to a slice, where that can be believed."""
        if not self.believes_totals:
            return None
        return self.page_size.believed_total(request, page, self.sizes.by_page)

    @property
    def has_seen_none(self) -> bool:
        """Return whether no slice has shown a row, and none was skipped."""
        return self.last.rank < 0 and not self.first_ids and not self.position.gap

    def may_be_light(self, rank: int, held_rows: int) -> bool:
        """Return whether a slice from `rank` on has new rows among the first `held_rows`."""
        overlap = self.overlap if rank else 1
        return rank + overlap < held_rows

    @property
    def overlap(self) -> int:
        """Return how many rows of a slice belong to the slice before it, too.

        It is the anchor, and the row behind it while the last rows of slices prove nothing.
        """
        return 1 if self.trusts_ends or self.sizes.limit <= 2 else 2

    @property
    def trusts_ends(self) -> bool:
        """Return whether the last row of a slice surely is the one that stands there."""
        return self.confirmed >= ENOUGH_CONFIRMED

    def window(self, rank: int, size: int) -> Window:
        """Return a window of `size` rows or fewer that begins at `rank`, or before it."""
        if not self.sizes.by_page:
            return window_by_offset(rank, size)
        overlap = self.overlap if self.position.anchored else 0
        return window_by_page(rank, size, overlap, self.position.least)

    def next_size(self) -> int:
        """Return the number of rows to request at the position."""
        if not self.bisection.rows:
            return self.sizes.size
        return self.bisection.rows + self.position.anchored

    def rank_after(self, answer: SliceAnswer) -> int:
        """Return the rank of the last row received, where the next slice begins."""
        received = answer.rows
        rank = answer.rank + received - 1
        looked_at = self.page_size.rows_looked_at(answer.request, answer.page)
        rises = answer.ids[-1] > self.position.floor
        is_last = answer.total is None or answer.total <= answer.rank + looked_at
        if not rises or is_last or received >= looked_at:
            return rank
        # Unreadable rows came before the last row received, so its rank is higher than it counts.
        # The next slice goes back by three times the rows that, on average, come for one.
        back = 3 + answer.left_out
        return max(rank, answer.rank + looked_at - -(-back * looked_at // received))

    # What is known after an answer

    def shown(self, request: PageRequest, page: Page) -> "Known":
        """Return what is known after a slice whose turn has come, whatever it means."""
        confirmed = self.confirmed
        if not self.trusts_ends:
            confirmed += _rows_behind(self.last.ids[-2:], page.ids)
        first_ids = self.first_ids if request.rank else page.ids
        return replace(self, confirmed=confirmed, first_ids=first_ids, was_full=False)

    def noted(self, request: PageRequest, page: Page) -> "Known":
        """Return what is known after any answer: it ends a streak, and tells of the page size."""
        return replace(self, page_size=self.page_size.noted(request, page), streak=0)

    def accepted(self, answer: SliceAnswer) -> "Known":
        """Return what is known after an anchored slice, at the same rank as before."""
        given_up = 0 if answer.rows > 2 else self.rows_given_up
        known = replace(self, last=self.last.followed_by(answer), rows_given_up=given_up)
        if answer.ids[-1] <= self.position.floor:
            return known
        position = self.position.risen(answer.ids[-1])
        budget = self.budget.refilled()
        return replace(known, position=position, budget=budget, looked_up=False)

    def advanced(self, answer: SliceAnswer, rank: int) -> "Known":
        """Return what is known after the walk has gone on to `rank`."""
        safe_rank = answer.rank + answer.rows - 1
        position = replace(self.position, rank=rank, safe_rank=safe_rank)
        return replace(self, position=position, sizes=self.sizes.after(answer, self.page_size))

    def stepped_back(self, total: int | None) -> "Known":
        """Return what is known after a slice without an anchor.

        The fall of the total tells how many rows have vanished before it, where it is known.
        """
        fallen = 0
        if total and self.last.total:
            fallen = self.last.total - total
        return replace(self, position=self.position.stepped_back(fallen))

    def behind_gap(self, rank: int) -> "Known":
        """Return what is known where the walk goes on at `rank`, and leaves a gap before it."""
        return replace(self, position=self.position.behind_gap(rank))

    def at_safe_rank(self) -> "Known":
        """Return what is known where the walk looks again for rows that it missed."""
        position = self.position.at_safe_rank()
        return replace(self, position=position, budget=self.budget.without_retry())

    def without_empty_window(self) -> "Known":
        """Return what is known after one more window without a new row."""
        return replace(self, budget=self.budget.without_empty_window())

    def without_probes(self, probes: int) -> "Known":
        """Return what is known after so many requests by id were queued."""
        return replace(self, budget=replace(self.budget, probes=self.budget.probes - probes))

    def without(self, rows: tuple[int, ...]) -> "Known":
        """Return what is known where these rows are left out of the next request."""
        excluded = tuple(sorted({*self.excluded, *rows}))
        exclusions = self.exclusions - 1
        return replace(self, excluded=excluded, may_exclude=False, exclusions=exclusions)

    def looking_elsewhere(self) -> "Known":
        """Return what is known where the order of ids shows no row, and counts none."""
        return replace(self, looks_elsewhere=True)

    def without_totals(self) -> "Known":
        """Return what is known where rows stand behind the end that a total told."""
        return replace(self, ended_by_total=False, believes_totals=False)

    def with_top(self, top: int, rank: int) -> "Known":
        """Return what is known after the highest ids from a rank on were received."""
        is_from_top = top > 0 and not self.excluded and not self.looks_elsewhere
        shown = rank if is_from_top else self.shown_top_rank
        return replace(self, top=top, shown_top_rank=shown, repeated=False, checks_top=False)

    def with_size(self, size: int) -> "Known":
        """Return what is known where slices of `size` rows go through, and no larger ones."""
        return replace(self, sizes=replace(self.sizes, slice=self.sizes.slice.shrunk(size)))

    def after_broken_record(self) -> "Known":
        """Return what is known once a record was found that the site cannot send."""
        return replace(self, sizes=replace(self.sizes, slice=self.sizes.slice.cleared()))

    def after_failed_trial(self) -> "Known":
        """Return what is known where a slice failed that was larger than those before it."""
        return replace(self, sizes=replace(self.sizes, slice=self.sizes.slice.failed()))

    def with_all_sizes_lowered(self, size: int) -> "Known":
        """Return what is known where no request may have more than `size` rows."""
        sizes = self.sizes.lowered(size)
        return replace(self, sizes=replace(sizes, top=min(sizes.top, size)))

    def with_top_halved(self) -> "Known":
        """Return what is known where the request for the highest ids failed."""
        return replace(self, sizes=replace(self.sizes, top=self.sizes.top // 2))

    def by_page(self) -> "Known":
        """Return what is known where windows are requested by page number from now on."""
        return replace(self, sizes=replace(self.sizes, by_page=True))

    def behind_failed_row(self, rank: int, problem: Problem, alone: bool) -> "Known":
        """Return what is known where the row before `rank` was given up.

        `alone` says that the row before that one was received.
        """
        position = self.position.behind_failed_row(rank, problem)
        rows = self.rows_given_up + 1
        known = replace(self, position=position, rows_given_up=rows)
        if rows > 1:  # perhaps no row is to blame, but two rows at once are too many
            known = known.with_size(2)
        return replace(known, bisection=Bisection.behind(rank, alone))

    def after_bisection(self) -> "Known":
        """Return what is known after a slice was accepted: a search may be over.

        If all its rows went through, then their number was the problem, and not a row.
        """
        if not self.bisection.is_over(self.position.rank):
            return self
        # Two rows at least, because one of them is the anchor.
        size = max(2, self.bisection.rows)
        return replace(self, bisection=Bisection()).with_size(size)


def _rows_behind(end: tuple[int, ...], ids: tuple[int, ...]) -> int:
    """Return how many rows come behind the last two rows of a slice, in the next slice.

    It is 0 where the next slice does not have those two next to each other.
    """
    for behind, pair in enumerate(reversed(list(pairwise(ids)))):
        if pair == end:
            return behind
    return 0
