"""The rows that a walk has taken, so that each is archived once."""

from array import array
from collections.abc import Iterable

from crawler.walk.id_set import IdSet
from crawler.walk.protocol import Page


class TakenRows:
    """The ids that were taken, or wait to be requested by id."""

    def __init__(self) -> None:
        self._ids = IdSet()
        self._awaited: set[int] = set()  # ids that slices showed, without their records
        self._outdated: list[int] = []  # ids of light slices that are still to be requested

    def __contains__(self, id: object, /) -> bool:
        return id in self._ids

    def between(self, low: int, high: int) -> list[int]:
        """Return the ids from `low` to `high`, both included, in rising order."""
        return self._ids.between(low, high)

    def rising(self) -> "array[int]":
        """Return all ids that were taken, in rising order."""
        return self._ids.rising()

    @property
    def outdated(self) -> int:
        """Return the number of rows that light slices showed, and that are not requested yet."""
        return len(self._outdated)

    def add(self, ids: Iterable[int]) -> None:
        """Take rows that a slice showed."""
        for id in ids:
            self._ids.add(id)

    def await_records(self, ids: Iterable[int]) -> None:
        """Wait for the records of rows that a slice showed without them."""
        self._awaited.update(ids)

    def await_outdated(self, ids: tuple[int, ...], page: Page) -> tuple[int, ...]:
        """Wait for the rows of a light slice that are held in another form; return the others."""
        outdated = [id for id in ids if id not in page.current]
        # They are requested together, so that a request has as many ids as it may.
        self._outdated += outdated
        self._awaited.update(outdated)
        return tuple(id for id in ids if id in page.current)

    def pop_outdated(self) -> tuple[int, ...]:
        """Return the outdated rows, which are requested now."""
        ids = tuple(self._outdated)
        self._outdated.clear()
        return ids

    def take_record(self, id: int) -> bool:
        """Take a record that was requested by id; tell whether it is to be archived.

        A slice may have brought it meanwhile.
        """
        if id in self._awaited:
            self._awaited.discard(id)
            return True
        if id in self._ids:
            return False
        self._ids.add(id)
        return True
