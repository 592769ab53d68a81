"""What the doctor says of the lists of a site."""

import pytest
from scrapy import Request

from crawler.commands.doctor import RequestBudget
from crawler.doctor.diagnosis import (
    REQUESTS_MAX,
    SECONDS_MAX,
    Diagnosis,
    OfferedType,
    diagnosis_lines,
    judge_types,
)
from crawler.errors import RunEnds

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


def test_lists_that_were_not_read_are_no_closed_ones_and_are_named_together():
    pages = OfferedType("page", "posts", "/wp/v2/pages", unread="429 Slow down")
    tags = OfferedType("post_tag", "terms", "/wp/v2/tags", unread="429 Slow down")
    diagnosis = Diagnosis("https://h.example/", state="open", types=[POSTS, pages, tags])
    judge_types(diagnosis)
    [problem] = diagnosis.problems
    assert problem.what == "page, post_tag could not be read (429 Slow down)"
    assert (diagnosis.state, diagnosis.exit_status) == ("open", 3)
    diagnosis = Diagnosis("https://h.example/", state="open", types=[pages])
    judge_types(diagnosis)
    assert (diagnosis.state, diagnosis.exit_status) == ("unknown", 4)


def test_thousands_of_names_are_a_few_lines():
    types = [OfferedType(f"type{n}", "posts", f"/wp/v2/type{n}") for n in range(2_000)]
    names = [f"plugin{n}/v1" for n in range(2_000)]
    diagnosis = Diagnosis("https://h.example/", types=types, other_namespaces=names)
    lines = list(diagnosis_lines(diagnosis))
    assert len(lines) < 100
    assert max(map(len, lines)) < 300


def test_a_look_asks_for_no_more_than_its_requests_and_its_time():
    now = [0.0]
    budget = RequestBudget(None, clock=lambda: now[0])
    for _ in range(REQUESTS_MAX):
        budget.process_request(Request("https://h.example/"))
    budget.process_request(Request("data:,"))
    with pytest.raises(RunEnds, match="12 requests"):
        budget.process_request(Request("https://h.example/"))
    budget = RequestBudget(None, clock=lambda: now[0])
    now[0] = SECONDS_MAX
    with pytest.raises(RunEnds, match=f"{SECONDS_MAX} s"):
        budget.process_request(Request("https://h.example/"))


def test_lists_that_are_never_read_are_named_once_for_each_reason():
    refused = [{"name": f"/health/{number}", "reason": "machinery"} for number in range(9)]
    refused.append({"name": "/orders", "reason": "about people"})
    lines = list(diagnosis_lines(Diagnosis("https://h.example/", refused_lists=refused)))
    (machinery,) = [line for line in lines if "machinery" in line]
    assert "never read (machinery): /health/0, " in machinery
    assert machinery.endswith(" and 1 more")
    assert "  lists that are never read (about people): /orders" in lines
