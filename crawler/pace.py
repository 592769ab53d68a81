"""Decide how fast to ask a host, and when to leave it alone. Pure: states follow from states.

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

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum

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
PAUSE_MAX_S = 30 * 86_400.0
"""A longer pause is a mistake: milliseconds, or a time since 1970. It says nothing usable."""
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


@dataclass(frozen=True, slots=True)
class Breaker:
    """The failures of a host in a row, and whether it should be left alone.

    A host that has answered before, and then fails `trips_at` times in a row, gets a pause. After
    it one failure is enough for the next pause. The end comes with the failure after the last one.
    """

    trips_at: int
    pauses_max: int = 3
    has_answered: bool = False
    failures: int = 0
    pauses: int = 0

    def after_answer(self) -> "Breaker":
        """Return the breaker after the host has answered: it stands as at the beginning."""
        return replace(self, has_answered=True, failures=0, pauses=0)

    def after_failure(self) -> "Breaker":
        """Return the breaker after one more failure."""
        return replace(self, failures=self.failures + 1)

    def opened(self) -> "Breaker":
        """Return the breaker as if the host had failed often enough."""
        return replace(self, failures=max(self.failures, self.trips_at))

    def after_pause(self) -> "Breaker":
        """Return the breaker at the beginning of a pause."""
        # One short of the limit: the next failure opens it again at once.
        return replace(self, failures=self.trips_at - 1, pauses=self.pauses + 1)

    @property
    def is_open(self) -> bool:
        """Tell whether the host should be left alone for a while."""
        return self.has_answered and self.trips_at > 0 and self.failures >= self.trips_at

    @property
    def is_spent(self) -> bool:
        """Tell whether the host kept failing after all pauses."""
        return self.is_open and self.pauses >= self.pauses_max


@dataclass(frozen=True, slots=True)
class BatchSize:
    """The number of rows requested at once, by the time that answers take.

    A site whose answers take longer however few rows are asked for is slow as a whole: then fewer
    rows would only mean more requests, and `is_stubborn` keeps the size.
    """

    limit: int
    target_s: float = 2.0
    """An answer should not take longer; 0: the size never changes."""
    size: int = 0
    """0 at the beginning: the limit."""
    before: tuple[int, float] = (0, 0.0)
    """The rows and the seconds of the answer for which the size was lowered last."""
    is_stubborn: bool = False

    @property
    def rows(self) -> int:
        """Return the rows to request now."""
        return self.size or self.limit

    def after(self, rows: int, latency_s: float) -> "BatchSize":
        """Return the size after an answer with so many rows that took so long."""
        if not self.target_s or rows < 1:
            return self
        if latency_s > self.target_s:
            return self._after_slow(rows, latency_s)
        # Between half the target and the whole of it nothing changes: the size must not swing.
        if latency_s < self.target_s / 2 and self.size:
            return replace(self, size=min(self.limit, self.size + 10), is_stubborn=False)
        return self

    def _after_slow(self, rows: int, latency_s: float) -> "BatchSize":
        rows_before, latency_before_s = self.before
        # Fewer rows that took nearly as long: the rows are not what takes the time.
        shrunk = 0 < rows <= rows_before * 3 // 4
        if shrunk and latency_s > 0.8 * latency_before_s:
            return replace(self, size=rows_before, is_stubborn=True, before=(0, 0.0))
        if self.is_stubborn or rows < self.rows:
            return self  # an answer for another size, or nothing to win
        # Three quarters of the target, so that it stays between the two bounds from then on. A
        # single slow answer halves the size at most.
        wanted = int(rows * 0.75 * self.target_s / latency_s)
        size = max(1, min(rows, max(rows // 2, wanted)))
        return replace(self, size=size, before=(rows, latency_s))


def asked_pause_s(status: int, retry_after: str, date: str) -> float | None:
    """Return the pause that an answer asks for, by its headers; None where it asks for none.

    RFC 9110 has it for 503 and redirects, RFC 6585 for 429; firewalls send it with 403, and
    gateways with any error. A date is meant by the server's own clock, which its `Date` tells.
    """
    if status < 300:
        return None
    pause_s = retry_after_s(retry_after, _http_date(date) or datetime.now(UTC))
    if pause_s is None or pause_s > PAUSE_MAX_S:
        return None
    return pause_s


def retry_after_s(value: str, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for; None where it says nothing usable.

    It is a number or an HTTP date (RFC 9110 10.2.3). Several numbers are those of a site and of
    servers before it: the longest pause suits all of them.
    """
    value = value.strip()
    if re.fullmatch(r"[0-9.]+(?:\s*,\s*[0-9.]+)*", value):
        found = [_seconds(number) for number in value.split(",")]
        return max((seconds for seconds in found if seconds is not None), default=None)
    date = _http_date(value)
    if date is None:
        return None
    return max(0.0, (date - now).total_seconds())


def _seconds(number: str) -> float | None:
    return float(number) if re.fullmatch(r"[0-9]+(\.[0-9]*)?", number.strip()) else None


def _http_date(value: str) -> datetime | None:
    """Return an HTTP date as aware time; None for anything else."""
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return date


class Wait(Enum):
    """The time before a crawl asks again, where the site does not say it."""

    SHORT = "`CRAWL_BACKOFF_S`, doubled each time"
    LONG = "`CRAWL_THROTTLED_S`, doubled each time"
    PAUSE = "`CRAWL_BREAKER_PAUSE_S`, at once"
    LOCKOUT = "`CRAWL_LOCKOUT_S`, once"
    SMALLER = "none: smaller requests are tried, until four in a row were refused"
    NEVER = "none: nothing more is asked"


_NEVER_TRIPS = Breaker(0)


@dataclass(frozen=True, slots=True)
class WaitLimits:
    """The limits to the patience with one request, and for the whole run."""

    tries: int
    """Retries of one request; those with a pause that the site named are not counted."""
    backoff_s: float
    """First wait where the site names none; it doubles with each retry, with jitter."""
    throttled_s: float
    """First wait after an answer that says that too much was asked; it doubles likewise."""
    lockout_s: float
    """Wait for a firewall that has locked the crawl out."""
    longest_s: float
    """Longest single wait."""
    total_s: float
    """All waits of the run together."""
    breaker: Breaker = _NEVER_TRIPS
    """When a host that keeps failing is left alone."""
    breaker_pause_s: float = 0.0
    """For how long."""

    def own_wait_s(self, wait: Wait, retried: int, chance: float) -> float:
        """Return how long to wait before a retry, where the site does not say.

        `chance` is a random number from 0 to 1: many crawls do not come back at the same moment.
        """
        if wait is Wait.LOCKOUT:
            return self.lockout_s
        if wait is Wait.LONG:  # jitter only makes it longer: the site has said that it is too much
            own_s = self.throttled_s * 2.0**retried * (1 + chance / 2)
        else:
            own_s = self.backoff_s * 2.0**retried * (0.5 + chance)
        return min(own_s, self.longest_s)
