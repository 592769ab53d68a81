"""Records that are requested by id.

These are the ids in a gap between two rows, and the ids of records that a slice could not carry.
"""

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Self

from crawler.walk.learnt_size import LearntSize
from crawler.walk.protocol import Capabilities, Page, PageRequest, Problem, ProblemKind
from crawler.walk.windows import lower_page_size

INCLUDE_LIMIT = 100
"""Ids in one `include`: the site's `per_page` limit holds for it too."""


@dataclass(slots=True)
class Split:
    """A request that failed and was cut into parts.

    When all parts go through, the size of the request was the problem and not one of its records.
    """

    size: int
    of_slice: bool = False
    pending: int = 0
    faulty: bool = False

    def expect(self, parts: int) -> None:
        """Wait for this many further parts."""
        self.pending += parts

    def withdraw(self) -> None:
        """Do not wait for one of the parts any more: it will be requested in another way."""
        self.pending -= 1

    def finish_part(self, failed: bool = False) -> bool:
        """Count one part as answered. Return True when it was the last, and none failed."""
        self.pending -= 1
        self.faulty = self.faulty or failed
        return not self.pending and not self.faulty


@dataclass(frozen=True, slots=True)
class IdBatch:
    """Ids to request at once."""

    ids: tuple[int, ...]
    origin: Split | None = None
    alone: bool = False
    """It is one id, requested as `GET /{base}/{id}`."""
    is_sample: bool = False
    """It was requested only to see whether any record comes."""
    tests_room: bool = False
    """Its rows are known, and it was requested only to see whether so many come at once."""


@dataclass(frozen=True, slots=True)
class BatchResult:
    """The yield of the answer to a batch."""

    found: list[int]
    """The ids whose records came."""
    again: tuple[int, ...] = ()
    """The ids that will be requested again, because the answer may have been cut short."""
    split_slice: int | None = None
    """Size of a slice of which now all parts came: its size was the problem."""


class BatchAnswerEvent(Enum):
    """The meaning of the answer to a batch."""

    FOUND = "records that were requested, or none"
    FOREIGN = "the same other records as in an earlier answer: the site ignores the query"


def batch_answer_event(
    batch: IdBatch, page: Page, last_foreign: tuple[int, ...]
) -> BatchAnswerEvent:
    """Return what an answer means; `last_foreign` are ids that came for other ids before."""
    is_foreign = bool(page.ids) and not set(page.ids) & set(batch.ids)
    # Once alone it may be a plugin that adds the newest post to every answer.
    if is_foreign and page.ids == last_foreign and (page.total or 0) > len(page.ids):
        return BatchAnswerEvent.FOREIGN
    return BatchAnswerEvent.FOUND


def missing_in_doubt(batch: IdBatch, page: Page) -> tuple[int, ...]:
    """Return the ids that did not come, where rows came that were not requested, or copies.

    Such a row may stand in place of one that was requested.
    """
    has_others = not set(page.ids) <= set(batch.ids)
    has_copies = page.copies > 0 and len(page.ids) + page.copies <= len(batch.ids)
    if not has_others and not has_copies:
        return ()
    return tuple(id for id in batch.ids if id not in page.ids)


def doubt_of_single(id: int, page: Page) -> str:
    """Return why the answer to a request for one record is in doubt; "" where it is not."""
    if not page.ids or id in page.ids:
        return ""
    return f"the record of {id} says that its id is {page.ids[0]}"


class BatchEvent(Enum):
    """The meaning of a problem with a batch."""

    AGAIN = "the ids are requested again, in smaller batches or one by one"
    IS_UNREADABLE = "it was a single id: its record is unreadable"
    IMPOSSIBLE = "the site does not give records by id at all"


@dataclass(slots=True)
class IncludeQueue:
    """The ids that are still to be requested.

    A range stays a range until it is requested, so that a wide gap costs no memory.
    """

    sizes: LearntSize = field(default_factory=lambda: LearntSize(INCLUDE_LIMIT))
    """How many ids are requested at once."""
    single: bool = False
    """One `GET /{base}/{id}` for each id, because the route has no `include`."""
    batches: deque[IdBatch] = field(default_factory=deque)
    ranges: deque[tuple[int, int]] = field(default_factory=deque)

    def __bool__(self) -> bool:
        return bool(self.batches or self.ranges)

    @classmethod
    def for_route(cls, capabilities: Capabilities, per_page: int = INCLUDE_LIMIT) -> Self:
        """Return a queue that asks for as many ids at once as the route allows."""
        # A site sends at most `per_page_maximum` rows. Ids beyond that would look hidden.
        limit = max(1, min(INCLUDE_LIMIT, per_page, capabilities.per_page_maximum))
        return cls(LearntSize(limit), single="include" not in capabilities.parameters)

    @property
    def limit(self) -> int:
        """Return the most ids that may be requested at once."""
        return self.sizes.limit

    def cost(self, low: int, high: int) -> int:
        """Return the number of requests that the ids `low .. high` will take."""
        ids = high - low + 1
        if self.single:
            return ids
        return -(-ids // self.limit)

    def is_alone(self, batch: IdBatch) -> bool:
        """Return whether a batch is one id that is requested as `GET /{base}/{id}`."""
        return batch.alone or (self.single and len(batch.ids) == 1)

    def lower_limit(self, size: int) -> None:
        """Request at most `size` ids at once from now on."""
        self.sizes = self.sizes.lowered(size)

    def add_range(self, low: int, high: int, taken: Collection[int] = ()) -> None:
        """Add every id from `low` to `high` that was not taken yet."""
        for id in sorted(id for id in taken if low <= id <= high):
            if low < id:
                self.ranges.append((low, id - 1))
            low = id + 1
        if low <= high:
            self.ranges.append((low, high))

    def add(self, ids: tuple[int, ...], size: int, origin: Split | None = None) -> None:
        """Add ids before all others, in batches of at most `size`."""
        parts = [IdBatch(ids[i : i + size], origin) for i in range(0, len(ids), size)]
        if origin:
            origin.expect(len(parts))
        self.batches.extendleft(reversed(parts))

    def add_sample(self, ids: tuple[int, ...], alone: bool) -> None:
        """Add ids of which it is only to be seen whether any record comes."""
        parts = [(id,) for id in ids] if alone else [ids]
        self.batches.extend(IdBatch(part, alone=alone, is_sample=True) for part in parts)

    def add_room_test(self, ids: tuple[int, ...]) -> None:
        """Add rows that are known, to see whether so many come at once."""
        self.batches.append(IdBatch(ids, tests_room=True))

    def add_in_doubt(self, batch: IdBatch, rest: tuple[int, ...]) -> None:
        """Add the rest of a batch in whose answer other rows may have stood in place of it.

        The rest of an answer that had some of the batch may be absent, and is requested as it is.
        """
        if len(batch.ids) == 1:
            self.batches.appendleft(IdBatch(batch.ids, alone=True))
        elif len(rest) < len(batch.ids):
            self.add(rest, len(rest))
        else:
            self.add(rest, -(-len(rest) // 2))

    def next_batch(self, limit: int) -> IdBatch:
        """Take the next batch, of at most `limit` ids, out of the queue."""
        size = self._batch_size(limit)
        # Batches come first: they hold records of a slice that was seen, and ranges only ids that
        # may exist.
        if not self.batches:
            self._add_from_range(size)
        batch = self.batches.popleft()
        if len(batch.ids) <= size:
            return batch
        self._put_back(batch, size)
        return self.batches.popleft()

    def answered(self, batch: IdBatch, page: Page, largest: int) -> BatchResult:
        """Take the answer to a batch. `largest` is the most rows that ever came at once."""
        found = [id for id in dict.fromkeys(page.ids) if id in batch.ids]
        most = max(1, largest)
        rest: tuple[int, ...] = ()
        if len(batch.ids) > most and (page.total is None or page.total > most):
            # The site may have cut the answer short.
            rest = tuple(id for id in batch.ids if id not in found)
            self.add(rest, most, batch.origin)
        return BatchResult(found, rest, self._passed(batch))

    def failed(self, batch: IdBatch, problem: Problem) -> BatchEvent:
        """Take a problem with a batch, and add its ids again where that makes sense."""
        if problem.kind is ProblemKind.CONTENT:
            return self._halve(batch)
        smaller = lower_page_size(len(batch.ids))
        if "per_page" in problem.parameters and smaller:
            self.lower_limit(smaller)
        elif self.is_alone(batch):
            return BatchEvent.IMPOSSIBLE
        else:
            self.single = True
        self._put_back(batch, self._batch_size(INCLUDE_LIMIT))
        return BatchEvent.AGAIN

    def _batch_size(self, limit: int) -> int:
        if self.single:
            return 1
        return max(1, min(limit, self.sizes.rows))

    def _add_from_range(self, size: int) -> None:
        low, high = self.ranges.popleft()
        self.add(tuple(range(low, min(high, low + size - 1) + 1)), size)
        if low + size <= high:
            self.ranges.appendleft((low + size, high))

    def _put_back(self, batch: IdBatch, size: int) -> None:
        if batch.origin:
            batch.origin.withdraw()
        if batch.is_sample or batch.tests_room:
            self.batches.appendleft(replace(batch, ids=batch.ids[:size]))
            return
        # The rest stays whole: by its turn, more or fewer may be requested at once.
        self.add(batch.ids[size:], INCLUDE_LIMIT, batch.origin)
        self.add(batch.ids[:size], size, batch.origin)

    def _passed(self, batch: IdBatch) -> int | None:
        """Adjust the size after an answer. Return the size of a slice whose parts all came."""
        self.sizes = self.sizes.passed(len(batch.ids))
        if batch.origin is None:
            return None
        if not batch.origin.finish_part():
            return None
        if batch.origin.of_slice:
            return batch.origin.size
        self.sizes = self.sizes.shrunk(max(1, batch.origin.size // 2))
        return None

    def _halve(self, batch: IdBatch) -> BatchEvent:
        if self.sizes.is_trial(len(batch.ids)):
            self.sizes = self.sizes.failed()
            self._put_back(batch, self.sizes.rows)
            return BatchEvent.AGAIN
        if batch.origin:
            batch.origin.finish_part(failed=True)
        if len(batch.ids) == 1:
            self.sizes = self.sizes.cleared()
            return BatchEvent.IS_UNREADABLE
        self.add(batch.ids, -(-len(batch.ids) // 2), Split(len(batch.ids)))
        return BatchEvent.AGAIN


def batch_request(number: int, batch: IdBatch, single: bool) -> PageRequest:
    """Return the request for a batch. `include` does not lift `per_page`, so that is given too."""
    if single or batch.alone:
        return PageRequest((), "single", number, batch.ids, size=1)
    size = len(batch.ids)
    params = (("include", ",".join(map(str, batch.ids))), ("per_page", str(size)))
    return PageRequest(params, "probe", number, batch.ids, ids_only=batch.tests_room, size=size)
