import re

import pytest
from hypothesis import given, settings

from tests.texts import MIXED
from wparchive.text.word_count import count_words, count_words_slowly


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
def test_the_fast_way_counts_as_the_slow_way_does(text: str) -> None:
    assert count_words(text) == count_words_slowly(text)


@pytest.mark.parametrize(
    "text",
    [
        "many different letters: " + "".join(map(chr, range(0x1E00, 0x1EF0))),
        "'’_' ’a _b_ ’",
        "e\u0301 and \u0301 alone",
        "½ ⅷ ² \ud800 x\ud800y",
        "один два-три",
        "中文、 한국어 ｶﾅ Ｗｉｄｅ",
    ],
)
def test_the_fast_way_leaves_the_special_to_the_slow_way(text: str) -> None:
    assert count_words(text) == count_words_slowly(text)


@given(MIXED)
def test_words_of_ascii_begin_with_a_letter_or_digit(text: str) -> None:
    only = text.encode("ascii", "ignore").decode()
    assert count_words(only) == len(re.findall(r"[A-Za-z0-9][A-Za-z0-9_']*", only))
