"""Sets of ids that stay small in memory."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field


class IdSet:
    """Many ids, 8 bytes each where they come in rising order, as most of them do."""

    def __init__(self) -> None:
        self._rising: array[int] = array("q")
        self._others: set[int] = set()

    def __len__(self) -> int:
        return len(self._rising) + len(self._others)

    def __contains__(self, id: object, /) -> bool:
        if not isinstance(id, int):
            return False
        place = bisect_left(self._rising, id)
        found = place < len(self._rising) and self._rising[place] == id
        return found or id in self._others

    def add(self, id: int) -> None:
        """Add an id; nothing changes where it is in the set."""
        if not self._rising or id > self._rising[-1]:
            self._rising.append(id)
        elif id not in self:
            # Inserting it into the array would move all that follows, once for each such id.
            self._others.add(id)

    def rising(self) -> "array[int]":
        """Return all ids in rising order. The array is not to be changed."""
        if not self._others:
            return self._rising
        return array("q", sorted([*self._rising, *self._others]))

    def between(self, low: int, high: int) -> list[int]:
        """Return the ids from `low` to `high`, both included, in rising order."""
        start = bisect_left(self._rising, low)
        end = bisect_left(self._rising, high + 1)
        others = (id for id in self._others if low <= id <= high)
        return sorted([*self._rising[start:end], *others])


@dataclass(slots=True)
class IdRanges:
    """Ranges of ids that do not touch each other, in rising order."""

    lows: list[int] = field(default_factory=list)
    highs: list[int] = field(default_factory=list)

    def __contains__(self, id: int) -> bool:
        place = bisect_left(self.highs, id)
        return place < len(self.lows) and self.lows[place] <= id

    def add(self, low: int, high: int) -> None:
        """Add the ids from `low` to `high`, both included."""
        # One less and one more: ranges that touch each other become one.
        first = bisect_left(self.highs, low - 1)
        end = bisect_right(self.lows, high + 1)
        if first < end:
            low = min(low, self.lows[first])
            high = max(high, self.highs[end - 1])
        self.lows[first:end] = [low]
        self.highs[first:end] = [high]

    def add_all(self, others: "IdRanges") -> None:
        """Add the ids of other ranges."""
        for low, high in zip(others.lows, others.highs, strict=True):
            self.add(low, high)

    def holes(self, top: int) -> Iterator[tuple[int, int]]:
        """Yield the ranges of ids from 1 to `top` that lie between these."""
        low = 1
        for start, end in zip(self.lows, self.highs, strict=True):
            if low < start and low <= top:
                yield low, min(start - 1, top)
            low = max(low, end + 1)
        if low <= top:
            yield low, top
