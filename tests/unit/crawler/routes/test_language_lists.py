import pytest

from crawler.routes.language_lists import (
    MOST_LANGUAGES,
    codes_of_polylang,
    language_lists,
    lists_of_codes,
)


def index(**args):
    return {
        "/r": {"endpoints": [{"methods": ["POST"], "args": {}}, {"methods": "GET", "args": args}]}
    }


@pytest.mark.parametrize(
    ("args", "filters"),
    [
        (
            {"wpml_language": {"enum": ["en", "de"]}},
            (("wpml_language", "en"), ("wpml_language", "de")),
        ),
        ({"lang": {"enum": ["", "en", "pt-br"]}}, (("lang", "en"), ("lang", "pt-br"))),
        ({"lang": {"enum": {"0": "en", "2": "zh_Hans"}}}, (("lang", "en"), ("lang", "zh_Hans"))),
        (
            {"lang": {"enum": ["en", "de", "all", "../x", 7, None]}},
            (("lang", "en"), ("lang", "de")),
        ),
    ],
)
def test_the_index_names_the_lists_of_a_route(args, filters):
    assert language_lists(index(**args), "/r").filters == filters


@pytest.mark.parametrize(
    "args", [{}, {"lang": {}}, {"lang": {"enum": ["en"]}}, {"lang": {"enum": 7}}]
)
def test_one_language_needs_no_list_of_its_own(args):
    assert language_lists(index(**args), "/r") is None
    assert language_lists(index(**args), "/other") is None


@pytest.mark.parametrize("answer", [[], {}, None, "x", [7], [{"slug": None}], [{"name": "x"}]])
def test_an_answer_without_codes_names_no_list(answer):
    assert lists_of_codes(codes_of_polylang(answer)) is None


def test_the_languages_of_polylang_are_not_declared_by_a_route():
    lists = lists_of_codes(codes_of_polylang([{"slug": "en"}, {"slug": "de"}]))
    assert (lists.filters, lists.declared) == ((("lang", "en"), ("lang", "de")), False)


def test_languages_without_end_are_bounded():
    codes = [f"{a}{b}" for a in "abcdefghij" for b in "abcdefghij"]
    assert len(lists_of_codes(codes).codes) == MOST_LANGUAGES
