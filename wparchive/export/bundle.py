"""Bundles: everything that is held of some sites as a BagIt folder, and the way back.

BagIt is RFC 8493: a folder with a list of the hashes of all its files. Inside is JSON Lines, one
file for each collection of each site, with the records as `Reader.records` gives them; a schema
beside them; the files that were kept; and a page that says so in plain words.
"""

import logging
import shutil
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, cast, get_type_hints
from urllib.parse import quote, unquote

import msgspec

from wparchive.backends.copying import COPIED, REMOVED, copied_sites, records_of
from wparchive.backends.reader import Filter, Reader, TypeCounts
from wparchive.errors import ArchiveUnreachable, ExtraMissing, InvalidQuery, OutputFailed
from wparchive.export.atomic import FOLDER_MARK, atomic_folder
from wparchive.model.documents import (
    DOCUMENT_TYPES,
    KINDS,
    RECORD_TYPES,
    Lease,
    RecurringBlock,
    Run,
    Site,
    StoredDocument,
)
from wparchive.model.fields import bare_type
from wparchive.model.file_records import stored_path
from wparchive.reading.files import digests_of
from wparchive.reading.library import Archive

BUNDLE_VERSION = "1"
_README = """This folder holds an archive of WordPress sites: bundle of version {version}, {date}.

records/SITE/COLLECTION.jsonl  one record a line, as JSON; `raw` is what the site sent, compressed
                               with zlib, in base64. `posts` has the texts.
schema/COLLECTION.json         JSON Schema of a record
files/                         files of the sites, named by the SHA-256 of their bytes; the
                               collection `files` says which address each one came from

The folder is a bag (BagIt, RFC 8493): manifest-sha256.txt beside `data` has the hash of every file.
`wparchive import FOLDER` reads it back into an archive. Nothing else is needed to read it than a
program that knows JSON.

Sites: {sites}
"""


def write_bundle(archive: Archive, target: Path, filter_: Filter) -> int:
    """Write all that is held of the sites that a filter names, or of all; return how many posts.

    Raises OutputFailed, ExtraMissing, and InvalidQuery for a filter of anything but sites.
    """
    bagit = _bagit()
    if replace(filter_, sites=()) != Filter():
        raise InvalidQuery("a bundle holds sites as a whole: leave out all filters but --site")
    _check_is_new(target)
    reader = archive.reader
    since = reader.history_since()
    if since is None:
        raise ArchiveUnreachable("an archive of an earlier version: crawl into it once first")
    sites = list(filter_.sites) or copied_sites(reader)
    posts = 0
    with atomic_folder(target) as folder:
        (folder / FOLDER_MARK).unlink()
        for site in sites:
            posts += _write_site(archive, folder, site)
        _write_schemas(folder / "schema")
        text = _README.format(
            version=BUNDLE_VERSION, date=f"{datetime.now():%Y-%m-%d}", sites=", ".join(sites)
        )
        (folder / "README.txt").write_text(text, encoding="utf-8")
        about = {
            "Bundle-Version": BUNDLE_VERSION,
            "History-Since": since.isoformat(),
            "External-Identifier": sites,
            "Source-Organization": "wparchive",
        }
        bagit.make_bag(str(folder), about, checksums=["sha256"])
    return posts


def _check_is_new(target: Path) -> None:
    """Raise OutputFailed where there is something already: an earlier bundle, too, is kept."""
    if target.exists():
        raise OutputFailed(
            f"cannot write {target}: it exists, and a bundle replaces nothing; "
            "name a folder that does not exist"
        )


def _write_site(archive: Archive, folder: Path, site: str) -> int:
    """Write the records of a site and copy its files; return how many posts it has."""
    place = folder / "records" / quote(site, safe="")
    place.mkdir(parents=True)
    posts = 0
    for collection in COPIED:
        with (place / f"{collection}.jsonl").open("wb") as out:
            for record in records_of(archive.reader, collection, site):
                out.write(msgspec.json.encode(record) + b"\n")
                posts += collection == "posts"
                if collection == "files":
                    _copy_files(archive, folder, record)
    return posts


def _copy_files(archive: Archive, folder: Path, record: Mapping[str, Any]) -> None:
    """Copy the bytes of a file, and of those that stood there before, each once."""
    for digest in digests_of(record):
        copy = folder / "files" / stored_path(digest)
        if copy.exists():
            continue
        with archive.files.open(digest) as held:
            if held is not None:
                copy.parent.mkdir(parents=True, exist_ok=True)
                with copy.open("wb") as out:
                    shutil.copyfileobj(held, out)


def _write_schemas(folder: Path) -> None:
    folder.mkdir()
    for collection, type_ in RECORD_TYPES.items():
        if collection in COPIED:
            schema = msgspec.json.format(msgspec.json.encode(msgspec.json.schema(type_)))
            (folder / f"{collection}.json").write_bytes(schema)


def _bagit() -> Any:
    try:
        import bagit
    except ImportError:
        raise ExtraMissing("bundles need the package bagit: pip install 'bagit>=1.8,<2'") from None
    logging.getLogger("bagit").setLevel(logging.ERROR)  # it tells of each file
    return bagit


class BundleReader:
    """The records of a bundle, as `Copier` reads an archive."""

    def __init__(self, folder: Path) -> None:
        """Check all hashes of a bundle. Raises OutputFailed, ExtraMissing."""
        bagit = _bagit()
        self.address = str(folder)
        try:
            bag = bagit.Bag(str(folder))
            bag.validate()
        except (bagit.BagError, OSError) as error:
            raise OutputFailed(f"{folder} is not a whole bundle: {error}") from error
        self._data = folder / "data"
        self._since = str(bag.info.get("History-Since", ""))
        self._pages: dict[tuple[str, str], tuple[str, Iterator[StoredDocument]]] = {}

    @property
    def files(self) -> Iterator[Path]:
        """Yield the files of the bundle's sites."""
        yield from sorted((self._data / "files").glob("*/*"))

    def close(self) -> None:
        """Forget what is open."""
        self._pages.clear()

    def history_since(self) -> datetime | None:
        """Return since when every change is kept."""
        return datetime.fromisoformat(self._since) if self._since else None

    def sites(self) -> list[Site]:
        """Return the remembered sites."""
        found = [one for key in self._keys() for one in self._lines("sites", key)]
        return [cast(Site, site) for site in found]

    def held(self) -> list[TypeCounts]:
        """Return how many posts there are of each site; nothing else is asked."""
        counts = []
        for key in self._keys():
            posts = sum(1 for _ in self._lines("posts", key))
            counts.append(TypeCounts(key, "posts", "post", posts, 0, 0))
        return counts

    def runs(self, sites: tuple[str, ...], limit: int | None) -> Iterator[Run]:
        """Yield the runs of sites."""
        for key in sites:
            yield from (cast(Run, run) for run in self._lines("runs", key))

    def leases(self) -> list[Lease]:
        """Return none: nobody crawls into a bundle."""
        return []

    def recurring_blocks(self, site: str) -> list[RecurringBlock]:
        """Return the blocks that recur on a site."""
        return [cast(RecurringBlock, block) for block in self._lines("boilerplate", site)]

    def records(self, collection: str, site: str, after: str, limit: int) -> list[StoredDocument]:
        """Return up to `limit` records of a site whose `_id` follows `after`, ascending."""
        last, lines = self._pages.get((collection, site), ("", iter(())))
        if not after or last != after:
            lines = (one for one in self._lines(collection, site) if one["_id"] > after)
        page = list(islice(lines, limit))
        if page:
            self._pages[collection, site] = (page[-1]["_id"], lines)
        return page

    def _keys(self) -> list[str]:
        return sorted(unquote(place.name) for place in (self._data / "records").iterdir())

    def _lines(self, collection: str, site: str) -> Iterator[StoredDocument]:
        path = self._data / "records" / quote(site, safe="") / f"{collection}.jsonl"
        return _decoded(path, collection)


def _decoded(path: Path, collection: str) -> Iterator[StoredDocument]:
    """Yield the records in a file, with times and bytes as archives give them."""
    type_ = RECORD_TYPES["posts" if collection == REMOVED else collection]
    if not path.is_file():
        return
    with path.open("rb") as file:
        for line in file:
            record: StoredDocument = msgspec.json.decode(line)
            _restore(record, type_)
            if collection == REMOVED:
                record["removed_at"] = datetime.fromisoformat(record["removed_at"])
            if collection == "revisions" and record["kind"] in KINDS:
                _restore(record["document"], DOCUMENT_TYPES[record["kind"]])
            yield record


def _restore(record: StoredDocument, type_: type) -> None:
    """Put times and bytes in the place of their texts."""
    for name, annotation in get_type_hints(type_).items():
        value = record.get(name)
        if not isinstance(value, str):
            continue
        if bare_type(annotation) is datetime:
            record[name] = datetime.fromisoformat(value)
        elif bare_type(annotation) is bytes:
            record[name] = b64decode(value)


def as_reader(bundle: BundleReader) -> Reader:
    """Return a bundle as what copying reads: it asks for nothing else than a bundle has."""
    return cast(Reader, bundle)
