from datetime import UTC, datetime, timedelta

import pytest

from archive.commands.output import age, bars, moment, one_line, table

NOW = datetime(2026, 3, 10, tzinfo=UTC)


def test_columns_are_aligned_by_what_a_terminal_shows():
    assert table(["a", "count"], [["日本", "5"], ["x", "1,000"]], right=frozenset({1})) == "a     count\n日本      5\nx     1,000"


def test_bars_are_proportional_and_never_vanish():
    lines = bars({"a": 1000, "bb": 500, "c": 1}, width=8).split("\n")
    assert lines == ["a   1,000  ████████", "bb    500  ████", "c       1  ▏"]


def test_lines_are_cut_by_cells():
    assert one_line("a\n b", 10) == "a b"
    assert one_line("日本語のテキスト", 7) == "日本語…"


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(days=3), "3 d ago"),
        (timedelta(hours=5, minutes=59), "5 h ago"),
        (timedelta(minutes=2), "2 min ago"),
        (timedelta(seconds=5), "just now"),
    ],
)
def test_ages(passed, said):
    assert age(NOW - passed, NOW) == said


def test_what_is_not_known_is_said():
    assert age(None, NOW) == "never"
    assert moment(None) == "-"
