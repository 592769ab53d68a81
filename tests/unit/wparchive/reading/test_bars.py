"""Bars of a chart."""

from itertools import pairwise

from wparchive.reading.views import CHART_HEIGHT, CHART_WIDTH, bars, months_of


def test_months_without_posts_have_a_place_too():
    assert months_of({"2023-11": 2, None: 5, "2024-02": 1}) == {
        "2023-11": 2,
        "2023-12": 0,
        "2024-01": 0,
        "2024-02": 1,
    }
    assert months_of({None: 3}) == {}


def test_bars_stand_side_by_side_and_the_largest_is_the_highest():
    drawn = bars({"a": 1, "b": 4, "c": 0})
    assert [bar.count for bar in drawn] == [1, 4, 0]
    assert drawn[1].y == 0
    assert drawn[0].height * 4 == drawn[1].height
    assert drawn[2].height == 0
    assert all(one.x + one.width <= other.x for one, other in pairwise(drawn))
    assert drawn[-1].x + drawn[-1].width <= CHART_WIDTH
    assert all(bar.y + bar.height <= CHART_HEIGHT for bar in drawn)


def test_nothing_has_no_bars():
    assert bars({}) == []
    assert bars({"a": 0})[0].height == 0
