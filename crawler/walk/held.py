"""The rows that the archive holds already, for a walk that goes on where another one stopped."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from datetime import datetime

_UNKNOWN = -(2**63)


class HeldRows:
    """The ids of held rows in rising order, each with the time of its last change.

    It is kept in arrays, because a large site has a million of them.
    """

    def __init__(self, times: Iterable[tuple[int, datetime | None]] = ()) -> None:
        self._ids: array[int] = array("q")
        self._modified: array[int] = array("q")
        self.add(times)

    def add(self, times: Iterable[tuple[int, datetime | None]]) -> None:
        """Add rows with higher ids than all before."""
        for id, modified in times:
            self._ids.append(id)
            self._modified.append(_seconds(modified))

    def __len__(self) -> int:
        return len(self._ids)

    def is_current(self, id: int, modified: datetime | None) -> bool:
        """Return whether a row is held as it is now. Without a time of change, nobody can tell."""
        at = bisect_left(self._ids, id)
        if modified is None or at == len(self._ids) or self._ids[at] != id:
            return False
        return self._modified[at] == _seconds(modified)


def _seconds(modified: datetime | None) -> int:
    if modified is None:
        return _UNKNOWN
    return int(modified.timestamp())
