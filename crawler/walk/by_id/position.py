"""The parts of what the walk in id order knows: where it stands, and what it may spend.

Every part is frozen: a method returns the next value.
"""

from dataclasses import dataclass, replace

from crawler.walk.by_id.page_size import PageSize
from crawler.walk.by_id.slices import SliceAnswer
from crawler.walk.learnt_size import LearntSize
from crawler.walk.protocol import PageRequest, Problem

MAX_EMPTY_WINDOWS = 20
"""Windows without a new row, where the site gives no totals, after which the ids up to the top
are requested by id instead."""
MAX_RETRIES = 2
"""How often rows that slices missed are looked for again by rank."""


@dataclass(frozen=True, slots=True)
class Position:
    """The place of the walk: in ranks, which move, and in ids, which do not."""

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
        """Return the position behind a row that the site cannot send."""
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
        # The row that made a window fail has moved too, so that `least` holds no longer.
        rank = max(0, self.rank - max(self.step, fallen))
        return replace(self, rank=rank, least=0, step=2 * self.step)


@dataclass(frozen=True, slots=True)
class Sizes:
    """The numbers of rows that are requested at once, and the way of requesting them."""

    slice: LearntSize
    """Rows of a slice."""
    top: int
    """Rows requested from the top."""
    by_page: bool
    """Windows are requested by page number, because the route has no `offset`."""

    @property
    def size(self) -> int:
        """Return the rows of a slice, for now."""
        return self.slice.rows

    @property
    def limit(self) -> int:
        """Return the most rows of a slice."""
        return self.slice.limit

    def lowered(self, size: int) -> "Sizes":
        """Return the sizes where a slice has at most `size` rows."""
        return replace(self, slice=self.slice.lowered(size))

    def after(self, answer: SliceAnswer, page_size: PageSize) -> "Sizes":
        """Return the sizes after a slice that was accepted."""
        # What a page number means depends on the size of pages, so a cap has to be known exactly.
        # Two rows without totals may be all that there are.
        is_known = answer.page.total is not None or page_size.largest > 2
        if self.by_page and is_known and page_size.seems_capped(answer.request, answer.page):
            return self.lowered(max(2, page_size.largest))
        if answer.request.ids_only:
            return self
        return replace(self, slice=self.slice.passed(len(answer.page.ids)))


@dataclass(frozen=True, slots=True)
class Budget:
    """The tries that are left before the walk takes another way."""

    probes: int
    """Requests by id for gaps."""
    retries: int = MAX_RETRIES
    """Times that missed rows are looked for again by rank."""
    empty_windows: int = MAX_EMPTY_WINDOWS
    """Windows without a new row."""

    def without_retry(self) -> "Budget":
        """Return the budget after one more look for missed rows."""
        return replace(self, retries=self.retries - 1)

    def without_empty_window(self) -> "Budget":
        """Return the budget after one more window without a new row."""
        return replace(self, empty_windows=self.empty_windows - 1)

    def refilled(self) -> "Budget":
        """Return the budget after the floor rose. The probes are for the whole walk."""
        return Budget(self.probes)


@dataclass(frozen=True, slots=True)
class LastSlice:
    """The slice that was accepted last."""

    rank: int = -1
    ids: tuple[int, ...] = ()
    """All ids received, also of a last row that proved nothing."""
    total: int | None = None

    def followed_by(self, answer: SliceAnswer) -> "LastSlice":
        """Return the slice that is the last one now, at the first rank that brought its rows."""
        ids = answer.page.ids
        return LastSlice(self.rank if ids == self.ids else answer.rank, ids, answer.total)


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

        `alone` says that the row before that one was received: then the search is over. Where
        rows fail one after the other, the next row is requested alone.
        """
        if alone:
            return cls()
        return cls(1, rank + 1)

    def is_over(self, rank: int) -> bool:
        """Return whether the walk, now at `rank`, has passed all rows of the search."""
        return self.rows > 0 and rank + 1 >= self.end
