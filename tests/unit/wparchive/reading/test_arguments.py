from datetime import UTC, datetime, timedelta

import pytest

from wparchive.errors import InvalidQuery
from wparchive.reading.arguments import (
    bare_address,
    link_forms,
    parse_since,
    parse_until,
    short_link_keys,
)

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("2024", datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)),
        ("2024-12", datetime(2024, 12, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)),
        ("2024-5", datetime(2024, 5, 1, tzinfo=UTC), datetime(2024, 6, 1, tzinfo=UTC)),
        ("2024-02-29", datetime(2024, 2, 29, tzinfo=UTC), datetime(2024, 3, 1, tzinfo=UTC)),
        (
            "2024-05-17T10:30+02:00",
            datetime(2024, 5, 17, 8, 30, tzinfo=UTC),
            datetime(2024, 5, 17, 8, 30, tzinfo=UTC),
        ),
        (
            "2024-05-17 10:30",
            datetime(2024, 5, 17, 10, 30, tzinfo=UTC),
            datetime(2024, 5, 17, 10, 30, tzinfo=UTC),
        ),
        ("2d", NOW - timedelta(days=2), NOW - timedelta(days=2)),
        ("5min", NOW - timedelta(minutes=5), NOW - timedelta(minutes=5)),
        ("5mo", NOW - timedelta(days=150), NOW - timedelta(days=150)),
        ("6w", NOW - timedelta(weeks=6), NOW - timedelta(weeks=6)),
    ],
)
def test_dates_mean_the_period_that_they_name(text, since, until):
    assert parse_since(text, NOW) == since
    assert parse_until(text, NOW) == until


def test_an_age_that_means_two_things_is_refused():
    with pytest.raises(InvalidQuery, match="5min or 5mo"):
        parse_since("5m", NOW)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5x",
        "yesterday",
        "2024-13",
        "2023-02-29",
        "17.05.2024",
        "99999y",
        "0000",
        "2024-W10-x",
        "9999-12-31",
        "0001-01-01T00:00+14:00",
    ],
)
def test_other_dates_are_refused_with_the_forms(text):
    with pytest.raises(InvalidQuery, match="write 2024, 2024-05"):
        parse_since(text, NOW)


def test_addresses_are_compared_without_what_does_not_matter():
    assert bare_address(" HTTPS://Example.com/Blog/#top ") == "example.com/Blog"
    assert bare_address("//example.com/") == bare_address("example.com") == "example.com"


@pytest.mark.parametrize(
    "given_", ["https://a.org/%E6%97%A5/", "http://a.org/%e6%97%a5", "a.org/日"]
)
def test_a_link_is_looked_for_in_every_spelling(given_):
    assert {"https://a.org/%e6%97%a5/", "https://a.org/%E6%97%A5", "http://a.org/日/"} <= set(
        link_forms(given_)
    )


@pytest.mark.parametrize(
    ("given_", "found"),
    [
        ("https://a.org/post/?utm_source=x&utm_medium=mail", "https://a.org/post/"),
        ("a.org/post?fbclid=1#top", "https://a.org/post/"),
        ("https://a.org/?p=3&utm_source=x", "https://a.org/?p=3"),
        ("https://a.org/post/?lang=de&gclid=y", "https://a.org/post/?lang=de"),
    ],
)
def test_what_tells_where_a_visitor_came_from_is_no_part_of_a_link(given_, found):
    assert found in link_forms(given_)


def test_other_parts_of_a_query_stay_in_a_link():
    assert "https://a.org/post/" not in link_forms("https://a.org/post/?lang=de")


@pytest.mark.parametrize(
    ("given_", "keys"),
    [
        ("https://A.org/?p=12", ("a.org/post/12", "a.org/page/12", "a.org/attachment/12")),
        ("a.org/blog/index.php?page_id=7&utm_source=x", ("a.org/blog/page/7",)),
        ("https://a.org/?post_type=movie&p=12", ("a.org/movie/12",)),
        ("https://a.org/?p=x", ()),
        ("https://a.org/post/12", ()),
    ],
)
def test_a_short_link_names_keys(given_, keys):
    assert short_link_keys(given_) == keys
