"""Parquet: one row a document, typed as in `arrow.py`, for DuckDB, Spark and data frames."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from wparchive.export.arrow import arrow_schema, optional_package, record_batches
from wparchive.export.columns import ExportTable

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_IN_GROUP = 1000
"""Rows that are read and compressed together: enough to scan fast, few enough for memory.

With 5,000, an export of posts of 7 kB took 250 MB more; with 1,000 it takes 80, and its file is as
large."""
_MOST_OPEN_FILES = 200
"""Files of a partitioned table that are written at the same time."""


def write_parquet(
    documents: Iterable[Mapping[str, Any]], out: BinaryIO, table: ExportTable
) -> None:
    """Write row groups of up to `ROWS_IN_GROUP` rows, compressed with zstd, with statistics.

    Raises ExtraMissing.
    """
    parquet = optional_package("pyarrow.parquet")
    with parquet.ParquetWriter(out, arrow_schema(table.raw, table), compression="zstd") as file:
        for batch in record_batches(documents, ROWS_IN_GROUP, table.raw, table):
            file.write_batch(batch)


def write_partitions(
    documents: Iterable[Mapping[str, Any]], folder: Path, table: ExportTable
) -> None:
    """Write `site=.../month=2024-05/part-0.parquet`, as Hive, DuckDB and Spark name partitions.

    Months are UTC; what has no time is in `month=__HIVE_DEFAULT_PARTITION__`, and kinds without
    times have no months. Raises ExtraMissing.
    """
    pa = optional_package("pyarrow")
    dataset = optional_package("pyarrow.dataset")
    columns = _partitioned_schema(table)
    parts = [name for name in ("site", "month") if name in columns.names]
    form = dataset.ParquetFileFormat()
    dataset.write_dataset(
        _batches_with_month(documents, table, columns),
        folder,
        schema=columns,
        basename_template="part-{i}.parquet",
        partitioning=dataset.partitioning(
            pa.schema([columns.field(name) for name in parts]), flavor="hive"
        ),
        format=form,
        file_options=form.make_write_options(compression="zstd"),
        # The default of 1,024 is a year of 85 sites.
        max_partitions=1_000_000,
        max_open_files=_MOST_OPEN_FILES,
        # The folder is new, and yet not empty: the mark of an export is in it.
        existing_data_behavior="overwrite_or_ignore",
    )


def _partitioned_schema(table: ExportTable) -> "pa.Schema":
    pa = optional_package("pyarrow")
    columns = arrow_schema(table.raw, table)
    if "site" not in columns.names:
        columns = columns.append(pa.field("site", pa.string()))
    if table.time_field is not None:
        columns = columns.append(pa.field("month", pa.string()))
    return columns


def _batches_with_month(
    documents: Iterable[Mapping[str, Any]], table: ExportTable, columns: "pa.Schema"
) -> "Iterator[pa.RecordBatch]":
    """Yield batches with the columns that partitions are named by."""
    pa = optional_package("pyarrow")
    sites: list[str] = []
    months: list[str | None] = []

    # A batch ends by its size, which nobody knows before. So site and month are noted as rows pass.
    def noted() -> Iterator[Mapping[str, Any]]:
        for document in documents:
            sites.append(document["site"])
            if table.time_field is not None:
                months.append(_month_text(document.get(table.time_field)))
            yield document

    for batch in record_batches(noted(), ROWS_IN_GROUP, table.raw, table):
        arrays = dict(zip(batch.schema.names, batch.columns, strict=True))
        arrays["site"] = pa.array(sites, pa.string())
        if table.time_field is not None:
            arrays["month"] = pa.array(months, pa.string())
        yield pa.RecordBatch.from_arrays([arrays[name] for name in columns.names], schema=columns)
        sites.clear()
        months.clear()


def _month_text(at: datetime | None) -> str | None:
    if at is None:
        return None
    return f"{at.astimezone(UTC):%Y-%m}"
