"""Tell whether what came of a file reaches its end. Pure.

Where a server states no length and closes the connection, a file that was cut off looks like a
whole one. These formats say where they end:

| format | the end |
|---|---|
| JPEG | the marker EOI, behind the segments and scans |
| PNG | the chunk IEND |
| GIF | the trailer, behind the blocks |
| PDF | `%%EOF` in the last 1,024 bytes |
| ZIP, and all that is a ZIP | the end of the central directory |
| WebP, WAV, AVI (RIFF) | the size in the header |
| MP4, MOV, HEIC, AVIF | the sizes of the boxes |
| SVG | `</svg>` |

A body that was compressed on its way is a stream with an end of its own. What unpacks it for the
crawl keeps what there is of a stream, and says nothing where its end is missing.
"""

import re
import sys
import zlib
from collections.abc import Callable
from enum import Enum
from typing import Any

# Scrapy itself needs them.
try:
    import brotli
except ImportError:  # PyPy
    import brotlicffi as brotli
if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


class End(Enum):
    """The end of a file, as its format has it."""

    REACHED = "it is there"
    MISSING = "the file stops before it"
    UNKNOWN = "the format has none, or it is not known here"


_TAIL_BYTES = 1024
_LONGEST_ZIP_END = 22 + 65_535
_STREAMED = frozenset({0, 0xFFFFFFFF})
"""Sizes that a RIFF file has which was written in one go."""
_MOST_BOXES = 10_000


def look_for_end(body: bytes) -> End:
    """Return whether a file reaches its end."""
    for signature, look in _LOOKS:
        if signature.match(body):
            return look(body)
    return End.UNKNOWN


def _if(reached: bool) -> End:
    return End.REACHED if reached else End.MISSING


def _jpeg(body: bytes) -> End:
    """Go over the segments, which may hold whole pictures of their own, and over the scans."""
    at = 2
    while at + 1 < len(body):
        if body[at] != 0xFF:
            return End.UNKNOWN
        marker = body[at + 1]
        if marker == 0xD9:
            return End.REACHED
        if marker == 0xFF or marker == 0x01 or 0xD0 <= marker <= 0xD8:
            at += 1 if marker == 0xFF else 2
            continue
        at += 2 + int.from_bytes(body[at + 2 : at + 4], "big")
        if marker == 0xDA:
            after = _SCAN_END.search(body, at)
            if after is None:
                return End.MISSING
            at = after.start()
    return End.MISSING


_SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""A marker other than those within a scan."""


def _png(body: bytes) -> End:
    # The name of the chunk, and the sum of its no bytes.
    return _if(b"IEND\xae\x42\x60\x82" in body)


def _gif(body: bytes) -> End:
    """Go over the blocks to the trailer."""
    at = 13 + _colours(body, 10)
    while at < len(body):
        kind = body[at]
        if kind == 0x3B:
            return End.REACHED
        if kind == 0x21:
            at += 2
        elif kind == 0x2C:
            at += 10 + _colours(body, at + 9) + 1
        else:
            return End.UNKNOWN
        while at < len(body) and body[at]:
            at += 1 + body[at]
        at += 1
    return End.MISSING


def _colours(body: bytes, at: int) -> int:
    """Return the bytes of a table of colours, of which the flags at a place tell."""
    flags = body[at] if at < len(body) else 0
    if not flags & 0x80:
        return 0
    return int(3 * 2 ** ((flags & 7) + 1))


def _pdf(body: bytes) -> End:
    return _if(b"%%EOF" in body[-_TAIL_BYTES:])


def _zip(body: bytes) -> End:
    """Look for the last record, whose comment ends with the file."""
    at = body.rfind(b"PK\x05\x06", max(0, len(body) - _LONGEST_ZIP_END))
    if at < 0 or at + 22 > len(body):
        return End.MISSING
    return _if(at + 22 + int.from_bytes(body[at + 20 : at + 22], "little") <= len(body))


def _riff(body: bytes) -> End:
    size = int.from_bytes(body[4:8], "little")
    if size in _STREAMED:
        return End.UNKNOWN
    return _if(8 + size <= len(body))


def _boxes(body: bytes) -> End:
    """Go over the boxes of the file, each of which says its size."""
    at = 0
    kinds: set[bytes] = set()
    for _ in range(_MOST_BOXES):
        if at + 8 > len(body):
            break
        size = int.from_bytes(body[at : at + 4], "big")
        if size == 1:
            size = int.from_bytes(body[at + 8 : at + 16], "big")
        if size < 8:  # 0 is "up to the end of the file", wherever that is
            return End.REACHED if _has_both(kinds) else End.UNKNOWN
        kinds.add(body[at + 4 : at + 8])
        at += size
    # A file that is cut off between two boxes has the one without the other.
    return _if(at <= len(body) and _has_both(kinds))


def _has_both(kinds: set[bytes]) -> bool:
    """Tell whether there are data, and a description of them."""
    return b"mdat" in kinds and not kinds.isdisjoint({b"moov", b"meta", b"moof"})


def _svg(body: bytes) -> End:
    return _if(b"</svg" in body)


_Look = Callable[[bytes], End]
_LOOKS: tuple[tuple[re.Pattern[bytes], _Look], ...] = (
    (re.compile(rb"\xff\xd8"), _jpeg),
    (re.compile(rb"\x89PNG"), _png),
    (re.compile(rb"GIF8[79]a"), _gif),
    (re.compile(rb"(?s).{0,1023}%PDF-"), _pdf),
    (re.compile(rb"PK\x03\x04|PK\x05\x06"), _zip),
    (re.compile(rb"(?s)RIFF....(?:WEBP|WAVE|AVI )"), _riff),
    (re.compile(rb"(?s)....ftyp"), _boxes),
    (re.compile(rb"(?s)\s*(?:\xef\xbb\xbf)?\s*(?:<[?!].{0,800})?<svg[\s>]"), _svg),
)


_OPENED_AT_ONCE = 1 << 20
_SPOILT = (zlib.error, brotli.error, zstd.ZstdError, EOFError)


class _Zlib:
    """A stream of gzip or deflate that is being opened."""

    def __init__(self, bits: int) -> None:
        self._opener = zlib.decompressobj(bits)

    def open(self, data: bytes) -> bytes:
        """Return the next bytes that are in the stream; empty where no more come."""
        held = self._opener.unconsumed_tail
        return self._opener.decompress(held or data, _OPENED_AT_ONCE)

    @property
    def is_finished(self) -> bool:
        """Return whether the stream has ended."""
        return self._opener.eof


class _Brotli:
    """A stream of brotli that is being opened."""

    def __init__(self) -> None:
        self._opener = brotli.Decompressor()

    def open(self, data: bytes) -> bytes:
        """Return the next bytes that are in the stream; empty where no more come."""
        return bytes(self._opener.process(data, output_buffer_limit=_OPENED_AT_ONCE))

    @property
    def is_finished(self) -> bool:
        """Return whether the stream has ended."""
        return bool(self._opener.is_finished())


class _Zstandard:
    """A stream of Zstandard that is being opened."""

    def __init__(self) -> None:
        self._opener: Any = zstd.ZstdDecompressor()

    def open(self, data: bytes) -> bytes:
        """Return the next bytes that are in the stream; empty where no more come."""
        return bytes(self._opener.decompress(data, _OPENED_AT_ONCE))

    @property
    def is_finished(self) -> bool:
        """Return whether the stream has ended."""
        return bool(self._opener.eof)


_Stream = _Zlib | _Brotli | _Zstandard
_STREAMS: dict[bytes, Callable[[bytes], _Stream]] = {
    b"gzip": lambda body: _Zlib(zlib.MAX_WBITS | 16),
    b"x-gzip": lambda body: _Zlib(zlib.MAX_WBITS | 16),
    b"deflate": lambda body: _Zlib(_bits_of(body)),
    b"br": lambda body: _Brotli(),
    b"zstd": lambda body: _Zstandard(),
}


def is_stream(coding: bytes) -> bool:
    """Tell whether a Content-Encoding is that of a stream which has an end."""
    return coding.strip().lower() in _STREAMS


def ends_early(coding: bytes, body: bytes, limit: int) -> bool:
    """Tell whether a stream stops before its end, as far as `limit` bytes of what is in it.

    `coding` is the Content-Encoding. Bytes that are no such stream do not end early: whoever
    unpacks them says what is wrong.
    """
    begin = _STREAMS.get(coding.strip().lower())
    if begin is None:
        return False
    stream = begin(body)
    size = 0
    try:
        opened = stream.open(body)
        while opened and not stream.is_finished:
            size += len(opened)
            if limit and size > limit:  # it is too large, which others say
                return False
            opened = stream.open(b"")
    except _SPOILT:
        return False
    return not stream.is_finished


def _bits_of(body: bytes) -> int:
    """Return how `deflate` is meant: with the header of zlib, or bare, as some servers send it."""
    try:
        zlib.decompressobj().decompress(body, 1)
    except zlib.error:
        return -zlib.MAX_WBITS
    return zlib.MAX_WBITS
