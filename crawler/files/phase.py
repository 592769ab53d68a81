"""The phase that asks for a site's files (`-a media`), once all documents are in the archive.

The documents that name files are read from the archive. An update run reads only a few documents
from the site, but the files of all documents are wanted.
"""

import mimetypes
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from scrapy.settings import BaseSettings

from crawler.items import Progress
from crawler.run.failures import NotArchived
from crawler.run.report import FilesCount
from crawler.run.run_state import BYTES_IN_FLIGHT_MAX, RunState
from wparchive.model.documents import Kind, StoredDocument
from wparchive.model.file_records import GONE_CAUSES, FileRecord, file_key, original_addresses

DOCUMENTS_AT_ONCE = 500
MEDIA_FILE = "media_file"
"""In the meta of a request: the file that it asks for."""
_UPLOADS = "/wp-content/uploads/"
_PLAYED = frozenset({"audio", "video", "object"})
"""Kinds of embeds whose address is that of a file."""


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


@dataclass(frozen=True, slots=True)
class FileLimits:
    """The limits to the files that a run fetches."""

    images_only: bool = False
    types: tuple[str, ...] = ()
    """Beginnings of the media types that are fetched; empty for all."""
    file_bytes: int = 0
    """The most bytes of one file; 0 for no limit."""
    total_bytes: int = 0
    """The most bytes of all files that one run fetches; 0 for no limit."""
    at_once: int = 2
    """The number of files in flight."""

    def wants(self, mime_type: str) -> bool:
        """Tell whether files of a media type are fetched. Files of unknown type are."""
        if not mime_type:
            return True
        if self.images_only and not mime_type.startswith("image/"):
            return False
        return not self.types or mime_type.startswith(self.types)


def file_limits(arguments: Mapping[str, str], settings: BaseSettings) -> FileLimits:
    """Return the limits that the arguments and the settings of a crawl set."""
    wanted = settings["CRAWL_FILES_TYPES"].replace(" ", "").lower()
    return FileLimits(
        images_only=arguments.get("media") == "images",
        types=tuple(filter(None, wanted.split(","))),
        file_bytes=settings.getint("CRAWL_FILE_MAX_BYTES"),
        total_bytes=settings.getint("CRAWL_FILES_TOTAL_MAX_BYTES"),
        at_once=settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN") + 1,
    )


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

    def _is_settled(self, held: FileRecord, changed_at: datetime | None) -> bool:
        """Tell whether no request is needed: this run has checked the file, or trusts another."""
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
            count.held += file.held["sha256"] is not None
            if self._is_settled(file.held, changed_at):
                self._trust(file, file.held)
                return
        limit = self.limits.file_bytes
        if limit and (file.size_bytes or 0) > limit:
            count.leave_out(file.url, f"{file.size_bytes:,} bytes: more than CRAWL_FILE_MAX_BYTES")
            return
        count.asked += 1
        if file.size_bytes is None:
            count.asked_unknown += 1
        count.asked_bytes += file.size_bytes or 0
        self.files.append(file)


async def keep_files(
    run: RunState, limits: FileLimits, should_stop: Callable[[], bool]
) -> AsyncIterator[MediaFile]:
    """Yield the files to request. A pipeline fetches them and counts the results.

    Raises ArchiveError.
    """
    count = run.report.files = FilesCount()
    plan = FilePlan(count, limits, run.report.mode == "update", run.checkpoints.began_at)
    plan.add_host(run.home)
    # Media first: a file that an attachment describes need not be guessed from a post.
    kinds: tuple[Kind, ...] = ("media", "posts")
    for kind in kinds:
        async for page in _pages(run, kind):
            if should_stop():
                return
            await _plan_page(run, plan, kind, page)
    for file in plan.known_gone:
        count.lose(file.url, "gone, when it was last asked for")
        await run.failures.keep(file_failure(file, "http_404", "the server has no such file"))
    for file in plan.files:
        if should_stop():
            return
        # Each file counts as the same share of the bytes in flight, whatever its size. So only a
        # few files wait in the downloader, and a run that is told to end can end soon.
        file.received_bytes = BYTES_IN_FLIGHT_MAX // limits.at_once
        yield file
    await run.in_flight.drained()
    if not should_stop():
        # Failures of earlier runs that did not happen again are over.
        await run.failures.save()
        await run.store.clear_failures(run.site_key, "file", run.report.started_at)


def file_failure(file: MediaFile, cause: str, message: str) -> NotArchived:
    """Return the failure of a file, by its address."""
    return NotArchived(
        kind="media",
        type="file",
        id=None,
        stage="file",
        cause=cause,
        message=f"{message} (named by {file.named_by})",
        url=file.url,
    )


async def _pages(run: RunState, kind: Kind) -> AsyncIterator[list[StoredDocument]]:
    after = ""
    while page := await run.store.next_named(kind, run.site_key, after, DOCUMENTS_AT_ONCE):
        yield page
        after = page[-1]["_id"]


async def _plan_page(run: RunState, plan: FilePlan, kind: Kind, page: list[StoredDocument]) -> None:
    """Take the files that a page of documents names into the plan."""
    found: list[tuple[MediaFile, datetime | None]] = []
    for document in page:
        if kind == "media":
            file = _attachment(document, plan)
            if file is not None:
                found.append((file, _last_rewritten(document)))
        else:
            found += [(file, None) for file in _files_of_post(document, plan)]
    held = await run.store.files([file.key for file, _ in found])
    for file, changed_at in found:
        file.held = held.get(file.key)
        plan.add(file, changed_at)


def _last_rewritten(media: StoredDocument) -> datetime:
    """Return when a crawl last found anything else in a record.

    A plugin that replaces a file changes the date and the sizes of its attachment, and no more:
    that is a refresh, and no new version.
    """
    changed_at: datetime = media["changed_at"]
    return max(changed_at, media.get("refreshed_at") or changed_at)


def _attachment(media: StoredDocument, plan: FilePlan) -> MediaFile | None:
    """Return the file of an attachment; None where it has none that is wanted."""
    url = media["url"]
    if not _can_be_asked(url):
        return None
    plan.add_host(url)
    mime_type = media["mime_type"] or ""
    if not plan.limits.wants(mime_type):
        return None
    file = _file(media["_id"], url, mime_type, media["size_bytes"])
    return file if plan.is_new(file) else None


def _files_of_post(post: StoredDocument, plan: FilePlan) -> Iterator[MediaFile]:
    """Yield the files that a post names and no attachment does."""
    site = _site_of(post["_id"])
    for url in _named_in(post, plan.limits.images_only):
        if not _can_be_asked(url) or plan.is_covered(site, url):
            continue
        mime_type = mimetypes.guess_type(urlsplit(url).path)[0] or ""
        if not plan.limits.wants(mime_type):
            continue
        file = _file(post["_id"], url, mime_type, None)
        if not plan.is_new(file):
            continue
        if plan.is_elsewhere(url):
            plan.count.elsewhere += 1
            continue
        yield file


def _named_in(post: StoredDocument, images_only: bool) -> Iterator[str]:
    for image in post["images"] or ():
        yield image["url"]
    if images_only:
        return
    for link in post["links"] or ():
        if _UPLOADS in link["url"]:
            yield link["url"]
    for embed in post["embeds"] or ():
        if embed["kind"] in _PLAYED:
            yield embed["url"]


def _file(named_by: str, url: str, mime_type: str, size_bytes: int | None) -> MediaFile:
    site = _site_of(named_by)
    return MediaFile(
        key=file_key(site, url),
        site=site,
        url=url,
        named_by=named_by,
        mime_type=mime_type,
        size_bytes=size_bytes,
    )


def _site_of(key: str) -> str:
    """Return the site key in the key of a document."""
    return key.rsplit("/", 2)[0]


def _can_be_asked(url: str | None) -> bool:
    return bool(url) and str(url).startswith(("http://", "https://"))


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
