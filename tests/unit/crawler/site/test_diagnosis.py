"""What the doctor says of the lists of a site."""

import pytest

from crawler.site.diagnosis import Diagnosis, OfferedType, judge_types

POSTS = OfferedType("post", "posts", "/wp/v2/posts")
MENUS = OfferedType("nav_menu", "posts", "/wp/v2/menus", closed="401", in_table=True)
OPEN_MENUS = OfferedType("wp_navigation", "posts", "/wp/v2/navigation", in_table=True)
CLOSED_POSTS = OfferedType("post", "posts", "/wp/v2/posts", closed="401")
CLOSED_MOVIES = OfferedType("movie", "posts", "/wp/v2/movies", closed="401")


@pytest.mark.parametrize(
    ("types", "state", "status"),
    [
        ([POSTS, MENUS], "open", 0),
        ([POSTS, CLOSED_MOVIES], "open", 3),
        ([CLOSED_POSTS, OPEN_MENUS], "closed", 4),
    ],
)
def test_closed_lists_count_as_in_a_crawl(types, state, status):
    diagnosis = Diagnosis("https://h.example/", state="open", types=types)
    judge_types(diagnosis)
    assert (diagnosis.state, diagnosis.exit_status) == (state, status)
    assert any("closed to visitors" in problem.what for problem in diagnosis.problems)
