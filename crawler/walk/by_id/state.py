"""The parts of the state of the walk in id order.

Every part is frozen. A method returns the next value, and only the walk (`walk.py`) keeps it.
"""

from dataclasses import dataclass, field, replace
from enum import Enum

from crawler.walk.by_id.by_include import GROWTH
from crawler.walk.by_id.page_size import PageSize, SliceAnswer
from crawler.walk.protocol import Page, PageRequest, Problem
from crawler.walk.windows import Window, window_by_offset, window_by_page

MAX_EMPTY_WINDOWS = 20
"""Windows without a new row, where the site gives no totals, after which the ids up to the top
are requested by id instead."""
MAX_RETRIES = 2
"""How often rows that slices missed are looked for again by rank."""


class WalkState(Enum):
    """What the walk requests next."""

    SLICES = "the next slice"
    IDS_ONLY = "the slice that failed once more, but only its ids"
    BISECTION = "smaller slices, to find the row that makes every answer fail"
    TOP = "the highest ids"
    SETTLED = "only what the queue still holds by id"
    STOPPED = "nothing: the walk was given up, and the certificate has the reason"


@dataclass(frozen=True, slots=True)
class Position:
    """Where the walk stands: in ranks, which move, and in ids, which do not."""

    floor: int = 0
    """Every row up to this id that was visible throughout is settled: it was accepted, or it
    waits to be requested by id."""
    rank: int = 0
    """Where the next slice begins."""
    safe_rank: int = 0
    """The row of the floor was seen at this rank, or before it."""
    least: int = 0
    """No window may begin before this rank, because it would hold a row that makes it fail."""
    gap: bool = False
    """Rows before `rank` were skipped unseen."""
    gap_problem: Problem | None = None
    """Why the last skipped row could not be had."""
    step: int = 1
    """Rows by which the next step back goes."""

    @property
    def anchored(self) -> bool:
        """Return whether, as far as is known, the row at `rank` is one that was accepted."""
        return self.floor > 0 and not self.gap

    def risen(self, floor: int) -> "Position":
        """Return the position after a slice that settled all ids up to `floor`."""
        return replace(self, floor=floor, gap=False, step=1)

    def behind_gap(self, rank: int) -> "Position":
        """Return the position at `rank`, with a gap before it."""
        return replace(self, rank=rank, gap=True)

    def behind_failed_row(self, rank: int, problem: Problem) -> "Position":
        """Return the position behind a row that cannot be had."""
        return replace(self, rank=rank, least=rank, gap=True, gap_problem=problem)

    def at_safe_rank(self) -> "Position":
        """Return the position where the anchor was seen last."""
        return replace(self, rank=self.safe_rank, gap=False)

    def stepped_back(self, fallen: int) -> "Position":
        """Return the position after an anchor was missing: rows before `rank` have vanished.

        `fallen` is by how much the total fell, and 0 where that is not known. Each step back
        without an anchor is twice as long as the one before.
        """
        if self.rank > self.safe_rank:
            return self.at_safe_rank()
        rank = max(0, self.rank - max(self.step, fallen))
        return replace(self, rank=rank, least=0, step=2 * self.step)


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many rows are requested at once, and in which way."""

    size: int
    """Rows of a slice, for now."""
    limit: int
    """The most rows of a slice."""
    top: int
    """Rows requested from the top."""
    by_page: bool
    """Windows are requested by page number, because the route has no `offset`."""

    def lowered(self, size: int) -> "Sizes":
        """Return the sizes where a slice has at most `size` rows."""
        limit = min(self.limit, size)
        return replace(self, limit=limit, size=min(self.size, limit))

    def grown(self) -> "Sizes":
        """Return the sizes after a slice as large as `size` came."""
        return replace(self, size=min(self.limit, self.size + GROWTH))

    def after(self, answer: SliceAnswer, page_size: PageSize) -> "Sizes":
        """Return the sizes after a slice that was accepted."""
        if self.by_page and page_size.seems_capped(answer.request, answer.page):
            return self.lowered(max(2, page_size.largest))
        if not answer.request.ids_only and len(answer.ids) >= self.size:
            return self.grown()
        return self


@dataclass(frozen=True, slots=True)
class Budget:
    """What may still be spent before the walk takes another way."""

    probes: int
    """Requests by id for gaps."""
    retries: int = MAX_RETRIES
    """Times that missed rows are looked for again by rank."""
    empty_windows: int = MAX_EMPTY_WINDOWS
    """Windows without a new row."""

    def refilled(self) -> "Budget":
        """Return the budget after the floor rose. The probes are for the whole walk."""
        return Budget(self.probes)


@dataclass(frozen=True, slots=True)
class LastSlice:
    """The slice that was accepted last."""

    rank: int = -1
    ids: tuple[int, ...] = ()
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Bisection:
    """The search for the row that makes a slice fail although only its ids were requested.

    Ranks are halved, because not even the ids of the slice can be listed.
    """

    rows: int = 0
    """Rows to request behind the anchor; 0 when no row is searched for."""
    end: int = 0
    """The row to blame lies before this rank."""

    def halved(self, request: PageRequest, position: Position) -> "Bisection | None":
        """Return the search in half of a slice that failed; None if it held only one row."""
        end = request.rank + request.size
        rows = end - position.rank - position.anchored
        if rows <= 1:
            return None
        return Bisection(-(-rows // 2), end)

    @classmethod
    def behind(cls, rank: int, alone: bool) -> "Bisection":
        """Return the search after the row before `rank` was given up.

        `alone` says that the row before that one could be had: then the search is over. Where
        rows fail one after the other, the next row is requested alone.
        """
        if alone:
            return cls()
        return cls(1, rank + 1)

    def is_over(self, rank: int) -> bool:
        """Return whether the walk, now at `rank`, has passed all rows of the search."""
        return self.rows > 0 and rank + 1 >= self.end


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
    """The highest id that was ever seen at the top and is above the floor."""
    repeated: bool = False
    """The last slice brought the same rows as the one before, for another rank."""

    def believe(self, request: PageRequest, page: Page) -> SliceAnswer:
        """Return the answer to a slice, with its total where that can be believed."""
        total = self.page_size.believed_total(request, page, self.sizes.by_page)
        return SliceAnswer(request, page, total)

    def window(self, rank: int, size: int) -> Window:
        """Return a window of `size` rows or fewer that begins at `rank`, or before it."""
        if not self.sizes.by_page:
            return window_by_offset(rank, size)
        return window_by_page(rank, size, self.position.anchored, self.position.least)

    def next_size(self) -> int:
        """Return the number of rows to request at the position."""
        if not self.bisection.rows:
            return self.sizes.size
        return self.bisection.rows + self.position.anchored

    def fallen(self, total: int | None) -> int:
        """Return by how much the total fell since the last accepted slice; 0 if not known."""
        if not total or not self.last.total:
            return 0
        return self.last.total - total

    def rank_after(self, answer: SliceAnswer) -> int:
        """Return the rank of the last row received, where the next slice begins."""
        received = len(answer.ids)
        rank = answer.rank + received - 1
        looked_at = self.page_size.rows_looked_at(answer.request, answer.page)
        rises = answer.ids[-1] > self.position.floor
        is_last = answer.total is None or answer.total <= answer.rank + looked_at
        if not rises or is_last or received >= looked_at:
            return rank
        # Unreadable rows came before the last row received, so its rank is higher than it counts.
        # The next slice goes back by enough rows to hold it.
        return max(rank, answer.rank + looked_at - -(-3 * looked_at // received))

    def accepted(self, answer: SliceAnswer) -> "Known":
        """Return what is known after an anchored slice, at the same rank as before."""
        known = replace(self, last=LastSlice(answer.rank, answer.ids, answer.total))
        if answer.ids[-1] <= self.position.floor:
            return known
        position = self.position.risen(answer.ids[-1])
        return replace(known, position=position, budget=self.budget.refilled())

    def advanced(self, answer: SliceAnswer, rank: int) -> "Known":
        """Return what is known after the walk has gone on to `rank`."""
        safe_rank = answer.rank + len(answer.ids) - 1
        position = replace(self.position, rank=rank, safe_rank=safe_rank)
        return replace(self, position=position, sizes=self.sizes.after(answer, self.page_size))
