"""After a run that goes on ends complete, the live posts of the archive are the visible posts.

Full runs are cut off at any place, several times, and editors work between them and meanwhile.
"""

from collections.abc import Callable

import pytest

from tests.simulation.blog import Blog
from tests.simulation.updates import Shelf, run_in_full
from tests.unit.crawler.phases.test_update_law import (
    HISTORIES,
    a_blog,
    check_law,
    let_time_pass,
)


def a_large_blog(seed: int) -> Blog:
    blog = a_blog(seed)
    for _ in range(60):
        blog.import_old()
    return blog


def check_histories(
    make: Callable[[int], Blog], restless: float, pause: Callable[[Blog], None]
) -> tuple[int, int]:
    """Check the law for random histories; return how many were complete and how many went on."""
    complete = 0
    gone_on = 0
    for seed in range(HISTORIES):
        blog, shelf = make(seed), Shelf()
        for _ in range(blog.random.randint(1, 3)):
            cut_off_at = blog.random.randint(1, 60)
            run_in_full(blog, shelf, restless=restless, cut_off_at=cut_off_at)
            pause(blog)
        before = len(blog.asked)
        ran = run_in_full(blog, shelf, restless=restless)
        gone_on += any("_fields=id,date" in address for address in blog.asked[before:])
        if ran.is_complete:
            complete += 1
            check_law(ran, shelf, seed)
    return complete, gone_on


@pytest.mark.parametrize("restless", [0.0, 0.1])
def test_the_law_holds_for_runs_that_go_on(restless: float) -> None:
    complete, gone_on = check_histories(a_large_blog, restless, let_time_pass)
    assert complete > HISTORIES * 0.9
    assert gone_on > HISTORIES / 2


def test_nothing_but_the_rest_is_read_where_nothing_changed() -> None:
    blog = a_large_blog(1)
    shelf = Shelf()
    run_in_full(blog, shelf, cut_off_at=40)
    held = len(shelf.live)
    assert held == 40
    before = len(blog.asked)
    assert run_in_full(blog, shelf).is_complete
    whole = [address for address in blog.asked[before:] if "_fields" not in address]
    assert len(whole) <= (len(blog.shown) - held) // 6 + 3
