import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.normalise import normalise


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
    [("-5", "5"), ("C++", "C"), ("3.5", "35"), ("$5", "€5"), ("pêcher", "pécher"), ("one two", "onetwo"), ("a b", "b a"), ("v1", "v2")],
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
