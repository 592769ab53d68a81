from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wparchive.backends.cursor import (
    IdentityPosition,
    PublishedPosition,
    decode_cursor,
    encode_cursor,
)
from wparchive.errors import InvalidQuery

TIMES = st.none() | st.datetimes(timezones=st.just(UTC))
KEYS = st.text(st.characters(exclude_categories=["Cs"]))


@given(TIMES, KEYS)
def test_a_position_comes_back(at, key):
    position = PublishedPosition(at, key)
    cursor = encode_cursor("posts/newest", position)
    assert decode_cursor("posts/newest", cursor, PublishedPosition) == position
    assert cursor.isascii()
    assert not set(cursor) & set("+/=&?#% "), "it can stand in an address as it is"


@given(st.text() | st.binary().map(lambda data: data.hex()))
def test_any_other_text_is_refused(text):
    with pytest.raises(InvalidQuery, match="not a cursor"):
        decode_cursor("posts/newest", text, PublishedPosition)


def test_a_cursor_of_another_list_says_which():
    cursor = encode_cursor("terms", IdentityPosition("a.org", "category", 5))
    with pytest.raises(InvalidQuery, match="continues terms, not media"):
        decode_cursor("media", cursor, IdentityPosition)


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 1.5, "5", None])
def test_numbers_that_no_database_compares_are_refused(number):
    cursor = encode_cursor("terms", ["a.org", "category", number])
    with pytest.raises(InvalidQuery, match="not a cursor"):
        decode_cursor("terms", cursor, IdentityPosition)


@pytest.mark.parametrize(
    "at", ["2024-05-17T00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
)
def test_times_without_a_zone_or_outside_of_the_calendar_are_refused(at):
    cursor = encode_cursor("posts/newest", [at, "a"])
    with pytest.raises(InvalidQuery, match="not a cursor"):
        decode_cursor("posts/newest", cursor, PublishedPosition)
