"""Several walks over one collection: the next one begins where a list fails one of them.

A list that answers with nothing but errors is looked at in other places first (`look_around.py`).
"""

from collections.abc import Callable
from dataclasses import replace

from crawler.walk.look_around import LookAround, LookFinding
from crawler.walk.protocol import (
    Capabilities,
    Certificate,
    Page,
    PageRequest,
    Problem,
    ProblemKind,
    Walk,
)

FIRST_FAILURES = 2
"""Failures from the start after which a list is looked at in other places: a single one is most
often that of one record."""
LATER_FAILURES = 12
"""The same, for a list that has answered. To find one bad record takes fewer."""


class FallbackWalk:
    """Several walks. The next one begins where the site ignores or refuses the order of one.

    Each walk begins anew, so that an id may be accepted once by each.
    """

    def __init__(self, walks: list[Callable[[], Walk]], capabilities: Capabilities) -> None:
        self._next_walks = walks[1:]
        self._walk = walks[0]()
        self._capabilities = capabilities
        # An answer in flight belongs to the walk that asked for it, also when another one goes on.
        self._owners: dict[PageRequest, Walk] = {}
        self._earlier_requests = 0
        self._reasons: list[str] = []
        self._look: LookAround | None = None
        self._looks = 0  # requests for one
        self._has_answered = False
        self._failures = 0  # in a row
        self._broken = ""  # why the list is given up

    def requests(self) -> list[PageRequest]:
        """Return the requests that the current walk makes now, or one for a look around."""
        if self._look is None and not self._broken:
            requests = self._walk.requests()
            self._owners.update(dict.fromkeys(requests, self._walk))
            return requests
        # What is in flight may be answered, and then nothing is to be looked for.
        if self._look is None or self._owners:
            return []
        requests = self._look.requests()
        self._looks += len(requests)
        return requests

    def feed(self, request: PageRequest, page: Page) -> list[int]:
        """Give an answer to the walk that made the request. Return the ids to archive."""
        if request not in self._owners:
            self._give_to_look(page)
            return []
        self._note_answer()
        accepted = self._owners.pop(request).feed(request, page)
        self._fall_back()
        return accepted

    def fail(self, request: PageRequest, problem: Problem) -> None:
        """Give a problem to the walk that made the request."""
        if request not in self._owners:
            self._give_to_look(problem)
            return
        self._owners.pop(request).fail(request, problem)
        self._fall_back()
        if problem.kind is ProblemKind.CONTENT and not self._walk.finished:
            self._count_failure(request, problem)

    def _note_answer(self) -> None:
        self._has_answered = True
        self._failures = 0
        self._look = None

    def _count_failure(self, request: PageRequest, problem: Problem) -> None:
        self._failures += 1
        limit = LATER_FAILURES if self._has_answered else FIRST_FAILURES
        if self._failures >= limit and request.purpose == "slice":
            self._look = LookAround(self._capabilities, request, problem, -1 - self._looks)

    def _give_to_look(self, answer: Page | Problem) -> None:
        """Give an answer to the look around, and go on as it tells."""
        assert self._look is not None
        self._look.take(answer)
        finding, problem = self._look.finding, self._look.problem
        if isinstance(answer, Problem) and answer.kind is ProblemKind.FATAL:
            self._broken = problem.reason
        elif finding is None:
            return
        elif finding is LookFinding.NOTHING:
            self._broken = f"no row came, from wherever it was asked for: {problem.reason}"
        elif finding is LookFinding.OTHER_ORDER:
            self._next_walk(f"the list cannot be read in the order asked for: {problem.reason}")
        self._note_answer()

    def _fall_back(self) -> None:
        certificate = self._walk.certificate
        if self._walk.finished and certificate.order_ignored:
            self._next_walk(certificate.reason)

    def _next_walk(self, reason: str) -> None:
        """Go on with the next walk, if there is one."""
        if not self._next_walks:
            return
        self._earlier_requests += self._walk.certificate.requests
        self._reasons.append(reason)
        self._walk = self._next_walks.pop(0)()

    @property
    def finished(self) -> bool:
        """Return whether the current walk is finished, or the list was given up."""
        return bool(self._broken) or self._walk.finished

    @property
    def settled_id(self) -> int:
        """Return the settled id of the current walk."""
        return self._walk.settled_id

    @property
    def certificate(self) -> Certificate:
        """Return the certificate of the current walk, with the doubts of the walks before it."""
        own = self._walk.certificate
        requests = own.requests + self._earlier_requests + self._looks
        if self._broken:
            reason = "; ".join([*self._reasons, self._broken])
            return replace(own, proved=False, reason=reason, requests=requests)
        reason = "" if own.proved else "; ".join([*self._reasons, own.reason])
        return replace(own, reason=reason, requests=requests)
