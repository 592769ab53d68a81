"""The sample site's collections answer as WordPress's controllers do.

tests/integration holds them against a real WordPress.
"""

import json
from typing import Any

import pytest

from demo.collection import Collection, Limits
from demo.parameters import ApiError
from demo.php_json import encode, select


def posts(count: int = 25) -> Collection:
    """Ids 2, 4, ... with equal dates in pairs."""
    records = [
        {"id": n * 2, "date": f"2020-01-{n // 2 + 1:02}T00:00:00", "slug": f"s{n}", "tags": [n % 3]}
        for n in range(1, count + 1)
    ]
    return Collection("post", "posts", "post", taxonomies={"post_tag": "tags"}).fill(records)


def tags(hierarchical: bool = False) -> Collection:
    return Collection("post_tag", "tags", "term", hierarchical).fill(
        {"id": n, "name": f"T{-n}", "slug": f"t{n}"} for n in range(1, 13)
    )


def ids(collection: Collection, **query: Any) -> list[int]:
    return [
        row.id for row in collection.page({name: str(value) for name, value in query.items()}).rows
    ]


def refusal(collection: Collection, limits: Limits | None = None, **query: Any) -> tuple[int, str]:
    with pytest.raises(ApiError) as raised:
        collection.page({name: str(value) for name, value in query.items()}, limits or Limits())
    return raised.value.status, raised.value.document["code"]


def test_order_and_slices() -> None:
    assert ids(posts(), orderby="id", order="asc", per_page=3) == [2, 4, 6]
    assert ids(posts(), orderby="id", order="asc", offset=20, per_page=10) == [42, 44, 46, 48, 50]
    assert ids(posts(), orderby="include", include="8,2,999,4") == [8, 2, 4]
    assert ids(posts(), orderby="id", exclude="50,48", per_page=2) == [46, 44]
    assert len(ids(posts())) == 10


def test_totals_of_slices() -> None:
    page = posts().page({"per_page": "10", "page": "3"})
    assert (len(page.rows), page.total, page.pages) == (5, 25, 3)
    beyond = posts().page({"offset": "25"})
    assert (beyond.rows, beyond.total) == ([], 0)  # the zero that must never be believed
    assert tags().page({"offset": "50"}).total == 12


def test_page_beyond_the_last() -> None:
    assert refusal(posts(), page=4) == (400, "rest_post_invalid_page_number")
    assert ids(tags(), page=4) == []
    assert Collection("post", "posts", "post").page({"page": "4"}).rows == []


def test_hierarchical_terms_have_no_offset() -> None:
    assert "offset" not in tags(hierarchical=True).parameters(Limits())
    assert ids(tags(hierarchical=True), orderby="id", order="asc", offset=5, per_page=2) == [1, 2]
    assert ids(tags(), orderby="id", order="asc", offset=5, per_page=2) == [6, 7]


def test_hidden_rows_are_counted_and_not_shown() -> None:
    collection = posts()
    collection.hide(4)
    page = collection.page({"orderby": "id", "order": "asc", "per_page": "3"})
    assert ([row.id for row in page.rows], page.total) == ([2, 6], 25)
    with pytest.raises(ApiError) as raised:
        collection.single(4)
    assert raised.value.status == 401


def test_what_is_gone_answers_as_wordpress() -> None:
    collection = posts()
    collection.withdraw(2)
    collection.delete(4)
    for id_, status, code in ((2, 401, "rest_forbidden"), (4, 404, "rest_post_invalid_id")):
        with pytest.raises(ApiError) as raised:
            collection.single(id_)
        assert (raised.value.status, raised.value.document["code"]) == (status, code)
    collection.put({"id": 2, "slug": "back"})
    assert collection.single(2).id == 2


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"per_page": 101}, "rest_invalid_param"),
        ({"per_page": 0}, "rest_invalid_param"),
        ({"page": "x"}, "rest_invalid_param"),
        ({"orderby": "rank"}, "rest_invalid_param"),
        ({"include": "1,b"}, "rest_invalid_param"),
        ({"after": "2024-01-01"}, "rest_invalid_param"),
        ({"orderby": "include"}, "rest_orderby_include_missing_include"),
        ({"orderby": "relevance"}, "rest_no_search_term_defined"),
    ],
)
def test_refusals(query: dict[str, Any], code: str) -> None:
    assert refusal(posts(), **query) == (400, code)


def test_dates_are_strict() -> None:
    assert ids(posts(), after="2020-01-12T00:00:00", orderby="id", order="asc") == [48, 50]
    assert ids(posts(), before="2020-01-01T00:00:01") == [2]


def test_terms_filter() -> None:
    assert ids(posts(), tags="1,2", orderby="id", order="asc", per_page=3) == [2, 4, 8]


def test_limits() -> None:
    assert refusal(posts(), Limits(orderby_id=False), orderby="id") == (400, "rest_invalid_param")
    assert "id" not in posts().parameters(Limits(orderby_id=False))["orderby"]["enum"]
    assert len(posts().page({"per_page": "20"}, Limits(cap_silent=7)).rows) == 7
    assert refusal(posts(), Limits(per_page=5), per_page=6) == (400, "rest_invalid_param")
    first = (
        posts()
        .page({"offset": "10", "orderby": "id", "order": "asc"}, Limits(offset=False))
        .rows[0]
    )
    assert first.id == 2


def test_bytes_are_served_untouched() -> None:
    body = b'{ "id": 7, "title": {"rendered": "\\ud800"}, "n": 1e400 }'
    collection = posts()
    collection.put(body)
    assert collection.single(7).body is body


def test_encode_and_select() -> None:
    assert encode({"a/b": "é"}) == b'{"a\\/b":"\\u00e9"}'
    value = {"a": {"b": 1, "c": 2}, "d": [{"e": 1, "f": 2}]}
    assert select(value, ["a.b", "d.e", "nothing"]) == {"a": {"b": 1}, "d": [{"e": 1}]}
    assert json.loads(encode(select([value], ["d"]))) == [{"d": [{"e": 1, "f": 2}]}]
