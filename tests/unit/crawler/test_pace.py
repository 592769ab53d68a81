"""The pace of a host, in simulations: it settles, it recovers, and no pause is undercut."""

import itertools
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.pace import (
    PATIENCE,
    PATIENCE_MAX,
    PATIENCE_TOLD,
    Observation,
    Pace,
)

POLITE = Pace(floor_s=1.0)
QUICK = Pace(step_s=0.5)
statuses = st.sampled_from([200, 404, 429, 500, 502, 503, None])


@dataclass
class Host:
    """A host that serves a request every `limit_s` seconds at most, and refuses the others."""

    limit_s: float
    latency_s: float = 0.1
    now: float = 0.0
    served_at: float = float("-inf")
    refused: list[int] = field(default_factory=list)
    intervals: list[float] = field(default_factory=list)

    def ask(self, pace: Pace, number: int) -> Pace:
        sent_at = self.now
        status = 200
        if sent_at - self.served_at < self.limit_s - 1e-9:
            status = 429
            self.refused.append(number)
        else:
            self.served_at = sent_at
        self.intervals.append(pace.interval_s)
        pace = pace.after(Observation(sent_at, sent_at + self.latency_s, self.latency_s, status))
        self.now += max(pace.interval_s, self.latency_s)
        return pace


def crawled(host: Host, pace: Pace, requests: int) -> Pace:
    for number in range(requests):
        pace = host.ask(pace, number)
    return pace


@pytest.mark.parametrize("pace", [POLITE, QUICK])
@pytest.mark.parametrize("limit_s", [0.7, 1.5, 4.0, 11.0])
def test_it_settles_near_what_the_host_bears(pace, limit_s):
    host = Host(limit_s)
    crawled(host, pace, 4000)
    late = host.intervals[2000:]
    assert len([number for number in host.refused if number >= 2000]) <= 8
    assert max(late) <= max(pace.floor_s, limit_s) * 1.6
    changes = sum(before != after for before, after in itertools.pairwise(late))
    assert changes <= 20


@pytest.mark.parametrize("pace", [POLITE, QUICK])
def test_it_recovers(pace):
    host = Host(8.0)
    slow = crawled(host, pace, 2000)
    assert slow.interval_s >= 8.0
    host.limit_s = 0.0
    assert crawled(host, slow, 4 * PATIENCE_MAX).interval_s == pace.interval_s


@pytest.mark.parametrize(("status", "good_answers"), [(429, PATIENCE_TOLD), (503, PATIENCE)])
def test_a_refusal_that_names_the_pace_is_remembered_for_longer(status, good_answers):
    pace = POLITE.after(Observation(0.0, 1.0, 0.1, status))
    for number in range(2, good_answers + 1):
        pace = pace.after(Observation(number, number + 0.5, 0.1, 200))
        assert pace.interval_s == 2.0
    assert pace.after(Observation(900.0, 900.5, 0.1, 200)).interval_s < 2.0


def test_a_firewall_that_refuses_for_a_time_counts_requests_too():
    asks = Observation(0.0, 1.0, 0.1, 403, asks_for_pause=True)
    assert POLITE.after(asks) == POLITE.after(replace(asks, status=429))
    assert POLITE.after(replace(asks, asks_for_pause=False)).interval_s == 1.0
    moved = replace(asks, status=302)
    assert POLITE.after(moved).interval_s == 1.0


def test_a_host_that_counts_requests_is_driven_to_refuse_only_a_few_times():
    host = Host(4.0)
    crawled(host, POLITE, 1000)
    assert len(host.refused) <= 7


def test_a_host_that_bears_it_is_asked_as_the_settings_say():
    host = Host(0.0)
    assert crawled(host, POLITE, 100).interval_s == 1.0
    assert crawled(host, Pace(), 100).interval_s == 0.0
    assert not host.refused


@pytest.mark.parametrize(("latency_s", "interval_s"), [(0.4, 1.0), (1.0, 1.0), (3.0, 5.0)])
def test_a_slow_site_rests_as_long_as_it_works(latency_s, interval_s):
    host = Host(0.0, latency_s)
    pace = crawled(host, POLITE, 50)
    assert pace.interval_s == pytest.approx(interval_s, rel=0.01)
    assert max(host.intervals) <= interval_s * 1.01  # it is neared from below, without a swing
    host.latency_s = 0.1
    assert crawled(host, pace, 50).interval_s == 1.0


def test_a_site_that_slows_down_under_load_comes_to_rest():
    pace = Pace(floor_s=0.2)
    intervals = []
    for _ in range(200):
        latency_s = 0.2 + 2.0 / max(pace.interval_s, 0.2)  # the less time between, the slower
        pace = pace.after(Observation(0.0, 1.0, latency_s, 200))
        intervals.append(pace.interval_s)
    late = intervals[100:]
    assert max(late) - min(late) < 0.01


def test_one_slow_answer_changes_little():
    pace = crawled(Host(0.0), POLITE, 20)
    assert pace.after(Observation(0.0, 90.0, 90.0, 200)).interval_s == 1.0


def test_requests_that_were_on_their_way_count_once():
    pace = POLITE.after(Observation(0.0, 5.0, 0.1, 429))
    for _ in range(7):
        pace = pace.after(Observation(1.0, 6.0, 0.1, 429))
    assert pace.interval_s == 2.0


def test_errors_of_single_records_slow_down_only_a_little():
    pace = POLITE
    for number in range(100):
        pace = pace.after(Observation(float(number), number + 0.5, 0.1, 500))
    assert pace.interval_s == 5.0


def failing(pace, statuses):
    for number, status in enumerate(statuses):
        pace = pace.after(Observation(float(number), number + 0.5, 0.1, status))
    return pace


@pytest.mark.parametrize("pace", [POLITE, QUICK])
def test_a_good_answer_takes_back_a_failure_that_was_tried_twice(pace):
    slow = failing(pace, [500, 500])
    assert slow.interval_s > pace.interval_s
    assert failing(slow, [200]).interval_s == pace.interval_s
    assert failing(pace, [500, 500, 200] * 40 + [200]).interval_s == pace.interval_s


def test_a_site_where_most_answers_fail_is_asked_slowly_until_they_do_not():
    slow = failing(POLITE, [500, 500, 500, 500, 200] * 20)
    assert slow.interval_s > 2.5
    assert failing(slow, [200] * 5).interval_s == 1.0


def test_a_failure_changes_nothing_about_what_a_refusal_has_taught():
    refused = failing(POLITE, [503])
    assert refused.interval_s == 2.0
    assert failing(refused, [500, 200]).interval_s == 2.0
    assert failing(refused, [500, 200] * 8).interval_s < 2.0


def test_with_a_longest_interval_of_nothing_only_the_floor_counts():
    pace = Pace(floor_s=1.0, longest_s=0.0)
    assert pace.after(Observation(0.0, 9.0, 9.0, 503)).interval_s == 1.0


@given(st.lists(st.tuples(st.floats(0, 200), statuses), max_size=60), st.floats(0, 60))
def test_no_floor_is_undercut_and_no_interval_too_long(seen, floor_s):
    pace = Pace().with_floor(floor_s)
    now = 0.0
    for latency_s, status in seen:
        now += latency_s
        pace = pace.after(Observation(now, now + latency_s, latency_s, status))
        assert floor_s <= pace.interval_s <= max(floor_s, pace.longest_s)
    assert pace.with_floor(floor_s / 2) == pace
