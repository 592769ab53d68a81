"""Search tokens in any script."""

import sqlite3
import string

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.texts import MIXED
from wparchive.text.search_tokens import (
    MAX_SEARCH_BYTES,
    MAX_TOKEN,
    MAX_TOKENS,
    PER_TOKEN,
    search_tokens,
    searchable,
    spaced_tokens,
    tokens,
    tokens_slowly,
)

TEXTS = st.text(st.characters(codec="utf-8"), max_size=60)
PLAIN_CJK = st.text(
    st.sampled_from("東京都庁へ行くカタカナーヶabz019、。「」（）！？・…—“’"),
    min_size=1,
    max_size=200,
)
JAPANESE = st.text(st.sampled_from("東京都庁へ行くカタカナー々"), min_size=2, max_size=20)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, World-wide 2025!", ["hello", "world", "wide", "2025"]),
        ("don’t “quote”—dash", ["don", "t", "quote", "dash"]),
        ("snake_case a.b@c", ["snake", "case", "a", "b", "c"]),
        ("Café NAÏVE Straße ΣΊΣΥΦΟΣ Ёлка", ["cafe", "naive", "strasse", "σισυφοσ", "елка"]),
        ("Cafe\u0301", ["cafe"]),
        ("ﬁne ＡＢＣ１２ ½ ™", ["fine", "abc12", "1", "2", "tm"]),
        ("العَرَبِيَّة كتـــاب", ["العربية", "كتاب"]),
        ("שָׁלוֹם", ["שלום"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("한국어 단어", ["한국어", "단어"]),
        ("東京都", ["東京", "京都"]),
        ("东", ["东"]),
        ("カタカナー が", ["かた", "たか", "かな", "なー", "が"]),
        ("ｶﾞ ﾗｰﾒﾝ", ["が", "らー", "ーめ", "めん"]),
        ("ภาษา", ["ภา", "าษ", "ษา"]),
        ("iPhone15を買う", ["iphone15", "を買", "買う"]),
        ("", []),
        ("👍🏽 … —", []),
    ],
)
def test_tokens(text, expected):
    assert tokens(text) == expected


@given(MIXED)
@settings(max_examples=500)
@example("ΑΣ’Α Σ’ Σ…Α")
@example("a" * 70 + " b")
@example("a" * 70 + "’漢")
@example("é" + "a" * 70 + "漢")
@example("“’\u0301a”’\u3099か")
def test_no_short_way_finds_other_tokens(text):
    assert tokens(text) == tokens_slowly(text)
    assert spaced_tokens(text).split() == tokens_slowly(text)


@pytest.mark.parametrize("length", [31, 32, 63, 64, 65, 95, 96, 128, 200])
@pytest.mark.parametrize("before", range(0, 66, 3))
def test_no_run_is_too_long_wherever_it_begins(before, length):
    text = "b " * before + "A" * length + ", b"
    assert tokens(text) == tokens_slowly(text)
    assert spaced_tokens(text).split() == tokens_slowly(text)


def test_spaced_tokens_of_long_texts_are_bounded():
    assert len(spaced_tokens("a " * (MAX_TOKENS + 5)).split()) == MAX_TOKENS


@given(TEXTS)
def test_tokens_of_tokens_are_the_same(text):
    once = tokens(text)
    again = [token for one in once for token in tokens(one)]
    assert again == once


@given(TEXTS)
def test_tokens_are_short_and_hold_no_ascii_separator(text):
    """FTS5's `ascii` tokenizer splits at ASCII signs that are neither letter nor digit, only."""
    for token in tokens(text):
        assert 0 < len(token) <= 4 * MAX_TOKEN
        assert not set(token) & {
            chr(n) for n in range(128) if chr(n) not in string.ascii_lowercase + string.digits
        }


@given(JAPANESE, st.data())
def test_any_part_of_two_characters_is_found_as_a_phrase(text, data):
    start = data.draw(st.integers(0, len(text) - 2))
    part = text[start : data.draw(st.integers(start + 2, len(text)))]
    whole, sought = tokens(text), tokens(part)
    assert any(whole[i : i + len(sought)] == sought for i in range(len(whole)))


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_fts5_indexes_exactly_these_tokens(texts):
    with sqlite3.connect(":memory:") as db:
        db.execute("CREATE VIRTUAL TABLE t USING fts5(x, content='', tokenize='ascii')")
        db.execute("CREATE VIRTUAL TABLE v USING fts5vocab(t, 'row')")
        db.executemany(
            "INSERT INTO t(rowid, x) VALUES (?, ?)",
            [(n, spaced_tokens(text)) for n, text in enumerate(texts)],
        )
        assert {row[0] for row in db.execute("SELECT term FROM v")} == {
            token for text in texts for token in tokens(text)
        }
    db.close()


def test_long_runs_are_cut_and_long_texts_bounded():
    assert tokens("x" * 100) == ["x" * 64, "x" * 36]
    assert tokens("é" * 100) == ["e" * 64, "e" * 36]
    assert len(tokens("a " * (MAX_TOKENS + 5))) == MAX_TOKENS
    assert len(tokens("字" * (MAX_TOKENS * 2))) == MAX_TOKENS


def post(**fields):
    return {"title": "", "text": "", "tags": [], "categories": [], "terms": []} | fields


def test_a_post_is_searched_by_title_text_and_names_of_terms():
    ref = {"id": 1, "name": "Tag One", "slug": "x"}
    unresolved = {"id": 2, "name": None, "slug": None}
    one = post(
        title="A b",
        text="b c",
        tags=[ref, unresolved],
        categories=[ref | {"name": "News"}],
        terms=[ref | {"name": "Jazz"}],
    )
    assert searchable(one) == ("A b", "b c", "Tag One\nNews\nJazz")
    assert search_tokens(one) == ["a", "b", "c", "tag", "one", "news", "jazz"]


def test_the_token_list_of_a_huge_post_stays_small():
    huge = search_tokens(post(text=" ".join(f"{n:0>60}" for n in range(100_000))))
    size = sum(len(token) + PER_TOKEN for token in huge)
    assert MAX_SEARCH_BYTES - 100 < size <= MAX_SEARCH_BYTES or len(huge) == 1_000_000 // 61 + 1


@given(PLAIN_CJK)
def test_the_short_way_for_chinese_and_japanese_finds_what_the_long_way_finds(text):
    assert tokens(text) == tokens_slowly(text)
    # Longer texts are taken apart by numpy.
    for longer in (text + "。" * 100, "漢" * 100 + text, text * 100):
        assert spaced_tokens(longer).split() == tokens_slowly(longer)


@pytest.mark.parametrize(
    "block",
    [range(0x3000, 0x3400), range(0x4E00, 0xA000), range(0x2010, 0x2030), range(0xFF00, 0xFFF0)],
)
def test_no_character_of_east_asia_is_read_otherwise_by_the_short_way(block):
    for code in block:
        for text in (chr(code), f"あ{chr(code)}漢", f"a{chr(code)}1", f"ア{chr(code)}" * 50):
            assert tokens(text) == tokens_slowly(text), hex(code)
            assert spaced_tokens(text).split() == tokens(text), hex(code)
