"""Requests that are too large for the site: fewer rows at once, and more again where these go."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.walk import Capabilities, PageRequest, Walk
from crawler.walk.by_date import WalkByDate
from crawler.walk.by_id.walk import WalkById
from crawler.walk.by_ids import WalkByIds
from crawler.walk.by_page import WalkByPage
from crawler.walk.learnt_size import PATIENCE_FOR_MORE, LearntSize
from tests.simulation.driver import drive
from tests.simulation.site import FULL, dated

PAGED = Capabilities(FULL.parameters - {"offset"}, FULL.orderby)
ROWS = 1000
Fails = Callable[[PageRequest], bool]
EACH_WALK = pytest.mark.parametrize(
    ("make", "can"),
    [(WalkById, FULL), (WalkById, PAGED), (WalkByDate, FULL), (WalkByPage, FULL)],
    ids=["offset", "pages", "date", "page"],
)


def too_many(limit: int) -> Fails:
    """Return a fault of every request for more rows."""
    return lambda request: request.size > limit


def too_many_there(limit: int) -> Fails:
    """Return a fault of requests for more rows of the second page."""

    def fails(request: PageRequest) -> bool:
        is_there = request.rank < 200 and request.rank + request.size > 100
        by_id = any(100 < id <= 200 for id in request.ids)
        return request.size > limit and (by_id if request.ids else is_there)

    return fails


@EACH_WALK
@pytest.mark.parametrize("limit", [40, 10])
def test_a_list_that_gives_few_rows_at_once_is_read_in_few_more_requests(
    make: Callable[[Capabilities], Walk], can: Capabilities, limit: int
) -> None:
    outcome = drive(make(can), dated(ROWS, fails=too_many(limit)))
    assert len(set(outcome.emitted)) == ROWS
    assert outcome.certificate.proved
    passes = 2 if make is WalkByPage else 1
    assert len(outcome.requests) <= 2.4 * passes * ROWS / limit + 30


@EACH_WALK
@pytest.mark.parametrize("limit", [10, 3, 1])
def test_once_a_bad_page_is_behind_requests_grow_again(
    make: Callable[[Capabilities], Walk], can: Capabilities, limit: int
) -> None:
    outcome = drive(make(can), dated(ROWS, fails=too_many_there(limit)))
    assert len(set(outcome.emitted)) == ROWS
    assert outcome.certificate.proved
    late = [r.size for r in outcome.requests if r.purpose == "slice" and 700 <= r.rank < 900]
    assert not late or max(late) >= 95
    passes = 2 if make is WalkByPage else 1
    assert len(outcome.requests) <= passes * (ROWS / 100 + 4 * 100 / limit + 40)


def test_a_list_that_gives_single_rows_alone_is_read_to_its_end() -> None:
    outcome = drive(WalkById(FULL), dated(200, fails=too_many(1)))
    assert sorted(outcome.emitted) == list(range(1, 201))
    assert outcome.certificate.proved
    assert len(outcome.requests) <= 4 * 200


def test_records_by_id_are_asked_for_in_as_many_as_go() -> None:
    walk = WalkByIds(range(1, 601), FULL)
    outcome = drive(walk, dated(600, fails=too_many_there(10)))
    assert len(outcome.emitted) == 600
    assert outcome.requests[-1].size == 100
    assert len(outcome.requests) <= 40


def test_a_record_that_was_to_blame_makes_nobody_wait() -> None:
    size = LearntSize(100).shrunk(50).passed(50).failed()
    assert (size.rows, size.patience) == (50, 2)
    assert size.cleared().passed(50).rows == 75


@given(st.lists(st.integers(1, 120), max_size=80), st.integers(1, 100))
def test_a_size_stays_within_its_limits_and_waits_no_longer_than_it_says(
    bears: list[int], limit: int
) -> None:
    size = LearntSize(limit)
    for bear in bears:
        asked = size.rows
        if asked <= bear:
            size = size.passed(asked)
        elif size.is_trial(asked):
            held, size = size.held, size.failed()
            assert size.rows == held
        else:
            size = size.shrunk(max(1, asked // 2))
        assert 1 <= size.rows <= limit
        assert size.held < size.rows
        assert 1 <= size.patience <= PATIENCE_FOR_MORE
    for _ in range(4 * PATIENCE_FOR_MORE):
        size = size.passed(size.rows)
    assert size.rows == limit
