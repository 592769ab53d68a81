"""Bundles: everything that is held of some sites as a BagIt folder or ZIP.

BagIt is RFC 8493: a folder with a list of the hashes of all its files. Inside is JSON Lines, one
file for each collection of each site, with the records as `Reader.records` gives them; a schema
beside them; the files and WARC files that were kept; and a page that says so in plain words.
"""

import logging
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_type_hints

import msgspec

from wparchive.backends.copying import COPIED, REMOVED, copied_sites, records_of
from wparchive.backends.opening import warc_place
from wparchive.backends.questions import Filter
from wparchive.errors import ArchiveUnreachable, InvalidQuery, OutputFailed, extra_missing
from wparchive.export.atomic import FOLDER_MARK, atomic_file, atomic_folder
from wparchive.export.bundle_contents import (
    CONTENTS_HASH,
    NAMED_IN_README,
    WARC_FOLDER,
    WARC_NAME,
    BundleContents,
    folder_of,
    write_contents,
)
from wparchive.export.zipped import SUFFIX, zip_folder
from wparchive.file_stores import FolderStore, stored_digest
from wparchive.model.documents import StoredDocument
from wparchive.model.file_records import is_digest, stored_path
from wparchive.model.record_types import RECORD_TYPES, RemovedPost
from wparchive.reading.files import digests_of
from wparchive.reading.library import Archive
from wparchive.reading.missing_files import lacking_text
from wparchive.text.marks import unbroken

BUNDLE_VERSION = "1"
_README = (
    """This folder holds an archive of WordPress sites: bundle of version {version}, {date}.

contents.json                  how many records of each collection there are, and what is missing or
                               damaged
records/SITE/COLLECTION.jsonl  one record a line, as JSON; `raw` is what the site sent, compressed
                               with zlib, in base64. `posts` has the texts.
schema/COLLECTION.json         JSON Schema of a record
files/                         files of the sites, named by the SHA-256 of their bytes; the
                               collection `files` says which address each one came from
warc/                          WARC files: requests and answers as they went over the network; the
                               collection `runs` says which run wrote each one

The folder is a bag (BagIt, RFC 8493): manifest-sha256.txt beside `data` has the hash of every file.
`wparchive import` reads it back into an archive. Nothing else is needed to read it than a program
that knows JSON.

Sites: {sites}
"""
    + NAMED_IN_README
    + """{missing}
Damaged, and left out: {damaged}
Published by the sites, and not here: {lacking}
"""
)


@dataclass(frozen=True, slots=True)
class WarcSource:
    """The places in which the WARC files of runs are sought."""

    folders: tuple[Path, ...] = ()
    """Folders that are looked at before those that the runs wrote to."""
    is_wanted: bool = True
    """False leaves WARC files out."""


def write_bundle(
    archive: Archive, target: Path, filter_: Filter, warc: WarcSource | None = None
) -> BundleContents:
    """Write all that is held of the sites that a filter names, or of all.

    A target that ends in `.zip` becomes a ZIP file. Raises OutputFailed, ExtraMissing, and
    InvalidQuery for a filter of anything but sites.
    """
    if replace(filter_, sites=()) != Filter():
        raise InvalidQuery("a bundle holds sites as a whole: leave out all filters but --site")
    bagit_package()
    _check_is_new(target)
    sites = list(filter_.sites) or copied_sites(archive.reader)
    warc = warc or WarcSource()
    if target.suffix.lower() != SUFFIX:
        with atomic_folder(target, "bundle") as folder:
            # A bag lists all its files, and no later export may replace a bundle.
            (folder / FOLDER_MARK).unlink()
            return _fill(archive, folder, sites, warc)
    # Beside the target, because that is where there must be room anyway.
    with (
        atomic_file(target) as out,
        TemporaryDirectory(prefix=".bundle.", dir=target.parent) as place,
    ):
        contents = _fill(archive, Path(place), sites, warc)
        # RFC 8493 wants one folder inside, with the bag in it.
        zip_folder(Path(place), out, target.stem)
    return contents


def _fill(archive: Archive, folder: Path, sites: list[str], warc: WarcSource) -> BundleContents:
    """Write everything into a folder and make it a bag."""
    since = archive.reader.history_since()
    if since is None:
        raise ArchiveUnreachable("an archive of an earlier version: crawl into it once first")
    contents = BundleContents(has_warc=warc.is_wanted)
    for site in sites:
        _write_site(archive, folder, site, contents)
        if warc.is_wanted:
            _copy_warc_files(archive, folder, site, warc, contents)
    _sum_up(contents, folder)
    _write_schemas(folder / "schema")
    text = _README.format(
        version=BUNDLE_VERSION,
        date=f"{datetime.now():%Y-%m-%d}",
        sites=", ".join(sites),
        missing=", ".join(contents.missing) or "nothing",
        damaged=", ".join(contents.damaged) or "nothing",
        lacking=_lacking(archive, sites),
    )
    (folder / "README.txt").write_text(text, encoding="utf-8")
    about = {
        "Bundle-Version": BUNDLE_VERSION,
        CONTENTS_HASH: write_contents(folder, contents),
        "History-Since": since.isoformat(),
        "External-Identifier": sites,
        "Source-Organization": "wparchive",
    }
    # The default is SHA-512, too: twice the work, for hashes that nothing here reads.
    bagit_package().make_bag(str(folder), about, checksums=["sha256"])
    return contents


def _sum_up(contents: BundleContents, folder: Path) -> None:
    """Count what was copied, and name each part that was not once."""
    contents.files = sum(1 for _ in (folder / "files").glob("*/*"))
    contents.warc_files = sum(1 for _ in (folder / WARC_FOLDER).glob("*"))
    # Several records may name one file, and several runs one WARC file.
    contents.missing = list(dict.fromkeys(contents.missing))
    contents.damaged = list(dict.fromkeys(contents.damaged))


def _lacking(archive: Archive, sites: list[str]) -> str:
    """Return what crawls met and could not archive, or left out."""
    parts = [f"{site}: {text}" for site in sites if (text := lacking_text(archive.reader, site))]
    if not parts:
        return "nothing that the crawls met"
    return f"{'; '.join(parts)} (the collections `failures` and `runs` say why)"


def _check_is_new(target: Path) -> None:
    """Raise OutputFailed where there is something already: an earlier bundle, too, is kept."""
    if target.exists():
        raise OutputFailed(
            f"cannot write {target}: it exists, and a bundle replaces nothing; "
            "name a folder or ZIP file that does not exist"
        )


def _write_site(archive: Archive, folder: Path, site: str, contents: BundleContents) -> None:
    """Write the records of a site and copy its files."""
    place = folder / "records" / folder_of(site)
    place.mkdir(parents=True)
    counts = contents.records[site] = dict.fromkeys(COPIED, 0)
    for collection in COPIED:
        with (place / f"{collection}.jsonl").open("wb") as out:
            for record in records_of(archive.reader, collection, site):
                line = msgspec.json.encode(_in_documented_order(record, collection))
                out.write(unbroken(line) + b"\n")
                counts[collection] += 1
                if collection == "files":
                    _copy_files(archive, folder, record, contents)


def _in_documented_order(record: StoredDocument, collection: str) -> StoredDocument:
    """Return a record in the documented order, so that all backends give the same bytes.

    What may be missing and is None is left out: one backend says so, another one says nothing.
    """
    names, optional = _fields_of("posts" if collection == REMOVED else collection)
    return {
        name: record[name]
        for name in dict.fromkeys((*names, *record))
        if name in record and not (record[name] is None and name in optional)
    }


@cache
def _fields_of(collection: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """Return the fields of a collection's records in their order, and those that may be missing."""
    type_ = RECORD_TYPES[collection]
    optional: frozenset[str] = type_.__optional_keys__  # type: ignore[attr-defined]
    return tuple(get_type_hints(type_)), optional


def _copy_files(
    archive: Archive, folder: Path, record: Mapping[str, Any], contents: BundleContents
) -> None:
    """Copy the bytes of a file, and of those that stood there before, each once."""
    for digest in digests_of(record):
        if not is_digest(digest):
            contents.missing.append(f"files/{digest}")
            continue
        name = f"files/{stored_path(digest)}"
        copy = folder / name
        if copy.exists():
            continue
        with archive.files.open(digest) as held:
            if held is None:
                contents.missing.append(name)
                continue
            copy.parent.mkdir(parents=True, exist_ok=True)
            with copy.open("wb") as out:
                shutil.copyfileobj(held, out)
        if stored_digest(FolderStore(folder), name) != digest:
            # With a damaged file, nobody could import the bundle.
            copy.unlink()
            contents.damaged.append(name)


def _copy_warc_files(
    archive: Archive, folder: Path, site: str, warc: WarcSource, contents: BundleContents
) -> None:
    """Copy the WARC files that the runs of a site name."""
    beside = Path(warc_place(archive.address))
    for run in archive.reader.runs((site,), None):
        wrote_to = run["arguments"].get("warc")
        folders = [*warc.folders, *([Path(wrote_to)] if wrote_to else []), beside]
        for name in run.get("warc") or ():
            # A run may come from somebody else's bundle: its names lead to no other files.
            if not WARC_NAME.fullmatch(name):
                continue
            found = next((one / name for one in folders if (one / name).is_file()), None)
            if found is None:
                contents.missing.append(f"{WARC_FOLDER}/{name}")
                continue
            (folder / WARC_FOLDER).mkdir(exist_ok=True)
            shutil.copyfile(found, folder / WARC_FOLDER / name)


def _write_schemas(folder: Path) -> None:
    folder.mkdir()
    for collection in COPIED:
        type_ = RECORD_TYPES.get(collection, RemovedPost)
        schema = msgspec.json.format(msgspec.json.encode(msgspec.json.schema(type_)))
        (folder / f"{collection}.json").write_bytes(schema)


def bagit_package() -> Any:
    """Return the library of bags. Raises ExtraMissing."""
    try:
        import bagit
    except ImportError:
        raise extra_missing("bundles need the package bagit", "bundle", "bagit") from None
    logging.getLogger("bagit").setLevel(logging.ERROR)  # it tells of each file
    return bagit
