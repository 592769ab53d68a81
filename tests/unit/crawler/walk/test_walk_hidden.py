"""Rows that are counted and not shown are hidden only if requests for them by id say so too."""

from dataclasses import dataclass
from random import Random

import pytest

from crawler.walk import Capabilities, Page, Problem
from crawler.walk.by_id.closing import COPIES_SHOWN
from crawler.walk.by_id.hidden import LEFT_OUT, SAMPLES_MAX
from crawler.walk.by_id.walk import WalkById
from tests.simulation.driver import drive
from tests.simulation.site import FULL, Site


def test_hidden_rows_cost_a_few_requests() -> None:
    for seed in range(20):
        random = Random(seed)
        ids = sorted(random.sample(range(1, 3000), 800))
        site = Site(ids, hidden=set(random.sample(ids, random.randint(1, 200))))
        outcome = drive(WalkById(FULL), site)
        assert outcome.certificate.proved
        by_id = [request for request in outcome.requests if request.ids]
        assert len(by_id) <= SAMPLES_MAX


@pytest.mark.parametrize(
    ("can", "step"),
    [(FULL, 1), (FULL, 3), (Capabilities(FULL.parameters - {"include"}, FULL.orderby), 1)],
)
@pytest.mark.parametrize("first", [1, 60, 191])
def test_rows_that_lists_leave_out_are_taken_one_by_one(
    can: Capabilities, first: int, step: int
) -> None:
    ids = list(range(step, 200 * step + 1, step))
    site = Site(ids, left_out=set(ids[first - 1 : first + 9]))
    outcome = drive(WalkById(can), site)
    assert sorted(outcome.emitted) == ids
    assert outcome.certificate.proved
    assert outcome.certificate.hidden == 0


def test_rows_that_only_the_order_of_ids_leaves_out_are_taken_together() -> None:
    ids = list(range(1, 501))
    for left_out in ({77}, set(range(140, 160)), {1, 250, 500}):
        site = Site(ids, left_out_by_id=set(left_out))
        outcome = drive(WalkById(FULL), site)
        assert sorted(outcome.emitted) == ids
        assert outcome.certificate.proved
        assert outcome.certificate.requests < 25


def test_too_many_ids_for_rows_that_lists_leave_out_are_a_doubt() -> None:
    ids = list(range(1, 1000))
    site = Site(ids, left_out=set(ids[::2]))
    outcome = drive(WalkById(FULL, probe_budget=100), site)
    assert not outcome.certificate.proved
    assert outcome.certificate.reason == LEFT_OUT
    assert outcome.certificate.requests < 100


@pytest.mark.parametrize("copied", [1, 120, 150, 200, 250])
@pytest.mark.parametrize("totals", [True, False])
def test_copies_of_one_row_in_place_of_others_prove_nothing(copied: int, totals: bool) -> None:
    site = Site(list(range(1, 251)), copies_above=150, copied=copied, totals=totals)
    outcome = drive(WalkById(FULL), site)
    if outcome.certificate.proved:
        assert sorted(outcome.emitted) == site.ids
    else:
        assert outcome.certificate.reason
    assert outcome.certificate.proved or not totals or copied == 1


def test_copies_beside_the_rows_cost_nothing() -> None:
    site = Site(list(range(5, 1500, 5)))
    walk = WalkById(FULL)
    requests = 0
    while not walk.finished:
        [request] = walk.requests()
        answer = site.answer(request)
        assert isinstance(answer, Page)
        walk.feed(request, Page(answer.ids, answer.total, answer.total_pages, (), len(answer.ids)))
        requests += 1
    assert walk.certificate.proved
    assert requests == len(drive(WalkById(FULL), site).requests)


def test_two_records_with_one_id_are_a_doubt() -> None:
    walk = WalkById(FULL)
    [request] = walk.requests()
    walk.feed(request, Page((1, 2, 3), 4, 1, (), 1, frozenset({2})))
    assert "two different records came with the same id (2)" in walk.certificate.reason


def test_copies_are_named() -> None:
    site = Site(list(range(1, 251)), copies_above=150, copied=150, lie=400)
    outcome = drive(WalkById(FULL), site)
    assert sorted(outcome.emitted) == site.ids
    assert outcome.certificate.reason == COPIES_SHOWN


@dataclass(slots=True)
class LateList(Site):
    """A site whose lists begin some rows behind the first one."""

    late_by: int = 1

    def _list(self, given: dict[str, str], ids_only: bool, number: int) -> Page | Problem:
        if "include" not in given:
            given = given | {"offset": str(int(given.get("offset", 0)) + self.late_by)}
        return Site._list(self, given, ids_only, number)


@pytest.mark.parametrize("late_by", [1, 3, 100])
@pytest.mark.parametrize("step", [1, 3])
def test_a_list_that_begins_behind_its_first_rows_is_read_whole(late_by: int, step: int) -> None:
    site = LateList(list(range(1, 1000 * step, step)), late_by=late_by)
    outcome = drive(WalkById(FULL), site)
    assert sorted(outcome.emitted) == site.ids
    assert outcome.certificate.proved
    assert outcome.certificate.requests < 40


@dataclass(slots=True)
class NextRecord(Site):
    """A site that gives the next record where one is requested alone."""

    def _single(self, id: int) -> Page | Problem:
        return Page((id + 1,))


@pytest.mark.parametrize("lacking", [frozenset[str](), frozenset({"include"})])
def test_a_record_with_another_id_than_the_one_requested_is_a_doubt(
    lacking: frozenset[str],
) -> None:
    ids = list(range(1, 201))
    site = NextRecord(ids, hidden=set(ids[50:60]))
    can = Capabilities(FULL.parameters - lacking, FULL.orderby)
    outcome = drive(WalkById(can), site)
    assert not outcome.certificate.proved
    assert "says that its id is" in outcome.certificate.reason
    assert set(outcome.emitted) == site.always
