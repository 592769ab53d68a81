import json
import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.rest.lenient_json import MAX_JSON_DEPTH, decode_record, find_json, split_records
from tests.texts import JSON


@given(st.lists(st.dictionaries(st.text(), JSON, max_size=3), max_size=4))
def test_the_lenient_splitter_agrees_with_the_strict_one(values):
    clean = json.dumps([decode_record(json.dumps(value).encode())[0] for value in values]).encode()
    assert split_records(clean) == [
        bytes(raw) for raw in msgspec.json.decode(clean, type=list[msgspec.Raw])
    ]


def bearable(value):
    """What BSON and SQLite take: 64-bit integers, finite numbers, encodable text."""
    if isinstance(value, dict):
        return all(bearable(key) and bearable(part) for key, part in value.items())
    if isinstance(value, list):
        return all(map(bearable, value))
    if isinstance(value, str):
        return value == value.encode().decode()
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    return not isinstance(value, float) or math.isfinite(value)


@given(JSON)
def test_decoded_records_fit_into_databases(value):
    record, flags = decode_record(json.dumps({"id": 1, "x": value}).encode())
    assert bearable(record)
    assert bool(flags) != (record == {"id": 1, "x": value})


@given(st.binary())
def test_decoding_raises_nothing_but_valueerror(raw):
    try:
        record, _ = decode_record(raw)
    except ValueError:
        return
    assert bearable(record)


@pytest.mark.parametrize(
    ("raw", "value", "flag"),
    [
        (b'{"a":"\\ud800x"}', "\ufffdx", "surrogates"),
        (b'{"a":"\\ud83d\\ude00"}', "\U0001f600", None),
        (b'{"a":"\xffx"}', "\ufffdx", "bad_utf8"),
        (b'{"a":123456789012345678901234567890}', "123456789012345678901234567890", "big_integers"),
        (b'{"a":%b}' % (b"9" * 5000), "9" * 5000, "big_integers"),
        (b'{"a":9223372036854775807}', 2**63 - 1, None),
        (b'{"a":NaN}', None, "not_finite"),
        (b'{"a":1e400}', None, "not_finite"),
        (b'{"a":"\x01"}', "\x01", None),
    ],
)
def test_what_is_done_to_a_value_is_flagged(raw, value, flag):
    assert decode_record(raw) == ({"a": value}, [flag] if flag else [])


@given(JSON, st.integers(0, MAX_JSON_DEPTH - 30), st.booleans())
def test_records_of_any_depth_are_decoded_alike(value, levels, lists):
    inner = decode_record(json.dumps({"x": value}).encode())[0]
    for _ in range(levels):
        inner = [inner] if lists else {"x": inner}
    raw = json.dumps({"x": inner, "big": 2**63}).encode()
    assert decode_record(raw) == ({"x": inner, "big": str(2**63)}, ["big_integers"])
    assert decode_record(json.dumps({"x": inner}).encode()) == ({"x": inner}, [])


def test_depth_is_counted_outside_of_strings():
    shallow = json.dumps({"id": 1, "content": "[{" * 500 + '\\"' + "]" * 9}).encode()
    assert decode_record(shallow)[0]["id"] == 1
    deep = b'{"id":1,"a":' + b"[" * MAX_JSON_DEPTH + b"]" * MAX_JSON_DEPTH + b"}"
    with pytest.raises(ValueError, match="nested deeper"):
        decode_record(deep)


def test_a_very_long_string_needs_no_stack():
    raw = json.dumps({"id": 1, "brackets": "[" * 200, "text": 'a"\\' * 2_000_000}).encode()
    assert decode_record(raw)[0]["id"] == 1


@pytest.mark.parametrize(
    ("body", "is_followed"),
    [
        (b"[]", False),
        (b"<b>Notice</b>: offset [1]<br />\n[]", False),
        (b"<b>Notice</b>: offset [1]<br />\n[]<!-- cached -->", False),
        (b"<b>Notice</b>: array_map(): [] given", True),
    ],
)
def test_what_stands_behind_the_json_is_told(body, is_followed):
    found = find_json(body, html=False)
    assert found is not None
    assert (found.text, found.is_followed) == (b"[]", is_followed)
