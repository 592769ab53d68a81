"""JSON Lines: one document a line, with the fields of `wparchive/model/documents.py`.

Times are ISO 8601, in UTC.
"""

from collections.abc import Iterable
from typing import BinaryIO

import msgspec

from wparchive.export.readable import readable
from wparchive.model.documents import PostDocument
from wparchive.reading.library import Archive
from wparchive.reading.posts import Posts


def write_jsonl(
    posts: Iterable[PostDocument], out: BinaryIO, selection: Posts, archive: Archive
) -> None:
    """Write one line a post. With `selection.raw`, `raw` is the record as received, as text."""
    encoder = msgspec.json.Encoder()
    for post in posts:
        out.write(encoder.encode(readable(post)) + b"\n")
