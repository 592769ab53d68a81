import pytest
from hypothesis import given
from hypothesis import strategies as st

from wparchive.text.diff import Piece, diff, shortened

WORDS = st.text(alphabet="ab .\n日本。!?", max_size=80)


def sides(pieces):
    return tuple("".join(p.text for p in pieces if p.what in kept) for kept in ("=-", "=+"))


@given(WORDS | st.text(), WORDS | st.text())
def test_pieces_join_to_both_texts(old, new):
    assert sides(diff(old, new)) == (old, new)


def test_equal_texts_have_no_changes():
    assert diff("One. Two.", "One. Two.") == [Piece("=", "One. Two.")]


def test_words_of_a_rewritten_sentence_are_matched():
    assert diff("It was cold. We left.", "It was hot. We left.") == [
        Piece("=", "It was "),
        Piece("-", "cold"),
        Piece("+", "hot"),
        Piece("=", ". We left."),
    ]


def test_neighbouring_changed_words_read_as_one_change():
    assert diff("a red fox ran", "a grey dog ran")[1:3] == [
        Piece("-", "red fox"),
        Piece("+", "grey dog"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "gone", "come"),
    [("今日は雨です。", "今日は晴れです。", "雨", "晴れ"), ("ฝนตก", "ฝนหยุด", "ตก", "หยุด")],
)
def test_characters_are_the_words_of_scripts_without_spaces(old, new, gone, come):
    assert [p.text for p in diff(old, new) if p.what != "="] == [gone, come]


def test_long_unchanged_stretches_are_shortened_on_the_side_of_no_change():
    pieces = list(
        shortened([Piece("=", "x" * 500), Piece("-", "old"), Piece("=", "y" * 500)], context=10)
    )
    assert pieces == [Piece("=", " … " + "x" * 10), Piece("-", "old"), Piece("=", "y" * 10 + " … ")]
