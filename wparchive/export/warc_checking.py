"""Tell whether a file is a whole WARC file, by its records and their digests.

A run that was killed leaves a file whose last record is cut off. Its other records are good, so
this is no damage.
"""

import zlib
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Any, BinaryIO

from wparchive.errors import extra_missing

_READ_AT_ONCE = 1 << 20
_GZIP = b"\x1f\x8b"


class DamagedWarc(Exception):
    """A WARC file that is none, or whose bytes are not those that were written."""


def ids_of_whole_warc(path: Path) -> frozenset[str]:
    """Return the ids of the records in a WARC file, as documents name them.

    Raises DamagedWarc with the cause where it is no good WARC file, and ExtraMissing.
    """
    try:
        from warcio.archiveiterator import ArchiveIterator
        from warcio.exceptions import ArchiveLoadFailed
        from warcio.limitreader import LimitReader
    except ImportError:
        raise extra_missing("WARC files need the package warcio", "warc", "warcio") from None
    count = 0
    found = set()
    with path.open("rb") as file:
        size = _end_of_whole_members(file)
        file.seek(0)
        records = ArchiveIterator(LimitReader(file, size), check_digests=True)
        # What it thinks of a record goes to standard error as well.
        with redirect_stderr(StringIO()):
            try:
                for record in records:
                    count += 1
                    if record.rec_headers.get_header("Content-Length") is None:
                        raise DamagedWarc(f"record {count} does not say its length")
                    if _is_cut_off(record):
                        break
                    if record.digest_checker.passed is False:
                        raise DamagedWarc(f"record {count} has another digest than it says")
                    found.add(str(record.rec_headers.get_header("WARC-Record-ID")).strip("<>"))
            except (ArchiveLoadFailed, ValueError, zlib.error) as error:
                raise DamagedWarc(f"record {count + 1} cannot be read") from error
    if not count:
        raise DamagedWarc("it holds no record")
    return frozenset(found)


def _is_cut_off(record: Any) -> bool:
    """Read a record to its end; tell whether the file ends before it."""
    while record.raw_stream.read(_READ_AT_ONCE):
        pass
    return bool(record.raw_stream.limit)


def _end_of_whole_members(file: BinaryIO) -> int:
    """Return where the last whole member of a gzip file ends; for any other file, its end.

    Raises DamagedWarc for bytes that cannot be unpacked: warcio would end there in silence.
    """
    if file.read(2) != _GZIP:
        return file.seek(0, 2)
    file.seek(0)
    whole = 0
    data = file.read(_READ_AT_ONCE)
    while data:
        opener = zlib.decompressobj(zlib.MAX_WBITS | 16)
        while data and not opener.eof:
            try:
                opener.decompress(data, _READ_AT_ONCE)
            except zlib.error as error:
                raise DamagedWarc(f"what begins at byte {whole:,} cannot be unpacked") from error
            data = opener.unconsumed_tail
            if not data and not opener.eof:
                data = file.read(_READ_AT_ONCE)
        if not opener.eof:
            break
        rest = opener.unused_data
        whole = file.tell() - len(rest)
        data = rest or file.read(_READ_AT_ONCE)
    return whole
