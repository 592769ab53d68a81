"""JSON Lines: one document a line, with the fields of `wparchive/model/documents.py`.

Times are ISO 8601, in UTC.
"""

from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

import msgspec

from wparchive.export.columns import ExportTable, field_value
from wparchive.export.readable import readable
from wparchive.text.marks import unbroken


def write_jsonl(documents: Iterable[Mapping[str, Any]], out: BinaryIO, table: ExportTable) -> None:
    """Write one line a document. With `table.raw`, `raw` is the record as received, as text."""
    encoder = msgspec.json.Encoder()
    stored_fields = table.stored_fields()
    for document in documents:
        if table.fields:
            chosen = {name: field_value(document, name) for name in table.fields}
            line = encoder.encode(chosen | readable(document, ("raw",)))
        else:
            line = encoder.encode(readable(document, stored_fields))
        out.write(unbroken(line) + b"\n")
