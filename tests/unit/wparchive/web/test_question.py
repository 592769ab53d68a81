"""Questions: from an address and back, as a command and as Python."""

import shlex
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wparchive.errors import InvalidQuery
from wparchive.web.question import LIST_FILTERS, PERIOD, PostQuestion, question_of

VALUES = st.text(min_size=1, max_size=8).map(str.strip).filter(bool)


@st.composite
def questions(draw):
    names = draw(st.lists(st.sampled_from(LIST_FILTERS), unique=True))
    filters = {
        name: tuple(draw(st.lists(VALUES, min_size=1, max_size=3, unique=True))) for name in names
    }
    for name in draw(st.lists(st.sampled_from(PERIOD), unique=True)):
        filters[name] = (draw(VALUES),)
    return PostQuestion(
        draw(st.just("") | VALUES),
        filters,
        draw(st.booleans()),
        draw(st.sampled_from([None, "newest", "oldest", "relevance"])),
    )


@given(questions())
def test_the_address_of_a_question_asks_it_again(question):
    query = question.address().partition("?")[2]
    assert question_of(parse_qsl(query)) == question


@given(questions(), VALUES)
def test_a_value_is_added_and_taken_back(question, value):
    if value in question.values("tag"):
        return
    with_it = question.with_value("tag", value)
    assert with_it.values("tag")[-1] == value
    assert with_it.without_value("tag", value) == question


def test_what_stands_in_the_address_of_a_page_and_is_no_filter_is_passed_over():
    assert question_of([("after", "x"), ("utm_source", "y"), ("q", " ")]) == PostQuestion()


def test_an_order_that_does_not_exist_is_refused():
    with pytest.raises(InvalidQuery, match="no order 'best'"):
        question_of([("order", "best")])


def test_a_question_is_a_command():
    question = PostQuestion("heat pump", {"tag": ("New York",), "since": ("2024",)}, unique=True)
    assert shlex.split(question.as_command()) == [
        *("wparchive", "search", "heat pump"),
        *("--tag=New York", "--since=2024", "--unique"),
    ]
    assert question.as_python("x.db").splitlines()[-1] == (
        "hits = archive.posts(tag=['New York'], since='2024', unique=True).search('heat pump')"
    )
