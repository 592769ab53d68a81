"""Posts as Arrow record batches: the types that Parquet, pandas, polars and DuckDB get, derived from `wparchive/model/documents.py`."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    cast,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from wparchive.errors import ExtraMissing
from wparchive.export.readable import readable
from wparchive.model.documents import PostDocument
from wparchive.model.fields import bare_type

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

BATCH_CHARACTERS = 32_000_000
"""A batch ends by number or by the size of its texts, whichever comes first: posts of megabytes exist."""


def needed(package: str) -> Any:
    """An optional package. Raises ExtraMissing."""
    try:
        return import_module(package)
    except ModuleNotFoundError as error:
        raise ExtraMissing(
            f"{package} is needed for this and not installed: pip install 'wparchive[analysis]'"
        ) from error


@cache
def schema(raw: bool = False) -> "pa.Schema":
    """A column for each field of a post; `_id` is named `key`; lists stay lists of structs, times are UTC with microseconds."""
    pa = needed("pyarrow")
    hints = get_type_hints(PostDocument)
    names = [name for name in hints if raw or name != "raw"]
    return pa.schema(
        [
            ("key" if n == "_id" else n, pa.string() if n == "raw" else _arrow_type(hints[n]))
            for n in names
        ]
    )


def _arrow_type(annotation: Any) -> Any:
    pa = needed("pyarrow")
    kind = bare_type(annotation)
    if get_origin(kind) is list:
        return pa.list_(_arrow_type(get_args(kind)[0]))
    if is_typeddict(kind):
        return pa.struct([(name, _arrow_type(hint)) for name, hint in get_type_hints(kind).items()])
    plain = {
        int: pa.int64(),
        bool: pa.bool_(),
        float: pa.float64(),
        datetime: pa.timestamp("us", tz="UTC"),
    }
    return pa.string() if get_origin(kind) is Literal else plain.get(kind, pa.string())


def row(post: PostDocument) -> dict[str, Any]:
    """A post as a row of `schema`; values of foreign fields, which may be of any type, become text (JSON unless they are text)."""
    document = readable(post)
    document["key"] = document.pop("_id")
    document["extra"] = [{"k": field["k"], "v": _text(field["v"])} for field in post["extra"]]
    return document


def _text(value: Any) -> str | None:
    return (
        value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    )


def record_batches(
    posts: Iterable[PostDocument], size: int = 1000, raw: bool = False
) -> "Iterator[pa.RecordBatch]":
    """Batches of up to `size` posts."""
    pa, columns = needed("pyarrow"), schema(raw)
    rows: list[dict[str, Any]] = []
    characters = 0
    for post in posts:
        rows.append(row(post))
        characters += len(post["text"]) + len(post["html"])
        if len(rows) >= size or characters >= BATCH_CHARACTERS:
            yield pa.RecordBatch.from_pylist(rows, schema=columns)
            rows, characters = [], 0
    if rows:
        yield pa.RecordBatch.from_pylist(rows, schema=columns)


def to_table(posts: Iterable[PostDocument], raw: bool = False) -> "pa.Table":
    """All posts in memory, as an Arrow table."""
    return needed("pyarrow").Table.from_batches(record_batches(posts, raw=raw), schema=schema(raw))


def to_pandas(posts: Iterable[PostDocument], raw: bool = False) -> "pd.DataFrame":
    """One row a post; integers, booleans and texts of pandas's nullable types, times with UTC, lists as arrays of dicts."""
    pandas, pa = needed("pandas"), needed("pyarrow")
    types = {
        pa.int64(): pandas.Int64Dtype(),
        pa.bool_(): pandas.BooleanDtype(),
        pa.string(): pandas.StringDtype(),
    }
    return cast("pd.DataFrame", to_table(posts, raw).to_pandas(types_mapper=types.get))


def to_polars(posts: Iterable[PostDocument], raw: bool = False) -> "pl.DataFrame":
    """One row a post; lists of structs stay so."""
    return cast("pl.DataFrame", needed("polars").from_arrow(to_table(posts, raw)))
