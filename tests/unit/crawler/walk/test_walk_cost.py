"""What the walk in id order costs in requests."""

from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.walk.by_id.chain import FEW_ROWS
from crawler.walk.by_id.walk import WalkById
from crawler.walk.choice import choose_walk
from tests.simulation.driver import drive
from tests.simulation.schedules import mutations
from tests.simulation.site import FULL, Site


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 1000), st.integers(1, 4), st.booleans(), st.booleans(), st.integers(0, 2**32))
def test_at_most_1_3_requests_a_step_when_nothing_is_removed(
    rows: int, width: int, offset: bool, totals: bool, seed: int
) -> None:
    can = FULL if offset else type(FULL)(FULL.parameters - {"offset"}, FULL.orderby)
    site = Site(list(range(3, 3 * rows + 3, 3)), totals=totals)
    outcome = drive(WalkById(can, width=width), site, None, seed)
    assert outcome.certificate.proved
    assert sorted(outcome.emitted) == site.ids
    # Without totals the end takes a slice that brings nothing new, and a look from the top.
    at_end = 1 if totals else 3
    if not totals and rows <= FEW_ROWS:
        at_end += 1  # so few rows may all be added by the site: it is asked for any other row
    assert outcome.certificate.requests <= 1.3 * rows / 99 + at_end


@pytest.mark.parametrize("rate", [0.1, 0.3, 0.5])
def test_unreadable_rows_cost_little_more(rate: float) -> None:
    for seed in range(5):
        every = round(1 / rate)
        site = Site(list(range(1, 3001)), hidden=set(range(1 + seed, 3001, every)))
        outcome = drive(WalkById(FULL), site)
        assert outcome.certificate.proved
        assert outcome.certificate.requests <= 1.3 * 3000 / 99 + 1


def test_a_removal_costs_about_one_request() -> None:
    removals = 0

    def remove_one(site: Site, _: object) -> None:
        nonlocal removals
        removals += 1
        site.remove(site.ids[0])

    site = Site(list(range(1, 1001)))
    outcome = drive(WalkById(FULL), site, remove_one)
    assert outcome.certificate.requests <= ceil(1000 / 99) + 1.3 * removals


def test_several_in_flight_request_no_rank_behind_the_total() -> None:
    site = Site(list(range(1, 301)))
    outcome = drive(choose_walk(FULL, width=4), site)
    assert outcome.most_in_flight > 1
    assert max(request.rank for request in outcome.requests) < 300


def test_an_endless_collection_is_given_up() -> None:
    def grow(site: Site, _: object) -> None:
        for _step in range(150):
            site.publish()

    outcome = drive(WalkById(FULL), Site(list(range(1, 501))), grow)
    assert "grew from 500" in outcome.certificate.reason
    assert not outcome.certificate.proved
    assert outcome.certificate.requests < 40


def test_gaps_wider_than_the_budget_are_reported() -> None:
    ids = [*range(1, 151), *range(100_000, 100_300), *range(200_000, 200_150)]
    site = Site(ids, hidden=set(range(100_000, 100_300)))
    outcome = drive(WalkById(FULL, probe_budget=50), site)
    assert set(outcome.emitted) == site.always
    assert [(lost.after_id, lost.before_id) for lost in outcome.certificate.unreadable] == [
        (150, 200_000)
    ]
    assert not outcome.certificate.proved

    outcome = drive(
        WalkById(FULL, probe_budget=2001),
        Site(ids, hidden=set(range(100_000, 100_300))),
        mutations(0),
    )
    assert outcome.certificate.proved
