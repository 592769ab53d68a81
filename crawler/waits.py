"""Decide when to leave a host alone, and for how long. Pure.

`pace.py` decides how fast a host is asked that answers.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum

PAUSE_MAX_S = 30 * 86_400.0
"""A longer pause is a mistake: milliseconds, or a time since 1970. It says nothing usable."""


class Wait(Enum):
    """The time before a crawl asks again, where the site does not say it."""

    SHORT = "`CRAWL_BACKOFF_S`, doubled each time"
    LONG = "`CRAWL_THROTTLED_S`, doubled each time"
    PAUSE = "`CRAWL_BREAKER_PAUSE_S`, at once"
    LOCKOUT = "`CRAWL_LOCKOUT_S`, once"
    SMALLER = "none: smaller requests are tried, until four in a row were refused"
    NEVER = "none: nothing more is asked"


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
