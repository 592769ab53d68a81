"""Parquet: one row a post, typed as in `arrow.py`, so that DuckDB, Spark and data frames read it as it is."""

from collections.abc import Iterable
from typing import BinaryIO

from wparchive.export.arrow import needed, record_batches, schema
from wparchive.model.documents import PostDocument
from wparchive.reading.library import Archive, Posts

ROWS_IN_GROUP = 5000
"""Rows that are read and compressed together: large enough to scan fast, small enough to hold in memory."""


def write(posts: Iterable[PostDocument], out: BinaryIO, selection: Posts, archive: Archive) -> None:
    """Row groups of up to `ROWS_IN_GROUP` posts, compressed with zstd, with statistics for skipping. Raises ExtraMissing."""
    parquet = needed("pyarrow.parquet")
    with parquet.ParquetWriter(out, schema(selection.raw), compression="zstd") as table:
        for batch in record_batches(posts, ROWS_IN_GROUP, selection.raw):
            table.write_batch(batch)
