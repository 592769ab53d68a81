"""Bundles of `wparchive export --format bundle`, read as copying reads an archive.

A bundle may come from anybody. Its records must be what `model/record_types.py` says, because
neither database looks at types, and whoever reads an archive relies on them.
"""

import re
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, TypedDict, cast

import msgspec

from wparchive.backends.copying import COPIED, OF_ONE_SITE, REMOVED
from wparchive.backends.questions import TypeCounts
from wparchive.backends.reader import Reader
from wparchive.errors import DocumentRejected, OutputFailed
from wparchive.export.bundle import BUNDLE_VERSION, bagit_package
from wparchive.export.bundle_contents import (
    CONTENTS_HASH,
    WARC_FOLDER,
    WARC_NAME,
    read_contents,
    site_of_folder,
)
from wparchive.model.addresses import odd_value
from wparchive.model.documents import KINDS, StoredDocument, document_key
from wparchive.model.fields import ZonedTime, checked_annotation, checked_fields, part_type
from wparchive.model.file_records import EarlierFile, is_digest, stored_path
from wparchive.model.record_types import DOCUMENT_TYPES, RECORD_TYPES
from wparchive.model.run_records import Run, TypeReport
from wparchive.model.site_records import Lease, RecurringBlock, Site
from wparchive.model.storable import storable_fields
from wparchive.reading.files import digests_of
from wparchive.text.safe_html import is_safe_html

RAW_BYTES_MAX = 256 << 20
"""A crawl takes answers of 32 MiB unless it is told otherwise; what unpacks to more than this was
made to fill somebody's memory."""
_WHOLE = (*KINDS, REMOVED)
"""Collections of objects of a site; the others are about them, and lack more in early versions."""
_WITH_ADDRESSES = frozenset({*_WHOLE, "revisions", "events", "files", "sites"})
"""Collections whose addresses are followed and shown. A failure names what could not be asked."""


class BundleReader:
    """The records of a bundle, as `Copier` reads an archive."""

    def __init__(self, folder: Path, shown: str) -> None:
        """Check all hashes and records of a bundle, which messages call `shown`.

        Raises OutputFailed, ExtraMissing.
        """
        bagit = bagit_package()
        self.address = shown
        # The hashes would be those of what a link leads to, anywhere on this machine.
        link = next((path for path in folder.rglob("*") if path.is_symlink()), None)
        if link:
            raise OutputFailed(f"{shown} holds a symbolic link, {link.relative_to(folder)}")
        try:
            bag = bagit.Bag(str(folder))
            bag.validate()
        # The bundle names the encoding of its lists, and what bagit raises is that encoding's.
        except (bagit.BagError, OSError, LookupError, TypeError, ValueError) as error:
            why = str(error).replace(f"{folder}/", "")
            raise OutputFailed(f"{shown} is not a whole bundle: {why}") from error
        if bag.info.get("Bundle-Version") != BUNDLE_VERSION:
            raise OutputFailed(f"{shown} is no bundle of version {BUNDLE_VERSION} of wparchive")
        self.data = folder / "data"
        """Where the parts of the bundle are."""
        self.counts: dict[str, dict[str, int]] = {}
        """How many records there are, also of those that are set aside, by site and collection."""
        sites = _texts(bag.info.get("External-Identifier"))
        self.contents = read_contents(self.data, sites, str(bag.info.get(CONTENTS_HASH, "")))
        self._folders: dict[str, Path] = {}
        self._since = _time_of(bag.info.get("History-Since"), shown)
        self._pages: dict[tuple[str, str], tuple[str, Iterator[StoredDocument]]] = {}
        self._refused: dict[str, dict[tuple[str, str], str]] = defaultdict(dict)
        self._require_names_of_files(bag)
        self._require_records()

    def _require_names_of_files(self, bag: Any) -> None:
        """Raise OutputFailed where a file has another hash than its name says.

        The hashes of a bundle are right also where somebody gave a file another name.
        """
        for path in self.files:
            name = f"data/{path.relative_to(self.data).as_posix()}"
            if bag.entries[name].get("sha256") != path.name:
                raise OutputFailed(f"{name} in {self.address} is not the file that its name says")

    def _require_records(self) -> None:
        """Raise OutputFailed where a line is no record, so that nothing is written before that."""
        if not (self.data / "records").is_dir():
            raise OutputFailed(f"{self.address} holds no records")
        for place in (self.data / "records").iterdir():
            site = site_of_folder(place.name)
            if site is None:
                raise OutputFailed(f"records/{place.name} in {self.address} is named after no site")
            if self._folders.setdefault(site, place) != place:
                raise OutputFailed(f"{self.address} has two folders with records of {site}")
        for key in self._keys():
            self.counts[key] = {}
            for collection in COPIED:
                self._look_at(collection, key)

    def _look_at(self, collection: str, key: str) -> None:
        """Count the records of a collection, and note those that are set aside.

        Raises OutputFailed.
        """
        if not self._path(collection, key).is_file():
            return
        self.counts[key][collection] = 0
        last = ""
        for record in self._lines(collection, key):
            # Copying goes on after an `_id`, as in a database. In a file that needs the order.
            if record["_id"] <= last:
                raise OutputFailed(
                    f"{collection} of {key} in {self.address} is not in order: {last}"
                )
            last = record["_id"]
            self.counts[key][collection] += 1
            if not is_record_of(record, collection, key):
                raise OutputFailed(
                    f"{last} in {self.address} stands among the records of {key}, and is none of"
                    " them"
                )
            try:
                require_harmless(restored_record(record, collection), collection)
            except ValueError as error:
                self._refused[key][collection, last] = str(error)

    @property
    def files(self) -> Iterator[Path]:
        """Yield the files of the bundle's sites."""
        yield from sorted(path for path in (self.data / "files").glob("*/*") if path.is_file())

    @property
    def warc_files(self) -> list[Path]:
        """Return the WARC files of the bundle's runs."""
        return sorted(
            path
            for path in (self.data / WARC_FOLDER).glob("*")
            if WARC_NAME.fullmatch(path.name) and path.is_file()
        )

    def close(self) -> None:
        """Forget what is open."""
        self._pages.clear()

    def refused(self, site: str) -> dict[tuple[str, str], str]:
        """Return why records of a site are set aside, by collection and `_id`."""
        return self._refused[site]

    def history_since(self) -> datetime:
        """Return since when every change is kept."""
        return self._since

    def sites(self) -> list[Site]:
        """Return the remembered sites."""
        found = [one for key in self._keys() for one in self.all_records("sites", key)]
        return [cast(Site, site) for site in found]

    def held(self) -> list[TypeCounts]:
        """Return how many posts there are of each site; nothing else is asked."""
        counts = []
        for key in self._keys():
            posts = sum(1 for _ in self.all_records("posts", key))
            counts.append(TypeCounts(key, "posts", "post", posts, 0, 0))
        return counts

    def runs(self, sites: tuple[str, ...], limit: int | None) -> Iterator[Run]:
        """Yield the runs of sites."""
        for key in sites:
            yield from (cast(Run, run) for run in self.all_records("runs", key))

    def leases(self) -> list[Lease]:
        """Return none: nobody crawls into a bundle."""
        return []

    def recurring_blocks(self, site: str) -> list[RecurringBlock]:
        """Return the blocks that recur on a site."""
        return [cast(RecurringBlock, block) for block in self.all_records("boilerplate", site)]

    def records(self, collection: str, site: str, after: str, limit: int) -> list[StoredDocument]:
        """Return up to `limit` records of a site whose `_id` follows `after`, ascending."""
        # Copying asks for page after page. The file is read on, not from its beginning each time.
        last, lines = self._pages.get((collection, site), ("", iter(())))
        if not after or last != after:
            lines = (one for one in self.all_records(collection, site) if one["_id"] > after)
        page = list(islice(lines, limit))
        if page:
            self._pages[collection, site] = (page[-1]["_id"], lines)
        return page

    def _keys(self) -> list[str]:
        return sorted(self._folders)

    def _path(self, collection: str, site: str) -> Path:
        return self._folders[site] / f"{collection}.jsonl"

    def all_records(self, collection: str, site: str) -> Iterator[StoredDocument]:
        """Yield the records of a site that are as they should be."""
        refused = self._refused[site]
        for record in self._lines(collection, site):
            if (collection, record["_id"]) not in refused:
                yield restored_record(record, collection)

    def _lines(self, collection: str, site: str) -> Iterator[StoredDocument]:
        """Yield the records of a site's collection as JSON has them. Raises OutputFailed."""
        path = self._path(collection, site)
        if not path.is_file():
            return
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                try:
                    yield decoded_record(line)
                except ValueError as error:
                    named = f"records/{path.parent.name}/{path.name}"
                    raise OutputFailed(
                        f"line {number} of {named} in the bundle is no record ({error})"
                    ) from error


def _texts(value: object) -> list[str]:
    """Return the values of a field of bagit's, which is one text where it is there once."""
    if isinstance(value, list):
        return [str(one) for one in value]
    return [value] if isinstance(value, str) else []


def _time_of(text: object, shown: str) -> datetime:
    """Return the time that a bundle says of itself. Raises OutputFailed."""
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise OutputFailed(f"{shown} does not say since when it keeps changes: {text}") from error


def as_reader(bundle: BundleReader) -> Reader:
    """Return a bundle as what copying reads: it asks for nothing else than a bundle has."""
    return cast(Reader, bundle)


def decoded_record(line: bytes) -> StoredDocument:
    """Return the record in a line as JSON has it. Raises ValueError where it is none at all."""
    try:
        record = msgspec.json.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    if not isinstance(record, dict) or not isinstance(record.get("_id"), str):
        raise ValueError("it has no _id")
    return record


def restored_record(record: StoredDocument, collection: str) -> StoredDocument:
    """Return a record with times and bytes as archives give them.

    Raises ValueError with the cause where a field is not what the data format says.
    """
    restored = _restored(record, _checked_type(collection))
    if collection == "revisions" and restored["kind"] in KINDS:
        type_ = _checked_type(restored["kind"])
        if restored.get("whole") is False:
            type_ = part_type(DOCUMENT_TYPES[restored["kind"]])
        restored["document"] = _restored(restored["document"], type_, is_closed=False)
    return restored


def require_harmless(record: StoredDocument, collection: str) -> None:
    """Raise ValueError with the cause where a restored record is nothing that a crawl writes."""
    if collection in _WHOLE:
        key = document_key(record["site"], record["type"], record["id"])
        if record["_id"] != key:
            raise ValueError(f"its fields say that it is {key}")
        _require_whole_record(record)
    if collection == "files":
        _require_file_of_its_hash(record)
    odd = odd_value(record) if collection in _WITH_ADDRESSES else ""
    if odd:
        raise ValueError(odd)
    document = record.get("document") if collection == "revisions" else record
    for one in (record, document):
        _require_names_of_warc_files(one)
    html = document.get("html") if isinstance(document, Mapping) else None
    if html and not is_safe_html(html):
        raise ValueError("its html is not the safe HTML that a crawl writes")


def _require_file_of_its_hash(record: StoredDocument) -> None:
    """Raise ValueError where a record of a file leads to any other place than that of its hash."""
    if not all(map(is_digest, digests_of(record))):
        raise ValueError("it names no file by its hash")
    if record["path"] != (record["sha256"] and stored_path(record["sha256"])):
        raise ValueError("its path is not that of its hash")


def _require_names_of_warc_files(record: object) -> None:
    """Raise ValueError where a run, or a document, names what can be no WARC file of a run."""
    named = record.get("warc") if isinstance(record, Mapping) else None
    # A document names a file and a record in it, a run names all its files.
    names = [named.partition("#")[0]] if isinstance(named, str) else named or ()
    if not all(WARC_NAME.fullmatch(name) for name in names):
        raise ValueError("it names no WARC file of a run")


def is_record_of(record: StoredDocument, collection: str, site: str) -> bool:
    """Tell whether a record is of a site: another one could replace what other sites have."""
    key = record["_id"]
    if collection in OF_ONE_SITE:
        return bool(key == site)
    if record.get("site") != site:
        return False
    if collection == "events":
        return f":{site}/" in key
    if collection in _WHOLE:
        # Not more parts: `example.com` may not write below `example.com/blog`.
        return re.fullmatch(rf"{re.escape(site)}/[^/]+/[^/]+", key) is not None
    return bool(re.match(rf"{re.escape(site)}[/#@]", key))


def _restored(record: StoredDocument, type_: Any, is_closed: bool = True) -> StoredDocument:
    """Return a record whose fields have the types of a typed dictionary.

    A closed one has no other fields. What is nested stays as it is. Raises ValueError.
    """
    unknown = record.keys() - type_.__annotations__.keys()
    if unknown and is_closed:
        raise ValueError(f"unknown fields: {', '.join(sorted(unknown)[:5])[:200]}")
    try:
        typed: Mapping[str, Any] = msgspec.convert(record, type_)
        # Flags are only texts; given them, it would note there what it has found.
        fields = {name: value for name, value in record.items() if name != "flags"}
        is_storable = storable_fields(fields) == fields
    except (msgspec.MsgspecError, DocumentRejected, RecursionError) as error:
        raise ValueError(str(error)) from error
    if not is_storable:
        raise ValueError("it holds signs or numbers that no database takes")
    return {name: _top_value(value, typed.get(name)) for name, value in record.items()}


def _top_value(value: Any, typed: Any) -> Any:
    """Return a time or bytes in the place of their text; any other value as it is."""
    return typed if isinstance(value, str) and typed is not None else value


def _require_whole_record(record: StoredDocument) -> None:
    """Raise ValueError where `raw` is not one whole compressed record, of a size to be read."""
    if not record["raw"]:
        return
    unpacker = zlib.decompressobj()
    try:
        unpacker.decompress(record["raw"], RAW_BYTES_MAX)
    except zlib.error as error:
        raise ValueError(f"its raw record is damaged ({error})") from error
    if not unpacker.eof or unpacker.unused_data:
        raise ValueError("its raw record is cut off, or unpacks to too much")


@cache
def _checked_type(collection: str) -> Any:
    """Return the type of a collection's records, as lenient as what archives hold."""
    type_ = RECORD_TYPES["posts" if collection == REMOVED else collection]
    fields = checked_fields(type_, lists_may_lack=collection not in _WHOLE)
    deeper: Mapping[tuple[str, str], Any] = {
        ("runs", "types"): list[part_type(TypeReport)],  # type: ignore[misc]
        ("files", "earlier"): list[checked_annotation(EarlierFile)],  # type: ignore[misc]
    }
    fields |= {name: value for (of, name), value in deeper.items() if of == collection}
    if collection == REMOVED:
        fields["removed_at"] = ZonedTime
    return TypedDict(collection, fields)  # type: ignore[operator]
