"""The rows that a walk in id order has taken, and the records that it requests by id.

Each row is archived once, whether a slice or a request for its id brings it.
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from crawler.walk.by_id.by_include import (
    INCLUDE_LIMIT,
    BatchAnswerEvent,
    BatchEvent,
    IdBatch,
    IncludeQueue,
    Split,
    batch_answer_event,
    batch_request,
    doubt_of_single,
    missing_in_doubt,
)
from crawler.walk.by_id.chain import END_LINKS, FEW_ROWS, ROWS_ADDED, Chain
from crawler.walk.by_id.known import Known
from crawler.walk.certificate import CertificateBuilder
from crawler.walk.id_set import IdSet
from crawler.walk.protocol import Page, PageRequest, Problem


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


@dataclass(slots=True)
class Room:
    """The room of answers to requests by id: so many records surely come at once.

    A site may give fewer rows at once than are requested. The answers to slices tell how many come,
    but rows that the site adds may be among these. Where so many ids were requested that this
    matters, and where answers have few rows, known rows are requested at once at the end: it is
    seen how many come.
    """

    chain: Chain
    needed: int = 0
    """The most ids that were requested at once unsurely, and of which some did not come."""
    tested: int = 0
    """So many known rows came when they were requested at once; 0: it was not tried."""

    def sure(self, largest: int) -> int:
        """Return how many rows surely come at once; `largest` is the most that came."""
        return max(1, largest - self.chain.added_at_once)

    def limit(self, largest: int, total: int | None) -> int:
        """Return the most ids to request at once.

        Totals show when the site cuts an answer short. Without them, or where the site adds rows,
        no more ids are requested than rows surely come at once.
        """
        most = self.tested or INCLUDE_LIMIT
        if total is None or self.chain.added_at_once:
            most = min(most, self.sure(largest))
        return most

    def note_answer(self, batch: IdBatch, page: Page, again: Sequence[int], largest: int) -> None:
        """Tell the chain which ids of a batch were requested, but for those that will be again."""
        settled = [id for id in batch.ids if id not in again]
        most = max(self.sure(largest) - END_LINKS, self.tested)
        if self.chain.added_at_once:
            most = self.sure(largest)
        is_sure = len(batch.ids) <= max(1, most) or page.total == len(page.ids)
        self.chain.add_asked(settled, is_sure)
        if not is_sure and not set(settled) <= set(page.ids):
            self.needed = max(self.needed, len(batch.ids))

    def rows_to_test(self, taken: Sequence[int]) -> tuple[int, ...]:
        """Return known rows to request at once; () where the room is known, or does not matter.

        Rows from the middle are the least likely ones that a site adds.
        """
        if self.tested or self.chain.added_at_once or self.chain.largest > FEW_ROWS:
            return ()
        start = max(0, len(taken) - self.needed) // 2
        return tuple(taken[start : start + self.needed])

    def note_test(self, batch: IdBatch, came: Sequence[int]) -> None:
        """Remember which known rows came when they were requested at once.

        Where not all came, what was requested unsurely is to be requested again.
        """
        self.tested = max(1, len(set(batch.ids).intersection(came)))
        if self.tested < self.needed:
            self.chain.forget_unsure()


class RecordsById:
    """The ids that are to be requested, and what their answers show.

    It tells the rows taken, the chain and the certificate of the walk what came.
    """

    def __init__(
        self, queue: IncludeQueue, taken: TakenRows, chain: Chain, builder: CertificateBuilder
    ) -> None:
        self.queue = queue
        self._room = Room(chain)
        self._taken = taken
        self._chain = chain
        self._builder = builder

    def batch_limit(self, known: Known) -> int:
        """Return the most ids to request at once."""
        return self._room.limit(known.page_size.largest, self._builder.total)

    def cost(self, known: Known, ids: int) -> int:
        """Return the number of requests that so many ids will take."""
        return max(self.queue.cost(1, ids), -(-ids // self.batch_limit(known)))

    def rows_to_test(self, taken: Sequence[int]) -> tuple[int, ...]:
        """Return known rows to request at once, to see how many come; () where that is known."""
        return self._room.rows_to_test(taken)

    def queue_outdated(self) -> None:
        """Queue the rows that light slices showed, and that are held in another form."""
        self.queue.add(self._taken.pop_outdated(), INCLUDE_LIMIT)

    def next_batch(self, known: Known, quick_rows: int) -> IdBatch:
        """Return the next ids to request, no more than the site can answer for quickly."""
        return self.queue.next_batch(min(self.batch_limit(known), quick_rows))

    def request(self, number: int, batch: IdBatch) -> PageRequest:
        """Return the request for a batch."""
        return batch_request(number, batch, self.queue.single)

    def queue_rows_of_slice(self, request: PageRequest, ids: tuple[int, ...]) -> None:
        """Queue the rows of a slice that could not carry their records."""
        # In two batches, because one request for all these records has just failed.
        half = max(1, -(-len(ids) // 2))
        self._taken.await_records(ids)
        self.queue.add(ids, half, Split(request.size, of_slice=True))

    def feed(self, known: Known, batch: IdBatch, page: Page) -> tuple[Known, list[int]] | None:
        """Take an answer. Return what is known then, and the ids to archive.

        Return None where the site ignores what it is asked for.
        """
        if batch.tests_room:
            self._room.note_test(batch, page.ids)
            return known, []
        match batch_answer_event(batch, page, known.last_foreign):
            case BatchAnswerEvent.FOREIGN:
                return None
            case BatchAnswerEvent.FOUND:
                return self._found(known, batch, page)

    def _found(self, known: Known, batch: IdBatch, page: Page) -> tuple[Known, list[int]]:
        if page.ids and not set(page.ids) & set(batch.ids):
            # Once it may be an accident. The same rows for other ids show that nobody listens.
            if not known.last_foreign and (page.total or 0) > len(page.ids):
                self.queue.add(batch.ids, len(batch.ids))
            known = replace(known, last_foreign=page.ids)
        largest = known.page_size.largest
        most = len(batch.ids) if batch.is_sample else self._room.sure(largest)
        result = self.queue.answered(batch, page, most)
        if result.split_slice:
            # Two rows at least, because one of them is the anchor.
            known = known.with_size(max(2, result.split_slice // 2))
        again = result.again
        if self.queue.is_alone(batch):
            self._note_single(batch.ids[0], page)
            again = ()
        elif batch.is_sample:
            known = replace(known, hidden_look=known.hidden_look.answered(page))
            known, again = self._asked_again(known, batch, page)
        elif not again:
            known, again = self._asked_again(known, batch, page)
        self._chain.note_shown(id for id in page.ids if id not in batch.ids)
        self._room.note_answer(batch, page, again, largest)
        found = [id for id in result.found if self._taken.take_record(id)]
        self._builder.count_listed(len(found))
        return known, found

    def _note_single(self, id: int, page: Page) -> None:
        """Remember that an id was requested alone, and doubt an answer for another one."""
        self._chain.note_single(id)
        doubt = doubt_of_single(id, page)
        if doubt:
            self._builder.doubt(doubt)

    def _asked_again(
        self, known: Known, batch: IdBatch, page: Page
    ) -> tuple[Known, tuple[int, ...]]:
        """Request the ids again that are in doubt after an answer, and return them."""
        rest = missing_in_doubt(batch, page)
        if rest and not known.budget.probes:
            self._builder.doubt(ROWS_ADDED)
        elif rest:
            known = known.without_probes(1)
            self.queue.add_in_doubt(batch, rest)
        return known, rest

    def fail(self, batch: IdBatch, problem: Problem) -> bool:
        """Take a problem with a batch. Tell whether a record is unreadable."""
        if batch.is_sample:
            return False
        if batch.tests_room:
            self._room.note_test(batch, ())
            return False
        match self.queue.failed(batch, problem):
            case BatchEvent.AGAIN:
                return False
            case BatchEvent.IS_UNREADABLE:
                self._builder.add_unreadable(batch.ids[0], problem)
                self._chain.add_asked(batch.ids)
                return True
            case BatchEvent.IMPOSSIBLE:
                id = batch.ids[0]
                self._builder.add_lost_stretch(
                    id - 1, id + 1, problem, "records cannot be requested by id"
                )
                return False
