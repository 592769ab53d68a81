"""Bundles: everything that is held of some sites as a BagIt folder or ZIP, and the way back.

BagIt is RFC 8493: a folder with a list of the hashes of all its files. Inside is JSON Lines, one
file for each collection of each site, with the records as `Reader.records` gives them; a schema
beside them; the files and WARC files that were kept; and a page that says so in plain words.
"""

import logging
import re
import shutil
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast, get_type_hints
from urllib.parse import quote, unquote

import msgspec

from wparchive.backends.copying import COPIED, OF_ONE_SITE, REMOVED, copied_sites, records_of
from wparchive.backends.opening import warc_place
from wparchive.backends.reader import Filter, Reader, TypeCounts
from wparchive.errors import ArchiveUnreachable, InvalidQuery, OutputFailed, extra_missing
from wparchive.export.atomic import FOLDER_MARK, atomic_file, atomic_folder
from wparchive.export.zipped import SUFFIX, zip_folder
from wparchive.file_stores import FolderStore, stored_digest
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
from wparchive.model.file_records import is_digest, stored_path
from wparchive.reading.files import digests_of
from wparchive.reading.library import Archive

BUNDLE_VERSION = "1"
WARC_FOLDER = "warc"
_WARC_NAME = re.compile(r"[^/\\\0]+\.warc(\.gz)?")
_README = """This folder holds an archive of WordPress sites: bundle of version {version}, {date}.

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
Missing, although records name it: {missing}
"""


@dataclass(frozen=True, slots=True)
class WarcSource:
    """The places in which the WARC files of runs are sought."""

    folders: tuple[Path, ...] = ()
    """Folders that are looked at before those that the runs wrote to."""
    is_wanted: bool = True
    """False leaves WARC files out."""


@dataclass(slots=True)
class BundleContents:
    """The contents of a bundle that has been written."""

    posts: int = 0
    missing: list[str] = field(default_factory=list)
    """Files and WARC files that records name and that were not found whole, by their paths."""


def write_bundle(
    archive: Archive, target: Path, filter_: Filter, warc: WarcSource | None = None
) -> BundleContents:
    """Write all that is held of the sites that a filter names, or of all.

    A target that ends in `.zip` becomes a ZIP file. Raises OutputFailed, ExtraMissing, and
    InvalidQuery for a filter of anything but sites.
    """
    if replace(filter_, sites=()) != Filter():
        raise InvalidQuery("a bundle holds sites as a whole: leave out all filters but --site")
    _bagit()
    _check_is_new(target)
    sites = list(filter_.sites) or copied_sites(archive.reader)
    warc = warc or WarcSource()
    if target.suffix.lower() != SUFFIX:
        with atomic_folder(target) as folder:
            (folder / FOLDER_MARK).unlink()
            return _fill(archive, folder, sites, warc)
    # Beside the target, because that is where there must be room anyway.
    with (
        atomic_file(target) as out,
        TemporaryDirectory(prefix=".bundle.", dir=target.parent) as place,
    ):
        contents = _fill(archive, Path(place), sites, warc)
        zip_folder(Path(place), out, target.stem)
    return contents


def _fill(archive: Archive, folder: Path, sites: list[str], warc: WarcSource) -> BundleContents:
    """Write everything into a folder and make it a bag."""
    since = archive.reader.history_since()
    if since is None:
        raise ArchiveUnreachable("an archive of an earlier version: crawl into it once first")
    contents = BundleContents()
    for site in sites:
        _write_site(archive, folder, site, contents)
        if warc.is_wanted:
            _copy_warc_files(archive, folder, site, warc, contents)
    _write_schemas(folder / "schema")
    text = _README.format(
        version=BUNDLE_VERSION,
        date=f"{datetime.now():%Y-%m-%d}",
        sites=", ".join(sites),
        missing=", ".join(contents.missing) or "nothing",
    )
    (folder / "README.txt").write_text(text, encoding="utf-8")
    about = {
        "Bundle-Version": BUNDLE_VERSION,
        "History-Since": since.isoformat(),
        "External-Identifier": sites,
        "Source-Organization": "wparchive",
    }
    _bagit().make_bag(str(folder), about, checksums=["sha256"])
    return contents


def _check_is_new(target: Path) -> None:
    """Raise OutputFailed where there is something already: an earlier bundle, too, is kept."""
    if target.exists():
        raise OutputFailed(
            f"cannot write {target}: it exists, and a bundle replaces nothing; "
            "name a folder that does not exist"
        )


def _write_site(archive: Archive, folder: Path, site: str, contents: BundleContents) -> None:
    """Write the records of a site and copy its files."""
    place = folder / "records" / quote(site, safe="")
    place.mkdir(parents=True)
    for collection in COPIED:
        with (place / f"{collection}.jsonl").open("wb") as out:
            for record in records_of(archive.reader, collection, site):
                out.write(msgspec.json.encode(record) + b"\n")
                contents.posts += collection == "posts"
                if collection == "files":
                    _copy_files(archive, folder, record, contents)


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
            contents.missing.append(name)


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
            if not _WARC_NAME.fullmatch(name):
                continue
            found = next((one / name for one in folders if (one / name).is_file()), None)
            if found is None:
                contents.missing.append(f"{WARC_FOLDER}/{name}")
                continue
            (folder / WARC_FOLDER).mkdir(exist_ok=True)
            shutil.copyfile(found, folder / WARC_FOLDER / name)


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
        raise extra_missing("bundles need the package bagit", "bundle", "bagit") from None
    logging.getLogger("bagit").setLevel(logging.ERROR)  # it tells of each file
    return bagit


class BundleReader:
    """The records of a bundle, as `Copier` reads an archive."""

    def __init__(self, folder: Path, shown: str) -> None:
        """Check all hashes and records of a bundle, which messages call `shown`.

        Raises OutputFailed, ExtraMissing.
        """
        bagit = _bagit()
        self.address = shown
        try:
            bag = bagit.Bag(str(folder))
            bag.validate()
        except (bagit.BagError, OSError, UnicodeDecodeError) as error:
            why = str(error).replace(f"{folder}/", "")
            raise OutputFailed(f"{shown} is not a whole bundle: {why}") from error
        if bag.info.get("Bundle-Version") != BUNDLE_VERSION:
            raise OutputFailed(f"{shown} is no bundle of version {BUNDLE_VERSION} of wparchive")
        self._data = folder / "data"
        self._since = str(bag.info.get("History-Since", ""))
        self._pages: dict[tuple[str, str], tuple[str, Iterator[StoredDocument]]] = {}
        self._require_names_of_files(bag)
        self._require_records()

    def _require_names_of_files(self, bag: Any) -> None:
        """Raise OutputFailed where a file has another hash than its name says.

        The hashes of a bundle are right also where somebody gave a file another name.
        """
        for path in self.files:
            name = f"data/{path.relative_to(self._data).as_posix()}"
            if bag.entries[name].get("sha256") != path.name:
                raise OutputFailed(f"{name} in {self.address} is not the file that its name says")

    def _require_records(self) -> None:
        """Raise OutputFailed where a line is no record, so that nothing is written before that."""
        if not (self._data / "records").is_dir():
            raise OutputFailed(f"{self.address} holds no records")
        for place in (self._data / "records").iterdir():
            if place.name != quote(unquote(place.name), safe=""):
                raise OutputFailed(f"records/{place.name} in {self.address} is named after no site")
        for key in self._keys():
            for collection in COPIED:
                last = ""
                for record in self._lines(collection, key):
                    if record["_id"] <= last:
                        raise OutputFailed(
                            f"{collection} of {key} in {self.address} is not in order: {last}"
                        )
                    last = record["_id"]
                    if not _is_of(record, collection, key):
                        raise OutputFailed(
                            f"{last} in {self.address} stands among the records of {key}, and is"
                            " none of them"
                        )
                    if collection == "files" and not all(map(is_digest, digests_of(record))):
                        raise OutputFailed(f"{last} in {self.address} names no file by its hash")

    @property
    def files(self) -> Iterator[Path]:
        """Yield the files of the bundle's sites."""
        yield from sorted((self._data / "files").glob("*/*"))

    @property
    def warc_files(self) -> list[Path]:
        """Return the WARC files of the bundle's runs."""
        return sorted(
            path for path in (self._data / WARC_FOLDER).glob("*") if _WARC_NAME.fullmatch(path.name)
        )

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


def _is_of(record: StoredDocument, collection: str, site: str) -> bool:
    """Tell whether a record is of a site: another one could replace what other sites have."""
    key = record["_id"]
    if collection in OF_ONE_SITE:
        return bool(key == site)
    if record.get("site") != site:
        return False
    if collection == "events":
        return f":{site}/" in key
    if collection in KINDS or collection == REMOVED:
        # Not more parts: `example.com` may not write below `example.com/blog`.
        return re.fullmatch(rf"{re.escape(site)}/[^/]+/[^/]+", key) is not None
    return bool(re.match(rf"{re.escape(site)}[/#@]", key))


def _decoded(path: Path, collection: str) -> Iterator[StoredDocument]:
    """Yield the records in a file, with times and bytes as archives give them."""
    type_ = RECORD_TYPES["posts" if collection == REMOVED else collection]
    if not path.is_file():
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                record: StoredDocument = msgspec.json.decode(line)
                _restore(record, type_)
                if collection == REMOVED:
                    record["removed_at"] = datetime.fromisoformat(record["removed_at"])
                if collection == "revisions" and record["kind"] in KINDS:
                    _restore(record["document"], DOCUMENT_TYPES[record["kind"]])
                if not isinstance(record["_id"], str):
                    raise TypeError("_id is no text")
            except (msgspec.DecodeError, ValueError, TypeError, KeyError, AttributeError) as error:
                named = f"records/{path.parent.name}/{path.name}"
                raise OutputFailed(
                    f"line {number} of {named} in the bundle is no record ({error})"
                ) from error
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
