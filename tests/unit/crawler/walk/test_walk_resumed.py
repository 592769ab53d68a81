"""A walk that goes on where another one stopped proves as much, and reads only what it must."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.walk import Capabilities, HeldRows, choose_walk
from crawler.walk.by_id.walk import WalkById
from tests.simulation.driver import Outcome, drive
from tests.simulation.schedules import capabilities, mutations, sites
from tests.simulation.site import FULL, START, Site
from tests.unit.crawler.walk.test_walk_proof import PER_PAGE, SEEDS, assert_kept

LATER = START + timedelta(hours=1)


def held_rows(ids: list[int]) -> HeldRows:
    return HeldRows((id, START) for id in sorted(ids))


def full_requests(outcome: Outcome) -> int:
    return sum(not request.ids_only for request in outcome.requests)


@settings(max_examples=400, deadline=None)
@given(sites(), capabilities(), PER_PAGE, st.integers(1, 4), st.sampled_from([0, 1, 3]), SEEDS)
def test_a_resumed_walk_that_is_proved_lost_nothing(
    site: Site, can: Capabilities, per_page: int, width: int, most: int, seed: int
) -> None:
    random = Random(seed)
    share = random.random()
    held = [id for id in range(1, max([1, *site.ids]) + 9) if random.random() < share]
    edited = {id for id in site.ids if random.random() < 0.1}
    site.changed = dict.fromkeys(edited, LATER)
    step = min(per_page, site.silent_cap, site.maximum) // (
        3 if "include" in can.parameters else 20
    )
    walk = WalkById(can, per_page=per_page, width=width, held=held_rows(held))
    outcome = drive(walk, site, mutations(min(most, step)), seed)
    assert_kept(outcome, site)
    assert outcome.light <= set(held) - edited
    assert outcome.certificate.proved or outcome.unreadable_top, outcome.certificate.reason


@pytest.mark.parametrize("width", [1, 3])
@pytest.mark.parametrize("finished", [0, 1, 99, 500, 999, 1000])
def test_at_rest_what_is_held_is_not_read_again(finished: int, width: int) -> None:
    site = Site(list(range(1, 1001)))
    walk = WalkById(FULL, per_page=99, width=width, held=held_rows(list(range(1, finished + 1))))
    outcome = drive(walk, site)
    assert sorted(outcome.emitted) == site.ids
    assert outcome.certificate.proved
    if finished > 1:
        assert outcome.light == set(range(1, finished + 1))
    rest = 1000 - finished
    assert full_requests(outcome) <= -(-rest // 98) + 1
    assert len(outcome.requests) <= 1000 // 98 + 3


def test_what_changed_below_is_read_in_few_requests() -> None:
    site = Site(list(range(1, 1001)))
    site.changed = dict.fromkeys(range(1, 900, 10), LATER)
    site.remove(500)
    site.add(2000)
    walk = WalkById(FULL, per_page=99, held=held_rows([id for id in range(1, 901) if id != 77]))
    outcome = drive(walk, site)
    assert sorted(outcome.emitted) == site.ids
    assert set(range(1, 901)) - outcome.light == set(site.changed) | {77, 500}
    # The rest takes two, and the ninety-one outdated rows one.
    assert full_requests(outcome) <= 4


def test_a_site_that_tells_no_times_of_change_is_read_whole() -> None:
    site = Site(list(range(1, 301)))
    walk = WalkById(FULL, held=HeldRows((id, None) for id in range(1, 201)))
    outcome = drive(walk, site)
    assert sorted(outcome.emitted) == site.ids
    assert outcome.light == set()


def test_a_light_slice_that_fails_is_read_another_way() -> None:
    site = Site(list(range(1, 301)), hard={50}, soft={70})
    walk = WalkById(FULL, per_page=99, held=held_rows([id for id in range(1, 201) if id != 50]))
    outcome = drive(walk, site)
    assert outcome.certificate.proved
    assert outcome.named == {50}
    assert sorted(outcome.emitted) == [id for id in site.ids if id != 50]


def test_other_walks_read_everything() -> None:
    site = Site(list(range(1, 31)), dates={id: f"2024-01-{id:02}T00:00:00" for id in range(1, 31)})
    can = Capabilities(FULL.parameters, frozenset({"date"}))
    outcome = drive(choose_walk(can, held=held_rows(list(range(1, 21)))), site)
    assert sorted(outcome.emitted) == site.ids
    assert outcome.light == set()
