"""The files that a run asks for, and those that it does not, each with its reason.

A limit that the operator has set is a choice: what it leaves out is counted. A file that is left
out by a limit which nobody has set was asked for, and does not come: that is a failure.
"""

import mimetypes
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from operator import itemgetter
from urllib.parse import urlsplit

from crawler.files.limits import FileLimits
from crawler.items import Progress
from crawler.run.failures import NotArchived
from crawler.run.files_count import FilesCount
from wparchive.model.file_records import (
    GONE_CAUSES,
    FileRecord,
    file_key,
    original_addresses,
    without_users,
)

GONE_AGAIN_MAX = 20
"""So many files that were gone the last time does an update request again."""
MEDIA_FILE = "media_file"
"""In the meta of a request: the file that it asks for."""
TOO_LARGE = "too_large"


@dataclass(kw_only=True)
class MediaFile(Progress):
    """A file on its way: an address that the site names, and what is held of it."""

    key: str
    """`_id` of its record."""
    site: str
    url: str
    named_by: str
    """Key of the document that names it."""
    mime_type: str = ""
    """Media type as the site says it; empty where it does not."""
    size_bytes: int | None = None
    """Size as the site says it; None where it does not."""
    held: FileRecord | None = None
    """The record of earlier runs."""
    found_bytes: int | None = None
    """How many bytes are where that record says; None for no file."""

    @property
    def is_in_place(self) -> bool:
        """Return whether the bytes of the record are where the archive keeps files."""
        return self.found_bytes is not None and self.found_bytes == self._held_bytes

    @property
    def expected_bytes(self) -> int | None:
        """Return how many bytes will come; None where nothing says so."""
        # A file that is held has mostly not changed, and then nothing of it comes.
        return 0 if self.is_in_place else self.size_bytes

    @property
    def loss(self) -> str:
        """Return what the archive has lost of the bytes of the record; empty for nothing."""
        if self.is_in_place or self._held_bytes is None:
            return ""
        if self.found_bytes is None:
            return "it was no longer in the archive's place of files"
        return f"{self.found_bytes:,} of its {self._held_bytes:,} bytes were left in the archive"

    def with_loss(self, message: str) -> str:
        """Return why a file did not come, and with it what the archive has lost of it."""
        return f"{message}; {self.loss}" if self.loss else message

    @property
    def _held_bytes(self) -> int | None:
        return None if self.held is None else self.held["size_bytes"]


@dataclass
class FilePlan:
    """The files that a run asks for, and counts of those that it does not."""

    count: FilesCount
    limits: FileLimits
    update: bool
    """True where a held file is trusted, unless the document that names it has changed."""
    since: datetime
    """Start of this run, or of the run that it continues. Files checked since then are done."""
    files: list[MediaFile] = field(default_factory=list)
    known_gone: list[MediaFile] = field(default_factory=list)
    """Files that were gone the last time, and are not asked for."""
    failed: list[NotArchived] = field(default_factory=list)
    """Failures of files that are not asked for."""
    _seen: set[str] = field(default_factory=set)
    _hosts: set[str] = field(default_factory=set)

    def add_host(self, url: str) -> None:
        """Remember the host of an address as one of the site's."""
        self._hosts.add(_host(url))

    def is_new(self, file: MediaFile) -> bool:
        """Tell whether this is the first time that a file is named, and remember it."""
        if file.key in self._seen:
            return False
        self._seen.add(file.key)
        return True

    def is_covered(self, site: str, url: str) -> bool:
        """Tell whether an address is a smaller copy of a file that is asked for."""
        return any(file_key(site, form) in self._seen for form in original_addresses(url))

    def is_elsewhere(self, url: str) -> bool:
        """Tell whether an address is on another host than the site's files."""
        return _host(url) not in self._hosts

    def lack_address(self, key: str) -> None:
        """Count an attachment that names no file."""
        self.count.named += 1
        self.count.lack_address(key)

    def refuse(self, file: MediaFile, fault: str) -> None:
        """Count a file whose address nobody can ask for."""
        self.count.named += 1
        message = f"not an address that can be asked: {fault}"
        self.count.fail(file.url, message)
        self.failed.append(file_failure(file, "address", message))

    def wants(self, file: MediaFile) -> bool:
        """Tell whether files of its type were asked for; count a file of another type."""
        limit = self.limits.against(file.mime_type)
        guessed = type_by_name(file.url)
        # Some sites call every upload `application/octet-stream`.
        if limit and guessed and not self.limits.against(guessed):
            limit = ""
        if limit:
            self.count.named += 1
            self.count.leave_out_type(file.url, file.mime_type, limit)
        return not limit

    def _is_settled(self, file: MediaFile, held: FileRecord, changed_at: datetime | None) -> bool:
        """Tell whether no request is needed: this run has checked the file, or trusts another."""
        # Somebody may have removed the bytes; only the site can have them still.
        if not (file.is_in_place or held.get("problem") in GONE_CAUSES):
            return False
        if held["checked_at"] >= self.since:
            return True
        if not self.update or (changed_at is not None and changed_at > held["checked_at"]):
            return False
        return held.get("problem") in {None, *GONE_CAUSES}

    def _trust(self, file: MediaFile, held: FileRecord) -> None:
        if held.get("problem"):
            self.known_gone.append(file)
        else:
            self.count.trusted += 1

    def add(self, file: MediaFile, changed_at: datetime | None) -> None:
        """Take a file into the plan, or count why it is not requested."""
        count = self.count
        count.named += 1
        if file.held is not None:
            count.held += file.is_in_place
            if self._is_settled(file, file.held, changed_at):
                self._trust(file, file.held)
                return
        # What is held costs nothing where it has not changed: it is asked for.
        if not file.is_in_place and self.limits.is_too_large(file.size_bytes):
            lost = leave_out_large(count, self.limits, file, f"its {file.size_bytes:,} bytes")
            self.failed += [lost] if lost else []
            return
        self._ask(file)

    def ask_gone_again(self) -> None:
        """Take some files that were gone into the plan: those that were asked longest ago.

        A server that was broken for a while calls everything gone. All of them at each update would
        cost more than what changed.
        """
        old = [(file.held["checked_at"], file) for file in self.known_gone if file.held]
        old = [one for one in old if one[0] < self.since]
        old.sort(key=itemgetter(0))
        again = [file for _, file in old[:GONE_AGAIN_MAX]]
        keys = {file.key for file in again}
        self.known_gone = [file for file in self.known_gone if file.key not in keys]
        for file in again:
            self._ask(file)

    def mix(self, run: str) -> None:
        """Put the files to request into an order of this run's own.

        Files that a server always fails to send often stand together. Asked one after the other,
        they look like a host that is down, and it is given up. In the same order at each run, they
        would keep all files behind them from ever being asked for.
        """
        self.files.sort(key=lambda file: sha256(f"{run} {file.key}".encode()).digest())

    def _ask(self, file: MediaFile) -> None:
        self.count.ask(file.expected_bytes)
        self.files.append(file)


def type_by_name(url: str) -> str:
    """Return the media type that the name of a file says; empty where it says none."""
    try:
        return mimetypes.guess_type(urlsplit(url).path)[0] or ""
    except ValueError:
        return ""


def fault_of(url: str) -> str:
    """Return why an address cannot be asked; empty where it can."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises ValueError for `host:port`
    except ValueError as error:
        # What stands behind "as" is a part of the address, and may be one of a password.
        return without_users(str(error)).partition(" as ")[0]
    if not parts.hostname:
        return "it names no host"
    return "it names a user, as no public address does" if parts.username else ""


def file_failure(file: MediaFile, cause: str, message: str) -> NotArchived:
    """Return the failure of a file, by its address."""
    return NotArchived(
        kind="media",
        type="file",
        id=None,
        stage="file",
        cause=cause,
        message=f"{without_users(message)} (named by {file.named_by})",
        url=file.url,
    )


def leave_out_large(
    count: FilesCount, limits: FileLimits, file: MediaFile, size: str
) -> NotArchived | None:
    """Count a file that is above the limit of size; return the failure that it is.

    `size` says how large it is, as far as that is known: `its 5,000 bytes`.
    A limit that the operator has set is no failure.
    """
    if limits.is_file_bytes_chosen:
        count.leave_out(file.url, f"{size} are more than CRAWL_FILE_MAX_BYTES")
        return None
    message = (
        f"{size} are more than CRAWL_FILE_MAX_BYTES allows by default ({limits.file_bytes:,}); "
        "raise it, or set it to do without such files"
    )
    count.fail_too_large(file.url, message)
    return file_failure(file, TOO_LARGE, message)


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
