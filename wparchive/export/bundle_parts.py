"""Find the parts that a bundle lacks, by what it says and by what its records name."""

from collections import Counter
from collections.abc import Iterator, Mapping

from wparchive.backends.copying import COPIED
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
    there = {path.relative_to(bundle.data).as_posix() for path in bundle.data.rglob("*")}
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
