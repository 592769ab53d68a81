import contextlib
import gzip
import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.errors import (
    ApiError,
    BrokenJson,
    Challenge,
    NotJson,
    RuleRefused,
    TooLarge,
    Unavailable,
)
from crawler.rest.record_fields import record_id
from crawler.rest.responses import (
    MOST_RECORDS,
    RestResponse,
    api_error,
    read_json,
    read_object,
    read_page,
)
from tests.texts import JSON

RECORDED = sorted((Path(__file__).parents[4] / "samples").glob("*.*/*.json"))
BYTES = st.binary() | st.builds(
    lambda head, value, tail: head + json.dumps(value).encode() + tail,
    st.binary(max_size=8),
    JSON,
    st.binary(max_size=8),
)


def response(body, status=200, headers=None):
    return RestResponse("https://h/", status, headers or {}, body)


def records(body, status=200, headers=None):
    return read_page(response(body, status, headers)).records


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_recorded_lists_are_split_byte_for_byte(path):
    body = path.read_bytes()
    answer = read_page(response(body, headers={"x-wp-total": "45"}))
    assert [json.loads(raw) for raw in answer.records] == json.loads(body)
    assert all(raw in body for raw in answer.records)
    assert answer.total == 45
    assert [record_id(raw) for raw in answer.records] == [part["id"] for part in json.loads(body)]


@pytest.mark.parametrize(
    "body",
    [
        b'\xef\xbb\xbf[{"id":1}]',
        b"<br />\n<b>Warning</b>: Undefined variable $x in <b>/a/b.php</b> on line <b>3</b><br />\n"
        b'[{"id":1}]',
        b"<br /><b>Fatal error</b>: Uncaught Error: [] operator not supported for strings "
        b'in x.php:3<br />[{"id":1}]',
        b'Notice: array_merge(): [{"a": expected in x.php on line 3 [{"id":1}]',
        b'[{"id":1}]<!-- Performance optimized by Cache. --><!-- 12 queries -->',
        b'[{"id":1}]\n\n<!-- a ] } comment -->\n',
        b'[{"id":1}]' + b"<!---->" * 60,
        b'[{"id":1}]garbage',
        b'[{"id":1}]\nPHP Warning:  foo[] in /srv/x.php on line 3\n',
        b'[{"id":1}]<br />\n<b>Warning</b>: Undefined array key "x" in <b>/srv/p.php</b><br />\n',
        b'[{"id":1}]<!-- Host --><script>a=[1]; b=[{"id":9}, {"id":8}];</script><!-- End -->',
        b'[{"id":1}]<div id="query-monitor-main"><script>var qm={"a":[{"b":1}]};</script></div>',
        b'<b>Notice</b>: x[] in y.php<br />[{"id":1}]<br /><b>Notice</b>: {"" in y.php<br />',
    ],
)
def test_what_stands_around_the_json_is_taken_off(body):
    answer = read_page(response(body))
    assert answer.records == [b'{"id":1}']
    assert answer.repaired


@pytest.mark.parametrize("body", [b'[{"id":1}]', b'\n [\n {"id":1} ]\r\n', b'[\n  {"id":1}\n]\n'])
def test_white_space_is_no_damage(body):
    assert read_page(response(body)) == read_page(response(b'[{"id":1}]'))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  \n",
        b'[{"id":1},{"id":2',
        b'[{"id":1}',
        b'[] on line 3<br />[{"id":1}]x',
        b"[" * 100_000,
        b"null",
        b"false",
        b"{}",
        b'{"id":1}',
    ],
)
def test_what_is_no_whole_list_is_never_a_shorter_one(body):
    with pytest.raises((BrokenJson, NotJson)):
        records(body)


def test_a_list_with_holes_is_an_object_with_numbers_as_keys():
    assert records(b'{"0":{"id":5},"2":{"id":3}}') == [b'{"id":5}', b'{"id":3}']


@pytest.mark.parametrize("damage", ["[]", "[{}]", '[{"a":1}]', '{"a":[]}', "{main}"])
def test_brackets_of_a_notice_are_not_the_list(damage):
    assert records(f"Warning: {damage} in x.php<br>".encode() + b'[{"id":1},{"id":2}]') == [
        b'{"id":1}',
        b'{"id":2}',
    ]


@given(
    BYTES,
    st.integers(200, 599),
    st.dictionaries(st.sampled_from(["content-type", "x-wp-total", "location"]), st.text()),
)
def test_any_answer_is_read_or_named(body, status, headers):
    for read in (read_page, read_object):
        with contextlib.suppress(ApiError, NotJson, Unavailable, BrokenJson):
            read(response(body, status, headers))


def test_wordpress_errors():
    body = (
        b'{"code":"rest_invalid_param","message":"Invalid parameter(s): <b>per_page</b>",'
        b'"data":{"status":400,"params":{"per_page":"no"}}}'
    )
    with pytest.raises(ApiError) as caught:
        records(body, 400)
    assert (caught.value.status, caught.value.code, caught.value.parameters) == (
        400,
        "rest_invalid_param",
        {"per_page"},
    )
    assert str(caught.value) == "400 rest_invalid_param Invalid parameter(s): per_page"


@pytest.mark.parametrize(
    "data", [None, "", [], {}, {"status": "404"}, {"status": None, "params": 7}]
)
def test_an_error_s_data_has_many_types(data):
    assert api_error(404, {"code": "rest_no_route", "message": None, "data": data}) == ApiError(
        404, "rest_no_route"
    )


def test_parameters_come_as_map_or_list():
    assert api_error(400, {"data": {"params": ["per_page", "offset"]}}).parameters == {
        "per_page",
        "offset",
    }


def test_an_error_may_hide_behind_status_200():
    hidden = b'{"code":"rest_forbidden","message":"no","data":{"status":401}}'
    for read in (read_page, read_object):
        with pytest.raises(ApiError) as caught:
            read(response(hidden))
        assert caught.value.status == 401


def test_messages_cannot_write_to_a_terminal():
    assert str(api_error(403, {"message": "\x1b[2J\r\nno\x9b"})) == "403 [2J no"
    with pytest.raises(NotJson) as caught:
        records(b"<html><title>\x1b]0;x\x07Hi</title>")
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (403, b"<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>"),
        (
            202,
            b'<html><head><meta http-equiv="refresh" '
            b'content="0;/.well-known/sgcaptcha/?r=%2Fwp-json"></head></html>',
        ),
        (
            200,
            b"<html><head><title>One moment, please</title></head>"
            b"<body>imunify360-webshield</body></html>",
        ),
        (403, b"<html><title>Sucuri WebSite Firewall</title>sucuri.net</html>"),
    ],
)
def test_challenges_are_named(status, body):
    with pytest.raises(NotJson, match="challenge"):
        records(body, status)


def test_compression_that_no_header_names_is_unpacked():
    body = b'[{"id":1},{"id":2}]'
    for packed in (gzip.compress(body), gzip.compress(gzip.compress(body))):
        page = read_page(response(packed))
        assert (len(page.records), page.repaired) == (2, True)
    with pytest.raises(TooLarge, match="32 MiB when unpacked"):
        records(gzip.compress(b"[" + b" " * (40 << 20) + b"]"))
    for broken in (gzip.compress(body)[:10] + b"\xff" * 20, b"\x1f\x8b\x08" + b"\0" * 7 + b"\7"):
        with pytest.raises(BrokenJson, match="cannot be unpacked"):
            records(broken)
    with pytest.raises(BrokenJson, match="null where records were expected"):
        records(b"null\n")


def test_a_redirect_does_not_show_what_may_be_a_secret():
    to = "https://ann:pw@h.org/login?order=asc&token=SECRET&next=%2Fwp-json#key=SECRET"
    with pytest.raises(ApiError, match="redirects to https://") as caught:
        records(b"", 302, {"location": to})
    assert "SECRET" not in str(caught.value)
    assert "pw@" not in str(caught.value)
    assert "order=asc" in str(caught.value)


def test_pages_instead_of_json():
    home = (
        b"<!DOCTYPE html><html><head><title>My\n home</title>"
        b'<script type="application/ld+json">{"@type":"x"}</script></head></html>'
    )
    with pytest.raises(NotJson, match="'My home' instead of JSON"):
        records(home, headers={"content-type": "text/html"})
    with pytest.raises(ApiError, match="406 ModSecurity's refusal: Not Acceptable"):
        records(b"<html><head><title>Not Acceptable</title></head></html>", 406)


@pytest.mark.parametrize("body", [b"", b"<html>Moved</html>", b"[]"])
def test_a_redirect_is_no_list(body):
    with pytest.raises(ApiError, match="301 redirects to https://h/"):
        records(body, 301, {"location": "https://h/"})


@pytest.mark.parametrize(
    ("value", "total"),
    [
        ("0", 0),
        ("45", 45),
        ("", None),
        ("-1", None),
        ("\xb2", None),
        ("1, 1", None),
        ("9" * 30, None),
    ],
)
def test_totals(value, total):
    assert read_page(response(b"[]", headers={"x-wp-total": value})).total == total


def test_a_list_with_an_error_status_is_an_error():
    with pytest.raises(ApiError, match="500"):
        records(b'[{"id":1}]', 500)


@given(st.lists(st.fixed_dictionaries({"id": st.integers(1, 99), "x": JSON}), min_size=1))
@example([{"id": 1, "x": "<!-- ]"}])
def test_notices_on_both_sides_cost_no_record(values):
    body = json.dumps(values).encode()
    notice = b'<br />\n<b>Warning</b>: Undefined array key "x" in <b>/srv/p.php</b><br />\n'
    script = b'<script>var a = [{"id": 9}, {"id": 8}];</script>\n<!-- served in 0.1 s -->'
    expected = read_page(response(body)).records
    for spoilt in (notice + body, body + notice, body + script, notice + body + notice):
        page = read_page(response(spoilt))
        assert page.records == expected
        assert page.repaired


@pytest.mark.parametrize(
    "behind",
    [
        b'<br />\n<b>Warning</b>: Undefined array key "x" in <b>/srv/p.php</b><br />\n',
        b'\n<script>var b=[{"id":9}, {"id":8}];</script>',
    ],
)
def test_an_empty_page_with_something_behind_it_is_empty(behind):
    body = b"[]" + behind
    page = read_page(response(body))
    assert page.records == []
    assert page.repaired


def test_many_comments_are_taken_off_without_copying_the_text_for_each():
    body = b'Notice [{"id":1}]' + b"<!-- c -->" * 300_000
    assert len(read_page(response(body)).records) == 1  # minutes, were each comment a copy


def test_more_records_than_anybody_asks_for_are_refused():
    rows = b",".join([b"{}"] * MOST_RECORDS)
    assert len(records(b"[" + rows + b"]")) == MOST_RECORDS
    with pytest.raises(TooLarge, match="10,001 records in one answer"):
        records(b"[" + rows + b",{}]")


@pytest.mark.parametrize("pause", ["1", "0", "60", "Fri, 31 Dec 2099 23:59:59 GMT"])
@pytest.mark.parametrize(
    "body", [b"", b"<html><title>Slow down</title>", b'{"error":"blocked"}', b'{"code":"x"}']
)
def test_a_refusal_that_names_its_end_is_no_closed_site(pause, body):
    headers = {"retry-after": pause, "date": "Fri, 31 Dec 2099 23:59:00 GMT"}
    for read in (read_page, read_object, read_json):
        with pytest.raises(Unavailable, match="run again later"):
            read(response(body, 403, headers))
        with pytest.raises(ApiError):
            read(response(body, 403, headers | {"retry-after": "soon"}))


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b'{"code":"rest_disabled","message":"m"}', ApiError),
        (b"<html>Wordfence</html>", Challenge),
        (b"<title>Just a moment...</title>", Challenge),
        (b"<html>Mod_Security</html>", RuleRefused),
    ],
)
def test_who_closes_an_api_or_keeps_robots_out_does_so_with_a_pause_too(body, error):
    with pytest.raises(error):
        read_page(response(body, 403, {"retry-after": "5"}))
