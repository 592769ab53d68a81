from datetime import datetime, timedelta, timezone
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samples.documents import ref
from wparchive.reading.views import (
    crossed_counts,
    from_first_to_last,
    iso_time,
    marked_pieces,
    minute_text,
    public_fields,
    ranked_counts,
    ref_name,
    shares,
    span_text,
    text_difference,
)

AT = datetime(2024, 5, 17, 10, 30, 5, tzinfo=timezone(timedelta(hours=2)))


def test_a_reference_is_called_by_the_best_that_is_known():
    assert ref_name(ref(5, "News")) == "News"
    assert ref_name({"id": 5, "name": None, "slug": "news"}) == "news"
    assert ref_name({"id": 5, "name": "", "slug": None}) == "#5"


def test_times_are_in_utc():
    assert iso_time(AT) == "2024-05-17T08:30:05Z"
    assert minute_text(AT) == "2024-05-17 08:30"
    assert iso_time(None) is None


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (None, "-"),
        (timedelta(days=2, hours=5), "2 d"),
        (timedelta(hours=-3), "-3 h"),
        (timedelta(minutes=90), "1 h"),
        (timedelta(seconds=59), "at once"),
    ],
)
def test_spans_are_in_their_largest_unit(span, said):
    assert span_text(span) == said


def test_times_keep_their_order_and_are_never_cut():
    counts = {"2024": 1, None: 5, "2023": 9}
    assert list(ranked_counts(counts, "year", 1).items()) == [
        ("(none)", 5),
        ("2023", 9),
        ("2024", 1),
    ]


@pytest.mark.parametrize(
    ("counts", "group", "shown"),
    [
        ({"2021": 2, "2024": 1}, "year", {"2021": 2, "2022": 0, "2023": 0, "2024": 1}),
        ({"2023-11": 1, "2024-02": 3}, "month", {"2023-12": 0, "2024-01": 0}),
        ({"0999": 1, "1001": 1}, "year", {"0999": 1, "1000": 0, "1001": 1}),
        ({None: 4}, "month", {"(none)": 4}),
        ({"a": 1, "c": 1}, "tag", {"a": 1, "c": 1}),
    ],
)
def test_no_time_between_the_first_and_the_last_is_left_out(counts, group, shown):
    found = ranked_counts(counts, group, 20)
    assert found.items() >= shown.items()
    assert sum(found.values()) == sum(counts.values())


def test_other_counts_are_ranked_and_cut():
    counts = {"b": 2, "a": 2, None: 3, "": 1, "c": 1}
    assert list(ranked_counts(counts, "tag", 4).items()) == [
        ("(none)", 3),
        ("a", 2),
        ("b", 2),
        ("", 1),
    ]


def test_shares_are_of_the_largest():
    assert shares({"a": 4, "b": 1}) == {"a": 1.0, "b": 0.25}
    assert shares({}) == {}


def test_internal_fields_are_left_out():
    assert public_fields({"_id": "x", "raw": b"", "sketch": [], "sketch_version": 1}) == {
        "_id": "x"
    }


@given(st.text(), st.text())
def test_a_marked_difference_shows_both_texts(old, new):
    pieces = text_difference(old, new, full=True)

    def nothing(text):
        return ""

    assert marked_pieces(pieces, removed=str, added=nothing) == old
    assert marked_pieces(pieces, removed=nothing, added=str) == new


def test_a_difference_in_html_is_escaped_everywhere():
    pieces = text_difference("a <b> c", "a <b> d")
    shown = marked_pieces(
        pieces,
        removed=lambda text: f"<del>{escape(text)}</del>",
        added=lambda text: f"<ins>{escape(text)}</ins>",
        kept=escape,
    )
    assert shown == "a &lt;b&gt; <del>c</del><ins>d</ins>"


def test_long_stretches_that_stayed_are_left_out():
    same = "Word. " * 200
    (kept, *_) = text_difference(same + "Old.", same + "New.")
    assert len(kept.text) < len(same)


def test_a_series_begins_and_ends_where_there_is_something():
    assert from_first_to_last({"a": 0, "b": 1, "c": 0, "d": 2, "e": 0}) == {"b": 1, "c": 0, "d": 2}
    assert from_first_to_last({"a": 0}) == from_first_to_last({}) == {}


def test_counts_by_two_groups_are_series_of_the_same_months():
    pairs = {("a", "2024-01"): 2, ("a", "2024-03"): 1, ("b", "2024-02"): 1, (None, "2024-01"): 9}
    assert crossed_counts(pairs, "tag", "month", 2) == {
        "(none)": {"2024-01": 9, "2024-02": 0, "2024-03": 0},
        "a": {"2024-01": 2, "2024-02": 0, "2024-03": 1},
    }
    turned = {(month, tag): count for (tag, month), count in pairs.items()}
    assert crossed_counts(turned, "month", "tag", 2)["2024-01"] == {"(none)": 9, "a": 2}
