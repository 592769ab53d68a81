"""JSON Lines: one document a line, with the fields of `wparchive/model/documents.py`.

Times are ISO 8601, in UTC.
"""

from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

import msgspec

from wparchive.export.columns import ExportTable, field_value
from wparchive.export.readable import readable

_LINE_BREAKS = {
    "\u0085".encode(): b"\\u0085",
    "\u2028".encode(): b"\\u2028",
    "\u2029".encode(): b"\\u2029",
}
"""What JSON may hold as it is, and some programs take for the end of a line."""


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
        for sign, escaped in _LINE_BREAKS.items():
            line = line.replace(sign, escaped)
        out.write(line + b"\n")
