"""The walk over records whose ids are known: it asks for them by `include`, in any number."""

from collections.abc import Iterable

from crawler.walk.by_id.by_include import (
    INCLUDE_LIMIT,
    BatchAnswerEvent,
    BatchEvent,
    IdBatch,
    IncludeQueue,
    batch_answer_event,
    batch_request,
    doubt_of_single,
    missing_in_doubt,
)
from crawler.walk.certificate import CertificateBuilder
from crawler.walk.protocol import Capabilities, Certificate, Page, PageRequest, Problem, ProblemKind


class WalkByIds:
    """A walk over records with given ids, in batches that shrink where the site fails.

    It is proved when the site was asked for every id: a record that did not come is not shown.
    """

    def __init__(
        self,
        ids: Iterable[int],
        capabilities: Capabilities,
        *,
        per_page: int = INCLUDE_LIMIT,
        width: int = 1,
        streak_limit: int = 20,
        may_be_hidden: bool = False,
    ) -> None:
        """`may_be_hidden` says that a row which an answer counts and lacks is not asked for again.

        It is absent then, and whoever asked for it looks further.
        """
        self._builder = CertificateBuilder()
        self._queue = IncludeQueue.for_route(capabilities, per_page)
        self.absent = set(ids)
        """The ids whose records did not come: the site does not show them, or cannot."""
        self._queue.add(tuple(sorted(self.absent)), self._queue.limit)
        self._width = width
        self._streak_limit = streak_limit
        self._streak = 0
        self._in_flight: dict[int, IdBatch] = {}
        self._stopped = False
        self._last_foreign: tuple[int, ...] = ()  # ids that came for others
        self._may_be_hidden = may_be_hidden

    def requests(self) -> list[PageRequest]:
        """Return the requests to make now."""
        made: list[PageRequest] = []
        while self._queue and not self._stopped and len(self._in_flight) < self._width:
            batch = self._queue.next_batch(INCLUDE_LIMIT)
            request = batch_request(self._builder.count_request(), batch, self._queue.single)
            self._in_flight[request.number] = batch
            made.append(request)
        return made

    def feed(self, request: PageRequest, page: Page) -> list[int]:
        """Take an answer. Return the ids to archive."""
        batch = self._in_flight.pop(request.number)
        self._streak = 0
        self._builder.note_clashes(page)
        most = len(batch.ids) if self._may_be_hidden else _most_rows(batch, page)
        alone = self._queue.is_alone(batch)
        result = self._queue.answered(batch, page, most)
        if alone:
            self._note_single(batch.ids[0], page)
        elif not result.again:
            self._ask_again(batch, page)
        self.absent -= set(result.found)
        self._builder.count_listed(len(result.found))
        return result.found

    def _note_single(self, id: int, page: Page) -> None:
        doubt = doubt_of_single(id, page)
        if doubt:
            self._builder.doubt(doubt)

    def _ask_again(self, batch: IdBatch, page: Page) -> None:
        """Request the ids again in whose place other rows may have come."""
        if batch_answer_event(batch, page, self._last_foreign) is BatchAnswerEvent.FOREIGN:
            self._builder.note_query_ignored()
            self._stopped = True
            return
        rest = missing_in_doubt(batch, page)
        if not rest:
            return
        if len(rest) == len(batch.ids):
            self._last_foreign = page.ids
        self._queue.add_in_doubt(batch, rest)

    def fail(self, request: PageRequest, problem: Problem) -> None:
        """Take the news that a request has no usable answer."""
        batch = self._in_flight.pop(request.number)
        if problem.kind in (ProblemKind.FATAL, ProblemKind.CLOSED):
            self._stop(problem.reason)
            return
        event = self._queue.failed(batch, problem)
        if event is BatchEvent.IS_UNREADABLE:
            self._builder.add_unreadable(batch.ids[0], problem)
            self.absent.discard(batch.ids[0])  # it is there, or the site would say so
            self._streak += 1
        elif event is BatchEvent.IMPOSSIBLE:
            self._stop(f"records cannot be requested by id: {problem.reason}")
        if self._streak > self._streak_limit:
            self._stop(f"{self._streak} records in a row could not be had: {problem.reason}")

    def _stop(self, reason: str) -> None:
        self._builder.doubt(reason)
        self._stopped = True

    @property
    def finished(self) -> bool:
        """Return whether every id was asked for, or the walk gave up."""
        return self._stopped or not (self._queue or self._in_flight)

    @property
    def settled_id(self) -> int:
        """Return 0: this walk is not about a whole list."""
        return 0

    @property
    def certificate(self) -> Certificate:
        """Return what is known so far."""
        return self._builder.certificate(self.finished)


def _most_rows(batch: IdBatch, page: Page) -> int:
    """Return how many rows the site gives at once, by an answer that may have been cut short."""
    rows = len(page.ids)
    if rows < len(batch.ids) and (page.total is None or page.total > rows):
        return max(1, rows)
    return len(batch.ids)
