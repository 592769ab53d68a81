"""The walk over given ids finds each record, whatever else an answer has."""

from dataclasses import dataclass

import pytest

from crawler.walk import Page, Problem
from crawler.walk.by_ids import WalkByIds
from tests.simulation.driver import drive
from tests.simulation.site import FULL, Site


@dataclass(slots=True)
class NextRecord(Site):
    """A site that gives the next record where one is requested by its id."""

    also_singly: bool = False

    def _single(self, id: int) -> Page | Problem:
        return Page((id + self.also_singly,))

    def _list(self, given: dict[str, str], ids_only: bool, number: int) -> Page | Problem:
        answer = Site._list(self, given, ids_only, number)
        assert isinstance(answer, Page)
        return Page(tuple(id + 1 for id in answer.ids), answer.total, answer.total_pages)


@pytest.mark.parametrize("pins", [1, 3])
def test_rows_that_the_site_puts_in_place_of_others_are_asked_around(pins: int) -> None:
    site = Site(list(range(1, 41)), pinned="instead", pins=pins, pinned_in_all=True)
    outcome = drive(WalkByIds(range(1, 21), FULL), site)
    assert sorted(outcome.emitted) == list(range(1, 21))
    assert outcome.certificate.proved


def test_records_that_come_under_another_id_are_asked_for_singly() -> None:
    site = NextRecord(list(range(1, 41)))
    outcome = drive(WalkByIds([7, 20], FULL), site)
    assert sorted(outcome.emitted) == [7, 20]
    assert outcome.certificate.proved


def test_a_single_record_that_names_another_id_is_a_doubt() -> None:
    site = NextRecord(list(range(1, 41)), also_singly=True)
    outcome = drive(WalkByIds([7], FULL), site)
    assert outcome.emitted == []
    assert outcome.certificate.reason == "the record of 7 says that its id is 8"


def test_what_is_not_shown_costs_one_request() -> None:
    outcome = drive(WalkByIds(range(1, 90), FULL), Site(list(range(1, 90, 3))))
    assert outcome.certificate.proved
    assert outcome.certificate.requests == 1


def test_a_site_that_does_not_hear_the_query_is_given_up() -> None:
    site = Site(list(range(1, 400)), constant=True)
    outcome = drive(WalkByIds(range(200, 400), FULL), site)
    assert outcome.certificate.query_ignored
    assert not outcome.certificate.proved
    assert outcome.certificate.requests < 5
