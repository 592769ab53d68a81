"""Drives a walk against a simulated site that changes between any two requests."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from crawler.walk import Certificate, Page, PageRequest, Problem, Walk
from tests.simulation.site import Site

Schedule = Callable[[Site, Random], None]


@dataclass(slots=True)
class Outcome:
    """What a walk brought."""

    certificate: Certificate
    emitted: list[int] = field(default_factory=list)
    asks: list[PageRequest] = field(default_factory=list)
    most_in_flight: int = 0
    unreadable_top: bool = False
    """The highest rows were asked for, and none was shown."""

    @property
    def named(self) -> set[int]:
        return {poisoned.id for poisoned in self.certificate.poisoned if poisoned.id is not None}


def drive(
    walk: Walk, site: Site, change: Schedule | None = None, seed: int = 0, limit: int = 20_000
) -> Outcome:
    """Run to the end: answers come in any order, and each shows the site as it was at some time between the asking and the answering."""
    random = Random(seed)
    outcome = Outcome(walk.certificate)
    under_way: list[tuple[PageRequest, Page | Problem | None]] = []
    while not walk.finished:
        for ask in walk.asks():
            outcome.asks.append(ask)
            under_way.append((ask, site.answer(ask, random) if random.random() < 0.5 else None))
        outcome.most_in_flight = max(outcome.most_in_flight, len(under_way))
        assert under_way, "the walk neither asks nor ends"
        assert len(outcome.asks) <= limit, "the walk does not end"
        ask, answer = under_way.pop(random.randrange(len(under_way)))
        _deliver(walk, ask, answer or site.answer(ask, random), outcome)
        if change:
            change(site, random)
    outcome.certificate = walk.certificate
    return outcome


def _deliver(walk: Walk, ask: PageRequest, answer: Page | Problem, outcome: Outcome) -> None:
    if isinstance(answer, Problem):
        walk.fail(ask, answer)
        return
    outcome.unreadable_top |= ask.purpose == "top" and not answer.ids
    accepted = walk.feed(ask, answer)
    assert set(accepted) <= set(answer.ids)
    assert not (accepted and ask.light)
    outcome.emitted += accepted
