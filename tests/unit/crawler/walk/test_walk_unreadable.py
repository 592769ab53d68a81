"""Records that the site cannot deliver: everything else arrives, and each of them is named."""

from math import ceil, log2
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.walk import Capabilities, Page, Problem, ProblemKind
from crawler.walk.by_id.walk import WalkById
from tests.simulation.driver import drive
from tests.simulation.site import FULL, Site

PAGED = Capabilities(FULL.parameters - {"offset"}, FULL.orderby)


@settings(max_examples=100, deadline=None)
@given(
    st.integers(1, 400),
    st.integers(0, 8),
    st.integers(1, 4),
    st.sampled_from([10, 100]),
    st.booleans(),
    st.booleans(),
    st.integers(1, 3),
    st.sampled_from([FULL, PAGED]),
    st.integers(0, 2**32),
)
def test_each_is_named_and_all_others_arrive(
    rows: int,
    bad: int,
    density: int,
    per_page: int,
    hard: bool,
    totals: bool,
    width: int,
    can: Capabilities,
    seed: int,
) -> None:
    """`hard`: the answer fails even when only ids are requested.

    Then a bad last row can be missed.
    """
    random = Random(seed)
    ids = sorted(random.sample(range(1, rows * density + 1), rows))
    wrong = (
        set(random.sample(ids[:-1], min(bad, rows - 1)))
        if hard
        else set(random.sample(ids, min(bad, rows)))
    )
    site = Site(ids, soft=set() if hard else wrong, hard=wrong if hard else set(), totals=totals)
    outcome = drive(WalkById(can, per_page=per_page, width=width), site, None, seed)
    assert set(outcome.emitted) == set(ids) - wrong
    assert outcome.named == wrong
    assert outcome.certificate.proved
    assert all(unreadable.cause == "http_500" for unreadable in outcome.certificate.unreadable)
    usual = 1.7 * rows / (per_page - 1) + 4 + (rows * density / per_page if hard else 0)
    halving = 2 * ceil(log2(per_page)) + 4
    each = 2 * halving if hard else halving  # hard: once by rank, once by name
    each += 4 * (width - 1)  # what was requested ahead of a slice that fails is requested again
    assert outcome.certificate.requests <= usual + len(wrong) * each


def test_a_known_broken_row_does_not_spoil_the_look_for_other_rows() -> None:
    """A list of few rows at once is asked for others; the broken one is left out, too."""
    random = Random(369)
    ids = sorted(random.sample(range(1, 363 * 4 + 1), 363))
    site = Site(ids, hard={ids[2]}, totals=False)
    outcome = drive(WalkById(FULL, per_page=10), site)
    assert outcome.certificate.proved
    assert outcome.named == {ids[2]}
    assert len(outcome.requests) < 70


@pytest.mark.parametrize("can", [FULL, PAGED])
def test_one_bad_record_of_a_hundred(can: Capabilities) -> None:
    site = Site(list(range(1, 101)), soft={57})
    outcome = drive(WalkById(can), site)
    assert outcome.named == {57}
    assert outcome.certificate.requests <= 3 + 2 * ceil(log2(100))
    assert outcome.certificate.listed == 99


def test_without_include_they_are_requested_singly() -> None:
    site = Site(list(range(1, 31)), soft={7}, refuses=frozenset({"include"}))
    outcome = drive(WalkById(FULL), site)
    assert outcome.named == {7}
    assert set(outcome.emitted) == set(range(1, 31)) - {7}
    assert outcome.certificate.proved
    assert {request.purpose for request in outcome.requests} == {"slice", "probe", "single"}


def test_a_page_too_heavy_for_the_site_is_requested_in_smaller_ones() -> None:
    site = Site(list(range(1, 1001)), load=40)
    outcome = drive(WalkById(FULL), site)
    assert sorted(outcome.emitted) == site.ids
    assert outcome.certificate.proved
    assert outcome.certificate.unreadable == ()
    assert outcome.certificate.requests < 1000 / 39 * 2 + 10


def test_a_last_row_that_not_even_gives_its_id_leaves_the_end_open() -> None:
    site = Site(list(range(1, 31)), hard={30})
    outcome = drive(WalkById(FULL), site)
    assert sorted(outcome.emitted) == list(range(1, 30))
    assert outcome.named == {30}
    assert not outcome.certificate.proved
    assert (None, 29) in {(lost.id, lost.after_id) for lost in outcome.certificate.unreadable}


def test_too_many_in_a_row_end_the_walk() -> None:
    site = Site(list(range(1, 301)), soft=set(range(100, 160)), hard=set(range(200, 240)))
    outcome = drive(WalkById(FULL), site)
    assert not outcome.certificate.proved
    assert outcome.certificate.reason == "21 records in a row could not be had: critical error"
    assert len(outcome.requests) < 80


@pytest.mark.parametrize("kind", [ProblemKind.FATAL, ProblemKind.CLOSED])
def test_a_route_that_ends_keeps_what_came(kind: ProblemKind) -> None:
    walk = WalkById(FULL, per_page=10, width=2)
    [first] = walk.requests()
    assert walk.feed(first, Page(tuple(range(1, 11)), 60, 6)) == list(range(1, 11))
    [second] = walk.requests()
    assert walk.feed(second, Page(tuple(range(9, 19)), 60, 6)) == list(range(11, 19))
    third, fourth = walk.requests()
    walk.fail(fourth, Problem(kind, "forbidden", "http_403"))
    assert walk.finished
    assert walk.feed(third, Page(tuple(range(18, 28)), 60, 6)) == []
    assert walk.requests() == []
    assert (walk.certificate.proved, walk.certificate.reason, walk.certificate.listed) == (
        False,
        "forbidden",
        18,
    )


def test_page_numbers_go_on_behind_a_row_that_breaks_them() -> None:
    site = Site(list(range(1, 321, 2)), hard={33})
    outcome = drive(WalkById(PAGED), site)
    assert set(outcome.emitted) == set(site.ids) - {33}
    assert outcome.named == {33}
    assert outcome.certificate.requests <= 24


def test_many_that_are_not_in_a_row_do_not_end_the_walk() -> None:
    bad = set(range(5, 900, 20))
    outcome = drive(WalkById(FULL), Site(list(range(1, 901)), soft=bad))
    assert outcome.certificate.proved
    assert outcome.named == bad
