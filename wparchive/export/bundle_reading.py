"""Bundles of `wparchive export --format bundle`, read as copying reads an archive."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, unquote

from wparchive.backends.copying import COPIED
from wparchive.backends.questions import TypeCounts
from wparchive.backends.reader import Reader
from wparchive.errors import OutputFailed
from wparchive.export.bundle import BUNDLE_VERSION, WARC_FOLDER, WARC_NAME, bagit_package
from wparchive.export.bundle_records import (
    decoded_record,
    is_record_of,
    require_harmless,
    restored_record,
)
from wparchive.model.documents import Lease, RecurringBlock, Run, Site, StoredDocument


class BundleReader:
    """The records of a bundle, as `Copier` reads an archive."""

    def __init__(self, folder: Path, shown: str) -> None:
        """Check all hashes and records of a bundle, which messages call `shown`.

        Raises OutputFailed, ExtraMissing.
        """
        bagit = bagit_package()
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
            name = f"data/{path.relative_to(self._data).as_posix()}"
            if bag.entries[name].get("sha256") != path.name:
                raise OutputFailed(f"{name} in {self.address} is not the file that its name says")

    def _require_records(self) -> None:
        """Raise OutputFailed where a line is no record, so that nothing is written before that."""
        if not (self._data / "records").is_dir():
            raise OutputFailed(f"{self.address} holds no records")
        for place in (self._data / "records").iterdir():
            # Else two folders could stand for one site.
            if place.name != quote(unquote(place.name), safe=""):
                raise OutputFailed(f"records/{place.name} in {self.address} is named after no site")
        for key in self._keys():
            for collection in COPIED:
                self._look_at(collection, key)

    def _look_at(self, collection: str, key: str) -> None:
        """Note the records of a collection that are set aside. Raises OutputFailed."""
        last = ""
        for record in self._lines(collection, key):
            # Copying goes on after an `_id`, as in a database. In a file that needs the order.
            if record["_id"] <= last:
                raise OutputFailed(
                    f"{collection} of {key} in {self.address} is not in order: {last}"
                )
            last = record["_id"]
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
        yield from sorted((self._data / "files").glob("*/*"))

    @property
    def warc_files(self) -> list[Path]:
        """Return the WARC files of the bundle's runs."""
        return sorted(
            path for path in (self._data / WARC_FOLDER).glob("*") if WARC_NAME.fullmatch(path.name)
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
        found = [one for key in self._keys() for one in self._records("sites", key)]
        return [cast(Site, site) for site in found]

    def held(self) -> list[TypeCounts]:
        """Return how many posts there are of each site; nothing else is asked."""
        counts = []
        for key in self._keys():
            posts = sum(1 for _ in self._records("posts", key))
            counts.append(TypeCounts(key, "posts", "post", posts, 0, 0))
        return counts

    def runs(self, sites: tuple[str, ...], limit: int | None) -> Iterator[Run]:
        """Yield the runs of sites."""
        for key in sites:
            yield from (cast(Run, run) for run in self._records("runs", key))

    def leases(self) -> list[Lease]:
        """Return none: nobody crawls into a bundle."""
        return []

    def recurring_blocks(self, site: str) -> list[RecurringBlock]:
        """Return the blocks that recur on a site."""
        return [cast(RecurringBlock, block) for block in self._records("boilerplate", site)]

    def records(self, collection: str, site: str, after: str, limit: int) -> list[StoredDocument]:
        """Return up to `limit` records of a site whose `_id` follows `after`, ascending."""
        # Copying asks for page after page. The file is read on, not from its beginning each time.
        last, lines = self._pages.get((collection, site), ("", iter(())))
        if not after or last != after:
            lines = (one for one in self._records(collection, site) if one["_id"] > after)
        page = list(islice(lines, limit))
        if page:
            self._pages[collection, site] = (page[-1]["_id"], lines)
        return page

    def _keys(self) -> list[str]:
        return sorted(unquote(place.name) for place in (self._data / "records").iterdir())

    def _records(self, collection: str, site: str) -> Iterator[StoredDocument]:
        """Yield the records of a site that are as they should be."""
        refused = self._refused[site]
        for record in self._lines(collection, site):
            if (collection, record["_id"]) not in refused:
                yield restored_record(record, collection)

    def _lines(self, collection: str, site: str) -> Iterator[StoredDocument]:
        """Yield the records of a site's collection as JSON has them. Raises OutputFailed."""
        path = self._data / "records" / quote(site, safe="") / f"{collection}.jsonl"
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


def _time_of(text: object, shown: str) -> datetime:
    """Return the time that a bundle says of itself. Raises OutputFailed."""
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise OutputFailed(f"{shown} does not say since when it keeps changes: {text}") from error


def as_reader(bundle: BundleReader) -> Reader:
    """Return a bundle as what copying reads: it asks for nothing else than a bundle has."""
    return cast(Reader, bundle)
