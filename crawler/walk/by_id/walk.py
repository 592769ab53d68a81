"""The anchored walk: slices in id order that overlap by one row, so that nothing that stays visible can be missed.

`cursor` judges the slices; here is what is under way, and what happens when an answer cannot be had. A slice that fails is asked again
for ids only, and its records then by name in halves, down to the one that cannot be had. Where even the ids cannot be listed, the slice
itself is halved down to one row, that row is skipped, and it is found by name among the ids between its neighbours.

Rows at or below the floor are dropped without being remembered: each of them was either taken before, or became visible after the walk
had passed its place, and so was not visible throughout. They are what the next run is for. Memory does not grow with the collection.
"""

from dataclasses import replace

from crawler.walk.by_id.bisection import Bisection
from crawler.walk.by_id.by_include import INCLUDE_LIMIT, Batch, IncludeQueue, Split
from crawler.walk.by_id.in_flight import SlicesInFlight
from crawler.walk.by_id.page_size import PageSize
from crawler.walk.by_id.position import Cursor, Move
from crawler.walk.by_id.requests import members_ask, slice_ask, top_ask
from crawler.walk.certificate import CertificateBuilder
from crawler.walk.protocol import Capabilities, Certificate, Page, PageRequest, Problem, ProblemKind
from crawler.walk.windows import lower_page_size

LOOK_AHEAD = 10
"""Ids after the floor among which a last row that cannot be read is looked for."""


class AnchoredWalk:
    """Needs `orderby=id`, and `offset` or `page`.

    `probe_budget` bounds the requests by name that gaps may take, `streak_limit` the records in a row that may fail.
    """

    def __init__(
        self,
        capabilities: Capabilities,
        *,
        per_page: int = 100,
        width: int = 1,
        probe_budget: int = 1000,
        streak_limit: int = 20,
    ) -> None:
        has, maximum = capabilities.parameters.__contains__, max(1, capabilities.per_page_maximum)
        self._width, self._probe_budget, self._streak_limit = width, probe_budget, streak_limit
        self._may_page = has("page")
        self._ledger = CertificateBuilder()
        self._members = IncludeQueue(min(INCLUDE_LIMIT, maximum), single=not has("include"))
        self._evidence = PageSize()
        self._cursor = Cursor(
            self._ledger,
            self._members,
            self._evidence,
            size=max(1, min(per_page, maximum)),
            by_page=not has("offset"),
            may_page=self._may_page,
            probe_budget=probe_budget,
        )
        self._outstanding: dict[int, Batch | None] = {}
        self._flight = SlicesInFlight()
        self._calm = False  # the last slice was full and accepted: worth asking ahead
        self._light: PageRequest | None = None  # the slice that failed, to be asked for ids only
        self._narrowing = Bisection()
        self._streak = 0
        self._want_top = False
        self._top_size = self._cursor.size
        self._settled = self._stopped = False

    @property
    def finished(self) -> bool:
        by_name = self._members or any(batch is not None for batch in self._outstanding.values())
        return self._stopped or (self._settled and not by_name)

    @property
    def certificate(self) -> Certificate:
        return self._ledger.certificate(self.finished)

    # What to ask

    def asks(self) -> list[PageRequest]:
        asks: list[PageRequest] = []
        while not self.finished and len(self._outstanding) < self._width and (ask := self._next()):
            asks.append(ask)
        if self._ledger.endless(self._cursor.size, self._probe_budget):
            self._stop(f"no end after {self._ledger.asks} requests")
        return asks

    def _next(self) -> PageRequest | None:
        # Gaps wait: the more rows have come at once by then, the more ids can be asked for at once.
        if self._members.batches or (self._settled and self._members):
            return self._ask_members()
        if self._settled or (self._flight and not self._may_ask_ahead()):
            return None
        if self._want_top:
            return None if self._outstanding else top_ask(self._number(), self._top_size)
        ask = self._ask_slice()
        self._flight.asks.append(ask)
        return ask

    def _may_ask_ahead(self) -> bool:
        return (
            self._calm
            and not self._narrowing
            and self._flight.next_rank + 1 < (self._ledger.total or 0)
        )

    def _number(self, batch: Batch | None = None) -> int:
        self._ledger.asks += 1
        self._outstanding[self._ledger.asks] = batch
        return self._ledger.asks

    def _ask_slice(self) -> PageRequest:
        light, self._light = self._light, None
        if light:
            return replace(light, number=self._number(), light=True)
        cursor = self._cursor
        if self._flight:
            return slice_ask(self._number(), cursor.window(self._flight.next_rank, cursor.size))
        return slice_ask(self._number(), cursor.next_window(self._narrowing.size(cursor)))

    def _ask_members(self) -> PageRequest:
        # Where answers carry totals, one that the site cut short shows; elsewhere no more is asked than was received at once before.
        batch = self._members.next(
            INCLUDE_LIMIT if self._ledger.total is not None else self._evidence.largest
        )
        return members_ask(self._number(batch), batch.ids, self._members.single)

    # Answers

    def feed(self, ask: PageRequest, page: Page) -> list[int]:
        batch = self._outstanding.pop(ask.number)
        if self._stopped:
            return []
        self._streak = 0
        self._evidence.note(ask, page)
        if batch is not None:
            return self._feed_members(batch, page)
        if ask.purpose == "top":
            self._want_top = False
            self._follow(self._cursor.judge_top(ask, page))
            return []
        return self._feed_slice(ask, page) if ask in self._flight.asks else []

    def _feed_members(self, batch: Batch, page: Page) -> list[int]:
        found = [id for id in dict.fromkeys(page.ids) if id in batch.ids]
        most = max(1, self._evidence.largest)
        if len(batch.ids) > most and (page.total is None or page.total > most):
            rest = tuple(
                id for id in batch.ids if id not in found
            )  # the site may have cut the answer short
            self._members.add(rest, most, batch.origin)
        split = self._members.passed(batch)
        if split and split.of_slice:
            self._cursor.size = max(2, split.size // 2)
        self._ledger.listed += len(found)
        return found

    def _feed_slice(self, ask: PageRequest, page: Page) -> list[int]:
        disorder = self._cursor.disordered(ask, page)
        if disorder is Move.STOP:
            self._follow(disorder)
            return []
        new = self._cursor.take_new(page.ids)
        if ask.light:
            self._members.add(tuple(new), max(1, -(-len(new) // 2)), Split(ask.size, of_slice=True))
        else:
            self._ledger.listed += len(new)
        if disorder:
            self._follow(disorder)
            return [] if ask.light else new
        for head, answer in self._flight.answered(ask, page):
            self._judge(head, answer)
        return [] if ask.light else new

    def _judge(self, ask: PageRequest, page: Page) -> None:
        move = self._cursor.judge(ask, page)
        self._calm = move is Move.ON and len(page.ids) == ask.size
        if move is Move.ON:
            self._narrowing.passed(self._cursor)
        self._follow(move)

    def _follow(self, move: Move) -> None:
        if move is Move.STOP:
            self._stop()
        elif move is not Move.ON:
            self._flight.clear()
            self._want_top = move is Move.TOP
            self._settled = self._settled or move is Move.END

    def _stop(self, reason: str = "") -> None:
        if reason:
            self._ledger.doubt(reason)
        self._stopped = True

    # Problem

    def fail(self, ask: PageRequest, trouble: Problem) -> None:
        batch = self._outstanding.pop(ask.number)
        if self._stopped:
            return
        if trouble.kind is ProblemKind.FATAL or (
            trouble.kind is ProblemKind.CLOSED and batch is None
        ):
            self._stop(trouble.message or trouble.cause or "no answer")
        elif batch is not None:
            self._fail_members(batch, trouble)
        elif trouble.kind is ProblemKind.REJECTED:
            self._reject(ask, trouble)
        elif ask.purpose == "top":
            self._fail_top(trouble)
        elif ask in self._flight.asks:
            self._fail_slice(ask, trouble)

    def _fail_members(self, batch: Batch, trouble: Problem) -> None:
        smaller = lower_page_size(len(batch.ids))
        if trouble.kind is ProblemKind.CONTENT:
            if not self._members.failed(batch):
                self._ledger.poison(batch.ids[0], trouble)
                self._count_streak(trouble)
        elif "per_page" in trouble.parameters and smaller:
            self._members.limit = smaller
            self._members.again(batch)
        elif self._members.single and len(batch.ids) == 1:
            self._ledger.lose(
                batch.ids[0] - 1, batch.ids[0] + 1, trouble, "records cannot be asked for by id"
            )
        else:
            self._members.single = True
            self._members.again(batch)

    def _count_streak(self, trouble: Problem) -> None:
        self._streak += 1
        if self._streak > self._streak_limit:
            self._stop(
                f"{self._streak} records in a row could not be had: {trouble.message or trouble.cause}"
            )

    def _reject(self, ask: PageRequest, trouble: Problem) -> None:
        refused, smaller = trouble.parameters, lower_page_size(ask.size)
        self._follow(Move.TOP if ask.purpose == "top" else Move.AGAIN)
        if "per_page" in refused and smaller:
            self._cursor.lower_size(smaller)
            self._members.limit = min(self._members.limit, smaller)
            self._top_size = min(self._top_size, smaller)
        elif "offset" in refused and self._may_page:
            self._cursor.by_page = True
        else:
            self._ledger.order_ignored = bool(refused & {"orderby", "order"})
            self._stop(trouble.message or f"the site refuses {', '.join(sorted(refused))}")

    def _fail_top(self, trouble: Problem) -> None:
        if self._top_size > 1:
            self._top_size //= 2
            return
        self._ledger.lose(self._cursor.floor, None, trouble, "the last row cannot be read")
        self._members.add_range(self._cursor.floor + 1, self._cursor.floor + LOOK_AHEAD)
        self._follow(Move.END)

    def _fail_slice(self, ask: PageRequest, trouble: Problem) -> None:
        first = self._flight.cut(ask)  # those behind it are asked again
        self._calm = False
        if first and not ask.light and not self._narrowing:
            self._light = ask
        elif first:
            self._narrow_down(ask, trouble)

    def _narrow_down(self, ask: PageRequest, trouble: Problem) -> None:
        """Not even its ids can be listed: halve the slice, down to the row that is to blame, and skip that."""
        if self._narrowing.failed(ask, self._cursor):
            self._count_streak(trouble)
            self._cursor.skip(ask.rank + ask.size, trouble)
            self._narrowing.skipped(self._cursor.rank, alone=self._streak == 1)
