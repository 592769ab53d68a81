import pytest
from hypothesis import given
from hypothesis import strategies as st

from wparchive.errors import InvalidQuery
from wparchive.text.search_query import Clause, occurs, parse_query
from wparchive.text.search_tokens import tokens


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
