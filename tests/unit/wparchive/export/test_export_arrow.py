import json
import subprocess
import sys
from datetime import UTC, datetime
from typing import get_type_hints

import pytest

from samples.documents import LIFE, post, ref
from wparchive.errors import ExtraMissing
from wparchive.export.arrow import (
    arrow_row,
    arrow_schema,
    arrow_table,
    optional_package,
    pandas_frame,
    polars_frame,
    record_batches,
)
from wparchive.model.documents import PostDocument

pa = pytest.importorskip("pyarrow")


def stored(id_, **fields):
    return {**post(id_, **fields), **LIFE}


def test_the_schema_has_every_documented_field():
    names = {"key" if name == "_id" else name for name in get_type_hints(PostDocument)}
    assert set(arrow_schema(raw=True).names) == names
    assert set(arrow_schema().names) == names - {"raw"}
    assert arrow_schema().field("published_at").type == pa.timestamp("us", tz="UTC")
    assert arrow_schema().field("terms").type.value_type.field("taxonomy").type == pa.string()


def test_a_post_survives_the_way_to_arrow():
    duplicate = {"of": "a/post/1", "kind": "near", "jaccard": 0.9, "containment": 0.95}
    fields = {
        "tags": [ref(1, "Ä")],
        "sketch": [-(2**63), 2**63 - 1],
        "duplicate": duplicate,
        "extra": [{"k": "x", "v": 1.5}, {"k": "y", "v": "z"}],
    }
    (got,) = arrow_table([stored(1, **fields)]).to_pylist()
    assert got["key"] == "example.com/blog/post/1"
    assert got["published_at"] == datetime(2024, 5, 17, 8, 30, tzinfo=UTC)
    assert got["sketch"] == [-(2**63), 2**63 - 1]
    assert got["tags"][0]["name"] == "Ä"
    assert got["duplicate"]["containment"] == 0.95
    assert got["extra"] == [{"k": "x", "v": "1.5"}, {"k": "y", "v": "z"}]
    assert got["featured_media"] is None


def test_batches_end_by_number():
    assert [batch.num_rows for batch in record_batches((stored(i) for i in range(5)), size=2)] == [
        2,
        2,
        1,
    ]
    assert list(record_batches([])) == []


def test_batches_end_by_size(monkeypatch):
    monkeypatch.setattr("wparchive.export.arrow.BATCH_CHARACTERS", 100)
    assert [batch.num_rows for batch in record_batches([stored(1, text="x" * 99), stored(2)])] == [
        1,
        1,
    ]


def test_an_empty_selection_still_has_its_columns():
    assert arrow_table([]).column_names == arrow_schema().names


def test_data_frames_keep_unknown_integers_and_times():
    frame = pandas_frame([stored(1, parent=None), stored(2, parent=5)])
    assert frame["parent"].tolist()[1] == 5
    assert str(frame["parent"].dtype) == "Int64"
    assert frame["published_at"].dt.year.tolist() == [2024, 2024]
    tagged = polars_frame([stored(1, tags=[ref(1, "a"), ref(2, "b")])])
    assert tagged["tags"].list.len().to_list() == [2]


def test_raw_is_text_or_base64():
    import zlib

    assert json.loads(arrow_row(stored(1))["raw"]) == {"id": 1, "type": "post"}
    assert arrow_row({**stored(1), "raw": zlib.compress(b"\xff")})["raw_base64"] == "/w=="


def test_without_pyarrow_the_error_says_what_to_install():
    code = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from wparchive.export.arrow import arrow_schema\n"
        "from wparchive.errors import ExtraMissing\n"
        "try: arrow_schema()\nexcept ExtraMissing as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install " in done.stdout


def test_a_missing_module_is_named_by_the_package_that_brings_it():
    with pytest.raises(ExtraMissing, match=r"pip install nosuchpackage$"):
        optional_package("nosuchpackage.parquet")
