"""Scrubbing HTML before it is parsed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.cleaning.parse.events import MAX_TAGS, scrub, scrub_slowly

PIECES = st.sampled_from(
    [
        "a",
        "<",
        "é",
        "漢",
        "&",
        "&#",
        "&#27;",
        "&#x1B",
        "&#0271",
        "&#10;",
        "\x00",
        "\x9b",
        "\xc2",
        "\ud800",
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)), st.integers(0, 40), st.integers(0, 4))
def test_the_fast_way_does_what_the_slow_way_does(html: str, max_bytes: int, tags: int) -> None:
    assert scrub(html, max_bytes, tags) == scrub_slowly(html, max_bytes, tags)


def test_a_post_has_not_more_tags_than_anybody_can_pay_for() -> None:
    html = "<b>" * MAX_TAGS + "<i>x"
    assert scrub(html, len(html)) == ("<b>" * MAX_TAGS, ["truncated"])
    assert scrub(html[:-4], len(html)) == ("<b>" * MAX_TAGS, [])


@pytest.mark.parametrize(
    ("html", "scrubbed", "flags"),
    [
        ("a\tb\r\n", "a\tb\r\n", []),
        ("a\x00b\x7f\x9dc\x9c", "abcœ", []),
        ("&#27;[31m", "[31m", []),
        ("&#128; &#271;", "&#128; &#271;", []),
        ("\udcffx", "\ufffdx", ["surrogates"]),
        ("twelve bytes and more", "twelve bytes and", ["truncated"]),
        ("fifteen bytes 漢", "fifteen bytes ", ["truncated"]),
    ],
)
def test_what_goes_and_what_is_flagged(html: str, scrubbed: str, flags: list[str]) -> None:
    assert scrub(html, 16) == (scrubbed, flags)
