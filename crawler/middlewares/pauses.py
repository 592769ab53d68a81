"""The pauses of hosts: until when each is left alone, and how much waiting a run may still do."""

import time
from collections.abc import Callable

from scrapy.http import Response

from crawler.errors import AskedToWait
from crawler.waits import asked_pause_s


class HostPauses:
    """The pauses of all hosts of a run, those that a host asks for and our own."""

    def __init__(
        self, longest_s: float, total_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`longest_s` limits a pause that a host asks for, `total_s` all waiting of the run."""
        self._longest_s = longest_s
        self.left_s = total_s
        """Seconds that the run may still wait; less than 0 where a host has asked for more."""
        self._clock = clock
        self._resume_at: dict[str, float] = {}
        """By host, the time at which requests go on."""
        self._asked_until: dict[str, float] = {}
        """By host, the end of the pause that it has asked for."""

    def wait_s(self, host: str) -> float:
        """Return for how long a host is still to be left alone."""
        return self._rest_s(self._resume_at, host)

    def asked_s(self, host: str) -> float:
        """Return how much is left of the pause that a host has asked for."""
        return self._rest_s(self._asked_until, host)

    def broken_limit(self, pause_s: float) -> str:
        """Return the setting that does not allow a pause which was asked for; empty for none."""
        if pause_s > self._longest_s:
            return "CRAWL_RETRY_AFTER_MAX_S"
        if pause_s > 0 and self.left_s < 0:
            return "CRAWL_WAIT_TOTAL_MAX_S"
        return ""

    def keep(self, host: str, pause_s: float) -> bool:
        """Keep a pause that a host asks for; it may be told twice of one answer.

        Tell whether the host is left alone for longer than before.
        """
        asked_until = self._clock() + pause_s
        self._asked_until[host] = max(self._asked_until.get(host, 0.0), asked_until)
        # A longer one is not waited for: nothing more is asked.
        return pause_s <= self._longest_s and self.hold_back(host, pause_s)

    def hold_back(self, host: str, wait_s: float) -> bool:
        """Leave a host alone for a while; a shorter wait does not cut a longer one.

        Tell whether the host is left alone for longer than before.
        """
        added_s = wait_s - max(0.0, self.wait_s(host))
        if added_s <= 0:
            return False
        self._resume_at[host] = self._clock() + wait_s
        self.left_s -= added_s
        return True

    def _rest_s(self, ends: dict[str, float], host: str) -> float:
        if host not in ends:
            return 0.0
        return ends[host] - self._clock()


def asked_by(response: Response) -> float | None:
    """Return the pause that an answer asks for, the longest of several; None where for none."""
    date = (response.headers.get("Date") or b"").decode("latin-1")
    pauses = [
        asked_pause_s(response.status, header.decode("latin-1"), date)
        for header in response.headers.getlist("Retry-After")
    ]
    return max((pause_s for pause_s in pauses if pause_s is not None), default=None)


def too_long(host: str, wait_s: float, setting: str) -> AskedToWait:
    """Return the error for a pause that a setting does not allow."""
    return AskedToWait(f"{host} asks to wait {wait_s:.0f} s; run again later, or raise {setting}")


def keeps_refusing(host: str, wait_s: float) -> AskedToWait:
    """Return the error for a host that goes on to refuse after each pause that it asks for."""
    return AskedToWait(
        f"{host} refuses (403) and asks to wait {wait_s:.0f} s, again after each pause that it "
        "asked for; run again later, or ask its owner to let the crawl pass"
    )


def locked_out(host: str, by: str, wait_s: float) -> AskedToWait:
    """Return the error for a host whose firewall, named by `by`, keeps the crawl out for a time."""
    return AskedToWait(
        f"{host} keeps the crawl out for now ({by}); wait {wait_s / 60:.0f} minutes "
        "or more, then run again: what was archived stays"
    )
