"""Tell whether a compressed body ends before its stream does. Pure.

What unpacks it for the crawl keeps what there is of a stream, and says nothing.
"""

import sys
import zlib
from collections.abc import Callable
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
