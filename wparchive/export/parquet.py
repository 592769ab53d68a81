"""Parquet: one row a post, typed as in `arrow.py`, for DuckDB, Spark and data frames."""

from collections.abc import Iterable
from typing import BinaryIO

from wparchive.export.arrow import arrow_schema, optional_package, record_batches
from wparchive.model.documents import PostDocument
from wparchive.reading.library import Archive
from wparchive.reading.posts import Posts

ROWS_IN_GROUP = 5000
"""Rows that are read and compressed together: enough to scan fast, few enough for memory."""


def write_parquet(
    posts: Iterable[PostDocument], out: BinaryIO, selection: Posts, archive: Archive
) -> None:
    """Write row groups of up to `ROWS_IN_GROUP` posts, compressed with zstd, with statistics.

    Raises ExtraMissing.
    """
    parquet = optional_package("pyarrow.parquet")
    with parquet.ParquetWriter(out, arrow_schema(selection.raw), compression="zstd") as table:
        for batch in record_batches(posts, ROWS_IN_GROUP, selection.raw):
            table.write_batch(batch)
