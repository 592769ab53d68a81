from datetime import UTC, datetime

import pytest

from crawler.rest.plugin_fields import co_authors, translations
from crawler.rest.record_fields import record_times

ANN = {"id": 7, "name": "Ann Kern", "slug": "ann-kern"}
GUEST = {"id": 0, "name": "Guest & Co", "slug": "guest"}


def test_authors_of_publishpress_with_a_guest():
    found = co_authors(
        {
            "author": 7,
            "authors": [
                {"term_id": 3, "user_id": 7, "is_guest": 0, "slug": "ann-kern"}
                | {"display_name": "Ann Kern"},
                {"term_id": 9, "user_id": 0, "is_guest": 1, "slug": "guest"}
                | {"display_name": "Guest &amp; Co"},
            ],
        }
    )
    assert found == [ANN, GUEST]


@pytest.mark.parametrize(
    "record",
    [
        {"coauthors": [{"id": "7", "display_name": "Ann Kern", "user_nicename": "ann-kern"}]},
        {"co_authors": {"0": {"ID": 7, "name": "Ann Kern", "slug": "ann-kern"}}},
        {"newspack_author_info": [ANN, ANN]},
        {"authors": [], "coauthors": [ANN]},
    ],
)
def test_objects_of_other_fields(record):
    assert co_authors(record) == [ANN]


@pytest.mark.parametrize(
    "value", [None, "", [3, 4], {}, "Ann", [{}], [{"id": 3}], [None], [[1]], [{"name": ["x"]}]]
)
def test_what_names_nobody_is_nobody(value):
    assert co_authors({"authors": value, "coauthors": value}) == []


def test_persons_of_the_schema_are_hints_where_there_are_several():
    article = {"@type": ["Article", "BlogPosting"], "author": [{"name": "Ann"}, {"name": "Bo"}]}
    record = {"yoast_head_json": {"schema": {"@graph": [{"@type": "Person"}, article]}}}
    assert [(ref["name"], ref["hint"]) for ref in co_authors(record)] == [
        ("Ann", "seo"),
        ("Bo", "seo"),
    ]
    article["author"] = {"name": "Ann"}
    assert co_authors(record) == []


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"translations": {"en": 12, "fr": 34}}, [("fr", 34, None)]),
        ({"translations": {"en": "12", "pt_BR": "34"}}, [("pt-BR", 34, None)]),
        ({"polylang_translations": [{"locale": "fr", "id": 34}]}, [("fr", 34, None)]),
        (
            {
                "wpml_translations": [
                    {"locale": "fr_FR", "id": 34, "slug": "x", "href": "https://a.test/fr/x/"}
                ]
            },
            [("fr-FR", 34, "https://a.test/fr/x/")],
        ),
        (
            {"wpml_translations": {"fr": {"id": 34}, "de": {"href": "https://a.test/de/"}}},
            [("de", None, "https://a.test/de/"), ("fr", 34, None)],
        ),
        ({"translations": {"fr": "https://a.test/fr/"}}, [("fr", None, "https://a.test/fr/")]),
    ],
)
def test_translations_without_the_post_itself(record, expected):
    found = translations(record, 12)
    assert [(one["language"], one["id"], one["link"]) for one in found] == expected


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        "fr",
        {"fr": None},
        {"fr": 0},
        {"no language": 3},
        [3],
        [{"id": 3}],
        {"fr": [1]},
        {"fr": {"href": "javascript:x"}},
    ],
)
def test_what_names_no_translation_is_none(value):
    assert translations({"translations": value, "wpml_translations": value}, 12) == []


def test_names_of_plugins_are_one_line_without_controls():
    [ref] = co_authors({"authors": [{"id": 3, "display_name": "A\x1b[2J\u202eB\r\nC&#10;D"}]})
    assert ref["name"] == "A[2JB C D"


def test_no_record_has_endlessly_many():
    many = {f"en-{number:08}": number for number in range(1, 5000)}
    people = [{"id": number, "name": "N"} for number in range(1, 5000)]
    assert len(translations({"translations": many}, 0)) == 100
    assert len(co_authors({"authors": people})) == 100


@pytest.mark.parametrize(
    "head",
    [
        {"yoast_head_json": {"article_published_time": "2024-05-17T10:30:00+02:00"}},
        {"aioseo_head_json": {"article:published_time": "2024-05-17T08:30:00+00:00"}},
        {
            "aioseo_head_json": {
                "schema": {
                    "@graph": [{"@type": "BlogPosting", "datePublished": "2024-05-17T08:30:00Z"}]
                }
            }
        },
        {
            "rank_math_head": '<meta property="article:published_time" '
            'content="2024-05-17T10:30:00+02:00" />'
        },
        {
            "tsf": {
                "head": '<script type="application/ld+json">{"@type":"Article",'
                '"datePublished":"2024-05-17T08:30:00+00:00"}</script>'
            }
        },
    ],
)
def test_dates_of_seo_plugins_stand_in_for_those_of_the_record(head):
    published = datetime(2024, 5, 17, 8, 30, tzinfo=UTC)
    assert record_times(head)["published_at"] == published
    own = {"date_gmt": "2001-01-01T00:00:00", "modified_gmt": "2001-01-01T00:00:00"}
    assert record_times(head | own)["published_at"] == datetime(2001, 1, 1, tzinfo=UTC)
