import json
from datetime import UTC, datetime, timedelta

import click
import pytest
from rich.cells import cell_len

from wparchive.commands.output import (
    bar_chart,
    cut_line,
    harmless,
    print_json_lines,
    styled,
    wrapped,
)
from wparchive.commands.text_tables import cut_middle, text_table
from wparchive.reading.views import age_text, minute_text

NOW = datetime(2026, 3, 10, tzinfo=UTC)


def test_columns_are_aligned_by_what_a_terminal_shows():
    assert (
        text_table(["a", "count"], [["日本", "5"], ["x", "1,000"]], right=frozenset({1}))
        == "a     count\n日本      5\nx     1,000"
    )


def test_bars_are_proportional_and_never_vanish():
    lines = bar_chart({"a": 1000, "bb": 500, "c": 1, "d": 0}).split("\n")
    whole = "█" * 24
    assert lines == [f"a   1,000  {whole}", f"bb    500  {whole[:12]}", "c       1  ▏", "d       0"]


def test_bars_fit_into_80_columns_with_their_shares():
    chart = bar_chart({"天気予報 " * 20: 1_234_567, "b": 617_283}, 2_469_134)
    assert all(cell_len(line) <= 78 for line in chart.split("\n"))
    assert "50.0%" in chart


def test_long_stretches_of_years_without_posts_are_one_line():
    years = {f"{year}": 0 for year in range(1954, 2025)} | {"1954": 1, "2020": 3, "2024": 1}
    assert [line.rstrip("█ ") for line in bar_chart(years, period="year").split("\n")] == [
        "1954  1",
        "... 65 years without posts (1955 to 2019) ...",
        "2020  3",
        *("2021  0", "2022  0", "2023  0"),
        "2024  1",
    ]
    assert len(bar_chart(years).split("\n")) == len(years)


def test_lines_are_cut_by_cells():
    assert cut_line("a\n b", 10) == "a b"
    assert cut_line("日本語のテキスト", 7) == "日本語…"


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
    assert age_text(NOW - passed, NOW) == said


def test_what_is_not_known_is_said():
    assert age_text(None, NOW) == "never"
    assert minute_text(None) == "-"


def test_control_characters_of_a_site_do_nothing_and_colours_stay():
    assert harmless("\x1b[1mbold\x1b[0m\ta\n") == "\x1b[1mbold\x1b[0m\ta\n"
    assert (
        harmless("\x1b]0;title\x07 \x9b2J \x1b[2J \r\x08")
        == "\ufffd]0;title\ufffd \ufffd2J \ufffd[2J \ufffd\ufffd"
    )


def test_what_turns_the_direction_of_writing_does_nothing():
    assert harmless("a\u202eb\u2066c\u2069") == "a\ufffdb\ufffdc\ufffd"
    assert harmless("a\u2028b\u2029") == "a\ufffdb\ufffd"
    assert harmless("\x1b[8mhidden\x1b[5m") == "\ufffd[8mhidden\ufffd[5m"
    assert harmless("\u05d0\u200f\u200d") == "\u05d0\u200f\u200d"


def test_json_escapes_what_would_be_replaced(capsys):
    print_json_lines([{"title": "a\u202e\x9b2J"}])
    printed = capsys.readouterr().out
    assert "\u202e" not in printed
    assert json.loads(printed) == {"title": "a\u202e\x9b2J"}


@pytest.fixture
def terminal(monkeypatch):
    """Return a function that puts a terminal of some columns on standard output."""

    def put(columns, kind="xterm"):
        monkeypatch.setattr("sys.stdout.isatty", lambda: True)
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setenv("TERM", kind)
        monkeypatch.delenv("NO_COLOR", raising=False)

    return put


def test_a_terminal_breaks_lines_at_words_and_a_pipe_none(terminal):
    text = "tags:       one two three, four 東京 and five\n\n  an indent of two and more words"
    assert wrapped(text, 12) == text
    terminal(24)
    assert wrapped(text, 12).split("\n")[:3] == [
        "tags:       one two",
        "            three, four",
        "            東京 and",
    ]
    assert wrapped("  an indent of two and more words").split("\n") == [
        "  an indent of two and",
        "  more words",
    ]
    endless = "link:       https://example.com/" + "x" * 40
    assert wrapped(endless, 12) == endless
    marked = click.style("one", bold=True)
    assert wrapped(" ".join([marked] * 12)).count("\n") == 1


def test_the_last_column_of_a_table_and_the_bars_fit_into_a_terminal(terminal):
    rows = [["2026-11-28", "word " * 30], ["2026-11-29", "タイトル" * 12]]
    whole = text_table(["found", "title"], rows)
    assert "…" not in whole
    for columns in (80, 40):
        terminal(columns)
        cut = text_table(["found", "title"], rows)
        chart = bar_chart({"タイトル" * 12: 12_345, "b": 2}, total=20_000)
        for line in [*cut.split("\n"), *chart.split("\n")]:
            assert cell_len(click.unstyle(line)) <= columns
        assert "…" in cut


def test_a_line_on_standard_error_breaks_where_its_own_terminal_ends(terminal, monkeypatch):
    line = "1 of 4 posts; Go on with --after " + "x" * 40
    terminal(60)
    monkeypatch.setattr("sys.stderr.isatty", lambda: False)
    assert wrapped(line, error=True) == line
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr("sys.stdout.isatty", lambda: False)
    assert wrapped(line) == line
    assert wrapped(line, error=True) == line.replace(" xx", "\nxx")


def test_addresses_in_a_table_lose_their_middle_on_a_terminal(terminal):
    address = "https://www.example.com/2026/03/" + "a-very-long-slug-" * 6 + "end/"
    rows = [["2026-03-10 10:00", "1", address, "KeyError", "it has no such thing"]]
    headers = ["last met", "times", "what", "cause", "message"]
    assert address in text_table(headers, rows, right=frozenset({1}))
    terminal(80)
    heading, row = text_table(headers, rows, right=frozenset({1})).split("\n")
    assert cell_len(row) <= 80
    assert cell_len(click.unstyle(heading)) <= 80
    assert "https://" in row
    assert "…" in row
    assert "end/  KeyError" in row
    assert cell_len(cut_middle("日本語のテキスト/ja", 11)) <= 11


@pytest.mark.parametrize("columns", [80, 60])
def test_a_row_that_cannot_be_cut_to_fit_takes_more_lines(terminal, columns):
    headers = [f"number {i}" for i in range(10)] + ["why"]
    rows = [[f"{i:,}" for i in range(1000, 1010)] + [""], ["1"] * 10 + ["it " + "failed " * 20]]
    right = frozenset(range(10))
    whole = text_table(headers, rows, right=right)
    assert len(whole.split("\n")) == 3
    terminal(columns)
    cut = click.unstyle(text_table(headers, rows, right=right))
    lines = cut.split("\n")
    assert all(cell_len(line) <= columns for line in lines)
    assert all(header in cut for header in headers)
    assert len(lines) > 3
    assert lines[1].startswith("  number")
    assert all(lines)


def test_a_terminal_that_knows_no_colours_gets_none(terminal):
    terminal(80)
    assert styled("x", bold=True) != "x"
    terminal(80, "dumb")
    assert styled("x", bold=True) == "x"
