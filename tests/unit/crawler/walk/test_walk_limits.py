"""Sites that give less than was requested, refuse it, or do not listen."""

import pytest

from crawler.walk import Capabilities, Page, Problem, ProblemKind
from crawler.walk.by_id.by_include import IncludeQueue
from crawler.walk.by_id.hidden import SAMPLES_MAX
from crawler.walk.by_id.page_size import PageSize
from crawler.walk.by_id.slices import slice_request
from crawler.walk.by_id.walk import WalkById
from crawler.walk.choice import choose_walk
from crawler.walk.windows import window_by_offset, window_by_page
from tests.simulation.driver import drive
from tests.simulation.site import FULL, Site, dated

PAGED = Capabilities(FULL.parameters - {"offset"}, FULL.orderby)


@pytest.mark.parametrize("can", [FULL, PAGED])
@pytest.mark.parametrize("totals", [True, False])
@pytest.mark.parametrize("cap", [2, 7, 10, 50])
def test_a_silent_cap(cap: int, totals: bool, can: Capabilities) -> None:
    site = Site(list(range(1, 301)), silent_cap=cap, totals=totals)
    outcome = drive(WalkById(can), site)
    assert outcome.certificate.proved
    assert sorted(outcome.emitted) == site.ids
    if cap > 2:  # a page of two has no room to overlap at every second rank
        assert outcome.certificate.requests <= (1.3 if can is FULL else 1.7) * 300 / (cap - 1) + 6


@pytest.mark.parametrize("maximum", [50, 20, 10, 3, 1])
def test_a_rejected_page_size_is_lowered(maximum: int) -> None:
    site = Site(list(range(1, 61)), maximum=maximum, soft={30})
    outcome = drive(WalkById(FULL), site)
    assert outcome.certificate.proved
    assert set(outcome.emitted) == set(site.ids) - {30}
    assert outcome.named == {30}


def test_an_answer_by_id_that_is_cut_short_is_requested_again() -> None:
    """`include` does not lift a silent cap.

    The 60 ids of a gap are visible by the time they are requested; the site gives 7 at once.
    """
    answers = 0

    def show_later(site: Site, _: object) -> None:
        nonlocal answers
        answers += 1
        if answers == 27:
            for id in range(20, 80):
                site.show(id)

    outcome = drive(
        WalkById(FULL),
        Site(list(range(1, 200)), hidden=set(range(20, 80)), silent_cap=7),
        show_later,
    )
    assert outcome.certificate.proved
    assert sorted(outcome.emitted) == list(range(1, 200))
    assert [len(request.ids) for request in outcome.requests if request.purpose == "probe"] == [
        60,
        *[7] * 7,
        4,
    ]


@pytest.mark.parametrize("refused", ["offset", "include"])
def test_a_refused_parameter_is_done_without(refused: str) -> None:
    site = Site(list(range(1, 301)), hidden=set(range(50, 180)), refuses=frozenset({refused}))
    outcome = drive(WalkById(FULL), site)
    assert outcome.certificate.proved
    assert set(outcome.emitted) == site.always


def test_an_offset_that_does_nothing() -> None:
    site = Site(list(range(1, 301)), ignores=frozenset({"offset"}))
    outcome = drive(WalkById(FULL), site)
    assert outcome.certificate.proved
    assert sorted(outcome.emitted) == site.ids


@pytest.mark.parametrize("totals", [True, False])
def test_a_cache_that_ignores_the_query_is_recognised(totals: bool) -> None:
    site = Site(list(range(1, 301)), constant=True, totals=totals)
    outcome = drive(choose_walk(FULL, width=2), site)
    assert outcome.certificate.query_ignored
    assert not outcome.certificate.proved
    assert "the same page came for every query" in outcome.certificate.reason
    assert outcome.certificate.requests <= 5


def test_a_cache_that_ignores_the_query_and_holds_rising_ids_is_recognised() -> None:
    walk = choose_walk(FULL, per_page=3)
    for _ in range(3):
        [request] = walk.requests()
        walk.feed(request, Page((4, 5, 6), 300, 100))
    assert walk.finished
    assert walk.certificate.query_ignored


@pytest.mark.parametrize("total", [2, 3, 50, 99, 250, 100_000])
def test_a_cache_that_gives_one_row_for_every_query_is_recognised(total: int) -> None:
    """A page of one row has no second row that could show that the query is not heard."""
    walk = choose_walk(FULL, width=2)
    while requests := walk.requests():
        for request in requests:
            walk.feed(request, Page((total,), total, total))
    assert walk.certificate.query_ignored
    assert walk.certificate.requests <= 10


def test_a_cache_that_ignores_the_query_does_no_harm_to_a_single_page() -> None:
    site = Site(list(range(1, 9)), constant=True)
    outcome = drive(choose_walk(FULL), site)
    assert outcome.certificate.proved
    assert sorted(outcome.emitted) == site.ids


def test_a_cache_that_ignores_all_but_the_order_is_recognised() -> None:
    site = Site(list(range(1, 301)), ignores=frozenset({"offset", "page", "include"}))
    outcome = drive(choose_walk(FULL), site)
    assert not outcome.certificate.proved


def test_an_empty_collection() -> None:
    for totals in (True, False):
        outcome = drive(choose_walk(FULL), Site([], totals=totals))
        assert outcome.certificate.proved
        assert len(outcome.requests) <= 2


def test_a_total_that_lies_is_found_out_within_a_few_requests() -> None:
    site = Site(list(range(1, 251)), lie=10**7)
    outcome = drive(choose_walk(FULL), site)
    assert sorted(outcome.emitted) == site.ids
    assert outcome.certificate.proved
    assert len(outcome.requests) < 12


def test_many_rows_that_cannot_be_read_are_gone_past_as_the_total_says() -> None:
    hidden = set(range(101, 901))
    site = Site(list(range(1, 1001)), hidden=hidden)
    outcome = drive(choose_walk(FULL), site)
    assert outcome.certificate.proved
    assert sorted(outcome.emitted) == sorted(set(site.ids) - hidden)


@pytest.mark.parametrize("first_hidden", [100, 190, 202, 250])
def test_newest_rows_that_are_all_hidden_are_looked_behind(first_hidden: int) -> None:
    # Newer comments than a page has, all of them on posts that nobody may read.
    site = Site(list(range(1, 301)), hidden=set(range(first_hidden, 301)))
    outcome = drive(choose_walk(FULL), site)
    assert outcome.certificate.proved, outcome.certificate.reason
    assert sorted(outcome.emitted) == list(range(1, first_hidden))
    assert len(outcome.requests) < 12 + SAMPLES_MAX


def test_many_windows_of_hidden_newest_rows_take_few_requests() -> None:
    site = Site(list(range(1, 1501)), hidden=set(range(301, 1501)))
    outcome = drive(choose_walk(FULL, per_page=99), site)
    assert outcome.certificate.proved, outcome.certificate.reason
    assert len(outcome.requests) < 40


def test_a_collection_of_unreadable_rows_only() -> None:
    certificate = drive(
        choose_walk(FULL), Site(list(range(1, 41)), hidden=set(range(1, 41)))
    ).certificate
    assert certificate.proved
    assert (certificate.listed, certificate.hidden, certificate.site_total) == (0, 40, 40)


def test_a_window_of_pages_holds_its_rank_and_reaches_far() -> None:
    for rank in [*range(500), 100_000, 123_456]:
        window = window_by_page(rank, 100, overlap=True)
        assert window.start <= rank
        assert window.size <= 100
        assert window.start % window.size == 0
        assert window.start + window.size - rank >= 40
        assert window.params == (
            ("page", str(window.start // window.size + 1)),
            ("per_page", str(window.size)),
        )
    assert [window_by_page(rank, 100, overlap=True).start for rank in (0, 99, 198)] == [0, 99, 198]
    assert (
        window_by_page(5, 3, overlap=True).start == 6
    )  # 6 is a multiple of 1, 2 and 3: no window holds ranks 5 and 6
    assert window_by_page(5, 3).start <= 5


def test_the_first_rows_again_for_a_later_rank_tell_no_end() -> None:
    """`offset` does nothing, and one row of 14 was removed.

    7 readable rows at rank 6 would make 13, if they were there.
    """
    page_size = PageSize(largest=7, middle=5)
    request = slice_request(2, window_by_offset(6, 10))
    page = Page((2, 3, 4, 5, 6, 7, 8), 13, 2)
    assert not page_size.reaches_end(request, page, 13, by_page=False)
    assert page_size.reaches_end(
        request, Page((8, 9, 10, 11, 12, 13, 14), 13, 2), 13, by_page=False
    )


def test_a_page_number_beyond_the_largest_page_received_tells_no_end() -> None:
    """Pages of 50 were requested, but a plugin gives 40 rows.

    So page 3 began at rank 80, and 10 rows of 130 are behind it.
    """
    page_size = PageSize(largest=38, middle=5)
    request = slice_request(3, window_by_page(100, 50))
    assert (request.rank, request.size) == (100, 50)
    page = Page(tuple(range(81, 111)), 130, 3)
    assert not page_size.reaches_end(request, page, 130, by_page=True)
    assert page_size.reaches_end(request, page, 130, by_page=False)


def test_requesting_ahead_over_unreadable_rows_needs_no_request_by_id() -> None:
    site = Site(list(range(1, 401)), hidden={id for id in range(100, 401) if id % 40 < 8})
    outcome = drive(WalkById(FULL, per_page=10, width=4), site)
    assert set(outcome.emitted) == site.always
    by_id = [request for request in outcome.requests if request.ids]
    assert len(by_id) <= SAMPLES_MAX, "only the look at rows that are counted and not shown"


def test_a_late_refusal_does_not_raise_the_limit_of_ids_again() -> None:
    refused = Problem(ProblemKind.REJECTED, parameters=frozenset({"per_page"}))
    queue = IncludeQueue()
    queue.add_range(1, 200)
    first = queue.next_batch(100)
    second = queue.next_batch(100)
    queue.failed(first, refused)
    queue.failed(queue.next_batch(100), refused)
    assert len(queue.next_batch(100).ids) == 20
    queue.failed(second, refused)
    assert len(queue.next_batch(100).ids) == 20


@pytest.mark.parametrize("totals", [True, False])
def test_an_order_that_shows_nothing_is_no_proof_of_an_empty_list(totals: bool) -> None:
    site = dated(150, totals=totals, empty_by_id=True)
    outcome = drive(choose_walk(FULL), site)
    assert sorted(outcome.emitted) == site.ids
    assert len(outcome.requests) < 12


@pytest.mark.parametrize("rows", [150, 250, 1000])
@pytest.mark.parametrize("width", [1, 3])
def test_a_total_that_is_capped_at_a_full_page_is_no_end(rows: int, width: int) -> None:
    site = Site(list(range(1, rows + 1)), lie=100)
    outcome = drive(WalkById(FULL, width=width), site)
    assert sorted(outcome.emitted) == site.ids
    assert outcome.certificate.proved
    assert len(outcome.requests) <= rows / 99 + 6
