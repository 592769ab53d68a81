"""A finished document as one block of bytes, with the names of its references beside it.

Large crawls finish documents in helper processes, hand them through the crawl's own process, and
write them in another one. The block is opened only where it is written. The names come last: the
crawl alone knows them.

The block holds a document that is storable already (see `storable.py`), with the hash of its record
as received, and for posts the search tokens of title and text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import msgspec

from wparchive.model.documents import Kind
from wparchive.model.storable import storable_document
from wparchive.text.search_tokens import spaced_tokens

_ORIGIN: Mapping[str, Any] = {"warc": None}
"""The field that says where a document was read; helper processes do not know it."""
NAMES: Mapping[Kind, Mapping[str, Any]] = {
    "posts": {
        **_ORIGIN,
        "author": None,
        "authors": [],
        "featured_media": None,
        "tags": [],
        "categories": [],
        "terms": [],
    },
    "terms": _ORIGIN,
    "authors": _ORIGIN,
    "media": {**_ORIGIN, "author": None},
    "comments": _ORIGIN,
}
"""The fields that are known last: names of other objects, and the WARC record."""
TOKENS_KEY = "search_ahead"
"""The key of an opened post with the search tokens of its title and its text, joined by spaces."""
HASH_KEY = "raw_sha256"
"""The key of an opened document with the hash of its record, which is a field of it when stored."""
SEALED_MAX_BYTES = 1 << 20
"""The longest record whose document is sealed.

Longer ones may have to be shortened to fit into a database, which needs the whole document.
"""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode


@dataclass(frozen=True, slots=True)
class SealedDocument:
    """A document that is not opened before it is written."""

    key: str
    """Its `_id`."""
    version_hash: str
    refresh_hash: str
    names: Mapping[str, Any]
    """The fields of `NAMES`; they must be storable."""
    content: bytes
    """See `seal`."""

    def opened(self) -> dict[str, Any]:
        """Return the whole document, storable, with what is under `HASH_KEY` and `TOKENS_KEY`."""
        document = open_content(self.content)
        document.update(self.names)
        document["version_hash"] = self.version_hash
        document["refresh_hash"] = self.refresh_hash
        return document

    def without_tokens(self) -> dict[str, Any]:
        """Return the whole document as the stages would have made it."""
        document = self.opened()
        document.pop(HASH_KEY, None)
        document.pop(TOKENS_KEY, None)
        return document


GivenDocument = Mapping[str, Any] | SealedDocument
"""A document as a store takes it."""


def seal(kind: Kind, document: Mapping[str, Any], record: bytes) -> bytes:
    """Return a document without names and hashes as bytes, from it and its record as received.

    Raises DocumentRejected.
    """
    unfinished = {"version_hash": "", "refresh_hash": ""}
    content = storable_document(kind, {**document, **NAMES[kind], **unfinished})
    # Whoever writes the document would have to unpack the record again.
    if content["raw"] == document["raw"]:
        content[HASH_KEY] = sha256(record).hexdigest()
    if kind == "posts":
        content[TOKENS_KEY] = [spaced_tokens(content[name]) for name in ("title", "text")]
    # Not JSON, which knows neither bytes nor times. Pickle takes three times as long.
    return _encode(content)


def open_content(content: bytes) -> dict[str, Any]:
    """Return what `seal` packed."""
    document: dict[str, Any] = _decode(content)
    return document
