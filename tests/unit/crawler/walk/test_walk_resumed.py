"""A walk that goes on where another one stopped proves as much, and reads only what it must."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.walk import Capabilities
from crawler.walk.by_id.walk import WalkById
from crawler.walk.choice import choose_walk
from tests.simulation.driver import Outcome, drive
from tests.simulation.schedules import capabilities, mutations, sites
from tests.simulation.site import FULL, Site
from tests.unit.crawler.walk.test_walk_proof import PER_PAGE, SEEDS, assert_kept, assert_proved


def full_requests(outcome: Outcome) -> int:
    return sum(not request.ids_only for request in outcome.requests)


@settings(max_examples=400, deadline=None)
@given(sites(), capabilities(), PER_PAGE, st.integers(1, 4), st.sampled_from([0, 1, 3]), SEEDS)
def test_a_resumed_walk_that_is_proved_lost_nothing(
    site: Site, can: Capabilities, per_page: int, width: int, most: int, seed: int
) -> None:
    random = Random(seed)
    share = random.random()
    site.current = {id for id in site.ids if random.random() < share}
    rows = random.randint(0, len(site.ids) + 20)
    step = min(per_page, site.silent_cap, site.maximum) // (
        3 if "include" in can.parameters else 20
    )
    walk = WalkById(can, per_page=per_page, width=width, held_rows=rows)
    outcome = drive(walk, site, mutations(min(most, step)), seed)
    assert_kept(outcome, site)
    assert outcome.light <= site.current
    assert_proved(outcome, changes=min(most, step) > 0)


@pytest.mark.parametrize("width", [1, 3])
@pytest.mark.parametrize("finished", [0, 1, 2, 99, 500, 999, 1000])
def test_at_rest_what_is_held_is_not_read_again(finished: int, width: int) -> None:
    site = Site(list(range(1, 1001)), current=set(range(1, finished + 1)))
    walk = WalkById(FULL, per_page=99, width=width, held_rows=finished)
    outcome = drive(walk, site)
    assert sorted(outcome.emitted) == site.ids
    assert outcome.certificate.proved
    if finished > 1:
        assert outcome.light == site.current
    rest = 1000 - finished
    assert full_requests(outcome) <= -(-rest // 98) + 1
    assert len(outcome.requests) <= 1000 // 98 + 3


def test_what_changed_below_is_read_in_few_requests() -> None:
    site = Site(list(range(1, 1001)))
    outdated = {*range(1, 900, 10), 77}
    site.current = set(range(1, 901)) - outdated
    site.remove(500)
    site.add(2000)
    outcome = drive(WalkById(FULL, per_page=99, held_rows=900), site)
    assert sorted(outcome.emitted) == site.ids
    assert outcome.light == site.current - {500}
    # The rest takes two, and the ninety-one outdated rows one; a row was removed, and so one more.
    assert full_requests(outcome) <= 4


def test_a_light_slice_that_fails_is_read_another_way() -> None:
    site = Site(list(range(1, 301)), hard={50}, soft={70}, current=set(range(1, 201)) - {50})
    outcome = drive(WalkById(FULL, per_page=99, held_rows=199), site)
    assert outcome.certificate.proved
    assert outcome.named == {50}
    assert sorted(outcome.emitted) == [id for id in site.ids if id != 50]


def test_other_walks_read_everything() -> None:
    dates = {id: f"2024-01-{id:02}T00:00:00" for id in range(1, 31)}
    site = Site(list(range(1, 31)), dates=dates, current=set(range(1, 21)))
    can = Capabilities(FULL.parameters, frozenset({"date"}))
    outcome = drive(choose_walk(can, held_rows=20), site)
    assert sorted(outcome.emitted) == site.ids
    assert outcome.light == set()
