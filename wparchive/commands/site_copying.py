"""Copy sites into another archive, for `wparchive copy` and `wparchive import`."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from wparchive.backends.opening import (
    open_reader,
    open_store,
)
from wparchive.commands import INCOMPLETE, NOT_AS_IT_WAS
from wparchive.commands.options import PATIENCE_S
from wparchive.commands.output import counted_progress, print_json_lines, say, styled
from wparchive.errors import ArchiveBusy, ArchiveUnreachable, InvalidQuery, NotFound, OutputFailed
from wparchive.file_stores import FileStore
from wparchive.reading.arguments import bare_address

if TYPE_CHECKING:
    from wparchive.backends.copying import SiteCopy
    from wparchive.backends.reader import Reader

REFUSALS_SHOWN = 20
CausesByRecord = Mapping[tuple[str, str], str]
"""Why records are set aside, by collection and `_id`."""


@contextmanager
def opened_reader(uri: str) -> "Iterator[Reader]":
    """Give an open reader, and close it. Raises as `open_reader` does."""
    reader = open_reader(uri)
    try:
        yield reader
    finally:
        reader.close()


def chosen_sites(source: "Reader", named: Sequence[str]) -> list[str]:
    """Return the keys of the sites to copy. Raises NotFound for a site that is not there."""
    from wparchive.backends.copying import copied_sites

    held = copied_sites(source)
    sites = [bare_address(one) for one in named] or held
    for site in sites:
        if site not in held:
            raise NotFound(f"{source.address} holds nothing of {site}: `wparchive sites` lists all")
    return sites


async def copy_sites(
    source: "Reader",
    target_uri: str,
    sites: Sequence[str],
    replace: bool,
    as_json: bool,
    refused: Mapping[str, CausesByRecord] = MappingProxyType({}),
) -> list[int]:
    """Copy the sites and return an exit status for each; `refused` are, by site, what to leave."""
    from wparchive.backends.copying import Copier, SiteCopy
    from wparchive.backends.retrying import retrying_store

    since = source.history_since()
    if since is None:
        raise ArchiveUnreachable(
            f"{source.address} was written by an earlier version: `wparchive reindex --archive ...`"
            " brings it to the present one first"
        )
    store = retrying_store(open_store(target_uri), PATIENCE_S)
    statuses: list[int] = []
    try:
        await store.open()
        with opened_reader(target_uri) as target:
            if not replace:
                _require_older(source, target, sites, refused)
            await store.begin_history(since)
            with counted_progress(_documents(source, sites), "documents compared") as on_progress:
                for site in sites:
                    set_aside = refused.get(site, {})
                    done = SiteCopy(site, failures=_by_name(set_aside))
                    await _copy_one(Copier(source, target, store, on_progress, set_aside), done)
                    _report(done, source, as_json)
                    statuses.append(_status(done))
    finally:
        await store.close()
    return statuses


def _by_name(causes: CausesByRecord) -> dict[str, str]:
    """Return the causes by collection and `_id` in one text."""
    return {f"{collection}: {key}": why for (collection, key), why in causes.items()}


def _documents(source: "Reader", sites: Sequence[str]) -> int:
    """Return how many documents an archive holds of some sites."""
    held = [counts for counts in source.held() if counts.site in sites]
    return sum(
        counts.live + counts.withdrawn + counts.deleted + counts.unpublished for counts in held
    )


def _require_older(
    source: "Reader", target: "Reader", sites: Sequence[str], refused: Mapping[str, CausesByRecord]
) -> None:
    """Raise InvalidQuery where the target has runs or decisions that would be lost."""
    from wparchive.backends.copying import decisions_lost, newer_runs

    for site in sites:
        set_aside = refused.get(site, {})
        runs = newer_runs(source, target, site, set_aside)
        if runs:
            raise InvalidQuery(
                f"{target.address} has runs of {site} that {source.address} does not know"
                f" ({runs[0]['_id']}, {len(runs):,} in all): what they brought would be lost;"
                " --replace copies nevertheless"
            )
        decisions = decisions_lost(source, target, site, set_aside)
        if decisions:
            raise InvalidQuery(
                f"{target.address} has decisions about {site} that {source.address} does not know"
                f" ({', '.join(decisions)}): decide the same there first, or --replace undoes them"
            )


async def _copy_one(copier: Any, done: "SiteCopy") -> None:
    """Copy a site while nobody crawls it into the target. Raises ArchiveBusy where one does."""
    from wparchive.backends.leases import SiteLease, Watch

    lease = SiteLease(copier.store, lambda: datetime.now(UTC), Watch())
    lost: list[ArchiveBusy] = []
    # A copy writes documents of the site as a crawl does, so it needs the same right.
    await lease.take(done.site, f"copy of {done.site}")
    try:
        lease.keep(lost.append)
        await copier.copy(done)
    finally:
        await lease.release()
    if lost:
        raise lost[0]


def _status(done: "SiteCopy") -> int:
    if done.failures:
        return INCOMPLETE
    if done.differs:
        return NOT_AS_IT_WAS
    return 0


def _report(done: "SiteCopy", source: "Reader", as_json: bool) -> None:
    if as_json:
        print_json_lines([{**_plain(done), "same": not done.differs}])
        return
    counts = f"{done.written:,} records copied, {done.equal:,} were there already"
    if done.removed:
        counts += f", {done.removed:,} removed that FROM does not hold"
    lines = [f"{styled(done.site, bold=True)}  {counts}"]
    if done.differs:
        also = ""
        if any(lease["_id"] == done.site for lease in source.leases()):
            also = " (it is being crawled)"
        differs = ", ".join(done.differs)
        lines.append(
            styled(f"  not the same{also}: {differs}; copy it again when it rests", fg="red")
        )
    else:
        lines.append(styled(f"  the same: {done.digest}", fg="green"))
    if done.marks:
        lines.append(
            f"  {done.marks:,} marks of duplicates that TO had decided on were replaced:"
            " run `wparchive duplicates find` there again"
        )
    lines += [
        f"  refused {key}: {why}" for key, why in list(done.failures.items())[:REFUSALS_SHOWN]
    ]
    if len(done.failures) > REFUSALS_SHOWN:
        lines.append(f"  refused in all: {len(done.failures):,}; --json names every one")
    say("\n".join(lines))


def _plain(done: "SiteCopy") -> dict[str, Any]:
    names = ("site", "written", "equal", "removed", "marks", "digest", "differs", "failures")
    return {name: getattr(done, name) for name in names}


def copied_file(path: Path, store: FileStore, goal: str) -> bool:
    """Copy a file to its place in a store, unless it is there; tell whether it was copied."""
    with put_explained(store.where(goal)):
        if store.size(goal) == path.stat().st_size:
            return False
        with path.open("rb") as source:
            store.put(goal, source)
    return True


@contextmanager
def put_explained(where: str) -> "Iterator[None]":
    """Raise OutputFailed where a file cannot be put into its place."""
    try:
        yield
    except OSError as error:
        raise OutputFailed(
            f"{where} cannot be written ({error.strerror or error}): name another place"
            " (ARCHIVE_FILES names that of files)"
        ) from error
