"""Which walk suits a route, and which comes next when the site does not keep to what its description says."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from crawler.walk.by_date import DateWalk
from crawler.walk.by_id.walk import AnchoredWalk
from crawler.walk.by_page import PagesWalk
from crawler.walk.protocol import Capabilities, Certificate, Page, PageRequest, Problem, Walk


def choose_walk(
    capabilities: Capabilities, *, per_page: int = 100, width: int = 1, probe_budget: int = 1000
) -> Walk:
    """The best walk that a route's own parameters allow: `per_page` rows at once and `width` requests in flight, at most.

    `probe_budget` bounds the requests that gaps may take.
    """
    stages: list[Callable[[], Walk]] = []
    if "id" in capabilities.orderby and capabilities.parameters & {"offset", "page"}:
        stages.append(
            partial(
                AnchoredWalk,
                capabilities,
                per_page=per_page,
                width=width,
                probe_budget=probe_budget,
            )
        )
    if "date" in capabilities.orderby and "before" in capabilities.parameters:
        stages.append(partial(DateWalk, capabilities, per_page=per_page))
    stages.append(partial(PagesWalk, capabilities, per_page=per_page))
    return Fallback(stages)


class Fallback:
    """Walks in turn, for as long as the site ignores or refuses the order that one needs. Each begins anew, and may emit ids again."""

    def __init__(self, stages: list[Callable[[], Walk]]) -> None:
        self._stages = stages[1:]
        self._walk = stages[0]()
        self._owners: dict[PageRequest, Walk] = {}
        self._earlier_asks = 0
        self._reasons: list[str] = []

    def asks(self) -> list[PageRequest]:
        asks = self._walk.asks()
        self._owners.update(dict.fromkeys(asks, self._walk))
        return asks

    def feed(self, ask: PageRequest, page: Page) -> list[int]:
        accepted = self._owners.pop(ask).feed(ask, page)
        self._fall_back()
        return accepted

    def fail(self, ask: PageRequest, trouble: Problem) -> None:
        self._owners.pop(ask).fail(ask, trouble)
        self._fall_back()

    def _fall_back(self) -> None:
        certificate = self._walk.certificate
        if self._stages and self._walk.finished and certificate.order_ignored:
            self._earlier_asks += certificate.asks
            self._reasons.append(certificate.reason)
            self._walk = self._stages.pop(0)()

    @property
    def finished(self) -> bool:
        return self._walk.finished

    @property
    def certificate(self) -> Certificate:
        own = self._walk.certificate
        reason = "" if own.proved else "; ".join([*self._reasons, own.reason])
        return replace(own, reason=reason, asks=own.asks + self._earlier_asks)
