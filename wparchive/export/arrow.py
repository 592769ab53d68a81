"""Documents as Arrow record batches: the types that Parquet, pandas, polars and DuckDB get.

They are derived from `wparchive/model/record_types.py`.
"""

from collections.abc import Iterable, Iterator, Mapping
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

from wparchive.errors import extra_missing
from wparchive.export.columns import PLUGIN_FIELD, ExportTable, field_value, json_text
from wparchive.export.readable import readable
from wparchive.model.documents import PostDocument
from wparchive.model.fields import bare_type

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

ALL_OF_POSTS = ExportTable()
"""All fields of posts."""
BATCH_CHARACTERS = 32_000_000
"""A batch ends by number or by the size of its texts: posts of megabytes exist."""


def optional_package(package: str) -> Any:
    """Return an optional package, or a module of one (`pyarrow.parquet`). Raises ExtraMissing."""
    try:
        return import_module(package)
    except ModuleNotFoundError as error:
        name = package.partition(".")[0]
        need = f"{name} is needed for this and not installed"
        raise extra_missing(need, "analysis", name) from error


@cache
def arrow_schema(raw: bool = False, table: ExportTable = ALL_OF_POSTS) -> "pa.Schema":
    """Return the columns of a table: unless others are chosen, one for each field of a post.

    `_id` is named `key`. Lists stay lists of structs, times are UTC with microseconds.
    """
    pa = optional_package("pyarrow")
    fields = [(name, _arrow_type(hint)) for name, hint in table.annotations().items()]
    if raw:
        fields.append(("raw", pa.string()))
    return pa.schema(fields)


def _arrow_type(annotation: Any) -> Any:
    pa = optional_package("pyarrow")
    kind = bare_type(annotation)
    if get_origin(kind) is list:
        return pa.list_(_arrow_type(get_args(kind)[0]))
    # A reference, a link, an image: one column with named parts.
    if is_typeddict(kind):
        return pa.struct([(name, _arrow_type(hint)) for name, hint in get_type_hints(kind).items()])
    if get_origin(kind) is Literal:
        return pa.string()
    plain = {
        int: pa.int64(),
        bool: pa.bool_(),
        float: pa.float64(),
        # Nanoseconds, which pandas likes, end in 2262. Sites have dates of any year.
        datetime: pa.timestamp("us", tz="UTC"),
    }
    return plain.get(kind, pa.string())


def arrow_row(document: Mapping[str, Any], table: ExportTable = ALL_OF_POSTS) -> dict[str, Any]:
    """Return a document as a row of `arrow_schema`.

    Values of foreign fields, which may be of any type, become text: JSON unless they are text.
    """
    row = {name: field_value(document, name) for name in table.annotations()}
    for name, value in row.items():
        if name.startswith(PLUGIN_FIELD) or (isinstance(value, Mapping) and name == "document"):
            row[name] = _text(value)
    if row.get("extra"):
        row["extra"] = [{"k": field["k"], "v": _text(field["v"])} for field in row["extra"]]
    if "raw" in document:
        row.update(readable(document, ("raw",)))
    return row


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json_text(value)


def record_batches(
    documents: Iterable[Mapping[str, Any]],
    size: int = 1000,
    raw: bool = False,
    table: ExportTable = ALL_OF_POSTS,
) -> "Iterator[pa.RecordBatch]":
    """Yield batches of up to `size` documents: posts, unless the table is another one."""
    pa = optional_package("pyarrow")
    columns = arrow_schema(raw, table)
    rows: list[dict[str, Any]] = []
    characters = 0
    for document in documents:
        row = arrow_row(document, table)
        rows.append(row)
        characters += sum(len(value) for value in row.values() if isinstance(value, str))
        # The columns are made of all rows at once, so what is held here is held twice for a moment.
        if len(rows) >= size or characters >= BATCH_CHARACTERS:
            yield pa.RecordBatch.from_pylist(rows, schema=columns)
            rows = []
            characters = 0
    if rows:
        yield pa.RecordBatch.from_pylist(rows, schema=columns)


def arrow_table(posts: Iterable[PostDocument], raw: bool = False) -> "pa.Table":
    """Return all posts as an Arrow table, in memory."""
    batches = record_batches(posts, raw=raw)
    return optional_package("pyarrow").Table.from_batches(batches, schema=arrow_schema(raw))


def pandas_frame(posts: Iterable[PostDocument], raw: bool = False) -> "pd.DataFrame":
    """Return a data frame, one row a post.

    Integers, booleans and texts have pandas's nullable types, times UTC; lists are arrays of dicts.
    """
    pandas = optional_package("pandas")
    pa = optional_package("pyarrow")
    # Else a column of integers with one gap becomes one of floats, in which long ids lose digits.
    types = {
        pa.int64(): pandas.Int64Dtype(),
        pa.bool_(): pandas.BooleanDtype(),
        pa.string(): pandas.StringDtype(),
    }
    return cast("pd.DataFrame", arrow_table(posts, raw).to_pandas(types_mapper=types.get))


def polars_frame(posts: Iterable[PostDocument], raw: bool = False) -> "pl.DataFrame":
    """Return a data frame, one row a post; lists of structs stay so."""
    return cast("pl.DataFrame", optional_package("polars").from_arrow(arrow_table(posts, raw)))
