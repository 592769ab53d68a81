"""Slices under way, which are judged in rank order whatever the order of their answers."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from crawler.walk.protocol import Page, PageRequest


@dataclass(slots=True)
class SlicesInFlight:
    """Asks in rank order, and the answers to those whose turn has not come."""

    asks: deque[PageRequest] = field(default_factory=deque)
    early: dict[int, Page] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.asks)

    @property
    def next_rank(self) -> int:
        """Where a slice behind all of these begins: at the last row of the last."""
        return self.asks[-1].rank + self.asks[-1].size - 1

    def answered(self, ask: PageRequest, page: Page) -> Iterator[tuple[PageRequest, Page]]:
        """Take an answer; gives all whose turn has come."""
        self.early[ask.number] = page
        while self.asks and self.asks[0].number in self.early:
            head = self.asks.popleft()
            yield head, self.early.pop(head.number)

    def cut(self, ask: PageRequest) -> bool:
        """Drop an ask and those behind it; True when it was the first."""
        first = ask is self.asks[0]
        while self.asks.pop() is not ask:
            pass
        self.early = {number: page for number, page in self.early.items() if number < ask.number}
        return first

    def clear(self) -> None:
        self.asks.clear()
        self.early.clear()
