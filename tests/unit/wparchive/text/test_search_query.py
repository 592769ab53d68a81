import pytest
from hypothesis import given
from hypothesis import strategies as st

from wparchive.errors import InvalidQuery
from wparchive.text.occurrences import occurs
from wparchive.text.search_query import (
    Choice,
    Clause,
    HasName,
    Query,
    clauses_of,
    parse_query,
    split_by_words,
)
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
    assert all(clause.tokens for clause in clauses_of(query))
    assert query.required


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


DRAMA, NOH, TOKYO, HEAT = (Clause(tuple(tokens(word))) for word in ("drama", "noh", "東京", "heat"))


@pytest.mark.parametrize("expression", ["drama OR 東京", "drama | 東京", "(drama) OR (東京)"])
def test_or_is_no_word(expression):
    assert parse_query(expression) == Query((Choice((DRAMA, TOKYO)),))


def test_or_binds_less_than_words_side_by_side_and_parentheses_bind_most():
    assert parse_query("drama noh OR 東京") == Query((Choice((Query((DRAMA, NOH)), TOKYO)),))
    assert parse_query("drama (noh OR 東京)") == Query((DRAMA, Choice((NOH, TOKYO))))
    assert parse_query("drama AND （noh OR 東京）") == Query((DRAMA, Choice((NOH, TOKYO))))


def test_exclusions_of_groups_and_fields():
    assert parse_query("drama -(noh OR 東京)") == Query((DRAMA,), (Choice((NOH, TOKYO)),))
    assert parse_query("drama NOT noh -title:heat") == Query(
        (DRAMA,), (NOH, Clause(("heat",), field="title"))
    )


def test_fields_say_where_a_word_stands_or_name_what_a_post_has():
    assert parse_query("title:heat*").required == (Clause(("heat",), True, "title"),)
    assert parse_query('tag:"heat pump" author:ada') == Query(
        (HasName("tag", "heat pump"), HasName("author", "ada"))
    )
    assert parse_query("title:(heat OR noh)") == Query(
        (Choice((Clause(("heat",), field="title"), Clause(("noh",), field="title"))),)
    )


@pytest.mark.parametrize(
    "expression",
    [
        *("or and not", "10:30", "https://a.org/b", "Note: x", "std::vector", "C:\\Temp"),
        *('"foo:bar"', "AI：未来", "3d:print"),
    ],
)
def test_what_only_looks_like_an_operator_is_words(expression):
    assert all(isinstance(part, Clause) for part in parse_query(expression).required)


def test_operators_in_quotation_marks_are_words():
    assert parse_query('"drama OR noh"').required == (Clause(("drama", "or", "noh")),)


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("drama OR", "OR stands between"),
        ("OR drama", "OR stands between"),
        ("drama OR -noh", "OR stands between"),
        ("drama (-noh)", "stands alone"),
        ("(drama", "never closed"),
        ("drama)", "never opened"),
        ("drama NOT", "before nothing"),
        ("title:", "nothing stands after title:"),
        ("title:(text:x)", "a field stands within"),
        ("titel:drama", "did you mean title:"),
        ("body:drama", "did you mean text:"),
        ("term:drama", "a filter beside it: --term"),
        ("site:example.com", "--site"),
        ("foo:bar", 'foo: is no field of a search; there are title, .*: "foo:bar"'),
        ("heat -foo:bar", "foo: is no field"),
        ('foo:"heat pump"', "foo: is no field"),
        ("heat OR foo:(a b)", "foo: is no field"),
        ("lang:de", "the filter --language beside"),
        ("(" * 50 + "a" + ")" * 50, "too many parentheses"),
    ],
)
def test_what_is_not_understood_is_said(expression, why):
    with pytest.raises(InvalidQuery, match=why):
        parse_query(expression)


def test_a_search_is_split_into_words_that_rank_and_the_rest():
    words, rest = split_by_words(parse_query("heat -noh tag:x -author:y"))
    assert words == Query((HEAT,), (NOH,))
    assert rest == Query((HasName("tag", "x"),), (HasName("author", "y"),))
    mixed = parse_query("heat OR tag:x")
    assert split_by_words(mixed) == (None, mixed)
    assert split_by_words(parse_query("heat noh")) == (parse_query("heat noh"), None)
