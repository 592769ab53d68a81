"""Decide how fast to ask a host. Pure: states follow from states. `waits.py` has the pauses.

Scrapy's AutoThrottle follows the latency of the last answer. It knows no 429, no Retry-After and
no crawl-delay, and it forgets at once what a refusal has taught. docs/choices.md says more.

| observed | what becomes of the pace |
|---|---|
| answers that take longer than half a second | the site rests as long as it works |
| 429, 503 | half as fast |
| 403 that asks for a pause | as 429: it is the limit of a firewall |
| 429, 508, 509 | and the next try to go faster comes after `PATIENCE_TOLD` good answers |
| 502, 504, 52x, no answer | two thirds as fast |
| 500 | a little slower, up to `GENTLE` steps: one record may be to blame |
| a good answer after it | takes that back, at once for a single failure |
| `patience` good answers in a row | a fifth faster |
| trouble soon after going faster | back to the pace that held, and twice as patient from now on |
"""

from dataclasses import dataclass, replace

CRAWL_DELAY = "crawl_delay_s"
"""In the meta of a request: the crawl-delay that the host's robots.txt asks for."""
COMFORTABLE_S = 0.5
"""An answer that takes longer is work for the site."""
# Good answers after which a crawl tries a shorter wait. Where that went wrong, twice as many.
PATIENCE = 8
PATIENCE_MAX = 512
PATIENCE_TOLD = 64
"""Good answers after a refusal that names the pace as its reason: a host that counts requests locks
out who meets its limit again and again, while one that was slow for a moment does not."""
# What a wait shrinks to at one step. It grows at once where a site complains.
FASTER = 0.8
FORGIVEN = 0.6
"""What a good answer leaves of the slowness after 500: less than two tries of one request add."""
GENTLE = 10
"""Steps to which answers with 500 may slow a crawl down."""
ONE_OF_MANY = 0.25  # what one answer counts in the latency that is remembered

OVERLOAD = frozenset({429, 503, 508, 509})
"""Statuses with which a site says that it has too much to do."""
UNREACHED = frozenset({408, 502, 504, 520, 521, 522, 523, 524, 525, 526})
"""Statuses of a server that got no answer from the one behind it."""
TOLD = frozenset({429, 508, 509})
"""Statuses with which a site says that this crawl asks too much, whoever else does."""
_OVERLOADED, _UNREACHED, _FAILED = 2.0, 1.5, 1.25


@dataclass(frozen=True, slots=True)
class Observation:
    """One answer, or the news that there was none. Times are seconds of one clock."""

    sent_at: float
    seen_at: float
    latency_s: float | None = None
    """Seconds until the answer began; None where there was none."""
    status: int | None = None
    """None where the connection broke, or no answer came in time."""
    asks_for_pause: bool = False

    @property
    def is_told(self) -> bool:
        """Tell whether the site says that this crawl asks too much."""
        return self.status in TOLD or (self.status == 403 and self.asks_for_pause)

    @property
    def slowdown(self) -> float:
        """Return by how much the next requests should be further apart; 1 after a good answer."""
        if self.status is None or self.status in UNREACHED:
            return _UNREACHED
        if self.status in OVERLOAD or self.is_told:
            return _OVERLOADED
        if self.status >= 500:
            return _FAILED
        return 1.0


@dataclass(frozen=True, slots=True)
class Pace:
    """The time between two requests to a host, and what it is learned from."""

    floor_s: float = 0.0
    """The least interval: DOWNLOAD_DELAY, or the crawl-delay of robots.txt."""
    step_s: float = 0.5
    """The interval with which slowing down begins, where there is none."""
    longest_s: float = 30.0
    """The longest interval that trouble or slow answers lead to."""
    latency_s: float = 0.0
    """How long answers take, smoothed."""
    taught_s: float = 0.0
    """The interval that trouble has taught; 0 for none."""
    failed_s: float = 0.0
    """The interval after answers with 500; 0 for none. Good answers take it back one by one."""
    held_s: float = 0.0
    """The interval before the crawl went faster last; 0 where it has proved itself since."""
    patience: int = PATIENCE
    """Good answers in a row after which a faster pace is tried."""
    calm: int = 0
    """Good answers in a row since the last change."""
    changed_at: float = float("-inf")

    @property
    def interval_s(self) -> float:
        """Return the seconds between the starts of two requests."""
        # Twice, because the time runs from start to start: the site works, then rests as long.
        rest_s = 2 * max(0.0, self.latency_s - COMFORTABLE_S)
        return max(self.floor_s, min(self.longest_s, max(rest_s, self.taught_s, self.failed_s)))

    def with_floor(self, floor_s: float) -> "Pace":
        """Return the pace with this interval at least; a lower floor changes nothing."""
        if floor_s <= self.floor_s:
            return self
        return replace(self, floor_s=floor_s)

    def after(self, seen: Observation) -> "Pace":
        """Return the pace after one more answer."""
        if seen.slowdown > 1.0:
            return self._after_trouble(seen)
        return self._after_good(seen)

    def _after_good(self, seen: Observation) -> "Pace":
        failed_s = self.failed_s * FORGIVEN
        if failed_s <= max(self.floor_s, self.step_s):
            failed_s = 0.0
        latency_s = self._smoothed(seen.latency_s or 0.0)
        pace = replace(self, latency_s=latency_s, failed_s=failed_s, calm=self.calm + 1)
        if not pace.taught_s or pace.calm < pace.patience:
            return pace
        if pace.held_s:  # the faster pace has proved itself
            patience = max(PATIENCE, pace.patience // 2)
            pace = replace(pace, patience=patience)
        faster_s = pace.taught_s * FASTER
        # Below the first step there is nothing left to learn: the floor alone rules again.
        if faster_s <= max(self.floor_s, self.step_s * FASTER):
            return replace(pace, taught_s=0.0, held_s=pace.taught_s, calm=0)
        return replace(
            pace, taught_s=faster_s, held_s=pace.taught_s, calm=0, changed_at=seen.seen_at
        )

    def _after_trouble(self, seen: Observation) -> "Pace":
        """Slow down, once for all requests that were on their way at the old pace."""
        if seen.sent_at < self.changed_at:
            # This request was sent before the last slowing down: it tells nothing of the new pace.
            return replace(self, calm=0)
        if seen.slowdown == _FAILED:
            return self._after_failure(seen)
        patience = self.patience
        if seen.is_told:
            patience = max(patience, PATIENCE_TOLD)
        slower = replace(self, calm=0, held_s=0.0, patience=patience, changed_at=seen.seen_at)
        if self.held_s and self.calm < self.patience:
            # It came right after going faster: go back, and wait longer before the next try.
            patience = min(PATIENCE_MAX, patience * 2)
            return replace(slower, taught_s=self.held_s, patience=patience)
        taught_s = max(self.interval_s, self.step_s) * seen.slowdown
        return replace(slower, taught_s=min(self.longest_s, taught_s))

    def _after_failure(self, seen: Observation) -> "Pace":
        """Slow down a little, for as long as answers fail.

        A 500 may be a broken record and no overload: it teaches nothing about the pace.
        """
        failed_s = max(self.interval_s, self.step_s) * _FAILED
        failed_s = max(self.failed_s, min(failed_s, GENTLE * self.step_s))
        return replace(self, failed_s=failed_s, changed_at=seen.seen_at)

    def _smoothed(self, latency_s: float) -> float:
        """Return the latency with one more answer in it; a single slow one does not count whole."""
        # One answer that took a minute must not slow down the next twenty.
        counted = min(latency_s, 2 * self.latency_s + 2 * COMFORTABLE_S)
        return self.latency_s + ONE_OF_MANY * (counted - self.latency_s)
