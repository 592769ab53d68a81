"""A compressed stream that stops before its end is seen, whatever it is compressed with."""

import gzip
import zlib
from random import Random

import brotli
import pytest
from backports import zstd

from crawler.files.ends import ends_early

DATA = Random(1).randbytes(30_000) + b"the same " * 300_000
RAW = zlib.compressobj(wbits=-15)
STREAMS = {
    b"gzip": gzip.compress(DATA),
    b"x-gzip": gzip.compress(DATA, 1),
    b"deflate": zlib.compress(DATA),
    b" Deflate": RAW.compress(DATA) + RAW.flush(),
    b"br": brotli.compress(DATA),
    b"zstd": zstd.compress(DATA),
}


@pytest.mark.parametrize("coding", STREAMS)
@pytest.mark.parametrize("limit", [0, 50_000_000])
def test_a_whole_stream_ends_and_a_cut_one_ends_early(coding: bytes, limit: int) -> None:
    stream = STREAMS[coding]
    assert not ends_early(coding, stream, limit)
    for cut in (len(stream) - 1, len(stream) // 2, 20_000, 1, 0):
        assert ends_early(coding, stream[:cut], limit), cut


@pytest.mark.parametrize("coding", STREAMS)
def test_no_more_is_opened_than_the_limit_and_nothing_else_is_judged(coding: bytes) -> None:
    stream = STREAMS[coding]
    assert not ends_early(coding, stream[:-1], 100)
    # To brotli, almost all bytes are the beginning of a stream.
    assert coding == b"br" or not ends_early(coding, b"\xff\xd8\xff no stream at all" * 9, 0)
    assert not ends_early(b"identity", stream[:-1], 0)
