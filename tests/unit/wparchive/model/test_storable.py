"""Documents made storable. (What the databases then keep is in tests/contract/test_hostile.py.)"""

import math
import zlib
from collections import OrderedDict
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import reduce
from typing import Any

import bson
import msgspec
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from samples.documents import post
from wparchive import tuning
from wparchive.errors import DocumentRejected
from wparchive.model import storable as module
from wparchive.model.storable import (
    MAX_DOCUMENT_BYTES,
    compress,
    decompress,
    storable_document,
    storable_record,
)
from wparchive.model.storable_values import bounded_decoder
from wparchive.text.search_tokens import search_tokens

BSON_LIMIT = 16 * 1024 * 1024

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(st.characters(exclude_categories=()), max_size=8),
    st.binary(max_size=4),
    st.datetimes(
        timezones=st.sampled_from(
            [UTC, timezone(timedelta(hours=9)), timezone(timedelta(hours=-9))]
        )
    ),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=4), inner, max_size=4)
    ),
)


@given(values)
def test_whatever_a_field_holds_can_be_encoded(value):
    bson.encode(storable_document("posts", post(1) | {"extra": [{"k": "x", "v": value}]}))


@given(values)
def test_making_storable_twice_changes_nothing(value):
    once = storable_document("posts", post(1) | {"extra": [{"k": "x", "v": value}]})
    assert storable_document("posts", once) == once


class Text(str):
    """As of a parser: more than a string."""


numbers = st.integers(-(2**63) - 1, 2**64) | st.sampled_from([2**63 - 1, 2**63, -(2**63), 10**5000])
odd = st.sampled_from(
    [
        Text("more"),
        Text("\0"),
        Decimal(1),
        {1, 2},
        date(2026, 1, 1),
        datetime(2026, 1, 1),
        b"\0",
        math.nan,
        1e16,
        -0.0,
    ]
)
simple = scalars | numbers | odd
flat = st.dictionaries(
    st.text() | st.sampled_from(["\0", "\ud800", Text("k"), 1, 1.0, None]), simple, max_size=3
)
deep = st.integers(55, 65).map(lambda levels: reduce(lambda inner, _: [inner], range(levels), []))
nested = st.one_of(
    flat,
    st.lists(flat | simple, max_size=4),
    st.lists(flat).map(tuple),
    flat.map(OrderedDict),
    values,
    deep,
)


def sanitised(sanitise, record):
    """The copy with all its types, the flags and the size; the error alone where it is refused."""
    try:
        copy, sanitiser = sanitise(record)
    except DocumentRejected as error:
        return str(error), set(), 0
    return exactly(copy), sanitiser.flags, sanitiser.size


def exactly(value):
    """With the type of each part, in which True and 1 differ."""
    parts = (
        [*value.items()]
        if isinstance(value, dict)
        else value
        if isinstance(value, (list, tuple))
        else None
    )
    return type(value), repr(value) if parts is None else [exactly(part) for part in parts]


@given(st.dictionaries(st.sampled_from(["extra", "author", "sketch", "title"]), nested | simple))
def test_copying_at_once_or_part_by_part_is_the_same(record):
    *fast, fast_size = sanitised(module._sanitise, record)
    *exact, exact_size = sanitised(module._sanitise_part_by_part, record)
    assert fast == exact
    assert fast_size >= exact_size


def test_a_copy_is_independent():
    document = post(1, links=[{"url": "https://example.com/", "text": "one"}])
    copy = storable_document("posts", document)
    document["links"][0]["text"] = "two"
    document["tags"].append({})
    assert (copy["links"][0]["text"], copy["tags"]) == ("one", [])


def test_nothing_has_to_give_in_a_big_document_that_fits():
    document = post(1, links=[{"url": "https://example.com/" + "x" * 1000, "text": ""}] * 9_000)
    assert storable_document("posts", document) == document


def test_a_decoder_for_databases():
    decode = bounded_decoder(3).decode
    assert decode(b'{"a":[{"b":9223372036854775807}],"c":-9223372036854775808}') == {
        "a": [{"b": 2**63 - 1}],
        "c": -(2**63),
    }
    for refused in (
        b"[[[[]]]]",
        b"[9223372036854775808]",
        b"[-9223372036854775809]",
        b"[1e400]",
        b'["\\ud800"]',
        b"[NaN]",
    ):
        with pytest.raises(msgspec.DecodeError):
            decode(refused)


@given(st.binary())
def test_raw_is_kept_exactly(raw):
    assert decompress(compress(raw)) == raw


def test_a_clean_document_is_kept_as_it_is():
    document = post(
        1,
        flags=["repaired"],
        sketch=[1, -5],
        extra=[{"k": "n", "v": 2**63 - 1}, {"k": "f", "v": 1.5}, {"k": "b", "v": True}],
    )
    assert storable_document("posts", document) == document


def kept(**fields: Any) -> dict[str, Any]:
    return storable_document("posts", post(1) | fields)


def test_what_had_to_give_is_flagged_once():
    assert kept(title="\ud800", text="\udfff", flags=["surrogates"])["flags"] == ["surrogates"]
    assert kept(title="a\0", extra=[{"k": "x", "v": math.nan}])["flags"] == ["not_finite", "nul"]


def test_integers_keep_their_digits():
    assert kept(extra=[{"k": "x", "v": 2**63}])["extra"][0]["v"] == str(2**63)
    assert kept(extra=[{"k": "x", "v": 10**5000}])["extra"][0]["v"] == hex(10**5000)


def test_strings_of_parsers_become_plain_strings():
    found = BeautifulSoup("<p>text</p>", "html.parser").p
    assert found is not None
    assert type(kept(title=found.string)["title"]) is str


@pytest.mark.parametrize("filler", ["x", "é", "字"])
@pytest.mark.parametrize(
    "big",
    [
        lambda f: {"html": f * MAX_DOCUMENT_BYTES},
        lambda f: {"text": f * MAX_DOCUMENT_BYTES},
        lambda f: {
            "text": " ".join(f"{f * 50}{n}" for n in range(200_000)),
            "html": f * MAX_DOCUMENT_BYTES,
        },
        lambda f: {
            "title": f * MAX_DOCUMENT_BYTES,
            "excerpt": f * MAX_DOCUMENT_BYTES,
            "text": f * MAX_DOCUMENT_BYTES,
        },
        lambda f: {"raw": b"x" * (MAX_DOCUMENT_BYTES - 10_000), "text": f * 1_000_000},
        lambda f: {"links": [{"url": f * 900, "text": f}] * 20_000},
        lambda f: {"extra": [{"k": "x", "v": [1] * 2_000_000}]},
    ],
)
def test_a_huge_document_fits_together_with_its_search_tokens(filler, big):
    document = kept(**big(filler))
    assert document["flags"]
    assert len(bson.encode(document)) <= MAX_DOCUMENT_BYTES
    assert len(bson.encode(document | {"search": search_tokens(document)})) < BSON_LIMIT - 100_000


def test_html_stays_where_it_is_enough_to_leave_out_the_blocks():
    html = "h" * (MAX_DOCUMENT_BYTES // 3)
    document = kept(html=html, text=html, blocks=[{"kind": "paragraph", "text": html}])
    assert (document["html"], document["text"], document["blocks"]) == (html, html, [])
    assert document["flags"] == ["blocks_dropped"]


def test_raw_is_the_last_to_go():
    document = kept(
        raw=b"x" * (MAX_DOCUMENT_BYTES - 200_000), html="h" * 300_000, text="t" * 300_000
    )
    assert len(document["raw"]) == MAX_DOCUMENT_BYTES - 200_000
    assert (document["html"], document["blocks"]) == ("", [])
    assert document["flags"] == ["blocks_dropped", "html_dropped", "truncated"]


def test_a_document_without_room_left_is_refused():
    site = "x" * (MAX_DOCUMENT_BYTES + 1)
    with pytest.raises(DocumentRejected, match="nothing left to leave out"):
        storable_document("posts", post(1, site=site))


def test_times_inside_our_own_records_become_text():
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert storable_record({"at": at, "brakes": [{"at": at, "n": 1}], "x": ("a\0",)}) == {
        "at": at,
        "brakes": [{"at": "2026-01-01T00:00:00+00:00", "n": 1}],
        "x": ["a\ufffd"],
    }


@given(st.binary(max_size=3000))
def test_any_zlib_reads_what_was_compressed(raw):
    assert zlib.decompress(compress(raw)) == decompress(compress(raw)) == raw


def test_records_are_compressed_without_the_fast_library_too(monkeypatch):
    record = b'{"id": 1, "title": "words and words"}' * 20
    assert tuning.isal_zlib is not None  # it comes with the extra `crawl`
    fast = compress(record)
    monkeypatch.setattr(tuning, "isal_zlib", None)
    assert decompress(fast) == decompress(compress(record)) == record
    assert len(fast) < len(record) // 4
