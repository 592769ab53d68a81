"""The files of an archive, as readers find them: by address, whole or damaged."""

import mimetypes
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, Literal
from urllib.parse import urlsplit

from wparchive.backends.reader import Reader
from wparchive.buckets import BucketFailed
from wparchive.errors import ArchiveUnreachable
from wparchive.file_stores import FileStore, file_store, is_bucket, stored_digest
from wparchive.model.file_records import (
    FileRecord,
    file_key,
    is_digest,
    original_addresses,
    stored_path,
)
from wparchive.reading.views import counted_text

_SUFFIX_FORM = re.compile(r"\.[a-z0-9]{1,5}")
COPIES_FOLDER = "files"
"""The folder of an export that has copies of kept files."""
_RECORDS_AT_ONCE = 200
_AT_ONCE = 1 << 20  # bytes of one read
_PAGE_SUFFIXES = frozenset({".html", ".htm", ".xhtml", ".xht", ".shtml", ".mhtml", ".svg", ".xml"})
"""Suffixes of files in which a browser runs code."""


Trouble = Literal["damaged", "lost"]


@dataclass(frozen=True, slots=True)
class FileFinding:
    """A kept file that is damaged or lost."""

    what: Trouble
    detail: str
    url: str


class HeldFiles:
    """The files that crawls have kept (`-a media`)."""

    def __init__(self, reader: Reader, place: str) -> None:
        """`place` is the folder of the files, or the address of a bucket."""
        self._reader = reader
        self.place = place
        self.folder: Path | None = None
        """None for a bucket."""
        if not is_bucket(place):
            self.folder = Path(place)
        self.copies: set[str] = set()
        """Hashes of the files that `copied` has found or made copies of."""
        self.not_copied: dict[str, Trouble] = {}
        """Addresses of those of which it could make none, and why."""

    @cached_property
    def store(self) -> FileStore:
        """Return the store that has the bytes. Raises ExtraMissing, InvalidURI."""
        return file_store(self.place)

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
                if key in held and is_digest(held[key]["sha256"]):
                    found[url] = held[key]
                    break
        return found

    def of_document(self, document: Mapping[str, Any]) -> dict[str, FileRecord]:
        """Return the records of the files that a post or an attachment names, by address."""
        return self.of(document["site"], dict.fromkeys(named_addresses(document)))

    def path(self, record: FileRecord) -> Path | None:
        """Return the path of a kept file; None where there is none, or it is in a bucket."""
        if self.folder is None or record["sha256"] is None or not is_digest(record["sha256"]):
            return None
        path = self.folder / stored_path(record["sha256"])
        return path if path.is_file() else None

    def where(self, record: FileRecord) -> str | None:
        """Return the path or the address of a kept file; None where there is none.

        A bucket is not asked: its address is returned for every file that a crawl has kept.
        """
        if record["sha256"] is None or not is_digest(record["sha256"]):
            return None
        if self.folder is not None and self.path(record) is None:
            return None
        return self.store.where(stored_path(record["sha256"]))

    @contextmanager
    def open(self, digest: str) -> Iterator[BinaryIO | None]:
        """Give the file with a hash, open for reading; None where it is not there.

        Raises ArchiveUnreachable for a bucket that cannot be read.
        """
        if not is_digest(digest):
            yield None
            return
        try:
            with self.store.open(stored_path(digest)) as source:
                yield source
        except FileNotFoundError:
            yield None
        except BucketFailed as error:
            raise _unreachable(error) from error

    def copied(
        self, document: Mapping[str, Any], folder: Path, types: frozenset[str] | None = None
    ) -> dict[str, str]:
        """Copy the kept files that a document names into a folder, each once.

        Returns the names of the copies, by address. `types` are the media types to copy; None
        copies all. Raises ArchiveUnreachable, OSError.
        """
        names: dict[str, str] = {}
        for url, record in self.of_document(document).items():
            if types is not None and record["mime_type"] not in types:
                continue
            name = file_name(record)
            if self._has_copied(record, folder / name):
                names[url] = name
        return names

    def _has_copied(self, record: FileRecord, copy: Path) -> bool:
        """Copy a file, unless that was done before; return False where it is not there whole."""
        digest = record["sha256"]
        assert digest is not None
        # Its name is the hash of its bytes.
        if not copy.exists():
            trouble = self._copy(digest, copy)
            if trouble is not None:
                self.not_copied[record["url"]] = trouble
                return False
        self.copies.add(digest)
        return True

    def _copy(self, digest: str, copy: Path) -> Trouble | None:
        """Copy the file with a hash; return why there is no copy, None where there is."""
        with self.open(digest) as source:
            if source is None:
                return "lost"
            copy.parent.mkdir(parents=True, exist_ok=True)
            # A copy that was cut off would be taken for the whole one the next time.
            part = copy.with_name(f"{copy.name}.partial")
            hashed = sha256()
            try:
                with part.open("wb") as out:
                    while data := source.read(_AT_ONCE):
                        hashed.update(data)
                        out.write(data)
                if hashed.hexdigest() != digest:
                    return "damaged"
                part.replace(copy)
            finally:
                part.unlink(missing_ok=True)
        return None

    def check(self, site: str) -> tuple[int, list[FileFinding]]:
        """Read every kept file of a site; return how many there are, and what is wrong with some.

        Raises ArchiveUnreachable for a bucket that cannot be read.
        """
        findings: list[FileFinding] = []
        known: dict[str, tuple[Trouble, str] | None] = {}
        files = 0
        is_there = self.folder is None or self.folder.is_dir()
        for record in self._records(site):
            for digest in digests_of(record):
                files += 1
                if not is_there:
                    continue
                if digest not in known:
                    known[digest] = self._trouble(digest)
                if trouble := known[digest]:
                    findings.append(FileFinding(*trouble, record["url"]))
        if files and not is_there:
            findings.append(FileFinding("lost", self._of_no_folder(files), f"{self.folder}"))
        return files, findings

    def _of_no_folder(self, files: int) -> str:
        count = counted_text(files, "file")
        return (
            f"the folder of files is not there, nor any of the {count} in it; "
            "ARCHIVE_FILES says where it is, if it was moved"
        )

    def digests(self, site: str) -> Iterator[str]:
        """Yield the hash of each kept file of a site, earlier ones too, in the order of records."""
        for record in self._records(site):
            yield from digests_of(record)

    def _records(self, site: str) -> Iterator[dict[str, Any]]:
        after = ""
        while page := self._reader.records("files", site, after, _RECORDS_AT_ONCE):
            yield from page
            after = page[-1]["_id"]

    def _trouble(self, digest: str) -> tuple[Trouble, str] | None:
        """Return what is wrong with the bytes that have a hash; None where nothing is."""
        if not is_digest(digest):
            return "lost", "its record names no file"
        path = stored_path(digest)
        where = self.store.where(path)
        try:
            found = stored_digest(self.store, path)
        except BucketFailed as error:
            raise _unreachable(error) from error
        except OSError as error:
            return "lost", f"its file {where} cannot be read ({error.strerror})"
        if found != digest:
            return "damaged", f"its file {where} is not the one that came"
        return None


def _unreachable(error: BucketFailed) -> ArchiveUnreachable:
    return ArchiveUnreachable(f"{error.filename} cannot be read: {error.strerror}")


def file_name(record: Mapping[str, Any]) -> str:
    """Return a name for a copy of a file: its hash, with a suffix that programs know it by."""
    try:
        suffix = Path(urlsplit(record["url"]).path).suffix.lower()
    except ValueError:  # a record that was imported may name anything
        suffix = ""
    is_page = suffix in _PAGE_SUFFIXES and suffix not in _suffixes(record["mime_type"])
    # A picture at `photo.html` must not become a page where somebody opens the copy.
    if is_page or not _SUFFIX_FORM.fullmatch(suffix):
        suffix = mimetypes.guess_extension(record["mime_type"]) or ""
    return f"{record['sha256']}{suffix}"


def _suffixes(mime_type: str) -> list[str]:
    return mimetypes.guess_all_extensions(mime_type)


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


def digests_of(record: Mapping[str, Any]) -> Sequence[str]:
    """Return the hashes of a record's file and of those that stood there before."""
    earlier = [before["sha256"] for before in record["earlier"]]
    return [*earlier, record["sha256"]] if record["sha256"] else earlier
