"""The judgement of the anchored walk: which slices count, where to look next, and when the end is proved.

The floor is the id up to which every row visible throughout was accepted, or is still to be asked for by name. A slice is one snapshot's
rows in id order, without a hole; when it starts at rank 0, or holds an id at or below the floor, no row between the floor and its last
id is missing from it, and the floor rises to that id. Otherwise rows vanished before the cursor, and it steps back; or unreadable rows
were skipped, and the ids between are asked for by name.
"""

from collections.abc import Sequence
from enum import Enum
from itertools import pairwise

from crawler.walk.by_id.by_include import GROWTH, IncludeQueue
from crawler.walk.by_id.page_size import PageSize
from crawler.walk.certificate import CertificateBuilder
from crawler.walk.protocol import Page, PageRequest, Problem
from crawler.walk.windows import Window, window_by_offset, window_by_page

PATIENCE = 20
"""Windows without a new row, where the site gives no totals, after which the ids up to the top are asked for by name instead."""
CHEAP_PROBES = 2
"""Requests by name that settle a tail at once; where it takes more, looking again by rank comes first."""
RETRIES = 2


class Move(Enum):
    """What follows from an answer."""

    ON = "accepted: slices further on count too"
    AGAIN = "the cursor was moved: slices further on are void"
    TOP = "to be settled from the top"
    END = "the end is proved, but for what is still to be asked by name"
    STOP = "given up; the ledger has the reason"


class Cursor:
    """Where the walk stands. Ranks count from 0."""

    def __init__(
        self,
        ledger: CertificateBuilder,
        members: IncludeQueue,
        evidence: PageSize,
        *,
        size: int,
        by_page: bool,
        may_page: bool,
        probe_budget: int,
    ) -> None:
        self._ledger = ledger
        self._members = members
        self._evidence = evidence
        self._may_page = may_page
        self._probe_budget = probe_budget
        self.by_page = by_page
        self.size = self.size_limit = size
        self.floor = 0
        self.rank = 0  # where to ask next
        self._safe_rank = 0  # where the row of the floor was seen, or before it
        self._back = 1
        self.gap = False  # rows before `rank` were skipped unseen
        self.gap_trouble: Problem | None = None
        self._least = 0  # no window may start before: the row there breaks it
        self._ahead: set[int] = set()  # ids above the floor that were taken already
        self._last: tuple[int, tuple[int, ...]] = (-1, ())
        self._last_total: int | None = None
        self._repeated = False  # the same rows came for different ranks
        self._patience, self._retries = PATIENCE, RETRIES
        self._top = 0

    @property
    def anchored(self) -> bool:
        """Whether the row at `rank` is one that was accepted, as far as is known."""
        return self.floor > 0 and not self.gap

    def window(self, rank: int, size: int) -> Window:
        return (window_by_page if self.by_page else window_by_offset)(
            rank, size, self.anchored, self._least
        )

    def next_window(self, size: int) -> Window:
        """What to ask now. Where page numbers can express no window that overlaps, the one behind."""
        window = self.window(self.rank, size)
        if window.start > self.rank:
            self.rank, self.gap = window.start, True
        return window

    def skip(self, rank: int, trouble: Problem) -> None:
        """The row before `rank` cannot be had: go on behind it, and ask for the ids between by name."""
        self.rank = self._least = rank
        self.gap, self.gap_trouble = True, trouble

    def lower_size(self, size: int) -> None:
        self.size_limit = min(self.size_limit, size)
        self.size = min(self.size, self.size_limit)

    def take_new(self, ids: Sequence[int]) -> list[int]:
        """Those of `ids` that were not taken before."""
        new = [id for id in dict.fromkeys(ids) if id > self.floor and id not in self._ahead]
        self._ahead.update(new)
        return new

    # Slices, in rank order

    def disordered(self, ask: PageRequest, page: Page) -> Move | None:
        """None for rows in id order; else the end when these are all rows there are, or giving up."""
        if _rises(page.ids):
            return None
        if ask.rank == 0 and page.total is not None and page.total <= len(set(page.ids)):
            self._ledger.note_total(page.total)
            return Move.END
        return self._give_up_order()

    def _give_up_order(self) -> Move:
        self._ledger.order_ignored = True
        self._ledger.doubt("the site does not keep to the order of ids")
        return Move.STOP

    def judge(self, ask: PageRequest, page: Page) -> Move:
        ids, total = page.ids, self._believe(ask, page)
        if ids and (ask.rank == 0 or ids[0] <= self.floor):
            return self._accept(ask, page, total)
        if ask.rank > self.rank:
            return Move.AGAIN  # asked ahead, and too far
        if ids and self.gap:
            self._owe(ids[0] - 1, ids[0])
            return self._accept(ask, page, total)
        past_end = ask.rank > 0 and (total is None or total <= ask.rank)
        if ids or (past_end and not self.gap):
            return self._step_back(total)
        if ask.rank == 0 and total == 0:
            return Move.END
        return self._look_beyond(ask, page, total)

    def _believe(self, ask: PageRequest, page: Page) -> int | None:
        """The answer's total, where it can be believed. Posts answer 0 for any `offset` past the end: not kept."""
        total = self._evidence.believed(ask, page, self.by_page)
        if total or (total == 0 and ask.rank == 0):
            self._ledger.note_total(total)
        return total

    def _accept(self, ask: PageRequest, page: Page, total: int | None) -> Move:
        ids, rose, self._last_total = page.ids, page.ids[-1] > self.floor, total
        if rose:
            self._rise(ids[-1])
        self._repeated = (
            not rose and len(ids) > 1 and self._last[1] == ids and self._last[0] != ask.rank
        )
        self._last = (ask.rank, ids)
        if self._repeated:
            return Move.TOP
        if self._evidence.reaches_end(ask, page, total, self.by_page):
            return Move.END
        if self._outgrown():
            return Move.STOP
        return (
            Move.ON
            if self._advance(ask, page, total, rose) or rose
            else self._look_beyond(ask, page, total)
        )

    def _rise(self, floor: int) -> None:
        self.floor, self.gap, self._back = floor, False, 1
        self._patience, self._retries = PATIENCE, RETRIES
        if self._ahead:
            self._ahead = {id for id in self._ahead if id > floor}

    def _outgrown(self) -> bool:
        first, listed = self._ledger.first_total, self._ledger.listed
        if first is None or listed <= 2 * first + 10 * self.size_limit:
            return False
        self._ledger.doubt(
            f"the collection grew from {first} to more than {listed} rows during the walk"
        )
        return True

    def _advance(self, ask: PageRequest, page: Page, total: int | None, rose: bool) -> bool:
        """Move the cursor to the last row received; False when that brings it no further."""
        before, received, window = self.rank, len(page.ids), self._evidence.looked_at(ask, page)
        self.rank = self._safe_rank = ask.rank + received - 1
        if rose and received < window and total is not None and total > ask.rank + window:
            # Unreadable rows: the last one received lies further on than it counts. Overlap by enough rows to meet it.
            self.rank = max(self.rank, ask.rank + window - -(-3 * window // received))
        if self.by_page and self._evidence.seems_capped(ask, page):
            self.lower_size(max(2, self._evidence.largest))
        elif not ask.light and received >= self.size:
            self.size = min(self.size_limit, self.size + GROWTH)
        return self.rank > before

    def _step_back(self, total: int | None) -> Move:
        """No anchor: rows before the cursor are gone. The fall of the total tells how many; without it, ever further back."""
        if self.rank > self._safe_rank:
            self.rank = self._safe_rank
            return Move.AGAIN
        self._least = 0
        fallen = self._last_total - total if total and self._last_total else 0
        self.rank = max(0, self.rank - max(self._back, fallen))
        self._back *= 2
        return Move.AGAIN

    def _look_beyond(self, ask: PageRequest, page: Page, total: int | None) -> Move:
        """Nothing new in this window: the end, or unreadable rows."""
        if (
            self.by_page
            and self.size_limit > max(2, self._evidence.largest)
            and self._evidence.seems_capped(ask, page)
        ):
            self.lower_size(max(2, self._evidence.largest))
            return Move.AGAIN
        end = ask.rank + self._evidence.looked_at(ask, page)
        if total <= end if total is not None else (self._top <= self.floor or self._patience == 0):
            return Move.TOP
        self._patience -= total is None
        self.rank, self.gap = max(end, self.rank + 1), True
        return Move.AGAIN

    # The top

    def judge_top(self, ask: PageRequest, page: Page) -> Move:
        """The highest readable id of one snapshot: at or below the floor, it proves the end."""
        ids, repeated, self._repeated = page.ids, self._repeated, False
        if repeated and ids == self._last[1]:
            self._ledger.query_ignored = True
            self._ledger.doubt("the same page came for every query")
            return Move.STOP
        if not _rises(ids[::-1]):
            return self._give_up_order()
        if ids:
            return self._approach(ids[0], repeated) if ids[0] > self.floor else Move.END
        if not self._evidence.saw_all(ask, page):
            self._ledger.lose(self.floor, None, self.gap_trouble, "the last rows cannot be read")
        return Move.END

    def _approach(self, top: int, repeated: bool) -> Move:
        """There is a row above the floor that no slice has given."""
        self._top = top
        dear = self._members.cost(self.floor + 1, top) > CHEAP_PROBES and not repeated
        if repeated and self._may_page and not self.by_page:
            self.by_page = True  # `offset` does nothing here
        elif dear and self._retries:
            self._retries -= 1
            self.rank, self.gap = self._safe_rank, False
        elif dear and self._last_total is None and self._patience:
            self._patience -= 1
            self.rank, self.gap = self.rank + max(1, self._evidence.largest), True
        else:
            self._owe(top, None)
            self.floor = top
            return Move.END
        return Move.AGAIN

    def _owe(self, last: int, before: int | None) -> None:
        """Ask for the ids above the floor, up to `last`, by name; where they are too many, say so."""
        low, cost = self.floor + 1, self._members.cost(self.floor + 1, last)
        if cost > self._probe_budget:
            self._ledger.lose(
                self.floor,
                before,
                self.gap_trouble,
                "unreadable rows leave more ids open than may be asked for by name",
            )
            return
        self._probe_budget -= cost
        for id in sorted(id for id in self._ahead if low <= id <= last):
            self._members.add_range(low, id - 1)
            low = id + 1
        self._members.add_range(low, last)


def _rises(ids: Sequence[int]) -> bool:
    return all(low < high for low, high in pairwise(ids))
