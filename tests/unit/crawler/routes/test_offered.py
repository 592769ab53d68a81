"""Which lists outside `wp/v2` a site offers, and which of them are read."""

from typing import Any

import pytest

from crawler.errors import BrokenJson
from crawler.rest.responses import RestResponse, read_page
from crawler.routes.offered import (
    MOST_UNKNOWN,
    known_collections,
    recognised,
    type_of,
    unknown_routes,
)
from crawler.routes.plugin_shapes import KNOWN_SHAPES, shape_of_type
from crawler.routes.shape import RouteShape


def described(**args: Any) -> dict[str, Any]:
    return {"namespace": "x/v1", "endpoints": [{"methods": ["GET"], "args": args}]}


def test_the_types_of_the_table_are_unique_and_no_names_of_wordpress() -> None:
    types = [shape.type for shape in KNOWN_SHAPES]
    assert len(types) == len(set(types))
    assert not {"post", "page", "product", "menu", "course", "tribe_events"} & set(types)


def test_the_newest_version_of_a_list_is_read() -> None:
    both = {"/wc/store/products": described(), "/wc/store/v1/products": described(page={})}
    [products] = known_collections(both)
    assert products.route == "/wc/store/v1/products"
    assert "page" in products.capabilities.parameters


def test_a_list_does_not_mix_with_a_type_of_the_site() -> None:
    routes = {"/wc/store/v1/products": described()}
    assert known_collections(routes, {"store_product"}) == []


def test_a_route_without_pages_is_a_whole_list() -> None:
    [menus] = known_collections({"/menus/v1/menus": described()})
    assert menus.shape is not None
    assert menus.shape.is_whole
    [events] = known_collections({"/tribe/events/v1/events": described(page={}, per_page={})})
    assert events.shape is not None
    assert not events.shape.is_whole


def test_only_lists_that_visitors_may_ask_for_are_looked_at() -> None:
    routes = {
        "/": described(),
        "/wp/v2/posts": described(),
        "/acme/v1": described() | {"namespace": "acme/v1"},
        "/acme/v1/recipes": described(page={}),
        "/acme/v1/recipes/(?P<id>[\\d]+)": described(),
        "/acme/v1/near": described(place={"required": True}),
        "/acme/v1/sent": {"endpoints": [{"methods": ["POST"], "args": {}}]},
        "/wc/store/v1/products": described(),
    }
    assert unknown_routes(routes) == (["/acme/v1/recipes"], [])


def test_a_site_with_very_many_lists_costs_a_bounded_number_of_requests() -> None:
    routes = {f"/acme/v1/list-{number}": described() for number in range(MOST_UNKNOWN + 3)}
    found, refused = unknown_routes(routes)
    assert len(found) == MOST_UNKNOWN
    assert len(refused) == 3


def test_lists_are_recognised_by_their_shape() -> None:
    plain = recognised("/acme/v1/recipes", b'[{"id": 4, "name": "Soup"}]')
    assert isinstance(plain, RouteShape)
    assert plain.wrapper == ""
    assert plain.as_post({"id": 4, "name": "Soup"})["title"] == "Soup"
    wrapped = recognised("/acme/v1/recipes", b'{"rows": [{"ID": 4}], "total": 1}')
    assert isinstance(wrapped, RouteShape)
    assert wrapped.wrapper == "rows"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"[]", "empty"),
        (b'{"rows": [], "total": 0}', "empty"),
        (b'[{"name": "Soup"}]', "no ids"),
        (b"[1, 2]", "no ids"),
        (b'{"id": 4}', "no list"),
        (b'{"a": [{"id": 1}], "b": [{"id": 1}], "total": 1}', "no list"),
        (b'"text"', "no list"),
        (b'[{"id": 1}, {"name": "Soup"}, {"id": 3}]', "1 of the first 3 records have no id"),
    ],
)
def test_what_is_no_list_is_said(answer: bytes, reason: str) -> None:
    found = recognised("/acme/v1/recipes", answer)
    assert isinstance(found, str)
    assert reason in found


def test_what_is_cut_off_is_no_answer() -> None:
    with pytest.raises(BrokenJson, match="decoded"):
        recognised("/acme/v1/recipes", b"[{")


def test_an_empty_list_is_one_where_its_records_are_held() -> None:
    plain = recognised("/acme/v1/recipes", b"[]", is_held=True)
    assert isinstance(plain, RouteShape)
    wrapped = recognised("/acme/v1/recipes", b'{"rows": [], "total": 0}', is_held=True)
    assert isinstance(wrapped, RouteShape)
    assert wrapped.wrapper == "rows"


def test_the_shape_of_a_document_follows_from_its_type() -> None:
    assert shape_of_type("post") is None
    shape = shape_of_type("store_product")
    assert shape is not None
    assert shape.fields["title"] == ("name",)
    unknown = shape_of_type(type_of("/acme/v1/recipes"))
    assert unknown is not None
    assert unknown.as_post({"ID": "7", "label": "Soup"})["id"] == "7"


def test_records_in_a_wrapper_keep_their_bytes_and_totals() -> None:
    shape = shape_of_type("calendar_event")
    body = b'{"events":[{"id":1, "price": 10.50}],"total":"61","total_pages":61}'
    page = read_page(RestResponse("https://example.com/", 200, {}, body), shape)
    assert page.records == [b'{"id":1, "price": 10.50}']
    assert (page.total, page.total_pages) == (61, 61)


def test_an_error_in_place_of_a_wrapper_is_an_error() -> None:
    shape = shape_of_type("calendar_event")
    body = b'{"code":"event-archive-page-not-found","message":"No.","data":{"status":404}}'
    with pytest.raises(Exception, match="event-archive-page-not-found"):
        read_page(RestResponse("https://example.com/", 404, {}, body), shape)
