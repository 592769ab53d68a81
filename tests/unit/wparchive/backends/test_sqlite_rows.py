import pickle
from datetime import UTC, datetime, timedelta, timezone, tzinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samples.documents import post, ref
from wparchive.backends.sqlite.rows import (
    TABLE_COLUMNS,
    RowDocument,
    from_row,
    iso_millis,
    iso_seconds,
    to_row,
)
from wparchive.model.lifecycle import decide, document_to_write, stored_time
from wparchive.model.storable import storable_document


class Autumn(tzinfo):
    """A night in which summer time ends, and an hour comes twice."""

    def utcoffset(self, at):
        return timedelta(hours=1 if at.fold else 2)


ZONES = st.sampled_from([UTC, timezone(timedelta()), timezone(timedelta(hours=9))])
TIMES = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=ZONES)


@given(TIMES)
def test_times_are_text_of_one_width_in_utc(at):
    utc = at.astimezone(UTC)
    assert iso_seconds(at) == f"{utc.year:04}-{utc:%m-%dT%H:%M:%S}Z"
    assert iso_millis(at) == f"{utc.year:04}-{utc:%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03}Z"


def test_an_hour_that_comes_twice_is_two_hours():
    first = datetime(2025, 10, 26, 2, 30, tzinfo=Autumn())
    assert [iso_millis(first), iso_millis(first.replace(fold=1))] == [
        "2025-10-26T00:30:00.000Z",
        "2025-10-26T01:30:00.000Z",
    ]


@pytest.mark.parametrize("text_of", [iso_seconds, iso_millis])
def test_times_beyond_the_calendar_are_refused(text_of):
    with pytest.raises(OverflowError):
        text_of(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=9))))


@given(TIMES, TIMES)
def test_a_document_comes_back_as_it_was(published, at):
    fields = {
        "published_at": published.replace(microsecond=0),
        "author": None,
        "featured_media": ref(3, "x") | {"url": "https://h.org/x"},
    }
    document = storable_document(
        "posts", post(1, sketch=[1, -5], sticky=True, tags=[ref(1, "tag")]) | fields
    )
    decision = decide(None, document, stored_time(at))
    document = document_to_write("posts", document, decision, None)
    row = dict(
        zip(
            (column.name for column in TABLE_COLUMNS["posts"]),
            to_row("posts", document),
            strict=True,
        )
    )
    assert from_row("posts", row) == document
    lazy = pickle.loads(pickle.dumps(RowDocument("posts", tuple(row), tuple(row.values()))))
    assert (dict(lazy), len(lazy)) == (document, len(document))
    assert ("text" in lazy, "text_of_another" in lazy) == (True, False)
    assert (row["author_id"], row["featured_media_id"], row["featured_media_url"]) == (
        None,
        3,
        "https://h.org/x",
    )
