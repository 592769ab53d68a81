"""The phase that asks for a site's files (`-a media`), once all documents are in the archive.

The documents that name files are read from the archive. An update run reads only a few documents
from the site, but the files of all documents are wanted.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime, timedelta

from crawler.files.limits import FileLimits
from crawler.files.place import FilePlace, lose_place
from crawler.files.planning import (
    GONE_AGAIN_MAX,
    FilePlan,
    MediaFile,
    fault_of,
    file_failure,
    type_by_name,
)
from crawler.run.files_count import FilesCount
from crawler.run.output import run_so_far
from crawler.run.run_state import BYTES_IN_FLIGHT_MAX, RunState
from wparchive.model.documents import Kind, StoredDocument
from wparchive.model.file_records import file_key

DOCUMENTS_AT_ONCE = 500
_WRITTEN_EVERY = timedelta(seconds=10)
_WRITTEN_EVERY_FILES = 50
"""So often are the counts of a run written before it ends."""
_GONE_BEFORE = (
    f"gone when it was last asked for (an update asks for {GONE_AGAIN_MAX} such files again)"
)
_UPLOADS = "/wp-content/uploads/"
_PLAYED = frozenset({"audio", "video", "object"})
"""Kinds of embeds whose address is that of a file."""


async def keep_files(
    run: RunState, limits: FileLimits, place: FilePlace, should_stop: Callable[[], bool]
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
            try:
                await _plan_page(run, plan, place, kind, page)
            except OSError as error:
                lose_place(run, place.place, error)
                return
    plan.ask_gone_again()
    plan.mix(run.report.started_at.isoformat())
    await _keep_losses(run, plan)
    async for file in _asked(run, plan.files, count):
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


async def _asked(
    run: RunState, files: list[MediaFile], count: FilesCount
) -> AsyncIterator[MediaFile]:
    """Yield the files to request, and write now and then what became of those before.

    A run that is killed tells so what it has fetched: the next run finds that held, and no news.
    Raises ArchiveError.
    """
    written_at, written = None, 0
    for file in files:
        now = run.clock()
        is_late = written_at is None or now - written_at >= _WRITTEN_EVERY
        if is_late or count.done - written >= _WRITTEN_EVERY_FILES:
            await run.store.save_run(run_so_far(run.report, run.traffic()))
            written_at, written = now, count.done
        yield file


async def _keep_losses(run: RunState, plan: FilePlan) -> None:
    """Keep as failures the files that are not asked for, because none can come."""
    for lost in plan.failed:
        await run.failures.keep(lost)
    for file in plan.known_gone:
        cause = str(file.held and file.held.get("problem"))
        plan.count.lose(file.url, file.with_loss(_GONE_BEFORE))
        message = file.with_loss("the server has no such file")
        await run.failures.keep_gone(file_failure(file, cause, message))


async def _pages(run: RunState, kind: Kind) -> AsyncIterator[list[StoredDocument]]:
    after = ""
    while page := await run.store.next_named(kind, run.site_key, after, DOCUMENTS_AT_ONCE):
        yield page
        after = page[-1]["_id"]


async def _plan_page(
    run: RunState, plan: FilePlan, place: FilePlace, kind: Kind, page: list[StoredDocument]
) -> None:
    """Take the files that a page of documents names into the plan. Raises OSError."""
    found: list[tuple[MediaFile, datetime | None]] = []
    for document in page:
        if kind == "media":
            file = _attachment(document, plan)
            if file is not None:
                found.append((file, _last_rewritten(document)))
        else:
            found += [(file, None) for file in _files_of_post(document, plan)]
    held = await run.store.files([file.key for file, _ in found])
    for file, _ in found:
        file.held = held.get(file.key)
    await place.mark(file for file, _ in found)
    for file, changed_at in found:
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
        plan.lack_address(media["_id"])
        return None
    fault = fault_of(url)
    if not fault:
        plan.add_host(url)
    file = _file(media["_id"], url, media["mime_type"] or "", media["size_bytes"])
    if not plan.is_new(file) or not plan.wants(file):
        return None
    if fault:
        plan.refuse(file, fault)
        return None
    return file


def _files_of_post(post: StoredDocument, plan: FilePlan) -> Iterator[MediaFile]:
    """Yield the files that a post names and no attachment does."""
    site = _site_of(post["_id"])
    for url in _named_in(post, plan.limits.images_only):
        if not _can_be_asked(url) or plan.is_covered(site, url):
            continue
        file = _file(post["_id"], url, type_by_name(url), None)
        if not plan.is_new(file):
            continue
        fault = fault_of(url)
        if fault:
            plan.refuse(file, fault)
            continue
        if plan.is_elsewhere(url):
            plan.count.elsewhere += 1
            continue
        if plan.wants(file):
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
    url = url.partition("#")[0]  # a server never sees the rest
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
