"""JSON Lines: one document a line, as `archive/documents.py` documents them; times in ISO 8601, UTC."""

import base64
import zlib
from collections.abc import Iterable
from typing import Any, BinaryIO, get_type_hints

import msgspec

from archive.documents import PostDocument
from archive.library import Archive, Posts

FIELDS = tuple(get_type_hints(PostDocument))
"""In documented order, so that both backends export the same bytes."""


def write(posts: Iterable[PostDocument], out: BinaryIO, selection: Posts, archive: Archive) -> None:
    """One line a post. With `selection.raw`, `raw` is the record as received, as text."""
    encoder = msgspec.json.Encoder()
    for post in posts:
        out.write(encoder.encode(readable(post)) + b"\n")


def readable(post: PostDocument) -> dict[str, Any]:
    """The document as JSON can carry it: `raw` becomes text, or base64 as `raw_base64` where it is not UTF-8."""
    values: dict[str, Any] = dict(post)
    document = {name: values[name] for name in FIELDS if name in values}
    packed = document.pop("raw", None)
    if packed:
        record = zlib.decompress(packed)
        try:
            document["raw"] = record.decode()
        except UnicodeDecodeError:
            document["raw_base64"] = base64.b64encode(record).decode()
    return document
