"""After an update that ends complete, the live posts of the archive are the visible posts.

The histories are random: posts are published, scheduled, imported with dates of the past, edited,
deleted, hidden and shown again, between the runs and while a run goes on.
"""

import os
from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest

from tests.simulation.blog import EVENTS, MISSED, Blog, one_event
from tests.simulation.updates import ModifiedAfter, Ran, Shelf, run_once

HISTORIES = int(os.environ.get("UPDATE_HISTORIES", "30"))
"""Random histories of each test; `UPDATE_HISTORIES=3000` for a night."""
RUNS = 6


def a_blog(seed: int, **fields: object) -> Blog:
    blog = Blog(Random(seed), **fields)  # type: ignore[arg-type]
    for _ in range(blog.random.choice((0, 3, 40, 80))):
        blog.import_old()
    return blog


def let_time_pass(blog: Blog) -> None:
    """Some hours or days, in which editors work."""
    for _ in range(blog.random.choice((0, 1, 4, 12))):
        blog.pass_time(timedelta(minutes=blog.random.randint(1, 600)))
        one_event(blog)
    blog.pass_time(timedelta(minutes=blog.random.randint(1, 600)))


def check_law(ran: Ran, shelf: Shelf, what: object) -> None:
    live = shelf.live
    assert ran.all_the_time - live.keys() == set(), ("missed", what)
    assert live.keys() - ran.at_some_time == set(), ("not visible", what)
    stale = {id_ for id_, version in ran.unedited.items() if live[id_] != version}
    assert stale == set(), ("an old version", what)


def check_histories(
    make: Callable[[int], Blog], restless: float = 0.0, histories: int = HISTORIES
) -> int:
    """Check the law after every complete run of random histories; return how many there were."""
    complete = 0
    for seed in range(histories):
        blog, shelf = make(seed), Shelf()
        for number in range(RUNS):
            ran = run_once(blog, shelf, restless=restless)
            if ran.is_complete:
                complete += 1
                check_law(ran, shelf, (seed, number))
            let_time_pass(blog)
    return complete


def test_the_law_holds() -> None:
    assert check_histories(a_blog) == HISTORIES * RUNS


def test_it_holds_while_the_site_changes() -> None:
    assert check_histories(a_blog, restless=0.1) > HISTORIES * RUNS * 0.9


def test_it_holds_without_modified_after() -> None:
    assert check_histories(lambda seed: a_blog(seed, has_modified_after=False), 0.05)


@pytest.mark.parametrize("offset_h", [-9.5, 5.5, 14.0])
def test_it_holds_in_any_time_zone(offset_h: float) -> None:
    assert check_histories(lambda seed: a_blog(seed, offset_h=offset_h), 0.05, 60)


def test_it_holds_behind_a_cache() -> None:
    assert check_histories(lambda seed: a_blog(seed, cache_age_s=1800), 0.05)


def test_it_holds_where_rows_are_counted_and_not_shown() -> None:
    def with_hidden_rows(seed: int) -> Blog:
        blog = a_blog(seed)
        for _ in range(3):
            blog.add(hidden=True)
        return blog

    assert check_histories(with_hidden_rows, 0.05)


def test_it_holds_when_the_time_zone_changes() -> None:
    events = EVENTS | {Blog.move: 3}
    assert check_histories(lambda seed: a_blog(seed, events=events))


def test_the_count_tells_of_what_no_poll_sees() -> None:
    assert check_histories(lambda seed: a_blog(seed, events=MISSED)) == HISTORIES * RUNS


def test_what_the_count_hides_too_is_found_by_a_reconcile() -> None:
    missed_by_updates = 0
    for seed in range(HISTORIES):
        blog, shelf = a_blog(seed, events=MISSED | {Blog.delete: 3, Blog.hide: 0.2}), Shelf()
        for _ in range(RUNS):
            run_once(blog, shelf)
            missed_by_updates += shelf.live != blog.shown
            let_time_pass(blog)
        check_law(run_once(blog, shelf, reconcile=True), shelf, seed)
    # The known limits of an update: as many posts vanished as appeared with old dates, or the site
    # began to count a post that it does not show.
    assert missed_by_updates < HISTORIES * RUNS * 0.1


def test_the_list_is_seldom_read() -> None:
    whole = runs = 0
    for seed in range(HISTORIES):
        blog, shelf = a_blog(seed, events=EVENTS), Shelf()
        for number in range(RUNS):
            ran = run_once(blog, shelf)
            scope = ran.count.proof and ran.count.proof.scope
            assert scope
            if number and len(shelf.live) > 30:
                runs += 1
                whole += scope.name == "everything"
            let_time_pass(blog)
    assert whole < runs * 0.3


def test_plain_polling_by_modified_after_breaks_it() -> None:
    wrong = 0
    for seed in range(HISTORIES):
        blog, control = a_blog(seed), ModifiedAfter()
        for _ in range(RUNS):
            control.run(blog)
            let_time_pass(blog)
        control.run(blog)
        wrong += control.held != blog.shown
    assert wrong > HISTORIES * 0.8
