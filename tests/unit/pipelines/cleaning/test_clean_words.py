import re

import pytest
from hypothesis import given, settings

from pipelines.cleaning import count_words
from pipelines.cleaning.words import _LETTERS, _WORD
from tests.texts import MIXED


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("— … !", 0),
        ("one two  three", 3),
        ("don't can’t l’eau", 3),
        ("well-known", 2),
        ("हिन्दी में लिखना", 3),
        ("தமிழ் மொழி", 2),
        ("中文字", 3),
        ("日本語のテキスト", 8),
        ("ภาษาไทย", 7),
        ("ລາວ", 3),
        ("ខ្មែរ", 3),
        ("中文 and English", 4),
        ("안녕 세계", 2),
        ("می\u200cشود خبر", 2),
        ("naïve cafe\u0301", 2),
        ("“quoted” – dash", 2),
    ],
)
def test_words(text: str, words: int) -> None:
    assert count_words(text) == words


@given(MIXED)
@settings(max_examples=300)
def test_no_short_way_counts_otherwise(text: str) -> None:
    apostrophes = text.replace("’", "'")
    letters = sum(_LETTERS.fullmatch(character) is not None for character in apostrophes)
    assert count_words(text) == letters + len(_WORD.findall(_LETTERS.sub(" ", apostrophes)))


@given(MIXED)
def test_words_of_ascii_begin_with_a_letter_or_digit(text: str) -> None:
    only = text.encode("ascii", "ignore").decode()
    assert count_words(only) == len(re.findall(r"[A-Za-z0-9][A-Za-z0-9_']*", only))
