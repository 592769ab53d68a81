"""Addresses and Markdown in plain text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.cleaning.parse import plain_marks
from pipelines.cleaning.parse.plain_marks import Mark, split_at_marks, without_marks
from tests.cleaning import clean


def test_a_text_is_split_at_its_marks() -> None:
    text = "## See [the plan](https://site.example/p) and **act**: https://site.example/q."
    assert split_at_marks(text, begins_line=True) == [
        "See ",
        Mark("a", "the plan", "https://site.example/p"),
        " and ",
        Mark("strong", "act"),
        ": ",
        Mark("a", "https://site.example/q", "https://site.example/q"),
        ".",
    ]


_PARTS = ["[a](", "http:", "//", "h.org", ")", "!", "*", "**", "b", " ", "\n", "##"]


@given(st.lists(st.sampled_from(_PARTS), max_size=9).map("".join))
def test_marks_are_in_no_text_without_the_signs_that_are_looked_for(text: str) -> None:
    if plain_marks._MARK.search(text) is not None:
        assert plain_marks._may_have_marks(text)


def test_a_heading_begins_its_line() -> None:
    assert split_at_marks("## 2", begins_line=False) == ["## 2"]


@pytest.mark.parametrize(
    "text",
    [
        "a ** b ** c",
        "****",
        "[x](/y)",
        "http://",
        "x@https://a.example",
    ],
)
def test_what_is_no_mark_stays(text: str) -> None:
    assert split_at_marks(text, begins_line=True) == [text]


@given(
    st.lists(st.sampled_from(["**", "## ", "[", "](", ")", "https://a.example/", "x", " ", "!"]))
)
def test_the_text_of_marks_is_the_text_of_the_tags(parts: list[str]) -> None:
    text = "".join(parts)
    assert clean(f"<p>{text}</p>").text == " ".join(without_marks(text).split())


@pytest.mark.parametrize(
    "unit",
    ["**", "[", "[a](", "https://a.", "**a", "[x](http://a)", "https://a.example/))))", "!["],
)
def test_hostile_text_takes_linear_time(unit: str) -> None:
    # In quadratic time this would take hours, and the time limit of tests would end it.
    text = unit * (3_000_000 // len(unit))
    assert split_at_marks(text, begins_line=True)
