"""JSON Lines: one document a line, with the fields of `wparchive/model/documents.py`.

Times are ISO 8601, in UTC.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

import msgspec

from wparchive.export.columns import ExportTable, field_value
from wparchive.export.readable import readable

_CONTROLS = re.compile(rb"\x7f|\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]|\xe2\x81[\xa6-\xa9]")
"""What JSON may hold as it is (in UTF-8), and some programs take for the end of a line, or obey:
control characters, and signs that turn the direction of what follows."""


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


def unbroken(line: bytes) -> bytes:
    """Return JSON with escapes for what it may hold, and what breaks a line or a terminal."""
    return _CONTROLS.sub(_escaped, line)


def _escaped(match: re.Match[bytes]) -> bytes:
    return f"\\u{ord(match[0].decode()):04x}".encode()
