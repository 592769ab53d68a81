from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wparchive.errors import InvalidQuery
from wparchive.model.query import (
    Clause,
    bare,
    link_forms,
    occurs,
    parse_query,
    parse_since,
    parse_until,
)
from wparchive.text.search_tokens import tokens

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def test_words_phrases_exclusions_and_prefixes():
    query = parse_query('Heat "New York" clim* -gas -"oil fire" -die*')
    assert query.required == (
        Clause(("heat",)),
        Clause(("new", "york")),
        Clause(("clim",), prefix=True),
    )
    assert query.excluded == (
        Clause(("gas",)),
        Clause(("oil", "fire")),
        Clause(("die",), prefix=True),
    )


def test_curly_quotes_are_quotes():
    assert parse_query("“new york”") == parse_query('"new york"')


def test_a_word_of_several_tokens_is_a_phrase():
    assert parse_query("e-mail").required == (Clause(("e", "mail")),)


def test_scripts_without_spaces_become_adjacent_pairs():
    assert parse_query("東京都").required == (Clause(("東京", "京都")),)


def test_one_character_of_such_a_script_is_the_beginning_of_a_pair():
    assert parse_query("東").required == (Clause(("東",), prefix=True),)
    assert parse_query("a").required == (Clause(("a",), prefix=False),)


@pytest.mark.parametrize("expression", ["", "   ", "!!!", "-only", '-"only these"', '""', "-"])
def test_nothing_to_search_for_is_refused(expression):
    with pytest.raises(InvalidQuery, match="nothing to search for"):
        parse_query(expression)


def test_an_open_quotation_mark_is_refused():
    with pytest.raises(InvalidQuery, match="never closed"):
        parse_query('"new york')


@given(st.text())
def test_any_expression_is_read_or_refused(expression):
    try:
        query = parse_query(expression)
    except InvalidQuery:
        return
    assert all(clause.tokens for clause in query.required + query.excluded)


@given(st.text())
def test_a_text_is_found_by_itself(text):
    found = tokens(text)
    if found:
        assert occurs(Clause(tuple(found)), found)


def test_occurs_wants_adjacent_tokens_in_order():
    words = ["new", "york", "new", "jersey"]
    assert occurs(Clause(("new", "jersey")), words)
    assert occurs(Clause(("york", "ne"), prefix=True), words)
    assert not occurs(Clause(("york", "ne")), words)
    assert not occurs(Clause(("jersey", "new")), words)
    assert not occurs(Clause(("new", "york", "city")), ["new", "york"])


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
        ("6w", NOW - timedelta(weeks=6), NOW - timedelta(weeks=6)),
    ],
)
def test_dates_mean_the_period_that_they_name(text, since, until):
    assert parse_since(text, NOW) == since
    assert parse_until(text, NOW) == until


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2024-13", "2023-02-29", "17.05.2024", "99999y", "0000", "2024-W10-x"]
)
def test_other_dates_are_refused_with_the_forms(text):
    with pytest.raises(InvalidQuery, match="write 2024, 2024-05"):
        parse_since(text, NOW)


def test_addresses_are_compared_without_what_does_not_matter():
    assert bare(" HTTPS://Example.com/Blog/#top ") == "example.com/Blog"
    assert bare("//example.com/") == bare("example.com") == "example.com"


@pytest.mark.parametrize(
    "given_", ["https://a.org/%E6%97%A5/", "http://a.org/%e6%97%a5", "a.org/日"]
)
def test_a_link_is_looked_for_in_every_spelling(given_):
    assert {"https://a.org/%e6%97%a5/", "https://a.org/%E6%97%A5", "http://a.org/日/"} <= set(
        link_forms(given_)
    )
