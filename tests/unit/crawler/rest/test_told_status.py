import json

import pytest

from crawler.rest.responses import status_in_body, told_status


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ({"code": "wp_die", "message": "Updating", "data": {"status": 503}}, 503),
        ({"code": "x", "message": "", "data": {"status": "429"}}, 429),
        ({"code": 503, "message": "Wartung"}, 503),
        ({"status": 429, "title": "Too Many Requests", "type": "about:blank"}, 429),
        ({"statusCode": 403, "error": "Forbidden"}, 403),
        ({"error": {"code": 503, "message": "backend"}}, 503),
    ],
)
def test_an_error_says_its_status(value, status):
    assert told_status(value) == status


@pytest.mark.parametrize(
    "value",
    [
        {"id": 5, "code": 503, "message": "a product of this number"},
        {"name": "Site", "routes": {}, "code": 503},
        {"code": "x", "message": "fine", "data": {"status": 200}},
        {"code": "x", "message": "fine", "data": None},
        {"code": "x", "message": "fine", "data": {"status": True}},
        {"events": [], "total": 500, "status": 503},
        {},
    ],
)
def test_anything_else_says_none(value):
    assert told_status(value) is None


ERROR = json.dumps({"code": "x", "message": "y", "data": {"status": 503}}).encode()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (ERROR, 503),
        (b"\xef\xbb\xbf<br />Notice: x<br />" + ERROR + b"<!-- cache -->", 503),
        (ERROR.decode().encode("utf-16"), 503),
        (b"[" + ERROR + b"]", None),
        (b"", None),
        (b"  ", None),
        (b"<html></html>", None),
        (ERROR[:-4], None),
        (b'{"a":"' + b"x" * 100_000 + b'",' + ERROR[1:], None),
    ],
)
def test_the_error_of_a_body_is_found_whatever_stands_around_it(body, status):
    assert status_in_body(body, "application/json") == status
