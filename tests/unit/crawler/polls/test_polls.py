"""Polls alone: what they ask, when they end, and when they give up."""

from bisect import bisect_left
from datetime import timedelta
from random import Random

import pytest

from crawler.polls.listing import LightRow, Listing, shifted
from crawler.polls.news import is_whole
from crawler.polls.ranks import RankSearch, search_cost
from crawler.polls.recent import ModifiedSince, NewestFirst
from crawler.walk import PageRequest, Problem, ProblemKind

PARAMETERS = frozenset({"offset", "before"})


def row(id_: int, date: str = "", modified: str = "") -> LightRow:
    return LightRow(id_, {"id": id_, "date": date, "modified": modified})


def in_id_order(ids: list[int], request: PageRequest) -> Listing:
    """The answer of a site with these ids to a request for a window."""
    given = dict(request.params)
    listed = ids if given["order"] == "asc" else ids[::-1]
    start = int(given.get("offset", 0))
    return Listing(tuple(map(row, listed[start : start + request.size])), len(ids))


def test_the_poll_by_id_ends_at_an_id_that_is_held() -> None:
    ids = list(range(1, 101))
    poll = NewestFirst("id", lambda seen: seen.id <= 83, PARAMETERS, 5)
    asked = 0
    while request := poll.next_request():
        asked += 1
        poll.feed(in_id_order(ids, request))
    assert (poll.trouble, poll.total, asked) == ("", 100, 5)
    assert set(range(84, 101)) <= poll.rows.keys()


def test_a_list_that_shifts_under_it_is_read_anew() -> None:
    ids = list(range(1, 101))
    poll = NewestFirst("id", lambda seen: seen.id <= 80, PARAMETERS, 5)
    first = poll.next_request()
    assert first
    poll.feed(in_id_order(ids, first))
    del ids[-5:]  # the row at the boundary moved onto the page that was read
    while request := poll.next_request():
        poll.feed(in_id_order(ids, request))
    assert not poll.trouble
    assert set(range(81, 96)) <= poll.rows.keys()


def test_an_order_that_the_site_does_not_keep_is_trouble() -> None:
    poll = NewestFirst("date", lambda _: False, PARAMETERS, 5)
    assert poll.next_request()
    poll.feed(Listing((row(1, "2026-01-01T00:00:00"), row(2, "2026-02-01T00:00:00")), 9))
    assert "order by date" in poll.trouble
    assert poll.next_request() is None


def test_rows_of_one_second_are_read_by_offset() -> None:
    second = "2026-01-01T00:00:00"
    poll = ModifiedSince("2025-12-31T00:00:00", 3)
    rows = [row(id_, modified=second) for id_ in range(1, 9)]
    while request := poll.next_request():
        start = int(dict(request.params).get("offset", 0))
        poll.feed(Listing(tuple(rows[start : start + 3]), 8))
    assert (poll.trouble, sorted(poll.rows)) == ("", list(range(1, 9)))


def test_a_site_that_ignores_modified_after_is_found_out() -> None:
    poll = ModifiedSince("2026-01-01T00:00:00", 3)
    assert poll.next_request()
    poll.feed(Listing((row(1, modified="2020-01-01T00:00:00"),), 1))
    assert poll.trouble == "the site does not filter by date of change"


def test_a_problem_ends_a_poll() -> None:
    poll = ModifiedSince("", 3)
    assert poll.next_request()
    poll.fail(Problem(ProblemKind.CONTENT, "500"))
    assert (poll.trouble, poll.next_request()) == ("500", None)


@pytest.mark.parametrize("seed", range(50))
def test_the_search_by_rank_finds_what_vanished(seed: int) -> None:
    random = Random(seed)
    held = sorted(random.sample(range(1, 100_000), 5000))
    gone = sorted(random.sample(held, random.randint(1, 6)))
    left = [id_ for id_ in held if id_ not in gone]
    search = RankSearch(held, len(left), 99)
    asked = 0
    while request := search.next_request():
        asked += 1
        search.feed(in_id_order(left, request))
    assert (search.trouble, sorted(search.vanished)) == ("", gone)
    assert asked <= 7 * len(gone)
    assert asked <= 2 * search_cost(5000, len(gone), 99) + 2


def test_the_search_gives_up_where_rows_are_not_shown() -> None:
    held = list(range(1, 1001))
    search = RankSearch(held, 999, 10)
    request = search.next_request()
    assert request
    place = bisect_left(held, 500)
    search.feed(Listing(tuple(map(row, held[place : place + 7])), 999))
    assert "does not show" in search.trouble


def test_the_search_gives_up_where_the_list_changes() -> None:
    search = RankSearch(list(range(1, 1001)), 999, 10)
    assert search.next_request()
    search.feed(Listing((), 998))
    assert "changed" in search.trouble


def test_a_list_on_one_page_is_whole_only_where_every_row_is_shown() -> None:
    rows = tuple(map(row, range(5, 0, -1)))
    assert is_whole(Listing(rows, 5), 99)
    assert not is_whole(Listing(rows, 6), 99)  # hidden rows, or a page that was cut
    assert not is_whole(Listing(rows, None), 99)
    assert not is_whole(Listing(rows, 5), 5)  # perhaps the total counts the page alone


def test_local_texts_are_moved() -> None:
    assert shifted("2026-03-01T00:30:00", -timedelta(hours=2)) == "2026-02-28T22:30:00"
    assert shifted("-0001-11-30T00:00:00", timedelta(1)) == "-0001-11-30T00:00:00"
    assert shifted("", timedelta(1)) == ""
