"""JSON Lines: one document a line, as `wparchive/model/documents.py` documents them; times in ISO 8601, UTC."""

from collections.abc import Iterable
from typing import BinaryIO

import msgspec

from wparchive.export.readable import readable
from wparchive.model.documents import PostDocument
from wparchive.reading.library import Archive, Posts


def write(posts: Iterable[PostDocument], out: BinaryIO, selection: Posts, archive: Archive) -> None:
    """One line a post. With `selection.raw`, `raw` is the record as received, as text."""
    encoder = msgspec.json.Encoder()
    for post in posts:
        out.write(encoder.encode(readable(post)) + b"\n")
