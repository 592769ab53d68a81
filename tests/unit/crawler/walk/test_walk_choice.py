"""Routes that do not sort by id are walked by date or by page numbers.

The same holds for sites that do not do what their routes say.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.walk import Capabilities, Page, Problem, ProblemKind
from crawler.walk.choice import choose_walk
from tests.simulation.driver import drive
from tests.simulation.schedules import mutations
from tests.simulation.site import FULL, Site, dated

DATED = Capabilities(FULL.parameters, frozenset({"date"}))
PLAIN = Capabilities(frozenset({"page", "per_page", "order"}), frozenset())


@pytest.mark.parametrize("per_page", [3, 10, 100])
@pytest.mark.parametrize("a_second", [1, 2])
def test_by_date(per_page: int, a_second: int) -> None:
    site = dated(250, a_second)
    outcome = drive(choose_walk(DATED, per_page=per_page), site)
    assert outcome.certificate.proved
    assert sorted(outcome.emitted) == site.ids
    assert len(outcome.emitted) == outcome.certificate.listed
    assert outcome.certificate.requests <= 250 / (per_page - a_second) + 2
    assert {dict(request.params).get("page") for request in outcome.requests} == {None}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 200), st.sampled_from([3, 10, 100]), st.integers(1, 2), st.integers(0, 2**32))
def test_by_date_removals_shift_nothing(rows: int, per_page: int, a_second: int, seed: int) -> None:
    site = dated(rows, a_second)
    outcome = drive(choose_walk(DATED, per_page=per_page), site, mutations(1, seen_only=True), seed)
    assert site.always <= set(outcome.emitted)
    assert set(outcome.emitted) <= site.ever


def test_by_date_with_more_rows_of_one_second_than_fit_on_a_page() -> None:
    site = dated(60, a_second=25)
    outcome = drive(choose_walk(DATED, per_page=10), site)
    assert sorted(outcome.emitted) == site.ids
    assert "more rows of one second than fit on a page" in outcome.certificate.reason


def test_by_date_with_zero_dates() -> None:
    site = dated(30)
    site.dates.update(dict.fromkeys(range(1, 15), "-0001-11-30T00:00:00"))
    outcome = drive(choose_walk(DATED, per_page=10), site)
    assert sorted(outcome.emitted) == site.ids
    assert not outcome.certificate.proved


def test_by_date_with_rows_that_cannot_be_read_or_had() -> None:
    site = dated(60, hidden=set(range(20, 45)), soft={50})
    outcome = drive(choose_walk(DATED, per_page=10), site)
    assert set(outcome.emitted) == site.always - {50}
    assert [lost.cause for lost in outcome.certificate.unreadable] == ["http_500"]
    assert not outcome.certificate.proved


def test_by_date_a_silent_cap_and_a_rejected_size() -> None:
    for limits in ({"silent_cap": 7}, {"maximum": 20}):
        outcome = drive(choose_walk(DATED), dated(90, **limits))
        assert outcome.certificate.proved
        assert len(outcome.emitted) == 90


def test_by_date_without_totals_is_not_proved() -> None:
    outcome = drive(choose_walk(DATED, per_page=10), dated(45, totals=False))
    assert len(outcome.emitted) == 45
    assert not outcome.certificate.proved


@pytest.mark.parametrize("totals", [True, False])
@pytest.mark.parametrize("per_page", [10, 30])
def test_by_page_numbers_in_two_passes(per_page: int, totals: bool) -> None:
    site = Site(list(range(1, 96)), totals=totals)
    outcome = drive(choose_walk(PLAIN, per_page=per_page), site)
    assert sorted(outcome.emitted) == site.ids
    assert outcome.certificate.proved == totals, "both passes show as many rows as are counted"
    assert {dict(request.params)["order"] for request in outcome.requests} == {"asc", "desc"}


def test_by_page_numbers_one_page_that_holds_all_is_proof() -> None:
    outcome = drive(choose_walk(PLAIN), Site(list(range(1, 96))))
    assert outcome.certificate.proved
    assert len(outcome.requests) == 1


def test_by_page_numbers_the_second_pass_finds_what_a_removal_hid() -> None:
    site = Site(list(range(1, 101)))
    first = iter([True])
    outcome = drive(
        choose_walk(PLAIN, per_page=10),
        site,
        lambda site, _: site.remove(1) if next(first, False) else None,
    )
    assert site.always <= set(outcome.emitted)


def test_by_page_numbers_a_bad_record_is_worked_around() -> None:
    site = Site(list(range(1, 251)), soft={77})
    outcome = drive(choose_walk(PLAIN), site)
    assert set(outcome.emitted) == set(site.ids) - {77}
    assert [lost.cause for lost in outcome.certificate.unreadable] == ["http_500"]


@pytest.mark.parametrize("can", [DATED, PLAIN])
def test_a_cache_that_ignores_the_query(can: Capabilities) -> None:
    site = dated(100, constant=True)
    outcome = drive(choose_walk(can), site)
    assert outcome.certificate.query_ignored
    assert outcome.certificate.requests <= 4


@pytest.mark.parametrize(
    "limits", [{"ignores": frozenset({"orderby", "order"})}, {"refuses": frozenset({"orderby"})}]
)
def test_a_site_that_does_not_sort_by_id_is_walked_otherwise(
    limits: dict[str, frozenset[str]],
) -> None:
    site = dated(150, **limits)
    outcome = drive(choose_walk(FULL), site)
    assert sorted(outcome.emitted) == site.ids
    assert outcome.certificate.requests == len(outcome.requests)


def test_what_is_refused_altogether_ends_with_the_reason() -> None:
    for kind in (ProblemKind.CLOSED, ProblemKind.FATAL, ProblemKind.REJECTED):
        walk = choose_walk(PLAIN)
        [request] = walk.requests()
        walk.fail(request, Problem(kind, "not for you"))
        assert walk.finished
        assert (walk.certificate.reason, walk.certificate.proved) == ("not for you", False)


def test_a_page_past_the_end_may_be_told_as_a_rejected_page() -> None:
    walk = choose_walk(PLAIN, per_page=2)
    for ids in ((1, 2), (3,)):
        [request] = walk.requests()
        assert walk.feed(request, Page(ids)) == list(ids)
    [request] = walk.requests()
    walk.fail(request, Problem(ProblemKind.REJECTED, parameters=frozenset({"page"})))
    assert dict(walk.requests()[0].params)["order"] == "desc"


def test_a_count_proves_a_list_that_cannot_be_sorted() -> None:
    counted = Capabilities(frozenset({"page", "per_page"}), frozenset(), count_proves=True)
    site = Site(list(range(1, 251)))
    outcome = drive(choose_walk(counted), site)
    assert outcome.certificate.proved
    assert len(outcome.requests) == 2 * 3
    uncounted = Site(list(range(1, 251)), totals=False)
    assert not drive(choose_walk(counted), uncounted).certificate.proved


COUNTED = Capabilities(frozenset({"page", "per_page"}), frozenset(), 2, count_proves=True)


@pytest.mark.parametrize("moment", range(1, 5))
@pytest.mark.parametrize("gone", [1, 2, 3, 4, 5, 6])
def test_a_count_is_not_deceived_by_a_row_that_replaces_another(moment: int, gone: int) -> None:
    walk = choose_walk(COUNTED)
    rows = [1, 2, 3, 4, 5, 6]
    accepted: list[int] = []
    asked = 0
    while not walk.finished:
        [request] = walk.requests()
        page = int(dict(request.params).get("page", "1"))
        answer = Page(tuple(rows[page * 2 - 2 : page * 2]), len(rows), 3)
        accepted += walk.feed(request, answer)
        asked += 1
        if asked == moment:
            rows = [*(row for row in rows if row != gone), 7]
    assert walk.certificate.proved
    assert set(accepted) >= set(rows)
    assert asked <= 4 * 3


@given(
    rows=st.lists(st.integers(1, 30), unique=True, max_size=9),
    changes=st.lists(st.tuples(st.integers(0, 12), st.integers(1, 30)), max_size=6),
)
def test_a_count_that_proves_has_every_row_that_was_there_all_the_time(
    rows: list[int], changes: list[tuple[int, int]]
) -> None:
    """Rows go away for good, and new ones come at either end, between any two requests."""
    walk = choose_walk(COUNTED)
    shown = list(rows)
    accepted: set[int] = set()
    left = list(changes)
    new = 100
    for number in range(200):
        if walk.finished:
            break
        [request] = walk.requests()
        page = int(dict(request.params).get("page", "1"))
        part = tuple(shown[page * 2 - 2 : page * 2])
        accepted |= set(walk.feed(request, Page(part, len(shown), -(-len(shown) // 2))))
        for when, row in [change for change in left if change[0] == number]:
            left.remove((when, row))
            shown = [each for each in shown if each != row]
            new += 1
            shown.insert(0 if row % 2 else len(shown), new)
    assert walk.finished
    if walk.certificate.proved:
        assert accepted >= set(rows) & set(shown)


def test_a_count_proves_nothing_where_rows_are_hidden() -> None:
    counted = Capabilities(frozenset({"page", "per_page"}), frozenset(), count_proves=True)
    site = Site(list(range(1, 251)), hidden={7, 120})
    assert not drive(choose_walk(counted), site).certificate.proved


STICKY = Capabilities(frozenset({"page", "per_page", "order"}), frozenset())


@pytest.mark.parametrize("place", ["first", "last", "first page"])
@pytest.mark.parametrize("pins", [1, 3])
def test_rows_that_a_site_puts_first_have_no_place_in_the_order_of_pages(
    place: str, pins: int
) -> None:
    site = Site(list(range(1, 96)), pinned="beside", pins=pins, pinned_in_all=True)
    site.pinned_first = place != "last"
    walk = choose_walk(STICKY, per_page=10)
    accepted: list[int] = []
    while not walk.finished:
        [request] = walk.requests()
        site.pinned = "beside" if place != "first page" or request.rank == 0 else ""
        answer = site.answer(request)
        assert isinstance(answer, Page)
        accepted += walk.feed(request, answer)
    assert walk.certificate.proved, walk.certificate.reason
    assert sorted(accepted) == site.ids


def test_a_walk_by_date_that_pinned_rows_lead_astray_goes_on_by_page() -> None:
    site = dated(95, pinned="beside", pins=2, pins_oldest=True, pinned_in_all=True)
    outcome = drive(choose_walk(DATED, per_page=10), site)
    assert set(outcome.emitted) == set(site.ids), "each walk may take a row"
    assert outcome.certificate.proved, outcome.certificate.reason


@pytest.mark.parametrize("count_proves", [True, False])
def test_passes_by_page_are_not_deceived_by_rows_that_come_and_go(count_proves: bool) -> None:
    can = Capabilities(STICKY.parameters, frozenset(), 100, count_proves)
    proved = 0
    for seed in range(300):
        site = Site(list(range(10, 40)))
        outcome = drive(choose_walk(can, per_page=4), site, mutations(seed % 2), seed)
        if outcome.certificate.proved:
            proved += 1
            assert site.always <= set(outcome.emitted), seed
    assert proved >= 150
