"""The writer of text, by itself: no HTML, no rules."""

from pipelines.cleaning.write.flow import LINE
from pipelines.cleaning.write.table import ONE_CELL
from pipelines.cleaning.write.text import TextWriter


def test_pieces_become_lines_and_lines_paragraphs() -> None:
    writer = TextWriter()
    writer.write("one ")
    writer.write(" piece")
    assert writer.break_line(LINE)
    assert not writer.break_line(LINE)
    writer.write("next line")
    writer.break_line()
    writer.write("next paragraph")
    assert writer.result() == "one piece\nnext line\n\nnext paragraph"


def test_what_was_written_since_a_bookmark_can_be_replaced() -> None:
    writer = TextWriter()
    writer.write("word")
    bookmark = writer.bookmark()
    writer.write("1")
    writer.write("2")
    assert writer.since(bookmark, max_pieces=2) == "12"
    assert writer.since(bookmark, max_pieces=1) is None
    writer.replace_since(bookmark, "[12]")
    assert writer.result() == "word[12]"


def test_a_bookmark_ends_with_its_line() -> None:
    writer = TextWriter()
    bookmark = writer.bookmark()
    writer.write("a")
    writer.break_line()
    writer.write("b")
    assert writer.since(bookmark, max_pieces=9) is None


def test_lists_within_a_row_are_not_those_around_the_table() -> None:
    writer = TextWriter()
    writer.start_list(None)
    writer.start_item(None)
    writer.start_table()
    writer.start_row()
    for value in "ab":
        writer.start_cell(ONE_CELL)
        writer.write(value)
        writer.end_cell()
    writer.end_row()
    writer.end_table()
    writer.end_item()
    writer.start_item(None)
    writer.write("next")
    writer.end_item()
    writer.end_list()
    assert writer.result() == "- a | b\n- next"
