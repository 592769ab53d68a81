"""A plugin's record as a post."""

import json

import pytest

from crawler.parsing import parse_record
from crawler.rest.collections import Collection
from crawler.routes.plugin_shapes import KNOWN_SHAPES, UNKNOWN_SHAPE, shape_of_type
from tests.plugin_lists import event, product


def test_a_field_that_moves_does_not_stay_at_its_old_place() -> None:
    shape = shape_of_type("store_product")
    assert shape is not None
    post = shape.as_post(product(3))
    assert post["title"] == "Kettle &amp; pot No. 3"
    assert "name" not in post
    assert "short_description" not in post
    assert post["sku"] == "K-3"


def test_a_record_without_the_fields_of_its_shape_is_a_post_without_them() -> None:
    for shape in (*KNOWN_SHAPES, UNKNOWN_SHAPE):
        post = shape.as_post({"id": 1, "images": [], "image": False, "categories": False})
        assert post["id"] == 1
        assert "_embedded" not in post


def test_the_first_path_that_leads_to_a_value_counts() -> None:
    assert UNKNOWN_SHAPE.as_post({"id": 1, "title": "", "name": "Soup"})["title"] == "Soup"
    assert UNKNOWN_SHAPE.as_post({"id": 1, "title": {"rendered": "A"}})["title"] == {
        "rendered": "A"
    }


def test_events_have_the_times_of_their_publication() -> None:
    raw = event(5)
    shape = shape_of_type("calendar_event")
    collection = Collection("posts", "calendar_event", "/x", shape=shape)
    item = parse_record(json.dumps(raw).encode(), collection, "example.com", "https://example.com/")
    assert str(item.published_at) == "2025-03-01 11:30:00+00:00"
    assert item.published_local == "2025-03-01T12:30:00"
    assert item.term_ids == {}


def test_those_who_organise_an_event_are_left_to_the_raw_record() -> None:
    raw = event(5) | {"organizer": [{"organizer": "Somebody", "phone": "555 0100"}]}
    shape = shape_of_type("calendar_event")
    collection = Collection("posts", "calendar_event", "/x", shape=shape)
    item = parse_record(json.dumps(raw).encode(), collection, "example.com", "https://example.com/")
    assert "555 0100" not in str(item.extra)
    assert b"555 0100" in item.raw


@pytest.mark.parametrize(
    ("price", "digits", "text"), [("1905", 2, "19.05"), ("5", 2, "0.05"), ("1905", 0, "1905")]
)
def test_prices_are_decimal_numbers_of_their_currency(price: str, digits: int, text: str) -> None:
    shape = shape_of_type("store_product")
    assert shape is not None
    prices = {"price": price, "currency_minor_unit": digits, "currency_code": "EUR"}
    post = shape.as_post({"id": 1, "prices": prices})
    assert (post["price"], post["currency"]) == (text, "EUR")
    assert "price" not in shape.as_post({"id": 1, "prices": {"price": "from 3"}})
