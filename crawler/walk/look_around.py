"""Look at a few other places of a list that answers with errors, before it is read row by row.

A record that cannot be sent fails at its own place. A list that is broken fails everywhere, and one
whose order is broken fails wherever this order is asked for. A few requests for one row each tell
which.
"""

from collections import deque
from enum import Enum

from crawler.walk.protocol import Capabilities, Page, PageRequest, Problem, ProblemKind

RowOrder = tuple[tuple[str, str], ...]
"""The parameters that choose and sort the rows."""

FAR_RANK = 1_000_000
"""A rank behind the end of nearly every list: an order that can be read answers there, and has no
row that could fail."""
_WINDOW = frozenset({"offset", "page", "per_page"})


class LookFinding(Enum):
    """The meaning of the answers from other places."""

    GOES_ON = "the order of the walk has answered: single rows fail, or so many at once"
    OTHER_ORDER = "only another order has answered"
    NOTHING = "no row came from any place, in any order"


class LookAround:
    """Requests for one row each, one after the other: in the order that failed, then in others."""

    def __init__(
        self, capabilities: Capabilities, failed: PageRequest, problem: Problem, number: int
    ) -> None:
        """`failed` is the request that failed last. The requests are numbered down from `number`.

        So none of them equals a request of a walk, which counts up from 1.
        """
        self.problem = problem
        """Why a request failed, the last one of all."""
        self._by_offset = "offset" in capabilities.parameters
        self._has_windows = self._by_offset or "page" in capabilities.parameters
        self._own: RowOrder = tuple(pair for pair in failed.params if pair[0] not in _WINDOW)
        self._number = number
        self._in_flight: PageRequest | None = None
        # The first two rows, one in the middle of a page, and the first one of the next page.
        ranks = sorted({0, 1, failed.size // 2, max(1, failed.size)}) if self._has_windows else [0]
        self._places = deque((self._own, rank) for rank in ranks)
        self._places.extend((order, 0) for order in _other_orders(capabilities, self._own))
        self._own_answers = False  # the order that failed has answered, if only with no row
        self.finding: LookFinding | None = None
        """What the answers tell; None until they do."""

    def requests(self) -> list[PageRequest]:
        """Return the next request; none while one is in flight."""
        if self._in_flight:
            return []
        order, rank = self._places[0]
        params = [*order]
        if rank and self._by_offset:
            params.append(("offset", str(rank)))
        elif rank:
            params.append(("page", str(rank + 1)))
        params.append(("per_page", "1"))
        self._in_flight = PageRequest(
            tuple(params), "top", self._number, ids_only=True, rank=rank, size=1
        )
        self._number -= 1
        return [self._in_flight]

    def take(self, answer: Page | Problem) -> None:
        """Take the answer to the request in flight."""
        self._in_flight = None
        if isinstance(answer, Problem):
            self.problem = answer
        order, rank = self._places.popleft()
        is_own = order == self._own
        has_rows = isinstance(answer, Page) and bool(answer.ids)
        self._own_answers |= is_own and _is_answer(answer, rank)
        if is_own and (has_rows or rank == FAR_RANK):
            self.finding = LookFinding.GOES_ON if self._own_answers else LookFinding.OTHER_ORDER
        elif has_rows:
            self._found_elsewhere()
        elif not self._places:
            self.finding = LookFinding.NOTHING

    def _found_elsewhere(self) -> None:
        """Decide whether the order has failed, or only its rows at these places."""
        if self._own_answers:
            self.finding = LookFinding.GOES_ON
        elif self._has_windows:
            self._places = deque([(self._own, FAR_RANK)])
        else:
            self.finding = LookFinding.OTHER_ORDER


def _is_answer(answer: Page | Problem, rank: int) -> bool:
    # Some controllers refuse a page past the end.
    is_refusal = isinstance(answer, Problem) and answer.kind is ProblemKind.REJECTED
    return isinstance(answer, Page) or (is_refusal and rank == FAR_RANK)


def _other_orders(capabilities: Capabilities, own: RowOrder) -> list[RowOrder]:
    """Return the orders in which another walk may read the list, that by default among them."""
    orders: list[RowOrder] = [()]
    if "date" in capabilities.orderby:
        orders.insert(0, (("orderby", "date"), ("order", "desc")))
    return [order for order in orders if order != own]
