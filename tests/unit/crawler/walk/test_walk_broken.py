"""Lists that fail everywhere end after a few requests; those that fail in one order are read."""

from collections.abc import Callable

import pytest

from crawler.walk import Capabilities, Page, PageRequest, Problem, ProblemKind
from crawler.walk.choice import FAR_RANK, choose_walk
from tests.simulation.driver import drive
from tests.simulation.site import FULL, Site, dated

Fails = Callable[[PageRequest], bool]
BY_DATE = Capabilities(FULL.parameters, frozenset({"date"}))
BY_PAGE = Capabilities(frozenset({"page", "per_page", "order"}), frozenset())
NO_WINDOWS = Capabilities(frozenset({"per_page"}), frozenset())
EVERY = pytest.mark.parametrize("can", [FULL, BY_DATE, BY_PAGE, NO_WINDOWS])


def _order(request: PageRequest) -> tuple[str | None, str | None]:
    params = dict(request.params)
    return params.get("orderby"), params.get("order")


def _everything(request: PageRequest) -> bool:
    return True


def _rising_ids(request: PageRequest) -> bool:
    return _order(request) == ("id", "asc")


def _rising(request: PageRequest) -> bool:
    return _order(request)[1] == "asc"


def _ids_and_dates(request: PageRequest) -> bool:
    return _order(request)[0] in ("id", "date")


@EVERY
@pytest.mark.parametrize("rows", [1, 30, 1000])
def test_a_list_that_answers_nothing_ends_after_a_few_requests(
    can: Capabilities, rows: int
) -> None:
    outcome = drive(choose_walk(can), dated(rows, fails=_everything))
    assert len(outcome.requests) == outcome.certificate.requests <= 9
    assert not outcome.certificate.proved
    assert outcome.certificate.reason == (
        "no row came, from wherever it was asked for: critical error"
    )


@EVERY
def test_a_list_in_which_all_rows_fail_ends_after_a_few_requests(can: Capabilities) -> None:
    for rows in (3, 300):
        outcome = drive(choose_walk(can), dated(rows, hard=set(range(1, rows + 1))))
        assert len(outcome.requests) <= 9
        assert "no row came" in outcome.certificate.reason


@pytest.mark.parametrize("fails", [_rising_ids, _rising, _ids_and_dates])
@pytest.mark.parametrize("rows", [3, 30, 450])
def test_a_list_that_fails_in_one_order_is_read_in_another(fails: Fails, rows: int) -> None:
    outcome = drive(choose_walk(FULL), dated(rows, fails=fails))
    assert sorted(outcome.emitted) == list(range(1, rows + 1))
    assert outcome.certificate.proved
    assert len(outcome.requests) <= 2 * rows / 99 + 28


def test_what_another_order_cannot_prove_is_said_with_the_reason_for_it() -> None:
    outcome = drive(choose_walk(FULL), dated(150, fails=_rising_ids, totals=False))
    assert sorted(outcome.emitted) == list(range(1, 151))
    assert not outcome.certificate.proved
    assert outcome.certificate.reason == (
        "the list cannot be read in the order asked for: critical error; "
        "the end cannot be told: unreadable rows, or no totals"
    )


def test_a_list_that_breaks_in_the_middle_ends_after_some_dozen_requests() -> None:
    answered: list[PageRequest] = []

    def fails(request: PageRequest) -> bool:
        answered.append(request)
        return len(answered) > 3

    outcome = drive(choose_walk(FULL), dated(1000, fails=fails))
    assert len(outcome.requests) <= 22
    assert outcome.certificate.reason.startswith("no row came")
    assert len(outcome.emitted) == outcome.certificate.listed > 200


@pytest.mark.parametrize("can", [FULL, Capabilities(FULL.parameters - {"offset"}, FULL.orderby)])
def test_single_rows_at_the_places_looked_at_are_no_broken_order(can: Capabilities) -> None:
    """The order answers far behind its end, so that the rows are to blame."""
    bad = {1, 2, 6, 11}
    site = Site(list(range(1, 61)), hard=bad)
    outcome = drive(choose_walk(can, per_page=10), site)
    assert set(outcome.emitted) == site.always - bad
    assert outcome.named == bad
    assert outcome.certificate.proved
    assert any(request.rank == FAR_RANK for request in outcome.requests)


def test_a_site_that_goes_away_during_a_look_around_ends_the_walk() -> None:
    walk = choose_walk(FULL)
    for kind in (ProblemKind.CONTENT, ProblemKind.CONTENT, ProblemKind.FATAL):
        [request] = walk.requests()
        walk.fail(request, Problem(kind, "no answer" if kind is ProblemKind.FATAL else "error"))
    assert walk.finished
    assert walk.requests() == []
    assert walk.certificate.reason == "no answer"


def test_nothing_is_looked_for_while_answers_are_under_way() -> None:
    walk = choose_walk(FULL, width=3)
    [first] = walk.requests()
    walk.feed(first, Page(tuple(range(1, 101)), 1000, 10))
    [second] = walk.requests()
    walk.feed(second, Page(tuple(range(99, 199)), 1000, 10))
    in_flight = walk.requests()
    assert len(in_flight) == 3
    for request in in_flight:
        walk.fail(request, Problem(ProblemKind.CONTENT, "error", "http_500"))
    assert all(request.purpose == "slice" for request in walk.requests())
