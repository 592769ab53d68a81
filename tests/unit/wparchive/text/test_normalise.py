import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.texts import MIXED
from wparchive.text.normalise import normalise, normalise_slowly


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("“It’s” — he said…", '"It\'s" -- he said...'),
        ("a\u00a0b\n\n\tc", "A b c"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
        ("ﬁne ＡＢＣ １２", "fine abc 12"),
        ("Straße", "STRASSE"),
        ("caf\u00e9", "cafe\u0301"),
        ("3×4 inch™", "3x4 inch(tm)"),
        ("``quoted''", '"quoted"'),
        ("العَرَبِيَّة", "العربيه"),
        ("أحمد إلى آخر", "احمد الي اخر"),
        ("كـــتاب", "کتاب"),
        ("ﻛﺘﺎﺏ", "كتاب"),
        ("می‌شود", "ميشود"),
        ("שָׁלוֹם", "שלום"),
        ("- one\n- two", "one two"),
        ("yes – no", "yes no"),
        ("cell | cell", "cell cell"),
        ("❤️", "❤"),
    ],
)
def test_what_only_looks_different_is_equal(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("-5", "5"),
        ("C++", "C"),
        ("3.5", "35"),
        ("$5", "€5"),
        ("pêcher", "pécher"),
        ("one two", "onetwo"),
        ("a b", "b a"),
        ("v1", "v2"),
    ],
)
def test_what_says_something_else_differs(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


def test_every_script_keeps_its_letters() -> None:
    for text in ("हिन्दी", "ไทย", "中文", "日本語", "한국어", "ქართული", "አማርኛ", "தமிழ்", "ខ្មែរ"):
        assert normalise(text) == text


@given(st.text())
@example("a\u064b\u0301")
@example("ا\u0654")
@example("\u2033'-\u00ad-")
@example("ŉ İ ǰ")
@example("\ud800")
def test_a_second_pass_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(MIXED)
@settings(max_examples=500)
@example("- a  --\t* b\n\n| ''c`` -")
@example("\u00a0-\u00a0–")
@example("が\u3099，か\u3099（Ａ\u0301）\u3000")
def test_no_short_way_changes_the_form(text: str) -> None:
    assert normalise(text) == normalise_slowly(text)


@pytest.mark.parametrize(
    "block", [range(0x250), range(0x2000, 0x2200), range(0x3000, 0x3400), range(0xFE00, 0x10000)]
)
def test_every_character_of_typography_takes_its_form(block: range) -> None:
    for code in block:
        for text in (chr(code), f"a{chr(code)}\u0301b", f"漢{chr(code)}か\u3099"):
            assert normalise(text) == normalise_slowly(text), hex(code)
