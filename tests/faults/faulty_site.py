"""A stand-in site with one fault; everything else is as the sample server does it."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

from demo.api import Site
from demo.responses import Request, Response
from tests.faults.answers import Fault, Moment
from tests.servers.recorded_site import made_site

ON_ITS_WAY_S = 0.15
"""A request that comes so soon after a pause was asked for may have been sent before that."""

LONGEST_MEANT_S = 86_400
"""Nobody can mean a longer pause, so that no request comes too early for it."""


@dataclass
class FaultySite(Site):
    """The site of a kind of fault."""

    fault: Fault = lambda moment: moment.answer()
    early: int = 0
    """Requests that came before a pause was over that the site had asked for."""
    targets: list[str] = field(default_factory=list)
    """What was asked, in order, whoever answered."""
    _numbers: Counter[str] = field(default_factory=Counter)
    _memory: dict[str, Any] = field(default_factory=dict)
    _asked_at: float = 0.0
    _resume_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def respond(self, request: Request) -> Response:
        """Return what the faulty site answers."""
        with self._lock:
            if self._asked_at + ON_ITS_WAY_S < time.monotonic() < self._resume_at:
                self.early += 1
            self.targets.append(request.target)
            route = request.target.partition("?")[0]
            self._numbers[route] += 1
            number = self._numbers[route]
        moment = Moment(request, lambda: self.plain_answer(request), number)
        moment.memory = self._memory
        self._memory["site"] = self
        response = self.fault(moment)
        pause = response.headers.get("Retry-After", "")
        if pause and _seconds(pause) < LONGEST_MEANT_S:
            self._asked_at = time.monotonic()
            self._resume_at = self._asked_at + _seconds(pause) - 0.05
        return response

    def plain_answer(self, request: Request) -> Response:
        """Return what the site without its fault answers."""
        return super().respond(request)


def _seconds(pause: str) -> float:
    """Return the seconds that a number or a date asks for; of a date, only whole seconds count."""
    if pause.isdigit():
        return float(pause)
    return parsedate_to_datetime(pause).timestamp() - time.time() - 1


def faulty_site(fault: Fault, posts: int) -> FaultySite:
    """Return a site with this many posts, and the fault."""
    made = made_site(posts=posts)
    return FaultySite(made.collections, name="Faulty site", fault=fault)
