"""What the walk in id order promises under any schedule of changes, and page numbers cannot."""

from itertools import cycle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.walk import Capabilities
from crawler.walk.by_id.chain import ROWS_ADDED
from crawler.walk.by_id.closing import NO_CHAIN
from crawler.walk.by_id.hidden import COUNTED_STILL, LEFT_OUT, SAMPLES_MAX
from crawler.walk.by_id.walk import WalkById
from crawler.walk.choice import choose_walk
from tests.simulation.driver import Outcome, drive
from tests.simulation.naive import read_by_page_numbers
from tests.simulation.schedules import burst, capabilities, mutations, sites
from tests.simulation.site import FULL, Site

PER_PAGE = st.sampled_from([3, 10, 99, 100])
SEEDS = st.integers(0, 2**32)
OF_CHANGES = frozenset({ROWS_ADDED, NO_CHAIN, COUNTED_STILL, LEFT_OUT})
"""Doubts that rows which come and go between two answers may raise, as rows that a site adds or
hides do."""


def assert_kept(outcome: Outcome, site: Site) -> None:
    emitted = set(outcome.emitted)
    assert emitted <= site.ever, "invented"
    assert len(emitted) == len(outcome.emitted) == outcome.certificate.listed, (
        "emitted twice, or miscounted"
    )
    # Where nothing was ever received, there are only counts to go by.
    counts_lie = not site.totals or (site.silent_cap < 100 and not site.cap_counts)
    if outcome.certificate.proved and (emitted or not counts_lie):
        assert site.always <= emitted, "lost though proved"


def assert_proved(outcome: Outcome, changes: bool) -> None:
    """Assert that a walk is proved, or in a doubt that changes of the list explain."""
    proof = outcome.certificate
    is_right = changes and proof.reason in OF_CHANGES
    assert proof.proved or outcome.unreadable_top or is_right, proof.reason


@settings(max_examples=400, deadline=None)
@given(sites(), capabilities(), PER_PAGE, st.integers(1, 4), st.sampled_from([0, 1, 3, 5]), SEEDS)
def test_a_proved_walk_lost_nothing(
    site: Site, can: Capabilities, per_page: int, width: int, most: int, seed: int
) -> None:
    # Rows that are published faster than the walk goes on can never be caught up with.
    step = min(per_page, site.silent_cap, site.maximum) // (
        3 if "include" in can.parameters else 20
    )
    outcome = drive(
        WalkById(can, per_page=per_page, width=width), site, mutations(min(most, step)), seed
    )
    assert_kept(outcome, site)
    assert outcome.most_in_flight <= width
    assert_proved(outcome, changes=min(most, step) > 0)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 60), st.integers(0, 120), PER_PAGE, st.sampled_from([0, 1, 3]), SEEDS)
def test_rows_behind_hidden_ones_are_never_lost(
    shown: int, hidden: int, per_page: int, most: int, seed: int
) -> None:
    ids = range(1, shown + hidden + 1)
    site = Site(list(ids), hidden=set(ids[shown:]))
    walk = WalkById(FULL, per_page=per_page)
    outcome = drive(walk, site, mutations(min(most, per_page // 3)), seed)
    assert_kept(outcome, site)
    assert most or outcome.certificate.proved or per_page > shown, outcome.certificate.reason


@settings(max_examples=60, deadline=None)
@given(sites(), capabilities(), st.lists(st.integers(1, 120), min_size=1), st.integers(1, 4), SEEDS)
def test_a_walk_whose_size_changes_with_the_speed_of_the_site_loses_nothing(
    site: Site, can: Capabilities, sizes: list[int], width: int, seed: int
) -> None:
    turns = cycle(sizes)
    walk = WalkById(can, per_page=99, width=width, rows_now=lambda: next(turns))
    outcome = drive(walk, site, mutations(0), seed)
    assert_kept(outcome, site)
    assert outcome.certificate.proved or outcome.unreadable_top, outcome.certificate.reason


@settings(max_examples=100, deadline=None)
@given(sites(), PER_PAGE, st.integers(1, 4), st.integers(1, 8), st.integers(1, 80), SEEDS)
def test_a_proved_walk_lost_nothing_to_bursts(
    site: Site, per_page: int, width: int, every: int, size: int, seed: int
) -> None:
    outcome = drive(WalkById(FULL, per_page=per_page, width=width), site, burst(every, size), seed)
    assert_kept(outcome, site)
    assert_proved(outcome, changes=True)


@settings(max_examples=60, deadline=None)
@given(sites(hiding=False), PER_PAGE, st.integers(1, 4), SEEDS)
def test_at_rest_any_width_gives_every_row_and_the_true_total(
    site: Site, per_page: int, width: int, seed: int
) -> None:
    outcome = drive(WalkById(FULL, per_page=per_page, width=width), site, None, seed)
    assert sorted(outcome.emitted) == site.ids
    assert outcome.certificate.proved or not (site.ids or site.totals)
    assert outcome.certificate.site_total == (len(site.ids) if site.totals else None)
    assert outcome.certificate.hidden == (0 if site.totals else None)


@pytest.mark.parametrize("most", [0, 1, 3, 5])
@pytest.mark.parametrize("width", [1, 3])
def test_a_thousand_rows(most: int, width: int) -> None:
    for seed in range(6):
        site = Site(list(range(1, 1001)), hidden=set(range(2, 1001, 4)))
        outcome = drive(WalkById(FULL, per_page=100, width=width), site, mutations(most), seed)
        assert_kept(outcome, site)
        assert outcome.certificate.proved


@pytest.mark.parametrize("totals", [True, False])
@pytest.mark.parametrize("start", [0, 100, 375])
def test_a_run_of_250_unreadable_rows(start: int, totals: bool) -> None:
    for seed in range(4):
        site = Site(
            list(range(1, 2000, 3)),
            hidden=set(range(1 + 3 * start, 1 + 3 * (start + 250), 3)),
            totals=totals,
        )
        outcome = drive(WalkById(FULL), site, mutations(1), seed)
        assert_kept(outcome, site)
        assert outcome.certificate.proved
        assert outcome.certificate.requests < 60


def test_an_unreadable_tail_leaves_the_end_open_where_no_offset_looks_before_it() -> None:
    site = Site(list(range(1, 301)), hidden=set(range(151, 301)))
    can = Capabilities(FULL.parameters - {"offset"}, FULL.orderby)
    outcome = drive(WalkById(can), site)
    assert sorted(outcome.emitted) == list(range(1, 151))
    assert not outcome.certificate.proved
    assert [
        (lost.id, lost.after_id, lost.before_id) for lost in outcome.certificate.unreadable
    ] == [(None, 150, None)]
    assert outcome.certificate.hidden == 150


def test_rows_pulled_in_front_of_the_position_before_an_unreadable_tail() -> None:
    """A burst of removals pulls visible rows before the position.

    Every slice behind it is unreadable.
    """
    ids = list(range(1, 61))
    for at in range(1, 12):
        site = Site(ids, hidden=set(range(31, 51)))
        walk = WalkById(FULL, per_page=10)
        answered = 0

        def pull(site: Site, _: object, at: int = at) -> None:
            nonlocal answered
            answered += 1
            if answered == at:
                for id in range(1, 26):
                    site.remove(id)

        outcome = drive(walk, site, pull)
        assert_kept(outcome, site)
        assert outcome.certificate.proved


def test_page_numbers_lose_a_row_to_each_removal() -> None:
    site = Site(list(range(1, 101)))
    seen = read_by_page_numbers(site, lambda site, _: site.remove(site.ids[-1]), 0, per_page=10)
    assert len(site.always - seen) == 9

    site = Site(list(range(1, 101)))
    outcome = drive(WalkById(FULL, per_page=10), site, lambda site, _: site.remove(site.ids[0]))
    assert site.always <= set(outcome.emitted)


def test_page_numbers_lose_rows_under_the_schedules_that_the_walk_withstands() -> None:
    lost = 0
    for seed in range(20):
        site = Site(list(range(1, 401)))
        lost += len(
            site.always
            - (read_by_page_numbers(site, mutations(3), seed, per_page=10) & site.always)
        )
        site = Site(list(range(1, 401)))
        assert site.always <= set(
            drive(WalkById(FULL, per_page=10), site, mutations(3), seed).emitted
        )
    assert lost > 100


@settings(max_examples=200, deadline=None)
@given(
    st.sets(st.integers(1, 400), min_size=1, max_size=300),
    st.sampled_from(["instead", "beside"]),
    st.booleans(),
    PER_PAGE,
    st.integers(1, 4),
    SEEDS,
)
def test_a_list_with_the_newest_row_in_every_answer_loses_nothing(
    ids: set[int], pinned: Any, totals: bool, per_page: int, width: int, seed: int
) -> None:
    site = Site(sorted(ids), pinned=pinned, totals=totals)
    outcome = drive(choose_walk(FULL, per_page=per_page, width=width), site, None, seed)
    assert sorted(outcome.emitted) == site.ids
    assert outcome.certificate.proved, outcome.certificate.reason


@settings(max_examples=300, deadline=None)
@given(
    sites(),
    capabilities(),
    st.sampled_from(["instead", "beside"]),
    PER_PAGE,
    st.integers(1, 4),
    st.sampled_from([0, 1, 3]),
    SEEDS,
)
def test_the_newest_row_in_place_of_others_is_no_proof(
    site: Site, can: Capabilities, pinned: Any, per_page: int, width: int, most: int, seed: int
) -> None:
    site.pinned = pinned
    site.totals = True  # docs/how-it-works.md says what is left without them
    site.silent_cap = 1000
    site.maximum = 100
    site.stale = 0
    changes = mutations(min(most, per_page // 3))
    outcome = drive(WalkById(can, per_page=per_page, width=width), site, changes, seed)
    assert_kept(outcome, site)


@pytest.mark.parametrize("shown", [1, 3, 7])
def test_one_row_in_place_of_all_others_is_no_proof_without_totals(shown: int) -> None:
    hidden = set(range(1, 61)) - {shown, 30, 60}
    site = Site(list(range(1, 61)), hidden=hidden, pinned="instead", totals=False)
    outcome = drive(WalkById(FULL, per_page=10), site)
    assert outcome.certificate.proved, "the others can be requested by id"
    assert sorted(outcome.emitted) == [shown, 30, 60]
    outcome = drive(WalkById(FULL, per_page=10, probe_budget=40), site)
    assert outcome.certificate.reason == ROWS_ADDED
    alone = drive(WalkById(FULL), Site([60], totals=False))
    assert alone.certificate.proved
    assert alone.certificate.requests == 3


def test_the_newest_row_in_place_of_others_costs_one_row_more_a_slice() -> None:
    for hidden in (set[int](), set(range(2, 1000, 4))):
        site = Site(list(range(1, 1001)), hidden=hidden, pinned="instead")
        outcome = drive(WalkById(FULL), site)
        assert sorted(outcome.emitted) == sorted(site.always)
        assert outcome.certificate.proved
        assert outcome.certificate.requests <= 14 + SAMPLES_MAX * bool(hidden)
