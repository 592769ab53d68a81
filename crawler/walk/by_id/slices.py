"""Slices of the list in id order: how one is requested, and those in flight.

They are judged in rank order, whatever the order of their answers.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from crawler.walk.protocol import Page, PageRequest
from crawler.walk.windows import Window


def slice_request(number: int, window: Window, light: bool = False) -> PageRequest:
    """Return the request for the rows of a window, in id order."""
    params = (("orderby", "id"), ("order", "asc"), *window.params)
    return PageRequest(
        params,
        "slice",
        number,
        ids_only=light,
        light=light,
        rank=window.start,
        size=window.size,
    )


@dataclass(frozen=True, slots=True)
class SliceAnswer:
    """The answer to a slice whose turn has come."""

    request: PageRequest
    page: Page
    total: int | None
    """The total of the answer, where it can be believed."""
    left_out: int = 0
    """How many of the last rows prove nothing, because they may stand elsewhere in the list."""

    @property
    def ids(self) -> tuple[int, ...]:
        """Return the ids received at their own places, in rising order."""
        return self.page.ids[: len(self.page.ids) - self.left_out]

    @property
    def rows(self) -> int:
        """Return the number of rows received, without those that the site added."""
        return min(len(self.ids), self.request.size)

    @property
    def rank(self) -> int:
        """Return the rank requested."""
        return self.request.rank


@dataclass(slots=True)
class SlicesInFlight:
    """Requests in rank order, and the answers to those whose turn has not come."""

    requests: deque[PageRequest] = field(default_factory=deque)
    early: dict[int, Page] = field(default_factory=dict)
    """Answers that came before their turn, by the number of the request."""
    begun_known: set[int] = field(default_factory=set)
    """Numbers of those that are not judged yet, and whose first row was taken before them."""

    def __bool__(self) -> bool:
        return bool(self.requests)

    def __contains__(self, request: PageRequest) -> bool:
        return request in self.requests

    @property
    def next_rank(self) -> int:
        """Return where the next slice begins: at the last row of the last slice in flight."""
        last = self.requests[-1]
        return last.rank + last.size - 1

    def add(self, request: PageRequest) -> None:
        """Put a request behind all others."""
        self.requests.append(request)

    def in_turn(self, request: PageRequest, page: Page) -> Iterator[tuple[PageRequest, Page]]:
        """Take an answer. Yield each request whose turn has come, with its answer."""
        self.early[request.number] = page
        while self.requests and self.requests[0].number in self.early:
            first = self.requests.popleft()
            yield first, self.early.pop(first.number)

    def note_begun_known(self, request: PageRequest) -> None:
        """Remember that the first row of a slice was taken before the slice."""
        self.begun_known.add(request.number)

    def pop_begun_known(self, request: PageRequest) -> bool:
        """Return whether that was noted, and forget it."""
        was_known = request.number in self.begun_known
        self.begun_known.discard(request.number)
        return was_known

    def cut(self, request: PageRequest) -> bool:
        """Drop a request and all behind it. Return True when it was the first."""
        was_first = request is self.requests[0]
        while self.requests.pop() is not request:
            pass
        # Requests are numbered in rank order here, so those behind have higher numbers.
        self.early = {n: page for n, page in self.early.items() if n < request.number}
        return was_first

    def clear(self) -> None:
        """Drop all: answers that come later are not judged."""
        self.requests.clear()
        self.early.clear()
