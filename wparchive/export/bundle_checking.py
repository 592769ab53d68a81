"""Check a bundle: which parts it lacks, and whether its WARC files are whole.

What it lacks is found by what it says of itself and by what its records name. A WARC file is
checked by its records and their digests. A run that was killed leaves a file whose last record is
cut off. Its other records are good, so this is no damage.
"""

import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Any, BinaryIO

from wparchive.backends.copying import COPIED
from wparchive.errors import extra_missing
from wparchive.export.bundle_contents import CONTENTS_NAME, WARC_FOLDER, folder_of
from wparchive.export.bundle_reading import BundleReader
from wparchive.model.file_records import stored_path
from wparchive.reading.files import digests_of
from wparchive.reading.views import counted_text


def parts_taken_out(bundle: BundleReader, warc_ids: Mapping[str, frozenset[str]]) -> list[str]:
    """Return what a bundle should hold and does not, in words, each once.

    `warc_ids` are the records in its WARC files, by the names of the files.
    What was missing already when it was made, and is named there, is left out.
    """
    known = bundle.contents.known_missing
    named = [*_files(bundle), *_warc_files(bundle)]
    files = (path for path in bundle.data.rglob("*") if path.is_file())
    there = {path.relative_to(bundle.data).as_posix() for path in files}
    lost = [name for name in dict.fromkeys(named) if name not in there | known]
    return [*_untold(bundle), *_records(bundle), *lost, *_warc_records(bundle, warc_ids)]


def _untold(bundle: BundleReader) -> Iterator[str]:
    """Yield what a bundle has said of itself, where it does not say so any more."""
    if not bundle.contents.is_told:
        yield CONTENTS_NAME
    if not bundle.contents.is_as_written:
        yield f"{CONTENTS_NAME} as the export wrote it"


def _records(bundle: BundleReader) -> Iterator[str]:
    """Yield which records a bundle lacks."""
    for site, wanted in bundle.contents.records.items():
        counts = bundle.counts.get(site)
        if counts is None:
            yield f"all records of {site}"
            continue
        for collection in wanted or COPIED:
            place = f"records/{folder_of(site)}/{collection}.jsonl"
            if collection not in counts:
                yield place
            elif counts[collection] < wanted.get(collection, 0):
                lost = wanted[collection] - counts[collection]
                yield f"{lost:,} of {wanted[collection]:,} records of {place}"


def _files(bundle: BundleReader) -> Iterator[str]:
    for site in bundle.counts:
        for record in bundle.all_records("files", site):
            yield from (f"files/{stored_path(digest)}" for digest in digests_of(record))


def _warc_files(bundle: BundleReader) -> Iterator[str]:
    if not bundle.contents.has_warc:
        return
    for run in bundle.runs(tuple(bundle.counts), None):
        yield from (f"{WARC_FOLDER}/{name}" for name in run.get("warc") or ())


def _warc_records(bundle: BundleReader, warc_ids: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """Yield how many records of a WARC file are named and not in it: it was cut, or exchanged."""
    if not warc_ids:
        return
    lost: Counter[str] = Counter()
    for site, counts in bundle.counts.items():
        for collection in counts:
            for record in bundle.all_records(collection, site):
                name, _, id_ = str(record.get("warc") or "").partition("#")
                if id_ and id_ not in warc_ids.get(name, {id_}):
                    lost[name] += 1
    for name, count in sorted(lost.items()):
        yield f"{counted_text(count, 'record')} of {WARC_FOLDER}/{name} that documents name"


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
