"""The files of an archive, as readers find them: by address, whole or damaged."""

import mimetypes
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from wparchive.backends.reader import Reader
from wparchive.model.file_records import FileRecord, file_key, original_addresses, stored_path

_SUFFIX_FORM = re.compile(r"\.[a-z0-9]{1,5}")
_AT_ONCE = 1 << 20  # bytes of one read
_RECORDS_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class FileFinding:
    """A kept file that is damaged or lost."""

    what: Literal["damaged", "lost"]
    detail: str
    url: str


class HeldFiles:
    """The files that crawls have kept (`-a media`)."""

    def __init__(self, reader: Reader, place: str) -> None:
        """`place` is the folder of the files, or the address of a bucket."""
        self._reader = reader
        self.place = place
        self.folder: Path | None = None
        """None for a bucket: only a crawl reads and writes buckets."""
        if "://" not in place:
            self.folder = Path(place)

    def of(self, site: str, urls: Iterable[str]) -> dict[str, FileRecord]:
        """Return the records of the files behind addresses that a site names, by address.

        A smaller copy of a picture leads to the whole one. Addresses without a file are left out.
        """
        forms = {url: [file_key(site, form) for form in original_addresses(url)] for url in urls}
        keys = [key for some in forms.values() for key in some]
        held = self._reader.files(keys) if keys else {}
        found: dict[str, FileRecord] = {}
        for url, some in forms.items():
            for key in some:
                if key in held and held[key]["sha256"] is not None:
                    found[url] = held[key]
                    break
        return found

    def of_document(self, document: Mapping[str, Any]) -> dict[str, FileRecord]:
        """Return the records of the files that a post or an attachment names, by address."""
        return self.of(document["site"], dict.fromkeys(named_addresses(document)))

    def path(self, record: FileRecord) -> Path | None:
        """Return the path of a kept file; None where there is none, or it is in a bucket."""
        if self.folder is None or record["sha256"] is None:
            return None
        path = self.folder / stored_path(record["sha256"])
        return path if path.is_file() else None

    def check(self, site: str) -> tuple[int, list[FileFinding]]:
        """Read every kept file of a site; return how many there are, and what is wrong with some.

        Files in a bucket are counted, and not read.
        """
        findings: list[FileFinding] = []
        known: dict[str, tuple[Literal["damaged", "lost"], str] | None] = {}
        files = 0
        for record in self._records(site):
            for digest in _digests(record):
                files += 1
                if self.folder is None:
                    continue
                if digest not in known:
                    known[digest] = self._trouble(digest)
                if trouble := known[digest]:
                    findings.append(FileFinding(*trouble, record["url"]))
        return files, findings

    def digests(self, site: str) -> Iterator[str]:
        """Yield the hash of each kept file of a site, earlier ones too, in the order of records."""
        for record in self._records(site):
            yield from _digests(record)

    def _records(self, site: str) -> Iterator[dict[str, Any]]:
        after = ""
        while page := self._reader.records("files", site, after, _RECORDS_AT_ONCE):
            yield from page
            after = page[-1]["_id"]

    def _trouble(self, digest: str) -> tuple[Literal["damaged", "lost"], str] | None:
        """Return what is wrong with the bytes that have a hash; None where nothing is."""
        assert self.folder is not None
        path = self.folder / stored_path(digest)
        hashed = sha256()
        try:
            with path.open("rb") as file:
                while chunk := file.read(_AT_ONCE):
                    hashed.update(chunk)
        except OSError as error:
            return "lost", f"its file {path} cannot be read ({error.strerror})"
        if hashed.hexdigest() != digest:
            return "damaged", f"its file {path} is not the one that came"
        return None


def file_name(record: Mapping[str, Any]) -> str:
    """Return a name for a copy of a file: its hash, with a suffix that programs know it by."""
    suffix = Path(urlsplit(record["url"]).path).suffix.lower()
    if not _SUFFIX_FORM.fullmatch(suffix):
        suffix = mimetypes.guess_extension(record["mime_type"]) or ""
    return f"{record['sha256']}{suffix}"


def named_addresses(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the addresses in a document that may be those of files."""
    if document.get("url"):
        yield document["url"]
    featured = document.get("featured_media") or {}
    if featured.get("url"):
        yield featured["url"]
    for name in ("images", "links", "embeds"):
        for part in document.get(name) or ():
            yield part["url"]


def _digests(record: Mapping[str, Any]) -> Sequence[str]:
    """Return the hashes of a record's file and of those that stood there before."""
    earlier = [before["sha256"] for before in record["earlier"]]
    return [*earlier, record["sha256"]] if record["sha256"] else earlier
