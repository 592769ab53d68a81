"""A set of ids that stays small in memory."""

from array import array
from bisect import bisect_left


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
            self._others.add(id)

    def between(self, low: int, high: int) -> list[int]:
        """Return the ids from `low` to `high`, both included, in rising order."""
        start = bisect_left(self._rising, low)
        end = bisect_left(self._rising, high + 1)
        others = (id for id in self._others if low <= id <= high)
        return sorted([*self._rising[start:end], *others])
