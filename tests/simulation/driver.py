"""Drives a walk against a simulated site that changes between any two requests."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from crawler.walk import Certificate, Page, PageRequest, Problem, Walk
from tests.simulation.site import Site

Schedule = Callable[[Site, Random], None]
"""Changes the site between two answers."""


@dataclass(slots=True)
class Outcome:
    """What a walk brought."""

    certificate: Certificate
    emitted: list[int] = field(default_factory=list)
    requests: list[PageRequest] = field(default_factory=list)
    most_in_flight: int = 0
    light: set[int] = field(default_factory=set)
    """The ids that were accepted without their records."""
    unreadable_top: bool = False
    """The highest rows were requested, and none was shown."""

    @property
    def named(self) -> set[int]:
        """Return the ids of the records that the certificate calls unreadable."""
        records = self.certificate.unreadable
        return {record.id for record in records if record.id is not None}


def drive(
    walk: Walk, site: Site, change: Schedule | None = None, seed: int = 0, limit: int = 20_000
) -> Outcome:
    """Run a walk to its end.

    Answers come in any order. Each shows the site as it was at some time between the request and
    the answer.
    """
    random = Random(seed)
    outcome = Outcome(walk.certificate)
    in_flight: list[tuple[PageRequest, Page | Problem | None]] = []
    while not walk.finished:
        for request in walk.requests():
            outcome.requests.append(request)
            answer_now = random.random() < 0.5
            in_flight.append((request, site.answer(request, random) if answer_now else None))
        outcome.most_in_flight = max(outcome.most_in_flight, len(in_flight))
        assert in_flight, "the walk makes no request and does not end"
        assert len(outcome.requests) <= limit, "the walk does not end"
        request, answer = in_flight.pop(random.randrange(len(in_flight)))
        _deliver(walk, request, answer or site.answer(request, random), outcome)
        if change:
            change(site, random)
    outcome.certificate = walk.certificate
    return outcome


def _deliver(walk: Walk, request: PageRequest, answer: Page | Problem, outcome: Outcome) -> None:
    if isinstance(answer, Problem):
        walk.fail(request, answer)
        return
    outcome.unreadable_top |= request.purpose == "top" and not answer.ids
    accepted = walk.feed(request, answer)
    assert set(accepted) <= set(answer.ids)
    assert request.light or not (accepted and request.ids_only)
    if request.light:
        outcome.light.update(accepted)
    outcome.emitted += accepted
