"""Ids that are asked for by name: those between two rows with a gap between them, and those whose records a slice could not carry."""

from collections import deque
from dataclasses import dataclass, field

INCLUDE_LIMIT = 100
"""Ids in one `include`: the site's `per_page` limit holds for it too."""
GROWTH = 4
"""Ids or rows by which a size that had to be lowered grows again after each success."""


@dataclass(slots=True)
class Split:
    """A request that failed and was cut up: when all its parts go through, its size was the trouble."""

    size: int
    of_slice: bool = False
    pending: int = 0
    faulty: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """Ids to ask for in one request."""

    ids: tuple[int, ...]
    origin: Split | None = None


@dataclass(slots=True)
class IncludeQueue:
    """What is still to be asked by name. Ranges stay ranges until asked, so that a wide gap costs no memory."""

    limit: int = INCLUDE_LIMIT
    """The most ids that may be asked at once."""
    single: bool = False
    """One `GET /{base}/{id}` for each id, where `include` is not to be had."""
    size: int = INCLUDE_LIMIT
    """What is asked at once for now."""
    batches: deque[Batch] = field(default_factory=deque)
    ranges: deque[tuple[int, int]] = field(default_factory=deque)

    def __bool__(self) -> bool:
        return bool(self.batches or self.ranges)

    def cost(self, low: int, high: int) -> int:
        """Requests that the ids `low .. high` will take."""
        return -(-(high - low + 1) // (1 if self.single else self.limit))

    def add_range(self, low: int, high: int) -> None:
        """Ask for every id from `low` to `high`; nothing when there is none."""
        if low <= high:
            self.ranges.append((low, high))

    def add(self, ids: tuple[int, ...], size: int, origin: Split | None = None) -> None:
        """Ask for these ids before all others, at most `size` at once."""
        parts = [Batch(ids[i : i + size], origin) for i in range(0, len(ids), size)]
        if origin:
            origin.pending += len(parts)
        self.batches.extendleft(reversed(parts))

    def next(self, limit: int) -> Batch:
        """The next batch, of at most `limit` ids."""
        size = 1 if self.single else max(1, min(limit, self.size, self.limit))
        if not self.batches:
            low, high = self.ranges.popleft()
            self.add(tuple(range(low, min(high, low + size - 1) + 1)), size)
            if low + size <= high:
                self.ranges.appendleft((low + size, high))
        batch = self.batches.popleft()
        if len(batch.ids) <= size:
            return batch
        if batch.origin:
            batch.origin.pending -= 1
        self.add(batch.ids, size, batch.origin)
        return self.batches.popleft()

    def again(self, batch: Batch) -> None:
        """Ask for these ids once more, through no fault of theirs."""
        if batch.origin:
            batch.origin.pending -= 1
        self.add(batch.ids, 1 if self.single else min(self.size, self.limit), batch.origin)

    def passed(self, batch: Batch) -> Split | None:
        """An answer came. Returns the split that this completes, when its size alone was the trouble."""
        if batch.origin is None:
            self.size = min(self.limit, self.size + (GROWTH if len(batch.ids) >= self.size else 0))
            return None
        batch.origin.pending -= 1
        if batch.origin.pending or batch.origin.faulty:
            return None
        if not batch.origin.of_slice:
            self.size = max(1, batch.origin.size // 2)
        return batch.origin

    def failed(self, batch: Batch) -> bool:
        """No answer came: cut the batch up. False when it is down to one id."""
        if batch.origin:
            batch.origin.pending -= 1
            batch.origin.faulty = True
        if len(batch.ids) == 1:
            return False
        self.add(batch.ids, -(-len(batch.ids) // 2), Split(len(batch.ids)))
        return True

    def clear(self) -> None:
        self.batches.clear()
        self.ranges.clear()
