"""The anchored walk: slices in id order that overlap by one row, so that nothing that stays visible can be missed.

Each answer is one snapshot of the collection, and a contiguous slice of its rows in id order. When it starts at rank 0, or holds an id
at or below the floor, then no row between the floor and its last id is missing from it: the floor rises to that id. Otherwise rows
vanished before the cursor, and the walk steps back; or a run of unreadable rows lies between, and the ids in it are asked for by name.
Totals, short pages and page sizes only ever decide where to look next; the end is proved by a slice that reaches it, or from the top.

Rows at or below the floor are dropped without being remembered: each of them was either accepted before, or became visible after the
walk had passed its place, and so was not visible throughout. They are what the next run is for.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from crawler.walks.addressing import lower_page_size, window_by_offset, window_by_page
from crawler.walks.base import Ask, Capabilities, Certificate, Page, Trouble, TroubleKind
from crawler.walks.ledger import Ledger
from crawler.walks.members import GROWTH, INCLUDE_LIMIT, Batch, Members, Split

PATIENCE = 20
"""Windows without a row, where the site gives no totals, after which the ids up to the top are asked for by name instead."""
CHEAP_PROBES = 2
"""Requests that settling a tail by name may take before looking again by rank is tried first."""
RETRIES = 2


class AnchoredWalk:
    """Needs `orderby=id`, and `offset` or `page`. Memory does not grow with the collection."""

    def __init__(
        self, capabilities: Capabilities, *, per_page: int = 100, width: int = 1, probe_budget: int = 1000, streak_limit: int = 20
    ) -> None:
        self._ledger = Ledger()
        self._width = width
        self._probe_budget = probe_budget
        self._streak_limit = streak_limit
        self._may_page = "page" in capabilities.parameters
        self._by_page = "offset" not in capabilities.parameters
        self._size_limit = self._size = max(1, min(per_page, capabilities.per_page_maximum))
        self._members = Members(min(INCLUDE_LIMIT, capabilities.per_page_maximum), "include" not in capabilities.parameters)

        self._outstanding: dict[int, Batch | None] = {}
        self._flight: deque[Ask] = deque()  # slices under way, in rank order
        self._answers: dict[int, Page] = {}  # those of them that came early
        self._ahead: set[int] = set()  # ids above the floor that were emitted already

        self._floor = 0  # every row visible throughout, up to this id, was accepted or is in _members
        self._rank = 0  # where to ask next
        self._safe_rank = 0  # where the row of the floor was last seen, or before it
        self._back = 1
        self._gap = False  # rows before _rank were skipped unseen
        self._gap_trouble: Trouble | None = None
        self._largest = 0  # rows ever received at once: the site's page size is no less
        self._last: tuple[int, tuple[int, ...]] = (-1, ())
        self._accepted_total = 0
        self._middle = 0  # an id in the midst of the first slice
        self._calm = False  # the last slice was full and anchored: worth asking ahead

        self._light: Ask | None = None  # the slice that failed, to be asked again for ids only
        self._narrow = 0  # rows to ask while looking for the row that makes a slice fail; 0 when not looking
        self._bad_end = 0
        self._streak = 0

        self._want_top = False
        self._top_size = self._size
        self._top = 0
        self._suspicious = False  # the same rows came for different ranks
        self._patience, self._retries = PATIENCE, RETRIES
        self._settled = False  # no slice is needed any more
        self._stopped = False

    @property
    def finished(self) -> bool:
        asked = any(batch is not None for batch in self._outstanding.values())
        return self._stopped or (self._settled and not self._members and not asked)

    @property
    def certificate(self) -> Certificate:
        return self._ledger.certificate(self.finished)

    # What to ask

    def asks(self) -> list[Ask]:
        asks = []
        while not self.finished and len(self._outstanding) < self._width and (ask := self._next()):
            asks.append(ask)
        if self._ledger.asks > self._ask_limit():
            self._stop(f"no end after {self._ledger.asks} requests")
        return asks

    def _ask_limit(self) -> int:
        total = self._ledger.first_total
        return 100_000 if total is None else 50 * (total // self._size + 20) + self._probe_budget

    def _next(self) -> Ask | None:
        if self._members:
            return self._ask_members()
        if self._settled or (self._flight and not self._may_speculate()):
            return None
        if self._want_top:
            waiting = any(batch is None for batch in self._outstanding.values())
            return None if waiting else self._ask_top()
        if self._light:
            ask, self._light = replace(self._light, number=self._count(None), light=True), None
        elif self._flight:
            ask = self._ask_slice(self._flight[-1].rank + self._flight[-1].size - 1, self._size)
        else:
            ask = self._ask_slice(self._rank, self._narrow or self._size)
            if ask.rank > self._rank:  # page numbers cannot express a window that overlaps here
                self._rank, self._gap = ask.rank, True
        self._flight.append(ask)
        return ask

    def _may_speculate(self) -> bool:
        last = self._flight[-1]
        return self._calm and not self._gap and last.rank + last.size < (self._ledger.total or 0)

    def _count(self, batch: Batch | None) -> int:
        number = self._ledger.count_ask()
        self._outstanding[number] = batch
        return number

    def _ask_slice(self, rank: int, size: int) -> Ask:
        window = (window_by_page if self._by_page else window_by_offset)(rank, size)
        order = (("orderby", "id"), ("order", "asc"))
        return Ask(order + window.params, "slice", self._count(None), rank=window.start, size=window.size)

    def _ask_top(self) -> Ask:
        params = (("orderby", "id"), ("order", "desc"), ("per_page", str(self._top_size)))
        return Ask(params, "top", self._count(None), light=True, size=self._top_size)

    def _ask_members(self) -> Ask:
        # Where answers carry totals, one that the site cut short shows; elsewhere no more is asked than was received at once before.
        batch = self._members.next(INCLUDE_LIMIT if self._ledger.total is not None else self._largest)
        number, size = self._count(batch), len(batch.ids)
        if self._members.single:
            return Ask((), "single", number, batch.ids, size=1)
        params = (("include", ",".join(map(str, batch.ids))), ("per_page", str(size)))
        return Ask(params, "probe", number, batch.ids, size=size)

    # Answers

    def feed(self, ask: Ask, page: Page) -> list[int]:
        batch = self._outstanding.pop(ask.number)
        if self._stopped:
            return []
        self._streak = 0
        self._largest = max(self._largest, min(len(page.ids), ask.size))
        if batch is not None:
            return self._feed_members(batch, page)
        if ask.purpose == "top":
            self._judge_top(page)
            return []
        return self._feed_slice(ask, page) if ask in self._flight else []

    def _feed_members(self, batch: Batch, page: Page) -> list[int]:
        asked = set(batch.ids)
        found = [id for id in dict.fromkeys(page.ids) if id in asked]
        most = max(1, self._largest)
        if len(batch.ids) > most and (page.total is None or page.total > most):
            rest = tuple(id for id in batch.ids if id not in found)  # the site may have cut the answer short
            self._members.add(rest, most, batch.origin)
        split = self._members.passed(batch)
        if split and split.of_slice:
            self._size = max(2, split.size // 2)
        self._ledger.listed += len(found)
        return found

    def _feed_slice(self, ask: Ask, page: Page) -> list[int]:
        if not _rises(page.ids):
            self._flight.clear()
            self._misordered(ask, page)
            return []
        new = [id for id in page.ids if id > self._floor and id not in self._ahead]
        self._ahead.update(new)
        if ask.light:
            self._members.add(tuple(new), max(1, -(-len(new) // 2)), Split(ask.size, of_slice=True))
        else:
            self._ledger.listed += len(new)
        self._answers[ask.number] = page
        while self._flight and self._flight[0].number in self._answers:
            head = self._flight.popleft()
            self._judge(head, self._answers.pop(head.number))
        return [] if ask.light else new

    # Judging a slice, in rank order

    def _judge(self, ask: Ask, page: Page) -> None:
        ids, total = page.ids, self._believe(ask, page)
        if ids and (ask.rank == 0 or ids[0] <= self._floor):
            self._accept(ask, page, total)
        elif ask.rank > self._rank:
            self._discard_flight()  # asked ahead, and too far
        elif ids and self._gap:
            self._owe(ids[0] - 1, ids[0])
            self._accept(ask, page, total)
        elif ids or (ask.rank > 0 and not self._gap and (total is None or total <= ask.rank)):
            self._step_back(total)
        elif ask.rank == 0 and total == 0:
            self._settle()
        else:
            self._look_beyond(ask, page, total)

    def _believe(self, ask: Ask, page: Page) -> int | None:
        """The answer's total, unless it counts fewer rows than were seen. Posts answer 0 for any `offset` past the end: not kept."""
        total = page.total
        if total is None or (page.ids and total < len(page.ids) + (ask.rank if self._exact(ask, page) else 0)):
            return None
        if total or ask.rank == 0:
            self._ledger.note_total(total)
        return total

    def _exact(self, ask: Ask, page: Page) -> bool:
        """Whether the slice began at the rank asked for: not where `offset` does nothing and the first rows come again, and a page
        number means what the site's own page size makes of it."""
        if ask.rank == 0:
            return True
        return bool(page.ids) and page.ids[0] >= self._middle and (not self._by_page or ask.size <= self._largest)

    def _window(self, ask: Ask, page: Page) -> int:
        """How many rows the site probably looked at, the unreadable ones among them."""
        pages = page.total_pages
        counted = -(-page.total // pages) if page.total and pages else 0
        return max(1, min(ask.size, max(self._largest, counted)))

    def _accept(self, ask: Ask, page: Page, total: int | None) -> None:
        ids = page.ids
        rose = ids[-1] > self._floor
        if ask.rank == 0:
            self._middle = ids[len(ids) // 2]
        if rose:
            self._raise_floor(ids[-1])
            self._gap, self._back = False, 1
            self._patience, self._retries = PATIENCE, RETRIES
        self._accepted_total = total or 0
        repeated = not rose and len(ids) > 1 and self._last[1] == ids and self._last[0] != ask.rank
        self._last = (ask.rank, ids)
        if repeated:
            self._suspicious = self._want_top = True
            self._discard_flight()
        elif self._ends(ask, page, total):
            self._settle()
        elif self._advance(ask, page, total, rose) or rose:
            self._grow(ask, page)
        else:
            self._look_beyond(ask, page, total)

    def _ends(self, ask: Ask, page: Page, total: int | None) -> bool:
        """Whether this slice reached the end of its snapshot. The site looked at no fewer rows than it ever gave at once."""
        return total is not None and self._exact(ask, page) and total <= ask.rank + min(self._largest, ask.size)

    def _advance(self, ask: Ask, page: Page, total: int | None, rose: bool) -> bool:
        """Move the cursor; False when that brings it no further."""
        before, received, window = self._rank, len(page.ids), self._window(ask, page)
        self._safe_rank = ask.rank + received - 1
        self._rank = self._safe_rank
        if rose and total is not None and received < window:
            # Unreadable rows: the last one received lies further on than it counts. Overlap by enough rows to meet it.
            self._rank = max(self._safe_rank, ask.rank + window - -(-3 * window // received))
        self._calm = received == ask.size
        if self._by_page and received < ask.size and not self._counts_agree(ask, page):
            self._size_limit = self._size = max(2, self._largest)
        if self._narrow and self._rank + 1 >= self._bad_end:
            self._end_narrowing(shrink=True)
        return self._rank > before

    @staticmethod
    def _counts_agree(ask: Ask, page: Page) -> bool:
        return page.total is not None and page.total_pages == -(-page.total // ask.size)

    def _grow(self, ask: Ask, page: Page) -> None:
        if not ask.light and not self._narrow and len(page.ids) >= self._size:
            self._size = min(self._size_limit, self._size + GROWTH)

    def _raise_floor(self, floor: int) -> None:
        self._floor = floor
        if self._ahead:
            self._ahead = {id for id in self._ahead if id > floor}
        first = self._ledger.first_total
        if first is not None and self._ledger.listed > 2 * first + 10 * self._size_limit:
            self._stop(f"the collection grew from {first} to more than {self._ledger.listed} rows during the walk")

    def _step_back(self, total: int | None) -> None:
        """No anchor: rows before the cursor are gone. The fall of the total tells how many; without it, ever further back."""
        self._discard_flight()
        if self._rank > self._safe_rank:
            self._rank = self._safe_rank
            return
        fallen = self._accepted_total - total if total else 0
        self._rank = max(0, self._rank - max(self._back, fallen))
        self._back *= 2

    def _look_beyond(self, ask: Ask, page: Page, total: int | None) -> None:
        """Nothing new in this window: the end, or unreadable rows."""
        self._discard_flight()
        if self._by_page and self._size_limit > max(2, self._largest) and not self._counts_agree(ask, page) and page.ids:
            self._size_limit = self._size = max(2, self._largest)
            return
        window = self._window(ask, page) if self._largest or page.total_pages else ask.size
        end = ask.rank + window
        unknown = total is None and (self._top <= self._floor or self._patience == 0)
        if unknown or (total is not None and total <= end):
            self._want_top = True
            return
        self._patience -= total is None
        self._rank, self._gap = max(end, self._rank + 1), True

    def _discard_flight(self) -> None:
        self._flight.clear()
        self._answers.clear()
        self._calm = False

    # The end

    def _settle(self) -> None:
        self._discard_flight()
        self._settled = True

    def _stop(self, reason: str) -> None:
        self._ledger.doubt(reason)
        self._settle()
        self._members.clear()
        self._stopped = True

    def _judge_top(self, page: Page) -> None:
        self._want_top = False
        ids, suspicious, self._suspicious = page.ids, self._suspicious, False
        if len(ids) > 1 and (_rises(ids) or not _rises(ids[::-1])):
            self._ledger.query_ignored = suspicious and ids == self._last[1]
            self._ledger.order_ignored = not self._ledger.query_ignored
            self._stop("the same page came for every query" if self._ledger.query_ignored else "the site does not keep to the order of ids")
        elif not ids:
            if page.total is None or (page.total > 0 and not (page.total_pages == 1 and page.total <= self._top_size)):
                self._ledger.lose(self._floor, None, self._gap_trouble, "the last rows cannot be read")
            self._settle()
        elif ids[0] <= self._floor:
            self._settle()
        else:
            self._top = ids[0]
            self._approach_top(suspicious)

    def _approach_top(self, suspicious: bool) -> None:
        """There is a row above the floor that no slice has given."""
        cost = self._members.cost(self._floor + 1, self._top)
        if suspicious and self._may_page and not self._by_page:
            self._by_page = True  # `offset` does nothing here
        elif cost > CHEAP_PROBES and not suspicious and self._retries:
            self._retries -= 1
            self._rank, self._gap = self._safe_rank, False
        elif cost > CHEAP_PROBES and not suspicious and self._accepted_total == 0 and self._patience:
            self._patience -= 1
            self._rank, self._gap = self._rank + max(1, self._largest), True
        else:
            self._owe(self._top, None)
            self._floor = self._top
            self._settle()

    def _owe(self, last: int, before: int | None) -> None:
        """Ask for the ids above the floor, up to `last`, by name; where they are too many, say so."""
        low = self._floor + 1
        cost = self._members.cost(low, last)
        if cost > self._probe_budget:
            self._ledger.lose(
                self._floor, before, self._gap_trouble, f"{last - low + 1} ids after {self._floor} are too many to ask for by name"
            )
            return
        self._probe_budget -= cost
        for id in sorted(id for id in self._ahead if low <= id <= last):
            self._members.add_range(low, id - 1)
            low = id + 1
        self._members.add_range(low, last)

    def _misordered(self, ask: Ask, page: Page) -> None:
        """Rows that are not in id order. When even the opposite order gives the same, the query is being ignored."""
        self._last = (ask.rank, page.ids)
        self._suspicious = self._want_top = True
        self._discard_flight()

    # Trouble

    def fail(self, ask: Ask, trouble: Trouble) -> None:
        batch = self._outstanding.pop(ask.number)
        if self._stopped:
            return
        if trouble.kind is TroubleKind.FATAL:
            self._stop(trouble.message)
        elif batch is not None:
            self._fail_members(batch, trouble)
        elif trouble.kind is TroubleKind.CLOSED:
            self._stop(trouble.message)
        elif trouble.kind is TroubleKind.REJECTED:
            self._reject(ask, trouble)
        elif ask.purpose == "top":
            self._fail_top(trouble)
        elif ask in self._flight:
            self._fail_slice(ask, trouble)

    def _fail_members(self, batch: Batch, trouble: Trouble) -> None:
        if trouble.kind is not TroubleKind.CONTENT:
            smaller = lower_page_size(len(batch.ids))
            if "per_page" in trouble.parameters and smaller:
                self._members.limit = smaller
                self._members.again(batch)
            elif self._members.single:
                self._ledger.lose(batch.ids[0] - 1, batch.ids[-1] + 1, trouble, "records cannot be asked for by id")
            else:
                self._members.single = True
                self._members.again(batch)
        elif not self._members.failed(batch):
            self._ledger.poison(batch.ids[0], trouble)
            self._count_streak(trouble)

    def _count_streak(self, trouble: Trouble) -> None:
        self._streak += 1
        if self._streak > self._streak_limit:
            self._stop(f"{self._streak} records in a row could not be had: {trouble.message or trouble.cause}")

    def _reject(self, ask: Ask, trouble: Trouble) -> None:
        self._discard_flight()
        refused = trouble.parameters
        smaller = lower_page_size(ask.size)
        if "per_page" in refused and smaller:
            self._size_limit = min(self._size_limit, smaller)
            self._size = self._top_size = self._size_limit
            self._members.limit = min(self._members.limit, smaller)
        elif "offset" in refused and self._may_page:
            self._by_page = True
        else:
            self._ledger.order_ignored = bool(refused & {"orderby", "order"})
            self._stop(trouble.message or f"the site refuses {', '.join(sorted(refused))}")

    def _fail_top(self, trouble: Trouble) -> None:
        if self._top_size > 1:
            self._top_size //= 2
            return
        self._ledger.lose(self._floor, None, trouble, "the last row cannot be read")
        self._members.add_range(self._floor + 1, self._floor + max(10, self._largest))  # most likely it is one of these
        self._settle()

    def _fail_slice(self, ask: Ask, trouble: Trouble) -> None:
        first = ask is self._flight[0]
        while self._flight and self._flight[-1] is not ask:
            self._answers.pop(self._flight.pop().number, None)
        self._flight.pop()
        self._calm = False
        if not first:
            return  # its turn comes again
        if not ask.light and not self._narrow:
            self._light = ask
            return
        anchored = self._rank > 0 and not self._gap
        rows = ask.rank + ask.size - self._rank - anchored
        if rows > 1:
            self._bad_end = ask.rank + ask.size
            self._narrow = anchored + -(-rows // 2)
            return
        self._gap, self._gap_trouble = True, trouble
        self._rank = ask.rank + ask.size
        self._count_streak(trouble)
        self._narrow, self._bad_end = (1, self._rank + 1) if self._streak > 1 else (0, 0)

    def _end_narrowing(self, shrink: bool) -> None:
        if shrink and self._narrow > 1:
            self._size = self._narrow
        self._narrow = 0


def _rises(ids: Sequence[int]) -> bool:
    return all(low < high for low, high in pairwise(ids))
